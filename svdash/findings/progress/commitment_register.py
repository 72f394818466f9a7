"""The register to search and group, and one of its rows in full."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.findings.finding import Finding, cached_for_view
from svdash.findings.progress.commitment_status import common, labelled, status, status_by_commitment, when
from svdash.register import ALL, Framework, View
from svdash.tables import split
from svdash.years import period_end

NO_GROUP = "none"
GROUPS = {
    "role": "Role",
    "vision": "Vision",
    "objective": "Corporate objective",
    "marmot_2010": "Marmot priority (2010)",
    "marmot_2022": "Marmot priority (All Together Fairer)",
}
_GROUP_COLUMN = {
    "role": "roles",
    "vision": "vision",
    "objective": "objectives",
    "marmot_2010": "marmot_2010",
    "marmot_2022": "marmot_2022",
}
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
    """The searchable register, grouped. ``words`` must all occur in a row's text; ``delivery`` may be ``overdue``."""
    key = ("progress.register", view.role, view.year, group, kind, delivery, words)
    return cached_for_view(edition, view, key, lambda: _register(edition, view, group, kind, delivery, words))


def _register(edition: Edition, view: View, group: str, kind: str, delivery: str, words: str) -> Finding:
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
    column = _GROUP_COLUMN[group]
    vocabulary = "role" if group == "role" else group
    wanted = (
        [view.role] if group == "role" and view.role != ALL else list(framework.vocabulary.labels(vocabulary))
    )
    groups = [[c for c in wanted if c in split(v)] or [NO_GROUP] for v in rows[column]]
    rows = rows.assign(group=pd.Series(groups, index=rows.index, dtype="object"))
    whole = len(rows)
    rows = rows.explode("group").dropna(subset="group")
    order = {code: n for n, code in enumerate([*wanted, NO_GROUP])}
    rows = rows.sort_values("group", key=lambda g: g.map(order), kind="stable")
    rows = labelled(framework, rows).assign(
        group_label=rows["group"].map({**framework.vocabulary.labels(vocabulary), NO_GROUP: "None given"})
    )
    by_kind = rows.drop_duplicates("id")["kind"].value_counts()
    parts = [
        wording.count(int(by_kind[k]), v.lower() if k != "day-one" else v)
        for k, v in wording.KIND.items()
        if k in by_kind
    ]
    return Finding(
        name="commitments",
        params={"group": group, "kind": kind, "delivery": delivery, "words": words},
        headline=f"{whole} in the register" if whole else "Nothing in the register matches",
        subtitle=f"By {GROUPS[group].lower()}, {when(framework, view)}"
        + ("; one with several groups stands under each" if len(rows) > whole else ""),
        frame=rows,
        columns={"group_label": GROUPS[group], **REGISTER},
        sentence=f"{wording.listing(parts)}." if parts else "",
        empty="" if whole else _why_none(words, delivery, kind),
        **common(edition, view),
    )


def _why_none(words: str, delivery: str, kind: str) -> str:
    asked = [f"the words “{words}”"] if words else []
    asked += [f"delivery “{delivery}”"] if delivery != ALL else []
    asked += [wording.KIND[kind].lower()] if kind != ALL else []
    return f"No row has {wording.listing(asked)}. Clear one of them, or choose another role."


def matching(rows: pd.DataFrame, words: str) -> pd.DataFrame:
    """Keep the register rows in which every word occurs, in id, title, summary, owner or guidance."""
    if not words.strip():
        return rows
    fields = [
        "id",
        "title",
        "summary",
        "lead",
        "directorate",
        "guidance_what",
        "guidance_how",
        "guidance_who",
        "guidance_where",
    ]
    text = rows["id"].str.cat(rows[fields[1:]], sep=" ", na_rep="").str.casefold()
    keep = pd.Series(True, index=rows.index)
    for word in words.casefold().split():
        keep &= text.str.contains(word, regex=False)
    return rows[keep]


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


def detail(edition: Edition, view: View, commitment: str) -> Detail:
    """Return one row of the register with owner, dates, guidance, practice, indicators and history."""
    return edition.remember(("progress.detail", view, commitment), lambda: _detail(edition, view, commitment))


def _detail(edition: Edition, view: View, commitment: str) -> Detail:
    framework = Framework.of(edition)
    rows = status_by_commitment(edition, view).set_index("id", drop=False)
    row = labelled(framework, rows.loc[[commitment]]).iloc[0]
    wanted = [r for r in split(row["related"]) if r in rows.index]
    linked = framework.links.loc[framework.links["commitment"] == commitment, "indicator"]
    questions = {
        "guidance_what": "What are we doing?",
        "guidance_how": "How are we doing it?",
        "guidance_who": "With and for whom?",
        "guidance_where": "Where are we doing it?",
    }
    awards = edition.table("accreditations")
    return Detail(
        row=row,
        facts=_facts(framework, row),
        guidance={label: str(row[name]) for name, label in questions.items() if not pd.isna(row[name])},
        related=labelled(framework, rows.loc[wanted])[["id", "title", "delivery_label"]],
        indicators=framework.indicators.loc[
            [i for i in framework.indicators.index if i in set(linked)], ["id", "title"]
        ],
        accreditations=awards[awards["practice"] == commitment],
        history=_history(edition, framework, view, commitment),
        mark=framework.mark("updates"),
    )


def _facts(framework: Framework, row: pd.Series) -> list[tuple[str, str]]:
    def said(name: str, text: str) -> str:
        origin = {
            "framework": "in the Framework",
            "plan": f"in the lead's plan{framework.mark('plans').replace(' (', ', ').rstrip(')')}",
        }.get(row[f"{name}_from"], "")
        return (
            f"{text} ({origin})" if origin else f"not agreed: the Framework gives no {name.replace('_', ' ')}"
        )

    facts = [
        ("In the Framework", str(row["place"])),
        (f"Owner{framework.mark('commitments', 'lead')}", f"{row['lead']}, {row['directorate_label']}"),
        (
            f"Social Value Champion{framework.mark('commitments', 'champion')}",
            "none named" if pd.isna(row["champion"]) else str(row["champion"]),
        ),
    ]
    if row["kind"] == "practice":
        review = "not set" if pd.isna(row["review_date"]) else wording.day(row["review_date"].date())
        facts += [
            (f"State{framework.mark('commitments', 'state')}", str(row["delivery_label"])),
            (f"Next review{framework.mark('commitments', 'review_date')}", review),
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
    aims = (
        ("Vision", "vision", "vision"),
        ("Corporate Plan objectives", "objective", "objectives"),
        ("Cross-cutting themes", "theme", "themes"),
        ("Marmot priorities (2010)", "marmot_2010", "marmot_2010"),
        ("Marmot priorities (All Together Fairer)", "marmot_2022", "marmot_2022"),
        ("Questions it speaks to", "question", "questions"),
    )
    facts += [
        (label, framework.vocabulary.spell(name, row[column]) or "none") for label, name, column in aims
    ]
    return facts


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
        status=status(framework),
    )
    quarters = _quarters_due(framework, view)
    return Finding(
        name="updates",
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


def _quarters_due(framework: Framework, view: View) -> int:
    updates = framework.edition.table("updates")
    years = [y for y in updates["year"].unique() if view.year in (ALL, y) or y < view.year]
    ends = {period_end(f"{y} Q{q}") for y in years for q in range(1, 5)}
    return sum(end <= framework.calendar.as_at(view.year) for end in ends) if len(updates) else 0
