"""Whom to remind of what: updates and answers to the Board that are approaching, due or overdue, as one message a person."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import urlencode

from svdash import wording
from svdash.editions import Edition, board_views
from svdash.findings.progress import board_and_officers
from svdash.findings.progress.updates_owed import due_on, owed, owners, quarters
from svdash.records.deputies import Deputy
from svdash.records.people import PostHolder, is_address
from svdash.records.quarterly_updates import Quarter

# So long before the day an update is due its owner hears of it first; then on the day, and once a week after it.
APPROACHING_DAYS: Final = 14
APPROACHING, DUE, OVERDUE = "approaching", "due", "overdue"
# Letters of a question of the Board that a mail repeats; the page has all of it.
_QUESTION_LETTERS: Final = 300


class DueUpdate(NamedTuple):
    """An update that its owner has to write now: of which commitment, for which quarter, by when."""

    id: str
    title: str
    post: str
    period: str
    due: date


class DueAnswer(NamedTuple):
    """An answer that the Board waits for: to which rating or question, of what, by when."""

    item: str
    title: str
    text: str
    post: str
    due: date


@dataclass(frozen=True)
class Reminder:
    """What one person is reminded of.

    Attributes:
        person: what stands for them in the records. ``name``, ``email``: of them.
        updates: what they owe, the longest overdue first. ``answers``: what the Board waits for, in the same order.
        stands_in: the posts among these that are not theirs: they are the deputy.
        moments: each quarter and question with how near its day is; of each, a person is reminded once.
    """

    person: str
    name: str
    email: str
    updates: tuple[DueUpdate, ...]
    moments: tuple[tuple[str, str], ...]
    stands_in: frozenset[str] = frozenset()
    answers: tuple[DueAnswer, ...] = ()


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


def due_answers(edition: Edition, post: str, today: date) -> tuple[DueAnswer, ...]:
    """Return what the Board waits for the holder of a post to answer now; nothing that no post in particular answers for.

    Args:
        edition: the one with what was saved last.
        post: a name in the register's column ``lead``.
        today: the day.
    """
    return tuple(
        DueAnswer(
            kept.revision.item,
            board_and_officers.title(edition, kept.view),
            textwrap.shorten(kept.view.text, _QUESTION_LETTERS, placeholder=" …"),
            post,
            kept.view.reply_by,
        )
        for kept in board_and_officers.waiting(edition, post, today)
        if kept.view.reply_by is not None
        and stage(kept.view.reply_by, today)
        and board_and_officers.answered_by(edition, kept.view.about, kept.view.key)
    )


def of_nobody(edition: Edition, today: date) -> tuple[str, ...]:
    """Return what the Board waits for an answer to and no post answers for, by name: nobody is reminded of it."""
    return tuple(
        board_and_officers.title(edition, each.view)
        for each in board_views(edition)
        if each.view.is_open
        and each.view.reply_by is not None
        and stage(each.view.reply_by, today)
        and not board_and_officers.answered_by(edition, each.view.about, each.view.key)
    )


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
    """Return one reminder for each person who owes an update or an answer on a day; none for who left or has no address any more.

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
    for person, own_posts in posts.items():
        mine = sorted({one.post for one in own_posts})
        updates = [each for post in mine for each in due_updates(edition, post, today, submitted)]
        # Of one question several posts may answer for: who holds two of them is asked once.
        answers = {each.item: each for post in mine for each in due_answers(edition, post, today)}
        if updates or answers:
            updates.sort(key=lambda each: each.due)
            moments = dict.fromkeys((each.period, stage(each.due, today)) for each in updates)
            moments |= dict.fromkeys((each.item, stage(each.due, today)) for each in answers.values())
            stands_in = frozenset(one.post for one in own_posts if (person, one.post) not in own)
            found.append(
                Reminder(
                    person, own_posts[-1].name, own_posts[-1].email, tuple(updates), tuple(moments), stands_in,
                    tuple(sorted(answers.values(), key=lambda each: each.due)),
                )
            )  # fmt: skip
    return tuple(found)


def nobody_known(
    edition: Edition, people: Iterable[PostHolder], today: date, submitted: frozenset[Quarter]
) -> dict[str, str]:
    """Return the posts that owe something on a day and that nobody with an address is known to hold, each with how much."""
    reachable_posts = {each.post for each in people if each.email and each.holds(today)}
    found = {
        post: (len(due_updates(edition, post, today, submitted)), len(due_answers(edition, post, today)))
        for post in owners(edition)
        if post not in reachable_posts
    }
    return {post: _counted(*both) for post, both in found.items() if any(both)}


def owed_in_words(reminder: Reminder) -> str:
    """Return how much a reminder is of, such as 3 updates and 1 answer to the Board."""
    return _counted(len(reminder.updates), len(reminder.answers))


def _counted(updates: int, answers: int, update: str = "update") -> str:
    parts = [
        wording.counted(updates, update) if updates else "",
        wording.counted(answers, "answer to the Board", "answers to the Board") if answers else "",
    ]
    return wording.every(filter(None, parts))


def subject(reminder: Reminder, today: date) -> str:
    """Return the subject of a reminder."""
    days = [each.due for each in reminder.updates] + [each.due for each in reminder.answers]
    first = min(days)
    one, several = ("was", "were") if first < today else ("is", "are")
    when = f"due by {wording.day(first)}"
    if len(days) == 1:
        return f"{'A quarterly update' if reminder.updates else 'An answer to the Board'} {one} {when}"
    # Short enough for one line of a mail's head.
    noun = "update" if reminder.answers else "quarterly update"
    return f"{_counted(len(reminder.updates), len(reminder.answers), noun)} {several} {when}"


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
    for each in reminder.answers:
        whose = f"{each.post}, for whom you stand in" if each.post in reminder.stands_in else each.post
        lines += [
            f"{_when(each.due, today)}, an answer to the Board ({whose}):",
            f"  * {each.title}: {each.text}",
        ]
        if address:
            lines += ["", f"  {address}/my-updates?{urlencode({'owner': each.post})}"]
        lines.append("")
    if not address:
        lines += ["Write them on the page My updates of the dashboard.", ""]
    if reminder.updates:
        lines += [
            "Where nothing changed since the last quarter, one click says so. You are not reminded of what is saved, nor of a",
            "quarter that was submitted.",
        ]
    if reminder.answers:
        lines.append("You are not reminded of what is answered.")
    return "\n".join(lines) + "\n"


def _when(due: date, today: date) -> str:
    if due < today:
        return f"Overdue since {wording.day(due)}"
    return "Due today" if due == today else f"Due by {wording.day(due)}"
