"""Checks of an indicator's figures: years, completeness, outliers, breaks, ratios, noughts, small numbers, what change could be seen."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.disclosure.rules import USUAL, rules_of
from svdash.measures.detectable_change import POWER, minimum_detectable_change
from svdash.measures.xmr import SCREEN_FACTOR
from svdash.workbench.counted_people import no_count
from svdash.workbench.examined_indicator import (
    FAIL,
    PASS,
    WARN,
    ExaminedIndicator,
    IndicatorCheck,
    Verdict,
    is_period,
    keys_of_figures,
    named,
    of_figures,
)
from svdash.workbench.prototype import DENOMINATOR, NUMERATOR, VALUE
from svdash.years import first_of, year_named

# More than this share of figures missing or suppressed, and what is left misleads.
MOST_MISSING: Final = 0.2
# Modified z-score beyond which a figure is an outlier (Iglewicz and Hoaglin 1993), and the fewest figures it is asked of.
OUTLYING: Final = 3.5
LEAST_FIGURES: Final = 8
# A denominator that grows or shrinks by more than this from one year to the next is seldom the same thing.
LARGEST_STEP: Final = 2.0
_LEAST_STEPS: Final = 5
# A change that only shows beyond so many points will hardly ever be seen.
WIDEST_CHANGE: Final = 10.0


def years(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether years are financial years, which can be put in order and beside those of other indicators."""
    code, title, figures = "years", "Years", case.figures
    if "year" not in figures:
        return IndicatorCheck(
            code, title, WARN, "It has no column of years: there is one figure, and no trend.", "Name the column of the year as year.",
        )  # fmt: skip
    every = [str(each) for each in figures["year"].dropna().unique()]
    other = [each for each in every if not is_period(each)]
    if other:
        return IndicatorCheck(
            code, title, FAIL, f"{wording.number(len(other))} of {wording.counted(len(every), 'year')} is not a financial year: {wording.listing(other)}. "
            "The trend can't place it.", "Write 2023/24, or a day, in the column of the year.",
        )  # fmt: skip
    if not every:
        return IndicatorCheck(
            code, title, FAIL, "No row has a year.", "Choose the column with the years as year."
        )
    least = min(every)
    return IndicatorCheck(
        code, title, PASS, f"{wording.counted(len(every), 'financial year')}, from {least} to {max(every)}."
    )


def completeness(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether there is a figure for every area, year and group."""
    code, title, figures = "completeness", "Completeness", case.figures
    keys = keys_of_figures(figures)
    there = figures[figures[VALUE].notna()]
    if there.empty:
        return IndicatorCheck(
            code, title, FAIL, f"None of {wording.counted(len(figures), 'figure')} has a value.",
            "Check the conditions and the columns of the formulas.",
        )  # fmt: skip
    known = there.dropna(subset=keys)
    kinds = {key: int(figures[key].nunique()) for key in keys}
    expected = [many for key, many in kinds.items() if key != "group" or not _follow(figures)]
    whole = int(np.prod(expected)) if keys else 1
    missing = whole - len(known)
    nowhere = len(figures) - len(figures.dropna(subset=keys))
    gaps = _missing_years(figures)
    by = wording.every(wording.counted(many, key) for key, many in kinds.items()) or "all rows together"
    faults = []
    if missing:
        faults.append(f"{of_figures(missing, whole)} for {by} {'is' if missing == 1 else 'are'} missing.")
    if nowhere:
        faults.append(
            f"{wording.counted(nowhere, 'figure')} {'is' if nowhere == 1 else 'are'} of rows without {wording.every(keys, 'or')}."
        )
    if gaps:
        faults.append(
            f"Between the first and the last year {wording.counted(len(gaps), 'year')} {'has' if len(gaps) == 1 else 'have'} no figure: {wording.listing(gaps)}."
        )
    if faults:
        verdict: Verdict = FAIL if missing > MOST_MISSING * whole else WARN
        return IndicatorCheck(
            code,
            title,
            verdict,
            " ".join(faults),
            "Add the missing rows, or say in caveats what is not counted and why.",
        )
    return IndicatorCheck(code, title, PASS, f"{of_figures(len(known), whole)} for {by}.")


def _follow(figures: pd.DataFrame) -> bool:
    """Tell whether groups follow from areas, such as the district of a small area: then no area has more than one."""
    if not {"area", "group"} <= set(figures):
        return False
    return bool(figures.dropna(subset=["area", "group"]).groupby("area")["group"].nunique().le(1).all())


def _missing_years(figures: pd.DataFrame) -> list[str]:
    if "year" not in figures:
        return []
    first = {first_of(str(each)) for each in figures["year"].dropna().unique() if is_period(each)}
    return [year_named(each) for each in range(min(first), max(first)) if each not in first] if first else []


def outliers(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether single figures lie far from all others of their year, or of all years where a year has few."""
    code, title = "outliers", "Outliers"
    figures = case.figures[case.figures[VALUE].notna()]
    asked = figures[figures.groupby("year")[VALUE].transform("size") >= LEAST_FIGURES] if "year" in figures else figures.iloc[:0]  # fmt: skip
    parts = [part for _, part in asked.groupby("year")] if len(asked) else [figures]
    whole = sum(map(len, parts))
    if whole < LEAST_FIGURES:
        return IndicatorCheck(
            code, title, PASS, f"{wording.counted(whole, 'figure')}: too few to recognise an outlier, which takes {LEAST_FIGURES}.",
        )  # fmt: skip
    far = pd.concat([part[_far(part[VALUE].to_numpy("float64"))] for part in parts])
    if far.empty:
        return IndicatorCheck(
            code, title, PASS, f"None of {wording.counted(whole, 'figure')} lies more than {wording.trimmed(OUTLYING)} modified standard deviations from the middle.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, WARN, f"{of_figures(len(far), whole)} {'lies' if len(far) == 1 else 'lie'} more than {wording.trimmed(OUTLYING)} modified standard deviations from the "
        f"middle: {named(far)}.", "Look these up in the source: a decimal point, a total among parts, a unit. If they are right, say so in caveats.",
    )  # fmt: skip


def _far(values: np.ndarray) -> np.ndarray:
    """Return which values are outliers by their modified z-score; none where all but a few are the same."""
    away = np.abs(values - np.median(values))
    spread = 1.4826 * float(np.median(away)) or 1.253314 * float(away.mean())
    return away > OUTLYING * spread if spread else np.zeros(len(values), dtype=bool)


def series_breaks(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether the series looks as if something else was counted from some year on."""
    code, title, rows = "series-breaks", "Series breaks", case.years
    if len(rows) < 2:
        return IndicatorCheck(
            code, title, PASS, f"{wording.counted(len(rows), 'financial year')}: there is no series yet that could break.",
        )  # fmt: skip
    faults = [*_steps_of_denominator(rows), *_step_of_value(rows), *_other_areas(case.figures)]
    if faults:
        return IndicatorCheck(
            code, title, WARN, " ".join(faults), "Find out whether the same is counted on both sides. If not, begin at the later year, or say so in caveats.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"No break in {wording.counted(len(rows), 'year')}: no denominator doubles or halves, and no step stands out.",
    )  # fmt: skip


def _neighbours(rows: pd.DataFrame) -> Iterator[tuple[dict[Hashable, Any], dict[Hashable, Any]]]:
    for one, other in pairwise(rows.to_dict("records")):
        if first_of(str(other["year"])) - first_of(str(one["year"])) == 1:
            yield one, other


def _steps_of_denominator(rows: pd.DataFrame) -> Iterator[str]:
    if DENOMINATOR not in rows:
        return
    for one, other in _neighbours(rows):
        before, after = float(one[DENOMINATOR]), float(other[DENOMINATOR])
        if before > 0 and after > 0 and max(after / before, before / after) > LARGEST_STEP:
            moved = "rose" if after > before else "fell"
            yield f"From {one['year']} to {other['year']} the denominator {moved} {wording.times(max(after / before, before / after))}."


def _step_of_value(rows: pd.DataFrame) -> Iterator[str]:
    steps = [
        (abs(float(b[VALUE]) - float(a[VALUE])), str(a["year"]), str(b["year"])) for a, b in _neighbours(rows)
    ]
    if len(steps) < _LEAST_STEPS:
        return
    usual = float(np.mean([each[0] for each in steps]))
    for size, before, after in steps:
        if size > SCREEN_FACTOR * usual:
            yield f"The step from {before} to {after} is {wording.number(size / usual, 1)} times the mean step (more than {SCREEN_FACTOR} stands out)."


def _other_areas(figures: pd.DataFrame) -> Iterator[str]:
    if not {"area", "year"} <= set(figures):
        return
    areas = {str(year): set(part["area"].dropna()) for year, part in figures.groupby("year")}
    for (one, before), (other, after) in pairwise(sorted(areas.items())):
        new = len(after - before)
        if before and new > MOST_MISSING * len(after):
            yield f"{wording.number(new)} of the {wording.counted(len(after), 'area')} of {other} are not among those of {one}."


def ratios(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether percentages lie from 0 to 100."""
    code, title = "ratios", "Ratios above 100%"
    if case.about.unit != "percent":
        return IndicatorCheck(code, title, PASS, f"It is not a percentage but {case.about.unit}.")
    figures = case.figures[case.figures[VALUE].notna()]
    above, below = figures[figures[VALUE] > 100], figures[figures[VALUE] < 0]
    if len(above):
        return IndicatorCheck(
            code, title, FAIL, f"{of_figures(len(above), len(figures))} {'is' if len(above) == 1 else 'are'} above 100%: {named(above)}. The numerator counts what the "
            "denominator leaves out.", "Let both formulas have the same condition, or choose another unit if it is not a share.",
        )  # fmt: skip
    if len(below):
        return IndicatorCheck(
            code, title, WARN, f"{of_figures(len(below), len(figures))} {'is' if len(below) == 1 else 'are'} below 0%: {named(below)}.",
            "Look for credit notes and corrections among the rows.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"All of {wording.counted(len(figures), 'figure')} lie from 0 to 100%."
    )


def noughts(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether anything is divided by nought, which gives no value."""
    code, title = "division-by-nought", "Division by zero"
    lost, rows = case.figures[case.nought.figures], case.nought.rows
    parts = []
    if len(lost):
        parts.append(
            f"{of_figures(len(lost), len(case.figures))} {'has' if len(lost) == 1 else 'have'} no value because of a division by zero: {named(lost)}."
        )
    if rows:
        parts.append(
            f"{wording.counted(rows, 'value')} of single rows {'is' if rows == 1 else 'are'} left out of aggregations because of one."
        )
    if not parts:
        return IndicatorCheck(
            code,
            title,
            PASS,
            f"Nothing is divided by zero in {wording.counted(len(case.figures), 'figure')}.",
        )
    verdict: Verdict = FAIL if len(lost) == len(case.figures) else WARN
    return IndicatorCheck(
        code, title, verdict, " ".join(parts), "Give the formula a condition, such as where=denominator > 0, and say in caveats what is left out.",
    )  # fmt: skip


def small_numbers(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether figures rest on so few people that they would be suppressed, or are too unreliable to tell."""
    code, title, about = "small-numbers", "Small numbers and disclosure", case.about
    if not about.counts_people:
        if about.unit in ("people", "responses"):
            return IndicatorCheck(
                code, title, FAIL, f"Its unit is {about.unit} and it says that it counts no people: nothing of it would be suppressed.", "Set counts_people to true.",
            )  # fmt: skip
        if "." in about.table:
            return IndicatorCheck(
                code, title, WARN, f"It says that it counts no people, and {about.table} is a brought file: nothing of it is suppressed, and whoever looks at it has to know that.",
                "Say in caveats what a row of the file is; where it is about a person, set counts_people to true.",
            )  # fmt: skip
        return IndicatorCheck(
            code,
            title,
            PASS,
            f"It says that it counts no people (its unit is {about.unit}): nothing is suppressed.",
        )
    worked = [name for name in (NUMERATOR, DENOMINATOR) if no_count(getattr(about, name) or "count()")]
    if worked:
        return IndicatorCheck(
            code, title, FAIL, f"Its {wording.every(worked)} {'is' if len(worked) == 1 else 'are'} not a plain count of people: small counts could be worked out from it, so nothing of it is shown.",
            "Count people by count(…), distinct(…) or sum(…) of one column, with where=… if need be.",
        )  # fmt: skip
    rules, figures = rules_of(USUAL), case.shown[case.shown[NUMERATOR].notna()]
    whole = len(figures)
    counts = [figures[NUMERATOR]]
    bases = pd.Series(data=False, index=figures.index)
    if case.is_share:
        counts.append(figures[DENOMINATOR])
        bases = figures[DENOMINATOR].gt(0) & figures[DENOMINATOR].lt(rules.least_base)
    few = np.logical_or.reduce(
        [((each > 0) & (each <= rules.small)).fillna(value=False).to_numpy(bool) for each in counts]
    )
    hidden, weak = int(few.sum()), int((bases.fillna(value=False).to_numpy(bool) & ~few).sum())
    if not hidden and not weak:
        return IndicatorCheck(
            code, title, PASS, f"None of {wording.counted(whole, 'figure')} rests on 1 to {rules.small} people, or on a base below {rules.least_base}.",
        )  # fmt: skip
    said = f"{of_figures(hidden, whole)} {'rests' if hidden == 1 else 'rest'} on 1 to {rules.small} people and will be suppressed, with others so that they can't be worked out."
    base = f" {of_figures(weak, whole)} {'has' if weak == 1 else 'have'} a base below {rules.least_base}, too small to be reliable."
    return IndicatorCheck(
        code, title, FAIL if hidden > MOST_MISSING * whole else WARN, (said if hidden else "") + (base if weak else ""),
        "Take larger areas, fewer groups, or three years together.",
    )  # fmt: skip


def detectable_change(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether a change of the size that matters could be distinguished from chance."""
    code, title, about = "detectable-change", "Minimum detectable change", case.about
    first, rows = case.baseline(), case.years
    if not case.is_share or not about.counts_people:
        return IndicatorCheck(
            code, title, PASS, "It is not a share of people: no test of chance applies to it, and its changes are shown as they are.",
        )  # fmt: skip
    if first is None:
        return IndicatorCheck(
            code, title, WARN, "There is no year to begin from, so the smallest change that could be seen is not known.", "Name a baseline year that has a figure.",
        )  # fmt: skip
    before, base, now = (
        float(first[NUMERATOR]),
        float(first[DENOMINATOR]),
        float(rows.iloc[-1][DENOMINATOR]),
    )
    if before != int(before) or base != int(base) or now != int(now) or before > base or before < 0:
        return IndicatorCheck(
            code, title, WARN, f"The counts of {first['year']} are not whole numbers of people out of others, so the smallest change that could be seen is not known.",
            "Let both formulas count people.",
        )  # fmt: skip
    return _detectable(case, first, int(before), int(base), int(now))


def _detectable(
    case: ExaminedIndicator, first: pd.Series, before: int, base: int, now: int
) -> IndicatorCheck:
    """Say what change could be seen, and whether that is less than what is hoped for."""
    code, title, about = "detectable-change", "Minimum detectable change", case.about
    remedy = "Take larger areas or three years together, or judge it over more years."
    found = minimum_detectable_change(before, base, now, -1 if about.polarity == "lower" else 1, power=POWER)
    small = rules_of(USUAL).small
    if found is None:
        return IndicatorCheck(
            code, title, WARN, f"With so few people no change from {first['year']} could be distinguished from chance.", remedy
        )  # fmt: skip
    if 0 < before <= small or 0 < base - before <= small:
        return IndicatorCheck(
            code, title, WARN, f"The figure of {first['year']} rests on 1 to {small} people, so the smallest change that could be seen is not shown.", remedy,
        )  # fmt: skip
    change = abs(100 * found / now - 100 * before / base)
    sees = (
        f"A change from {first['year']} is seen four times in five from {wording.size(change, 'percent')} on"
    )
    hoped = None if about.target is None else abs(about.target.value - 100 * before / base)
    if hoped is not None and hoped < change:
        return IndicatorCheck(
            code,
            title,
            WARN,
            f"{sees}; the target is {wording.size(hoped, 'percent')} away. Reaching it could be chance.",
            remedy,
        )
    if hoped is None and change > WIDEST_CHANGE:
        return IndicatorCheck(
            code,
            title,
            WARN,
            f"{sees}, which is more than {wording.size(WIDEST_CHANGE, 'percent')}: most changes will not be seen.",
            remedy,
        )
    told = f"; the target is {wording.size(hoped, 'percent')} away" if hoped is not None else ""
    return IndicatorCheck(code, title, PASS, f"{sees}{told}.")
