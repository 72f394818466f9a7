"""Snapshots: the same content has the same id, opens as it was, and is refused where anything in it is not what it was."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from svdash import settings
from svdash.caching import sealed_archive
from svdash.cli import snapshot_commands
from svdash.disclosure import rules
from svdash.editions.recorded import Beside, RecordedEdition
from svdash.findings import Finding, overview_cards
from svdash.findings.reach.area_figures import AreaMap
from svdash.findings.snapshot_taking import stored, worked_out
from svdash.findings.snapshots import (
    Entry,
    RecordsSilentError,
    Snapshot,
    SnapshotError,
    WithdrawnError,
    listed,
    opened,
    opened_for_audit,
)
from svdash.findings.snapshots.finding_json import from_json, to_json
from svdash.findings.snapshots.stored_snapshot import read, written
from svdash.records import History, RecordsError, Revision, connect, copies, taken_snapshots, testimonies
from svdash.records.champions_forum import ForumLog
from svdash.register import FILTERS
from svdash.tables import Pack
from tests import kept_snapshot
from tests.copies import ROOT, SMALL

# The quickest pages to work out.
SOME = ("forum", "local-economy", "data-and-methods")


@pytest.fixture(scope="module")
def snapshot(small_pack: Pack) -> Snapshot:
    return worked_out(small_pack, pages=SOME)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A database of its own, with its folder of snapshots beside it."""
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    yield settings.snapshots_folder()
    connect().close()


def _take(snapshot: Snapshot, name: str = "Board, 14 January") -> taken_snapshots.TakenSnapshot:
    return stored(snapshot, name=name, by="ann", view="/")


def _one(finding: Finding, small_pack: Pack, version: str = "1") -> Snapshot:
    return written(small_pack, {}, [(Entry("page/one", "page", "one", "Head"), finding)], version)


_FINDING = Finding(
    "one", "Head", "Sub", pd.DataFrame({"a": [1.5, float("nan")]}), {"a": "A"}, decimals={"a": 1}
)


def test_the_same_content_taken_twice_has_the_same_id_and_the_same_bytes(
    small_pack: Pack, snapshot: Snapshot
) -> None:
    again = worked_out(small_pack, pages=SOME)
    assert again.id == snapshot.id
    assert again.archive.content == snapshot.archive.content


def test_another_figure_filter_edition_or_version_gives_another_id(small_pack: Pack, pack: Pack) -> None:
    first = _one(_FINDING, small_pack)
    others = [
        _one(replace(_FINDING, frame=pd.DataFrame({"a": [1.5000001, float("nan")]})), small_pack),
        _one(_FINDING, small_pack, version="2"),
        _one(_FINDING, pack),
        written(small_pack, {"year": "2024/25"}, [(first.entries[0], _FINDING)], "1"),
    ]
    assert len({first.id, *(each.id for each in others)}) == 5


def test_who_took_it_when_and_under_which_name_is_no_part_of_the_id(snapshot: Snapshot, folder: Path) -> None:
    first = _take(snapshot)
    second = stored(snapshot, name="Another name", by="bob", view="/data-and-methods")
    assert (first.id, second.id) == (snapshot.id, snapshot.id)
    assert [file.name for file in folder.iterdir()] == [f"{snapshot.id}.zip"]
    assert [(each.name, each.by) for each in listed()] == [("Another name", "ann")]
    assert len(list(History(connect()).all())) == 2


def test_taken_again_under_the_same_name_or_none_keeps_name_and_file_and_records_who_did_so(
    snapshot: Snapshot,
) -> None:
    assert not _take(snapshot).again
    assert _take(snapshot).again
    again = stored(snapshot, name="", by="bob", view="/")
    assert (again.name, again.by, again.again) == ("Board, 14 January", "ann", True)
    assert [each.by for each in History(connect()).all()] == ["ann", "ann", "bob"]


def test_of_two_who_name_the_same_content_at_once_both_are_on_record(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take(snapshot)
    first_look, looked = History.of, list[str]()

    def somebody_is_quicker(history: History, item: str) -> tuple[Revision, ...]:
        found = first_look(history, item)
        if not looked:
            looked.append(item)
            stored(snapshot, name="Theirs", by="bob", view="/")
        return found

    monkeypatch.setattr(History, "of", somebody_is_quicker)
    assert stored(snapshot, name="Mine", by="ann", view="/").name == "Mine"
    assert [each.content["name"] for each in History(connect()).all()] == [
        "Board, 14 January",
        "Theirs",
        "Mine",
    ]


def test_it_opens_with_the_figures_of_then_whatever_became_of_the_data(
    snapshot: Snapshot, small_pack: Pack, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    _take(snapshot)
    request.getfixturevalue("nothing_kept")
    monkeypatch.setenv("SVDASH_PACK", "/nowhere")
    found = opened(snapshot.short)
    assert found.entries == snapshot.entries
    assert (found.fingerprint, found.version) == (small_pack.fingerprint, snapshot.version)
    for entry in found.entries:
        finding = found.finding(entry.key)
        assert to_json(
            replace(finding, about={k: v for k, v in finding.about.items() if not k.startswith("snapshot")})
        ) == snapshot.stored(entry.key)


def test_what_is_taken_away_of_it_carries_its_id(snapshot: Snapshot) -> None:
    found = snapshot.finding("local-economy/kinds/economy-kinds")
    assert set(found.export()["snapshot"]) == set(found.typed()["snapshot"]) == {snapshot.id}


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(snapshot: Snapshot, folder: Path, part: float) -> None:
    _take(snapshot)
    file = sealed_archive.place(folder, snapshot.id)
    file.write_bytes(snapshot.archive.content[: int(len(snapshot.archive.content) * part)])
    with pytest.raises(SnapshotError, match=r"cut off or damaged .* svdash restore"):
        opened(snapshot.id)


def _altered(content: bytes, name: str, change: bytes | None) -> bytes:
    """Write an archive again with one part changed, or left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        for entry in before.namelist():
            if entry != name:
                after.writestr(entry, before.read(entry))
            elif change is not None:
                after.writestr(entry, change)
        if name not in before.namelist():
            after.writestr(name, change or b"")
    return file.getvalue()


def test_a_file_in_which_one_figure_was_altered_is_refused(snapshot: Snapshot, folder: Path) -> None:
    _take(snapshot)
    key = "local-economy/kinds/economy-kinds"
    said = json.loads(snapshot.stored(key))
    said["headline"] = "All is well"
    for name, change in (
        (f"{key}.json", json.dumps(said).encode()),
        (f"{key}.json", None),
        ("more.json", b"{}"),
    ):
        sealed_archive.place(folder, snapshot.id).write_bytes(
            _altered(snapshot.archive.content, name, change)
        )
        with pytest.raises(SnapshotError, match="was altered"):
            opened(snapshot.id)


def test_a_file_altered_with_its_list_of_hashes_is_refused_by_its_id(
    snapshot: Snapshot, small_pack: Pack, folder: Path
) -> None:
    _take(snapshot)
    other = _one(_FINDING, small_pack)
    sealed_archive.place(folder, snapshot.id).write_bytes(other.archive.content)
    with pytest.raises(SnapshotError, match="its list of contents is not what its id says"):
        opened(snapshot.id)


def test_a_file_that_is_altered_while_the_program_runs_is_refused_too(
    snapshot: Snapshot, folder: Path
) -> None:
    _take(snapshot)
    opened(snapshot.id)
    sealed_archive.place(folder, snapshot.id).write_bytes(b"no zip")
    with pytest.raises(SnapshotError, match="cut off or damaged"):
        opened(snapshot.id)


def test_an_archive_that_nobody_is_on_record_for_is_not_shown_though_its_hashes_are_right(
    small_pack: Pack, snapshot: Snapshot, folder: Path
) -> None:
    strange = _one(_FINDING, small_pack)
    sealed_archive.keep(folder, strange.archive)
    for _ in range(2):
        with pytest.raises(SnapshotError, match="Nothing on record says"):
            opened(strange.id)
        _take(snapshot)  # the first time there is no database
    assert opened_for_audit(strange.id).id == strange.id
    compared = CliRunner().invoke(snapshot_commands.snapshot, ["compare", strange.id, snapshot.id])
    assert f"Note: nothing on record says that the snapshot {strange.short}" in compared.output
    assert "Note: nothing on record says that the snapshot " + snapshot.short not in compared.output


def test_a_backup_restores_the_snapshots_that_its_history_names_and_no_other(
    small_pack: Pack, snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take(snapshot)
    copies.backup(connect(), tmp_path / "backup.zip")
    strange = _one(_FINDING, small_pack)
    with zipfile.ZipFile(tmp_path / "backup.zip", "a") as archive:
        archive.writestr(f"snapshots/{strange.id}.zip", strange.archive.content)
    with monkeypatch.context() as patch:
        patch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'other' / 'records.sqlite3'}")
        copies.restore(connect(), tmp_path / "backup.zip")
        assert [file.stem for file in settings.snapshots_folder().iterdir()] == [snapshot.id]
        connect().close()


def test_a_copy_beside_the_file_changes_nothing(snapshot: Snapshot, folder: Path) -> None:
    _take(snapshot)
    (folder / f"{snapshot.id} (1).zip").write_bytes(snapshot.archive.content)
    (folder / f"{snapshot.id[:20]}-copy.zip").write_bytes(b"")
    assert opened(snapshot.id).id == opened(snapshot.short).id == snapshot.id
    sealed_archive.place(folder, snapshot.id).unlink()
    for named in (snapshot.id, snapshot.short):
        with pytest.raises(SnapshotError, match="no file of a snapshot"):
            opened(named)


@pytest.mark.parametrize("named", ["", "1a2b", "zzzzzzzz", "../../etc/passwd", "*" * 64, "0" * 64])
def test_an_id_that_names_no_snapshot_is_refused_with_what_to_do(named: str) -> None:
    with pytest.raises(SnapshotError, match=r"not an id of a snapshot|no file of a snapshot"):
        opened(named)


def test_a_later_form_is_refused_and_says_which_version_opens_it(snapshot: Snapshot) -> None:
    later = sealed_archive.packed(
        {**snapshot.archive.about, "format": 2, "version": "9.1"}, snapshot.archive.parts
    )
    with pytest.raises(SnapshotError, match=r"reads 1 to 1\. Open it with version 9\.1"):
        read(later.content, later.digest)


@pytest.mark.parametrize(
    "change",
    [
        {"entries": None},
        {"entries": [1]},
        {"entries": ["key"]},
        {"entries": [{"key": "a"}]},
        {"view": [1]},
        {"format": "1"},
        {"rules": {"small": "few"}},
        {"rules": {"more": 1}},
        {"rules": 4},
        {"edition": None, "entries": {"a": 1}},
    ],
)
def test_a_list_of_contents_that_no_program_of_ours_wrote_is_refused(
    snapshot: Snapshot, change: dict[str, object]
) -> None:
    strange = sealed_archive.packed({**snapshot.archive.about, **change}, {})
    with pytest.raises(SnapshotError, match=r"lacks what every snapshot says|is written in the form"):
        read(strange.content, strange.digest)


def test_a_field_that_a_later_version_added_is_refused_and_one_that_is_missing_has_its_usual_value() -> None:
    said = json.loads(to_json(_FINDING))
    del said["alt"], said["row_key"]
    assert (from_json(json.dumps(said).encode()).alt, from_json(json.dumps(said).encode()).row_key) == (
        "",
        (),
    )
    with pytest.raises(ValueError, match="later version: it says mood"):
        from_json(json.dumps({**said, "mood": "good"}).encode())


@pytest.mark.parametrize(
    "cell",
    [date(2026, 1, 5), pd.Timestamp("2026-01-05"), pd.NaT, ("a", "b"), ["a"], {"a": 1}, Decimal(1)],
    ids=lambda cell: type(cell).__name__,
)
def test_a_cell_that_would_come_back_as_another_is_refused(cell: object) -> None:
    with pytest.raises(TypeError, match="can't be written"):
        to_json(replace(_FINDING, frame=pd.DataFrame({"a": pd.Series(["x", cell], dtype="object")})))


def test_cells_of_every_other_kind_come_back_as_they_were() -> None:
    cells = ["x", "", 1, 1.5, True, None, pd.NA, float("nan"), float("inf")]
    found = replace(_FINDING, frame=pd.DataFrame({"a": pd.Series(cells, dtype="object")}))
    again = from_json(to_json(found)).frame["a"].tolist()
    assert [(type(each), str(each)) for each in again] == [(type(each), str(each)) for each in cells]


def test_a_finding_that_is_not_in_it_is_named_with_those_that_are(snapshot: Snapshot) -> None:
    with pytest.raises(
        SnapshotError, match=r"data-and-methods/none is not .* data-and-methods/tables/catalogue"
    ):
        snapshot.finding("data-and-methods/none")


def test_a_disk_that_refuses_is_said_and_nothing_is_recorded(
    snapshot: Snapshot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(SnapshotError, match="SVDASH_SNAPSHOTS"):
        _take(snapshot)
    assert listed() == ()


def _withdraw(snapshot: Snapshot, reason: str = "It shows a small group") -> taken_snapshots.TakenSnapshot:
    log = taken_snapshots.SnapshotLog(History(connect()))
    return log.withdraw(snapshot.id, reason, by="eve", view="/")


def test_one_that_was_withdrawn_opens_no_more_though_its_file_stays_for_audit(
    snapshot: Snapshot, small_pack: Pack, folder: Path
) -> None:
    _take(snapshot)
    _take(_one(_FINDING, small_pack), "Stands")
    opened(snapshot.id)
    _withdraw(snapshot)
    with pytest.raises(WithdrawnError, match=r"“Board, 14 January”, was withdrawn on .*: It shows a small"):
        opened(snapshot.short)
    assert [each.name for each in listed()] == ["Stands"]
    assert {each.name: bool(each.withdrawn) for each in listed(withdrawn=True)} == {
        "Stands": False,
        "Board, 14 January": True,
    }
    assert sealed_archive.place(folder, snapshot.id).is_file()
    assert opened_for_audit(snapshot.id).entries == snapshot.entries
    assert [each.by for each in History(connect()).of_kind("snapshot")] == ["ann", "ann", "eve"]


def test_a_withdrawal_needs_a_reason_and_a_snapshot_on_record_and_holds_for_good(snapshot: Snapshot) -> None:
    with pytest.raises(RecordsError, match="is not on record"):
        _withdraw(snapshot)
    _take(snapshot)
    with pytest.raises(RecordsError, match="Say why it is withdrawn"):
        _withdraw(snapshot, "  ")
    opened(snapshot.id)
    _withdraw(snapshot)
    with pytest.raises(RecordsError, match="was withdrawn on"):
        _withdraw(snapshot)
    with pytest.raises(RecordsError, match="The same content was taken before, as “Board, 14 January”"):
        _take(snapshot, "Under another name")


@pytest.mark.parametrize("stricter", [{"small": 5}, {"base": 10}, {"least_base": 30}])
def test_one_that_was_gated_by_rules_less_strict_than_those_of_today_is_not_shown(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, stricter: dict[str, int]
) -> None:
    _take(snapshot)
    assert opened(snapshot.id).rules == rules.PRESETS["gss"]
    with monkeypatch.context() as patch:
        patch.setitem(rules.PRESETS, "gss", replace(rules.PRESETS["gss"], small=3))
        assert opened(snapshot.id).entries == snapshot.entries
        patch.setitem(rules.PRESETS, "gss", replace(rules.PRESETS["gss"], **stricter))
        with pytest.raises(SnapshotError, match="not as strict as those of today"):
            opened(snapshot.id)
        assert opened_for_audit(snapshot.id).entries == snapshot.entries


def test_where_the_records_can_not_be_read_none_opens(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    _take(snapshot)
    with monkeypatch.context() as patch:
        patch.setenv("SVDASH_SNAPSHOTS", str(folder))
        patch.setenv("SVDASH_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
        with pytest.raises(RecordsSilentError, match="is still valid is not known"):
            opened(snapshot.id)
    assert opened(snapshot.id).entries


def test_the_commands_withdraw_one_and_mark_it(snapshot: Snapshot, small_pack: Pack) -> None:
    _take(snapshot)
    other = _take(_one(_FINDING, small_pack), "Stands")
    run = CliRunner().invoke
    refused = run(snapshot_commands.snapshot, ["withdraw", "abc", "--reason", "No"])
    assert (refused.exit_code, "0 snapshots on record begin with 'abc'" in refused.output) == (2, True)
    done = run(snapshot_commands.snapshot, ["withdraw", snapshot.short, "--reason", "Taken by mistake."])
    assert (done.exit_code, "“Board, 14 January” was withdrawn on" in done.output) == (0, True)
    stands, gone = run(snapshot_commands.snapshot, ["list"]).output.splitlines()
    assert "withdrawn" not in stands
    assert gone.endswith(": Taken by mistake")
    compared = run(snapshot_commands.snapshot, ["compare", snapshot.short, other.id])
    assert compared.output.startswith(
        f"Note: the snapshot {snapshot.short}, “Board, 14 January”, was withdrawn"
    )
    assert compared.output.count("Note:") == 1


def test_a_name_that_can_not_be_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(RecordsError, match="Name: it has more than 120 characters"):
        _take(snapshot, "x" * 121)


def test_a_backup_holds_snapshots_and_says_which_are_gone(
    snapshot: Snapshot, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take(snapshot)
    copies.backup(connect(), tmp_path / "backup.zip")
    sealed_archive.place(folder, snapshot.id).unlink()
    assert [str(each) for each in taken_snapshots.troubles(History(connect()))] == [
        f"The file of the snapshot {snapshot.id} is not there any more, or can't be read. {taken_snapshots.REMEDY}"
    ]
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'other' / 'records.sqlite3'}")
    (tmp_path / "other").mkdir()
    copies.restore(connect(), tmp_path / "backup.zip")
    assert opened(snapshot.id).entries == snapshot.entries
    assert [each.name for each in listed()] == ["Board, 14 January"]
    connect().close()


def test_it_holds_what_the_forum_published_and_no_testimony(small_pack: Pack) -> None:
    history = History(connect())
    commitment = str(small_pack.table("commitments")["id"].iloc[0])
    told = {
        "who": "A member of the panel", "heard_on": "2026-01-05", "commitments": [commitment], "consent": True,
        "consent_on": "2026-01-05", "expires": "2030-01-01",
    }  # fmt: skip
    testimonies.Testimonies(history).record(told, "nobody asked us before", by="ed", view="/forum")
    entry = {
        "kind": "decision", "title": "Meet in libraries", "text": "Twice a year", "raised_by": "Libraries", "on": "2026-01-05",
        "state": "published",
    }  # fmt: skip
    ForumLog(history).save(entry, None, by="ed", view="/forum")
    beside = Beside(entries=ForumLog(history).published(), testimonies=testimonies.Testimonies(history).all())
    found = worked_out(RecordedEdition(small_pack, (), beside=beside), pages=("forum",))
    assert list(found.finding("forum/forum-log").frame["title"]) == ["Meet in libraries"]
    assert b"nobody asked" not in b"".join(found.archive.parts.values())


def test_the_first_snapshot_that_was_ever_taken_opens_with_its_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SVDASH_SNAPSHOTS", str(kept_snapshot.FOLDER))
    kept_snapshot.put_on_record()
    found = opened(kept_snapshot.KEPT)
    assert (found.version, len(found.entries)) == ("0.1.1", 255)
    for entry in found.entries:
        assert found.finding(entry.key).headline == entry.headline
    promises = found.finding("overview/promises")
    assert promises.headline == "32 of 45 Day One Commitments complete or substantial"
    assert list(promises.frame["id"][:3]) == ["EMP-D1", "EMP-D9", "EMP-D4"]
    contracts = found.finding("local-economy/contracts/economy-contracts")
    assert contracts.frame.loc[0, ["scored", "contracts", "upper"]].tolist() == [0, 3, 56.14970317550454]
    areas = found.finding("reach-and-spend/map/deprivation/areas")
    assert isinstance(areas, AreaMap)
    assert (len(areas.frame), areas.frame.loc[0, "population"], len(areas.drawn)) == (42, 1460, 42)


def test_the_first_overview_that_kept_its_cards_is_drawn_from_them() -> None:
    named = kept_snapshot.WITH_CARDS
    found = read((kept_snapshot.FOLDER / f"{named}.zip").read_bytes(), named)
    board = overview_cards.from_json(found.board, lambda name: found.finding(f"overview/{name}"))
    assert board.title == (
        "32 of 45 Day One Commitments complete or substantial",
        "14 of the 88 commitments need a decision",
    )
    assert [card.name for card in board.cards] == ["promises", "decisions", "measures", "equality", "lands"]
    marks = [line.mark for group in board.cards[0].groups for line in group.lines]
    assert (len(marks), marks.count("complete")) == (45, 13)
    # One that kept none, as the first did, has none.
    first = read((kept_snapshot.FOLDER / f"{kept_snapshot.KEPT}.zip").read_bytes(), kept_snapshot.KEPT)
    assert first.board == {}


@pytest.mark.exhaustive
def test_two_processes_with_other_orders_of_sets_take_the_same(tmp_path: Path) -> None:
    said = "from svdash.findings.snapshot_taking import worked_out; from svdash.tables import open_pack; import sys; "
    command = [sys.executable, "-c", f"{said}print(worked_out(open_pack(sys.argv[1])).id)", str(SMALL)]
    running = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "SVDASH_VAR": str(tmp_path / seed)},
        )
        for seed in ("1", "2")
    ]  # fmt: skip
    ids = [process.communicate(timeout=300)[0].strip() for process in running]
    assert ids[0] == ids[1] != ""


def test_the_command_takes_every_filter_of_an_address() -> None:
    assert snapshot_commands.FILTERS == FILTERS
