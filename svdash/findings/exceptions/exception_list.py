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
from svdash.findings import spec
from svdash.findings.exceptions import exception_rules, rule_hits
from svdash.findings.exceptions.rule_hits import NO_PLACE, NONE_NAMED, Hit
from svdash.findings.finding import Finding, by_office, updated_of
from svdash.findings.progress import commitment_status
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
    "standing": "State of the action",
    "status": "Status",
}
NAME: Final = "exceptions"
NO_ACTION: Final = "none agreed yet"
HIDDEN: Final = "readers do not see it"
# The rule under which an action stands whose exception is gone, or that was agreed about something else.
AGREED, AGREED_LABEL = "agreed", "Agreed action"
METHOD: Final = (
    "Rules decide what is not as expected: red, amber again, overdue, evidence older than its kind of evidence holds, an "
    "indicator that is worse beyond chance when all tests are taken together, a fair comparison that shows a gap beyond "
    "chance, and no owner. Their limits and words are a table of the data pack. Commitments are as at the day named "
    "above; indicators and gaps as in the newest whole year. An exception stays while its rule holds, and after that until "
    "its action is closed on evidence. Actions stand at the latest position alone."
)


def exceptions(edition: Edition, view: View, actions: tuple[KeptAction, ...] | None = None) -> Finding:
    """Return what goes to leadership in a view.

    Args:
        edition: the data.
        view: the filters.
        actions: those to show; by default the ones that readers of the edition see. They stand at the latest position alone:
            in an earlier year nobody had agreed them.
    """
    framework = Framework.of(edition)
    found, begun = rule_hits.hits(edition, view), framework.calendar.begun(view.year)
    latest = view.year in (ALL, framework.calendar.latest_year)
    every = (agreed_actions(edition) if actions is None else actions) if latest else ()
    frame = _frame(edition, view, found, every)
    return Finding(
        name=NAME,
        row_key=("label", "about", "action"),
        headline=_headline(frame, acted=latest) if begun else "Nothing was reported on yet",
        subtitle=f"What is not as expected, {commitment_status.when(framework, view)}",
        frame=frame,
        columns=COLUMNS,
        sentence=_sentence(frame),
        statuses=_statuses(edition, found),
        updated=updated_of(edition, *commitment_status.TABLES),
        method=METHOD,
        view=view,
        empty="" if len(frame) else _calm(edition, view),
    )


def how_many(edition: Edition, view: View) -> int:
    """Return how many exceptions the list of a view has, without the actions whose exception is gone: one number on all pages."""
    return len(rule_hits.hits(edition, view))


def of_view(edition: Edition, view: View, actions: Iterable[KeptAction]) -> tuple[KeptAction, ...]:
    """Return the actions that are about what a view shows: its exceptions, or commitments that it has."""
    every = tuple(actions)
    if not every or (view.role == ALL and view.commitment == ALL):
        return every
    keys = {each.key for each in rule_hits.hits(edition, view)}
    those = set(Framework.of(edition).ids_of(view))
    return tuple(each for each in every if each.action.about in keys or those & set(each.action.commitments))


def _frame(edition: Edition, view: View, found: Sequence[Hit], actions: Sequence[KeptAction]) -> pd.DataFrame:
    """Return one row an exception, and one for each action that is not over and whose exception is gone.

    Beside the columns for people: ``key``, ``rule``, ``subject``, ``page``, ``lead_to``; of its action ``item``, ``state`` and
    whether it is ``hidden`` from readers.
    """
    status = commitment_status.status(Framework.of(edition))
    rows = [_row(each, _of(actions, each.key)) for each in found]
    if actions:
        # Whether a rule holds no longer does not depend on what is looked at.
        holding = {each.key for each in rule_hits.hits(edition, view.with_(role=ALL, commitment=ALL))}
        left = (each for each in of_view(edition, view, actions) if each.action.about not in holding)
        rows += [_left(each, status) for each in left if not each.action.is_over]
    names = [
        "key",
        "rule",
        "subject",
        "title",
        "page",
        "lead_to",
        "item",
        "state",
        "hidden",
        *COLUMNS,
        "marker",
    ]
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
    was_rule = action.about.partition(":")[0] in exception_rules.NAMES
    agreed = "agreed in a meeting" if action.meeting else "agreed"
    proof = (
        "what shows that it was done is to be looked at" if action.state == "done" else "not evidenced yet"
    )
    return {
        "key": kept.item,
        "rule": AGREED,
        "subject": action.commitments[0] if action.commitments else "",
        "title": about,
        "page": "commitments" if action.commitments else "",
        "lead_to": f"commitment={action.commitments[0]}" if action.commitments else "",
        "label": AGREED_LABEL,
        "about": about,
        "reason": f"{'the rule no longer holds' if was_rule else agreed}; {proof}",
        "where": NO_PLACE,
        "owner": action.owner,
        "ask": action.ask or "Was it done, and what shows that?",
        "status": status,
        "marker": "",
        **_acted(kept, stays=False),
    }


def _acted(kept: KeptAction | None, *, stays: bool) -> dict[str, Any]:
    """Return what is said of the action of a row: what, who, by when and where it stands."""
    if kept is None:
        return {
            "item": "",
            "state": "",
            "hidden": False,
            "action": NO_ACTION,
            "action_owner": NONE_NAMED,
            "action_due": "no date",
            "standing": "no action yet",
        }
    action = kept.action
    return {
        "item": kept.item,
        "state": action.state,
        "hidden": not action.shown,
        "action": action.what,
        "action_owner": action.owner,
        "action_due": action.due.isoformat(),
        "standing": standing(kept, stays=stays),
    }


def standing(kept: KeptAction, *, stays: bool) -> str:
    """Say where an action stands; ``stays`` where its exception is still there."""
    action = kept.action
    moved = f", moved from {wording.day(action.first_due)}: {action.reason}" if action.first_due else ""
    sentence = {
        "open": f"open{moved}",
        "done": f"done on {wording.day(action.done_on)}, to be looked at" if action.done_on else "",
        "closed": f"closed: {action.reason}",
        "withdrawn": f"withdrawn: {action.reason}",
    }[action.state]
    sentence = f"{sentence}; the rule still holds" if stays and action.is_over else sentence
    return sentence if action.shown else f"{sentence}; {HIDDEN}"


def _statuses(edition: Edition, found: Sequence[Hit]) -> tuple[str, ...]:
    """Return how official the figures are that the list rests on: those of commitments always, others where one is in it."""
    own = commitment_status.status(Framework.of(edition))
    return by_office({own, *(status for each in found for status in each.statuses)})


def _headline(frame: pd.DataFrame, *, acted: bool) -> str:
    """Say how many exceptions there are, how many have an action where these are looked at (``acted``), and what is left of others."""
    if frame.empty:
        return "Nothing here is out of line"
    ours = frame[frame["rule"] != AGREED]
    left = frame[frame["rule"] == AGREED]
    sentence = (
        f"{wording.sentence(wording.count(len(ours), 'exception'))} to the leadership" if len(ours) else ""
    )
    answered = int(ours["item"].ne("").sum())
    if sentence and acted and answered < len(ours):
        sentence += f", {answered or 'none'} with an action"
    done = int(left["state"].eq("done").sum())
    more = (
        f"{wording.count(len(left) - done, 'action')} to evidence" if len(left) > done else "",
        f"{wording.count(done, 'action')} done, to be looked at" if done else "",
    )
    return wording.sentence("; ".join(filter(None, (sentence, *more))))


def _sentence(frame: pd.DataFrame) -> str:
    """Say how many stand there for which rule, and about how many things."""
    if frame.empty:
        return ""
    labels = [str(label) for label in dict.fromkeys(frame["label"])]
    many = frame["label"].value_counts()
    sentence = "; ".join(f"{commitment_status.within(label)}: {many[label]}" for label in labels)
    often = int((frame.loc[frame["page"] == "commitments", "subject"].value_counts() > 1).sum())
    sentence = f"{wording.sentence(sentence)}."
    if often:
        sentence += f" {wording.sentence(wording.count(often, 'commitment'))} {'is' if often == 1 else 'are'} here under more than one rule."
    return sentence


def has_hidden(found: Finding) -> bool:
    """Return whether an action stands in a list that readers without a role do not see."""
    return bool(found.frame["hidden"].any())


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


def named(found: Finding) -> dict[str, str]:
    """Return the key of each exception of a list → its rule and what it is about."""
    rows = found.frame[found.frame["rule"] != AGREED]
    return dict(zip(rows["key"], rows["label"] + ": " + rows["about"], strict=True))


def commitments(found: Finding | None, key: str) -> tuple[str, ...]:
    """Return the commitment that an exception of a list is about; none where it is about another thing, or not in the list."""
    if found is None:
        return ()
    rows = found.frame[(found.frame["key"] == key) & (found.frame["page"] == "commitments")]
    return tuple(map(str, rows["subject"]))


def labels(found: Finding) -> dict[str, str]:
    """Return rule → what the list calls it, of the rules that stand in a list."""
    return dict(zip(found.frame["rule"], found.frame["label"], strict=True))


def _calm(edition: Edition, view: View) -> str:
    """Say why there is no exception."""
    framework = Framework.of(edition)
    commitments = commitment_status.select(edition, view)
    if commitments.empty:
        return commitment_status.nothing(framework, view)
    return f"No rule holds for {wording.count(len(commitments), 'commitment')}, nor for the indicators and gaps that go with them."


SPECS: Final = (
    spec.of_view(
        "exceptions",
        "Exceptions to the leadership: what is not as expected, and what is done about it",
        exceptions,
    ),
)
