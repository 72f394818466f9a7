"""What every part of the local economy page stands on: the lines of a view, the places there are, and words for both."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash.editions import Edition, kept
from svdash.findings.finding import office
from svdash.findings.reach import area_cells
from svdash.findings.reach.area_figures import chosen, dated
from svdash.register import ALL, NONE, Framework, View, narrowed

PAYMENTS: Final = "payments"
# Code of the vocabulary for a supplier whose place nobody knows.
NOT_KNOWN: Final = "not-known"
OFFICE: Final = (
    "The place is that of the supplier's office, as the payment names it. It is not known whether that is the registered "
    "office or a branch, and it is not the place of delivery: work may be done, and staff may live, somewhere else."
)
NOMINAL: Final = "Money is summed in whole pence, nominal: as paid, with nothing taken off for inflation."
CREDIT: Final = "Credit notes are subtracted, so a sum may be below zero. Where credit notes outweigh payments there is no share."
ALL_SPEND: Final = (
    "All payments count: purchases, and also grants, loans and reimbursements. Goods, services and works are shown by "
    "themselves as well: the payments of programmes that buy. The indicator of spend retained covers only these."
)


def filtered(view: View) -> bool:
    """Return whether a role or a commitment narrows the programmes."""
    return (view.role, view.commitment) != (ALL, ALL)


def of_view(edition: Edition, view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows (with a column ``programme``) of the programmes linked to the view's role and commitment.

    Without either every row stays, those that name no programme among them.
    """
    if not filtered(view):
        return rows
    return rows[rows["programme"].isin(list(area_cells.programmes(edition, view, "has_money")))]


def scope(edition: Edition, view: View) -> str:
    """Return which payments a view adds up, to be read before every share of them."""
    if view.commitment != ALL:
        return f"payments ({view.commitment})"
    if view.role != ALL:
        return f"payments ({Framework.of(edition).vocabulary.label('role', view.role)})"
    return "all payments"


def bought(edition: Edition, rows: pd.DataFrame) -> pd.Series:
    """Return which rows (with a column ``programme``) pay for goods, services and works, not for grants or loans."""
    return rows["programme"].isin(list(area_cells.programmes(edition, View(), "buys")))


def year_of_money(edition: Edition, view: View) -> str:
    """Return the one year that is told; all years mean the latest complete one."""
    return area_cells.year_of_view(Framework.of(edition), view)


@narrowed("role", "commitment")
@kept
def spend(edition: Edition, view: View) -> pd.DataFrame:
    """Return spend of a view: ``year``, ``programme``, ``supplier_place``, ``supplier_type``, ``pence``, ``lines``.

    All years are there. A line that names no place stands at ``not-known``.
    """
    rows = of_view(edition, view, area_cells.cells(edition, PAYMENTS).suppliers)
    return rows.assign(supplier_place=rows["supplier_place"].fillna(NOT_KNOWN))


def districts(edition: Edition) -> dict[str, str]:
    """Return code → name of the districts that count as local; those of the areas where no list names them."""
    named = dict(Framework.of(edition).vocabulary.labels("district"))
    if named:
        return named
    rows = area_cells.areas(edition)
    return dict(zip(rows["district"], rows["district_name"], strict=True))


def region(edition: Edition) -> str:
    """Return how the area of the authority is called."""
    authority = edition.head.get("authority", {})
    return str(authority.get("area", "") or "the whole area")


def percent(part: float, whole: float) -> float:
    """Return a share in per cent; missing where the whole is not above zero, as credit notes can make it."""
    return 100 * part / whole if whole > 0 else float("nan")


def shares(pence: pd.Series, whole: float) -> pd.Series:
    """Return each sum as a share of the whole in per cent; missing where the whole is not above zero."""
    return pence.astype("float64") * percent(1, whole)


def marker(shares: pd.Series) -> pd.Series:
    """Return why shares are missing: there is no share of nothing."""
    return pd.Series("", index=shares.index, dtype="str").mask(shares.isna(), "[z]")


def year_in_words(edition: Edition, year: str) -> str:
    """Write a year, and that it is a part year where it is."""
    if year == ALL:
        return "no year known"
    return Framework.of(edition).calendar.named(year)


def compare_year(edition: Edition, view: View, year: str, known: pd.Series) -> str:
    """Return the year to compare with; ``none`` where there is none, nothing was paid in it, or a year is in part."""
    if view.compare in (NONE, year) or view.compare not in set(known) or part_years(edition, view, year):
        return NONE
    return view.compare


def part_years(edition: Edition, view: View, year: str) -> str:
    """Say why a part year is not compared; empty where neither year is one, or no comparison was asked for."""
    if view.compare == NONE or ALL in (year, view.compare):
        return ""
    part = [each for each in (year, view.compare) if Framework.of(edition).calendar.is_part(each)]
    return f"{part[0]} is a part year and is not compared." if part else ""


def nothing(edition: Edition, view: View, rows: pd.DataFrame, year: str) -> str:
    """Say why there is no money to tell of; empty where there is some. ``rows`` are the lines of the view."""
    if area_cells.cells(edition, PAYMENTS).suppliers.empty:
        return "The data pack has no payments: add the table payments."
    if filtered(view) and not area_cells.programmes(edition, view, "has_money"):
        return "No programme with money is linked to this role or commitment. Choose all roles to see all payments."
    return "" if (rows["year"] == year).any() else f"No payment in {year} for this role and commitment."


def about(edition: Edition, *tables: str) -> dict[str, Any]:
    """Return statuses and date of the tables behind a figure; payments where no table is named."""
    return office(edition, tables or (PAYMENTS,))


def row_context(edition: Edition, view: View, year: str = "", compare: str = NONE) -> dict[str, str]:
    """Return what every row taken away says it is of: its year, the one beside it, and whose programmes are added up.

    Without ``year`` where rows are of several; ``compare`` only where a column is of that year.
    """
    context = dated(edition, year) if year else {}
    return {**context, **({} if compare == NONE else {"compared": compare}), **chosen(view)}


def labelled(edition: Edition, name: str, codes: pd.Series) -> dict[str, str]:
    """Return code → label of a list of the vocabulary in its order, then of codes that it does not know."""
    known = dict(Framework.of(edition).vocabulary.labels(name))
    return known | {str(code): str(code) for code in codes.dropna().unique() if code not in known}
