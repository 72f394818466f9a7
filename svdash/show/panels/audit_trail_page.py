"""Who changed what: the history of records, for editors."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from svdash import wording
from svdash.access import identity, server_places, tickets
from svdash.records import History, RecordsError, Revision, connect, is_there
from svdash.records.audit_trail import AuditTrail, Sought, changes
from svdash.records.quarterly_updates import LABELS, UPDATE
from svdash.show.kit import controls, page
from svdash.show.kit.plain_text import plain

PURPOSE: Final = "audit"
ALL: Final = "all"
_ROWS: Final = 100
# A link to take the history away is made anew before it ends, while the page is open.
_RENEWED: Final = "200s"
_DAY: Final = "for example: 1 October 2026"
# Days as people write them. The day stands first, as it does in Britain.
_WRITTEN: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d/%m/%y")


def show() -> None:
    """Draw the page for editors; a sentence for everybody else."""
    why = identity.why_not(identity.EDITOR)
    if why:
        page.answer("Editors see here who changed what")
        page.empty(why)
        return
    try:
        _history()
    except RecordsError as problem:
        page.answer("The history can't be read now")
        page.empty(server_places.for_visitors(str(problem)))


def _history() -> None:
    if not is_there():
        page.answer("Nobody has recorded anything yet")
        page.empty("What is saved, submitted, published or decided is listed here, with who did it and when.")
        return
    trail = AuditTrail(connect())
    sought = _choose(trail)
    many = trail.count(sought)
    people = trail.people()
    number, digest = History(connect()).last()
    page.answer(f"{wording.counted(number, 'revision')} under {wording.counted(len(people), 'name')}")
    st.caption(
        plain(
            f"The last is number {wording.number(number)}; its hash begins with {digest[:12]}. "
            "The command doctor checks every hash."
        )
    )
    if not many:
        page.empty("Nothing was recorded that meets these filters. Widen the days or clear the words.")
        return
    pages = -(-many // _ROWS)
    turn = _page(pages)
    found = trail.found(sought, skipped=turn * _ROWS, most=_ROWS)
    rows = pd.DataFrame([_row(each) for each in found])
    codes = [str(each.number) for each in found]
    chosen = controls.hold("revision", "")
    key = controls.grid("revision", codes, chosen)
    st.dataframe(
        rows, hide_index=True, width="stretch", height=min(38 + 35 * len(rows), 560), key=key,
        selection_mode="single-row", selection_default=controls.first_ticked(codes, chosen),
        on_select=lambda: controls.choose("revision", controls.ticked(key, codes)),
    )  # fmt: skip
    st.caption(
        f"{wording.counted(many, 'revision')}, the newest first"
        + (f"; {wording.number(_ROWS)} on a page, page {turn + 1} of {pages}." if pages > 1 else ".")
        + " Tick a row to see what changed."
    )
    _take_away(sought)
    picked = next((each for each in found if str(each.number) == chosen), None)
    if picked is not None:
        _changed(trail, picked)


def _choose(trail: AuditTrail) -> Sought:
    """Draw the filters and return what they ask for."""
    people = {name: f"{name} · {wording.number(many)}" for name, many in trail.people().items()}
    kinds = {name: f"{name.capitalize()} · {wording.number(many)}" for name, many in trail.kinds().items()}
    with controls.line():
        by = controls.pick("by", "Who", {ALL: "Everybody", **people}, ALL, width=280)
        kind = controls.pick("kind", "What", {ALL: "Everything", **kinds}, ALL, width=220)
        words = controls.words("words", "Words in it", "Words in it, for example: EMP", width=240)
        since = controls.words("since", "From this day", f"From, {_DAY}", width=240)
        until = controls.words("until", "To this day", f"To, {_DAY}", width=240)
    return Sought("" if by == ALL else by, "" if kind == ALL else kind, words.strip(), day(since), day(until))


def day(given: str) -> date | None:
    """Return a day as it was typed; says so where it is none."""
    typed = " ".join(given.split())
    for written in _WRITTEN if typed else ():
        with suppress(ValueError):
            return datetime.strptime(typed, written).replace(tzinfo=UTC).date()
    if typed:
        st.warning(plain(f"{given!r} is not a day. Write 1 October 2026, 1/10/2026 or 2026-10-01."))
    return None


def _page(pages: int) -> int:
    """Return which page of rows is looked at, from 0, and draw the way to the others."""
    given = controls.hold("page", "1")
    turn = min(max(int(given), 1), pages) - 1 if given.isdecimal() and len(given) < 9 else 0
    if pages > 1:
        with st.container(horizontal=True):
            st.button("Newer", disabled=turn == 0, on_click=controls.choose, args=("page", str(turn)))
            st.button(
                "Older", disabled=turn + 1 == pages, on_click=controls.choose, args=("page", str(turn + 2))
            )
    return turn


def _row(each: Revision) -> dict[str, Any]:
    return {
        "Number": each.number,
        "When (UTC)": each.at.astimezone(UTC).replace(tzinfo=None, microsecond=0),
        "Who": each.by,
        "What": _what(each),
        "Item": each.item,
        "Follows": "" if each.parent is None else str(each.parent),
        "From": each.view,
    }


def _what(each: Revision) -> str:
    """Return what was recorded: its kind, and for what has steps or states which it came to."""
    state = str(each.content.get("state") or "")
    if each.kind == UPDATE and each.content.get("unchanged"):
        state = "nothing changed"
    return f"{each.kind}: {LABELS.get(state, state)}" if state else each.kind


@st.fragment(run_every=_RENEWED)
def _take_away(sought: Sought) -> None:
    """Draw the link to the whole of what is looked for, for whoever may have it now."""
    found = identity.person()
    if found is None or identity.EDITOR not in found.roles:
        return
    asked = {
        "by": sought.by,
        "kind": sought.kind,
        "words": sought.words,
        "since": sought.since.isoformat() if sought.since else "",
        "until": sought.until.isoformat() if sought.until else "",
    }
    query = urlencode({**{n: v for n, v in asked.items() if v}, "token": tickets.mint(PURPOSE, found)})
    st.html(
        f'<a href="private/audit.csv?{query}" download>Download these revisions (CSV)</a> '
        f"<small>Whoever has the link can use it for five minutes; it is renewed while the page is open.</small>"
    )


def _changed(trail: AuditTrail, revision: Revision) -> None:
    """Draw what a revision changed of the one before it."""
    before = trail.before(revision)
    page.heading(
        f"Revision {wording.number(revision.number)}: {revision.item}",
        f"Recorded by {revision.by} at {wording.moment(revision.at)}",
    )
    found = changes(before.content if before else {}, revision.content)
    if not found:
        page.empty("It says the same as the revision before it.")
    else:
        rows = [
            {"Part": name.replace("_", " "), "Before": _text(was), "After": _text(now)}
            for name, (was, now) in found.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if revision.erased:
        page.empty("Its words were erased on request. The row and its hash stay.")
    st.caption(plain(f"Hash {revision.hash}"))


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
