"""What the owner of commitments owes for a quarter: an update of each, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, post_holders, recorded_update
from svdash.findings.finding import records
from svdash.findings.progress.commitment_status import status_by_commitment
from svdash.records.evidence_files import evidence_text
from svdash.register import ALL, Framework
from svdash.years import period_end, quarter_of

# Days from the end of a quarter to the day an update is due, where the pack has no update that tells.
_USUAL_DAYS: Final = 21
# What of the last update is carried forward into the next; evidence and its date are not: each quarter has its own.
CARRIED: Final = ("delivery", "confidence", "note", "next_step")
# The vocabulary's list of what the Framework asks of everything that is done.
_QUESTION: Final = "question"
# What a recorded update says beyond the columns of the table.
_BEYOND: Final = ("barriers", "effect", "heard", "file", "on_behalf_of", "deputy", "unchanged", "minutes")


@dataclass(frozen=True)
class Owed:
    """An update of one commitment that is owed for a quarter.

    Attributes:
        id: the commitment. ``title``, ``due``, ``directorate``: as the register and the plan have them.
        given: whether an update of the quarter was saved.
        late: quarters that the commitment itself is overdue at the end of the quarter that is written about, 0 if it is not.
        missing: what keeps it from being shown as Complete or Green, as words: an owner, a test of done, a date, an
            evidence type.
        content: the update of the quarter as it was saved, or what is carried forward into it; names as in the table
            ``updates``, and of a saved one ``barriers``, ``effect``, ``heard``, ``file``, ``on_behalf_of``, ``deputy``,
            ``unchanged``, ``minutes``.
        revision: the number of the revision that holds it; ``None`` where the pack does, or nothing was saved.
        before: the quarter that is carried forward from; empty where the commitment was never reported on.
        shown_by: what showed the commitment complete in the quarter that is carried forward from (``evidence``,
            ``evidence_date``, ``file``); empty where it was not reported complete, or nothing showed it.
        prompts: what the Framework asks of the commitment, title → text: its questions, each with the register's guidance.
    """

    id: str
    title: str
    due: date | None
    directorate: str
    given: bool
    late: int
    missing: tuple[str, ...]
    content: dict[str, Any] = field(hash=False)
    before: str
    prompts: dict[str, str] = field(hash=False)
    revision: int | None = None
    shown_by: dict[str, Any] = field(default_factory=dict, hash=False)


def owners(edition: Edition) -> dict[str, int]:
    """Return the owners named in the register with how many commitments each has, by name; practices are not reported on."""
    rows = Framework.of(edition).commitments
    promised = rows[rows["kind"] != "practice"].dropna(subset="lead")
    return {str(name): int(many) for name, many in promised["lead"].value_counts().sort_index().items()}


def action_owners(edition: Edition, today: date) -> tuple[str, ...]:
    """Return the posts that may own an action on a day, by name: of the register and the list of people, but those that all left."""
    leads = set(map(str, Framework.of(edition).commitments["lead"].dropna()))
    people = post_holders(edition)
    posts = {each.post for each in people if each.holds(today)}
    vacant = {each.post for each in people} - posts
    return tuple(sorted((leads - vacant) | posts))


def quarters(today: date) -> tuple[str, str]:
    """Return the two quarters that may be written about: the last that has ended, and the one that runs."""
    now = quarter_of(today)
    first = {"1": (4, 1), "2": (7, 1), "3": (10, 1), "4": (1, 1)}[now[-1]]
    return quarter_of(date(today.year, *first) - timedelta(days=1)), now


def due_on(edition: Edition, period: str) -> date:
    """Return the day on which updates of a quarter are due: as long after its end as those in the pack mostly are."""
    rows = edition.table("updates")
    ends = pd.to_datetime(rows["period"].map({each: period_end(each) for each in rows["period"].unique()}))
    usual = (rows["due_on"] - ends).dt.days.mode()
    return period_end(period) + timedelta(days=int(usual.iloc[0]) if len(usual) else _USUAL_DAYS)


def owed(edition: Edition, owner: str, period: str) -> tuple[Owed, ...]:
    """Return what an owner owes for a quarter: what is not given first, of that what is longest overdue.

    Args:
        edition: the one with what was saved last.
        owner: a name in the register's column ``lead``.
        period: the quarter, such as 2026/27 Q3.
    """
    found = _owed_where(edition, "lead", owner, period)
    return tuple(sorted(found, key=lambda each: (each.given, -each.late, each.due or date.max, each.id)))


def owed_by_directorate(edition: Edition, directorate: str, period: str) -> tuple[Owed, ...]:
    """Return what the owners in a directorate owe for a quarter, in the order of the register.

    Args:
        edition: the one with what was saved last.
        directorate: a code of the vocabulary; empty for what the register puts under none.
        period: the quarter, such as 2026/27 Q3.
    """
    return tuple(_owed_where(edition, "directorate", directorate, period))


def _owed_where(edition: Edition, column: str, value: str, period: str) -> list[Owed]:
    framework = Framework.of(edition)
    standing = status_by_commitment(edition, framework.filters.default_view(ALL))
    mine = standing[(standing[column].fillna("") == value) & (standing["kind"] != "practice")]
    updates = edition.table("updates")
    updates = updates[updates["commitment"].isin(mine["id"]) & (updates["period"] <= period)]
    newest = updates.sort_values("period").drop_duplicates("commitment", keep="last").set_index("commitment")
    return [_owed(edition, framework, row, newest, period) for row in records(mine)]


def headline(updates: tuple[Owed, ...], owner: str, period: str, due: date, today: date) -> str:
    """Return what an owner owes for a quarter as one sentence."""
    left = sum(not each.given for each in updates)
    if not updates:
        return f"{owner} owns no commitment that is reported on"
    if not left:
        many = f"All {wording.number(len(updates))} updates" if len(updates) > 1 else "The update"
        return f"{many} for {period} {'are' if len(updates) > 1 else 'is'} saved"
    when = f"was due by {wording.day(due)}" if due < today else f"is due by {wording.day(due)}"
    if len(updates) == 1:
        return f"One update for {period} {when}"
    is_or_are = "are" if left > 1 else "is"
    when = when if left == 1 else when.replace("was", "were", 1).replace("is due", "are due", 1)
    return f"{wording.number(left)} of {wording.number(len(updates))} updates for {period} {is_or_are} still to be written: {'it' if left == 1 else 'they'} {when}"


def to_verify(update: Owed, delivery: str, evidence: str) -> str:
    """Return what is missing to show an update as Complete or Green, and who mends it; empty if nothing is.

    Args:
        update: which commitment.
        delivery: the delivery that is about to be reported.
        evidence: the evidence that is about to be given.
    """
    found = [
        f"the plan has no {each.removeprefix('a ').removeprefix('an ')}"
        for each in update.missing
        if each != "evidence"
    ]
    remedy = "Have it added to the plan. " if found else ""
    if delivery == "complete" and not evidence.strip():
        found.append("no evidence is given")
        remedy += "Say what shows that it is done."
    if not found:
        return ""
    return f"It can't be shown as Complete or Green: {wording.listing(found, len(found))}. {remedy}".strip()


def unchanged(update: Owed) -> dict[str, Any]:
    """Return what "nothing changed" says in every field that is typed: the last update, with what showed it complete.

    That something was done stays shown by what showed it, which keeps its own date. Of all else each quarter has its own
    evidence, and none is carried.
    """
    named = ("barriers", "effect", "heard")
    return {name: update.content.get(name) for name in (*CARRIED, *named)} | (
        update.shown_by or {"evidence": None, "evidence_date": None, "file": None}
    )


def says_unchanged(update: Owed) -> str:
    """Say what "nothing changed" records of evidence; empty where there is nothing to say of it."""
    if update.content.get("delivery") != "complete":
        return ""
    if not update.shown_by:
        return (
            f"Nothing showed it complete in {update.before}, so “nothing changed” can't be shown as Complete. Say what shows that "
            "it is done, and save."
        )
    return f"“Nothing changed” carries forward what showed it complete in {update.before}: {_shown(update.shown_by)}."


def _shown(by: dict[str, Any]) -> str:
    """Name evidence with its date."""
    dated = by["evidence_date"]
    when = f", dated {wording.day(dated.date())}" if isinstance(dated, pd.Timestamp) else ", without a date"
    return f"{evidence_text(by)}{when}"


def _shown_by(edition: Edition, commitment: str, last: dict[str, Any], period: str) -> dict[str, Any]:
    """Return what showed a commitment complete in the last update before a quarter; empty where nothing did."""
    if last.get("delivery") != "complete" or last.get("period") == period or pd.isna(last["evidence"]):
        return {}
    recorded = recorded_update(edition, commitment, str(last["period"]))
    # As it was typed: the table has the name of a file among its words.
    content = recorded.content if recorded is not None else {"evidence": last["evidence"], "file": None}
    dated = None if pd.isna(last["evidence_date"]) else last["evidence_date"]
    return {"evidence": content["evidence"], "file": content["file"], "evidence_date": dated}


def _owed(
    edition: Edition, framework: Framework, row: dict[str, Any], newest: pd.DataFrame, period: str
) -> Owed:
    last = newest.loc[row["id"]].to_dict() if row["id"] in newest.index else {}
    given = last.get("period") == period
    names = (*CARRIED, "evidence", "evidence_date") if given else CARRIED
    content = {name: None if name not in last or pd.isna(last[name]) else last[name] for name in names}
    recorded = recorded_update(edition, str(row["id"]), period)
    if recorded is not None:
        # As it was typed: the table has the evidence in other words, and no column for the rest.
        content |= {
            "evidence": recorded.content["evidence"],
            **{name: recorded.content.get(name) for name in _BEYOND},
        }
    return Owed(
        id=str(row["id"]),
        title=str(row["title"]),
        due=None if pd.isna(row["due"]) else row["due"].date(),
        directorate="" if pd.isna(row["directorate"]) else str(row["directorate"]),
        given=given,
        late=_late(row, last, period),
        missing=tuple(str(row["missing"]).split(", ")) if row["missing"] else (),
        content=content,
        before=str(last.get("period", "")),
        prompts=_prompts(framework, row),
        revision=recorded.number if recorded else None,
        shown_by=_shown_by(edition, str(row["id"]), last, period),
    )


def _late(row: dict[str, Any], last: dict[str, Any], period: str) -> int:
    """Return for how many quarters a commitment is overdue at the end of one: what others write meanwhile changes nothing in it."""
    end = period_end(period)
    if pd.isna(row["due"]) or row["due"].date() >= end:
        return 0
    if last.get("delivery") == "complete" and not row["missing"]:
        return 0
    return int((end.year - row["due"].year) * 12 + end.month - row["due"].month) // 3


def _prompts(framework: Framework, row: dict[str, Any]) -> dict[str, str]:
    """Return the Framework's questions, each with what the register says of it for this commitment, else what it means."""
    guidance = {name: "" if pd.isna(row[name]) else str(row[name]) for name in framework.guidance}
    questions = framework.vocabulary.labels(_QUESTION)
    question_texts = {
        label: guidance.pop(f"guidance_{code}", "") or framework.vocabulary.meaning(_QUESTION, code)
        for code, label in questions.items()
    }
    return question_texts | {framework.guidance[name]: text for name, text in guidance.items() if text}
