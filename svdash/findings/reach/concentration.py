"""How reach or spend is spread from the most to the least deprived residents: curve and index, now and over the years."""

from __future__ import annotations

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
from svdash.measures import gradient, intervals
from svdash.register import Framework, View, narrowed
from svdash.tables.gap_sizes import smallest_gap

CURVE: Final = {
    "point": "Residents, most deprived first",
    "population_share": "Share of residents so far (%)",
    "share": "Share of reach or spend so far (%)",
    "gap": "Gap (points)",
    "status": "Status",
}
YEARS: Final = {
    "year": "Year",
    "amount": "Amount with a known place",
    "index": "Concentration index",
    "lower": "95% from",
    "upper": "95% to",
    "share": "Share in decile 1 (%)",
    "population_share": "Share of residents there (%)",
    "said": "What can be said",
    "status": "Status",
}
CURVE_METHOD: Final = (
    "Residents are ranked by the deprivation of their area, the most deprived first; the curve says what "
    "share of all lands with them. Concentration index: (2/mean) x the sum of population share x rate x rank, less 1: between "
    "−1 and 1, 0 where all have the same, below 0 where the more deprived have more. Limits: 10,000 simulations with a "
    "fixed seed, the error of each count of people from Byar's limits; none for money, which is not a sample. People are "
    "ranked by England's ten deciles, in which their counts pass disclosure control; money by small area (LSOA), or by "
    "decile in all years where credit notes are more than payments in an area of some year. The residents are those of one estimate in all years."
)
STEP: Final = 5  # percent of residents from one point of a curve by small area to the next


# -- curve -----------------------------------------------------------------------------------------------


def curve(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Return the concentration curve of reach or spend in the view's year, with its index and those of other years."""
    landing = land.of(edition, view, choice)
    return _curve(edition, view, landing)


@kept
def _curve(edition: Edition, view: View, landing: Landing) -> Finding:
    year = area_cells.year_of_view(Framework.of(edition), view)
    name, noun = landing.measure, landing.noun
    common: dict[str, Any] = {
        "name": "concentration",
        "row_key": ("point",),
        "subtitle": f"{name}: share with the most deprived residents, {landing.where}, {land.period(edition, year)}",
        "columns": CURVE | {"share": f"Share of {noun} so far (%)"},
        "decimals": {"population_share": 1, "share": 1, "gap": 1},
        **land.head(edition, view, landing, CURVE_METHOD),
    }
    fine = _fine(edition, view, landing, _years(edition, view, landing))
    row = _index(edition, view, landing, year, fine=fine)
    if pd.isna(row["index"]):
        why = land.nothing(edition, view, landing, year) or _no_curve(edition, view, landing, year)
        return Finding(
            headline=f"How {noun} is spread over deprivation: not known",
            frame=pd.DataFrame(columns=list(CURVE)),
            empty=why,
            **common,
        )
    frame = _points(edition, view, landing, year, fine=fine).assign(
        status=land.mark(edition, landing), whole=row["whole"]
    )
    written = land.written(frame, landing, counts=["whole"], shares=["share", "gap"])
    return Finding(
        headline=_headline(row, noun),
        frame=written,
        sentence=" ".join(
            [
                _index_in_words(row, landing),
                _real(row),
                _series(indices(edition, view, landing), year),
                land.unplaced(edition, view, landing, year),
            ]
        ),
        alt=f"Concentration curve of {noun}. "
        + " ".join(
            f"{r['point']}: {land.percent(r['share'], landing, r['whole'])} of {noun}."
            for r in records(frame)
        ),
        legend=f"Blue line: share of {noun}. Grey dashes: equal shares. Above them, the more deprived have more than their share.",
        chart=_drawn(frame, written, noun),
        **common,
    )


def _no_curve(edition: Edition, view: View, landing: Landing, year: str) -> str:
    hidden = land.hidden(land.by_decile(edition, view, landing, year))
    if hidden:
        return f"A curve needs every decile; {land.hidden_in_words(hidden)} for {landing.name} in {year}."
    return "A curve needs residents in two deciles or more; the pack's areas are in one."


def ranked(edition: Edition, view: View, landing: Landing, year: str, *, fine: bool) -> pd.DataFrame:
    """Return ``population``, ``amount``, ``decile``, the most deprived first: by small area, or by decile with residents."""
    if fine:
        return land.by_area(edition, view, landing, year)
    rows = land.by_decile(edition, view, landing, year)
    return rows[rows["population"] > 0].reset_index(drop=True)


def _years(edition: Edition, view: View, landing: Landing) -> list[str]:
    return land.years(edition, landing, area_cells.year_of_view(Framework.of(edition), view))


def _fine(edition: Edition, view: View, landing: Landing, years: list[str]) -> bool:
    """Whether money can be ranked by small area: an area with more credit notes than payments has no share."""
    return not landing.people and all(
        (land.by_area(edition, view, landing, year)["amount"] >= 0).all() for year in years
    )


@kept
def indices(edition: Edition, view: View, landing: Landing) -> pd.DataFrame:
    """Return the concentration index of each complete year and of the view's, columns as in ``YEARS``."""
    years = _years(edition, view, landing)
    fine = _fine(edition, view, landing, years)
    rows = [_index(edition, view, landing, year, fine=fine) for year in years]
    return pd.DataFrame(rows, columns=[*YEARS, "marker", "basis", "whole", "decimals"])


def _row(landing: Landing, edition: Edition, year: str, *, fine: bool) -> dict[str, Any]:
    basis = "small area (LSOA)" if fine else "decile"
    return {"year": year, "status": land.mark(edition, landing), "basis": basis}


def _missing(why: str, marker: str = "[x]") -> dict[str, Any]:
    figures = ("amount", "index", "lower", "upper", "share", "population_share", "whole")
    return dict.fromkeys(figures, float("nan")) | {"said": why.rstrip("."), "marker": marker, "decimals": 3}


@narrowed("role", "commitment")
@kept
def _index(edition: Edition, view: View, landing: Landing, year: str, *, fine: bool) -> dict[str, Any]:
    """Return the index of one year, simulated once for the curve and the series of years."""
    row = _row(landing, edition, year, fine=fine)
    deciles = land.by_decile(edition, view, landing, year)
    why = land.nothing(edition, view, landing, year)
    hidden = land.hidden(deciles)
    if why or hidden or (deciles["population"] > 0).sum() < 2:
        words = why or (
            wording.sentence(land.hidden_in_words(hidden)) if hidden else "residents in one decile only"
        )
        return row | _missing(words, "[c]" if hidden else "[x]")
    base = ranked(edition, view, landing, year, fine=fine)
    index = _of_rates(base, people=landing.people)
    first = deciles.iloc[0]
    part = Framework.of(edition).calendar.is_part(year)
    return row | {
        "amount": float(deciles["amount"].sum()),
        "index": index.index,
        "lower": index.lower,
        "upper": index.upper,
        "whole": float(first["whole"]),
        "decimals": _decimals(float(first["whole"]), people=landing.people),
        "share": 100 * float(first["amount"]) / float(first["whole"]),
        "population_share": 100 * float(first["population"]) / float(deciles["population"].sum()),
        "said": "part year, not tested" if part else verdict(edition, index),
        "marker": "[z]",
    }


def _of_rates(base: pd.DataFrame, *, people: bool) -> gradient.ConcentrationIndex:
    population, amount = base["population"].to_numpy("float64"), base["amount"].to_numpy("float64")
    rates = pd.DataFrame({"residents": population, "rate": amount / population})
    if not people:
        return gradient.concentration_index(rates, "residents", "rate")
    lower, upper = intervals.byar(amount)
    return gradient.concentration_index(
        rates.assign(se=(upper - lower) / 3.92 / population), "residents", "rate", "se"
    )


EVEN: Final = "practically even"
# An index nearer to nought than this is written as nought.
LEAST: Final = 0.0005


def verdict(edition: Edition, index: gradient.ConcentrationIndex) -> str:
    """Say what can be said of an index: money has no test, a count only where its limits exclude nought.

    One whose straight line would end at as good as the same rates is practically even, however sure it is.
    """
    if np.isnan(index.lower):
        return "no test possible"
    if smallest_gap(edition).is_even(ratio=_ends(index.index)):
        return EVEN
    if index.lower <= 0 <= index.upper:
        return "could be chance"
    return "more with the more deprived" if index.index < 0 else "more with the less deprived"


def _ends(index: float) -> float:
    """Return the rate at the most deprived end, times that at the least, of the straight line with an index.

    A line of rates m(1 + s(rank - 1/2)) has the index s/6, so its ends are m(1 - 3 x index) and m(1 + 3 x index).
    """
    return (1 - 3 * index) / (1 + 3 * index) if abs(index) < 1 / 3 else float("nan")


def _points(edition: Edition, view: View, landing: Landing, year: str, *, fine: bool) -> pd.DataFrame:
    """Return the points of the curve in percent: the end of each decile, for small areas also every 5% of residents."""
    base = ranked(edition, view, landing, year, fine=fine)
    drawn = 100 * gradient.concentration_curve(base, "population", "amount")
    people = base.groupby(base["decile"].astype("int64"))["population"].sum().cumsum()
    ends = {f"To the end of decile {d}": 100 * n / people.iloc[-1] for d, n in people.items()}
    steps = {f"Most deprived {n}%": float(n) for n in range(STEP, 100, STEP)} if fine else {}
    marks = pd.Series({"Nobody yet": 0.0} | steps | ends).sort_values(kind="stable")
    share = np.interp(marks, drawn["population_share"], drawn["amount_share"])
    return pd.DataFrame(
        {
            "point": marks.index,
            "population_share": marks.to_numpy(),
            "share": share,
            "gap": share - marks.to_numpy(),
        }
    )


def _drawn(frame: pd.DataFrame, written: pd.DataFrame, noun: str) -> pd.DataFrame:
    first = frame["point"].str.startswith("To the end of decile").idxmax()
    row = records(frame.loc[[first]])[0]
    words = f"{wording.percent(row['share'], 0)} of {noun}, {wording.percent(row['population_share'], 0)} of residents"
    label = pd.Series("", index=frame.index).mask(frame.index == first, words)
    return written[["point", "population_share", "share"]].assign(label=label)


def signed(index: float, decimals: int = 3) -> str:
    """Write an index with its sign; of people as finely as a share of them, so with two decimals where they are few."""
    return wording.signed(index, decimals)


def _decimals(whole: float, *, people: bool) -> int:
    """Return the decimals of an index, which is a part of 1 as a percentage is of 100: those and two more."""
    return 2 if people and whole < disclosure.FINE_BASE else 3


def _indices_written(frame: pd.DataFrame, landing: Landing) -> pd.DataFrame:
    """Return the series of years as it may be written."""
    out = land.written(frame, landing, counts=["amount", "whole"], shares=["share"])
    if not landing.people:
        return out
    return out.assign(
        **{
            name: (disclosure.percents(100 * frame[name], frame["whole"]) / 100).round(3)
            for name in ("index", "lower", "upper")
        }
    )


def _headline(row: dict[str, Any], noun: str) -> str:
    if row["said"] == EVEN:
        return f"{wording.sentence(noun)} is practically even over deprivation"
    if row["said"] == "could be chance" or abs(row["index"]) < LEAST:
        beyond = "" if pd.isna(row["lower"]) else " beyond chance"
        return f"{wording.sentence(noun)} leans neither way{beyond}"
    side = "more" if row["index"] < 0 else "less"
    return f"{wording.sentence(noun)} leans towards the {side} deprived"


def _index_in_words(row: dict[str, Any], landing: Landing) -> str:
    return (
        f"{land.percent(row['share'], landing, row['whole'])} of {landing.noun} is in England's most deprived tenth of areas, where "
        f"{wording.percent(row['population_share'])} of {landing.residents} live."
    )


def _real(row: dict[str, Any]) -> str:
    by = f"Concentration index {signed(row['index'], row['decimals'])} by {row['basis']}"
    if pd.isna(row["lower"]):
        return f"{by}."
    limits = " to ".join(signed(row[name], row["decimals"]) for name in ("lower", "upper"))
    return f"{by}, 95% limits {limits}: {row['said']}."


def _series(series: pd.DataFrame, year: str) -> str:
    others = series[series["year"] != year]
    told = [
        f"{r['year']} {signed(r['index'], r['decimals'])}" for r in records(others[others["index"].notna()])
    ]
    lost = int(others["index"].isna().sum())
    text = (
        f"Other complete years: {wording.listing(told, 8)}."
        if told
        else "No other complete year to set beside it."
    )
    return f"{text} {wording.sentence(wording.count(lost, 'other year'))} without an index." if lost else text


def by_year(edition: Edition, view: View, choice: MapChoice) -> Finding:
    """Return the concentration index of reach or spend by year, each with the share in decile 1 beside its residents."""
    landing = land.of(edition, view, choice)
    return _by_year(edition, view, landing)


@kept
def _by_year(edition: Edition, view: View, landing: Landing) -> Finding:
    year = area_cells.year_of_view(Framework.of(edition), view)
    common: dict[str, Any] = {
        "name": "concentration-years",
        "row_key": ("year",),
        "subtitle": f"{landing.measure}: concentration index by year, {landing.where}, one vintage of deprivation",
        "columns": YEARS | {"amount": landing.amount, "share": f"Share of {landing.noun} in decile 1 (%)"},
        "decimals": dict.fromkeys(("index", "lower", "upper"), 3)
        | {"amount": landing.decimals, "share": 1, "population_share": 1},
        **land.head(edition, view, landing, CURVE_METHOD),
    }
    frame = indices(edition, view, landing)
    known = frame[frame["index"].notna()]
    if known.empty:
        return Finding(
            headline=f"How {landing.noun} leans by year: not known",
            frame=_indices_written(frame, landing),
            empty=land.nothing(edition, view, landing, year) or _no_series(landing),
            **common,
        )
    whole = known[known["said"] != "part year, not tested"]
    compared = whole if len(whole) else known
    first, last = records(compared.iloc[[0, -1]])
    written = _indices_written(frame, landing)
    change = _change(edition, first, last)
    return Finding(
        headline=_way(first, last, change, landing)
        if len(compared) > 1
        else f"{_headline(last, landing.noun)}, {last['year']}",
        frame=written,
        sentence=_moved(first, last, change, landing)
        if len(compared) > 1
        else "One year: too early to say how it changes.",
        alt=" ".join(
            f"{r['year']}: {signed(r['index'], r['decimals'])}, {r['said']}." for r in records(known)
        ),
        legend="Dot and bar: index with 95% limits; money has none. Grey line: equal shares; left of it, more with the more deprived.",
        chart=_indices_chart(known, written, year),
        **common,
    )


def _indices_chart(known: pd.DataFrame, written: pd.DataFrame, year: str) -> pd.DataFrame:
    """Return the years with an index as they are drawn; ``year``, the one looked at, stands out."""
    drawn = written.loc[known.index]
    return pd.DataFrame(
        {
            "label": known["year"],
            "value": drawn["index"],
            "lower": drawn["lower"],
            "upper": drawn["upper"],
            "told": [signed(r["index"], r["decimals"]) for r in records(known)],
            "stands_out": known["year"] == year,
            "said": known["said"],
        }
    )


def _no_series(landing: Landing) -> str:
    return f"Every year has a decile too small to show for {landing.name}."


def _limits(first: dict[str, Any], last: dict[str, Any]) -> tuple[float, float]:
    """Return the 95% limits of the change of an index; NaN of money, which has none.

    Newcombe's way with any two independent figures: the distances to their limits, squared and added.
    """
    change = last["index"] - first["index"]
    lower = change - np.hypot(last["index"] - last["lower"], first["upper"] - first["index"])
    upper = change + np.hypot(last["upper"] - last["index"], first["index"] - first["lower"])
    return float(lower), float(upper)


TOO_SMALL: Final = "too small a change to matter"


def _change(edition: Edition, first: dict[str, Any], last: dict[str, Any]) -> str:
    """Say what can be said of the change of an index between two years: money has no test."""
    lower, upper = _limits(first, last)
    if first["said"] == last["said"] == EVEN:
        return f"{EVEN} in both"
    if lower <= 0 <= upper:
        return "that could be chance"
    if smallest_gap(edition).is_even(ratio=_ends(last["index"]) / _ends(first["index"])):
        return TOO_SMALL
    return "" if pd.isna(lower) else "more than chance"


def _way(first: dict[str, Any], last: dict[str, Any], said: str, landing: Landing) -> str:
    """Say which way the lean over deprivation moved between two years, or that nothing can be told or matters."""
    noun, years = wording.sentence(landing.noun), f"from {first['year']} to {last['year']}"
    if said == f"{EVEN} in both":
        return f"{noun} is practically even over deprivation, {first['year']} and {last['year']}"
    if said == "that could be chance":
        return f"{noun}: no change of its lean beyond chance {years}"
    change = last["index"] - first["index"]
    if said == TOO_SMALL or abs(change) < LEAST:
        return f"{noun} leans about as much over deprivation in {last['year']} as in {first['year']}"
    return f"{noun} moved towards the {'more' if change < 0 else 'less'} deprived {years}"


def _moved(first: dict[str, Any], last: dict[str, Any], said: str, landing: Landing) -> str:
    change = last["index"] - first["index"]
    decimals = min(last["decimals"], first["decimals"])
    words = (
        f"The concentration index moved by {signed(change, decimals)} from {first['year']} to {last['year']}, to "
        f"{signed(last['index'], last['decimals'])}"
    )
    shares = (
        f"; in decile 1, {land.percent(first['share'], landing, first['whole'])} became {land.percent(last['share'], landing, last['whole'])}, beside "
        f"{wording.percent(last['population_share'])} of residents."
    )
    if pd.isna(last["lower"]):
        small = f" {wording.sentence(said)}." if said else ""
        return f"{words}{shares}{small}"
    lower, upper = _limits(first, last)
    return f"{words}{shares} 95% limits of the change: {signed(lower, decimals)} to {signed(upper, decimals)}; {said}."


SPECS: Final = (
    of_map("concentration", "Concentration curve over deprivation", curve),
    of_map("concentration-years", "Concentration index by year", by_year),
)
