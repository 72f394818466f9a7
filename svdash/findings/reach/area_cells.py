"""Areas, their deprivation and their population, and what lines add up to in them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final

import pandas as pd

from svdash import disclosure
from svdash.disclosure import Sum
from svdash.editions import Edition, kept
from svdash.register import ALL, Framework, View, districts, narrowed, place
from svdash.tables import LinesError

if TYPE_CHECKING:
    from svdash.lines.rollup import Cells

DOMAINS: Final = {
    "decile": "All domains together",
    "income_decile": "Income",
    "employment_decile": "Employment",
    "education_decile": "Education, skills and training",
    "health_decile": "Health and disability",
    "crime_decile": "Crime",
    "housing_decile": "Barriers to housing and services",
    "environment_decile": "Living environment",
}
# Tables of lines.
PAYMENTS, CONTACTS = "payments", "contacts"
GEOGRAPHY_NAMES: Final = {
    "lsoa": "small area (LSOA)",
    "msoa": "middle area (MSOA)",
    "district": "district",
}
# The column of an area that names its place in a geography.
PLACE: Final = {"lsoa": "code", "msoa": "msoa", "district": "district"}
_EMPTY: Final = {
    "areas": dict.fromkeys(("code", "name", "msoa", "district", "district_name", "vintage"), "str")
    | dict.fromkeys(("rank", "population", *DOMAINS), "Int64"),
    "programmes": {"id": "str", "name": "str", "counts_people": "boolean", "has_money": "boolean"},
    "programme_links": {"programme": "str", "commitment": "str"},
    "towns": {"name": "str", "latitude": "float64", "longitude": "float64", "size": "Int64"},
    "places": dict.fromkeys(("id", "name", "programme", "kind"), "str")
    | {"latitude": "float64", "longitude": "float64"},
}


def table(edition: Edition, name: str) -> pd.DataFrame:
    """Return a table of the map; an empty one where a pack has no geography, so that pages can say so."""
    if name in edition.tables:
        return edition.table(name)
    return pd.DataFrame({column: pd.Series(dtype=dtype) for column, dtype in _EMPTY[name].items()})


def title(edition: Edition, column: str) -> str:
    """Return how the pack names a column of its areas: with the year of its residents, the size of its ranks."""
    fields = edition.resource("areas")["schema"]["fields"] if "areas" in edition.names else []
    return next((str(f.get("title", column)) for f in fields if f["name"] == column), column)


@kept
def areas(edition: Edition, district: str = ALL) -> pd.DataFrame:
    """Return the pack's areas by code, or those of one district; districts are named as the vocabulary names them."""
    if district == ALL:
        return _areas(edition)
    return areas(edition)[areas(edition)["district"] == district]


def _areas(edition: Edition) -> pd.DataFrame:
    rows = table(edition, "areas").set_index("code", drop=False)
    return rows.assign(district_name=rows["district"].map(districts(edition)).astype("str"))


def region_name(edition: Edition, district: str) -> str:
    """Name what is looked at: the district, or the kind of place that all of it is."""
    return districts(edition).get(district, place(edition).noun)


@kept
def cells(edition: Edition, lines: str) -> Cells:
    """Return what the pack's ``payments`` or ``contacts`` add up to; cells of the others may be empty.

    A pack that does not list them has none (:func:`unlisted` says so).

    Raises:
        LinesError: they are listed and can't be summed. What is not known is not zero, so there is no answer.
    """
    from svdash.lines.rollup import rollup

    try:
        return rollup(edition)
    except LinesError:
        return rollup(edition, names=(lines,))  # the others are at fault, perhaps


def problem(edition: Edition, *lines: str) -> str:
    """Return why payments or contacts, or those of them that are named, can't be summed; empty where they can."""
    found = []
    for name in lines or (PAYMENTS, CONTACTS):
        try:
            cells(edition, name)
        except LinesError as why:
            found.append(str(why))
    return " ".join(dict.fromkeys(found))


def unlisted(edition: Edition, lines: str) -> str:
    """Say that the pack does not list these lines, so that there is no figure, not zero; empty where it does."""
    return "" if lines in edition.names else f"The data pack has no {lines}: add the table {lines}."


def year_of_view(framework: Framework, view: View) -> str:
    """Return the one year that people and money are shown for: all years mean the latest complete one."""
    return framework.calendar.default_year if view.year == ALL else view.year


@narrowed("role", "commitment")
@kept
def programmes(edition: Edition, view: View, column: str) -> dict[str, str]:
    """Return id → name of the programmes linked to the view's commitments that have money, or count people.

    ``column`` is ``has_money`` or ``counts_people``. Without a role and a commitment all programmes are there.
    """
    rows = table(edition, "programmes")
    rows = rows[rows[column].fillna(False).astype(bool)]
    if (view.role, view.commitment) != (ALL, ALL):
        wanted = set(Framework.of(edition).register(view)["id"])
        links = table(edition, "programme_links")
        rows = rows[rows["id"].isin(links.loc[links["commitment"].isin(wanted), "programme"])]
    return dict(zip(rows["id"], rows["name"], strict=True))


def geography_of(edition: Edition, year: str, programme: str) -> str:
    """Return the geography fixed for the people of a programme and year; the finest where there are none."""
    rows = cells(edition, CONTACTS).geography
    found = rows.loc[(rows["year"] == year) & (rows["programme"] == programme), "geography"]
    return str(found.iloc[0]) if len(found) else "lsoa"


def programmes_by(edition: Edition, view: View, year: str, *geographies: str) -> list[str]:
    """Name the programmes of the view whose people are counted by places of these kinds in a year: none where nobody knows."""
    if problem(edition, CONTACTS):
        return []
    told = cells(edition, CONTACTS).geography
    fine = set(told.loc[(told["year"] == year) & told["geography"].isin(geographies), "programme"])
    return [name for code, name in programmes(edition, view, "counts_people").items() if code in fine]


def people(edition: Edition, year: str, programme: str) -> pd.DataFrame:
    """Return one row a place: ``place``, ``name``, ``district_name``, ``decile``, ``population``, ``people``
    (gated), ``rate`` (per 1,000 residents, from the gated count), ``marker``.

    Only LSOAs have a decile.
    """  # noqa: D205
    return _reached(edition, year, programme)[0]


def deciles_of_people(edition: Edition, year: str, programme: str) -> pd.DataFrame:
    """Return people by England's deprivation decile (0 = no known place), gated: ``decile``, ``people``, ``marker``."""
    return _reached(edition, year, programme)[1]


@kept
def _reached(edition: Edition, year: str, programme: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the people of a programme and year by place and by decile, gated together: both are of the same people."""
    geography = geography_of(edition, year, programme)
    rows = cells(edition, CONTACTS).people
    rows = rows[(rows["year"] == year) & (rows["programme"] == programme)]
    where = by_place(edition, geography)
    placed = rows[rows["known"]].set_index("place")["people"]
    counted = where.assign(people=placed.reindex(where.index).fillna(0).astype("int64"))
    bands = cells(edition, CONTACTS).deciles
    bands = bands[(bands["year"] == year) & (bands["programme"] == programme)].set_index("decile")
    deciles = bands.reindex(range(11))[["people"]].fillna(0).astype("int64").reset_index()
    hidden = _hidden(counted, deciles["people"], int(rows["people"].sum()))
    by_place_ = disclosure.suppress(counted, "people", hidden.iloc[: len(counted)])
    deciles = disclosure.suppress(deciles, "people", hidden.iloc[len(counted) : len(counted) + len(deciles)])
    by_place_, deciles = disclosure.as_written(by_place_), disclosure.as_written(deciles)
    if not len(placed):
        nobody = pd.array([pd.NA] * len(counted), dtype="Int64")
        by_place_ = counted.assign(people=nobody, marker=disclosure.NOT_AVAILABLE)
    by_place_["rate"] = (
        1000 * by_place_["people"].astype("float64") / by_place_["population"].astype("float64")
    )
    return by_place_, deciles


def _hidden(places: pd.DataFrame, deciles: pd.Series, everybody: int) -> pd.Series:
    """Return which counts are hidden: those of the places, those of the deciles, then totals that are not shown here.

    The totals are, or could be, announced elsewhere.
    """
    counts: dict[Hashable, int] = {("place", name): int(n) for name, n in places["people"].items()}
    counts |= {("decile", name): int(n) for name, n in deciles.items()}
    counts["everybody"], counts["nowhere"] = everybody, everybody - int(places["people"].sum())
    districts, sums = _lines(places, "district_name", counts)
    sums += _lines(places, "decile", counts)[1]
    sums.append(Sum("everybody", ("nowhere", *districts), line=len(districts) == len(places)))
    if int(deciles.sum()) == everybody:
        sums.append(Sum("everybody", tuple(("decile", name) for name in deciles.index), line=True))
    if counts["nowhere"] == deciles[0]:
        sums.append(Sum("nowhere", (("decile", 0),)))
    stay: dict[Hashable, float] = dict.fromkeys(list(counts)[len(places) :], 3.0)
    return disclosure.safe(counts, sums, shown=["everybody"], stay=stay)


def _lines(places: pd.DataFrame, key: str, counts: dict[Hashable, int]) -> tuple[list[Hashable], list[Sum]]:
    """Add the totals of places by a key to the counts; return their names, and what they are the sums of."""
    names: list[Hashable] = []
    sums: list[Sum] = []
    for value, part in places.groupby(key)["people"]:
        total = (key, value) if key != "decile" else ("decile", int(str(value)))
        parts = tuple(("place", name) for name in part.index)
        shown = total in counts or len(parts) > 1
        if shown and counts.setdefault(total, int(part.sum())) == part.sum():
            sums.append(Sum(total, parts, line=True))
        names += [total] if shown else parts
    return names, sums


def by_place(edition: Edition, geography: str) -> pd.DataFrame:
    """Return one row a place of a geography: ``place``, ``name``, ``district_name``, ``decile``, ``population``."""
    column = PLACE[geography]
    rows = areas(edition)
    if geography == "lsoa":
        return rows.assign(place=rows["code"])[["place", "name", "district_name", "decile", "population"]]
    grouped = rows.reset_index(drop=True).groupby(column, sort=False)
    out = grouped.agg(district_name=("district_name", "first"), population=("population", "sum"))
    names = out["district_name"] if geography == "district" else out.index
    return out.assign(place=out.index, name=names, decile=pd.array([pd.NA] * len(out), dtype="Int64"))


def spend(edition: Edition, view: View, year: str, programme: str, kind: str) -> pd.DataFrame:
    """Return payments of the view's programmes by area: ``area``, ``known``, ``pence``, ``lines``.

    ``kind`` is the place that counts: ``supplier`` or ``benefit``. Lines without a place have no ``area``.
    """
    rows = cells(edition, PAYMENTS).payments
    rows = rows[(rows["year"] == year) & (rows["kind"] == kind)]
    rows = rows[
        rows["programme"].isin(
            [programme] if programme != ALL else list(programmes(edition, view, "has_money"))
        )
    ]
    return rows.groupby(["area", "known"], dropna=False, as_index=False)[["pence", "lines"]].sum()


def outside(edition: Edition, sums: pd.DataFrame, district: str) -> tuple[float, float]:
    """Return pounds of :func:`spend` with a place in another district, and with no known place."""
    known = sums["known"].astype(bool)
    inside = sums["area"].isin(areas(edition, district).index)
    elsewhere, nowhere = (float(sums.loc[rows, "pence"].sum()) / 100 for rows in (known & ~inside, ~known))
    return elsewhere, nowhere


@kept
def population_by_decile(edition: Edition, district: str = ALL) -> pd.Series:
    """Return residents by England's deprivation decile, all ten of them, of the whole or of one district."""
    return (
        areas(edition, district)
        .groupby("decile")["population"]
        .sum()
        .reindex(range(1, 11), fill_value=0)
        .astype("float64")
    )
