"""The second column of the workbench: the definition as form and as text, its faults by line, and what its checks say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from svdash.show.kit import page
from svdash.show.kit.plain_text import plain
from svdash.show.panels import definition_form, workbench_text
from svdash.workbench import indicator_checks, indicator_sources
from svdash.workbench.definition import DefinitionError, Written, fields, read
from svdash.workbench.examined_indicator import FAIL, PASS, WARN, IndicatorCheck
from svdash.workbench.indicator_draft import IndicatorDraft, definition_hash
from svdash.workbench.prototype import check_definition

# A verdict is told by a shape and a word; colour comes on top.
_MARKS: Final = {FAIL: ":red[✕ **Fail**]", WARN: ":orange[▲ **Warn**]", PASS: ":green[✓ **Pass**]"}
_CHECKED: Final = "_workbench-checks-{}"


def ask(now: page.Here, draft: IndicatorDraft) -> tuple[Written | None, DeltaGenerator]:
    """Draw the column; return the definition, ``None`` while it can't be, and where :func:`check` writes what the checks say."""
    page.heading("Definition", "As a form and as text: each writes the other")
    # What is wrong stands above the form, where it is seen; it is known once the form has written what was chosen in it.
    found = st.container()
    form, text = st.tabs(["Form", "Text"])
    with text:
        _text(draft)
    with form:
        _form(now, draft)
    with found:
        return _read(now, draft), found


def check(
    now: page.Here, draft: IndicatorDraft, written: Written | None, agreed_as: str, found: DeltaGenerator
) -> Sequence[str]:
    """Run the checks, list what they say, and return what is in the way of agreeing the indicator, as sentences.

    Called after the figures, which are not to wait for it; what was typed is kept by then.

    Args:
        now: the page.
        draft: whose definition it is.
        written: the definition; ``None`` while it can't be read.
        agreed_as: the identifier under which a version before was agreed; empty for none.
        found: where it is listed.
    """
    if written is None:
        return ()
    with found:
        try:
            checks = _checks(now, draft, written, agreed_as)
        except DefinitionError as problem:
            _faults(problem.faults)
            return problem.faults
        _shown(checks)
    return [f"{each.title}: {each.words} {each.remedy}".strip() for each in checks if each.verdict == FAIL]


def _read(now: page.Here, draft: IndicatorDraft) -> Written | None:
    """Return the definition; where it is at fault, say so by line and return ``None``."""
    standing = workbench_text.standing(draft)
    if not standing.strip():
        page.empty(
            "Nothing is written yet. Begin with the title; the figures are shown once the criteria for change are written."
        )
        return None
    try:
        written = read(standing)
        check_definition(now.edition, written, indicator_sources.source(now.edition, written, draft.files))
    except DefinitionError as problem:
        if problem.wrong:
            _faults(problem.wrong)
        if problem.missing:
            st.info(definition_form.next_of(problem.missing))
        return None
    return written


def _text(draft: IndicatorDraft) -> None:
    """Draw the definition as text, whatever of it the form wrote."""
    key = f"definition-{draft.id}-{draft.turn}"
    st.session_state[key] = workbench_text.standing(draft)
    st.text_area(
        "Definition as text",
        height=480,
        key=key,
        label_visibility="collapsed",
        on_change=partial(_typed, draft, key),
    )
    page.note(
        "Press Ctrl and Enter to work it out. docs/guides/indicator-as-text.md says what each field may hold."
    )


def _typed(draft: IndicatorDraft, key: str) -> None:
    workbench_text.hold(draft, st.session_state[key])


def _form(now: page.Here, draft: IndicatorDraft) -> None:
    standing = workbench_text.standing(draft)
    try:
        values = fields(standing)[0] if standing.strip() else {}
    except DefinitionError:
        page.empty(
            "The form can't be used until the text can be read as fields. Its faults are listed above."
        )
        return
    definition_form.draw(now.edition, draft, values)


def _faults(faults: Sequence[str]) -> None:
    """Say what is wrong, one fault a line."""
    st.error("\n".join(f"- {plain(each)}" for each in faults))


def _checks(
    now: page.Here, draft: IndicatorDraft, written: Written, agreed_as: str
) -> Sequence[IndicatorCheck]:
    """Return what the checks say of a definition; worked out again only where it, its files or the data changed."""
    asked = (now.edition.fingerprint, definition_hash(written.definition), agreed_as, *draft.files.items())
    before: tuple[object, Sequence[IndicatorCheck]] | None = st.session_state.get(_CHECKED.format(draft.id))
    if before is not None and before[0] == asked:
        return before[1]
    found = indicator_checks.checked(now.edition, written, draft.files, agreed_as)
    st.session_state[_CHECKED.format(draft.id)] = (asked, found)
    return found


def _shown(checks: Sequence[IndicatorCheck]) -> None:
    """List the checks, what fails first; folded up unless something fails."""
    fails = any(each.verdict == FAIL for each in checks)
    with st.expander(f"Checks: {indicator_checks.summary(checks)}", expanded=fails):
        for verdict in (FAIL, WARN, PASS):
            for each in checks:
                if each.verdict == verdict:
                    remedy = f" *{plain(each.remedy)}*" if each.remedy else ""
                    st.markdown(f"{_MARKS[verdict]} **{each.title}**: {plain(each.words)}{remedy}")
