"""The way over time of each equality gap: is it getting better or worse, by the ladder of all trends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import disclosure, wording
from svdash.editions import Edition
from svdash.findings.equality import resident_shares
from svdash.findings.equality.comparison_groups import (
    COUNTS,
    QUESTION,
    Chosen,
    groups,
    of_groups,
    reference_of,
)
from svdash.findings.equality.group_wording import name_of
from svdash.findings.finding import Finding, kept_by, office, records
from svdash.findings.indicators import gated_observations
from svdash.findings.indicators.indicator_series import HEADCOUNTS, PERIOD_NAMES, keys_of, nature
from svdash.measures import intervals
from svdash.measures.gap_trend import GapChange, GapVerdict, gap_over_time
from svdash.measures.many_tests import FALSE_SHARE, benjamini_hochberg
from svdash.register import ALL, NOT_STATED, OBSERVATIONS, Framework, View

# Concepts of indicators that are gaps themselves; the first two tell of women and men and stand under everybody.
PAY_OF_SEX: Final = ("mean-gender-pay-gap", "median-gender-pay-gap")
PAY_GAPS: Final = (*PAY_OF_SEX, "pay-gap-by-group")
# The first six are seen at once.
COLUMNS: Final = {
    "title": "Gap",
    "group_label": "Group",
    "beside": "Beside",
    "then": "Gap then (points)",
    "now": "Gap now (points)",
    "verdict_label": "What can be said",
    "then_period": "First",
    "now_period": "Latest",
    "change": "Change (points)",
    "lower": "95% from",
    "upper": "95% to",
    "status": "Status",
}
KEYS: Final = ("indicator", "organisation", "group")
DECIMALS: Final = dict.fromkeys(("then", "now", "change", "lower", "upper"), 1)
SAID: Final[dict[GapVerdict, str]] = {
    "narrower": "narrower, beyond chance",
    "narrowing": "narrowing, beyond chance",
    "wider": "wider, beyond chance",
    "widening": "widening, beyond chance",
    "practically-even": "practically even",
    "could-be-chance": "could be chance",
    "narrower-untested": "narrower; a full count, not tested",
    "wider-untested": "wider; a full count, not tested",
    "practically-even-untested": "practically even; a full count, not tested",
    "the-same": "the same size; a full count, not tested",
    "too-early": "too early: one year",
    "no-data": "no figure",
}
# Staff are set beside residents of working age; beside others the gap is shown, and never counted or headlined.
NOT_FAIR: Final = "not a fair comparison: residents of all ages"
_BETTER: Final = frozenset({"narrower", "narrowing"})
_WORSE: Final = frozenset({"wider", "widening"})
_UNTESTED: Final = frozenset(
    {"narrower-untested", "wider-untested", "practically-even-untested", "the-same", "too-early", "no-data"}
)
# What is worked with: counts that passed the gate, as they are.
_COUNTS: Final = ("exact_numerator", "exact_denominator")
METHOD: Final = (
    "A gap is a group's figure less that of the residents or of the comparison group, in points; a pay gap is one itself. "
    "It is narrower where its size is less. Two to four points: the latest against the first, by the square-and-add interval "
    "(Zou and Donner); of staff against turnover, where that is published. Five to eleven: the recent trend of the last "
    "five. Twelve or more: an XmR chart of the gap, which holds the latest against the average. A change under the smallest that matters is practically even. Pay gaps are full "
    "counts, which no sampling test applies to. Of many tests those count that hold when all are taken together (Benjamini and Hochberg, 5%), and of two groups that make one whole one counts, since the other says the same; the others are beyond chance taken alone. Staff beside residents of all ages are not a fair comparison: shown, not counted. Residents stand still: their share is of one census or estimate."
)


@kept_by("year")
def over_time(edition: Edition, view: View, chosen: Chosen) -> Finding:
    """Return each gap of a characteristic, then and now, and whether it is getting narrower or wider."""
    framework = Framework.of(edition)
    found = [row for code in framework.indicators.index for row in _gaps(edition, view, chosen, str(code))]
    frame = _judged(pd.DataFrame(found, columns=[*COLUMNS, *KEYS, "verdict", "p", "fair", "marker", "least"]))
    name = name_of(edition, chosen.characteristic)
    return Finding(
        name="equality-over-time",
        row_key=("title", "group_label"),
        params=chosen.params(),
        headline=_headline(frame, name),
        subtitle=f"Gaps by {name}, {_organisations(framework, frame)}, up to {view.year if view.year != ALL else wording.day(framework.calendar.until)}",
        # A finer gap would tell the counts behind it.
        frame=frame.assign(
            **{name: disclosure.percents(frame[name].astype("float64"), frame["least"]) for name in DECIMALS}
        ).drop(columns=["p", "least"]),
        columns=COLUMNS,
        decimals=DECIMALS,
        formats=wording.of_people(DECIMALS),
        sentence=_sentence(frame),
        alt=" ".join(
            f"{row['title']}, {row['group_label']}: {row['verdict_label']}." for row in records(frame)
        ),
        method=f"{METHOD} {COUNTS}",
        caveats=(QUESTION,),
        view=view,
        empty="" if found else f"No gap by {name} has figures of two years or more in this data pack.",
        **office(edition, (*OBSERVATIONS, "benchmarks")),
    )


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``holds``, whether a change beyond chance holds among all that are tested, and what can be said in words.

    Only fair comparisons are tested together. Charts are read by rules, which have no p-value, and are left as they are.
    """
    fair = frame["fair"].astype(bool)
    p, again = frame["p"].astype("float64").where(fair), _again(frame)
    found = pd.Series(benjamini_hochberg(p.mask(again)), frame.index)
    # What one of two groups says holds of the other as well.
    found |= again & found.groupby(frame["indicator"]).transform("any")
    moved = frame["verdict"].isin(_BETTER | _WORSE)
    holds = moved & fair & (found | p.isna())
    alone = moved & fair & ~holds
    said = [
        f"{SAID[verdict]}{' taken alone' if apart else ''}{'' if equal else f'; {NOT_FAIR}'}"
        for verdict, apart, equal in zip(frame["verdict"], alone, fair, strict=True)
    ]
    return frame.assign(
        holds=holds, alone=alone, again=again, verdict_label=pd.Series(said, frame.index, dtype="str")
    )


def _again(frame: pd.DataFrame) -> pd.Series:
    """Tell which gaps are another one's with the other sign, as those of two groups that make one whole are: one test."""
    found = pd.Series(data=False, index=frame.index)
    for _, rows in frame.groupby("indicator", sort=False):
        gaps = rows[["then", "now"]].astype("float64")
        if len(rows) == resident_shares.PAIR and np.allclose(gaps.sum(), 0, atol=1e-9):
            found[rows.index[-1]] = True
    return found


def _organisations(framework: Framework, frame: pd.DataFrame) -> str:
    """Name whose gaps they are: staff and pay may be those of different organisations."""
    codes = list(dict.fromkeys(frame["organisation"])) or [framework.authority.organisation]
    return wording.every(framework.vocabulary.label("organisation", code) for code in codes)


def _gaps(edition: Edition, view: View, chosen: Chosen, code: str) -> list[dict[str, Any]]:
    """Return the rows of one indicator: a row a group of which there are figures of two periods or more."""
    about = Framework.of(edition).indicator(code)
    series = _series(edition, view, chosen.characteristic, code)
    if about["concept"] in PAY_GAPS:
        told = {
            group: _Gaps(rows.assign(gap=rows["exact_value"]), "none: it is a gap")
            for group, rows in series.items()
        }
    elif about["concept"] in HEADCOUNTS:
        told = _beside_residents(edition, chosen.characteristic, series)
    else:
        told = _beside_reference(edition, chosen, series)
    labels = groups(edition, chosen.characteristic) | {ALL: "Women beside men"}
    rows = []
    for group, gaps in told.items():
        change = gap_over_time(
            gaps.rows,
            limits=_by_turnover(edition, code, gaps.rows),
            period_name=PERIOD_NAMES[str(about["cadence"])],
            nature=nature(edition, code, str(gaps.rows["organisation"].iloc[0])),
        )
        if change.points > 1:
            rows.append(
                {**_row(about, change, gaps), "group": group, "group_label": labels.get(group, group)}
            )
    return rows


@dataclass(frozen=True, eq=False)
class _Gaps:
    """Observations of a group with its ``gap`` in each period, what it is beside, and whether that is fair."""

    rows: pd.DataFrame
    beside: str
    fair: bool = True


def _row(about: dict[str, Any], change: GapChange, gaps: _Gaps) -> dict[str, Any]:
    told = {name: getattr(change, name) for name in COLUMNS if hasattr(change, name)}
    if change.averaged:
        told["then_period"] = f"average of {change.points}"
    return {
        **told,
        "indicator": about["id"],
        "organisation": str(gaps.rows["organisation"].iloc[0]),
        "title": str(about["short"]),
        "beside": gaps.beside,
        "verdict": change.verdict,
        "p": change.p,
        "least": _least(gaps.rows),
        "fair": gaps.fair,
        "status": str(gaps.rows["status"].iloc[-1]),
        "marker": "[z]",
    }


def _least(rows: pd.DataFrame) -> float:
    """Return the fewest people that a share of a series, or what it is set beside, is of; so many as allow decimals where none is."""
    bases = rows[[name for name in rows if str(name).startswith("exact_denominator")]]
    known = bases.astype("float64").to_numpy()
    return float(np.nanmin(known)) if np.isfinite(known).any() else float(disclosure.FINE_BASE)


def _series(edition: Edition, view: View, characteristic: str, code: str) -> dict[str, pd.DataFrame]:
    """Return group → its gated observations of complete periods, of the organisation that leads the indicator."""
    framework = Framework.of(edition)
    about = framework.indicator(code)
    wanted = ALL if about["concept"] in PAY_OF_SEX and characteristic == "sex" else characteristic
    keys = [key for key in keys_of(edition, view, code) if key[1] == wanted and key[2] != NOT_STATED]
    found = {}
    for organisation, name, group in keys:
        rows = gated_observations.series(edition)[code, organisation, name, group]
        rows = gated_observations.of_one_base(rows[(view.year == ALL) | (rows["year"] <= view.year)])
        whole = rows[~rows["part"] & rows["value"].notna()]
        if organisation == keys[0][0] and len(whole):
            found[group] = whole
    return found


def _beside_residents(
    edition: Edition, characteristic: str, series: dict[str, pd.DataFrame]
) -> dict[str, _Gaps]:
    """Set shares of staff beside those of residents, where the pack has them, and say whether these are of working age."""
    those = resident_shares.of_staff(edition, characteristic, set(series))
    found = {}
    for group, rows in series.items():
        if group in those.shares:
            share = those.shares[group]
            moved = {column: rows[f"exact_{column}"] - share for column in ("lower", "upper")}
            found[group] = _Gaps(
                rows.assign(gap=rows["exact_value"] - share, **moved), f"residents: {those.scope}", those.fair
            )
    return found


def _beside_reference(edition: Edition, chosen: Chosen, series: dict[str, pd.DataFrame]) -> dict[str, _Gaps]:
    """Set the rate within each group beside that of the comparison group; shares of one whole have no such gap."""
    reference = reference_of(edition, chosen, list(series))
    if reference not in series:
        return {}
    other = series[reference].set_index("period")[list(_COUNTS)].add_suffix("_beside")
    label = groups(edition, chosen.characteristic).get(reference, reference)
    found = {}
    for group, rows in series.items():
        both = rows.set_index("period").join(other, how="inner")
        counts = [
            both[column].to_numpy(dtype="float64", na_value=np.nan)
            for column in (*_COUNTS, *(f"{name}_beside" for name in _COUNTS))
        ]
        apart = bool(len(both)) and not np.allclose(counts[1], counts[3], equal_nan=True)
        if group != reference and apart:
            found_gap = intervals.difference(counts[0], counts[1], counts[2], counts[3])
            gap, lower, upper = (100 * each for each in found_gap)
            found[group] = _Gaps(both.assign(gap=gap, lower=lower, upper=upper).reset_index(), label)
    return found


def _by_turnover(edition: Edition, code: str, gaps: pd.DataFrame) -> tuple[float, float] | None:
    """Return the limits of the change of a share of staff against turnover; None where none is published."""
    about = nature(edition, code, str(gaps["organisation"].iloc[0]))
    if not about.headcount or about.turnover is None or len(gaps) <= 1:
        return None
    then, now = records(gaps)[0], records(gaps)[-1]
    x1, n1, x0, n0 = (float(row[name]) for row in (now, then) for name in _COUNTS)
    years = int(str(now["year"])[:4]) - int(str(then["year"])[:4])
    _, lower, upper = intervals.turnover_difference(x1, n1, x0, n0, about.turnover, years)
    return 100 * lower, 100 * upper


def _headline(frame: pd.DataFrame, name: str) -> str:
    """Say of how many gaps one can say that they are narrower or wider, all tests taken together."""
    tested = frame[~frame["verdict"].isin(_UNTESTED) & frame["fair"].astype(bool) & ~frame["again"]]
    if tested.empty:
        return f"Gaps by {name} over time: none that can be tested"
    better, worse = (int((tested["verdict"].isin(way) & tested["holds"]).sum()) for way in (_BETTER, _WORSE))
    alone = int(tested["alone"].sum())
    return (
        f"Of {wording.count(len(tested), 'gap')} by {name} {better or 'none'} narrowed beyond chance, {worse or 'none'} widened"
        + (f"; {alone} did only if tested alone" if alone else "")
    )


def _sentence(frame: pd.DataFrame) -> str:
    """Name the gaps that moved, those that hold first, and say what many tests would show by chance."""
    fair = frame["fair"].astype(bool)
    moved = frame[frame["verdict"].isin(_BETTER | _WORSE) & fair]
    order = moved.assign(far=-moved["change"].abs(), apart=~moved["holds"].astype(bool))
    moved = order.sort_values(["apart", "far"], kind="stable")
    parts = [
        f"{row['title']}, {row['group_label']}: {wording.points(row['then'])} ({row['then_period']}), "
        f"{wording.points(row['now'])} ({row['now_period']}), {row['verdict_label']}"
        for row in records(moved.head(3))
    ]
    told = f"{'; '.join(parts)}." if parts else ""
    if len(frame) and not parts:
        told = "No gap that is counted changed beyond chance."
    tested = frame["p"].astype("float64").where(fair).notna() & ~frame["again"]
    made, beyond = int(tested.sum()), tested & frame["verdict"].isin(_BETTER | _WORSE)
    out, hold = int(beyond.sum()), int((beyond & frame["holds"]).sum())
    return f"{told} {wording.many_tests(made, made * FALSE_SHARE, out, hold)}".strip()


SPECS: Final = (
    of_groups("equality-over-time", "Equality gaps over time: getting narrower or wider", over_time),
)
