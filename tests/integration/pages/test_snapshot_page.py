"""Pages as a snapshot holds them: the figures of then, and a sentence for what it does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from svdash import editions
from svdash.findings import Finding, snapshot_taking
from svdash.findings.snapshot_taking import stored as stored_as
from svdash.findings.snapshots import opened as stored
from svdash.records import connect
from svdash.render import charts, small_multiples, stored_drawings
from tests.copies import SMALL
from tests.kept_snapshot import FOLDER, KEPT, put_on_record
from tests.opened_pages import opened


@pytest.fixture(scope="module", autouse=True)
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(SMALL))
        patch.setenv("SVDASH_SNAPSHOTS", str(FOLDER))
        database = tmp_path_factory.mktemp("records") / "records.sqlite3"
        patch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{database}")
        put_on_record()
        yield
        connect().close()


def _html(at: AppTest) -> str:
    assert not at.exception
    return "\n".join(block.proto.body for block in at.get("html"))


def test_a_page_shows_the_figures_of_then_and_says_so() -> None:
    at = opened("equality_gaps", snapshot=KEPT[:8], part="recruitment", characteristic="disability")
    found = stored(KEPT).finding("equality-gaps/recruitment/disability/equality-recruitment")
    assert [title.value for title in at.title] == [found.headline]
    html = _html(at)
    assert f"id {KEPT[:8]}…: figures as they were then" in html
    assert "Back to today’s figures" in html
    assert "Illustrative: figures made up" in html
    assert found.sentence[:60] in html


def test_nothing_of_it_is_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a figure was worked out")

    for name in ("_rate", "of"):
        monkeypatch.setattr(f"svdash.findings.reach.distribution.{name}", refused, raising=False)
    monkeypatch.setattr("svdash.findings.overview_cards.board", refused)
    assert "figures as they were then" in _html(opened("overview", snapshot=KEPT))


def test_the_overview_and_the_grid_of_equality_are_drawn_as_the_pages_draw_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_SNAPSHOTS", str(tmp_path))
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    edition = editions.current()
    pages = ("overview", "equality-gaps")
    taken = stored_as(snapshot_taking.worked_out(edition, pages=pages), name="Now", by="ann", view="/")
    live, then = (
        [_html(opened(file, **asked)) for file in ("overview", "equality_gaps")]
        for asked in ({}, {"snapshot": taken.id})
    )
    for piece in (r'<span class="sv-told">[^<]*', r"<h2><a [^>]*>[^<]*", r'<span class="sv-gap [^>]*>[^<]*'):
        told = [re.findall(piece, page) for page in live]
        assert any(told)
        strip = partial(re.sub, r' (?:href|title)="[^"]*"', "")
        assert [list(map(strip, each)) for each in told] == [
            list(map(strip, re.findall(piece, page))) for page in then
        ]
    overview, grid = (page.replace("&amp;", "&") for page in then)
    assert f'href="commitments?snapshot={taken.id}&commitment=EMP-D1"' in overview
    assert f'href="equality-gaps?snapshot={taken.id}&part=workforce&characteristic=sex"' in grid
    # What was followed up is of today, and where areas lie is of the pack: neither is in a snapshot.
    assert 'href="exceptions?' not in overview
    assert 'class="sv-place"' not in overview


def test_links_and_files_of_it_lead_on_in_the_same_snapshot() -> None:
    html = _html(opened("overview", snapshot=KEPT[:8])).replace("&amp;", "&")
    assert f"api/v1/snapshots/{KEPT}/overview/promises.csv" in html
    assert f'href="commitments?snapshot={KEPT}&commitment=EMP-D1"' in html


@pytest.mark.parametrize(
    ("file", "asked", "said"),
    [
        (
            "local_economy",
            {"role": "employer"},
            "role=employer, because it holds this page for all roles, all commitments, 2025/26",
        ),
        ("local_economy", {"part": "moon"}, "part=moon: the snapshot has places, kinds"),
        (
            "equality_gaps",
            {"part": "pay", "characteristic": "hair"},
            "characteristic=hair: the snapshot has sex",
        ),
        (
            "equality_gaps",
            {"part": "pay", "reference": "men"},
            "reference=men. Settings of this part that it holds: characteristic",
        ),
        ("who_changed_what", {}, "holds nothing of this page"),
    ],
)
def test_what_it_does_not_hold_is_said(file: str, asked: dict[str, str], said: str) -> None:
    assert said in _html(opened(file, snapshot=KEPT, **asked))


def test_one_that_is_not_on_record_here_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    at = opened("overview", snapshot=KEPT)
    assert [title.value for title in at.title] == ["This snapshot can't be opened"]
    assert "Nothing on record says" in _html(at)


@pytest.mark.parametrize("named", ["deadbeef", "<b>x</b>", "../.."])
def test_an_unknown_snapshot_is_a_sentence_and_no_fault(named: str) -> None:
    at = opened("overview", snapshot=named)
    assert [title.value for title in at.title] == ["This snapshot can't be opened"]
    assert "Back to today’s figures" in _html(at)


def test_a_finding_whose_drawing_is_gone_or_reads_more_shows_its_table() -> None:
    found = stored(KEPT).finding("local-economy/kinds/economy-kinds")
    assert found.chart is not None
    assert stored_drawings.drawable(found)
    assert not stored_drawings.drawable(replace(found, name="a-drawing-of-once"))
    assert not stored_drawings.drawable(
        replace(found, chart=found.chart.drop(columns=found.chart.columns[0]))
    )
    assert not stored_drawings.drawable(Finding("one", "Head", "Sub", pd.DataFrame({"a": [1]}), {"a": "A"}))


def test_every_stored_finding_with_a_chart_can_be_drawn_today() -> None:
    kept = stored(KEPT)
    found = [kept.finding(entry.key) for entry in kept.entries]
    charted = [each for each in found if charts.drawn(each) or small_multiples.drawn(each)]
    assert len(charted) > 80
    assert [each.name for each in charted if not stored_drawings.drawable(each)] == []
