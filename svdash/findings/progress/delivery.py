"""Did we do what we said? Commitments by delivery, what moved, what is overdue."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, records
from svdash.findings.progress.commitment_status import (
    common,
    in_words,
    kinds,
    none_of,
    nothing,
    select,
    status,
    status_by_commitment,
    when,
    within,
)
from svdash.findings.spec import of_view
from svdash.register import DELIVERY_ORDER, NONE, Framework, View

# Which page shows a commitment in full.
COMMITMENT = {"id": ("commitments", "commitment={id}")}
_BY_DELIVERY: Final = ["kind", "kind_label", "place", "delivery", "delivery_label", "number", "of", "status"]


@kept
def where_things_stand(edition: Edition, view: View) -> Finding:
    """How many commitments stand where: those from day one, aspirations, and promises outside the lists apart."""
    framework = Framework.of(edition)
    rows = select(edition, view)
    table = _by_delivery(framework, rows)
    frame = pd.DataFrame(table, columns=_BY_DELIVERY)
    first = rows[rows["kind"] == "day-one"]
    on_course = int(first["delivery"].isin(["complete", "substantial"]).sum())
    unverified = int(((rows["reported_delivery"] == "complete") & (rows["delivery"] != "complete")).sum())
    late = int(rows["overdue"].sum())
    words = f"{late or 'None'} overdue."
    if unverified:
        words += f" {unverified} reported complete that cannot be verified: no test, date, owner or evidence."
    promise, later = (within(kinds(framework)[kind]) for kind in ("day-one", "aspiration"))
    headline = f"{on_course} of {wording.count(len(first), promise)} complete or substantial"
    if not len(first):
        headline = f"{wording.sentence(wording.count(len(rows), later))}, no {promise} here"
    if not framework.calendar.begun(view.year):
        headline = "Nothing was reported on yet"
    return Finding(
        name="standing",
        row_key=("kind_label", "delivery_label"),
        headline=headline,
        subtitle=f"Number of commitments by delivery, {when(framework, view)}",
        frame=frame,
        columns={
            "kind_label": "Kind",
            "delivery_label": "Delivery",
            "number": "Number",
            "of": "Of",
            "status": "Status",
        },
        sentence=words if len(rows) else "",
        alt=" ".join(f"{r['kind_label']}, {r['delivery_label'][2:]}: {r['number']}." for r in table),
        chart=frame,
        empty="" if len(rows) else nothing(framework, view),
        **common(edition, view),
    )


def _by_delivery(framework: Framework, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the commitments of each kind by delivery, zeros too; a kind without commitments is left out."""
    stand = Counter(zip(rows["kind"], rows["delivery"], strict=True))
    of, official, named = Counter(rows["kind"]), status(framework), kinds(framework)
    return [
        {
            "kind": kind,
            "kind_label": f"{named[kind]}s",
            "place": place,
            "delivery": code,
            "delivery_label": wording.DELIVERY[code],
            "number": stand[kind, code],
            "of": of[kind],
            "status": official,
        }
        for place, kind in enumerate(("day-one", "aspiration", "whole-authority"))
        for code in DELIVERY_ORDER
        if of[kind]
    ]


@kept
def changed(edition: Edition, view: View) -> Finding:
    """What moved between the compared year and the chosen one."""
    framework = Framework.of(edition)
    columns = {
        "id": "Id",
        "title": "Commitment",
        "direction": "Direction",
        "before": "Before",
        "after": "Now",
        "lead": "Owner",
        "status": "Status",
    }
    rows = select(edition, view)
    empty = "" if len(rows) else nothing(framework, view)
    if view.compare == NONE:
        empty = "No year to compare with is chosen: choose one under “Compared with”."
    elif not framework.calendar.begun(view.compare):
        empty = f"Nothing was reported on in {view.compare}: choose a later year under “Compared with”."
    rank = {code: len(DELIVERY_ORDER) - n for n, code in enumerate(DELIVERY_ORDER)}
    comparable = view.compare != NONE and framework.calendar.begun(view.compare)
    then = status_by_commitment(edition, view.with_(year=view.compare)) if comparable else rows
    before = rows["id"].map(dict(zip(then["id"], then["delivery"], strict=True))).astype("str")
    moved = rows.assign(before=before)[before != rows["delivery"]]
    step = moved["delivery"].map(rank).astype("float64") - moved["before"].map(rank).astype("float64")
    moved = moved.assign(
        before=moved["before"].map(wording.DELIVERY),
        after=moved["delivery"].map(wording.DELIVERY),
        direction=["forward" if s > 0 else "back" for s in step],
        lead=moved["lead"].fillna("no owner"),
        status=status(framework),
    ).sort_values(["direction", "id"])
    forward, back = int((step > 0).sum()), int((step < 0).sum())
    done = int((moved["delivery"] == "complete").sum())
    return Finding(
        name="changes",
        row_key=("id",),
        headline="No comparison: what moved is not known"
        if empty
        else f"{forward or 'None'} moved forward, {back or 'none'} slipped back",
        subtitle=f"Delivery of commitments, {when(framework, view)} against "
        + ("no other year" if view.compare == NONE else wording.day(framework.calendar.as_at(view.compare))),
        frame=moved,
        columns=columns,
        leads=COMMITMENT,
        sentence=""
        if empty
        else f"{done or 'None'} newly complete with evidence; "
        f"{len(rows) - len(moved)} of {len(rows)} are unchanged.",
        empty=empty or ("" if len(moved) else "Nothing moved between the two dates."),
        **common(edition, view),
    )


@kept
def overdue_by_owner(edition: Edition, view: View) -> Finding:
    """Who owns what is overdue."""
    framework = Framework.of(edition)
    rows = select(edition, view)
    late = in_words(edition, view, rows[rows["overdue"]])
    frame = (
        late.groupby(["lead", "directorate_label"], as_index=False)
        .agg(number=("id", "size"), ids=("id", ", ".join), oldest=("due", "min"))
        .sort_values(["number", "lead"], ascending=[False, True], ignore_index=True)
        .assign(status=status(framework))
    )
    total = len(late)
    headline = f"{none_of(len(rows))} overdue"
    if total:
        headline = f"{total} of {wording.count(len(rows), 'commitment')} overdue, with {wording.count(len(frame), 'owner')}"
    return Finding(
        name="overdue",
        row_key=("lead", "directorate_label"),
        headline=headline,
        subtitle=f"Commitments past their date and not complete, by owner, {when(framework, view)}",
        frame=frame,
        columns={
            "lead": "Owner",
            "directorate_label": "Directorate",
            "number": "Overdue",
            "ids": "Which",
            "oldest": "Oldest date",
            "status": "Status",
        },
        leads={"ids": ("commitments", "commitment={ids}")},
        sentence=_most(frame),
        alt=" ".join(f"{r['lead']}: {r['number']}." for r in records(frame)),
        chart=frame,
        empty="" if total else _in_time(framework, view, rows),
        **common(edition, view),
    )


def _in_time(framework: Framework, view: View, rows: pd.DataFrame) -> str:
    """Say why nothing is overdue."""
    if rows.empty:
        return nothing(framework, view)
    return (
        f"No commitment here was past its date {when(framework, view)}. "
        f"{int(rows['due'].isna().sum())} of {len(rows)} have no date at all."
    )


def _most(frame: pd.DataFrame) -> str:
    """Name who has most that is overdue; nobody stands out where each has one."""
    most = int(frame["number"].max()) if len(frame) else 0
    names = list(frame.loc[frame["number"] == most, "lead"])
    if most <= 1:
        return ""
    return f"{wording.listing(names, 3)} {f'has most: {most}' if len(names) == 1 else f'have most: {most} each'}."


SPECS: Final = (
    of_view("standing", "Commitments by delivery", where_things_stand),
    of_view("changes", "Commitments that moved since the compared year", changed),
    of_view("overdue", "Overdue commitments by owner", overdue_by_owner),
)
