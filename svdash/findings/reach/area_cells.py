"""Areas, their deprivation and their population, and what lines add up to in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.reach import reached_counts, reached_groups
from svdash.findings.reach.reached_counts import Reached
from svdash.register import ALL, Framework, View, districts, narrowed, place
from svdash.tables import LinesError

if TYPE_CHECKING:
    from svdash.lines.rollup import Cells

# Said wherever a view has no programme that counts whom it reaches.
NOBODY_LINKED: Final = (
    "No programme that counts people is linked to this role or commitment. Choose all roles to see them."
)
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
    geography = cells(edition, CONTACTS).geography
    fine = set(
        geography.loc[(geography["year"] == year) & geography["geography"].isin(geographies), "programme"]
    )
    return [name for code, name in programmes(edition, view, "counts_people").items() if code in fine]


def usual_programme(edition: Edition, view: View) -> str:
    """Return the programme that people are shown of where none is asked for: the first of those told by the finest places.

    So that it can fill as many parts of the page as any; empty where no programme of the view counts people.
    """
    known = programmes(edition, view, "counts_people")
    if not known or problem(edition, CONTACTS):
        return next(iter(known), "")
    year = year_of_view(Framework.of(edition), view)
    geography = cells(edition, CONTACTS).geography
    fineness = {name: n for n, name in enumerate(GEOGRAPHY_NAMES)}
    of_year = geography[geography["year"] == year].set_index("programme")["geography"].map(fineness)
    return min(known, key=lambda code: int(of_year.get(code, len(fineness))))


def without_people(edition: Edition, view: View, programme: str) -> str:
    """Say why a programme that is asked for has no reach in a view; empty where it counts people there."""
    known = programmes(edition, view, "counts_people")
    if programme in known:
        return ""
    if not known or not programme or programme == ALL:
        return NOBODY_LINKED
    name = programme_name(edition, programme)
    if programme in programmes(edition, View(), "counts_people"):
        return f"{name} is not linked to this role or commitment. Choose all roles to see it."
    instead = wording.listing(list(known.values()), len(known))
    return f"{name} counts no people, so there is no reach of it to show. Choose one that does: {instead}."


def programme_name(edition: Edition, programme: str) -> str:
    """Return how the pack names one of its programmes; "no programme" for none."""
    rows = table(edition, "programmes").set_index("id")["name"]
    return str(rows.get(programme, "no programme"))


def people(edition: Edition, year: str, programme: str) -> pd.DataFrame:
    """Return one row a place: ``place``, ``name``, ``district_name``, ``decile``, ``population``, ``people`` (as it may
    be written), ``exact_people``, ``rate`` (per 1,000 residents, exact), ``marker``.

    Only LSOAs have a decile.
    """  # noqa: D205
    return _reached(edition, year, programme)[1]


def deciles_of_people(edition: Edition, year: str, programme: str, district: str = ALL) -> pd.DataFrame:
    """Return people by England's deprivation decile: ``decile`` (0 = no known place), ``people``, ``exact_people``, ``marker``.

    ``district`` is the name of one; there deciles that it does not have are left out.
    """
    reached = _reached(edition, year, programme)[0]
    if district == ALL:
        return reached.deciles
    own = reached.crossed
    return own[own["district_name"] == district].drop(columns="district_name").reset_index(drop=True)


def districts_of_people(edition: Edition, year: str, programme: str) -> pd.DataFrame:
    """Return people by district, by its name: ``people``, ``exact_people``, ``marker``."""
    return _reached(edition, year, programme)[0].districts


def base_of_people(edition: Edition, year: str, programme: str, district: str = ALL) -> float:
    """Return everybody with a known decile, those in hidden ones too, of whom deciles are shares; exact, and missing where hidden.

    ``district`` is the name of one.
    """
    return float(_reached(edition, year, programme)[0].bases["exact_people"].get(district, float("nan")))


def everybody(edition: Edition, year: str, programme: str) -> float:
    """Return everybody whom a programme reached in a year, with those of no known place; exact, and missing where hidden."""
    return float(_reached(edition, year, programme)[0].everybody["exact_people"].iloc[0])


@kept
def _reached(edition: Edition, year: str, programme: str) -> tuple[Reached, pd.DataFrame]:
    """Return the people of a programme and year, gated, and those by place with all that is known of the places."""
    own = cells(edition, CONTACTS)
    geography = geography_of(edition, year, programme)
    rows, met = (
        part[(part["year"] == year) & (part["programme"] == programme)]
        for part in (own.people, own.crossings)
    )
    where = by_place(edition, geography)
    listed = areas(edition).reset_index(drop=True)
    pairs = pd.DataFrame(
        {"place": listed[PLACE[geography]], "decile": listed["decile"].fillna(0).astype("int64")}
    )
    meetings = (
        pairs.dropna()
        .drop_duplicates()
        .merge(met[["place", "decile", "people"]], on=["place", "decile"], how="left")
    )
    places = pd.DataFrame({"district_name": where["district_name"].fillna("")}).set_axis(where["place"])
    counted = meetings.assign(people=meetings["people"].fillna(0).astype("int64"))
    all_hidden = (year, programme) in reached_groups.wholes_hidden(edition)
    reached = reached_counts.gated(places, counted, int(rows["people"].sum()), held=all_hidden)
    shown = where.assign(
        **{name: reached.places[name].array for name in ("people", "exact_people", "marker")}
    )
    if not rows["known"].any():
        shown = _of_nobody(shown)
    rate = 1000 * shown["exact_people"].astype("float64") / shown["population"].astype("float64")
    return reached, shown.assign(rate=rate)


def _of_nobody(places: pd.DataFrame) -> pd.DataFrame:
    """Return places without a figure: where nobody was counted, that is no count of none."""
    return places.assign(
        people=pd.array([pd.NA] * len(places), dtype="Int64"),
        exact_people=float("nan"),
        marker=disclosure.NOT_AVAILABLE,
    )


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
