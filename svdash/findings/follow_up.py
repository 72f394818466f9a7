"""What the overview says of the follow-up, in short notes that lead on: exceptions, actions overdue with whom, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from svdash import wording
from svdash.editions import Edition, agreed_actions
from svdash.findings import snapshots
from svdash.findings.exceptions import exception_list, since_snapshot
from svdash.findings.progress import board_and_officers
from svdash.register import Framework, View

if TYPE_CHECKING:
    from svdash.records.agreed_actions import KeptAction
    from svdash.records.taken_snapshots import TakenSnapshot


@dataclass(frozen=True)
class Note:
    """A note with the page that it leads on to."""

    text: str
    page: str
    params: Mapping[str, str] = field(default_factory=dict)


def notes(edition: Edition, view: View, today: date, taken: Sequence[TakenSnapshot] = ()) -> tuple[Note, ...]:
    """Return the notes for a view; none before anything was reported on.

    Args:
        edition: the data, with the actions that its readers see.
        view: the filters.
        today: the day from which an action is overdue.
        taken: the snapshots, the newest first, which is that of the last meeting.

    Raises:
        SnapshotError: the file of that snapshot can't be opened, or is not what it was.
    """
    if not Framework.of(edition).calendar.begun(view.year):
        return ()
    last = next(iter(taken), None)
    actions = exception_list.of_view(edition, view, agreed_actions(edition))
    texts = (
        _exceptions(exception_list.how_many(edition, view)),
        _new(edition, view, taken),
        overdue(actions, today),
        came_back(actions, last),
    )
    told = [Note(text, "exceptions") for text in texts if text]
    board = (_differ(edition, view), _waiting(edition, view))
    told += [Note(text, "commitments", {"layout": "board"}) for text in board if text]
    return tuple(told)


def _differ(edition: Edition, view: View) -> str:
    """Say how many ratings of the Board or a panel differ from the officers'; empty where none does."""
    many = board_and_officers.differing(edition, view)
    return (
        f"{wording.count(many, 'rating')} {'differs' if many == 1 else 'differ'} from the officers'"
        if many
        else ""
    )


def _waiting(edition: Edition, view: View) -> str:
    """Say how many questions of the Board wait for an answer; empty where none does."""
    many = board_and_officers.unanswered(edition, view)
    return (
        f"{wording.count(many, 'question')} of the Board {'waits' if many == 1 else 'wait'} for an answer"
        if many
        else ""
    )


def _exceptions(many: int) -> str:
    return wording.sentence(wording.count(many, "exception")) if many else ""


def _new(edition: Edition, view: View, taken: Sequence[TakenSnapshot]) -> str:
    """Say how many exceptions are new since the last snapshot; empty where it can't be compared."""
    if not taken:
        return ""
    found = exception_list.exceptions(edition, view)
    last, latest = snapshots.opened(taken[0].id), Framework.of(edition).calendar.latest_year
    if since_snapshot.comparable(found, last, latest):
        return ""
    earlier = [snapshots.opened(each.id) for each in taken[1 : 1 + since_snapshot.EARLIER]]
    moved = since_snapshot.since(found, last, earlier, taken[0].name, latest)
    new = int((moved.found.frame[since_snapshot.COLUMN] == since_snapshot.NEW).sum())
    return f"{new or 'none'} new since {taken[0].name}"


def overdue(actions: tuple[KeptAction, ...], today: date) -> str:
    """Say how many actions are past their day, and with whom; empty where none is."""
    late = [each.action for each in actions if not each.action.is_over and each.action.due < today]
    if not late:
        return ""
    owners = sorted({each.owner for each in late})
    return f"{wording.count(len(late), 'action')} overdue, with {wording.listing(owners, 2)}"


def came_back(actions: tuple[KeptAction, ...], last: TakenSnapshot | None = None) -> str:
    """Say how many actions were closed on evidence, since the last snapshot where there is one; empty where none was."""
    closed = [
        each
        for each in actions
        if each.action.state == "closed" and (last is None or each.revision.at > last.taken_at)
    ]
    if not closed:
        return ""
    return f"{wording.count(len(closed), 'action')} closed on evidence{f' since {last.name}' if last else ''}"
