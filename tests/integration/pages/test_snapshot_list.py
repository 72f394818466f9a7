"""Snapshots on the page of data and methods: listed for everybody, taken by editors, two of them compared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from svdash.access import identity
from svdash.findings import snapshot_taking
from svdash.findings.snapshot_taking import stored, worked_out
from svdash.findings.snapshots import listed
from svdash.jobs.background import Background, Progress
from svdash.records import connect
from svdash.show.panels import snapshot_list
from svdash.tables import Pack
from tests.copies import SMALL
from tests.opened_pages import opened
from tests.work_done import wait_until


@pytest.fixture(autouse=True)
def _records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    # The quickest page.
    monkeypatch.setattr(snapshot_taking, "taken", partial(snapshot_taking.taken, pages=("forum",)))
    yield
    connect().close()


def _shown(at: AppTest) -> str:
    assert not at.exception
    return "\n".join([*(block.proto.body for block in at.get("html")), *(each.value for each in at.success)])


def test_readers_see_what_was_taken_without_by_whom_and_can_take_none(small_pack: Pack) -> None:
    assert "No snapshot was taken yet" in _shown(opened("data_and_methods", part="snapshots"))
    found = worked_out(small_pack, pages=("forum",))
    taken = stored(found, name="Board, 14 January", by="ann@x.example", view="/")
    at = opened("data_and_methods", part="snapshots")
    assert f'<a href="./?snapshot={taken.id}" target="_self">Board, 14 January</a>' in _shown(at)
    assert "ann@x.example" not in _shown(at)
    assert "snapshot-name" not in {each.key for each in at.text_input}
    assert not at.get("download_button")


def test_an_editor_takes_one_that_goes_on_by_itself_and_takes_its_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    at = opened("data_and_methods", part="snapshots")
    at.text_input(key="snapshot-name").input("Board, 14 January")
    next(each for each in at.button if each.label == "Take a snapshot").click().run()
    wait_until(lambda: not snapshot_list.taking.state.running)
    assert [(each.name, each.by) for each in listed()] == [("Board, 14 January", "local user")]
    at.run()
    assert "The snapshot “Board, 14 January” is taken" in _shown(at)
    assert len(at.get("download_button")) == 1


def test_somebody_who_lost_the_role_meanwhile_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    at = opened("data_and_methods", part="snapshots")
    monkeypatch.setattr(identity, "person", lambda: None)
    monkeypatch.setattr(identity, "why_not", lambda *_: "")
    next(each for each in at.button if each.label == "Take a snapshot").click().run()
    assert listed() == ()
    assert not snapshot_list.taking.state.running


def test_two_are_compared_from_the_one_before_to_the_newest(small_pack: Pack) -> None:
    pages = ("local-economy",)
    first = stored(worked_out(small_pack, pages=pages), name="First", by="ann", view="/")
    second = stored(
        worked_out(small_pack, {"year": "2024/25"}, pages=pages), name="Second", by="ann", view="/"
    )
    shown = _shown(opened("data_and_methods", part="snapshots"))
    assert "local-economy/kinds/economy-kinds" in shown
    # Both years are named, and without a test nothing is called real.
    assert "No test exists for it; of two years: before 2025/26, now 2024/25." in shown
    backwards = _shown(opened("data_and_methods", part="snapshots", before=second.id, after=first.id))
    assert backwards != shown


def test_an_editor_withdraws_one_with_a_reason_that_readers_are_told(
    small_pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = stored(worked_out(small_pack, pages=("forum",)), name="Board", by="ann@x.example", view="/")
    reader = opened("data_and_methods", part="snapshots")
    assert "snapshot-withdrawal-0-reason" not in {each.key for each in reader.text_input}
    monkeypatch.setattr(identity, "person", lambda: identity.LOCAL_USER)
    at = opened("data_and_methods", part="snapshots")
    _press(at, "snapshot-withdrawal-0-gone")
    assert "Choose the snapshot" in at.error[0].value
    at.selectbox(key="snapshot-withdrawal-0-which").set_value(taken.id)
    _press(at, "snapshot-withdrawal-0-gone")
    assert "Say why it is withdrawn" in at.error[0].value
    assert [each.id for each in listed()] == [taken.id]
    at.text_input(key="snapshot-withdrawal-0-reason").input("It shows <a> small group")
    _press(at, "snapshot-withdrawal-0-gone")
    assert listed() == ()
    assert len(at.get("download_button")) == 1
    monkeypatch.setattr(identity, "person", lambda: None)
    shown = _shown(opened("data_and_methods", part="snapshots"))
    assert "It shows &lt;a&gt; small group" in shown
    assert f"?snapshot={taken.id}" not in shown
    at = opened("forum", snapshot=taken.id)
    assert [title.value for title in at.title] == ["This snapshot was withdrawn"]
    assert "It shows &lt;a&gt; small group" in _shown(at)


def _press(at: AppTest, key: str) -> None:
    at.button(key=key).click().run()
    assert not at.exception


def test_work_in_the_background_is_one_at_a_time_and_tells_how_it_ended() -> None:
    place, gate = Background(ValueError), threading.Event()

    def waits(progress: Progress) -> str:
        progress(1, 2)
        gate.wait()
        return "done"

    def fails(_: Progress) -> str:
        raise ValueError("no")

    assert place.begin(waits)
    assert not place.begin(waits)
    wait_until(lambda: place.state.done == 1)
    gate.set()
    wait_until(lambda: not place.state.running)
    assert place.state.result == "done"
    assert place.begin(fails)
    wait_until(lambda: not place.state.running)
    assert str(place.state.problem) == "no"
