"""All checks of an indicator on the workbench, in the order in which they are read: each passes, warns or fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.register import Framework
from svdash.workbench import checks_against_pack, checks_of_definition, checks_of_figures
from svdash.workbench.agreement_check import in_the_way
from svdash.workbench.definition import DefinitionError, Written
from svdash.workbench.examined_indicator import FAIL, PASS, WARN, ExaminedIndicator, IndicatorCheck
from svdash.workbench.indicator_sources import IndicatorSource, source
from svdash.workbench.prototype import with_noughts
from svdash.workbench.prototype_findings import tried
from svdash.workbench.prototype_rows import success_measure

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
    checks_against_pack.register,
)


def checked(
    edition: Edition, written: Written, files: Mapping[str, str] | None = None, agreed_as: str | None = None
) -> tuple[IndicatorCheck, ...]:
    """Return what every check says of an indicator.

    Args:
        edition: the data beside which it is looked at.
        written: the definition.
        files: brought files, name → SHA-256.
        agreed_as: the identifier under which a version before was agreed, empty for none; by default its own, where the
            edition has what was agreed under it.

    Raises:
        DefinitionError: as :func:`svdash.workbench.prototype.worked_out`.
    """
    case = examined(edition, written, source(edition, written, files))
    before = _agreed_as(edition, written) if agreed_as is None else agreed_as
    case = replace(case, refused=refused(edition, written, files, before), measure=_measure(edition, written))
    return tuple(check(case) for check in CHECKS)


def examined(edition: Edition, written: Written, rows: IndicatorSource) -> ExaminedIndicator:
    """Return an indicator with its figures, worked out for checks that ask nothing of the register.

    Args:
        edition: the data beside which it is looked at.
        written: the definition.
        rows: what it is worked out from.

    Raises:
        DefinitionError: as :func:`svdash.workbench.prototype.worked_out`.
    """
    figures, nought = with_noughts(edition, written, rows)
    about = written.definition

    def without(*keys: str) -> pd.DataFrame:
        fewer = about.model_copy(update=dict.fromkeys(keys))
        if fewer == about:
            return figures
        return with_noughts(edition, replace(written, definition=fewer), rows)[0]

    yearly = without("area", "group")
    both = about.area is not None and about.group is not None
    shown = pd.concat([without("area"), without("group")], ignore_index=True) if both else figures
    return ExaminedIndicator(edition, about, rows.kinds, figures, yearly, shown, nought, rows.personal)


def refused(
    edition: Edition, written: Written, files: Mapping[str, str] | None, agreed_as: str
) -> tuple[str, ...]:
    """Return why the register would not take an indicator as it is, as sentences. Arguments as for :func:`checked`."""
    try:
        return in_the_way(edition, tried(edition, written, files)[1], agreed_as)
    except DefinitionError as problem:
        return problem.faults


def _agreed_as(edition: Edition, written: Written) -> str:
    """Return a definition's identifier where something was agreed under it; empty where nothing was."""
    beside = getattr(edition, "beside", None)
    known = {each.version.code for each in beside.indicators} if beside is not None else set[str]()
    return written.definition.id if written.definition.id in known else ""


def _measure(edition: Edition, written: Written) -> str:
    framework = Framework.of(edition)
    try:
        code = success_measure(framework, written)
    except DefinitionError:
        return ""  # said among what is refused
    return f"{code}, “{framework.measures.set_index('id')['title'][code]!s}”"


def summary(checks: Sequence[IndicatorCheck]) -> str:
    """Return how many checks pass, warn and fail, as a sentence."""
    many = {verdict: sum(each.verdict == verdict for each in checks) for verdict in (FAIL, WARN, PASS)}
    parts = [
        f"{wording.counted(many[FAIL], 'check')} {'fails' if many[FAIL] == 1 else 'fail'}" if many[FAIL] else "",
        f"{wording.number(many[WARN])} {'warns' if many[WARN] == 1 else 'warn'}" if many[WARN] else "",
        f"{wording.number(many[PASS])} {'passes' if many[PASS] == 1 else 'pass'}" if many[PASS] else "",
    ]  # fmt: skip
    return wording.sentence(wording.every(filter(None, parts))) + "."
