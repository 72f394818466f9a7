"""What an owner owes this quarter: each update with its last text, saved one by one; then the quarter's way to its readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from svdash import editions, wording
from svdash.access import identity
from svdash.editions import Edition
from svdash.findings.progress import practices_due, updates_owed
from svdash.findings.progress.updates_owed import Owed
from svdash.records import ConflictError, RecordsError, Revision
from svdash.records.deputies import Deputy
from svdash.records.evidence_files import file_in
from svdash.records.quarterly_updates import FIELDS, checked
from svdash.register import DELIVERY_ORDER
from svdash.show.kit import controls, page, recording
from svdash.show.kit.plain_text import plain
from svdash.show.panels import (
    board_forms,
    evidence_field,
    my_calendar,
    quarter_steps,
    quarter_workbook,
    review_forms,
    who_writes,
)
from svdash.show.panels.evidence_field import GivenFile
from svdash.show.panels.who_writes import Posts

# What was typed and is not saved, by the key of its field: it outlives a change of the quarter, the owner or the page.
_TYPED: Final = "_my_updates_typed"
# When writing began: the page was opened for an owner and quarter, or the update before was saved.
_BEGAN: Final = "_my_updates_began"
_HEARD: Final = {None: "Not said", True: "Yes", False: "No"}
_BY_HAND: Final = ("note", "barriers", "next_step", "evidence")


@dataclass(frozen=True)
class _Writing:
    """Who writes for whom, about which quarter: what all forms of the page have in common."""

    owner: str
    period: str
    due: date
    today: date
    deputy: Deputy | None


def show() -> None:
    """Draw the page for whoever may write updates; a sentence for everybody else."""
    why = identity.why_not(identity.OFFICER)
    if why:
        page.answer("Updates are written here by the owners of commitments")
        _turned_away(why)
        return
    today = recording.today()
    edition = editions.drafting()
    mine = _mine(today)
    owner, period = _choose(edition, mine, today)
    deputy = who_writes.acting(owner, today)
    owed = updates_owed.owed(edition, owner, period)
    due = updates_owed.due_on(edition, period)
    page.answer(updates_owed.headline(owed, owner, period, due, today))
    page.note(f"{_as_whom()} What is saved here is a draft until the quarter is published.")
    not_mine = mine.why_not(owner)
    if not mine.known:
        page.note(who_writes.NOBODY_KNOWN)
    elif not_mine:
        page.empty(not_mine)
    recording.messages()
    board_forms.to_answer(edition, owner, not_mine)
    _begin(owner, period)
    first = next((each.id for each in owed if not each.given), "")
    directorates = sorted({each.directorate for each in owed})
    standing = {each: quarter_steps.standing(each, period) for each in directorates}
    writing = _Writing(owner, period, due, today, deputy)
    for each in owed:
        st.session_state.setdefault(_key(each, period, "parent"), each.revision)
        locked = standing[each.directorate].why_locked(period) or plain(not_mine)
        _update(each, writing, opened=each.id == first, locked=locked)
    for directorate in directorates:
        quarter_steps.show(edition, directorate, period, standing[directorate])
        quarter_workbook.show(edition, directorate, period)
    review_forms.show(edition, owner, today, not_mine)
    my_calendar.show(owner)


def _as_whom() -> str:
    """Say under whose name the history keeps what is written."""
    found = identity.person()
    if found is None or found == identity.LOCAL_USER:
        return "You write as the local user of this machine: the history can't say which of its users it was."
    return f"You write as {found.identity}."


def _turned_away(why: str) -> None:
    """Say why nothing can be written, with what was typed and not saved: whoever typed it may still copy it."""
    page.empty(why)
    for key, typed in st.session_state.get(_TYPED, {}).items():
        if typed and str(key).endswith(_BY_HAND):
            st.code(str(typed), language=None, wrap_lines=True)


def _choose(edition: Edition, mine: Posts, today: date) -> tuple[str, str]:
    """Draw whose updates of which quarter are written, and return both."""
    names = updates_owed.owners(edition)
    everybody = [*names, *sorted(practices_due.owners(edition) - set(names))]
    own = [name for name in everybody if name in mine.own]
    # Editors publish for everybody.
    others = not own or not identity.why_not(identity.EDITOR)
    labels = {
        name: f"{name} · {names.get(name, 'practices only')}"
        for name in [*own, *(name for name in everybody if others and name not in own)]
    }
    ended, running = updates_owed.quarters(today)
    with controls.line():
        owner = controls.pick(
            "owner", "Owner", labels or {"": "nobody"}, next(iter(labels), ""), "A deputy chooses whom they write for.", width=420
        )  # fmt: skip
        left = [each for each in updates_owed.owed(edition, owner, ended) if not each.given]
        # Kept while the page is open: who saves the last update of a quarter stays in it.
        usual = st.session_state.setdefault(f"{_BEGAN}-{owner}", ended if left else running)
        period = controls.pick(
            "quarter", "Quarter", {ended: ended, running: f"{running}, still running"}, usual, width=260
        )  # fmt: skip
    return owner, period


def _begin(owner: str, period: str) -> None:
    """Note when somebody began to write an owner's quarter: what it costs them is told of all together."""
    if st.session_state.get(_BEGAN, ())[:2] != (owner, period):
        st.session_state[_BEGAN] = (owner, period, datetime.now(UTC))


def _mine(today: date) -> Posts:
    """Return for which owners who is at the browser may write; for every, where that can't be read now."""
    try:
        return who_writes.posts(today)
    except RecordsError:
        # What is written can't be saved either then, and the page says why where it asks for the deputies.
        return Posts(every=True, known=True)


def _key(each: Owed, period: str, name: str) -> str:
    return f"update-{each.id}-{period}-{name}"


@st.fragment
def _update(each: Owed, writing: _Writing, *, opened: bool, locked: str) -> None:
    """Draw one commitment with what is reported of it; what happens in it redraws only it, until it is saved."""
    ended = identity.why_not(identity.OFFICER)
    if ended:
        # A sign-in ends while the page is open, and this may be all of it that is drawn.
        _turned_away(ended)
        return
    period = writing.period
    state = "saved" if each.given else "to be written"
    late = f", the commitment is {wording.counted(each.late, 'quarter')} overdue" if each.late else ""
    with st.expander(plain(f"{each.id} {each.title}: {state}{late}"), expanded=opened):
        _prompts(each, writing.today)
        typed = _fields(each, period)
        file = evidence_field.ask(_key(each, period, f"file-{each.revision}"), file_in(each.content))
        named = file.file.name if file.file else ""
        missing = updates_owed.to_verify(each, typed["delivery"] or "", f"{typed['evidence'] or ''}{named}")
        if locked:
            st.info(locked)
        elif missing:
            recording.say(missing, "warning")
        if _unsaved(each, period):
            st.caption("Typed and not saved yet. It is kept while this page stays open in the browser.")
        content = {
            **typed, **who_writes.named(writing.deputy), "commitment": each.id, "directorate": each.directorate, "period": period,
            "due_on": writing.due.isoformat(), "reported_on": writing.today.isoformat(), "unchanged": False,
        }  # fmt: skip
        same = each.before and not each.given
        with st.container(horizontal=True):
            if st.button(
                "Save", key=_key(each, period, "save"), type="primary", disabled=bool(locked), help=locked or None
            ):  # fmt: skip
                _save(each, writing, content, file)
            if same and st.button(
                f"Nothing changed since {each.before}", key=_key(each, period, "same"),
                disabled=bool(locked), help=locked or "Saves the last text again and says that it is unchanged.",
            ):  # fmt: skip
                before = updates_owed.unchanged(each)
                _save(each, writing, {**content, **before, "unchanged": True}, file.or_else(file_in(before)))
        if same and (evidence := updates_owed.says_unchanged(each)):
            page.note(evidence)


def _prompts(each: Owed, today: date) -> None:
    if each.due is None:
        due = "No date is agreed for the commitment."
    else:
        due = f"The commitment {'was' if each.due < today else 'is'} due on {wording.day(each.due)}."
    before = f" Carried forward from {each.before}." if each.before and not each.given else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(f"{due}{before}"), width="content")
        if each.prompts:
            with st.popover("What the Framework asks"):
                for label, text in each.prompts.items():
                    page.text(f" {text}", label)


def _begun(each: Owed, period: str) -> dict[str, Any]:
    """Fill the fields that are not drawn yet with what was typed, else the update or what is carried forward; return what was typed."""
    kept: dict[str, Any] = st.session_state.setdefault(_TYPED, {})
    dated = each.content.get("evidence_date")
    first: dict[str, Any] = {
        **{name: str(each.content.get(name) or "") for name in _BY_HAND},
        **{name: each.content.get(name) for name in ("delivery", "confidence", "heard", "effect")},
        "evidence_date": dated.date() if isinstance(dated, pd.Timestamp) else None,
    }
    for name, value in first.items():
        key = _key(each, period, name)
        if key not in st.session_state:
            st.session_state[key] = kept.get(key, value)
    return kept


def _fields(each: Owed, period: str) -> dict[str, Any]:
    """Draw the fields, filled with the update or what is carried forward, and return what they hold."""
    kept = _begun(each, period)

    def key(name: str) -> str:
        return _key(each, period, name)

    def keep(name: str) -> None:
        kept[key(name)] = st.session_state[key(name)]

    left, middle, right = st.columns(3)
    left.selectbox(
        FIELDS["delivery"], list(DELIVERY_ORDER), format_func=lambda code: wording.DELIVERY[code], key=key("delivery"), on_change=keep, args=("delivery",),
        help="How far it is, on the scale of the Open Government Partnership.",
    )  # fmt: skip
    middle.selectbox(
        FIELDS["confidence"], list(wording.CONFIDENCE), format_func=lambda code: wording.CONFIDENCE[code], key=key("confidence"), on_change=keep, args=("confidence",),
        help="How likely it is that it will be done in time.",
    )  # fmt: skip
    right.selectbox(
        FIELDS["effect"], [None, *wording.EFFECT], format_func=lambda step: wording.EFFECT.get(step, "Nothing claimed"),
        key=key("effect"), on_change=keep, args=("effect",), placeholder="Nothing claimed", help="How sure it is that it made a difference, on the Maryland scale from 0 to 5.",
    )  # fmt: skip
    st.text_area(FIELDS["note"], key=key("note"), height=100, on_change=keep, args=("note",))
    left, right = st.columns(2)
    left.text_area(FIELDS["barriers"], key=key("barriers"), height=70, on_change=keep, args=("barriers",))
    right.text_area(FIELDS["next_step"], key=key("next_step"), height=70, on_change=keep, args=("next_step",))
    left, middle, right = st.columns([4, 2, 2])
    left.text_input(
        FIELDS["evidence"],
        key=key("evidence"),
        on_change=keep,
        args=("evidence",),
        help="A link, or the name and place of a paper.",
    )
    middle.date_input(
        FIELDS["evidence_date"], key=key("evidence_date"), format="DD/MM/YYYY", on_change=keep, args=("evidence_date",)
    )  # fmt: skip
    right.selectbox(
        FIELDS["heard"],
        list(_HEARD),
        format_func=lambda code: _HEARD[code],
        key=key("heard"),
        on_change=keep,
        args=("heard",),
        placeholder="Not said",
    )
    return {name: _recorded(st.session_state[key(name)]) for name in FIELDS}


def _unsaved(each: Owed, period: str) -> bool:
    """Return whether something was typed of a commitment and quarter that is not saved."""
    kept = st.session_state.get(_TYPED, {})
    return any(_key(each, period, name) in kept for name in FIELDS)


def _forget_typed(each: Owed, period: str) -> None:
    """Forget what was typed of a commitment and quarter: it is saved, or something else is."""
    for name in FIELDS:
        st.session_state.get(_TYPED, {}).pop(_key(each, period, name), None)


def _recorded(value: Any) -> Any:
    """Return what a field holds as it is recorded: nothing for an empty text, a day as text."""
    if isinstance(value, date):
        return value.isoformat()
    return value or None if isinstance(value, str) else value


def _save(each: Owed, writing: _Writing, content: dict[str, Any], file: GivenFile) -> None:
    """Save one update and draw the page anew; where it can't be, say why and leave what was typed."""
    recording.tried(lambda: _saved(each, writing, content, file))


def _saved(each: Owed, writing: _Writing, content: dict[str, Any], file: GivenFile) -> str:
    by, period = recording.writer(identity.OFFICER), writing.period
    updates = quarter_steps.updates_on_record()
    who_writes.check_owner(writing.owner, writing.today)
    who_writes.check(content["on_behalf_of"], content["deputy"])
    typed = {name: _held_day(value) for name, value in content.items()}
    update = checked(typed)
    began = st.session_state[_BEGAN][2]
    seen = _key(each, period, "parent")
    parent = st.session_state[seen]
    try:
        # A file is on the disk before the history names it, so what would refuse it is asked before it is kept.
        updates.check(update, parent)
        update = checked({**typed, "file": file.keep(), "opened_at": began})
        saved = updates.save([(update, parent)], by=by, view=page.this_view())[0]
    except ConflictError as conflict:
        if conflict.standing is not None:
            st.session_state[seen] = conflict.standing.number
            raise RecordsError(
                f"{conflict} {_differences(conflict.standing, update.model_dump(mode='json'))}"
            ) from conflict
        raise
    st.session_state[seen] = saved.number
    st.session_state[_BEGAN] = (writing.owner, period, datetime.now(UTC))
    _forget_typed(each, period)
    return f"{each.id}: saved as a draft of {period}."


def _held_day(value: Any) -> Any:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _differences(theirs: Revision, mine: dict[str, Any]) -> str:
    """Say what somebody else saved where it differs."""
    told = [
        f"{label}: theirs is “{theirs.content.get(name)}”"
        for name, label in FIELDS.items()
        if theirs.content.get(name) != mine[name]
    ]
    return f"{'; '.join(told)}. Saving again keeps yours." if told else "Both say the same."
