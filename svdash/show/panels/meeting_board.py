"""The meetings' page: which meeting, its agenda, papers to take away, minutes and actions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import streamlit as st

from svdash import wording
from svdash.access import server_places
from svdash.findings.progress import meeting_agenda
from svdash.findings.progress.meeting_agenda import Item
from svdash.records import RecordsError
from svdash.reports import meeting_papers
from svdash.reports.meeting_papers import PapersError
from svdash.show.kit import controls, page, page_parts, recording
from svdash.show.kit.plain_text import plain, unturned
from svdash.show.panels import meeting_actions, meeting_agenda_forms, meeting_minutes, meeting_rights

if TYPE_CHECKING:
    from svdash.records.meetings import KeptMeeting, KeptMinutes, Meeting

_PARTS: Final = {
    "agenda": page_parts.Part("Agenda"),
    "minutes": page_parts.Part("Minutes", {"finding": "1"}),
    "actions": page_parts.Part("Actions"),
}
_SLIDES: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def show(now: page.Here) -> None:
    """Draw the page; a sentence for those who may not see meetings."""
    for name in (meeting_rights.CHOSEN, meeting_rights.AT):
        controls.hold(name, "")
    why = meeting_rights.why_not_read()
    if why:
        page.answer("Meetings are seen here by those who take part")
        page.empty(why)
        return
    try:
        _meetings(now)
    except RecordsError as problem:
        page.answer("Meetings can't be read now")
        page.empty(server_places.for_visitors(str(problem)))


def _meetings(now: page.Here) -> None:
    every = meeting_rights.every()
    kept = meeting_rights.asked_for(every)
    writes = not meeting_rights.why_not_write()
    if not every:
        page.answer("No meeting is planned yet")
        recording.messages()
        if writes:
            meeting_agenda_forms.plan(None)
        else:
            page.empty(meeting_rights.why_not_write())
        return
    if kept is None:
        page.answer("There is no such meeting")
        page.empty("The address names a meeting that was withdrawn, or never was. Choose one of the others.")
        _choose(every, None)
        return
    minutes = meeting_rights.log().minutes(kept.revision.item)
    actions = meeting_actions.of(kept.revision.item)
    items = meeting_papers.items_of(kept.meeting)
    lines = {key: each.minutes for key, each in minutes.items()}
    page.answer(meeting_agenda.headline(kept.meeting, lines, len(actions)))
    recording.messages()
    why = _nothing_to_show(kept.meeting)
    with controls.line("meetings"):
        _choose(every, kept)
        _take_away(kept.meeting, now.framework.authority.framework, why)
    if why and items:
        page.empty(why)
    part = page_parts.choose(_PARTS, "agenda")
    if part == "agenda":
        meeting_agenda_forms.show(kept, items, lines, writes=writes)
    elif part == "minutes":
        _minutes(kept, items, minutes, writes=writes)
    else:
        _actions(kept, items, writes=writes)


def _choose(every: tuple[KeptMeeting, ...], kept: KeptMeeting | None) -> None:
    """Draw the list of meetings, the newest first."""
    labels = meeting_agenda.distinct_names(unturned(meeting_agenda.named(each.meeting)) for each in every)
    names = dict(zip(map(meeting_rights.named, every), labels, strict=True))
    options = names if kept else {"": "Choose a meeting", **names}
    chosen = meeting_rights.named(kept) if kept else ""
    # Always in the address: which is the newest will change, and a link must not lead to another meeting then.
    controls.select(meeting_rights.CHOSEN, "Meeting", options, chosen, "", width=560)


def _nothing_to_show(meeting: Meeting) -> str:
    """Return why nothing of a meeting can be shown, as a sentence; empty if something can."""
    try:
        meeting_papers.papers_of(meeting, "")
    except PapersError as problem:
        return server_places.for_visitors(str(problem))
    return ""


def _take_away(meeting: Meeting, whose: str, why: str) -> None:
    """Draw the ways to present a meeting and to take its papers away, none of them where there is a reason ``why`` not."""
    name = re.sub(r"[^a-z0-9]+", "-", meeting.name.casefold()).strip("-") or "meeting"
    file = f"{name}-{meeting.on.isoformat()}"

    def pre_read() -> bytes:
        from svdash.reports import pre_read

        return pre_read.html(meeting_papers.papers_of(meeting, whose)).encode()

    def slides() -> bytes:
        from svdash.reports import slides

        return slides.pptx(meeting_papers.papers_of(meeting, whose))

    def present() -> None:
        controls.choose(meeting_rights.AT, "1")

    tip = plain(why) or "One finding at a time, in large type; arrow keys lead on"
    st.button("Present", key="present", type="primary", disabled=bool(why), help=tip, on_click=present)
    # Made when the button is pressed, not each time the page is drawn.
    st.download_button(
        "Papers to read (HTML)", pre_read, file_name=f"{file}.html", mime="text/html", key="pre-read", on_click="ignore",
        disabled=bool(why), help=plain(why) or "One file, to read without a network or to print",
    )  # fmt: skip
    st.download_button(
        "Slides (PPTX)", slides, file_name=f"{file}.pptx", mime=_SLIDES, key="slides", on_click="ignore", disabled=bool(why),
        help=plain(why) or "A slide for each finding",
    )  # fmt: skip


def _minutes(
    kept: KeptMeeting, items: tuple[Item, ...], minutes: dict[str, KeptMinutes], *, writes: bool
) -> None:
    """Draw what was minuted, finding by finding, and for minute-takers the form of the one that is chosen."""
    if not items:
        page.empty("Nothing is on the agenda yet, so there is nothing to minute.")
    elif writes:
        names = {str(place): f"{place}. {item.headline}" for place, item in enumerate(items, 1)}
        with controls.line("minuted"):
            chosen = controls.pick("finding", "Finding", names, "1")
        item = items[int(chosen) - 1]
        if item.gone:
            page.empty(server_places.for_visitors(item.gone))
        meeting_minutes.form(kept.revision.item, item, minutes.get(item.key))
    # What was minuted of findings that were taken off the agenda since stands at the end.
    headlines = {item.key: item.headline for item in items}
    order = [*headlines, *(key for key in minutes if key not in headlines)]
    for key in order:
        lines = minutes[key].minutes.lines if key in minutes else ()
        if lines:
            page.heading(
                headlines.get(key, f"{key} (no longer on the agenda)"), meeting_agenda.minuted(lines)
            )
            st.html(meeting_minutes.listed(lines))
    if items and not minutes:
        page.note("Nothing is minuted yet.")


def _actions(kept: KeptMeeting, items: tuple[Item, ...], *, writes: bool) -> None:
    """Draw the actions that were agreed, and for minute-takers the form to agree another."""
    found = meeting_actions.of(kept.revision.item)
    page.heading(
        f"{wording.counted(len(found), 'action')} agreed" if found else "No action is agreed yet",
        "They come back under exceptions until they are done and evidenced",
    )
    if found:
        st.html(meeting_actions.listed(found))
    if writes:
        meeting_actions.form(kept.revision.item, items)
