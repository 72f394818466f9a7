"""Where one table has no figures by a characteristic, the page says so only as far as no other one has them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from svdash.findings.equality import recruitment, services
from svdash.findings.equality.comparison_groups import Chosen
from svdash.register import View
from svdash.tables import Pack
from tests.copies import CopiedPack

LATEST = View(year="2025/26")
OUT_OF_WORK = Chosen("long-term-unemployed")
BY_AREA = Chosen("area-deprivation")
Rows = Callable[[pd.DataFrame], pd.DataFrame]


def without(characteristic: str) -> Rows:
    return lambda rows: rows[rows["characteristic"] != characteristic]


def test_recruitment_by_what_an_indicator_counts_points_to_the_indicator(pack: Pack) -> None:
    found = recruitment.funnel(pack, LATEST, OUT_OF_WORK)
    assert "EMP-I4" in found.empty
    assert "2025/26: see the page Indicators" in found.empty
    assert "No figures" not in found.empty


def test_recruitment_by_what_nothing_counts_has_no_figures(copied_whole_pack: CopiedPack) -> None:
    copied_whole_pack.change("observations_illustrative", without("long-term-unemployed"))
    pack = copied_whole_pack.open()
    assert pack.faults == ()
    found = recruitment.funnel(pack, LATEST, OUT_OF_WORK)
    assert found.empty.startswith("No figures on recruitment by long-term unemployment.")
    assert "EMP-I4" not in found.empty


def test_figures_of_later_years_are_not_pointed_to(pack: Pack) -> None:
    assert "EMP-I4" not in recruitment.funnel(pack, View(year="2019/20"), OUT_OF_WORK).empty


def test_reach_by_deprivation_names_every_programme_whose_people_have_a_place(pack: Pack) -> None:
    found = services.groups(pack, LATEST, BY_AREA)
    assert found.headline == "Whom services reach, by deprivation of home area: see Reach and spend"
    assert found.empty.startswith("Eight programmes tell") or found.empty.startswith("8 programmes tell")
    for name in ("Housing First", "Concessionary travel", "Adult Skills Fund"):
        assert name in found.empty
    assert "No programme" not in found.empty


def test_a_characteristic_that_is_not_known_from_where_people_live_is_not_told_by_area(
    copied_whole_pack: CopiedPack,
) -> None:
    copied_whole_pack.change("vocabulary", lambda rows: rows[rows["list"] != services.OF_AREA])
    found = services.groups(copied_whole_pack.open(), LATEST, BY_AREA)
    assert found.headline.endswith(": not known")
    assert found.empty.startswith("No programme tells whom it reaches by deprivation of home area")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("not-asked", "What we don't know says who asks, and when."),
        ("not-applicable", "What we don't know says why it does not apply."),
    ],
)
def test_what_the_register_of_gaps_is_said_to_hold_is_what_it_holds(
    copied_whole_pack: CopiedPack, reason: str, told: str
) -> None:
    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        own = rows["characteristic"] == "religion"
        return rows.assign(reason=rows["reason"].mask(own, reason))

    copied_whole_pack.change("data_gaps", edit)
    found = services.groups(copied_whole_pack.open(), LATEST, Chosen("religion"))
    assert found.empty == f"No programme tells whom it reaches by religion or belief up to 2025/26. {told}"


def test_a_date_is_only_promised_where_one_is_agreed(copied_whole_pack: CopiedPack) -> None:
    def undated(rows: pd.DataFrame) -> pd.DataFrame:
        own = rows["characteristic"] == "religion"
        return rows.assign(due=rows["due"].mask(own, ""), reason=rows["reason"].mask(own, "not-asked"))

    copied_whole_pack.change("data_gaps", undated)
    found = services.groups(copied_whole_pack.open(), LATEST, Chosen("religion"))
    assert found.empty.endswith("What we don't know says who asks; no date is agreed.")


def test_without_a_row_in_the_register_of_gaps_nothing_is_said_of_it(copied_whole_pack: CopiedPack) -> None:
    copied_whole_pack.change("data_gaps", without("religion"))
    found = services.groups(copied_whole_pack.open(), LATEST, Chosen("religion"))
    assert found.empty == "No programme tells whom it reaches by religion or belief up to 2025/26."
