"""Cold spots: deprived areas that little reach or spend lands in, and how far the nearest place of service is."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.reach import area_cells
from svdash.findings.reach import distribution as land
from svdash.findings.reach.area_figures import MapChoice, of_map
from svdash.findings.reach.distribution import Landing
from svdash.measures import intervals
from svdash.register import ALL, Framework, View, place
from svdash.tables import boundary_shapes

COLUMNS: Final = {
    "order": "Order",
    "place": "Code",
    "name": "Area",
    "district_name": "District",
    "deprivation": "Deprivation",
    "amount": "Amount",
    "rate": "Per resident",
    "lower": "95% from",
    "upper": "95% to",
    "said": "What can be said",
    "population": "Residents",
    "population_share": "Share of residents (%)",
    "share": "Share of reach or spend (%)",
    "nearest": "Nearest place of service",
    "distance": "Straight line (km)",
    "geography": "Geography",
    "status": "Status",
}
BELOW: Final = "below all deprived areas"
WORST: Final = 10
LOWEST: Final = 5  # one in five of the deprived areas
EARTH: Final = 6371.0088  # mean radius, km
METHOD: Final = (
    "Deprived areas: England's deciles 1 to 3, or, by middle areas (MSOA), those in which at least half of the residents live "
    "in such a decile. Cold: among the lowest fifth of the deprived areas by reach or spend per resident; areas that equal the "
    "last of the fifth are with them; the fifth is of the whole {noun}'s, also where one district is looked at. Limits of a rate of people: Byar's, 95%. Areas too small to show are in neither. Distance: along a straight line from a point inside "
    "the area to the place (haversine, radius 6,371 km); for a middle area from the mean of its parts, weighted by residents."
)
STRAIGHT: Final = "Distance is a straight line: by road, on foot or by bus it is further."
FEW: Final = "A cold spot is a question: it may be that few people there are those the programme is for."


def coldspots(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Return deprived areas with little reach or spend per resident, the coldest first, with the nearest place of service."""
    landing = land.of(edition, view, choice)
    return _coldspots(edition, view, landing)


@kept
def _coldspots(edition: Edition, view: View, landing: Landing) -> Finding:
    year, noun = area_cells.year_of_view(Framework.of(edition), view), landing.noun
    where = counted_by(edition, landing, year)
    per = f"{landing.unit} per 1,000 residents" if landing.people else "pounds per resident"
    measured = f"{landing.measure}: {per} by {area_cells.GEOGRAPHY_NAMES[where]}"
    common = _common(edition, view, landing, per) | {
        "subtitle": f"{measured}, deciles 1 to 3, {landing.where}, {land.period(edition, year)}"
    }
    limits = ", bar: 95% limits" if landing.people else ""
    region = whole(edition, landing)
    rows = pd.DataFrame() if where == "district" else every_area(edition, view, region, year)
    why = land.nothing(edition, view, region, year) or _none(
        rows, landing, where, area_cells.programmes_by(edition, view, year, "lsoa", "msoa")
    )
    if why:
        return Finding(
            headline=f"Cold spots of {noun}: not known",
            frame=pd.DataFrame(columns=list(COLUMNS)),
            empty=why,
            **common,
        )
    exact = _frame(edition, landing, rows, where, _whole(edition, landing, rows, year))
    frame = land.written(
        exact, landing, counts=["amount", "whole"], shares=["share"], rates=["rate", "lower", "upper"]
    )
    return Finding(
        headline=_headline(exact, rows, landing),
        frame=frame,
        sentence=" ".join([*_sentence(exact, rows, landing), land.unplaced(edition, view, region, year)]),
        alt=" ".join(
            f"{r['name']}: {rate_in_words(r['rate'], r['population'], landing)}, {_near(r)}."
            for r in records(exact.head(WORST))
        ),
        legend=f"The {wording.count(min(WORST, len(frame)), 'area')} with least; dot: {per}{limits}. "
        f"Orange line: all deprived areas of {landing.place.the} that are shown. All cold spots are in the table and the CSV.",
        chart=_chart(exact, frame, rows, landing),
        **common,
    )


def _common(edition: Edition, view: View, landing: Landing, per: str) -> dict[str, Any]:
    """Return what the finding says whether there are figures or not; ``per`` is the unit of its rates."""
    about = land.head(edition, view, landing, METHOD.format(noun=place(edition).noun), "places", "boundaries")
    return {
        **about,
        "name": "cold-spots",
        "row_key": ("place",),
        "caveats": (FEW, STRAIGHT, *about["caveats"]),
        "columns": COLUMNS
        | {
            "amount": landing.amount,
            "rate": wording.sentence(per),
            "share": f"Share of {landing.noun} (%)",
            "population": area_cells.title(edition, "population"),
        },
        "decimals": {
            "amount": landing.decimals,
            **dict.fromkeys(("rate", "lower", "upper"), 0 if landing.people else 2),
            "population_share": 2,
            "share": 1 if landing.people else 2,
            "distance": 1,
        },
    }


def whole(edition: Edition, landing: Landing) -> Landing:
    """Return the same of the whole: what is cold is told beside all deprived areas, whichever district is looked at."""
    return replace(landing, district=ALL, where=area_cells.region_name(edition, ALL))


def counted_by(edition: Edition, landing: Landing, year: str) -> str:
    """Return the geography of the areas: ``lsoa``, ``msoa`` or ``district``."""
    return area_cells.geography_of(edition, year, landing.choice.programme) if landing.people else "lsoa"


def every_area(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    """Return every area of the geography: place, name, district_name, population, amount, rate, marker, rank, deep.

    ``deep`` says whether it is deprived, ``deprivation`` why, ``rank`` orders areas alike, the most deprived first.
    """
    if landing.people:
        rows = area_cells.people(edition, year, landing.choice.programme)
        rows = rows.drop(columns="people").rename(columns={"exact_people": "amount"})
        rows = rows.reset_index(drop=True)
    else:
        rows = land.by_area(edition, view, landing, year).rename(columns={"code": "place"}).assign(marker="")
    rows = rows[rows["population"].fillna(0) > 0]
    amount, population = rows["amount"].astype("Float64"), rows["population"].astype("float64")
    amount = pd.Series(amount.to_numpy("float64", na_value=np.nan), index=rows.index)
    rate = (1000 if landing.people else 1) * amount / population
    deprivation = _deprivation(edition, counted_by(edition, landing, year)).reindex(rows["place"])
    return rows.assign(
        amount=amount,
        population=population,
        rate=rate,
        deep=deprivation["deep"].to_numpy(dtype=bool),
        deprivation=deprivation["deprivation"].to_numpy(),
        rank=deprivation["rank"].to_numpy(dtype="float64"),
    ).reset_index(drop=True)


def _deprivation(edition: Edition, where: str) -> pd.DataFrame:
    """Return by place: deep, deprivation (in words), rank."""
    areas = area_cells.areas(edition).reset_index(drop=True)
    deep = areas["decile"].isin(land.MOST_DEPRIVED)
    if where == "lsoa":
        words = [f"decile {decile} of 10" for decile in areas["decile"]]
        return pd.DataFrame(
            {
                "deep": deep.to_numpy(dtype=bool),
                "deprivation": words,
                "rank": areas["rank"].to_numpy("float64", na_value=np.nan),
            },
            index=areas["code"],
        )
    lived = areas["population"].astype("float64")
    sums = (
        pd.DataFrame({"place": areas["msoa"], "deep": lived.where(deep, 0.0), "all": lived})
        .groupby("place")
        .sum()
    )
    part = 100 * sums["deep"] / sums["all"]
    words = [f"{wording.percent(share, 0)} of residents in deciles 1 to 3" for share in part]
    return pd.DataFrame({"deep": part >= 50, "deprivation": words, "rank": -part})


def _none(rows: pd.DataFrame, landing: Landing, where: str, finer: list[str]) -> str:
    """Say why there are no cold spots; ``finer`` names programmes that smaller areas can be shown for."""
    if where == "district":
        return (
            f"{landing.name} counts so few {landing.unit} that only districts can be shown: areas cannot be distinguished. "
            + (
                "The share by decile says what can be said."
                if landing.district == ALL
                else f"Smaller areas can be shown for: {wording.listing(finer, len(finer))}."
            )
        )
    deep = rows[rows["deep"] & rows["rate"].notna()]
    if deep.empty:
        return "No area in deciles 1 to 3 has a figure that can be shown."
    if deep["rate"].min() == deep["rate"].max():
        return f"All {wording.count(len(deep), 'deprived area')} have the same per resident: none is colder than another."
    if cold(deep["rate"]).all():
        return "The lowest fifth cannot be distinguished from the other deprived areas."
    return _none_inside(deep, landing)


def _none_inside(deep: pd.DataFrame, landing: Landing) -> str:
    """Say why there are no cold spots among the deprived areas of what is looked at."""
    here = _inside(deep, landing)
    if here.empty:
        return f"No area of {landing.where} is in deciles 1 to 3 and has a figure that can be shown."
    if _inside(deep[cold(deep["rate"])], landing).empty:
        return (
            f"None of the {wording.count(len(here), 'deprived area')} of {landing.where} is among the fifth of {landing.place.own} "
            f"deprived areas with the least {landing.noun}."
        )
    return ""


def _inside(rows: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    """Return the rows of what is looked at: of the one district, or all."""
    return rows if landing.district == ALL else rows[rows["district_name"] == landing.where]


def cold(rates: pd.Series) -> pd.Series:
    """Say which rates are in the lowest fifth, with all that equal its last one."""
    limit = rates.sort_values().iloc[ceil(len(rates) / LOWEST) - 1]
    return pd.Series(rates <= limit)


def _whole(edition: Edition, landing: Landing, rows: pd.DataFrame, year: str) -> float:
    """Return what shares are of: all that has a place in what is looked at, people in areas too small to show too."""
    if not landing.people:
        return float(_inside(rows, landing)["amount"].sum())
    if landing.district == ALL:
        return land.base(edition, landing, year)
    return area_cells.base_of_people(edition, year, landing.choice.programme, landing.where)


def _frame(edition: Edition, landing: Landing, rows: pd.DataFrame, where: str, whole: float) -> pd.DataFrame:
    """Return the cold spots, the coldest and, among equals, the most deprived first."""
    deep = rows[rows["deep"] & rows["rate"].notna()]
    coldest = _inside(deep[cold(deep["rate"])], landing)
    chosen = coldest.sort_values(["rate", "rank"], kind="stable", ignore_index=True)
    here = _inside(rows, landing)
    chosen = _limits(chosen, _mean(deep, landing), landing)
    near = nearest(edition, landing.choice.programme, points(edition, where).reindex(chosen["place"]))
    return chosen.assign(
        order=range(1, len(chosen) + 1),
        whole=whole,
        population_share=100 * chosen["population"] / here["population"].sum(),
        share=100 * chosen["amount"] / (whole or np.nan),
        nearest=near["nearest"].to_numpy(),
        distance=near["distance"].to_numpy(),
        geography=where,
        marker=np.where(near["distance"].isna(), "[x]", "[z]"),
        status=land.mark(edition, landing),
    )


def _limits(chosen: pd.DataFrame, mean: float, landing: Landing) -> pd.DataFrame:
    """Add the 95% limits of people per 1,000 residents, and whether they are below all deprived areas; none for money."""
    if not landing.people:
        return chosen.assign(lower=np.nan, upper=np.nan, said="no test possible")
    lower, upper = intervals.byar(chosen["amount"].to_numpy("float64"))
    per = 1000 / chosen["population"].to_numpy("float64")
    return chosen.assign(
        lower=lower * per, upper=upper * per, said=np.where(upper * per < mean, BELOW, "could be chance")
    )


def points(edition: Edition, where: str) -> pd.DataFrame:
    """Return longitude and latitude of a point inside each place, by its code: of an area (``lsoa``) or a middle area (``msoa``)."""
    found = pd.DataFrame.from_dict(
        boundary_shapes.points(edition), orient="index", columns=["longitude", "latitude"]
    )
    if where == "lsoa":
        return found
    areas = area_cells.areas(edition)
    lived = areas["population"].astype("float64")
    parts = found.astype("float64").reindex(areas.index)
    lived = lived.where(parts["longitude"].notna(), 0.0)
    sums = parts.mul(lived, axis=0).groupby(areas["msoa"]).sum()
    weight = lived.groupby(areas["msoa"]).sum()
    return sums.div(weight.where(weight > 0), axis=0)


def nearest(edition: Edition, programme: str, points: pd.DataFrame) -> pd.DataFrame:
    """Return the ``nearest`` place of service of a programme (of all: any) and its ``distance`` in km, a row a point.

    ``points`` has longitude and latitude; without places, or a point, there is neither.
    """
    sites = area_cells.table(edition, "places")
    sites = sites[sites["latitude"].notna() & sites["longitude"].notna()]
    sites = sites if programme == ALL else sites[sites["programme"] == programme]
    blank = pd.DataFrame({"nearest": "", "distance": np.nan}, index=range(len(points)))
    known = points.notna().all(axis=1).to_numpy()
    if sites.empty or not known.any():
        return blank
    here = points.astype("float64").to_numpy()[known]
    there = sites[["longitude", "latitude"]].astype("float64").to_numpy()
    distances = haversine(here[:, None, :], there[None, :, :])
    blank.loc[known, "nearest"] = sites["name"].to_numpy()[distances.argmin(axis=1)]
    blank.loc[known, "distance"] = distances.min(axis=1)
    return blank


def haversine(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the distance in km along the earth's surface; longitude and latitude in degrees on the last axis."""
    first, second = np.radians(one), np.radians(other)
    half = np.sin((second - first) / 2) ** 2
    inner = half[..., 1] + np.cos(first[..., 1]) * np.cos(second[..., 1]) * half[..., 0]
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(inner, 0, 1))))


def _headline(frame: pd.DataFrame, rows: pd.DataFrame, landing: Landing) -> str:
    noun, here = landing.noun, _inside(rows, landing)
    counts = frame["district_name"].value_counts()
    most = [str(name) for name in counts.index[counts == counts.max()]]
    deep = int((here["deep"] & here["rate"].notna()).sum())
    mostly = f", {counts.max()} of them in {most[0]}" if len(most) == 1 else ""
    if len(counts) == 1:
        mostly = f", {'all of them' if len(frame) > 1 else 'it is'} in {most[0]}"
    if landing.district != ALL:
        mostly = f" in {landing.where}"
    if frame["amount"].eq(0).all():
        return f"No {noun} at all in {len(frame)} of {deep} deprived areas{mostly}"
    if frame["amount"].le(0).all():
        return f"No {noun} after credit notes in {len(frame)} of {deep} deprived areas{mostly}"
    verb = "is a cold spot" if len(frame) == 1 else "are cold spots"
    return f"{len(frame)} of {deep} deprived areas {verb} of {noun}{mostly}"


def rate_in_words(rate: float, residents: float, landing: Landing) -> str:
    """Write a rate per resident, or an exact one per 1,000 as finely as so many ``residents`` allow, with its unit."""
    if landing.people:
        return f"{_per_1000(rate, residents)} {landing.unit} per 1,000 residents"
    return f"{wording.pounds_and_pence(rate)} per resident"


def _per_1000(rate: float, residents: float) -> str:
    return wording.per_thousand(disclosure.rate(rate, residents), some=rate > 0)


def _near(row: dict[str, Any]) -> str:
    return (
        f"{wording.number(row['distance'], 1)} km from {row['nearest']}"
        if row["nearest"]
        else "no place of service known"
    )


def _sentence(frame: pd.DataFrame, rows: pd.DataFrame, landing: Landing) -> list[str]:
    deep, noun = rows[rows["deep"]], landing.noun
    shown = deep[deep["rate"].notna()]
    deep, here = _inside(deep, landing), _inside(rows, landing)
    none, small = int((frame["amount"] == 0).sum()), int(deep["rate"].isna().sum())
    text = [
        (
            f"Cold spots have {land.percent(frame['share'].sum(), landing, frame['whole'].iloc[0])} of {noun} and {wording.percent(frame['population_share'].sum())} of {landing.residents}; "
            f"all deprived areas of {landing.place.the} that are shown have {_mean_in_words(shown, landing)}, "
            f"{landing.inside} {_mean_in_words(here, landing)}."
        )
    ]
    if none:
        text.append(f"{wording.sentence(wording.count(none, 'cold spot'))} with none at all.")
    credit = int((frame["amount"] < 0).sum())
    if credit:
        text.append(f"Credit notes are more than payments in {credit} of them.")
    text.append(
        f"Not called cold, too small to show: {wording.count(small, 'deprived area')}."
        if small
        else "No deprived area is too small to show."
    )
    far = frame["distance"].dropna()
    any_of = ", of any programme" if landing.choice.programme == ALL else ""
    if len(far):
        text.append(
            f"Nearest place of service{any_of}: {wording.number(far.median(), 1)} km away at the median, {wording.number(far.max(), 1)} km at most, in a straight line."
        )
    else:
        text.append(f"No place of service of {landing.name} is in the data pack, so no distance.")
    if not landing.people:
        return text
    sure = int(frame["said"].eq(BELOW).sum())
    return [*text, f"Below all deprived areas beyond chance: {sure or 'none'} of {len(frame)}."]


def _mean(rows: pd.DataFrame, landing: Landing) -> float:
    known = rows[rows["rate"].notna()]
    return (1000 if landing.people else 1) * float(known["amount"].sum()) / float(known["population"].sum())


def _mean_in_words(rows: pd.DataFrame, landing: Landing) -> str:
    return rate_in_words(_mean(rows, landing), float(rows["population"].sum()), landing)


def _chart(exact: pd.DataFrame, frame: pd.DataFrame, rows: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    """Return the coldest areas as they may be written, ``frame``; what is told of them in words is of the ``exact`` ones."""
    worst = frame.head(WORST)
    shown = rows[rows["deep"] & rows["rate"].notna()]
    mean = _mean(shown, landing)
    if landing.people:
        mean = disclosure.rate(mean, float(shown["population"].sum()))
    rates = [
        _per_1000(r["rate"], r["population"]) if landing.people else wording.pounds_and_pence(r["rate"])
        for r in records(exact.head(WORST))
    ]
    return pd.DataFrame(
        {
            "label": worst["name"] + ", " + worst["district_name"],
            "value": worst["rate"],
            "lower": worst["lower"],
            "upper": worst["upper"],
            "mark": mean,
            "told": [f"{rate}; {_near(row)}" for rate, row in zip(rates, records(worst), strict=True)],
            "said": worst["deprivation"] + "; " + worst["said"],
        }
    )


SPECS: Final = (of_map("cold-spots", "Cold spots: deprived areas with little reach or spend", coldspots),)
