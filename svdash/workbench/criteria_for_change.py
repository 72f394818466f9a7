"""Criteria for change beside the figures: whether they were written before these were seen, and whether they are met."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import pandas as pd

from svdash import wording
from svdash.findings.finding import records
from svdash.findings.indicators.indicator_series import Trend
from svdash.records.indicator_versions import KeptVersion
from svdash.workbench.definition import ChangeWhen, DefinitionError, Written, fields


def when_written(versions: Sequence[KeptVersion]) -> str:
    """Say by whom and when a draft's criteria for change were written, and whether that was before its figures were shown.

    A draft shows figures as soon as its definition can be read, which takes criteria. So they were there before if they have
    been the same ever since. What its writer knew from elsewhere is not on record.

    Args:
        versions: all versions of the draft, the oldest first; none of one that was never saved.

    Returns:
        One sentence; empty where no criteria are on record.
    """
    told = [(each, _criteria(each.version.text)) for each in versions]
    known = [(each, text) for each, text in told if text is not None]
    if not known or not known[-1][1]:
        return ""
    since = [each for each, _ in takewhile(lambda one: one[1] == known[-1][1], reversed(known))][-1].revision
    first = next((each.revision for each in versions if each.version.digest), None)
    written = f"{wording.moment(since.at)} by {since.by}"
    if first is None or since.number <= first.number:
        return f"Written at {written}, before this draft showed a figure."
    return (
        f"Changed at {written}, after this draft had shown figures from {wording.moment(first.at)} on: they may have been known "
        "when the criteria were written."
    )


def _criteria(text: str) -> str | None:
    """Return the criteria of a definition's text, empty for none; ``None`` where the text can't be read."""
    if not text.strip():
        return ""
    try:
        return " ".join(str(fields(text)[0].get("criteria_for_change") or "").split())
    except DefinitionError:
        return None


def condition(when: ChangeWhen, unit: str) -> str:
    """Write a condition for change: below 60.0% in 2 periods running."""
    running = " running" if when.periods > 1 else ""
    return (
        f"{when.side} {wording.value(when.value, unit)} in {wording.counted(when.periods, 'period')}{running}"
    )


def held_against(written: Written, series: Trend) -> str:
    """Say whether the condition of a definition is met by its newest whole periods, as they are told.

    Args:
        written: the definition.
        series: its gated series of everybody.

    Returns:
        One sentence; empty where the definition has no condition.
    """
    about = written.definition
    when = about.change_when
    if when is None:
        return ""
    asked = condition(when, about.unit)
    rows = [each for each in records(series.comparable) if not each["part"]][-when.periods :]
    names = [str(each["period"]) for each in rows]
    if len(rows) < when.periods:
        return f"Can't be said yet ({asked}): there {'is' if len(rows) == 1 else 'are'} {wording.count(len(rows), 'whole period')}."
    hidden = [str(each["period"]) for each in rows if pd.isna(each["value"])]
    if hidden:
        return f"Can't be said ({asked}): no figure of {wording.every(hidden)} may be shown."
    met = [
        float(each["value"]) < when.value if when.side == "below" else float(each["value"]) > when.value
        for each in rows
    ]
    figures = wording.every(
        f"{wording.value(float(each['value']), about.unit)} in {name}"
        for each, name in zip(rows, names, strict=True)
    )
    return f"{'Met' if all(met) else 'Not met'} ({asked}): {figures}."
