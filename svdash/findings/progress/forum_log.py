"""What the Champions' forum logged, and what people told, as pages show it: which entries, in which order, in which words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from svdash import wording
from svdash.editions import Edition, forum_entries, testimonies
from svdash.register import ALL, Framework

if TYPE_CHECKING:
    from svdash.records.champions_forum import LoggedEntry
    from svdash.records.testimonies import KeptTestimony

# Kind → heading of its part of the page, and what one is called.
KINDS: Final = {
    "challenge": ("Challenges", "Challenge"),
    "decision": ("Decisions", "Decision"),
    "practice": ("Good practice to share", "Good practice"),
}
_STATES: Final = {"draft": "draft, readers do not see it", "published": "", "withdrawn": "withdrawn"}


def entries(edition: Edition, role: str = ALL, commitment: str = ALL) -> tuple[LoggedEntry, ...]:
    """Return the log, of one commitment, of a role or all: challenges without an answer first, then the newest meeting."""
    found = forum_entries(edition)
    if commitment != ALL:
        found = tuple(each for each in found if commitment in each.entry.commitments)
    elif role != ALL:
        those = set(Framework.of(edition).filters.commitments_of(role))
        found = tuple(each for each in found if those & set(each.entry.commitments))
    return tuple(sorted(found, key=lambda each: not is_open(each)))


def is_open(logged: LoggedEntry) -> bool:
    """Return whether an entry is a challenge that waits for an answer."""
    entry = logged.entry
    return entry.kind == "challenge" and not entry.answer and entry.state != "withdrawn"


def headline(log: tuple[LoggedEntry, ...], *, whole: bool = True) -> str:
    """Return what the forum logged and what waits for an answer, as one sentence; not ``whole`` where filters narrow it."""
    if not log:
        return f"The Champions' forum has logged nothing {'yet' if whole else 'of what the filters leave'}"
    challenges = sum(each.entry.kind == "challenge" for each in log)
    waiting = sum(map(is_open, log))
    if waiting:
        return f"{waiting} of {wording.counted(challenges, 'challenge')} {'waits' if waiting == 1 else 'wait'} for an answer"
    parts = [
        wording.counted(number, noun, plural)
        for kind, noun, plural in (
            ("challenge", "challenge answered", "challenges answered"),
            ("decision", "decision", "decisions"),
            ("practice", "good practice", "good practices"),
        )
        if (number := sum(each.entry.kind == kind for each in log))
    ]
    return wording.sentence(wording.every(parts))


def about(logged: LoggedEntry) -> str:
    """Return from whom an entry is, of which day, and where it stands."""
    entry = logged.entry
    standing = "waits for an answer" if is_open(logged) else ""
    parts = [entry.raised_by, wording.day(entry.on), standing, _STATES[entry.state], entry.reason]
    return " · ".join(filter(None, parts))


def answered(logged: LoggedEntry) -> str:
    """Return who answered a challenge and when; empty where nobody did."""
    entry = logged.entry
    return (
        f"Answer of {entry.answered_by}, {wording.day(entry.answered_on)}"
        if entry.answered_on and entry.answer
        else ""
    )


def told_beside(
    edition: Edition, today: date, *, commitment: str = "", indicator: str = ""
) -> tuple[KeptTestimony, ...]:
    """Return the testimony that readers see today beside a commitment or an indicator, or all of it where neither is named."""
    return tuple(
        each
        for each in testimonies(edition)
        if each.is_shown(today)
        and (not commitment or commitment in each.testimony.commitments)
        and (not indicator or indicator in each.testimony.indicators)
    )


def source(kept: KeptTestimony) -> str:
    """Return who told something and when, and until when they agreed that it is shown, if they did."""
    testimony = kept.testimony
    agreed = (
        f"shown with their consent until {wording.day(testimony.expires)}"
        if testimony.consent
        else "without their consent to show it"
    )
    return f"{testimony.who}, heard on {wording.day(testimony.heard_on)}; {agreed}"


def why_hidden(kept: KeptTestimony, today: date) -> str:
    """Return why readers do not see testimony, in words; empty if they see it."""
    testimony = kept.testimony
    if kept.words is None:
        return "its words were erased"
    if not testimony.consent:
        return "no consent"
    if testimony.consent_on is not None and today < testimony.consent_on:
        return f"no consent before {wording.day(testimony.consent_on)}"
    if today > testimony.expires:
        return f"expired on {wording.day(testimony.expires)}"
    return "" if kept.is_shown(today) else "not published"
