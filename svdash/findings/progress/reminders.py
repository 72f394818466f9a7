"""Whom to remind of what: the updates that are approaching, due or overdue, as one message a person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import urlencode

from svdash import wording
from svdash.editions import Edition
from svdash.findings.progress.updates_owed import due_on, owed, owners, quarters
from svdash.records.deputies import Deputy
from svdash.records.people import PostHolder, is_address
from svdash.records.quarterly_updates import Quarter

# So long before the day an update is due its owner hears of it first; then on the day, and once a week after it.
APPROACHING_DAYS: Final = 14
APPROACHING, DUE, OVERDUE = "approaching", "due", "overdue"


class DueUpdate(NamedTuple):
    """An update that its owner has to write now: of which commitment, for which quarter, by when."""

    id: str
    title: str
    post: str
    period: str
    due: date


@dataclass(frozen=True)
class Reminder:
    """What one person is reminded of.

    Attributes:
        person: what stands for them in the records. ``name``, ``email``: of them.
        updates: what they owe, the longest overdue first.
        stands_in: the posts among these that are not theirs: they are the deputy.
        moments: each quarter with how near its day is; of each, a person is reminded once.
    """

    person: str
    name: str
    email: str
    updates: tuple[DueUpdate, ...]
    moments: tuple[tuple[str, str], ...]
    stands_in: frozenset[str] = frozenset()


def stage(due: date, today: date) -> str:
    """Return how near a day is: empty if it is far off, then approaching, due (the day and six more), overdue with the weeks since."""
    left = (due - today).days
    if left > APPROACHING_DAYS:
        return ""
    if left > 0:
        return APPROACHING
    return f"{OVERDUE} {weeks}" if (weeks := -left // 7) else DUE


def due_updates(
    edition: Edition, post: str, today: date, submitted: frozenset[Quarter]
) -> tuple[DueUpdate, ...]:
    """Return what the holder of a post has to write now; nothing of a quarter that was submitted.

    Args:
        edition: the one with what was saved last.
        post: a name in the register's column ``lead``.
        today: the day.
        submitted: quarters of directorates from their submission on.
    """
    found = []
    for period in quarters(today):
        due = due_on(edition, period)
        if stage(due, today):
            found += [
                DueUpdate(each.id, each.title, post, period, due)
                for each in owed(edition, post, period)
                if not each.given and Quarter(period, each.directorate) not in submitted
            ]
    return tuple(found)


def reachable(
    people: Iterable[PostHolder], deputies: Iterable[Deputy], today: date
) -> tuple[tuple[PostHolder, ...], tuple[Deputy, ...]]:
    """Return deputies who stand in on a day as holders of the posts they stand in for, and those whose address is not known.

    A deputy is known by what they sign in with: the address of somebody in the list of people, or another one.

    Args:
        people: everybody known, once for each of their posts.
        deputies: who was named.
        today: the day.
    """
    known = {each.email.casefold(): each for each in people if each.email}
    found, lost = list[PostHolder](), list[Deputy]()
    for each in deputies:
        if not each.stands_in(today):
            continue
        address = each.deputy.casefold()
        if address in known:
            found.append(replace(known[address], post=each.owner, left_on=None))
        elif is_address(each.deputy):
            # What stands for them in the log of reminders, which nothing is erased from.
            person = f"deputy-{hashlib.sha256(address.encode()).hexdigest()[:16]}"
            found.append(PostHolder(person, each.owner, "", each.deputy, each.deputy, None, 0))
        else:
            lost.append(each)
    return tuple(found), tuple(lost)


def reminders(
    edition: Edition,
    people: Iterable[PostHolder],
    today: date,
    submitted: frozenset[Quarter],
    deputies: Iterable[PostHolder] = (),
) -> tuple[Reminder, ...]:
    """Return one reminder for each person who owes something on a day; none for who left or has no address any more.

    Args:
        edition: the one with what was saved last.
        people: everybody known, once for each of their posts.
        today: the day.
        submitted: quarters of directorates from their submission on.
        deputies: who stands in, once for each post, as :func:`reachable` returns them.
    """
    posts: dict[str, list[PostHolder]] = {}
    own = set[tuple[str, str]]()
    for each in people:
        if each.email and each.holds(today):
            posts.setdefault(each.person, []).append(each)
            own.add((each.person, each.post))
    for each in deputies:
        posts.setdefault(each.person, []).append(each)
    found = []
    for person, held in posts.items():
        updates = [
            each
            for post in sorted({one.post for one in held})
            for each in due_updates(edition, post, today, submitted)
        ]
        if updates:
            updates.sort(key=lambda each: each.due)
            moments = tuple(dict.fromkeys((each.period, stage(each.due, today)) for each in updates))
            stands_in = frozenset(one.post for one in held if (person, one.post) not in own)
            found.append(Reminder(person, held[-1].name, held[-1].email, tuple(updates), moments, stands_in))
    return tuple(found)


def nobody_known(
    edition: Edition, people: Iterable[PostHolder], today: date, submitted: frozenset[Quarter]
) -> dict[str, int]:
    """Return the posts that owe updates on a day and that nobody with an address is known to hold, each with how many."""
    held = {each.post for each in people if each.email and each.holds(today)}
    found = {
        post: len(due_updates(edition, post, today, submitted))
        for post in owners(edition)
        if post not in held
    }
    return {post: many for post, many in found.items() if many}


def subject(reminder: Reminder, today: date) -> str:
    """Return the subject of a reminder."""
    first = reminder.updates[0].due
    many = len(reminder.updates)
    when = f"was due by {wording.day(first)}" if first < today else f"is due by {wording.day(first)}"
    if many == 1:
        return f"A quarterly update {when}"
    one, several = ("was", "were") if first < today else ("is", "are")
    return f"{wording.sentence(wording.count(many, 'quarterly update'))} {when.replace(one, several, 1)}"


def message(reminder: Reminder, today: date, address: str) -> str:
    """Return the text of a reminder.

    Args:
        reminder: what it is of.
        today: the day.
        address: the public address of the dashboard; empty where none is known.
    """
    lines = [f"Dear {reminder.name},", ""]
    for period, post, due in dict.fromkeys((each.period, each.post, each.due) for each in reminder.updates):
        mine = [each for each in reminder.updates if (each.period, each.post) == (period, post)]
        whose = f"{post}, for whom you stand in" if post in reminder.stands_in else post
        lines += [f"{_when(due, today)}, for {period} ({whose}):"]
        lines += [f"  * {each.id} {each.title}" for each in mine]
        if address:
            lines += ["", f"  {address}/my-updates?{urlencode({'owner': post, 'quarter': period})}"]
        lines.append("")
    if not address:
        lines += ["Write them on the page My updates of the dashboard.", ""]
    lines += [
        "Where nothing changed since the last quarter, one click says so. You are not reminded of what is saved, nor of a",
        "quarter that was submitted.",
    ]
    return "\n".join(lines) + "\n"


def _when(due: date, today: date) -> str:
    if due < today:
        return f"Overdue since {wording.day(due)}"
    return "Due today" if due == today else f"Due by {wording.day(due)}"
