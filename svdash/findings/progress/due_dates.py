"""The days on which the holders of posts owe something, for their calendars."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from svdash import wording
from svdash.editions import Edition
from svdash.findings.progress.updates_owed import Owed, due_on, owed, quarters
from svdash.records.quarterly_updates import Quarter


class DueDate(NamedTuple):
    """A day on which something is due.

    Attributes:
        key: the same for the same thing at every call, for calendars that are read again.
        day: when it is due. ``title``, ``text``: what is due, for people.
        post, period: whose update of which quarter it is, or the quarter that runs.
    """

    key: str
    day: date
    title: str
    text: str
    post: str
    period: str


def due_dates(
    edition: Edition, posts: Iterable[str], today: date, submitted: frozenset[Quarter]
) -> tuple[DueDate, ...]:
    """Return what the holder of some posts owes: updates not yet written, and commitments not yet complete, by day.

    Args:
        edition: the one with what was saved last.
        posts: names in the register's column ``lead``.
        today: the day.
        submitted: quarters of directorates from their submission on.
    """
    found: list[DueDate] = []
    for post in posts:
        for period in quarters(today):
            left = [
                each
                for each in owed(edition, post, period)
                if not each.given and Quarter(period, each.directorate) not in submitted
            ]
            if left:
                found.append(_updates(post, period, due_on(edition, period), left))
        running = quarters(today)[1]
        found += [
            DueDate(_key(each.id), each.due, f"{each.id} is due: {each.title}", each.title, post, running)
            for each in owed(edition, post, running)
            if each.due and each.content.get("delivery") != "complete"
        ]
    return tuple(sorted(found, key=lambda each: (each.day, each.key)))


def _updates(post: str, period: str, due: date, left: list[Owed]) -> DueDate:
    title = f"{wording.sentence(wording.count(len(left), 'quarterly update'))} for {period} {'is' if len(left) == 1 else 'are'} due"
    text = "\n".join(f"{each.id} {each.title}" for each in left)
    return DueDate(_key(f"{post} {period}"), due, title, text, post, period)


def _key(named: str) -> str:
    return hashlib.sha256(named.encode()).hexdigest()[:32]
