"""What lands where: people of one programme, or pounds, by deprivation and by area, for all findings beyond the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition, kept
from svdash.findings.finding import least_official, office
from svdash.findings.reach import area_cells, district_people
from svdash.findings.reach.area_figures import (
    KINDS,
    METHOD_REACH,
    METHOD_SPEND,
    REACH,
    SPEND,
    MapChoice,
    about,
    method,
    settle,
    vintage,
)
from svdash.findings.reach.reached_counts import DECILES
from svdash.measures import intervals
from svdash.register import ALL, Framework, View, narrowed, place
from svdash.tables.gap_sizes import smallest_gap
from svdash.wording.places import Place

MOST_DEPRIVED: Final = (1, 2, 3)
# METHODS: a percentage of people needs a base of at least so many.
LEAST_BASE: Final = disclosure.PRESETS["gss"].least_base
NEED: Final = "Shares set beside residents say where things land, not where need is, nor what they achieve."
ADDRESS: Final = "Money is counted where it is paid to or meant for; who gains from it may live elsewhere."


@dataclass(frozen=True)
class Landing:
    """What is asked for, settled: people of one programme, or pounds of one or of all.

    ``name`` is the programme as a sentence names it, ``unit`` what is counted, ``noun`` reach or spend. ``district`` is
    the code of the one district that is looked at, or ``all``; ``where`` names it, or the kind of place that all of it is.
    """

    people: bool
    choice: MapChoice
    name: str
    unit: str
    district: str
    where: str
    place: Place

    @property
    def noun(self) -> str:
        """The word for it."""
        return "reach" if self.people else "spend"

    @property
    def amount(self) -> str:
        """The title of a column of amounts."""
        return wording.sentence(f"{self.unit} reached") if self.people else "Pounds"

    @property
    def whose(self) -> str:
        """What is looked at as an owner in a sentence."""
        return self.place.own if self.district == ALL else f"{self.where}'s"

    @property
    def of_district(self) -> bool:
        """Whether people of one district are told."""
        return self.people and self.district != ALL

    @property
    def part(self) -> district_people.Part:
        """The people of the programme within the district."""
        return district_people.Part(self.choice.programme, self.name, self.where)

    @property
    def residents(self) -> str:
        """Whose shares of residents are told."""
        return f"{self.whose} residents"

    @property
    def inside(self) -> str:
        """What is looked at as a place in a sentence."""
        return self.place.the if self.district == ALL else self.where

    @property
    def decimals(self) -> int:
        """Decimals of an amount: people are whole, pounds have pence."""
        return 0 if self.people else 2

    @property
    def measure(self) -> str:
        """What is measured, with the place of a payment that counts."""
        if self.people:
            return f"{wording.sentence(self.unit)} reached by {self.name}"
        return f"Spend by {KINDS[self.choice.kind].lower()}, {self.name}"

    def in_words(self, amount: float) -> str:
        """Write an amount with its unit; people, whose count is exact, to the nearest five."""
        if not self.people:
            return wording.money(amount)
        return f"{wording.number(float(disclosure.rounded(pd.Series([amount])).iloc[0]))} {self.unit}"


def of(edition: Edition, view: View, choice: MapChoice) -> Landing:
    """Return what a page asks for as it can be shown; a map of deprivation is asked for its people."""
    wanted = (
        choice
        if choice.show != "deprivation"
        else MapChoice("reach", choice.programme, choice.domain, choice.kind)
    )
    settled = settle(edition, view, wanted)
    where = (view.district, area_cells.region_name(edition, view.district), place(edition))
    if settled.show == "reach":
        name = area_cells.programme_name(edition, settled.programme)
        return Landing(True, settled, name, _unit(edition, settled.programme), *where)
    known = area_cells.programmes(edition, view, "has_money")
    name = "all programmes" if settled.programme == ALL else known[settled.programme]
    return Landing(False, settled, name, "pounds", *where)


def _unit(edition: Edition, programme: str) -> str:
    rows = area_cells.table(edition, "programmes").set_index("id")
    units = rows["unit"] if "unit" in rows else pd.Series(dtype="str")
    unit = units.get(programme)
    # A programme that counts nobody has none.
    return Framework.of(edition).vocabulary.label("reach_unit", "people" if pd.isna(unit) else unit).lower()


@narrowed("role", "commitment")
@kept
def by_area(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    """Return pounds by small area, the most deprived first; every area with a rank and residents is there.

    Columns: ``code``, ``name``, ``district_name``, ``rank``, ``decile``, ``population``, ``amount``.
    """
    names = ["code", "name", "district_name", "rank", "decile", "population"]
    rows = area_cells.areas(edition, landing.district).reset_index(drop=True)[names]
    rows = rows[rows["rank"].notna() & (rows["population"].fillna(0) > 0)]
    sums = area_cells.spend(edition, view, year, landing.choice.programme, landing.choice.kind)
    pence = sums[sums["known"]].set_index("area")["pence"]
    amount = rows["code"].map(pence).astype("float64").fillna(0.0) / 100
    return rows.assign(amount=amount, population=rows["population"].astype("float64")).sort_values(
        "rank", kind="stable", ignore_index=True
    )


@narrowed("role", "commitment")
@kept
def by_decile(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    """Return amounts by England's deprivation decile: ``decile``, ``amount``, ``marker``, ``population``, ``whole``.

    People passed the gate and are exact, for working with: :func:`written` says how they may be written. An amount that is
    held back is missing and its ``marker`` says so. ``whole`` is what every share is of: all with a known decile, people of
    deciles held back too.
    """
    population = area_cells.population_by_decile(edition, landing.district).to_numpy()
    if landing.people:
        rows = _people_by_decile(edition, landing, year)
        return rows.assign(population=population, whole=base(edition, landing, year))
    sums = _pence_by_decile(edition, year, landing.choice.kind, landing.district)
    choice = landing.choice.programme
    known = [choice] if choice != ALL else list(area_cells.programmes(edition, view, "has_money"))
    amount = sums[sums.index.isin(known)].to_numpy().sum(axis=0) / 100
    return pd.DataFrame(
        {"decile": DECILES, "amount": amount, "marker": "", "population": population, "whole": amount.sum()}
    )


def _people_by_decile(edition: Edition, landing: Landing, year: str) -> pd.DataFrame:
    if landing.of_district:
        return district_people.by_decile(edition, landing.part, year)
    rows = area_cells.deciles_of_people(edition, year, landing.choice.programme).iloc[1:]
    amount, marker = (rows[name].to_numpy() for name in ("exact_people", "marker"))
    return pd.DataFrame({"decile": DECILES, "amount": amount, "marker": marker})


def base(edition: Edition, landing: Landing, year: str) -> float:
    """Return how many people shares are of: all with a known decile, hidden ones too; exact, missing where it can't be told.

    Of the whole, where so few have none that those who have can't be told apart from everybody, it is everybody.
    """
    programme = landing.choice.programme
    where = landing.where if landing.of_district else ALL
    found = area_cells.base_of_people(edition, year, programme, where)
    of_all = pd.isna(found) and not landing.of_district
    return area_cells.everybody(edition, year, programme) if of_all else found


@kept
def _pence_by_decile(edition: Edition, year: str, kind: str, district: str) -> pd.DataFrame:
    """Return pence of every programme (rows) by decile (columns), of areas with a rank and residents."""
    places = area_cells.areas(edition, district)
    places = places[places["rank"].notna() & (places["population"].fillna(0) > 0)]
    rows = area_cells.cells(edition, area_cells.PAYMENTS).payments
    rows = rows[(rows["year"] == year) & (rows["kind"] == kind) & rows["known"].astype(bool)]
    rows = rows.assign(decile=rows["area"].map(places["decile"]))
    sums = rows.pivot_table("pence", "programme", "decile", aggfunc="sum", fill_value=0)
    return sums.reindex(columns=list(DECILES), fill_value=0)


def shares(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """Add to amounts by place their ``share`` of the ``whole``, that of the residents, their ``gap`` and limits of people's shares, in percent.

    ``rows`` are as of :func:`by_decile`; all is exact. ``even`` says that a gap is too small to matter.
    """
    total = float(rows["whole"].iloc[0]) if len(rows) else float("nan")
    share = rows["amount"] / (total or float("nan"))
    lived = 100 * rows["population"] / rows["population"].sum()
    known = rows["amount"].ge(0) & rows["amount"].le(total) & (total > 0)
    lower, upper = intervals.wilson(rows["amount"].where(known), max(total, 1.0) if total > 0 else 1.0)
    gap, times = 100 * share - lived, 100 * share / lived.where(lived > 0)
    smallest = smallest_gap(edition)
    even = [smallest.is_even(*each) for each in zip(gap, times, strict=True)]
    return rows.assign(
        share=100 * share,
        population_share=lived,
        gap=gap,
        times=times,
        even=even,
        lower=100 * lower,
        upper=100 * upper,
    )


def written(frame: pd.DataFrame, landing: Landing, **columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame of people as it may be written: counts to the nearest five, shares no finer than their ``whole`` allows.

    ``columns`` names its ``counts``, ``shares`` (and points), ``ratios``, and ``rates`` per 1,000 of its ``population``.
    Money stays as it is.
    """
    if not landing.people:
        return frame
    out = frame.copy()
    for name in columns.get("counts", ()):
        out[name] = disclosure.rounded(frame[name]).astype("float64")
    for name in columns.get("shares", ()):
        out[name] = disclosure.percents(frame[name], frame["whole"])
    for name in columns.get("ratios", ()):
        out[name] = disclosure.ratios(frame[name])
    for name in columns.get("rates", ()):
        out[name] = disclosure.rates(frame[name], frame["population"])
    return out


def percent(value: float, landing: Landing, of: float) -> str:
    """Write a share: of people, without decimals where fewer than a hundred are its base."""
    return wording.percent(value, _decimals(landing, of))


def span(lower: float, upper: float, landing: Landing, of: float) -> str:
    """Write the limits of a share, as finely as the share."""
    return wording.span(lower, upper, _decimals(landing, of), unit="%")


def points(value: float, landing: Landing, of: float) -> str:
    """Write a difference of shares in points, as finely as the shares; what rounds to nothing is no change."""
    decimals = _decimals(landing, of)
    return wording.points(value, decimals) if wording.rounded(value, decimals) else "no change"


def ratio(value: float, landing: Landing) -> str:
    """Write a ratio: of people with two significant figures."""
    return f"{wording.two_figures(value)} times" if landing.people else wording.times(value)


def _decimals(landing: Landing, of: float) -> int:
    return 0 if landing.people and of < disclosure.FINE_BASE else 1


def lived_in(rows: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    """Leave out deciles that a district has no areas in; the first stays, as it is what is asked for."""
    if landing.district == ALL:
        return rows
    return rows[(rows["population"] > 0) | (rows["decile"] == 1)].reset_index(drop=True)


LEVEL: Final = "level with"


def side(row: dict[str, Any]) -> str:
    """Say on which side of its share of residents a share of people lies, beyond chance.

    ``row`` is one of :func:`shares`. A gap that is too small to matter is none, however sure it is.
    """
    if _chance(row) or row["even"]:
        return LEVEL
    return "below" if row["gap"] < 0 else "above"


def real(row: dict[str, Any]) -> str:
    """Say of a row of :func:`shares` of people whether its gap is more than chance, and large enough to matter."""
    if row["even"]:
        return "is too small to matter: practically even"
    return "could be chance" if _chance(row) else "is more than chance"


def _chance(row: dict[str, Any]) -> bool:
    return bool(row["lower"] <= row["population_share"] <= row["upper"])


def unplaced(edition: Edition, view: View, landing: Landing, year: str) -> str:
    """Say what has no known place in what is looked at and is therefore in no share; people as gated."""
    if landing.of_district:
        return ""
    if landing.district != ALL:
        return _elsewhere(edition, view, landing, year)
    if landing.people:
        rows = area_cells.deciles_of_people(edition, year, landing.choice.programme)
        nowhere = rows[rows["decile"] == 0].iloc[0]
        if nowhere["marker"]:
            return f"{wording.sentence(landing.unit)} with no known place here: too few to show; shares are of everybody reached."
        number = int(nowhere["people"])
        number_in_words = wording.number(number) if number else "No"
        return f"{number_in_words} {landing.unit} with no known place in {landing.place.the}, left out of the shares."
    sums = area_cells.spend(edition, view, year, landing.choice.programme, landing.choice.kind)
    lost = sums[~sums["known"].astype(bool)]
    lines = int(lost["lines"].sum())
    if not lines:
        return f"Every payment has a place in {landing.place.the}."
    pence, total = float(lost["pence"].sum()), float(sums["pence"].sum())
    part = f" ({wording.percent(100 * pence / total, 0)} of all)" if total > 0 else ""
    return (
        f"{wording.money(pence / 100)}{part} in {wording.count(lines, 'line')} with no "
        f"{KINDS[landing.choice.kind].lower()} in {landing.place.the}, left out of the shares."
    )


def _elsewhere(edition: Edition, view: View, landing: Landing, year: str) -> str:
    """Say how much was paid elsewhere than in the district, and how much has no place."""
    sums = area_cells.spend(edition, view, year, landing.choice.programme, landing.choice.kind)
    elsewhere, nowhere = area_cells.outside(edition, sums, landing.district)
    return (
        f"Not of {landing.where}, left out of the shares: {wording.money(elsewhere)} elsewhere in {landing.place.the}, "
        f"{wording.money(nowhere)} with no {KINDS[landing.choice.kind].lower()} in it."
    )


def nothing(edition: Edition, view: View, landing: Landing, year: str) -> str:
    """Say why there is nothing to share out by decile; empty where there is something."""
    why = _no_lines(edition, view, landing) or too_little(edition, landing, year)
    if why:
        return why
    why = _nothing_in(by_decile(edition, view, landing, year), landing, year)
    if not why or landing.people:
        return why
    # Money that is all without a place is still counted and said.
    lines = area_cells.spend(edition, view, year, landing.choice.programme, landing.choice.kind)
    lost = (~lines["known"].astype(bool)).any() or landing.district != ALL
    return f"{why} {unplaced(edition, view, landing, year)}" if lost else why


def _no_lines(edition: Edition, view: View, landing: Landing) -> str:
    if area_cells.areas(edition).empty:
        return "The data pack has no areas with deprivation and residents: add the table areas."
    why = area_cells.without_people(edition, view, landing.choice.programme) if landing.people else ""
    return why or area_cells.unlisted(edition, area_cells.CONTACTS if landing.people else area_cells.PAYMENTS)


def shown(edition: Edition, landing: Landing, year: str) -> pd.DataFrame:
    """Return people by place as the map shows them, of what is looked at: columns as in ``places.people``."""
    if landing.of_district:
        return district_people.shown(edition, landing.part, year)
    return area_cells.people(edition, year, landing.choice.programme)


def too_little(edition: Edition, landing: Landing, year: str) -> str:
    """Say why people of one district cannot be told by decile in a year; empty where they can, and for all else."""
    if not landing.of_district or not landing.choice.programme:
        return ""
    return district_people.coarse(edition, landing.part, year)


def _nothing_in(rows: pd.DataFrame, landing: Landing, year: str) -> str:
    here = "" if landing.district == ALL else f" in {landing.where}"
    some = rows["amount"].fillna(0).gt(0).any()
    if landing.people and rows["marker"].ne("").any() and not some:
        return f"Every decile is too small to show for {landing.name}{here} in {year}."
    if not some:
        kind = "contact lines" if landing.people else "payments"
        return f"No {kind} with a known place{here} for {landing.name} in {year}."
    of = float(rows["whole"].iloc[0])
    if landing.people and pd.isna(of):
        return f"How many {landing.unit} {landing.name} reached{here} in {year} is too small to show, or would give away what is."
    if landing.people and of < LEAST_BASE:
        return f"Fewer than {LEAST_BASE} {landing.unit}{here} in {year}: too few for shares."
    if rows["amount"].lt(0).any() or rows["amount"].sum() <= 0:
        return f"Credit notes are more than payments in a decile in {year}: shares would say nothing. Choose all programmes."
    return ""


def hidden(rows: pd.DataFrame) -> list[int]:
    """Return the deciles that are held back."""
    return [int(decile) for decile in rows.loc[rows["marker"].ne(""), "decile"]]


def hidden_in_words(deciles: list[int]) -> str:
    """Say which deciles are too small to show."""
    one = len(deciles) == 1
    return f"too small to show: {'decile' if one else 'deciles'} {wording.listing([str(d) for d in deciles], 10)}"


def years(edition: Edition, landing: Landing, year: str) -> list[str]:
    """Return the complete years with lines, oldest first, and the chosen year even where it is a part year."""
    framework = Framework.of(edition)
    cells = area_cells.cells(edition, area_cells.CONTACTS if landing.people else area_cells.PAYMENTS)
    rows = cells.deciles if landing.people else cells.payments
    if landing.people or landing.choice.programme != ALL:
        rows = rows[rows["programme"] == landing.choice.programme]
    known = set(rows["year"].dropna())
    return sorted({y for y in known if not framework.calendar.is_part(y)} | (known & {year}))


def tables(landing: Landing) -> tuple[str, ...]:
    """Return the tables that it rests on."""
    return REACH if landing.people else SPEND


def mark(edition: Edition, landing: Landing) -> str:
    """Return the least official status among the tables that it rests on."""
    return least_official(office(edition, tables(landing))["statuses"])


def period(edition: Edition, year: str) -> str:
    """Write a year, a part year as such."""
    return Framework.of(edition).calendar.named(year)


def head(edition: Edition, view: View, landing: Landing, text: str, *more: str) -> dict[str, Any]:
    """Return what all findings say alike: parameters, what their rows are of, vintage, statuses, date, method; ``more`` are further tables."""
    lines = METHOD_REACH if landing.people else METHOD_SPEND.partition(" Payments without a place")[0]
    counted = [] if landing.people else [wording.FULL_COUNT]
    return {
        "params": landing.choice.params(),
        "view": view,
        "about": about(edition, view, landing.choice),
        "vintage": vintage(edition),
        "method": method(edition, " ".join([text, lines, *counted])),
        "caveats": (
            NEED,
            *([] if landing.people else [ADDRESS]),
            *([district_people.METHOD] if landing.of_district else []),
        ),
        **office(edition, (*tables(landing), *more)),
    }
