"""The versions of an indicator: two of them compared, in text and in numbers, and the whole history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from svdash import wording
from svdash.access import server_places
from svdash.records import RecordsError
from svdash.show.kit import page
from svdash.show.kit.plain_text import plain
from svdash.workbench.definition import DefinitionError, IndicatorDefinition, Written, read

if TYPE_CHECKING:
    from svdash.editions.prototypes import PrototypeRows
    from svdash.records.indicator_versions import KeptVersion, Standing

_NAMES: Final = {
    "period": "Period",
    "organisation": "Organisation",
    "characteristic": "Characteristic",
    "group": "Group",
    "before": "Before",
    "after": "After",
}


def compared(
    now: page.Here, standing: Standing, versions: Sequence[KeptVersion], written: Written | None
) -> None:
    """Draw what two versions say differently: by default what is in force, and what is being worked on."""
    told = [each for each in _distinct(versions) if each.version.digest]
    if len(told) < 2:
        page.note("There is only one version so far.")
        return
    names = {each.revision.number: _named(each) for each in told}
    in_force = standing.in_force.revision.number if standing.in_force else told[-2].revision.number
    left, right = st.columns(2)
    key, numbers = f"versions-{standing.newest.revision.number}", list(names)
    first = left.selectbox(
        "Before", numbers, index=_place(numbers, in_force, -2), format_func=lambda each: plain(names[each]), key=f"{key}-before",
    )  # fmt: skip
    second = right.selectbox(
        "After",
        numbers,
        index=len(numbers) - 1,
        format_func=lambda each: plain(names[each]),
        key=f"{key}-after",
    )
    found = {each.revision.number: each for each in told}
    _differences(now, standing, found[first], found[second], written)


def _place(numbers: list[int], wanted: int, otherwise: int) -> int:
    return numbers.index(wanted) if wanted in numbers[:-1] else len(numbers) + otherwise


def _distinct(versions: Sequence[KeptVersion]) -> list[KeptVersion]:
    """Return the last revision of each text and stage, the oldest first: what was saved on the way is in the history."""
    found: dict[tuple[str, str], KeptVersion] = {}
    for each in versions:
        key = (each.version.digest, "in force" if each.version.file else "")
        found.pop(key, None)
        found[key] = each
    return list(found.values())


def _named(each: KeptVersion) -> str:
    return f"{each.version.stage.capitalize()}, {each.revision.by}, {wording.moment(each.revision.at)}"


def _differences(
    now: page.Here, standing: Standing, first: KeptVersion, second: KeptVersion, written: Written | None
) -> None:
    from svdash.workbench import version_comparison

    before, after = _definition(first), _definition(second)
    if before is None or after is None:
        page.empty("One of the two has a definition that this version of the program can't read any more.")
        return
    said = version_comparison.text_differences(before, after)
    if said.empty:
        page.note("The two say the same.")
    else:
        _table(said.rename(columns=str.capitalize))
    # Each of the two is worked out for it: only for who asks.
    if not st.toggle(
        "Compare their figures too", key=f"figures-{first.revision.number}-{second.revision.number}"
    ):
        return
    try:
        rows = [_rows(now, standing, each, written) for each in (first, second)]
    except RecordsError as problem:
        page.note(server_places.for_visitors(str(problem)))
        return
    figures = version_comparison.figure_differences(now.edition, *rows)
    if figures.empty:
        page.note("After disclosure control no figure differs.")
        return
    page.note(
        f"{wording.counted(len(figures), 'figure')} differ, as they are shown after disclosure control:"
    )
    _table(figures.rename(columns=_NAMES))


def _definition(kept: KeptVersion) -> IndicatorDefinition | None:
    try:
        return read(kept.version.text).definition
    except DefinitionError:
        return None


def _rows(now: page.Here, standing: Standing, kept: KeptVersion, written: Written | None) -> PrototypeRows:
    """Return the rows of a version: those that were agreed, else those that its definition has today."""
    from svdash.editions.agreed_indicators import rows_of

    if kept.version.file is not None:
        return rows_of(kept)
    is_open = kept.revision.number == standing.newest.revision.number
    return rows_today(now, kept, written if is_open and written else read(kept.version.text))


def rows_today(now: page.Here, kept: KeptVersion, written: Written | None) -> PrototypeRows:
    """Return the rows that a definition has today. Raises ``RecordsError`` where it has none."""
    from svdash.workbench.prototype_findings import tried

    if written is None:
        raise RecordsError("The definition can't be read yet. Correct it first.")
    try:
        return tried(now.edition, written, kept.version.files)[1]
    except DefinitionError as problem:
        raise RecordsError(str(problem)) from problem


def _table(rows: pd.DataFrame) -> None:
    st.dataframe(rows, hide_index=True, width="stretch")


def history(versions: Sequence[KeptVersion]) -> None:
    """Draw every revision, the newest first."""
    rows = [
        {
            "When": wording.moment(each.revision.at),
            "Who": each.revision.by,
            "Stage": each.version.stage,
            "Looked at by": each.version.reviewer if each.version.is_reviewed else "nobody",
            "Reason": each.version.reason or "none given",
            "Hash of the definition": each.version.digest[:12] or "can't be read",
        }
        for each in reversed(versions)
    ]
    _table(pd.DataFrame(rows))
    page.note(f"{wording.counted(len(versions), 'revision')}, the newest first.")
