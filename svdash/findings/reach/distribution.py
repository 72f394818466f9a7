"""What lands where: people of one programme, or pounds, by deprivation and by area, for all findings beyond the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.disclosure import PRESETS
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
from svdash.measures import intervals
from svdash.register import ALL, Framework, View, narrowed, place
from svdash.wording.places import Place

DECILES: Final = district_people.DECILES
MOST_DEPRIVED: Final = (1, 2, 3)
# METHODS: a percentage of people needs a base of at least so many.
LEAST_BASE: Final = PRESETS["gss"].least_base
NEED: Final = "Shares set beside residents say where things land, not where need is, nor what they achieve."
ADDRESS: Final = "Money is counted where it is paid to or meant for; who gains from it may live elsewhere."


@dataclass(frozen=True)
class Landing:
    """What is asked for, settled: people of one programme, or pounds of one or of all.

    ``name`` is the programme as a sentence names it, ``unit`` what is counted, ``noun`` reach or spend. ``district`` is
    the code of the one district that is looked at, or ``all``; ``where`` names it, or the kind of place that all of it is.
    """

    people: bool
    asked: MapChoice
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
        """Whether people of one district are told, who are added up from its areas as the map shows them."""
        return self.people and self.district != ALL

    @property
    def part(self) -> district_people.Part:
        """The people of the programme within the district."""
        return district_people.Part(self.asked.programme, self.name, self.where)

    @property
    def residents(self) -> str:
        """Whose shares of residents are told: within a district people are counted in the areas shown, so residents are too."""
        if self.of_district:
            return f"residents of {self.whose} areas that are shown"
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
        return f"Spend by {KINDS[self.asked.kind].lower()}, {self.name}"

    def in_words(self, amount: float) -> str:
        """Write an amount with its unit."""
        return f"{wording.number(amount)} {self.unit}" if self.people else wording.money(amount)


def of(edition: Edition, view: View, asked: MapChoice) -> Landing:
    """Return what a page asks for as it can be shown; a map of deprivation is asked for its people."""
    wanted = (
        asked
        if asked.show != "deprivation"
        else MapChoice("reach", asked.programme, asked.domain, asked.kind)
    )
    settled = settle(edition, view, wanted)
    where = (view.district, area_cells.region_name(edition, view.district), place(edition))
    if settled.show == "reach":
        name = area_cells.programmes(edition, view, "counts_people").get(settled.programme, "no programme")
        return Landing(True, settled, name, _unit(edition, settled.programme), *where)
    known = area_cells.programmes(edition, view, "has_money")
    name = "all programmes" if settled.programme == ALL else known[settled.programme]
    return Landing(False, settled, name, "pounds", *where)


def _unit(edition: Edition, programme: str) -> str:
    rows = area_cells.table(edition, "programmes").set_index("id")
    units = rows["unit"] if "unit" in rows else pd.Series(dtype="str")
    return Framework.of(edition).vocabulary.label("reach_unit", units.get(programme, "people")).lower()


@narrowed("role", "commitment")
@kept
def by_area(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    """Return pounds by small area, the most deprived first; every area with a rank and residents is there.

    Columns: ``code``, ``name``, ``district_name``, ``rank``, ``decile``, ``population``, ``amount``.
    """
    names = ["code", "name", "district_name", "rank", "decile", "population"]
    rows = area_cells.areas(edition, landing.district).reset_index(drop=True)[names]
    rows = rows[rows["rank"].notna() & (rows["population"].fillna(0) > 0)]
    sums = area_cells.spend(edition, view, year, landing.asked.programme, landing.asked.kind)
    pence = sums[sums["known"]].set_index("area")["pence"]
    amount = rows["code"].map(pence).astype("float64").fillna(0.0) / 100
    return rows.assign(amount=amount, population=rows["population"].astype("float64")).sort_values(
        "rank", kind="stable", ignore_index=True
    )


@narrowed("role", "commitment")
@kept
def by_decile(
    edition: Edition, view: View, landing: Landing, year: str, *, beside: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return amounts by England's deprivation decile: ``decile``, ``amount``, ``marker``, ``population``.

    People are gated: an amount that is held back is missing and its ``marker`` says so. Those of one district are
    added up from the gated small areas, and ``population`` is of the areas that are shown: in this year and, where it is
    set ``beside`` others, in those too, so that the same areas are compared. ``everyone`` are the residents of hidden areas
    as well, ``rounding`` the variance that the rounding of many areas leaves of an amount.
    """
    if landing.of_district:
        return district_people.by_decile(edition, landing.part, year, beside)
    return _whole_by_decile(edition, view, landing, year).assign(
        everyone=lambda rows: rows["population"], rounding=0.0
    )


def _whole_by_decile(edition: Edition, view: View, landing: Landing, year: str) -> pd.DataFrame:
    population = area_cells.population_by_decile(edition, landing.district).to_numpy()
    if landing.people:
        counted = area_cells.deciles_of_people(edition, year, landing.asked.programme)
        rows = counted[counted["decile"] > 0].reset_index(drop=True)
        amount, marker = (
            rows["people"].astype("Float64").to_numpy("float64", na_value=float("nan")),
            rows["marker"],
        )
        return pd.DataFrame({"decile": DECILES, "amount": amount, "marker": marker, "population": population})
    sums = _pence_by_decile(edition, year, landing.asked.kind, landing.district)
    asked = landing.asked.programme
    known = [asked] if asked != ALL else list(area_cells.programmes(edition, view, "has_money"))
    pence = sums[sums.index.isin(known)].to_numpy().sum(axis=0)
    return pd.DataFrame({"decile": DECILES, "amount": pence / 100, "marker": "", "population": population})


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


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Add to amounts by place their ``share``, that of the residents, their ``gap`` and limits of people's shares, in percent.

    ``rows`` are as of :func:`by_decile`. ``least_gap`` is the gap if nobody came from what is hidden: the same where nothing is.
    """
    total = float(rows["amount"].sum())
    share = rows["amount"] / (total or float("nan"))
    lived, everyone = (100 * rows[name] / rows[name].sum() for name in ("population", "everyone"))
    known = rows["amount"].ge(0) & rows["amount"].le(total) & (total > 0)
    lower, upper = intervals.wilson(rows["amount"].where(known), max(total, 1.0))
    lower, upper = intervals.widened(share, lower, upper, share_error(rows))
    return rows.assign(
        share=100 * share,
        # Of a decile of a district that is hidden as a whole no residents are counted: that is no share of nought.
        population_share=lived.where(rows["marker"].eq("") | rows["population"].gt(0)),
        gap=100 * share - lived,
        least_gap=100 * share - everyone,
        lower=100 * lower,
        upper=100 * upper,
    )


def lived_in(rows: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    """Leave out deciles that a district has no areas in; the first stays, as it is what is asked for."""
    if landing.district == ALL:
        return rows
    return rows[(rows["everyone"] > 0) | (rows["decile"] == 1)].reset_index(drop=True)


def share_error(rows: pd.DataFrame) -> pd.Series:
    """Return the variance that rounding leaves of the share, 0 to 1, that each ``amount`` is of all."""
    total = float(rows["amount"].sum()) or float("nan")
    share = rows["amount"] / total
    # Of the share's numerator and of all the rest, which is the other part of its denominator.
    rest = rows["rounding"].sum() - rows["rounding"]
    return ((1 - share) ** 2 * rows["rounding"] + share**2 * rest) / total**2


LEVEL, OPEN = "level with", "not told apart from"


def side(row: dict[str, Any]) -> str:
    """Say on which side of its share of residents a share of people lies, beyond chance; open where hidden areas can turn it.

    ``row`` is one of :func:`shares`.
    """
    found = set()
    for gap in (row["gap"], row["least_gap"]):
        level = row["lower"] <= row["share"] - gap <= row["upper"]
        found.add(LEVEL if level else "below" if gap < 0 else "above")
    return found.pop() if len(found) == 1 else OPEN


def real(row: dict[str, Any]) -> str:
    """Say of a row of :func:`shares` of people whether its gap is more than chance, less hidden areas leave it open."""
    said = {LEVEL: "could be chance", OPEN: "is left open by areas too small to show"}
    return said.get(side(row), "is more than chance")


def unplaced(edition: Edition, view: View, landing: Landing, year: str, beside: tuple[str, ...] = ()) -> str:
    """Say what has no known place in what is looked at and is therefore in no share; people as gated.

    ``beside`` are other years whose areas must be shown as well, as in :func:`by_decile`.
    """
    if landing.of_district:
        return district_people.left_out(edition, landing.part, *dict.fromkeys((year, *beside)))
    if landing.district != ALL:
        return _elsewhere(edition, view, landing, year)
    if landing.people:
        rows = area_cells.deciles_of_people(edition, year, landing.asked.programme)
        nowhere = rows[rows["decile"] == 0].iloc[0]
        if nowhere["marker"]:
            return f"{wording.sentence(landing.unit)} with no known place here: too few to show."
        number = int(nowhere["people"])
        told = wording.number(number) if number else "No"
        return f"{told} {landing.unit} with no known place in {landing.place.the}, left out of the shares."
    sums = area_cells.spend(edition, view, year, landing.asked.programme, landing.asked.kind)
    lost = sums[~sums["known"].astype(bool)]
    lines = int(lost["lines"].sum())
    if not lines:
        return f"Every payment has a place in {landing.place.the}."
    pence, total = float(lost["pence"].sum()), float(sums["pence"].sum())
    part = f" ({wording.percent(100 * pence / total, 0)} of all)" if total > 0 else ""
    return (
        f"{wording.money(pence / 100)}{part} in {wording.count(lines, 'line')} with no "
        f"{KINDS[landing.asked.kind].lower()} in {landing.place.the}, left out of the shares."
    )


def _elsewhere(edition: Edition, view: View, landing: Landing, year: str) -> str:
    """Say how much was paid elsewhere than in the district, and how much has no place."""
    sums = area_cells.spend(edition, view, year, landing.asked.programme, landing.asked.kind)
    elsewhere, nowhere = area_cells.outside(edition, sums, landing.district)
    return (
        f"Not of {landing.where}, left out of the shares: {wording.money(elsewhere)} elsewhere in {landing.place.the}, "
        f"{wording.money(nowhere)} with no {KINDS[landing.asked.kind].lower()} in it."
    )


def nothing(edition: Edition, view: View, landing: Landing, year: str, beside: tuple[str, ...] = ()) -> str:
    """Say why there is nothing to share out by decile; empty where there is something."""
    why = _no_lines(edition, landing) or too_little(edition, landing, year)
    if why:
        return why
    why = _nothing_in(by_decile(edition, view, landing, year, beside=beside), landing, year)
    if why and landing.of_district:
        return f"{why} {unplaced(edition, view, landing, year, beside)}"
    if not why or landing.people:
        return why
    # Money that is all without a place is still counted and said.
    lines = area_cells.spend(edition, view, year, landing.asked.programme, landing.asked.kind)
    lost = (~lines["known"].astype(bool)).any() or landing.district != ALL
    return f"{why} {unplaced(edition, view, landing, year)}" if lost else why


def _no_lines(edition: Edition, landing: Landing) -> str:
    if area_cells.areas(edition).empty:
        return "The data pack has no areas with deprivation and residents: add the table areas."
    if landing.people and not landing.asked.programme:
        return "No programme that counts people is linked to this role or commitment. Choose all roles to see them."
    return area_cells.unlisted(edition, area_cells.CONTACTS if landing.people else area_cells.PAYMENTS)


def shown(edition: Edition, landing: Landing, year: str) -> pd.DataFrame:
    """Return people by place as the map shows them, of what is looked at: columns as in ``places.people``."""
    if landing.of_district:
        return district_people.shown(edition, landing.part, year)
    return area_cells.people(edition, year, landing.asked.programme)


def too_little(edition: Edition, landing: Landing, year: str) -> str:
    """Say why people of one district cannot be told by decile in a year; empty where they can, and for all else."""
    if not landing.of_district:
        return ""
    return district_people.coarse(edition, landing.part, year) or district_people.too_much(
        edition, landing.part, year
    )


def _nothing_in(rows: pd.DataFrame, landing: Landing, year: str) -> str:
    if landing.people and rows["marker"].ne("").all():
        return f"Every decile is too small to show for {landing.name} in {year}."
    if not rows["amount"].fillna(0).gt(0).any():
        kind = "contact lines" if landing.people else "payments"
        here = "" if landing.district == ALL else f" in {landing.where}"
        here = f" in the areas of {landing.where} that are shown" if landing.of_district else here
        return f"No {kind} with a known place{here} for {landing.name} in {year}."
    if landing.people and rows["amount"].sum() < LEAST_BASE:
        return f"Fewer than {LEAST_BASE} {landing.unit} in the deciles shown in {year}: too few for shares."
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
    if landing.people or landing.asked.programme != ALL:
        rows = rows[rows["programme"] == landing.asked.programme]
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
    return {
        "params": landing.asked.params(),
        "view": view,
        "about": about(edition, view, landing.asked),
        "vintage": vintage(edition),
        "method": method(edition, f"{text} {lines}"),
        "caveats": (
            NEED,
            *([] if landing.people else [ADDRESS]),
            *([district_people.METHOD] if landing.of_district else []),
        ),
        **office(edition, (*tables(landing), *more)),
    }
