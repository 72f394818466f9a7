"""What goes to leadership: every exception with its reason, its owner, the action that answers it, and what is asked.

An exception stands there while its rule holds, and beyond that until its action is evidenced. Actions that a meeting agreed
on anything else stand there as well, until they are closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, agreed_actions
from svdash.findings.exceptions import exception_rules, rule_hits
from svdash.findings.exceptions.rule_hits import NO_PLACE, NONE_NAMED, Hit
from svdash.findings.finding import Finding, by_office, updated_of
from svdash.findings.progress import commitment_status
from svdash.findings.spec import of_view
from svdash.register import ALL, Framework, View

if TYPE_CHECKING:
    from svdash.records.agreed_actions import KeptAction

COLUMNS: Final = {
    "label": "Rule",
    "about": "About",
    "reason": "Reason",
    "where": "Place or group",
    "owner": "Owner",
    "action": "Action",
    "action_owner": "Who does it",
    "action_due": "By when",
    "ask": "The ask",
    "standing": "Where the action stands",
    "status": "Status",
}
NO_ACTION: Final = "none agreed yet"
# The rule under which an action stands whose exception is gone, or that was agreed about something else.
AGREED, AGREED_LABEL = "agreed", "Action to evidence"
METHOD: Final = (
    "Rules decide what is not as expected: red, amber again, overdue, evidence older than its kind of evidence holds, an "
    "indicator that is worse beyond chance when all tests are taken together, a fair comparison that shows a gap beyond "
    "chance, and no owner. Their limits and words are a table of the data pack. Commitments stand as at the day named "
    "above; indicators and gaps as in the newest whole year. An exception stays while its rule holds, and after that until "
    "its action is closed on evidence."
)


def exceptions(edition: Edition, view: View) -> Finding:
    """Return what goes to leadership in a view, with the actions that readers of the edition see."""
    framework = Framework.of(edition)
    found = rule_hits.hits(edition, view)
    actions = within(agreed_actions(edition), framework, view)
    frame = _frame(found, actions, commitment_status.status(framework))
    begun = framework.calendar.begun(view.year)
    return Finding(
        name="exceptions",
        row_key=("label", "about", "action"),
        headline=_headline(found, frame) if begun else "Nothing was reported on yet",
        subtitle=f"What is not as expected, {commitment_status.when(framework, view)}",
        frame=frame,
        columns=COLUMNS,
        sentence=_sentence(frame),
        statuses=by_office(set(frame["status"]))
        if len(frame)
        else commitment_status.common(edition, view)["statuses"],
        updated=updated_of(edition, *commitment_status.TABLES),
        method=METHOD,
        view=view,
        empty="" if len(frame) else _calm(edition, view),
    )


def within(actions: Iterable[KeptAction], framework: Framework, view: View) -> tuple[KeptAction, ...]:
    """Return the actions that are about what a view shows: all where no filter narrows it."""
    if view.role == ALL and view.commitment == ALL:
        return tuple(actions)
    those = set(framework.ids_of(view))
    return tuple(each for each in actions if those & set(each.action.commitments))


def _frame(found: Sequence[Hit], actions: Sequence[KeptAction], status: str) -> pd.DataFrame:
    """Return one row an exception, and one for each action that is not evidenced and whose exception is gone.

    Beside the columns for people: ``key``, ``rule``, ``subject``, ``page``, ``params`` and ``item``, the action's.
    """
    keys = {each.key for each in found}
    rows = [_row(each, _of(actions, each.key)) for each in found]
    rows += [
        _left(each, status) for each in actions if not each.action.is_over and each.action.about not in keys
    ]
    names = ["key", "rule", "subject", "title", "page", "lead_to", "item", *COLUMNS, "marker"]
    return pd.DataFrame(rows, columns=names)


def _of(actions: Iterable[KeptAction], key: str) -> KeptAction | None:
    """Return the action to speak of: the first that is not over, else the one that was closed or withdrawn last."""
    about = [each for each in actions if each.action.about == key]
    running = [each for each in about if not each.action.is_over]
    return running[0] if running else max(about, key=lambda each: each.revision.number, default=None)


def _row(hit: Hit, action: KeptAction | None) -> dict[str, Any]:
    return {
        "key": hit.key,
        "rule": hit.rule,
        "subject": hit.subject,
        "title": hit.title,
        "page": hit.page,
        "lead_to": "&".join(f"{name}={value}" for name, value in hit.params.items()),
        "label": hit.label,
        "about": f"{hit.subject} {hit.title}" if hit.rule != exception_rules.EQUALITY else hit.title,
        "reason": hit.reason,
        "where": hit.where,
        "owner": hit.owner,
        "ask": hit.ask,
        "status": wording.every(hit.statuses),
        "marker": "",
        **_acted(action, stays=True),
    }


def _left(kept: KeptAction, status: str) -> dict[str, Any]:
    """Return the row of an action whose exception is gone, or that is about something else."""
    action = kept.action
    about = wording.every(action.commitments) if action.commitments else "what a meeting agreed"
    return {
        "key": kept.item,
        "rule": AGREED,
        "subject": action.commitments[0] if action.commitments else "",
        "title": about,
        "page": "commitments" if action.commitments else "",
        "lead_to": f"commitment={action.commitments[0]}" if action.commitments else "",
        "label": AGREED_LABEL,
        "about": about,
        "reason": "the rule no longer holds, and its action is not evidenced"
        if action.about
        else "agreed, and not evidenced",
        "where": NO_PLACE,
        "owner": action.owner,
        "ask": action.ask or "Was it done, and what shows that?",
        "status": status,
        "marker": "",
        **_acted(kept, stays=False),
    }


def _acted(kept: KeptAction | None, *, stays: bool) -> dict[str, str]:
    """Return what is said of the action of a row: what, who, by when and where it stands."""
    if kept is None:
        return {
            "item": "",
            "action": NO_ACTION,
            "action_owner": NONE_NAMED,
            "action_due": "no date",
            "standing": "no action yet",
        }
    action = kept.action
    return {
        "item": kept.item,
        "action": action.what,
        "action_owner": action.owner,
        "action_due": action.due.isoformat(),
        "standing": standing(kept, stays=stays),
    }


def standing(kept: KeptAction, *, stays: bool) -> str:
    """Say where an action stands; ``stays`` where its exception is still there."""
    action = kept.action
    told = {
        "open": "open",
        "done": f"done on {wording.day(action.done_on)}, to be looked at" if action.done_on else "",
        "closed": f"closed: {action.reason}",
        "withdrawn": f"withdrawn: {action.reason}",
    }[action.state]
    return f"{told}; the exception came back" if stays and action.state == "closed" else told


def _statuses(edition: Edition, found: Sequence[Hit]) -> tuple[str, ...]:
    """Return how official the figures are that the list rests on: those of commitments always, others where one is in it."""
    own = commitment_status.status(Framework.of(edition))
    return by_office({own, *(status for each in found for status in each.statuses)})


def _headline(found: Sequence[Hit], frame: pd.DataFrame) -> str:
    """Say how many exceptions there are, and how many have no action."""
    if frame.empty:
        return "Nothing is out of line"
    left = int(frame["rule"].eq(AGREED).sum())
    told = f"{wording.sentence(wording.count(len(found), 'exception'))} to the leadership" if found else ""
    without = int((frame["rule"].ne(AGREED) & frame["item"].eq("")).sum())
    if told and without:
        told += f", {'none' if without == len(found) else f'{len(found) - without}'} with an action"
    more = f"{wording.count(left, 'action')} to evidence" if left else ""
    return "; ".join(filter(None, (told, more))) if told else wording.sentence(more)


def _sentence(frame: pd.DataFrame) -> str:
    """Say how many stand there for which rule, and about how many things."""
    if frame.empty:
        return ""
    labels = [str(label) for label in dict.fromkeys(frame["label"])]
    many = frame["label"].value_counts()
    told = "; ".join(f"{commitment_status.within(label)}: {many[label]}" for label in labels)
    often = int((frame.loc[frame["page"] == "commitments", "subject"].value_counts() > 1).sum())
    told = f"{wording.sentence(told)}."
    if often:
        told += f" {wording.sentence(wording.count(often, 'commitment'))} {'stands' if often == 1 else 'stand'} here under more than one rule."
    return told


def narrowed(found: Finding, rule: str = ALL, *, bare: bool = False) -> Finding:
    """Return a list of exceptions with those of one rule alone, or those alone that have no action."""
    frame = found.frame
    if rule != ALL:
        frame = frame[frame["rule"] == rule]
    if bare:
        frame = frame[frame["item"] == ""]
    why = found.empty or (
        ""
        if len(frame)
        else "No exception is left by what is chosen here. Choose all rules to see the others."
    )
    return replace(found, frame=frame.reset_index(drop=True), empty=why)


def labels(found: Finding) -> dict[str, str]:
    """Return rule → what the list calls it, of the rules that stand in a list."""
    return dict(zip(found.frame["rule"], found.frame["label"], strict=True))


def _calm(edition: Edition, view: View) -> str:
    """Say why there is no exception."""
    framework = Framework.of(edition)
    asked = commitment_status.select(edition, view)
    if asked.empty:
        return commitment_status.nothing(framework, view)
    return f"No rule holds for {wording.count(len(asked), 'commitment')}, nor for the indicators and gaps that go with them."


SPECS: Final = (
    of_view(
        "exceptions",
        "Exceptions to the leadership: what is not as expected, and what is done about it",
        exceptions,
    ),
)
