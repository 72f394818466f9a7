"""A prototype above an edition: it has verdicts and passes the gate as agreed indicators do, and changes nothing of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pytest

from svdash import editions
from svdash.editions.prototypes import PrototypeRows, with_prototype
from svdash.findings.indicators import gated_observations, indicator_trends
from svdash.findings.indicators.gated_observations import KEYS
from svdash.register import Framework, View
from svdash.tables import Pack
from tests.attack import Puzzle
from tests.copies import SMALL

ID = "ABC-I1"
ORGANISATION = "lcrca-merseytravel"
Line = tuple[str, str, str, int, int]


def rows(pack: Pack, lines: Iterable[Line], **about: object) -> PrototypeRows:
    """Return a prototype of a share of people: period, characteristic, group, numerator and denominator of each line."""
    like = pack.table("indicators").head(1)
    named = {
        "id": ID,
        "title": "Asked again",
        "lead_group": pd.NA,
        "stage": pd.NA,
        "baseline_year": pd.NA,
        "target": float("nan"),
    }
    indicator = like.assign(
        **(named | {"counts_people": True, "unit": "percent", "interval": "wilson"} | about)
    )
    observed = pd.DataFrame(
        [
            {
                "indicator": indicator["id"].iloc[0], "year": period[:7], "period": period, "organisation": ORGANISATION,
                "as_at": pd.Timestamp(int(period[:4]) + 1, 3, 31), "characteristic": characteristic, "group": group,
                "numerator": top, "denominator": base, "updated": pd.Timestamp(2026, 1, 1),
            }
            for period, characteristic, group, top, base in lines
        ]
    )  # fmt: skip
    return PrototypeRows(
        str(indicator["id"].iloc[0]), {"indicators": indicator, "observations_illustrative": observed}
    )


def everybody(*counts: tuple[int, int]) -> list[Line]:
    return [
        (f"{2019 + at}/{20 + at}", "all", "all", top, base)
        for at, (top, base) in enumerate(counts, 6 - len(counts))
    ]


def test_a_prototype_has_the_verdict_of_the_ladder_and_the_edition_below_knows_nothing_of_it(
    small_pack: Pack,
) -> None:
    before = gated_observations.gated(small_pack)
    edition = with_prototype(small_pack, rows(small_pack, everybody((300, 1000), (420, 1000))))
    found = indicator_trends.one(edition, View(), ID)
    assert found.verdict == "better-than-baseline"
    assert list(found.frame["numerator"]) == [420, 300]
    assert ID not in Framework.of(small_pack).indicators.index
    pd.testing.assert_frame_equal(gated_observations.gated(small_pack), before)
    # What is told of agreed indicators is told as before, to the last cell.
    beside = gated_observations.gated(edition)
    agreed = beside[beside["indicator"] != ID].reset_index(drop=True)
    pd.testing.assert_frame_equal(agreed, before, check_dtype=False)


def test_the_present_edition_is_never_a_prototype(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVDASH_PACK", str(SMALL))
    present = editions.current()
    made = with_prototype(present, rows(editions.writable(), everybody((300, 1000))))
    assert editions.tried_out(made) == (present, ID)
    for each in (editions.current(), editions.drafting()):
        assert editions.tried_out(each) is None
        assert ID not in set(each.table("indicators")["id"])
    assert made.fingerprint != editions.current().fingerprint


def test_what_was_worked_out_is_kept_as_long_as_the_rows_are_the_same(small_pack: Pack) -> None:
    one = with_prototype(small_pack, rows(small_pack, everybody((300, 1000))))
    assert with_prototype(small_pack, rows(small_pack, everybody((300, 1000)))) is one
    other = with_prototype(small_pack, rows(small_pack, everybody((301, 1000))))
    found = [indicator_trends.one(each, View(), ID) for each in (one, one, other)]
    assert found[0] is found[1]
    assert found[2].frame["value"].tolist() == [30.1]
    # Tables that it has no rows of are as they were, and so is what was worked out of them.
    assert one.fingerprint_of(["measures"]) == small_pack.fingerprint_of(["measures"])
    assert one.fingerprint_of(["indicators"]) != other.fingerprint_of(["links"])


def test_a_prototype_stands_on_what_is_agreed_alone(small_pack: Pack) -> None:
    made = with_prototype(small_pack, rows(small_pack, everybody((300, 1000))))
    with pytest.raises(ValueError, match="is a prototype"):
        with_prototype(made, rows(small_pack, everybody((300, 1000))))


def test_an_identifier_that_is_taken_is_replaced_while_it_is_tried_out(small_pack: Pack) -> None:
    taken = str(gated_observations.gated(small_pack)["indicator"].iloc[0])
    edition = with_prototype(small_pack, rows(small_pack, everybody((300, 1000)), id=taken))
    own = gated_observations.gated(edition)
    assert list(own.loc[own["indicator"] == taken, "numerator"]) == [300]
    assert list(indicator_trends.one(edition, View(), taken).frame["numerator"]) == [300]
    assert len(indicator_trends.one(small_pack, View(), taken).frame) > 1


def test_everybody_less_the_other_groups_does_not_give_a_small_group_back(small_pack: Pack) -> None:
    lines = [
        *everybody((200, 1000)),
        *[
            ("2024/25", "sex", group, top, base)
            for group, top, base in (("men", 197, 600), ("women", 3, 400))
        ],
    ]
    lines = [("2024/25", *each[1:]) for each in lines]
    edition = with_prototype(small_pack, rows(small_pack, lines))
    found = gated_observations.gated(edition)
    found = found[found["indicator"] == ID].set_index("group")
    assert found.loc["women", "marker"] == "[c]"
    told = found["exact_numerator"]
    puzzle = Puzzle()
    for group, count in told.items():
        puzzle.count(group, None if pd.isna(count) else float(count))
    puzzle.adds_up("all", ["men", "women"])
    low, high = puzzle.ranges(["women"])["women"]
    assert (low, high >= 4) == (1, True)
    assert "3" not in found.loc["women", ["value", "numerator", "note"]].astype("str").tolist()


def test_what_an_agreed_indicator_hides_beside_a_small_count_no_prototype_tells_again(
    small_pack: Pack,
) -> None:
    told = gated_observations.gated(small_pack)
    at = [*KEYS, "period"]
    held = told[told["people"] & (told["unit"] == "percent") & (told["marker"] == "[c]")].set_index(at)
    exact = small_pack.table("observations_illustrative").set_index(at)[["numerator", "denominator"]]
    exact = exact[exact.index.isin(held.index) & (exact["numerator"] > 20)]
    (_, organisation, characteristic, group, period), (top, base) = next(iter(exact.iterrows()))
    assert organisation == ORGANISATION
    # Alone, without the small group beside which it is hidden, nothing else would hold it back.
    again = with_prototype(small_pack, rows(small_pack, [(period, characteristic, group, top, base)]))
    other = with_prototype(
        small_pack, rows(small_pack, [("2018/19", characteristic, group, top, base)], id="ABC-I2")
    )
    counts = [
        each[each["indicator"] == own]
        for each, own in ((gated_observations.gated(again), ID), (gated_observations.gated(other), "ABC-I2"))
    ]
    assert counts[0]["exact_numerator"].isna().all()
    assert counts[1]["exact_numerator"].tolist() == [top]
