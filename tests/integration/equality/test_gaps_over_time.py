"""Each equality gap over time: worked out again from the rows, and counted only where the comparison is fair."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import pandas as pd
import pytest

from svdash import wording
from svdash.findings.equality import comparison_groups, gaps_over_time
from svdash.findings.equality.comparison_groups import Chosen
from svdash.findings.equality.gaps_over_time import over_time
from svdash.measures.intervals import difference
from svdash.register import ALL, NOT_STATED, Framework, View
from svdash.tables import Pack
from tests.copies import DATA

YEAR = View(year="2025/26")


def seen(pack: Pack, characteristic: str, indicator: str) -> pd.DataFrame:
    frame = over_time(pack, YEAR, Chosen(characteristic)).frame
    return frame[frame["indicator"] == indicator].set_index("group")


def told(pack: Pack, indicator: str, characteristic: str, group: str) -> pd.DataFrame:
    """The gated observations of one series, oldest first."""
    from svdash.findings.indicators import gated_observations

    rows = gated_observations.gated(pack)
    rows = rows[
        (rows["indicator"] == indicator)
        & (rows["characteristic"] == characteristic)
        & (rows["group"] == group)
    ]
    return rows[~rows["part"] & rows["value"].notna() & (rows["year"] <= "2025/26")].sort_values("as_at")


def test_the_subtitle_names_every_organisation_whose_gaps_are_told_and_no_other(pack: Pack) -> None:
    labels = Framework.of(pack).vocabulary.labels("organisation")
    for characteristic in ("sex", "disability"):
        found = over_time(pack, YEAR, Chosen(characteristic))
        named = found.subtitle.removeprefix(f"Gaps by {characteristic}, ").partition(", up to ")[0]
        whose = dict.fromkeys(found.frame["organisation"])
        assert named == wording.every(labels[code] for code in whose)
    nobody = over_time(pack, View(year="2018/19"), Chosen("sex"))
    assert labels[Framework.of(pack).authority.organisation] in nobody.subtitle


def test_a_rate_within_a_group_is_set_beside_that_of_the_comparison_group(pack: Pack) -> None:
    row = seen(pack, "disability", "EMP-I10").loc["disabled"]
    own, other = (
        told(pack, "EMP-I10", "disability", group).set_index("period")
        for group in ("disabled", "not-disabled")
    )
    shared = [period for period in own.index if period in other.index]
    limits = []
    for period in (shared[0], shared[-1]):
        counts = [
            float(rows.loc[period, name])
            for rows in (own, other)
            for name in ("exact_numerator", "exact_denominator")
        ]
        limits.append([100 * each for each in difference(*counts)])
    then, now = limits
    # Fewer than a hundred people are the base, so points are whole.
    assert (row["then"], row["now"]) == (round(then[0]), round(now[0]))
    lower = now[0] - then[0] - math.hypot(now[0] - now[1], then[2] - then[0])
    upper = now[0] - then[0] + math.hypot(now[2] - now[0], then[0] - then[1])
    assert (row["lower"], row["upper"]) == (round(lower), round(upper))
    assert (row["verdict"] == "could-be-chance") == (lower <= 0 <= upper)
    assert row["beside"] == "Not disabled"


def test_the_comparison_group_that_is_asked_for_turns_the_gap_round(pack: Pack) -> None:
    usual = over_time(pack, YEAR, Chosen("disability")).frame.set_index(["indicator", "group"])
    other = over_time(pack, YEAR, Chosen("disability", "disabled")).frame.set_index(["indicator", "group"])
    assert usual.loc[("EMP-I10", "disabled"), "now"] == pytest.approx(
        -other.loc[("EMP-I10", "not-disabled"), "now"]
    )


def test_a_share_of_staff_is_set_beside_residents_and_not_counted_where_these_are_of_all_ages(
    pack: Pack,
) -> None:
    rows = seen(pack, "disability", "EMP-I5")
    residents = 100 * 344_398 / 1_551_762
    series = told(pack, "EMP-I5", "disability", "disabled")
    shares = 100 * series["exact_numerator"].astype(float) / series["exact_denominator"].astype(float)
    row = rows.loc["disabled"]
    assert (row["then"], row["now"]) == pytest.approx(
        (shares.iloc[0] - residents, shares.iloc[-1] - residents), abs=0.051
    )
    assert not rows["fair"].any()
    assert rows["verdict_label"].str.endswith(gaps_over_time.NOT_FAIR).all()


def test_the_gaps_of_two_groups_of_one_whole_are_one_test_and_one_gap() -> None:
    frame = pd.DataFrame(
        {
            "verdict": ["wider", "wider", "could-be-chance", "could-be-chance"],
            "fair": True,
            "p": [0.02, 0.02, 0.5, 0.6],
            "title": ["A", "A", "B", "C"],
            "indicator": ["A", "A", "B", "C"],
            "group_label": ["women", "men", "women", "women"],
            "then": [-1.0, 1.0, 1.0, 1.0],
            "now": [-5.0, 5.0, 2.0, 2.0],
            "change": [-4.0, 4.0, 1.0, 1.0],
            "then_period": "2022/23",
            "now_period": "2025/26",
        }
    )
    judged = gaps_over_time._judged(frame)
    assert judged["again"].tolist() == [False, True, False, False]
    # Alone among three tests 0.02 does not hold (0.05/3); counted twice among four it would (2 x 0.05/4).
    assert judged["holds"].tolist() == [False] * 4
    assert "3 tests: 1 stands out" in gaps_over_time._sentence(judged)
    assert gaps_over_time._headline(judged, "sex").startswith("Of 3 gaps by sex none narrowed")
    held = gaps_over_time._judged(frame.assign(p=[0.01, 0.01, 0.5, 0.6]))
    assert held["holds"].tolist() == [True, True, False, False]
    assert gaps_over_time._headline(held, "sex").endswith("1 widened")
    apart = gaps_over_time._judged(frame.assign(now=[-5.0, 4.0, 2.0, 2.0]))
    assert not apart["again"].any()


def test_what_is_no_fair_comparison_is_neither_counted_nor_headlined() -> None:
    rows = [
        ("narrower", False, 0.001),
        ("wider", True, 0.04),
        ("could-be-chance", True, 0.5),
        ("narrower-untested", True, math.nan),
    ]
    frame = pd.DataFrame(rows, columns=["verdict", "fair", "p"]).assign(
        title=["A", "B", "C", "D"],
        indicator=["A", "B", "C", "D"],
        group_label="g",
        then=1.0,
        now=2.0,
        change=1.0,
        then_period="2022/23",
        now_period="2025/26",
    )
    judged = gaps_over_time._judged(frame)
    assert gaps_over_time._headline(judged, "sex") == (
        "Of 2 gaps by sex none narrowed beyond chance, none widened; 1 did only if tested alone"
    )
    sentence = gaps_over_time._sentence(judged)
    assert sentence.startswith(
        "B, g: +1.0 points (2022/23), +2.0 points (2025/26), wider, beyond chance taken alone. 2 tests: 1 stands out"
    )
    assert "none holds when all are taken together" in sentence
    assert "A, g" not in sentence
    held = gaps_over_time._judged(frame.assign(p=[0.001, 0.02, 0.5, math.nan]))
    assert gaps_over_time._headline(held, "sex").endswith("beyond chance, 1 widened")
    assert "2 tests: 1 stands out, about 0.1 would by chance alone; 1 holds" in gaps_over_time._sentence(held)
    unfair = gaps_over_time._judged(frame.assign(fair=False))
    assert gaps_over_time._headline(unfair, "sex") == "Gaps by sex over time: none that can be tested"
    assert gaps_over_time._sentence(unfair) == "No gap that is counted changed beyond chance."


def test_pay_gaps_are_full_counts_told_in_points_and_not_tested(pack: Pack) -> None:
    published = pd.read_csv(DATA / "observations_published.csv")
    rows = published[
        (published["indicator"] == "EMP-I7") & (published["organisation"] == "lcrca")
    ].sort_values("as_at")
    row = seen(pack, "sex", "EMP-I7").loc[ALL]
    assert (row["then"], row["now"]) == pytest.approx(
        (rows["value"].iloc[0], rows["value"].iloc[-1]), abs=0.051
    )
    assert row["verdict"] == ("narrower-untested" if abs(row["now"]) < abs(row["then"]) else "wider-untested")
    assert math.isnan(row["lower"])
    assert over_time(pack, YEAR, Chosen("disability")).frame["indicator"].ne("EMP-I7").all()


YEARS = ("2022/23", "2024/25", "2026/27", ALL)


def says_something(pack: Pack, year: str, characteristics: Iterable[str]) -> None:
    for characteristic in characteristics:
        found = over_time(pack, Framework.of(pack).filters.default_view(year), Chosen(characteristic))
        assert bool(found.empty) == found.frame.empty
        assert not re.search(r"\bnan\b", f"{found.headline} {found.sentence} {found.alt}")
        assert NOT_STATED not in set(found.frame["group"])
        assert len(found.headline) <= 110


@pytest.mark.parametrize("year", YEARS)
def test_a_year_says_something_of_characteristics_that_are_each_looked_at_in_one_year(
    pack: Pack, year: str
) -> None:
    says_something(pack, year, list(comparison_groups.characteristics(pack))[YEARS.index(year) :: len(YEARS)])


@pytest.mark.exhaustive
@pytest.mark.parametrize("year", YEARS)
def test_every_characteristic_says_something_in_every_year(pack: Pack, year: str) -> None:
    says_something(pack, year, comparison_groups.characteristics(pack))
