"""What suppliers stand for: fair wages and social value principles, and what money does after it was paid."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.economy import supplier_payments
from svdash.findings.finding import Finding, by_office, least_official, records, updated_of
from svdash.findings.indicators.indicator_series import PERIOD_NAMES, Trend, compared, lead
from svdash.findings.spec import of_view
from svdash.register import Framework, View, figure_tables
from svdash.wording import assessments

# Concepts of the register's indicators of what suppliers stand for; wages are spoken of first.
WAGES: Final = "living-wage-suppliers"
STANDARD: Final = "supplier-standards"
# Surveys of the local multiplier; a pack that has made one lists it under this name.
SURVEY: Final = "local_multiplier"
STANDARDS: Final = {
    "indicator": "Indicator",
    "title": "What is counted",
    "period": "Period",
    "value": "Share (%)",
    "lower": "95% from",
    "upper": "95% to",
    "numerator": "Suppliers that do",
    "denominator": "Of",
    "compared": "Compared",
    "verdict_label": "What can be said",
    "status": "Status",
}
METHOD: Final = (
    "Suppliers that meet a standard / suppliers paid or asked × 100, as the register of indicators defines each one. "
    "Interval: Wilson, 95%. Whether a change is real is decided by the ladder of the page Indicators."
)
ANSWERED: Final = (
    "Most answers are the suppliers' own. A supplier that did not answer may still meet the standard: shares are of those "
    "that answered where the register says so."
)
NEEDED: Final = (
    "No figure has been surveyed, so none is shown. It needs three rounds of spending: R1, what the authority paid; R2, "
    "what those suppliers spent locally; R3, what the next ones spent locally; with the local area declared. R2 and R3 "
    "come from a survey of suppliers: put them in a table local_multiplier. They are never assumed here."
)
MULTIPLIER: Final = {
    "year": "Financial year",
    "local_area": "Local area, as declared",
    "r1_pounds": "R1: paid by the authority (pounds)",
    "r2_pounds": "R2: spent locally by its suppliers (pounds)",
    "r3_pounds": "R3: spent locally by the next ones (pounds)",
    "lm3": "LM3",
    "status": "Status",
}


@kept
def standards(edition: Edition, view: View) -> Finding:
    """Return the share of suppliers that meet each standard, with what is not known said as such."""
    framework = Framework.of(edition)
    year = supplier_payments.year_of_money(edition, view)
    known = framework.with_concept(WAGES, STANDARD)
    shown = framework.indicators_of(view).index
    series = [lead(edition, view, code) for code in known if code in shown]
    frame = pd.DataFrame(
        [_row(each, view) for each in series], columns=[*STANDARDS, "short", "wages", "marker", "reason"]
    )
    judged = frame[frame["value"].notna()]
    empty = "" if series else _nothing(known)
    tables = tuple(name for name in figure_tables(edition) if name in edition.names)
    return Finding(
        name="economy-standards",
        row_key=("indicator",),
        headline=_headline(frame, judged),
        subtitle=f"Suppliers that meet a standard, per cent, {supplier_payments.region(edition)}, up to {supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns=STANDARDS,
        decimals=dict.fromkeys(("value", "lower", "upper"), 1),
        sentence=" ".join(_in_words(each, row) for each, row in zip(series, records(frame), strict=True)),
        alt=" ".join(_spoken(row) for row in records(frame)),
        legend="Dot and bar: share of suppliers with 95% interval.",
        chart=_dots(judged),
        method=METHOD,
        caveats=(ANSWERED,),
        statuses=by_office({str(s) for s in judged["status"]}) if len(judged) else (),
        updated=updated_of(edition, *tables) if tables else None,
        view=view,
        empty=empty,
    )


def _nothing(known: tuple[str, ...]) -> str:
    if not known:
        return "The data pack has no indicator of suppliers' standards: mark it with the concept living-wage-suppliers or supplier-standards in the table indicators."
    return "No indicator of suppliers' standards belongs to this role or commitment. Choose all roles to see them."


def _row(series: Trend, view: View) -> dict[str, Any]:
    latest = series.latest
    got = latest or {}
    return {
        "indicator": series.indicator["id"],
        "title": series.indicator["title"],
        "short": series.indicator["short"],
        "wages": series.indicator["concept"] == WAGES,
        "period": got.get("period", "no figure"),
        "value": float(got["value"]) if latest else float("nan"),
        "lower": got.get("lower", float("nan")),
        "upper": got.get("upper", float("nan")),
        "numerator": got.get("numerator", pd.NA),
        "denominator": got.get("denominator", pd.NA),
        "compared": compared(series, view) if latest else "nothing to compare",
        "verdict_label": wording.VERDICT[series.verdict],
        "status": got.get("status", "no figure"),
        "marker": "[x]",
        "reason": assessments.sentence(series.assessment),
    }


def _headline(frame: pd.DataFrame, judged: pd.DataFrame) -> str:
    if judged.empty:
        return "What suppliers stand for: no figure yet"
    wages = judged[judged["wages"]]
    if wages.empty:
        return f"Suppliers' standards: {len(judged)} of {wording.count(len(frame), 'indicator')} {'has' if len(judged) == 1 else 'have'} a figure"
    row = wages.iloc[0]
    return f"{wording.value(row['value'], 'percent')} of suppliers that answered pay the real living wage"


def _in_words(series: Trend, row: dict[str, Any]) -> str:
    if pd.isna(row["value"]):
        owner = series.indicator["owner"]
        owned = (
            ""
            if pd.isna(owner)
            else f" Owner: {owner}; due every {PERIOD_NAMES[str(series.indicator['cadence'])]}."
        )
        return f"{row['short']}: no figure.{owned}"
    return f"{row['short']}: {row['reason']}"


def _spoken(row: dict[str, Any]) -> str:
    if pd.isna(row["value"]):
        return f"{row['short']}: no figure."
    limits = "" if pd.isna(row["lower"]) else f" ({wording.span(row['lower'], row['upper'])})"
    return f"{row['short']}: {wording.percent(row['value'])}{limits} in {row['period']}."


def _dots(judged: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": judged["short"],
            "value": judged["value"],
            "lower": judged["lower"],
            "upper": judged["upper"],
            "mark": float("nan"),
            "stands_out": judged["wages"],
            "said": judged["verdict_label"],
        }
    )


# -- local multiplier ------------------------------------------------------------------------------------


@kept
def multiplier(edition: Edition, view: View) -> Finding:
    """Return the local multiplier LM3 = (R1 + R2 + R3) / R1 from surveyed rounds; none where nobody surveyed them."""
    year = supplier_payments.year_of_money(edition, view)
    about = supplier_payments.about(edition, SURVEY)
    frame = _surveyed(edition, year).assign(status=least_official(about["statuses"]))
    empty = _unsurveyed(edition, year) if frame.empty else ""
    last = None if empty else frame.iloc[-1]
    told = (
        f"£1 paid led to {wording.pounds_and_pence(last['lm3'])} spent in {last['local_area']}"
        if last is not None
        else ""
    )
    return Finding(
        name="economy-multiplier",
        row_key=("year", "local_area"),
        headline=f"{told}, {last['year']}"
        if last is not None
        else "What a pound does next: no surveyed figure",
        subtitle=f"Local multiplier (LM3) over three rounds of spending, {supplier_payments.region(edition)}, up to {supplier_payments.year_in_words(edition, year)}",
        frame=frame,
        columns=MULTIPLIER,
        decimals={"lm3": 2, "r1_pounds": 2, "r2_pounds": 2, "r3_pounds": 2},
        sentence=f"{told}: the first pound and what is spent again. From a survey; no test possible."
        if told
        else "",
        alt=" ".join(f"{row['year']}: LM3 {wording.number(row['lm3'], 2)}." for row in records(frame)),
        method="LM3 = (R1 + R2 + R3) / R1. R1: what the authority paid; R2 and R3: what is spent again in the declared area. "
        "Only surveyed rounds count; a year that lacks one is left out.",
        caveats=(supplier_payments.NOMINAL,),
        view=view,
        empty=empty,
        **about,
    )


def _surveyed(edition: Edition, year: str) -> pd.DataFrame:
    """Return the surveys that have all three rounds and a declared area, oldest first."""
    wanted = ["year", "local_area", "r1_pence", "r2_pence", "r3_pence"]
    rows = edition.table(SURVEY) if SURVEY in edition.tables else pd.DataFrame(columns=wanted)
    rows = rows.reindex(columns=wanted).dropna()
    rows = rows[(rows["year"] <= year) & (rows["r1_pence"] > 0)].sort_values("year", kind="stable")
    pounds = {f"{each}_pounds": rows[f"{each}_pence"].astype("float64") / 100 for each in ("r1", "r2", "r3")}
    frame = pd.DataFrame({"year": rows["year"], "local_area": rows["local_area"], **pounds})
    return frame.assign(
        lm3=(frame["r1_pounds"] + frame["r2_pounds"] + frame["r3_pounds"]) / frame["r1_pounds"]
    ).reset_index(drop=True)


def _unsurveyed(edition: Edition, year: str) -> str:
    if SURVEY not in edition.tables:
        return NEEDED
    return f"No survey up to {year} has all of R1, R2, R3 and a declared local area, so none is shown."


SPECS: Final = (
    of_view("economy-standards", "Suppliers that meet a standard", standards, drawing="dots"),
    of_view("economy-multiplier", "Local multiplier (LM3) as surveyed", multiplier),
)
