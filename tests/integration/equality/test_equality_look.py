"""Equality in one look: the grid says what the pages behind it say, and leads with nothing that is not fair."""

from __future__ import annotations

import math
import re
from html import unescape

import pandas as pd
import pytest

from svdash.findings import Finding
from svdash.findings.equality import (
    comparison_groups,
    equality_summary,
    gap_cells,
    gap_verdicts,
    resident_shares,
    unknown_groups,
)
from svdash.findings.equality.gap_cells import GapCell
from svdash.findings.equality.gap_verdicts import ALONE, CHANCE, REAL, UNFAIR, UNKNOWN
from svdash.measures.many_tests import p_of_share
from svdash.measures.smallest_gap import SmallestGap
from svdash.register import Framework, View
from svdash.show.panels import equality_look
from svdash.tables import Pack
from tests.copies import CopiedPack

YEAR = View(year="2025/26", compare="2024/25")


@pytest.fixture(scope="module")
def summary(pack: Pack) -> Finding:
    return equality_summary.summary(pack, YEAR)


def beside(*rows: tuple[str, str, float, float], verdict: str = "") -> Finding:
    """A finding of some groups beside residents: group, verdict, times, people."""
    frame = pd.DataFrame(rows, columns=["group", "verdict", "times", "numerator"]).assign(
        group_label=lambda f: f["group"],
        share=10.0,
        resident_share=20.0,
        programme="p",
        programme_label="P",
        beside_reference=float("nan"),
    )
    return Finding(
        name="x", headline="", subtitle="", frame=frame, columns={"group": "Group"}, verdict=verdict
    )


def test_the_grid_has_a_row_for_each_characteristic_and_a_linked_cell_for_each_comparison(
    pack: Pack, summary: Finding
) -> None:
    html = equality_look.grid(summary)
    names = [unescape(name) for name in re.findall(r'<th scope="row">(.*?)</th>', html)]
    assert names == list(comparison_groups.characteristics(pack).values())
    links = re.findall(r'<a href="([^"]+)" target="_self">', html)
    assert len(links) == len(summary.frame)
    assert "equality-gaps?" in links[0]
    assert "part=workforce" in links[0]
    assert "characteristic=sex" in links[0]
    assert html.count("<td>") == len(names) * len(equality_summary.TESTED)


def test_a_cell_says_in_words_what_its_mark_means(summary: Finding) -> None:
    html = unescape(equality_look.grid(summary))
    for row in summary.frame.to_dict("records"):
        where = f"{row['characteristic_label']}, {row['part_label'].lower()}. "
        assert f"{where}{row['told'] or row['said']}: {row['verdict']}" in html


def test_every_verdict_has_a_mark_that_differs_without_its_colour() -> None:
    marks = {
        verdict: re.search(r"sv-gap ([\w-]+).*>(.*)</span>", equality_look.mark(verdict, 0.5))
        for verdict in gap_verdicts.ORDER
    }
    assert all(marks.values())
    assert len({mark.groups() for mark in marks.values() if mark}) == len(gap_verdicts.ORDER)
    assert ">few<" in equality_look.mark(REAL)
    assert ">?<" in equality_look.mark(UNKNOWN)


def test_the_legend_says_what_a_fair_comparison_would_need() -> None:
    assert "Not a fair comparison: this data pack has no residents of working age" in unescape(
        equality_look.noted()
    )


def test_the_size_in_a_cell_is_that_of_the_page_behind_it(summary: Finding) -> None:
    cells = summary.frame.set_index(["characteristic", "part"])
    assert cells.loc[("area-deprivation", "recruitment"), "times"] == 0.65
    services = cells.loc[("age", "services")]
    assert f"{services['times']:.2g}\N{MULTIPLICATION SIGN}" in equality_look.grid(summary)


def test_what_is_not_fair_is_marked_and_never_among_the_widest(summary: Finding) -> None:
    verdicts = summary.frame.set_index(["characteristic", "part"])["verdict"]
    assert verdicts["disability", "services"] == UNFAIR
    assert "65 and over" not in summary.sentence
    assert not re.search(r"\bof staff\b", summary.sentence)
    unfair = summary.frame[summary.frame["verdict"] == UNFAIR]
    assert unfair["times"].isna().all()
    assert (unfair["told"] == "").all()
    tested = int(summary.frame["verdict"].isin([REAL, ALONE, CHANCE]).sum())
    assert f"of {tested} fair comparisons" in summary.headline


def test_staff_and_leaders_beside_residents_of_all_ages_are_not_fair(pack: Pack, summary: Finding) -> None:
    verdicts = summary.frame.set_index(["characteristic", "part"])["verdict"]
    for part in ("workforce", "owners"):
        for characteristic in ("sex", "ethnic-group", "disability"):
            assert verdicts[characteristic, part] == UNFAIR
            assert not resident_shares.of_staff(pack, characteristic, []).fair
    found = beside(("a", "below residents", 0.5, 100))
    assert gap_cells.beside_residents("workforce", found).verdict == REAL
    unfair = beside(("a", "not a fair comparison", 0.5, 100))
    assert gap_cells.beside_residents("workforce", unfair) == GapCell(UNFAIR)


def test_a_pack_with_residents_of_working_age_has_fair_comparisons_in_every_column(
    copied_whole_pack: CopiedPack,
) -> None:
    copied_whole_pack.change(
        "benchmark_groups", lambda rows: rows[rows["characteristic"] != "age"].assign(working_age="true")
    )
    copied_whole_pack.change("programmes", lambda rows: rows.assign(open_to="working-age"))
    brought = equality_summary.summary(copied_whole_pack.open(), YEAR)
    verdicts = brought.frame.set_index(["characteristic", "part"])["verdict"]
    for part in ("workforce", "owners", "services"):
        assert {verdicts[each, part] for each in ("sex", "ethnic-group", "disability")} <= {
            REAL,
            ALONE,
            CHANCE,
        }
    assert "Disabled: 10.4% of staff" in brought.sentence or "of the suppliers" in brought.sentence
    assert not brought.frame["verdict"].eq(UNFAIR).any()


def test_the_widest_are_three_that_hold_furthest_from_equal_first() -> None:
    cells = [
        GapCell(REAL, 0.9, "near"),
        GapCell(REAL, 0.5, "half"),
        GapCell(REAL, 2.5, "more"),
        GapCell(ALONE, 0.1, "alone"),
        GapCell(REAL, 0.8, "fourth fifth"),
        GapCell(REAL),
    ]
    assert gap_cells.widest(cells) == ["more", "half", "fourth fifth"]


def test_a_gap_that_fewer_than_ten_people_make_has_no_size() -> None:
    few = gap_cells.beside_residents("workforce", beside(("a", "below residents", 0.1, 10)))
    assert (few.verdict, math.isnan(few.times), few.sentence) == (REAL, True, "")
    more = gap_cells.beside_residents(
        "workforce",
        beside(("a", "below residents", 0.1, 10), ("b", "below residents", 0.4, 15)),
    )
    assert (more.verdict, more.times) == (REAL, 0.4)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["below residents", "could be chance"], REAL),
        (["below residents, taken alone", "above residents"], ALONE),
        (["above residents"], CHANCE),
        (["practically even"], CHANCE),
        (["not a fair comparison: residents of all ages"], UNFAIR),
        (["nothing to compare with"], gap_verdicts.NOT_IN_PACK),
        (["too small to show"], UNKNOWN),
    ],
)
def test_what_is_said_of_groups_makes_the_verdict_of_the_comparison(verdicts: list[str], said: str) -> None:
    assert gap_verdicts.of_groups(verdicts) == said


@pytest.mark.parametrize(
    ("share", "stands_out", "holds", "said"),
    [
        (10.0, True, True, "below residents"),
        (10.0, True, False, "below residents, taken alone"),
        (30.0, True, True, "above residents"),
        (19.5, True, True, "practically even"),
        # two points, and 0.9 times: it is the ratio that is told
        (18.0, True, True, "practically even"),
        (17.9, True, True, "below residents"),
        (10.0, False, False, "could be chance"),
    ],
)
def test_a_share_beside_residents_is_judged_by_its_interval_its_size_and_all_tests(
    share: float, stands_out: bool, holds: bool, said: str
) -> None:
    found = gap_verdicts.beside_residents(share, 20.0, SmallestGap(), stands_out=stands_out, holds=holds)
    assert found == said


def test_the_p_value_of_a_share_is_below_five_percent_where_wilsons_interval_leaves_the_expected_share_out() -> (
    None
):
    from svdash.measures.intervals import wilson

    for count in range(0, 101, 5):
        lower, upper = wilson(count, 100)
        (p,) = p_of_share(count, 100, 0.4)
        assert (p < 0.05) == (not lower <= 0.4 <= upper), count
    assert math.isnan(p_of_share(1, 10, float("nan"))[0])
    with pytest.raises(ValueError, match="expected share"):
        p_of_share(1, 10, 1.5)


def test_what_is_not_known_is_counted_named_and_leads_on(pack: Pack, summary: Finding) -> None:
    register = unknown_groups.register(pack, YEAR)
    html = unescape(equality_look.not_known(summary, register))
    dark = summary.frame[summary.frame["verdict"] == UNKNOWN]
    assert f"<strong>{len(dark)}</strong> of {len(summary.frame)} comparisons" in html
    assert all(label in html for label in dark["characteristic_label"])
    assert register.headline in html
    assert "equality-gaps?part=unknown" in html
    assert f"; {len(dark)} not known" in summary.headline


def test_what_another_page_tells_is_not_called_unknown(pack: Pack, summary: Finding) -> None:
    verdicts = summary.frame.set_index(["characteristic", "part"])["verdict"]
    assert verdicts["area-deprivation", "services"] == gap_verdicts.ELSEWHERE
    assert verdicts["long-term-unemployed", "recruitment"] == gap_verdicts.ELSEWHERE
    assert verdicts["religion", "workforce"] == gap_verdicts.NOT_IN_PACK
    assert Framework.of(pack).vocabulary.labels("characteristic_of_eligibility")
