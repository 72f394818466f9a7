"""Checks of an indicator against the data pack: the vintage of its areas, and whether it is there already under another name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final

import numpy as np
import pandas as pd

from svdash import wording
from svdash.findings.finding import records
from svdash.findings.indicators import gated_observations
from svdash.register import Framework
from svdash.register.vocabulary import districts
from svdash.workbench.examined_indicator import FAIL, PASS, WARN, ExaminedIndicator, IndicatorCheck
from svdash.workbench.known_places import Places, census
from svdash.workbench.prototype import VALUE

# Words of two titles or definitions that are the same, as a share of the words of both (Jaccard), or their letters in order.
ALIKE: Final = 0.6
SPELLED_ALIKE: Final = 0.85
# Two series that move together this closely, over so many years, measure the same thing or nearly.
TOGETHER: Final = 0.95
LEAST_YEARS: Final = 5
# As figures are published, with one decimal.
_ROUNDED: Final = 0.051
_ALL: Final = "all"
# Words that say nothing about what is counted.
_EMPTY: Final = frozenset(["a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "had", "has", "have", "in", "is", "it", "its", "of", "on", "or", "out", "that", "the", "their", "them", "they", "this", "to", "was", "were", "which", "who", "with"])  # fmt: skip


def vintage(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether its areas are those of one Census, and known to the data pack."""
    code, title = "vintage", "Vintage of areas"
    if "area" not in case.figures:
        return IndicatorCheck(code, title, PASS, "It has no column of areas.")
    areas = sorted({str(each) for each in case.figures["area"].dropna()})
    places, names = Places.of(case.edition), districts(case.edition)
    many = wording.counted(len(areas), "area")
    if areas and all(places.code(each) in names for each in areas):
        return IndicatorCheck(
            code, title, PASS, f"Its {many} are districts, which are the same in every vintage."
        )
    of = {name: [each for each in areas if census(each, places) == name] for name in ("2011", "2021")}
    if all(of.values()):
        told = wording.every(
            f"{wording.number(len(codes))} of the Census of {name} only" for name, codes in of.items()
        )
        return IndicatorCheck(
            code, title, FAIL, f"Areas of two vintages are mixed: {told}. A map or decile of one vintage would leave the others out.",
            "Bring the file with areas of one Census.",
        )  # fmt: skip
    strange = [each for each in areas if places.code(each) is None]
    if strange:
        newer = sum(each in of["2021"] for each in strange)
        which = f", {wording.number(newer)} of them of the Census of 2021 only" if newer else ""
        return IndicatorCheck(
            code, title, WARN, f"{wording.number(len(strange))} of {many} {'is' if len(strange) == 1 else 'are'} not in the data pack{which}, such as "
            f"{wording.listing(strange)}. They are not on the map.", "Write the ONS codes or the names of the pack's areas or districts.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"All of {many} are in the data pack, which has {wording.number(len(places.censuses))} areas and {wording.number(len(names))} districts.",
    )  # fmt: skip


def agreement(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether an indicator of the register has its identifier, its words or its figures already."""
    code, title, about = "agreement", "Agreement with existing indicators", case.about
    register = Framework.of(case.edition).indicators
    others = register[register.index != about.id]
    faults = [
        *([f"{about.id} is the register's “{register.loc[about.id, 'title']!s}”, of which this would be a new version."] if about.id in register.index else []),
        *(f"Its words are much the same as those of {other}, “{row['title']!s}”." for other, row in zip(map(str, others.index), records(others), strict=True) if _alike(case, row)),
        *(f"{said} {other}, “{others.loc[other, 'title']!s}”." for other, said in _same_figures(case, others)),
    ]  # fmt: skip
    if faults:
        return IndicatorCheck(
            code, title, WARN, " ".join(faults[:4]), "Use the indicator that is there, or say in the definition what this one adds; give a new one a free identifier.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"None of the register's {wording.counted(len(others), 'indicator')} has its identifier, its words or its figures.",
    )  # fmt: skip


def register(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether the register would take it as it is, and under which success measure: what agreeing asks, asked before."""
    code, title, about = "register", "Fits the register", case.about
    if case.refused:
        return IndicatorCheck(
            code, title, FAIL, " ".join(case.refused), "Correct it: until then the indicator can't be agreed."
        )
    if about.measure is None:
        return IndicatorCheck(
            code, title, WARN, f"Nobody chose a success measure of {about.role}: it would belong to {case.measure}.",
            "Choose the success measure in the form, or write it as measure.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"The register takes it as {about.id}, under the success measure {case.measure}."
    )


def _alike(case: ExaminedIndicator, row: Mapping[str, Any]) -> bool:
    """Return whether a title, or what is counted, says the same as another indicator's."""
    about = case.about
    if SequenceMatcher(None, about.title.lower(), str(row["title"]).lower()).ratio() >= SPELLED_ALIKE:
        return True
    counted = " ".join(str(row[name]) for name in ("numerator", "denominator") if not pd.isna(row.get(name)))
    pairs = ((about.title, str(row["title"])), (about.definition, counted))
    return any(_shared(_words(one), _words(other)) >= ALIKE for one, other in pairs)


def _words(text: str) -> frozenset[str]:
    """Return the words of a text that say something, plurals as singulars."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    return frozenset(each.removesuffix("s") for each in found) - _EMPTY


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words that two texts have in common; of fewer than three words nothing is said."""
    return len(one & other) / len(one | other) if min(len(one), len(other)) >= 3 else 0.0


def _same_figures(case: ExaminedIndicator, others: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Find indicators of the same unit whose series is the same, or moves with it. Only what passed the gate is looked at."""
    mine = case.years.set_index("year")[VALUE]
    if len(mine) < 2:
        return
    for (indicator, _, characteristic, _), rows in gated_observations.series(case.edition).items():
        if characteristic != _ALL or indicator not in others.index:
            continue
        if others.loc[indicator, "unit"] != case.about.unit:
            continue
        theirs = rows[rows["period"] == rows["year"]].drop_duplicates("year", keep="last").set_index("year")
        both = pd.concat([mine, theirs["exact_value"].rename("other")], axis=1, join="inner").dropna()
        said = _together(both[VALUE].to_numpy("float64"), both["other"].to_numpy("float64"))
        if said:
            yield indicator, said


def _together(one: np.ndarray, other: np.ndarray) -> str:
    """Say how two series of the same years agree; nothing where they don't, or the years are too few."""
    years = len(one)
    if years < 3:
        return ""
    if np.all(np.abs(one - other) <= _ROUNDED):
        return f"In all {years} years that they share its figures are those of"
    moves = float(np.std(one)) > 0 and float(np.std(other)) > 0
    if years >= LEAST_YEARS and moves and abs(float(np.corrcoef(one, other)[0, 1])) >= TOGETHER:
        correlation = float(np.corrcoef(one, other)[0, 1])
        return f"Over {years} years it moves with (correlation {wording.number(correlation, 2)})"
    return ""
