"""What lands where: people of one programme, or pounds, by deprivation and by area, for all findings beyond the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from svdash.disclosure import PRESETS
from svdash.findings import places
from svdash.findings.areas import (
    KINDS,
    METHOD_REACH,
    METHOD_SPEND,
    REACH,
    SPEND,
    Asked,
    method,
    office,
    settle,
    status,
    vintage,
)
from svdash.framework import ALL, Framework, View
from svdash.pack import Pack
from svdash.show import wording

DECILES: Final = range(1, 11)
MOST_DEPRIVED: Final = (1, 2, 3)
# METHODS: a percentage of people needs a base of at least so many.
LEAST_BASE: Final = PRESETS["gss"].least_base
NEED: Final = "Shares set beside residents say where things land, not where need is, nor what they achieve."
ADDRESS: Final = "Money is counted where it is paid to or meant for; who gains from it may live elsewhere."


@dataclass(frozen=True)
class Landing:
    """What is asked for, settled: people of one programme, or pounds of one or of all.

    ``name`` is the programme as a sentence names it, ``unit`` what is counted, ``noun`` reach or spend.
    """

    people: bool
    asked: Asked
    name: str
    unit: str

    @property
    def noun(self) -> str:
        """The word for it."""
        return "reach" if self.people else "spend"

    @property
    def amount(self) -> str:
        """The title of a column of amounts."""
        return wording.sentence(f"{self.unit} reached") if self.people else "Pounds"

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

    def told(self, amount: float) -> str:
        """Write an amount with its unit."""
        return f"{wording.number(amount)} {self.unit}" if self.people else wording.money(amount)


def of(pack: Pack, view: View, asked: Asked) -> Landing:
    """Return what a page asks for as it can be shown; a map of deprivation is asked for its people."""
    wanted = (
        asked if asked.show != "deprivation" else Asked("reach", asked.programme, asked.domain, asked.kind)
    )
    settled = settle(pack, view, wanted)
    if settled.show == "reach":
        name = places.programmes(pack, view, "counts_people").get(settled.programme, "no programme")
        return Landing(True, settled, name, _unit(pack, settled.programme))
    known = places.programmes(pack, view, "has_money")
    name = "all programmes" if settled.programme == ALL else known[settled.programme]
    return Landing(False, settled, name, "pounds")


def _unit(pack: Pack, programme: str) -> str:
    rows = places.table(pack, "programmes").set_index("id")
    units = rows["unit"] if "unit" in rows else pd.Series(dtype="str")
    return Framework.of(pack).label("reach_unit", units.get(programme, "people")).lower()


def by_area(pack: Pack, view: View, landing: Landing, year: str) -> pd.DataFrame:
    """Return pounds by small area, the most deprived first; every area with a rank and residents is there.

    Columns: ``code``, ``name``, ``district_name``, ``rank``, ``decile``, ``population``, ``amount``.
    """
    key = ("landing.areas", view.role, view.commitment, landing, year)
    return pack.remember(key, lambda: _by_area(pack, view, landing, year))


def _by_area(pack: Pack, view: View, landing: Landing, year: str) -> pd.DataFrame:
    names = ["code", "name", "district_name", "rank", "decile", "population"]
    rows = places.areas(pack).reset_index(drop=True)[names]
    rows = rows[rows["rank"].notna() & (rows["population"].fillna(0) > 0)]
    sums = places.spend(pack, view, year, landing.asked.programme, landing.asked.kind)
    pence = sums[sums["known"]].set_index("area")["pence"]
    amount = rows["code"].map(pence).astype("float64").fillna(0.0) / 100
    return rows.assign(amount=amount, population=rows["population"].astype("float64")).sort_values(
        "rank", kind="stable", ignore_index=True
    )


def by_decile(pack: Pack, view: View, landing: Landing, year: str) -> pd.DataFrame:
    """Return amounts by England's deprivation decile: ``decile``, ``amount``, ``marker``, ``population``.

    People are gated: an amount that is held back is missing and its ``marker`` says so.
    """
    key = ("landing.deciles", view.role, view.commitment, landing, year)
    return pack.remember(key, lambda: _by_decile(pack, view, landing, year))


def _by_decile(pack: Pack, view: View, landing: Landing, year: str) -> pd.DataFrame:
    population = places.population_by_decile(pack).to_numpy()
    if landing.people:
        counted = places.deciles_of_people(pack, year, landing.asked.programme)
        rows = counted[counted["decile"] > 0].reset_index(drop=True)
        amount, marker = (
            rows["people"].astype("Float64").to_numpy("float64", na_value=float("nan")),
            rows["marker"],
        )
        return pd.DataFrame({"decile": DECILES, "amount": amount, "marker": marker, "population": population})
    rows = by_area(pack, view, landing, year)
    sums = rows.groupby(rows["decile"].astype("Float64"))["amount"].sum().reindex(DECILES, fill_value=0.0)
    return pd.DataFrame(
        {"decile": DECILES, "amount": sums.to_numpy(), "marker": "", "population": population}
    )


def unplaced(pack: Pack, view: View, landing: Landing, year: str) -> str:
    """Say what has no known place in the city region and is therefore in no share; people as gated."""
    if landing.people:
        rows = places.deciles_of_people(pack, year, landing.asked.programme)
        nowhere = rows[rows["decile"] == 0].iloc[0]
        if nowhere["marker"]:
            return f"{wording.sentence(landing.unit)} with no known place here: too few to show."
        number = int(nowhere["people"])
        told = wording.number(number) if number else "No"
        return f"{told} {landing.unit} with no known place in the city region, left out of the shares."
    sums = places.spend(pack, view, year, landing.asked.programme, landing.asked.kind)
    lost = sums[~sums["known"].astype(bool)]
    lines = int(lost["lines"].sum())
    if not lines:
        return "Every payment has a place in the city region."
    pence, total = float(lost["pence"].sum()), float(sums["pence"].sum())
    part = f" ({100 * pence / total:.0f}% of all)" if total > 0 else ""
    return (
        f"{wording.money(pence / 100)}{part} in {wording.count(lines, 'line')} with no "
        f"{KINDS[landing.asked.kind].lower()} in the city region, left out of the shares."
    )


def nothing(pack: Pack, view: View, landing: Landing, year: str) -> str:
    """Say why there is nothing to share out; empty where there is something."""
    if places.areas(pack).empty:
        return "The data pack has no areas with deprivation and residents: add the table areas."
    if landing.people and not landing.asked.programme:
        return "No programme that counts people is linked to this role or commitment. Choose all roles to see them."
    if places.problem(pack):
        return f"The lines cannot be read: {places.problem(pack)}"
    why = _nothing_in(by_decile(pack, view, landing, year), landing, year)
    if not why or landing.people:
        return why
    # Money that is all without a place is still counted and said.
    lines = places.spend(pack, view, year, landing.asked.programme, landing.asked.kind)
    return f"{why} {unplaced(pack, view, landing, year)}" if (~lines["known"].astype(bool)).any() else why


def _nothing_in(rows: pd.DataFrame, landing: Landing, year: str) -> str:
    if landing.people and rows["marker"].ne("").all():
        return f"Every decile is too small to show for {landing.name} in {year}."
    if not rows["amount"].fillna(0).gt(0).any():
        kind = "contact lines" if landing.people else "payments"
        return f"No {kind} with a known place for {landing.name} in {year}."
    if landing.people and rows["amount"].sum() < LEAST_BASE:
        return f"Fewer than {LEAST_BASE} {landing.unit} in the deciles shown in {year}: too few for shares."
    if rows["amount"].lt(0).any() or rows["amount"].sum() <= 0:
        return f"Credit notes are more than payments in a decile in {year}: shares would say nothing. Choose all programmes."
    return ""


def hidden(rows: pd.DataFrame) -> list[int]:
    """Return the deciles that are held back."""
    return [int(decile) for decile in rows.loc[rows["marker"].ne(""), "decile"]]


def held_back(deciles: list[int]) -> str:
    """Say which deciles are too small to show."""
    one = len(deciles) == 1
    return f"too small to show: {'decile' if one else 'deciles'} {wording.listing([str(d) for d in deciles], 10)}"


def years(pack: Pack, landing: Landing, year: str) -> list[str]:
    """Return the complete years with lines, oldest first, and the chosen year even where it is a part year."""
    framework = Framework.of(pack)
    cells = places.cells(pack)
    rows = cells.deciles if landing.people else cells.payments
    if landing.people or landing.asked.programme != ALL:
        rows = rows[rows["programme"] == landing.asked.programme]
    known = set(rows["year"].dropna())
    return sorted({y for y in known if not framework.is_part(y)} | (known & {year}))


def tables(landing: Landing) -> tuple[str, ...]:
    """Return the tables that it rests on."""
    return REACH if landing.people else SPEND


def mark(pack: Pack, landing: Landing) -> str:
    """Return the least official status among the tables that it rests on."""
    return status(office(pack, tables(landing)))


def period(pack: Pack, year: str) -> str:
    """Write a year, a part year as such."""
    return Framework.of(pack).named(year)


def head(pack: Pack, view: View, landing: Landing, text: str, *more: str) -> dict[str, Any]:
    """Return what all findings say alike: parameters, vintage, statuses, date, method; ``more`` are further tables."""
    lines = METHOD_REACH if landing.people else METHOD_SPEND.partition(" Payments without a place")[0]
    return {
        "params": landing.asked.params(),
        "view": view,
        "vintage": vintage(pack),
        "method": method(pack, f"{text} {lines}"),
        "caveats": (NEED,) if landing.people else (NEED, ADDRESS),
        **office(pack, (*tables(landing), *more)),
    }
