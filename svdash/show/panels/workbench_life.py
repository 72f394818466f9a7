"""The life of an indicator on the workbench: who looked at it, agreed it or retired it, and what its versions say differently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.records import RecordsError
from svdash.register import Framework
from svdash.show.kit import page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import workbench_drafts, workbench_versions
from svdash.show.panels.workbench_drafts import OpenedDraft
from svdash.workbench.definition import DefinitionError, Written
from svdash.workbench.indicator_draft import definition_hash
from svdash.workbench.prototype_rows import success_measure

if TYPE_CHECKING:
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


def show(
    now: page.Here,
    opened: OpenedDraft,
    versions: Sequence[KeptVersion],
    written: Written | None,
    refused: Sequence[str],
) -> None:
    """Draw where an indicator stands, folded up: the steps that can follow, its versions compared, and its history.

    Args:
        now: the page.
        opened: the draft.
        versions: all its versions, the oldest first.
        written: its definition; ``None`` while it can't be read.
        refused: what its checks say is in the way of agreeing it, as sentences.
    """
    if opened.standing is None:
        return
    kept = opened.standing.newest
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
            _steps(now, opened.standing, versions, written, refused)
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


def _steps(
    now: page.Here,
    standing: Standing,
    versions: Sequence[KeptVersion],
    written: Written | None,
    refused: Sequence[str],
) -> None:
    """Draw the steps that can follow, each with its reason; those that can't be undone are asked for twice."""
    kept, key = standing.newest, recording.key(f"life-{standing.newest.revision.number}")
    stage = kept.version.stage
    reason = st.text_input("Reason, or what you looked at", max_chars=500, key=f"{key}-reason")
    unread = _no_figures(kept, written)
    in_the_way = [unread] if unread else _in_the_way(now, versions, kept, written, refused)
    with st.container(horizontal=True):
        if stage == "proposed":
            _step("Make it a prototype", partial(_went, kept, "prototype", reason, key), key, unread)
        if stage == "prototype":
            _step("I looked at it", partial(_looked, now, kept, written, reason, key), key, unread)
            _agree(now, standing, written, reason, key, in_the_way)
            _step("Back to proposed", partial(_went, kept, "proposed", reason, key), key)
        if stage == "agreed":
            _agree(now, standing, written, reason, key, in_the_way, again=True)
        _ends(standing, reason, key)
    if stage == "prototype":
        _listed(in_the_way)


def _listed(in_the_way: Sequence[str]) -> None:
    """Say what is in the way of agreeing a prototype, to editors and analysts alike."""
    if not in_the_way:
        page.note("Nothing is in the way: an editor can agree it.")
        return
    st.warning("**In the way of agreeing it**\n\n" + "\n".join(f"- {plain(each)}" for each in in_the_way))


def _in_the_way(
    now: page.Here,
    versions: Sequence[KeptVersion],
    kept: KeptVersion,
    written: Written | None,
    refused: Sequence[str],
) -> list[str]:
    """Return what is in the way of agreeing an indicator: its checks, who looked at it, and whose its identifier is."""
    from svdash.editions.agreed_indicators import file_of

    person = identity.person()
    by = person.identity if person else ""
    try:
        figures = file_of(workbench_versions.rows_today(now, kept, written))[0].sha256
    except RecordsError as problem:
        return [*dict.fromkeys((*refused, str(problem)))]
    log = workbench_drafts.log()
    why = (
        log.why_not_reviewed(versions, kept, by, figures, alone=_is_alone(by)),
        log.why_not_free(kept.id, kept.version.code),
    )
    return [*refused, *filter(None, why)]


def _ends(standing: Standing, reason: str, key: str) -> None:
    """Draw what ends an indicator: it is retired, or a draft or a change of it is withdrawn."""
    kept, in_force = standing
    if in_force is not None and in_force.version.stage == "agreed":
        said = (
            f"{in_force.version.named} keeps its figures, marked as retired with today and your reason; its target is no longer due. "
            "It comes back only as a new version that is agreed."
        )
        if standing.is_changed:
            said += (
                f" The change of it that {kept.revision.by} saved at {wording.moment(kept.revision.at)} is set aside unagreed: only "
                "the history keeps it."
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
    now: page.Here,
    standing: Standing,
    written: Written | None,
    reason: str,
    key: str,
    in_the_way: Sequence[str],
    *,
    again: bool = False,
) -> None:
    kept = standing.newest
    said = (
        "The figures that it has today take the place of those that were agreed. Where they differ from those, you are named as "
        "who looked at them."
        if again
        else f"{kept.version.named} is in the register from then on{_under(now, written)}: on indicators and the overview, in "
        "exports, in the open data and in snapshots that are taken. It can be retired, not taken back."
    )
    why = identity.why_not(identity.EDITOR) or " ".join(in_the_way)
    label = "Agree its figures of today" if again else _AGREE
    if recording.asked_twice(label, said, key=f"{key}-agree", why=why):
        recording.tried(partial(_agreed, now, standing, written, reason, key))


def _under(now: page.Here, written: Written | None) -> str:
    """Say under which success measure an indicator stands, and where its definition names none, that nobody chose it."""
    if written is None:
        return ""
    try:
        code = success_measure(Framework.of(now.edition), written)
    except DefinitionError:
        return ""  # its checks say so
    chosen = "" if written.definition.measure else ", which its definition does not name"
    return f" under the success measure {code}{chosen}"


def _no_figures(kept: KeptVersion, written: Written | None) -> str:
    """Return why a step needs a definition that has figures, as a sentence; empty where it has some."""
    if written is None:
        return _UNREAD
    return "" if definition_hash(written.definition) == kept.version.digest else _NOT_SAVED


def _went(kept: KeptVersion, stage: Stage, reason: str, key: str) -> str:
    roles = (identity.EDITOR,) if stage == "retired" else workbench_drafts.WRITERS
    by = recording.writer(*roles)
    after = workbench_drafts.log().step(kept, stage, by=by, view=page.this_view(), reason=reason)
    dropped = stage == "retired" and kept.version.stage in ("proposed", "prototype")
    said = (
        f" The change that {kept.revision.by} had begun is set aside; the history keeps it."
        if dropped
        else ""
    )
    return _done(after, key, f"{after.version.named}: {stage}.{said}")


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
    refused = refusals(standing, written)
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


def refusals(standing: Standing, written: Written) -> tuple[str, ...]:
    """Return which checks are in the way of agreeing an indicator, worked out anew, as sentences; none if nothing is."""
    from svdash.workbench import indicator_checks

    before = standing.in_force.version.code if standing.in_force else ""
    try:
        checks = indicator_checks.checked(editions.current(), written, standing.newest.version.files, before)
    except DefinitionError as problem:
        return problem.faults
    return tuple(
        f"{each.title}: {each.words} {each.remedy}".strip() for each in checks if each.verdict == "fail"
    )
