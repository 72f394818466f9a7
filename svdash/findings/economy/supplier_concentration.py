"""How concentrated the money is on few suppliers, and how much goes to suppliers whose name is withheld."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.economy import supplier_payments
from svdash.findings.economy.supplier_payments import NOMINAL, NOT_KNOWN, OFFICE, percent
from svdash.findings.finding import Finding, least_official, records
from svdash.findings.reach import area_cells
from svdash.findings.spec import of_view
from svdash.register import NONE, View

WITHHELD: Final = "REDACTED"
# People are never named, whatever the ledger says.
PERSON: Final = "individual"
TOP: Final = 10
SUPPLIERS: Final = {
    "rank": "Rank",
    "supplier_label": "Supplier",
    "type_label": "Type",
    "place_label": "Place",
    "pounds": "Pounds",
    "share": "Share of spend (%)",
    "lines": "Payments",
    "status": "Status",
}
METHOD: Final = (
    "Suppliers are distinguished by their identifier, and their payments of the year are added up. Share: of all that "
    "suppliers with a sum above zero got, withheld ones among them. HHI (Herfindahl-Hirschman index): the squares of "
    "suppliers' shares in per cent, added up; near 0 where many small suppliers share the money, 10,000 where one has "
    "it all. Withheld suppliers can't be distinguished: the lower end takes each as too small to count, the upper end "
    "takes them as one supplier."
)
SCOPE: Final = (
    "An HHI of all spend is not the HHI of a market: it adds up suppliers of quite different things."
)


EVERY: Final = (
    "The HHI is the sum of the squared shares (%) of suppliers with more paid than credited; its upper end adds the square of the "
    "share that is withheld, as if that were one."
)


@dataclass(frozen=True)
class Concentration:
    """How concentrated spend is: shares in per cent, ``low`` and ``high`` the ends of the HHI (0 to 10,000)."""

    suppliers: int
    top: float
    low: float
    high: float
    withheld: float
    withheld_lines: int
    in_credit: int


@kept
def concentration(edition: Edition, view: View) -> Finding:
    """Return the ten suppliers that got most, with the share of the ten, the HHI and the share that is withheld."""
    year = supplier_payments.year_of_money(edition, view)
    named, withheld = _named(_paid(edition, view, year))
    figures = measured(named, withheld)
    empty = supplier_payments.nothing(
        edition,
        view,
        supplier_payments.of_view(
            edition, view, area_cells.cells(edition, area_cells.PAYMENTS).supplier_totals
        ),
        year,
    )
    about = supplier_payments.about(edition)
    frame = pd.DataFrame(columns=[*SUPPLIERS, "marker"])
    if not empty:
        frame = _table(edition, named, withheld, figures).assign(status=least_official(about["statuses"]))
    return Finding(
        name="economy-concentration",
        row_key=("supplier_label", "rank"),
        headline=_headline(figures, year)
        if not empty
        else f"How concentrated spend is: not known for {year}",
        subtitle=f"Suppliers that got most, nominal, {supplier_payments.scope(edition, view)}, {supplier_payments.region(edition)}, {supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns=SUPPLIERS,
        decimals={"pounds": 2, "share": 1},
        sentence=""
        if empty
        else _sentence(
            figures, _then(edition, view, year), supplier_payments.part_years(edition, view, year)
        ),
        alt=" ".join(
            f"{row['supplier_label']}: {wording.money(row['pounds'])}, {wording.value(row['share'], 'percent')}."
            for row in records(frame)
        ),
        legend="Dark bars: share of spend of the suppliers that got most. Grey bar: all whose name is withheld.",
        chart=_bars(frame),
        method=f"{METHOD} {wording.FULL_COUNT}",
        caveats=(OFFICE, NOMINAL, SCOPE),
        view=view,
        about=supplier_payments.row_context(edition, view, year),
        empty=empty,
        **about,
    )


@kept
def suppliers(edition: Edition, view: View) -> Finding:
    """Return every named supplier with what it was paid, and all whose name is withheld: what the HHI is worked out from."""
    top = concentration(edition, view)
    if top.empty:
        return replace(top, name="economy-suppliers")
    year = supplier_payments.year_of_money(edition, view)
    named, withheld = _named(_paid(edition, view, year))
    figures = measured(named, withheld)
    return replace(
        top,
        name="economy-suppliers",
        row_key=("supplier_id", "rank"),
        headline=f"{wording.count(len(named), 'named supplier')} in {year}, and all whose name is withheld",
        subtitle=f"Every supplier, nominal, {supplier_payments.scope(edition, view)}, {supplier_payments.region(edition)}, {supplier_payments.year_in_words(edition, year)}",
        frame=_table(edition, named, withheld, figures, every=True).assign(
            status=least_official(top.statuses)
        ),
        columns={"supplier_id": "Supplier's identifier", **SUPPLIERS},
        decimals={"pounds": 2, "share": 4},
        sentence=EVERY,
        alt="",
        legend="",
        chart=None,
    )


def _paid(edition: Edition, view: View, year: str) -> pd.DataFrame:
    """Return what each supplier was paid in a year by the programmes of the view, one row a supplier, type and place."""
    rows = supplier_payments.of_view(
        edition, view, area_cells.cells(edition, area_cells.PAYMENTS).supplier_totals
    )
    keys = ["supplier_id", "supplier", "supplier_type", "supplier_place"]
    return rows[rows["year"] == year].groupby(keys, dropna=False, as_index=False)[["pence", "lines"]].sum()


def _named(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return suppliers by identifier, most money first, and the lines of those whose name is withheld."""
    hidden = rows["supplier_id"].isna() | (rows["supplier"] == WITHHELD) | (rows["supplier_type"] == PERSON)
    # A supplier's lines may name no place: the place that most of its money names stands for it.
    known = rows[~hidden].assign(known=rows["supplier_place"].fillna(NOT_KNOWN) != NOT_KNOWN)
    known = known.sort_values(["known", "pence", "supplier"], ascending=[False, False, True], kind="stable")
    named = known.groupby("supplier_id", sort=False).agg(
        supplier=("supplier", "first"),
        supplier_type=("supplier_type", "first"),
        supplier_place=("supplier_place", "first"),
        pence=("pence", "sum"),
        lines=("lines", "sum"),
    )
    named = named.reset_index().sort_values(["pence", "supplier_id"], ascending=[False, True])
    return named.reset_index(drop=True), rows[hidden]


def measured(named: pd.DataFrame, withheld: pd.DataFrame) -> Concentration:
    """Work out concentration from suppliers' ``pence`` and ``lines``; shares are missing where nobody got money."""
    paid = named.loc[named["pence"] > 0, "pence"].astype("float64").sort_values(ascending=False)
    lost = max(float(withheld["pence"].sum()), 0.0)
    whole = float(paid.sum()) + lost
    low = float(((paid * percent(1, whole)) ** 2).sum()) if whole > 0 else float("nan")
    share = percent(lost, whole)
    return Concentration(
        suppliers=len(paid),
        top=percent(float(paid.head(TOP).sum()), whole),
        low=low,
        high=low + share**2,
        withheld=share,
        withheld_lines=int(withheld["lines"].sum()),
        in_credit=len(named) - len(paid),
    )


def _then(edition: Edition, view: View, year: str) -> tuple[str, Concentration] | None:
    """Return the compared year with its concentration, where there is one."""
    every = supplier_payments.of_view(
        edition, view, area_cells.cells(edition, area_cells.PAYMENTS).supplier_totals
    )
    when = supplier_payments.compare_year(edition, view, year, every["year"])
    return None if when == NONE else (when, measured(*_named(_paid(edition, view, when))))


def _table(
    edition: Edition,
    named: pd.DataFrame,
    withheld: pd.DataFrame,
    figures: Concentration,
    *,
    every: bool = False,
) -> pd.DataFrame:
    """Return the suppliers that got most, then all whose name is withheld as one row without a rank.

    ``every``: all suppliers, those with no more paid than credited too, which have no share.
    """
    types = supplier_payments.labelled(edition, "supplier_type", named["supplier_type"])
    where = supplier_payments.labelled(edition, "supplier_place", named["supplier_place"])
    top = named if every else named[named["pence"] > 0].head(TOP)
    lost = float(withheld["pence"].sum())
    whole = float(named.loc[named["pence"] > 0, "pence"].sum()) + max(lost, 0.0)
    frame = pd.DataFrame(
        {
            "rank": pd.array(range(1, len(top) + 1), dtype="Int64"),
            "supplier_id": top["supplier_id"],
            "supplier_label": top["supplier"],
            "type_label": top["supplier_type"].map(types),
            "place_label": top["supplier_place"].map(where),
            "pounds": top["pence"] / 100,
            "share": supplier_payments.shares(top["pence"], whole).mask(top["pence"] <= 0),
            "lines": top["lines"].astype("int64"),
        }
    )
    if figures.withheld_lines:
        last = {
            "rank": pd.NA,
            "supplier_id": "withheld",
            "supplier_label": "Withheld: names are not published",
            "type_label": "several",
            "place_label": "several",
            "pounds": lost / 100,
            "share": figures.withheld if lost >= 0 else float("nan"),
            "lines": figures.withheld_lines,
        }
        frame = pd.concat([frame, pd.DataFrame([last]).astype({"rank": "Int64"})], ignore_index=True)
    return frame.assign(marker="[z]")


def _headline(figures: Concentration, year: str) -> str:
    if pd.isna(figures.top):
        return f"No supplier got more than it gave back in {year}"
    top = min(TOP, figures.suppliers)
    return (
        f"{wording.value(figures.top, 'percent')} of spend in {year} went to {top} of "
        f"{wording.count(figures.suppliers, 'named supplier')}"
    )


def _sentence(figures: Concentration, then: tuple[str, Concentration] | None, part: str) -> str:
    if pd.isna(figures.top):
        return ""
    text = [f"HHI {hhi(figures)}, on a scale of 0 to 10,000."]
    if then is not None and not pd.isna(then[1].top):
        change = wording.change(figures.top - then[1].top, "percent")
        text.append(f"In {then[0]}: HHI {hhi(then[1])}; share of the {TOP} that got most: {change} since.")
    text += [part] if part else []
    if figures.withheld_lines:
        lines = wording.count(figures.withheld_lines, "payment")
        text.append(
            f"{wording.value(figures.withheld, 'percent')} of spend, in {lines}, went to suppliers whose name is withheld."
        )
    else:
        text.append("No supplier's name is withheld.")
    if figures.in_credit:
        text.append(
            f"{wording.sentence(wording.count(figures.in_credit, 'supplier'))} with no more paid than credited: left out."
        )
    return " ".join(text)


def hhi(figures: Concentration) -> str:
    """Write the HHI, as a range where withheld suppliers make one."""
    low, high = wording.number(figures.low), wording.number(figures.high)
    return low if low == high else f"{low} to {high}"


def _bars(frame: pd.DataFrame) -> pd.DataFrame:
    shown = frame[frame["share"].notna()]
    return pd.DataFrame(
        {
            "label": shown["supplier_label"],
            "value": shown["share"],
            "mark": float("nan"),
            "mark_name": "",
            "stands_out": shown["rank"].notna(),
            "told": [
                f"{wording.value(s, 'percent')} · {wording.money(p)}"
                for s, p in zip(shown["share"], shown["pounds"], strict=True)
            ],
        }
    )


SPECS: Final = (
    of_view("economy-concentration", "Suppliers that got most, with the HHI", concentration, drawing="bars"),
    of_view(
        "economy-suppliers", "Every supplier with what it was paid, from which the HHI follows", suppliers
    ),
)
