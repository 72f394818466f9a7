"""What the map shows: deprivation, people reached or spend by area, and one area in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, kept_by, least_official, office, records
from svdash.findings.reach import area_cells
from svdash.findings.spec import Parameter, Spec
from svdash.measures.classes import classify, quantile_breaks
from svdash.register import ALL, Framework, View, place

SHOWS: Final = {"deprivation": "Deprivation", "reach": "People reached", "spend": "Spend"}
KINDS: Final = {"benefit": "Place of benefit", "supplier": "Place of the supplier"}
# Deprivation's ten deciles in seven classes, most deprived first: the eye tells no more shades apart.
DECILE_CLASSES: Final = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 7), (8, 9), (10, 10))
DEPRIVATION: Final = ("areas",)
REACH: Final = ("areas", "contacts")
SPEND: Final = ("areas", "payments")
METHOD_REACH = (
    "People reached in the year, by where they live, from contact lines; people add up only within one programme "
    "and year. Counts of 1 to 4 are suppressed, and more where those could be worked out; others are written to the nearest 5, and rates and shares come from the exact counts: rates per 1,000 are written as whole numbers, and the map is coloured by the counts as written. The "
    "geography is the finest at which at most 20% of the counts are suppressed."
)
METHOD_SPEND = (
    "Payments in the financial year, nominal, credit notes taken off, by the place that is named; each line counts "
    "once. Payments without a place in {the} are counted in the sentence and shown nowhere on the map."
)
METHOD_DEPRIVATION = (
    "Deciles of England's areas: 1 is the most deprived tenth, 10 the least. A decile describes an area, not "
    "everybody who lives in it."
)

# Quantiles of a map, and of one with so few places that five would hold one each.
CLASSES, FEW_CLASSES, PLACES_FOR_CLASSES = 5, 3, 20


@dataclass(frozen=True)
class MapChoice:
    """What the map is asked to show. ``programme`` may be ``all`` for spend, never for people."""

    show: str = "deprivation"
    programme: str = ALL
    domain: str = "decile"
    kind: str = "benefit"

    def params(self) -> dict[str, str]:
        """Return it as it is written in an address."""
        return {"show": self.show, "programme": self.programme, "domain": self.domain, "kind": self.kind}


# A map of nothing is still drawn: an empty collection, in every shape and tile.
_DRAWN_AS: Final = {
    "code": "str",
    "place": "str",
    "value": "float64",
    "klass": "int64",
    "tip": "str",
    "size": "float64",
}
_DRAWN: Final[dict[str, list[Any]]] = {name: [] for name in _DRAWN_AS}


@dataclass(frozen=True, eq=False)
class AreaMap(Finding):
    """A finding with a map: ``drawn`` has one row an LSOA (``code``, ``place``, ``klass``, ``value``, ``tip``, ``size``).

    ``place`` is the row of the table that the area belongs to, ``value`` its figure there. ``limits`` names the
    classes from the palest on; class -1 is suppressed or not available. ``circled`` says what is measured where
    circles stand for the counts themselves, ``largest`` what the largest circle stands for; ``shape`` names what is
    drawn in the map's address.
    """

    drawn: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(_DRAWN).astype(_DRAWN_AS))
    limits: tuple[str, ...] = ()
    shape: str = "areas"
    circled: str = ""
    largest: str = ""
    choice: MapChoice = field(default_factory=MapChoice)


def settle(edition: Edition, view: View, choice: MapChoice) -> MapChoice:
    """Return what can be shown: people need one programme, and money of a programme must belong to the view.

    A programme of the pack that has no people stays asked for, so that the answer says so and is not of another one.
    """
    if choice.show == "deprivation":
        return choice
    if choice.show == "reach":
        return _of_people(edition, view, choice)
    known = area_cells.programmes(edition, view, "has_money")
    if choice.show == "spend" and choice.programme != ALL and choice.programme not in known:
        return MapChoice("spend", ALL, choice.domain, choice.kind)
    return choice


def _of_people(edition: Edition, view: View, choice: MapChoice) -> MapChoice:
    if choice.programme != ALL and choice.programme in set(area_cells.table(edition, "programmes")["id"]):
        return choice
    return MapChoice("reach", area_cells.usual_programme(edition, view), choice.domain, choice.kind)


# What every row says of itself, since a table taken away leaves its heading behind.
_ROW_COLUMNS = {"programme": "Programme", "year": "Year", "status": "Status"}


def area_map(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    """Deprivation, reach or spend by area, for the map and its table."""
    settled = settle(edition, view, choice)
    builds: Mapping[str, Callable[[Edition, View, MapChoice], AreaMap]] = {
        "deprivation": _deprivation,
        "reach": _reach,
        "spend": _spend,
    }
    return builds[settled.show](edition, view, settled)


def _head(edition: Edition, view: View, choice: MapChoice, tables: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": "areas",
        "row_key": ("code",) if choice.show == "deprivation" else ("place",),
        "params": choice.params(),
        "view": view,
        "choice": choice,
        "about": about(edition, view, choice),
        "vintage": vintage(edition),
        **office(edition, tables),
    }


def about(edition: Edition, view: View, choice: MapChoice) -> dict[str, str]:
    """Return what the rows of a table taken away are of, by column: what is shown, and its programme, place and year.

    ``choice`` is settled. Money of all programmes is that of those linked to a role or commitment, where one is chosen.
    """
    words = {"show": SHOWS[choice.show]}
    if choice.show == "deprivation":
        return words | {"domain": area_cells.DOMAINS[choice.domain]}
    names = area_cells.programmes(edition, view, "counts_people" if choice.show == "reach" else "has_money")
    words["programme"] = {ALL: "All programmes", **names}.get(choice.programme, "")
    if choice.show == "spend":
        words["kind"] = KINDS[choice.kind]
    words |= dated(edition, area_cells.year_of_view(Framework.of(edition), view))
    return words | (chosen(view) if choice.programme == ALL else {})


def dated(edition: Edition, year: str) -> dict[str, str]:
    """Return a financial year by column, and whether its data stop before it ends; nothing of a pack without a year."""
    if year == ALL:
        return {}
    return {"year": year, "part_year": "yes" if Framework.of(edition).calendar.is_part(year) else "no"}


def chosen(view: View) -> dict[str, str]:
    """Return whose programmes are added up, by column: the role and the commitment, where they are chosen."""
    words = {"of_role": view.role, "of_commitment": view.commitment}
    return {name: code for name, code in words.items() if code != ALL}


def carried(found: AreaMap) -> dict[str, Any]:
    """Return what a map that is made from another one says of itself as that one does."""
    return {
        "params": found.params,
        "view": found.view,
        "choice": found.choice,
        "about": found.about,
        "vintage": found.vintage,
        "statuses": found.statuses,
        "sources": found.sources,
        "updated": found.updated,
    }


def method(edition: Edition, text: str) -> str:
    """Say how a figure is worked out and on which areas and residents it rests."""
    about = edition.resource("areas") if "areas" in edition.names else {}
    return f"{text} {about.get('title', '')}. {about.get('description', '')}"


def vintage(edition: Edition) -> str:
    """Name the Indices of Deprivation that the pack's areas carry."""
    years = area_cells.areas(edition)["vintage"].unique()
    return f"IoD {', '.join(map(str, years))}" if len(years) else ""


def source(edition: Edition, found: AreaMap) -> AreaMap:
    """Return the map of which a map of deprivation is a copy for one view; any other map as it is.

    What is made of all areas, such as a picture, is then made once and not for every role and year.
    """
    if found.choice.show != "deprivation" or found.shape != "areas":
        return found
    return _deprivation(edition, found.view.only("district"), found.choice)


@kept_by("district")
def _deprivation(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    rows = area_cells.areas(edition, view.district).reset_index(drop=True)
    deciles = rows[choice.domain]
    classes = {d: n for n, (low, high) in enumerate(reversed(DECILE_CLASSES)) for d in range(low, high + 1)}
    domain, residents = area_cells.DOMAINS[choice.domain], area_cells.title(edition, "population")
    most = int((deciles == 1).sum())
    tips = [
        f"{r['name']}, {r['district_name']}\n{domain}: decile {r[choice.domain]} of 10\n"
        f"{residents}: {wording.number(r['population'])}"
        for r in records(rows)
    ]
    labels = [
        f"decile {low}" if low == high else f"deciles {low} to {high}"
        for low, high in reversed(DECILE_CLASSES)
    ]
    labels[-1] += ", most deprived"
    labels[0] += ", least deprived"
    return AreaMap(
        **_head(edition, view, choice, DEPRIVATION),
        headline=f"{wording.number(most)} of {wording.number(len(rows))} areas{inside(edition, view)} are in England's most deprived tenth"
        if len(rows)
        else "No areas in this pack",
        subtitle=f"{domain}: decile of each small area (LSOA), {area_cells.region_name(edition, view.district)}",
        frame=rows,
        columns={
            "code": "Code",
            "name": "Area",
            "district_name": "District",
            choice.domain: f"Decile: {domain}",
            "rank": area_cells.title(edition, "rank"),
            "population": area_cells.title(edition, "population"),
        }
        | ({} if choice.domain == "decile" else {"decile": "Decile: all domains"}),
        sentence=_where_most(rows, choice.domain),
        alt=f"Map of {len(rows)} areas by deprivation, {domain}. {most} are in decile 1.",
        method=method(edition, METHOD_DEPRIVATION),
        drawn=pd.DataFrame(
            {
                "code": rows["code"],
                "place": rows["code"],
                "value": deciles.astype("float64"),
                "klass": deciles.map(classes).fillna(-1).astype(int),
                "tip": tips,
                "size": 0.0,
            }
        ),
        limits=tuple(labels),
        empty="" if len(rows) else "The data pack has no areas: add the tables areas and boundaries.",
    )


def _where_most(rows: pd.DataFrame, domain: str) -> str:
    counts = rows.assign(most=rows[domain] == 1).groupby("district_name")["most"].agg(["sum", "size"])
    shares = [
        f"{name} {r['sum']} of {r['size']}"
        for name, r in counts.sort_values("sum", ascending=False).iterrows()
    ]
    # Of one district the headline says it.
    return f"In decile 1: {', '.join(shares)}." if len(shares) > 1 else ""


def _coloured_people(
    edition: Edition, view: View, year: str, programme: str
) -> tuple[pd.DataFrame, list[float], tuple[str, ...]]:
    """Return the places of a view with their class and hover text; the breaks of the classes of all places, and their limits."""
    rows = _written(area_cells.people(edition, year, programme).reset_index(drop=True))
    # Colours tell no more than the counts as they are written.
    coloured = 1000 * rows["people"].astype("float64") / rows["population"].astype("float64")
    breaks = quantile_breaks(coloured, CLASSES if len(rows) >= PLACES_FOR_CLASSES else FEW_CLASSES)
    rows["klass"] = classify(coloured.where(rows["marker"] == ""), breaks)
    limits = ranges(breaks, coloured, "")
    rows = of_district(edition, rows, view)
    rows["told"] = [
        f"{wording.per_thousand(r['rate'], some=r['exact_people'] > 0)} per 1,000 residents ({wording.number(r['people'])} people)"
        if not r["marker"]
        else f"{r['marker']} {wording.MARKERS[r['marker']]}"
        for r in records(rows)
    ]
    return rows, breaks, limits


@kept
def _reach(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    framework = Framework.of(edition)
    year = area_cells.year_of_view(framework, view)
    named_year = framework.calendar.named(year)
    head = _head(edition, view, choice, REACH)
    status = least_official(head["statuses"])
    names = area_cells.programmes(edition, view, "counts_people")
    whole = area_cells.region_name(edition, view.district)
    if area_cells.unlisted(edition, area_cells.CONTACTS):
        return _unlisted(edition, head, year, area_cells.CONTACTS)
    if choice.programme not in names:
        return AreaMap(**head, headline="No programme that reaches people here", subtitle=year, frame=pd.DataFrame(), columns={},
                       empty=area_cells.without_people(edition, view, choice.programme))  # fmt: skip
    geography = area_cells.geography_of(edition, year, choice.programme)
    name, where = names[choice.programme], area_cells.GEOGRAPHY_NAMES[geography]
    rows, breaks, limits = _coloured_people(edition, view, year, choice.programme)
    empty = "" if rows["rate"].notna().any() else f"No contact lines for {name} in {named_year}."
    if empty and rows["marker"].eq("[c]").any():
        empty = f"Every place{inside(edition, view)} is too small to show for {name} in {named_year}."
    hidden = int((rows["marker"] == "[c]").sum())
    return AreaMap(
        **head,
        headline=f"{name}: {_fives(rows['exact_people'].sum())} people reached in {named_year}, in the places shown{inside(edition, view)}"
        if not empty
        else f"{name}: no figure",
        subtitle=f"People reached per 1,000 residents by {where}, {whole}, {named_year}; {status}",
        circled=f"People reached by {where} as circles over deprivation, {whole}, {named_year}; {status}",
        largest=f"{wording.number(int(rows['people'].max()))} people" if rows["people"].notna().any() else "",
        frame=disclosure.as_written(rows).assign(
            geography=geography, programme=name, year=year, status=status
        ),
        columns={
            "place": "Code",
            "name": "Area",
            "district_name": "District",
            "decile": "Decile",
            "people": "People reached",
            "rate": "Per 1,000 residents",
            "population": area_cells.title(edition, "population"),
            "geography": "Geography",
            **_ROW_COLUMNS,
        },
        sentence=f"Shown by {where}. {hidden or 'None'} of {len(rows)} counts suppressed. {_unplaced_people(edition, year, choice.programme)}",
        alt=f"Map of people reached by {name} per 1,000 residents, {whole}, {named_year}, in {len(breaks) + 1} classes.",
        method=method(edition, METHOD_REACH),
        drawn=per_area(edition, rows, geography, f"{name}, {named_year}, {status}", "people"),
        limits=limits,
        empty=empty,
    )


def _written(rows: pd.DataFrame) -> pd.DataFrame:
    """Return people by place with their rates as they may be written; ``[k]`` where too few live for one."""
    rate = disclosure.rates(rows["rate"], rows["population"])
    few = rate.isna() & rows["rate"].notna()
    return rows.assign(rate=rate, marker=rows["marker"].mask(few, disclosure.UNRELIABLE))


def exact_rates(edition: Edition, found: AreaMap) -> pd.Series:
    """Return the rate of each row of a map's table, for working with: people per 1,000 residents exactly, pounds as told."""
    if found.choice.show != "reach":
        return found.frame["rate"]
    year = area_cells.year_of_view(Framework.of(edition), found.view)
    rows = area_cells.people(edition, year, found.choice.programme).set_index("place")["rate"]
    return rows.reindex(found.frame["place"]).set_axis(found.frame.index)


def _fives(people: float) -> str:
    """Write a sum of exact counts, to the nearest five."""
    return wording.number(float(disclosure.rounded(pd.Series([people])).iloc[0]))


def _unlisted(edition: Edition, head: dict[str, Any], year: str, lines: str) -> AreaMap:
    """Return a map without a figure for lines that the pack does not list."""
    return AreaMap(
        **head,
        headline=f"No {lines} in this pack",
        subtitle=year,
        frame=pd.DataFrame(),
        columns={},
        empty=area_cells.unlisted(edition, lines),
    )


def _coloured_pounds(edition: Edition, view: View, sums: pd.DataFrame) -> tuple[pd.DataFrame, list[float]]:
    """Return the areas of a view with their class and hover text, and the breaks of the classes of all areas."""
    rows = _spent(edition, sums)
    breaks = quantile_breaks(rows.loc[rows["rate"] > 0, "rate"], CLASSES)
    rows["klass"] = classify(rows["rate"], breaks)
    rows = of_district(edition, rows.assign(marker=""), view)
    rows["told"] = [
        f"{wording.money(r['rate'])} per resident ({wording.money(r['pounds'])})" for r in records(rows)
    ]
    return rows, breaks


@kept
def _spend(edition: Edition, view: View, choice: MapChoice) -> AreaMap:
    framework = Framework.of(edition)
    year = area_cells.year_of_view(framework, view)
    named_year = framework.calendar.named(year)
    head = _head(edition, view, choice, SPEND)
    if area_cells.unlisted(edition, area_cells.PAYMENTS):
        return _unlisted(edition, head, year, area_cells.PAYMENTS)
    status = least_official(head["statuses"])
    sums = area_cells.spend(edition, view, year, choice.programme, choice.kind)
    rows, breaks = _coloured_pounds(edition, view, sums)
    whole = area_cells.region_name(edition, view.district)
    name = (
        "All programmes"
        if choice.programme == ALL
        else area_cells.programmes(edition, view, "has_money")[choice.programme]
    )
    total = float(sums["pence"].sum()) / 100 if view.district == ALL else float(rows["pounds"].sum())
    empty = "" if len(sums) else f"No payment lines for {name} in {named_year} for this role and commitment."
    return AreaMap(
        **head,
        headline=f"{name}: {wording.money(total)} spent in {named_year}{inside(edition, view)}"
        if not empty
        else f"{name}: no payment in {named_year}",
        subtitle=f"Spend per resident by {KINDS[choice.kind].lower()}, small areas (LSOA), {whole}, {named_year}; {status}",
        circled=f"Spend by {KINDS[choice.kind].lower()} as circles over deprivation, small areas (LSOA), {whole}, {named_year}; {status}",
        largest=wording.money(float(rows["pounds"].max())) if (rows["pounds"] > 0).any() else "",
        frame=rows.assign(kind=KINDS[choice.kind], programme=name, year=year, status=status),
        columns={
            "place": "Code",
            "name": "Area",
            "district_name": "District",
            "decile": "Decile",
            "pounds": "Pounds",
            "rate": "Pounds per resident",
            "lines": "Lines",
            "population": area_cells.title(edition, "population"),
            "kind": "Place that counts",
            **_ROW_COLUMNS,
        },
        decimals={"pounds": 2, "rate": 2},
        formats={"pounds": "money"},
        sentence=_unplaced_money(edition, sums, choice.kind)
        if view.district == ALL
        else _elsewhere(edition, sums, view, choice),
        alt=f"Map of spend per resident, {name}, {whole}, {named_year}, by {KINDS[choice.kind].lower()}.",
        method=method(edition, METHOD_SPEND.format(the=place(edition).the)),
        drawn=per_area(edition, rows, "lsoa", f"{name}, {named_year}, {status}", "pounds"),
        limits=ranges(breaks, rows["rate"], "£"),
        empty=empty,
    )


def _spent(edition: Edition, sums: pd.DataFrame) -> pd.DataFrame:
    """Return every small area with its ``pounds``, ``lines`` and ``rate`` per resident, of sums by area."""
    known = sums[sums["known"]].set_index("area")
    rows = area_cells.by_place(edition, "lsoa").reset_index(drop=True)
    rows["pounds"] = rows["place"].map(known["pence"]).astype("float64").fillna(0.0) / 100
    rows["lines"] = rows["place"].map(known["lines"]).astype("float64").fillna(0.0).astype("Int64")
    return rows.assign(rate=rows["pounds"] / rows["population"].astype("float64"))


def of_district(edition: Edition, rows: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return the rows of the view's district, or all; classes are found before, so that a colour means the same in both."""
    if view.district == ALL:
        return rows
    name = area_cells.region_name(edition, view.district)
    return rows[rows["district_name"] == name].reset_index(drop=True)


def inside(edition: Edition, view: View) -> str:
    """Say within which district, where one is looked at; nothing for the whole."""
    return "" if view.district == ALL else f" in {area_cells.region_name(edition, view.district)}"


def per_area(edition: Edition, rows: pd.DataFrame, geography: str, what: str, size: str) -> pd.DataFrame:
    """Return one row an LSOA: those of a coarser place all carry the place's figure and say so."""
    column = area_cells.PLACE[geography]
    base = area_cells.areas(edition).reset_index(drop=True)
    base = base[base["district_name"].isin(rows["district_name"])].reset_index(drop=True)
    figures = rows.set_index("place").reindex(base[column])
    shown = (
        ""
        if geography == "lsoa"
        else f"Figure for {{}} ({geography.upper() if geography == 'msoa' else geography})\n"
    )
    tips = [
        f"{name}, {district}\nDeprivation decile {decile} of 10\n{shown.format(place)}{tip}\n{what}"
        for name, district, decile, place, tip in zip(
            base["name"], base["district_name"], base["decile"], figures["name"], figures["told"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            "code": base["code"],
            "place": base[column],
            "value": figures["rate"].astype("float64").to_numpy(),
            "klass": figures["klass"].to_numpy(),
            "tip": tips,
            "size": figures[size].astype("float64").fillna(0.0).to_numpy(),
            "first": ~base[column].duplicated(),
        }
    )


def ranges(breaks: list[float], rates: pd.Series, unit: str) -> tuple[str, ...]:
    """Name classes by their limits, palest first, with as many decimals as it takes to tell them apart."""
    if not breaks:
        return ("all areas alike",) if rates.notna().any() else ()
    written = ([f"{unit}{wording.number(limit, decimals)}" for limit in breaks] for decimals in range(6))
    edges = next((each for each in written if len(set(each)) == len(breaks)), [f"{unit}{b}" for b in breaks])
    inner = [f"{low} to under {high}" for low, high in pairwise(edges)]
    return (f"under {edges[0]}", *inner, f"{edges[-1]} and more")


def _unplaced_people(edition: Edition, year: str, programme: str) -> str:
    """Say how many people have no known place; gated like every count of people."""
    rows = area_cells.deciles_of_people(edition, year, programme)
    lost = rows[rows["decile"] == 0].iloc[0]
    if lost["marker"]:
        return f"Few people have no known place in {place(edition).the}; they are too few to count here."
    if not lost["people"]:
        return f"Everybody has a known place in {place(edition).the}."
    return f"{wording.number(lost['people'])} people have no known place in {place(edition).the} and are not on the map."


def _elsewhere(edition: Edition, sums: pd.DataFrame, view: View, choice: MapChoice) -> str:
    """Say how much is not of the view's district, and so neither in the sum nor on the map."""
    elsewhere, nowhere = area_cells.outside(edition, sums, view.district)
    return (
        f"Not of {area_cells.region_name(edition, view.district)} and not counted here: {wording.money(elsewhere)} elsewhere in "
        f"{place(edition).the}, {wording.money(nowhere)} with no {KINDS[choice.kind].lower()} in it."
    )


def _unplaced_money(edition: Edition, sums: pd.DataFrame, kind: str) -> str:
    total = float(sums["pence"].sum())
    lost = sums[~sums["known"]]
    pence, lines = float(lost["pence"].sum()), int(lost["lines"].sum())
    if not lines:
        return f"Every payment has a place in {place(edition).the}."
    part = f" ({wording.percent(100 * pence / total, 0)})" if total else ""
    return (
        f"{wording.money(pence / 100)}{part} in {wording.count(lines, 'line')} have no {KINDS[kind].lower()} "
        f"in {place(edition).the}: counted here, not on the map."
    )


def _programmes(edition: Edition) -> tuple[str, ...]:
    return (ALL, *area_cells.table(edition, "programmes")["id"])


# What findings on the map, or worked out from it, are asked for beside the filters.
PARAMETERS: Final = {
    "show": Parameter("What the map shows", lambda _: tuple(SHOWS), "deprivation"),
    "programme": Parameter("One programme, or all (spend only)", _programmes, ALL),
    "domain": Parameter("Domain of deprivation", lambda _: tuple(area_cells.DOMAINS), "decile"),
    "kind": Parameter("Which place of a payment counts", lambda _: tuple(KINDS), "benefit"),
}


def choice_of(values: Mapping[str, str]) -> MapChoice:
    """Return what the map is asked for from the values of ``PARAMETERS``."""
    return MapChoice(**{name: values[name] for name in PARAMETERS})


def of_map(name: str, title: str, build: Callable[[Edition, View, MapChoice], Finding]) -> Spec:
    """Return the spec of a finding that is asked for as the map is."""
    return Spec(
        name,
        title,
        lambda edition, view, given: build(edition, view, choice_of(given)),
        districted=True,
        parameters=PARAMETERS,
    )


SPECS: Final = (of_map("areas", "The map: deprivation, reach or spend by area", area_map),)
