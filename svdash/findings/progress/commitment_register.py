"""The register to search and group, and one of its rows in full."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept, recorded_update, reviews
from svdash.findings.finding import Finding, kept_by
from svdash.findings.progress.commitment_status import (
    REQUIRED,
    common,
    in_words,
    kinds,
    status,
    status_by_commitment,
    when,
    within,
)
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, DELIVERY_ORDER, Framework, View
from svdash.tables import split
from svdash.years import period_end

NO_GROUP = "none"
ROLE: Final = "role"
AWARDS: Final = "accreditations"
REVIEWED: Final = "Last review"
_STANDING: Final = ("state", "review_date")
# Columns that a search looks into beside the identifier and the guidance.
SEARCHED: Final = ("title", "summary", "lead", "directorate")
REGISTER = {
    "id": "Id",
    "title": "Commitment",
    "delivery_label": "Delivery",
    "overdue_label": "Overdue",
    "lead": "Owner",
    "due_label": "Due",
    "confidence_label": "Delivery confidence",
    "kind_label": "Kind",
    "missing": "Missing to verify it",
    "reported": "Last update",
    "status": "Status",
}


def register(
    edition: Edition, view: View, group: str = "role", kind: str = ALL, delivery: str = ALL, words: str = ""
) -> Finding:
    """The searchable register, grouped. ``words`` must all occur in a row's text; ``delivery`` may be ``overdue``.

    What somebody typed is not kept: there is no end of such texts.
    """
    if not words.strip():
        return _whole(edition, view, group, kind, delivery)
    return replace(_searched(edition, view.only("role", "year"), group, kind, delivery, words), view=view)


@kept_by("role", "year")
def _whole(edition: Edition, view: View, group: str, kind: str, delivery: str) -> Finding:
    return _searched(edition, view, group, kind, delivery, "")


def _searched(edition: Edition, view: View, group: str, kind: str, delivery: str, words: str) -> Finding:
    framework = Framework.of(edition)
    rows = status_by_commitment(edition, view)
    rows = rows[rows["id"].isin(framework.register(view, one=False)["id"])]
    if kind != ALL:
        rows = rows[rows["kind"] == kind]
    if delivery == "overdue":
        rows = rows[rows["overdue"]]
    elif delivery == "unverified":
        rows = rows[rows["missing"].ne("") & rows["kind"].ne("practice")]
    elif delivery != ALL:
        rows = rows[rows["delivery"] == delivery]
    rows = matching(rows, words)
    column = {ROLE: "roles", **{each.name: each.column for each in framework.groupings}}[group]
    wanted = [view.role] if group == ROLE and view.role != ALL else list(framework.vocabulary.labels(group))
    stood = [[c for c in wanted if c in split(v)] or [NO_GROUP] for v in rows[column]]
    rows = rows.assign(group=pd.Series(stood, index=rows.index, dtype="object"))
    whole = len(rows)
    rows = rows.explode("group").dropna(subset="group")
    order = {code: n for n, code in enumerate([*wanted, NO_GROUP])}
    rows = rows.sort_values("group", key=lambda g: g.map(order), kind="stable")
    rows = in_words(edition, view, rows).assign(
        group=rows["group"],
        group_label=rows["group"].map({**framework.vocabulary.labels(group), NO_GROUP: "None given"}),
    )
    by_kind = rows.drop_duplicates("id")["kind"].value_counts()
    parts = [wording.count(int(by_kind[k]), within(v)) for k, v in kinds(framework).items() if k in by_kind]
    return Finding(
        name="commitments",
        row_key=("group_label", "id"),
        params={"group": group, "kind": kind, "delivery": delivery, "words": words},
        headline=f"{whole} in the register" if whole else "Nothing in the register matches",
        # A pack's own groupings may be called by a name: Marmot priority.
        subtitle=f"By {'role' if group == ROLE else groups(edition)[group]}, {when(framework, view)}"
        + ("; a commitment of several groups is listed under each" if len(rows) > whole else ""),
        frame=rows,
        columns={"group_label": groups(edition)[group], **REGISTER},
        sentence=f"{wording.listing(parts, len(parts))}." if parts else "",
        empty="" if whole else _why_none(framework, words, delivery, kind),
        **common(edition, view),
    )


def _why_none(framework: Framework, words: str, delivery: str, kind: str) -> str:
    filters = [f"the words “{words}”"] if words else []
    filters += [f"delivery “{delivery}”"] if delivery != ALL else []
    filters += [kinds(framework)[kind].lower()] if kind != ALL else []
    return f"No row has {wording.listing(filters)}. Clear one of them, or choose another role."


def matching(rows: pd.DataFrame, words: str) -> pd.DataFrame:
    """Keep the register rows in which every word occurs, in id, title, summary, owner or guidance."""
    if not words.strip():
        return rows
    fields = [name for name in rows if name in SEARCHED or str(name).startswith("guidance_")]
    text = rows["id"].str.cat(rows[fields], sep=" ", na_rep="").str.casefold()
    keep = pd.Series(True, index=rows.index)
    for word in words.casefold().split():
        keep &= text.str.contains(word, regex=False)
    return rows[keep]


def groups(edition: Edition) -> dict[str, str]:
    """Return by what the register can be grouped: by role, and by what the pack marks as groupings; name → label."""
    return {ROLE: "Role"} | {each.name: each.one for each in Framework.of(edition).groupings}


@dataclass(frozen=True, eq=False)
class Detail:
    """Everything about one row of the register, as people read it."""

    row: pd.Series
    facts: list[tuple[str, str]]
    guidance: dict[str, str]
    related: pd.DataFrame
    indicators: pd.DataFrame
    accreditations: pd.DataFrame
    history: Finding
    mark: str

    @property
    def headline(self) -> str:
        """Which row it is and, of a commitment, where it stands and whether it is late."""
        named = f"{self.row['id']} {self.row['title']}"
        if self.row["kind"] == "practice":
            return named
        # Without the sign that stands before the word in a table.
        state = str(self.row["delivery_label"]).partition(" ")[2].casefold()
        return f"{named}: {state}" + (f", overdue {self.row['overdue_label']}" if self.row["overdue"] else "")


@kept
def detail(edition: Edition, view: View, commitment: str) -> Detail:
    """Return one row of the register with owner, dates, guidance, practice, indicators and history."""
    framework = Framework.of(edition)
    told = in_words(edition, view, status_by_commitment(edition, view)).set_index("id", drop=False)
    row = told.loc[[commitment]].iloc[0]
    wanted = [r for r in split(row["related"]) if r in told.index]
    linked = framework.links.loc[framework.links["commitment"] == commitment, "indicator"]
    awards = edition.table(AWARDS) if AWARDS in edition.tables else pd.DataFrame(columns=["practice"])
    return Detail(
        row=row,
        facts=_facts(framework, row, _reviewed(edition, commitment)),
        guidance={
            label: str(row[name]) for name, label in framework.guidance.items() if not pd.isna(row[name])
        },
        related=told.loc[wanted, ["id", "title", "delivery_label"]],
        indicators=framework.indicators.loc[
            [i for i in framework.indicators.index if i in set(linked)], ["id", "title"]
        ],
        accreditations=awards[awards["practice"] == commitment],
        history=_history(edition, framework, view, commitment),
        mark=framework.mark("updates"),
    )


def _reviewed(edition: Edition, practice: str) -> list[tuple[str, str]]:
    """Return what the last published review of a practice, and of each of its accreditations, says."""
    found = [each.review for each in reviews(edition) if each.review.practice == practice]
    return [
        (
            f"Review of {each.accreditation}" if each.accreditation else REVIEWED,
            f"{wording.STATE[each.standing]}, {wording.day(each.reviewed_on)}: {each.note}",
        )
        for each in found
    ]


def _facts(framework: Framework, row: pd.Series, reviewed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    def said(name: str, text: str) -> str:
        origin = {
            "framework": "in the Framework",
            "plan": f"in the lead's plan{framework.mark('plans').replace(' (', ', ').rstrip(')')}",
        }.get(row[f"{name}_from"], "")
        return f"{text} ({origin})" if origin else f"not agreed: the Framework does not give {REQUIRED[name]}"

    facts = [
        ("In the Framework", str(row["place"])),
        (f"Owner{framework.mark('commitments', 'lead')}", f"{row['lead']}, {row['directorate_label']}"),
        *_champion(framework, row),
    ]
    if row["kind"] == "practice":
        review = "not set" if pd.isna(row["review_date"]) else wording.day(row["review_date"].date())
        # What a review says is as official as the review, whatever the pack's own state was.
        marked = {
            name: "" if REVIEWED in dict(reviewed) else framework.mark("commitments", name)
            for name in _STANDING
        }
        facts += [
            (f"State{marked['state']}", str(row["delivery_label"])),
            (f"Next review{marked['review_date']}", review),
            *reviewed,
        ]
    else:
        due = "" if pd.isna(row["due"]) else wording.day(row["due"].date())
        facts += [
            ("Due", said("due", due)),
            ("Test of done", said("test_of_done", str(row["test_of_done"]))),
            (
                "Evidence type",
                said("evidence_type", framework.vocabulary.label("evidence", row["evidence_type"])),
            ),
        ]
    facts += [
        (each.title, framework.vocabulary.spell(each.name, row[each.column]) or "none")
        for each in framework.groupings
    ]
    return facts


def _champion(framework: Framework, row: pd.Series) -> list[tuple[str, str]]:
    """Return who champions a commitment, where the register has such a column, under the column's own title."""
    title = framework.title("commitments", "champion")
    if not title:
        return []
    named = "none named" if pd.isna(row["champion"]) else str(row["champion"])
    return [(f"{title}{framework.mark('commitments', 'champion')}", named)]


def _history(edition: Edition, framework: Framework, view: View, commitment: str) -> Finding:
    rows = edition.table("updates")
    rows = rows[rows["commitment"] == commitment]
    if view.year != ALL:
        rows = rows[rows["year"] <= view.year]
    rows = rows.sort_values("period", ascending=False)
    frame = rows.assign(
        delivery_label=rows["delivery"].map(wording.DELIVERY),
        confidence_label=rows["confidence"].map(wording.CONFIDENCE).fillna("not given"),
        timely=[
            "on time" if reported <= due else f"{(reported - due).days} days late"
            for reported, due in zip(rows["reported_on"], rows["due_on"], strict=True)
        ],
        evidence=rows["evidence"].fillna("none given"),
        more=[_beyond(edition, commitment, str(period)) for period in rows["period"]],
        status=status(framework),
    )
    quarters = _quarters_due(framework, view)
    return Finding(
        name="updates",
        row_key=("period",),
        params={"of": commitment},
        headline=f"{wording.count(len(rows), 'update').capitalize()} of {quarters} quarters"
        if quarters
        else "No update was due yet",
        subtitle=f"Quarterly updates on {commitment}, newest first, {when(framework, view)}",
        frame=frame,
        columns={
            "period": "Quarter",
            "reported_on": "Reported on",
            "timely": "In time",
            "delivery_label": "Delivery",
            "confidence_label": "Delivery confidence",
            "note": "Update",
            "evidence": "Evidence",
            "by": "Reported by",
            "status": "Status",
        },
        empty=""
        if len(rows)
        else f"No update on {commitment} up to {wording.day(framework.calendar.as_at(view.year))}.",
        **common(edition, view),
    )


def _beyond(edition: Edition, commitment: str, period: str) -> str:
    """Return what a recorded update says beyond the columns of the table, as sentences; empty where there is none."""
    recorded = recorded_update(edition, commitment, period)
    if recorded is None:
        return ""
    said = recorded.content
    heard = {True: "were heard", False: "were not heard"}.get(said["heard"])
    parts = [
        f"In the way: {said['barriers'].rstrip('.')}." if said["barriers"] else "",
        f"Effect {wording.EFFECT[said['effect']]}." if said["effect"] is not None else "",
        f"People who use the service {heard}." if heard else "",
        "Reported as unchanged." if said["unchanged"] else "",
        # Readers are told that it was a deputy; which person, the audit tells.
        f"Written by a deputy for {said['on_behalf_of']}." if said["on_behalf_of"] else "",
    ]
    return " ".join(filter(None, parts))


def _quarters_due(framework: Framework, view: View) -> int:
    updates = framework.edition.table("updates")
    years = [y for y in updates["year"].unique() if view.year in (ALL, y) or y < view.year]
    ends = {period_end(f"{y} Q{q}") for y in years for q in range(1, 5)}
    return sum(end <= framework.calendar.as_at(view.year) for end in ends) if len(updates) else 0


def _kinds(edition: Edition) -> tuple[str, ...]:
    return (ALL, *kinds(Framework.of(edition)))


def _commitments(edition: Edition) -> tuple[str, ...]:
    return tuple(Framework.of(edition).commitments["id"])


_SHOWN: Final = (ALL, *DELIVERY_ORDER, "overdue", "unverified")

SPECS: Final = (
    Spec(
        "commitments",
        "Commitments and their state",
        lambda edition, view, given: register(edition, view, **given),
        parameters={
            "group": Parameter("How rows are grouped", lambda e: tuple(groups(e)), ROLE),
            "kind": Parameter("Kind of row", _kinds, ALL),
            "delivery": Parameter("Delivery as shown", lambda _: _SHOWN, ALL),
            "words": Parameter("Words that must all occur", None, ""),
        },
    ),
    Spec(
        "updates",
        "Updates on one commitment",
        lambda edition, view, given: detail(edition, view, given["of"]).history,
        parameters={"of": Parameter("Identifier of the commitment", _commitments)},
    ),
)
