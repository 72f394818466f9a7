"""Frameworks of others: which of our indicators serve their outcomes, by the same figures as on the indicators page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from svdash.caching import memory
from svdash.findings.indicators import indicator_trends, outcome_crosswalk, outcome_tables
from svdash.findings.indicators.outcome_crosswalk import UNSERVED, UNUSED, crosswalk, crosswalk_gaps
from svdash.register import ALL, Framework, View
from svdash.show.kit import finding_html
from svdash.tables import Pack, open_pack
from tests.copies import DATA, CopiedPack
from tests.opened_pages import opened
from tests.packs.make_fenmarsh import FOLDER as FENMARSH
from tools import make_outcomes

NEWEST = View(year="2025/26", compare="2024/25")


def test_an_indicator_that_serves_several_frameworks_has_one_figure_and_one_verdict(small_pack: Pack) -> None:
    found = crosswalk(small_pack, NEWEST)
    served = found.frame[found.frame["indicator"] != "none"]
    assert served["framework"].nunique() == 2
    assert "SER-I1 and SER-I2" in found.sentence
    own = indicator_trends.board(small_pack, NEWEST).frame.set_index("indicator")
    told = served.set_index("indicator")
    for column in ("latest", "verdict_label", "status"):
        assert list(told[column]) == list(own.loc[told.index, column])


def test_an_outcome_that_nothing_serves_is_a_line_and_a_gap_whatever_role_is_looked_at(
    small_pack: Pack,
) -> None:
    for view in (NEWEST, NEWEST.with_(role="employer")):
        rows = crosswalk(small_pack, view).frame
        assert list(rows.loc[rows["indicator"] == "none", "outcome"]) == ["S4"]
        gaps = crosswalk_gaps(small_pack, view).frame
        assert list(gaps.loc[gaps["what"] == UNSERVED, "code"]) == ["S4"]
    whole = crosswalk(small_pack, NEWEST)
    assert whole.headline == "8 of 9 outcomes are served by an indicator of ours"
    assert "S4 Homes are warm and cheap to heat" in whole.sentence
    employer = crosswalk(small_pack, NEWEST.with_(role="employer"))
    assert employer.headline == "3 of 9 outcomes are served by an indicator of Employer"
    assert set(employer.frame["indicator"]) == {"EMP-I4", "EMP-I5", "EMP-I7", "EMP-I8", "none"}


def test_where_there_is_no_indicator_there_is_no_link(small_pack: Pack) -> None:
    written = finding_html.of_table(crosswalk(small_pack, NEWEST))
    assert "?indicator=SER-I1" in written
    assert "indicator=none" not in written
    assert "<td>none</td>" in written or '<td class="sv-short">none</td>' in written


def test_every_indicator_either_serves_an_outcome_or_is_among_the_gaps(small_pack: Pack) -> None:
    rows, gaps = crosswalk(small_pack, NEWEST).frame, crosswalk_gaps(small_pack, NEWEST).frame
    used, unused = set(rows["indicator"]) - {"none"}, set(gaps.loc[gaps["what"] == UNUSED, "code"])
    assert not used & unused
    assert used | unused == set(Framework.of(small_pack).indicators.index)


def test_one_framework_can_be_looked_at_alone() -> None:
    county = open_pack(FENMARSH)
    assert list(outcome_crosswalk.frameworks(county)) == [ALL, "fen-deal", "village-pledge"]
    found = crosswalk(county, View(), "fen-deal")
    assert set(found.frame["framework"]) == {"fen-deal"}
    assert found.headline == "3 of 4 outcomes are served by an indicator of ours"
    assert list(found.frame["target"])[:2] == ["Tenders won by firms of the county: one in two", "nothing"]
    gaps = crosswalk_gaps(county, View(), "village-pledge").frame
    # What serves another framework alone serves none of this one.
    assert list(gaps["code"]) == ["K1", "K2", "K3", "K4", "K5"]


def test_an_indicators_own_page_says_which_outcomes_it_serves(small_pack: Pack) -> None:
    told = dict(indicator_trends.about(small_pack, "SER-I1"))["Serves in other frameworks"]
    assert "S1 Adults gain skills that work asks for (contributes to it)" in told
    assert "F3 Services reach those who need them most (measures it)" in told
    assert "Serves in other frameworks" not in dict(indicator_trends.about(small_pack, "EMP-I1"))


@pytest.fixture
def bare(copied_pack: CopiedPack) -> CopiedPack:
    """A pack that has no framework of others."""
    path = copied_pack.folder / "datapackage.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    about["resources"] = [each for each in about["resources"] if each["name"] not in outcome_tables.TABLES]
    path.write_text(json.dumps(about), encoding="utf-8")
    return copied_pack


def test_without_a_framework_the_page_says_how_to_bring_one(
    bare: CopiedPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = bare.open()
    for found in (crosswalk(pack, NEWEST), crosswalk_gaps(pack, NEWEST)):
        assert found.empty == outcome_crosswalk.WITHOUT
        assert found.frame.empty
    monkeypatch.setenv("SVDASH_PACK", str(bare.folder))
    memory.shared.clear()
    at = opened("indicators", layout="frameworks")
    assert not at.exception
    assert "python -m svdash import outcomes" in " ".join(each.value for each in at.get("html"))


def test_the_made_up_frameworks_are_what_the_script_makes(tmp_path: Path) -> None:
    make_outcomes.make(tmp_path)
    for name in outcome_tables.TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()
    pack = open_pack(DATA)
    assert {pack.resource(name)["status"] for name in outcome_tables.TABLES} == {"illustrative"}
    assert pack.table("outcome_frameworks")["title"].str.endswith("(made up)").all()
