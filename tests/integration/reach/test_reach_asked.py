"""What is answered where reach is asked for: of a programme without people, of one told by large places, of gaps too small to matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from svdash import wording
from svdash.findings.equality import services
from svdash.findings.finding import Finding
from svdash.findings.reach import (
    area_cells,
    area_figures,
    bivariate_map,
    cold_spots,
    concentration,
    decile_change,
    district_comparison,
    most_deprived,
    parity,
    reach_by_decile,
    unfilled,
)
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice
from svdash.measures.gradient import ConcentrationIndex, SlopeIndex
from svdash.measures.smallest_gap import SMALLEST
from svdash.register import ALL, View
from svdash.tables import Pack

NOW = View(year="2025/26", compare="2024/25")
EVERY: tuple[Callable[[Pack, View, MapChoice], Finding], ...] = (
    area_figures.area_map,
    bivariate_map.bivariate,
    cold_spots.coldspots,
    concentration.curve,
    concentration.by_year,
    decile_change.change,
    district_comparison.districts,
    most_deprived.deprived,
    parity.parity,
    reach_by_decile.by_decile,
)


@pytest.mark.parametrize("build", EVERY, ids=lambda build: build.__name__)
def test_reach_of_a_programme_without_people_is_not_answered_with_another_one(
    pack: Pack, build: Callable[[Pack, View, MapChoice], Finding]
) -> None:
    found = build(pack, NOW, MapChoice("reach", "corporate"))
    assert "Corporate services counts no people" in found.empty
    assert "Housing First" in found.empty
    assert (
        "Corporate services counts no people" not in build(pack, NOW, MapChoice("reach", "dial-a-ride")).empty
    )


def test_reach_of_a_programme_of_another_role_is_said_to_be_of_another_role(pack: Pack) -> None:
    for role in ("employer", "investor", "commissioner", "service-provider"):
        view = NOW.with_(role=role)
        known = area_cells.programmes(pack, view, "counts_people")
        for code in area_cells.programmes(pack, NOW, "counts_people"):
            why = area_cells.without_people(pack, view, code)
            assert bool(why) == (code not in known)
            assert not why or "linked to this role" in why


def test_the_programme_shown_where_none_is_asked_for_is_told_by_small_areas(pack: Pack) -> None:
    settled = area_figures.settle(pack, NOW, MapChoice("reach"))
    assert area_cells.geography_of(pack, "2025/26", settled.programme) == "lsoa"
    assert unfilled.parts(pack, NOW, settled).keys() <= {"catchments"}


def test_parts_that_a_programme_can_not_fill_are_named_and_those_that_it_can_are_not(pack: Pack) -> None:
    parts = {"districts": district_comparison.districts, "cold-spots": cold_spots.coldspots}
    for programme in area_cells.programmes(pack, NOW, "counts_people"):
        asked = MapChoice("reach", programme)
        named = unfilled.parts(pack, NOW, asked)
        for name, build in parts.items():
            assert (name in named) == bool(build(pack, NOW, asked).empty), (programme, name)


@pytest.mark.parametrize(
    ("share", "residents", "lower", "upper", "side"),
    [
        (34.1, 33.7, 33.9, 34.3, "level with"),
        (36.0, 33.7, 35.8, 36.2, "above"),
        (31.0, 33.7, 30.8, 31.2, "below"),
        (36.0, 33.7, 33.0, 39.0, "level with"),
        (1.9, 1.2, 1.7, 2.1, "above"),
    ],
)
def test_a_share_is_on_a_side_only_beyond_chance_and_by_enough_to_matter(
    share: float, residents: float, lower: float, upper: float, side: str
) -> None:
    even = SMALLEST.is_even(share - residents, share / residents)
    row = {
        "lower": lower,
        "upper": upper,
        "population_share": residents,
        "gap": share - residents,
        "even": even,
    }
    assert land.side(row) == side
    assert ("more than chance" in land.real(row)) == (side != "level with")


def test_concessionary_travel_is_practically_even_on_every_page(pack: Pack) -> None:
    asked = MapChoice("reach", "concessionary-travel")
    lands = reach_by_decile.lands(pack, NOW).frame.set_index("what")
    assert lands.loc["Concessionary travel", "side"] == "level with"
    assert "level with" in reach_by_decile.by_decile(pack, NOW, asked).headline
    assert "practically even" in concentration.curve(pack, NOW, asked).headline
    assert decile_change.change(pack, NOW, asked).frame["said"].iloc[0] == "practically even"


@pytest.mark.parametrize(
    ("district", "where", "told"),
    [(ALL, "city region", "of residents live"), ("E08000014", "Sefton", "of Sefton's residents live")],
)
def test_what_shares_are_set_beside_are_residents_of_the_place_that_is_looked_at(
    pack: Pack, district: str, where: str, told: str
) -> None:
    found = reach_by_decile.lands(pack, NOW.with_(district=district))
    residents = area_cells.population_by_decile(pack, district)
    share = 100 * residents[1] / residents.sum()
    assert found.frame["population_share"].to_numpy() == pytest.approx(share)
    assert found.sentence.startswith(f"{wording.percent(share)} {told}")
    assert f", {where}, " in found.subtitle


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (ConcentrationIndex(-0.01, -0.012, -0.008), "practically even"),
        (ConcentrationIndex(-0.1, -0.12, -0.08), "more with the more deprived"),
        (ConcentrationIndex(0.1, 0.08, 0.12), "more with the less deprived"),
        (ConcentrationIndex(0.1, -0.02, 0.22), "could be chance"),
        (ConcentrationIndex(-0.1), "no test possible"),
    ],
)
def test_an_index_is_called_even_where_its_line_ends_at_as_good_as_the_same_rates(
    pack: Pack, index: ConcentrationIndex, said: str
) -> None:
    assert concentration.verdict(pack, index) == said


@pytest.mark.parametrize(
    ("rii", "sii", "limits", "said"),
    [
        (0.97, -0.4, (-0.6, -0.2), "practically even"),
        (0.5, -8.0, (-9.0, -7.0), "more where deprivation is greater"),
        (2.0, 8.0, (7.0, 9.0), "less where deprivation is greater"),
        (0.5, -8.0, (-17.0, 1.0), "could be chance"),
    ],
)
def test_a_gradient_is_called_even_where_its_ends_are_as_good_as_the_same(
    rii: float, sii: float, limits: tuple[float, float], said: str
) -> None:
    index = SlopeIndex(sii, rii, 10.0, 10.0, sii_lower=limits[0], sii_upper=limits[1])
    assert services._direction(index, SMALLEST) == said


def test_the_misfit_of_the_line_stands_beside_the_slope_and_says_whether_it_bends(pack: Pack) -> None:
    found = services.gradient(pack, NOW)
    lines = pd.read_parquet(pack.file("contacts"))
    when = pd.to_datetime(lines["date"])
    lines = lines[(when >= "2025-04-01") & (when < "2026-04-01") & (lines["programme"] == "cycle-training")]
    areas = pack.table("areas")
    people = lines["area"].map(areas.set_index("code")["decile"]).to_frame("decile").assign(n=lines["people"])
    rate = 1000 * people.groupby("decile")["n"].sum() / areas.groupby("decile")["population"].sum()
    weight = areas.groupby("decile")["population"].sum().astype(float)
    written = found.frame.set_index("programme_label").loc["Cycle training"]
    counted, _ = services._counted(pack, NOW.year, {"cycle-training": "Cycle training"})
    row = services._line(counted["cycle-training"], area_cells.population_by_decile(pack), SMALLEST)
    part = weight / weight.sum()
    middle = part.cumsum() - part / 2
    line = row["most_deprived"] + (row["least_deprived"] - row["most_deprived"]) * middle
    off = ((rate.astype(float) - line) ** 2 * part).sum() ** 0.5
    assert row["misfit"] == pytest.approx(float(off), rel=1e-6)
    assert written["misfit"] == np.floor(row["misfit"] + 0.5)
    told = f"{written['misfit']:.0f}" if written["misfit"] else "fewer than 1"
    assert f"deciles lie {told} per 1,000 from the line" in found.alt
    assert found.alt.count("which bends beyond chance") == int(found.frame["bends"].sum())
