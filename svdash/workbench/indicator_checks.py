"""All checks of an indicator on the workbench, in the order in which they are read: each passes, warns or fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from svdash import wording
from svdash.editions import Edition
from svdash.workbench import checks_against_pack, checks_of_definition, checks_of_figures
from svdash.workbench.definition import Written
from svdash.workbench.examined_indicator import FAIL, PASS, WARN, ExaminedIndicator, IndicatorCheck
from svdash.workbench.indicator_sources import IndicatorSource
from svdash.workbench.prototype import with_noughts

CHECKS: Final[Sequence[Callable[[ExaminedIndicator], IndicatorCheck]]] = (
    checks_of_definition.polarity,
    checks_of_definition.denominator,
    checks_of_definition.criteria,
    checks_of_definition.plain_english,
    checks_of_definition.breakdowns,
    checks_of_definition.personal_data,
    checks_of_figures.years,
    checks_of_figures.completeness,
    checks_against_pack.vintage,
    checks_of_figures.noughts,
    checks_of_figures.ratios,
    checks_of_figures.outliers,
    checks_of_figures.series_breaks,
    checks_of_figures.small_numbers,
    checks_of_figures.detectable_change,
    checks_against_pack.agreement,
)


def checked(edition: Edition, written: Written, rows: IndicatorSource) -> tuple[IndicatorCheck, ...]:
    """Return what every check says of an indicator.

    Args:
        edition: the data beside which it is looked at.
        written: the definition.
        rows: what it is worked out from.

    Raises:
        DefinitionError: as :func:`svdash.workbench.prototype.worked_out`.
    """
    case = examined(edition, written, rows)
    return tuple(check(case) for check in CHECKS)


def examined(edition: Edition, written: Written, rows: IndicatorSource) -> ExaminedIndicator:
    """Return an indicator with its figures, worked out for checks. Arguments and errors as for :func:`checked`."""
    figures, nought = with_noughts(edition, written, rows)
    about = written.definition
    by_year = replace(written, definition=about.model_copy(update={"area": None, "group": None}))
    yearly = figures if by_year.definition == about else with_noughts(edition, by_year, rows)[0]
    return ExaminedIndicator(edition, about, rows.kinds, figures, yearly, nought, rows.personal)


def summary(checks: Sequence[IndicatorCheck]) -> str:
    """Return how many checks pass, warn and fail, as a sentence."""
    many = {verdict: sum(each.verdict == verdict for each in checks) for verdict in (FAIL, WARN, PASS)}
    parts = [
        f"{wording.counted(many[FAIL], 'check')} {'fails' if many[FAIL] == 1 else 'fail'}" if many[FAIL] else "",
        f"{wording.number(many[WARN])} {'warns' if many[WARN] == 1 else 'warn'}" if many[WARN] else "",
        f"{wording.number(many[PASS])} {'passes' if many[PASS] == 1 else 'pass'}" if many[PASS] else "",
    ]  # fmt: skip
    return wording.sentence(wording.every(filter(None, parts))) + "."
