"""The life of an indicator on the workbench: who looked at it, agreed it or retired it, and what its versions say differently."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.records import RecordsError
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import workbench_drafts, workbench_versions
from svdash.show.panels.workbench_drafts import OpenedDraft
from svdash.workbench.definition import DefinitionError, Written
from svdash.workbench.indicator_draft import definition_hash

if TYPE_CHECKING:
    from svdash.editions.prototypes import PrototypeRows
    from svdash.records.indicator_versions import KeptVersion, Stage, Standing

_AGREE: Final = "Agree it"
_NOT_SAVED: Final = "What is in the form is not saved yet. Choose above which of the two texts stays."
_UNREAD: Final = "The definition can't be read yet, or what it names does not exist. Correct it first."
_SAID: Final = {
    "proposed": "Proposed: it is being written. Make it a prototype once its figures can be looked at.",
    "prototype": "A prototype: analysts and editors see it here, with a watermark, and nobody sees it anywhere else.",
    "agreed": "Agreed: it is in the register, on every page, in exports and in the open data. What you change here begins a new "
    "version; what was agreed holds until that is agreed too.",
    "retired": "Retired: its figures stay, marked as retired, and its target is no longer due. What you change here begins a new version.",
    "withdrawn": "Withdrawn: it is no longer listed. A change that you make here brings it back.",
}


def show(now: page.Here, opened: OpenedDraft, written: Written | None) -> None:
    """Draw where an indicator stands, folded up: the steps that can follow, its versions compared, and its history."""
    if opened.standing is None:
        return
    kept = opened.standing.newest
    versions = workbench_drafts.log().of(kept.id)
    seen = "" if kept.version.stage != "prototype" else f"; {_looked_at(kept)}"
    label = f"State: {workbench_drafts.state(opened.standing)}{seen}"
    with st.expander(plain(label), key=f"life-{kept.id}"):
        steps, compared, history = st.tabs(["What can follow", "Two versions compared", "History"])
    with steps:
        st.markdown(plain(_SAID[kept.version.stage]))
        page.note(_reviewed(opened.standing))
        if opened.is_behind:
            page.empty(_NOT_SAVED)
        else:
            _steps(now, opened.standing, written)
    with compared:
        workbench_versions.compared(now, opened.standing, versions, written)
    with history:
        workbench_versions.history(versions)


def _looked_at(kept: KeptVersion) -> str:
    return (
        f"looked at by {kept.version.reviewer}"
        if kept.version.is_reviewed
        else "nobody has looked at it as it is now"
    )


def _reviewed(standing: Standing) -> str:
    """Say who saved it last, who looked at it as it is, and who agreed what is in force."""
    newest, in_force = standing
    told = [f"Changed last by {newest.revision.by} at {wording.moment(newest.revision.at)}"]
    if newest.version.stage == "prototype":
        told.append(_looked_at(newest))
    if in_force is not None:
        told.append(
            f"{in_force.version.stage} by {in_force.revision.by} on {wording.day(in_force.revision.at.date())}, looked at by "
            f"{in_force.version.reviewer}"
        )
    return "; ".join(told)


def _steps(now: page.Here, standing: Standing, written: Written | None) -> None:
    """Draw the steps that can follow, each with its reason; those that can't be undone are asked for twice."""
    kept, key = standing.newest, recording.key(f"life-{standing.newest.revision.number}")
    stage = kept.version.stage
    reason = st.text_input("Reason, or what you looked at", max_chars=500, key=f"{key}-reason")
    checks = False
    with st.container(horizontal=True):
        if stage == "proposed":
            why = _no_figures(kept, written)
            _step("Make it a prototype", partial(_went, kept, "prototype", reason, key), key, why)
        if stage == "prototype":
            _step(
                "I looked at it",
                partial(_looked, now, kept, written, reason, key),
                key,
                _no_figures(kept, written),
            )
            checks = st.button("What is in the way of agreeing it?", key=f"{key}-check")
            _agree(now, standing, written, reason, key)
            _step("Back to proposed", partial(_went, kept, "proposed", reason, key), key)
        if stage == "agreed":
            _agree(now, standing, written, reason, key, again=True)
        _ends(standing, reason, key)
    if checks:
        _in_the_way(now, standing, written)


def _ends(standing: Standing, reason: str, key: str) -> None:
    """Draw what ends an indicator: it is retired, or a draft or a change of it is withdrawn."""
    kept, in_force = standing
    if in_force is not None and in_force.version.stage == "agreed":
        said = (
            f"{in_force.version.named} keeps its figures, marked as retired with today and your reason; its target is no longer due. "
            "It comes back only as a new version that is agreed."
        )
        _asked_twice("Retire it", said, partial(_went, kept, "retired", reason, key), key, identity.EDITOR)
    if kept.version.stage in ("proposed", "prototype"):
        what = "change" if in_force else "draft"
        said = f"This {what} is no longer listed. The history keeps it."
        _asked_twice(f"Withdraw this {what}", said, partial(_went, kept, "withdrawn", reason, key), key)


def _step(label: str, action: Callable[[], str], key: str, why: str = "") -> None:
    if st.button(label, key=f"{key}-{label}", disabled=bool(why), help=plain(why) or None):
        recording.tried(action)


def _asked_twice(label: str, said: str, action: Callable[[], str], key: str, *roles: str) -> None:
    why = identity.why_not(*roles) if roles else ""
    if recording.asked_twice(label, said, key=f"{key}-{label}", why=why):
        recording.tried(action)


def _agree(
    now: page.Here, standing: Standing, written: Written | None, reason: str, key: str, *, again: bool = False
) -> None:
    kept = standing.newest
    said = (
        "The figures that it has today take the place of those that were agreed. Where they differ from those, you are named as "
        "who looked at them."
        if again
        else f"{kept.version.named} is in the register from then on: on indicators and the overview, in exports, in the open "
        "data and in snapshots that are taken. It can be retired, not taken back."
    )
    why = identity.why_not(identity.EDITOR) or _no_figures(kept, written)
    label = "Agree its figures of today" if again else _AGREE
    if recording.asked_twice(label, said, key=f"{key}-agree", why=why):
        recording.tried(partial(_agreed, now, standing, written, reason, key))


def _no_figures(kept: KeptVersion, written: Written | None) -> str:
    """Return why a step needs a definition that has figures, as a sentence; empty where it has some."""
    if written is None:
        return _UNREAD
    return "" if definition_hash(written.definition) == kept.version.digest else _NOT_SAVED


def _went(kept: KeptVersion, stage: Stage, reason: str, key: str) -> str:
    roles = (identity.EDITOR,) if stage == "retired" else workbench_drafts.WRITERS
    by = recording.writer(*roles)
    after = workbench_drafts.log().step(kept, stage, by=by, view=page.this_view(), reason=reason)
    return _done(after, key, f"{after.version.named}: {stage}.")


def _looked(now: page.Here, kept: KeptVersion, written: Written | None, reason: str, key: str) -> str:
    from svdash.editions.agreed_indicators import file_of

    by = recording.writer(*workbench_drafts.WRITERS)
    figures = file_of(workbench_versions.rows_today(now, kept, written))[0].sha256
    log = workbench_drafts.log()
    after = log.review(kept, figures, by=by, view=page.this_view(), reason=reason, alone=_is_alone(by))
    return _done(after, key, f"{after.version.named}: looked at by {by}.")


def _agreed(now: page.Here, standing: Standing, written: Written | None, reason: str, key: str) -> str:
    """Agree a prototype: its rows are checked as a pack's, kept, and named by the history."""
    from svdash.editions.agreed_indicators import file_of
    from svdash.records.evidence_files import EvidenceFolder

    by = recording.writer(identity.EDITOR)
    if written is None:
        raise RecordsError(_UNREAD)
    found = workbench_versions.rows_today(now, standing.newest, written)
    refused = refusals(now, standing, found, written)
    if refused:
        raise RecordsError(f"It can't be agreed yet. {' '.join(refused)}")
    file, content = file_of(found)
    # On the disk before the history names it.
    EvidenceFolder().keep(file, content)
    after = workbench_drafts.log().step(
        standing.newest, "agreed", by=by, view=page.this_view(), reason=reason, file=file, alone=_is_alone(by)
    )
    said = f"{after.version.named}: agreed. It is in the register now."
    before = standing.newest.version
    if before.is_reviewed and before.reviewer != after.version.reviewer:
        said += f" Its figures are not those that {before.reviewer} looked at: you are named as who looked at these."
    return _done(after, key, said)


def _done(after: KeptVersion, key: str, said: str) -> str:
    # After a change that is withdrawn, what is in force is the newest again.
    standing = (each.newest for each in workbench_drafts.every() if each.newest.id == after.id)
    workbench_drafts.taken(next(standing, after))
    recording.renew(key)
    return said


def _is_alone(by: str) -> bool:
    """Return whether nobody else could look at it: everybody at the machine itself is one user."""
    return by == identity.LOCAL_USER.identity


def refusals(now: page.Here, standing: Standing, found: PrototypeRows, written: Written) -> tuple[str, ...]:
    """Return what is in the way of agreeing an indicator, as sentences; none if nothing is."""
    from svdash.workbench import agreement_check, indicator_checks
    from svdash.workbench.indicator_sources import source

    before = standing.in_force.version.code if standing.in_force else ""
    told = agreement_check.in_the_way(editions.current(), found, before)
    try:
        # That no personal data is suspected in its file is one of them.
        rows = source(now.edition, written, standing.newest.version.files)
        checks = indicator_checks.checked(now.edition, written, rows)
    except DefinitionError as problem:
        return (*told, str(problem))
    return (
        *told,
        *(f"{each.title}: {each.words} {each.remedy}" for each in checks if each.verdict == "fail"),
    )


def _in_the_way(now: page.Here, standing: Standing, written: Written | None) -> None:
    if written is None:
        st.warning(_UNREAD)
        return
    try:
        found = refusals(now, standing, workbench_versions.rows_today(now, standing.newest, written), written)
    except RecordsError as problem:
        found = (str(problem),)
    if not found:
        st.success(
            "None of its checks is in the way. An editor agrees it, once somebody other than its authors looked at it."
        )
    for each in found:
        st.warning(plain(each))
