"""Did we do what we said, who says so, on what evidence? Commitments and their quarterly updates."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from svdash.findings.base import Finding, statuses_of, updated_of
from svdash.framework import ALL, DELIVERY_ORDER, NONE, Framework, View, period_end, year_start
from svdash.pack import Pack, split
from svdash.show import wording

TABLES = ("plans", "updates")
REQUIRED = {
    "lead": "an owner",
    "test_of_done": "a test of done",
    "due": "a date",
    "evidence_type": "an evidence type",
}
METHOD = (
    "Delivery is the lead's own rating on the scale of the Open Government Partnership, from the latest update "
    "in the period. A commitment without an owner, a test of done, a date and an evidence type, or reported "
    "complete without evidence, is not shown as Complete or Green; what is missing is said. Dates, tests and "
    "evidence types come from the Framework where it gives them, otherwise from the lead's plan (illustrative)."
)
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


def standing(pack: Pack, view: View) -> pd.DataFrame:
    """Return every commitment of the pack with where it stands at the end of the chosen year.

    Adds to the register: ``delivery`` (as it may be shown), ``reported_delivery``, ``confidence``, ``missing``
    (what keeps it from being verified), ``overdue``, ``late`` (quarters overdue), ``reported_on``, ``period``,
    ``evidence``, ``note``, ``next_step``, ``by``. Practices carry their state and no delivery.
    """
    return pack.remember(("progress.standing", view.year), lambda: _standing(pack, view.year))


def _standing(pack: Pack, year: str) -> pd.DataFrame:
    framework = Framework.of(pack)
    as_at = framework.as_at(year)
    updates = pack.table("updates")
    ends = updates["period"].map({p: period_end(p) for p in updates["period"].unique()})
    known = updates[(ends <= as_at).astype(bool)].sort_values("period").drop_duplicates("commitment", keep="last")
    rows = framework.commitments.merge(
        known.rename(columns={"commitment": "id", "delivery": "reported_delivery", "note": "update"}).drop(
            columns=["year", "due_on"]
        ),
        on="id",
        how="left",
    )
    promised = rows["kind"] != "practice"
    rows["missing"] = [_missing(row) if row["kind"] != "practice" else "" for row in rows.to_dict("records")]
    unproved = (rows["reported_delivery"] == "complete") & rows["evidence"].isna()
    rows.loc[unproved & (rows["missing"] == ""), "missing"] = "evidence"
    rows.loc[unproved & ~rows["missing"].isin(["", "evidence"]), "missing"] += ", evidence"
    held = rows["missing"] != ""
    rows["delivery"] = rows["reported_delivery"].fillna("no-evidence").where(promised)
    rows.loc[held & (rows["delivery"] == "complete"), "delivery"] = "substantial"
    rows.loc[held & (rows["confidence"] == "green"), "confidence"] = pd.NA
    rows["overdue"] = (
        promised & (rows["due"] < pd.Timestamp(as_at)).fillna(False).astype(bool) & (rows["delivery"] != "complete")
    )
    days = (pd.Timestamp(as_at) - rows["due"]).dt.days
    rows["late"] = (days // 91).where(rows["overdue"]).astype("Int64")
    return rows


def _missing(row: dict[str, object]) -> str:
    return ", ".join(words for name, words in REQUIRED.items() if pd.isna(row[name]))


def select(pack: Pack, view: View, *, one: bool = True) -> pd.DataFrame:
    """Return where the commitments of a view stand, practices left out."""
    rows = standing(pack, view)
    wanted = Framework.of(pack).register(view, one=one)["id"]
    return rows[rows["id"].isin(wanted) & (rows["kind"] != "practice")]


def _labelled(framework: Framework, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what people read beside the codes."""
    reported = rows["reported_on"].dt.strftime("%Y-%m-%d")
    return rows.assign(
        kind_label=rows["kind"].map(wording.KIND),
        delivery_label=rows["delivery"].map(wording.DELIVERY).fillna(rows["state"].map(wording.STATE)).fillna("not stated"),
        confidence_label=rows["confidence"].map(lambda c: wording.CONFIDENCE[c].split(":")[0], na_action="ignore").fillna(
            "not shown"
        ),
        due_label=rows["due"].dt.strftime("%Y-%m-%d").fillna("no date"),
        overdue_label=[
            f"{int(late)} {'quarter' if late == 1 else 'quarters'}" if over and late else ("yes" if over else "no")
            for over, late in zip(rows["overdue"], rows["late"].fillna(0), strict=True)
        ],
        missing=rows["missing"].replace("", "nothing"),
        reported=(reported + " (" + rows["period"].astype("str") + ")").fillna("never"),
        lead=rows["lead"].fillna("no owner"),
        directorate_label=rows["directorate"].map(framework.labels("directorate")).fillna("none"),
        status=_status(framework),
    )


def _status(framework: Framework) -> str:
    """Every figure of progress rests on updates and plans: it is as official as the least official of them."""
    return statuses_of(framework.pack, *TABLES)[-1]


def _common(pack: Pack, view: View) -> dict[str, object]:
    return {
        "statuses": statuses_of(pack, *TABLES),
        "updated": updated_of(pack, *TABLES),
        "method": METHOD,
        "view": view,
    }


def _when(framework: Framework, view: View) -> str:
    return f"as at {wording.day(framework.as_at(view.year))}"


def _nothing(framework: Framework, view: View) -> str:
    if view.commitment != ALL:
        return (
            f"{view.commitment} is an existing good practice: it has a state and a review date, "
            "not a delivery status. Choose all commitments to see the others."
        )
    return f"The register holds no commitment for {framework.label('role', view.role)}."


def where_things_stand(pack: Pack, view: View) -> Finding:
    """How many commitments stand where, Day One Commitments and aspirations apart."""
    return pack.remember(("progress.where", view), lambda: _where(pack, view))


def _where(pack: Pack, view: View) -> Finding:
    framework = Framework.of(pack)
    rows = select(pack, view)
    table = [
        {
            "kind": kind,
            "kind_label": wording.KIND[kind] + "s",
            "delivery": code,
            "delivery_label": wording.DELIVERY[code],
            "number": int(((rows["kind"] == kind) & (rows["delivery"] == code)).sum()),
            "of": int((rows["kind"] == kind).sum()),
            "status": _status(framework),
        }
        for kind in ("day-one", "aspiration")
        for code in DELIVERY_ORDER
        if (rows["kind"] == kind).any()
    ]
    frame = pd.DataFrame(table, columns=["kind", "kind_label", "delivery", "delivery_label", "number", "of", "status"])
    first = rows[rows["kind"] == "day-one"]
    on_course = int(first["delivery"].isin(["complete", "substantial"]).sum())
    held = int(((rows["reported_delivery"] == "complete") & (rows["delivery"] != "complete")).sum())
    late = int(rows["overdue"].sum())
    told = f"{late or 'None'} overdue."
    if held:
        told += f" {held} reported complete that cannot be verified: no test, date, owner or evidence."
    headline = f"{on_course} of {wording.count(len(first), 'Day One Commitment')} complete or nearly so"
    if not len(first):
        headline = f"{wording.count(len(rows), 'aspiration').capitalize()}, no Day One Commitment here"
    return Finding(
        name="standing",
        headline=headline,
        subtitle=f"Number of commitments by delivery, {_when(framework, view)}",
        frame=frame,
        columns={"kind_label": "Kind", "delivery_label": "Delivery", "number": "Number", "of": "Of", "status": "Status"},
        sentence=told,
        alt=" ".join(f"{r['kind_label']}, {r['delivery_label'][2:]}: {r['number']}." for r in table),
        chart=frame,
        empty="" if len(rows) else _nothing(framework, view),
        **_common(pack, view),  # type: ignore[arg-type]
    )


def changed(pack: Pack, view: View) -> Finding:
    """What moved between the compared year and the chosen one."""
    return pack.remember(("progress.changed", view), lambda: _changed(pack, view))


def _changed(pack: Pack, view: View) -> Finding:
    framework = Framework.of(pack)
    columns = {
        "id": "Id",
        "title": "Commitment",
        "direction": "Direction",
        "before": "Before",
        "after": "Now",
        "lead": "Owner",
        "status": "Status",
    }
    rows = select(pack, view)
    empty = "" if len(rows) else _nothing(framework, view)
    if view.compare == NONE:
        empty = "No year to compare with is chosen: choose one under “Compare with”."
    rank = {code: len(DELIVERY_ORDER) - n for n, code in enumerate(DELIVERY_ORDER)}
    then = standing(pack, view.with_(year=view.compare)) if view.compare != NONE else rows
    before = rows["id"].map(then.set_index("id")["delivery"])
    moved = rows.assign(before=before)[before != rows["delivery"]]
    step = moved["delivery"].map(rank).astype("float64") - moved["before"].map(rank).astype("float64")
    moved = moved.assign(
        before=moved["before"].map(wording.DELIVERY),
        after=moved["delivery"].map(wording.DELIVERY),
        direction=["forward" if s > 0 else "back" for s in step],
        lead=moved["lead"].fillna("no owner"),
        status=_status(framework),
    ).sort_values(["direction", "id"])
    forward, back = int((step > 0).sum()), int((step < 0).sum())
    done = int((moved["delivery"] == "complete").sum())
    return Finding(
        name="changes",
        headline=f"{forward or 'None'} moved forward, {back or 'none'} slipped back",
        subtitle=f"Delivery of commitments, {_when(framework, view)} against "
        + ("no other year" if view.compare == NONE else wording.day(framework.as_at(view.compare))),
        frame=moved,
        columns=columns,
        sentence=f"{done or 'None'} newly complete with evidence; "
        f"{len(rows) - len(moved)} of {len(rows)} stand where they stood.",
        empty=empty or ("" if len(moved) else "Nothing moved between the two dates."),
        **_common(pack, view),  # type: ignore[arg-type]
    )


def attention(pack: Pack, view: View) -> Finding:
    """What a meeting has to decide on: overdue, slipped back, or not achievable as it stands."""
    return pack.remember(("progress.attention", view), lambda: _attention(pack, view))


def _attention(pack: Pack, view: View) -> Finding:
    framework = Framework.of(pack)
    rows = select(pack, view)
    slipped = _changed(pack, view).frame
    back = set(slipped.loc[slipped["direction"] == "back", "id"]) if view.compare != NONE else set()
    rows = rows.assign(
        why=[_why(row, back) for row in rows[["id", "overdue", "late", "confidence"]].to_dict("records")]
    )
    rows = rows[rows["why"] != ""].sort_values(["late", "id"], ascending=[False, True], na_position="last")
    frame = _labelled(framework, rows).assign(next_step=rows["next_step"].fillna("none given"))
    headline = "Nothing is overdue, slipping or red"
    if len(rows):
        late = int(rows["overdue"].sum())
        headline = f"{wording.count(len(rows), 'commitment')} need a decision, {late or 'none'} of them overdue"
    return Finding(
        name="attention",
        headline=headline,
        subtitle=f"Overdue, slipped back since the compared year, or red; longest overdue first; {_when(framework, view)}",
        frame=frame,
        columns={
            "id": "Id",
            "title": "Commitment",
            "why": "Why",
            "lead": "Owner",
            "next_step": "Next step the owner gives",
            "status": "Status",
        },
        empty="" if len(rows) else f"None of {wording.count(len(select(pack, view)), 'commitment')} is overdue, slipped or red.",
        **_common(pack, view),  # type: ignore[arg-type]
    )


def _why(row: dict[str, object], back: set[str]) -> str:
    reasons = []
    if row["overdue"]:
        late = row["late"]
        quarters = int(late) if isinstance(late, int) and late else 0
        reasons.append(f"overdue {wording.count(quarters, 'quarter')}" if quarters else "overdue less than a quarter")
    if row["id"] in back:
        reasons.append("slipped back")
    if row["confidence"] == "red":
        reasons.append("red: not achievable as it stands")
    return "; ".join(reasons)


def register(
    pack: Pack, view: View, group: str = "role", kind: str = ALL, delivery: str = ALL, words: str = ""
) -> Finding:
    """The searchable register, grouped. ``words`` must all occur in a row's text; ``delivery`` may be ``overdue``."""
    key = ("progress.register", view.role, view.year, group, kind, delivery, words)
    return pack.remember(key, lambda: _register(pack, view, group, kind, delivery, words))


def _register(pack: Pack, view: View, group: str, kind: str, delivery: str, words: str) -> Finding:
    framework = Framework.of(pack)
    rows = standing(pack, view)
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
    wanted = [view.role] if group == "role" and view.role != ALL else list(framework.labels(vocabulary))
    rows = rows.assign(group=[[c for c in wanted if c in split(v)] for v in rows[column]])
    whole = len(rows)
    rows = rows.explode("group").dropna(subset="group")
    order = {code: n for n, code in enumerate(wanted)}
    rows = rows.sort_values("group", key=lambda g: g.map(order), kind="stable")
    rows = _labelled(framework, rows).assign(group_label=rows["group"].map(framework.labels(vocabulary)))
    by_kind = rows.drop_duplicates("id")["kind"].value_counts()
    parts = [wording.count(int(by_kind[k]), v.lower() if k != "day-one" else v) for k, v in wording.KIND.items() if k in by_kind]
    return Finding(
        name="commitments",
        params={"group": group, "kind": kind, "delivery": delivery, "words": words},
        headline=f"{whole} in the register" if whole else "Nothing in the register matches",
        subtitle=f"By {GROUPS[group].lower()}, {_when(framework, view)}"
        + ("; one with several groups stands under each" if len(rows) > whole else ""),
        frame=rows,
        columns={"group_label": GROUPS[group], **REGISTER},
        sentence=f"{wording.listing(parts)}." if parts else "",
        empty="" if whole else _why_none(words, delivery, kind),
        **_common(pack, view),  # type: ignore[arg-type]
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
    fields = ["id", "title", "summary", "lead", "directorate", "guidance_what", "guidance_how", "guidance_who", "guidance_where"]
    text = rows[fields].fillna("").agg(" ".join, axis=1).str.casefold()
    keep = pd.Series(True, index=rows.index)
    for word in words.casefold().split():
        keep &= text.str.contains(word, regex=False)
    return rows[keep]


def overdue_by_owner(pack: Pack, view: View) -> Finding:
    """Who owns what is overdue."""
    return pack.remember(("progress.overdue", view), lambda: _overdue(pack, view))


def _overdue(pack: Pack, view: View) -> Finding:
    framework = Framework.of(pack)
    rows = select(pack, view)
    late = _labelled(framework, rows[rows["overdue"]])
    frame = (
        late.groupby(["lead", "directorate_label"], as_index=False)
        .agg(number=("id", "size"), ids=("id", ", ".join), oldest=("due", "min"))
        .sort_values(["number", "lead"], ascending=[False, True], ignore_index=True)
        .assign(status=_status(framework))
    )
    total = len(late)
    headline = "Nothing is overdue"
    if total:
        headline = f"{total} of {wording.count(len(rows), 'commitment')} overdue, with {wording.count(len(frame), 'owner')}"
    return Finding(
        name="overdue",
        headline=headline,
        subtitle=f"Commitments past their date and not complete, by owner, {_when(framework, view)}",
        frame=frame,
        columns={
            "lead": "Owner",
            "directorate_label": "Directorate",
            "number": "Overdue",
            "ids": "Which",
            "oldest": "Oldest date",
            "status": "Status",
        },
        sentence=f"{frame.loc[0, 'lead']} has most: {frame.loc[0, 'number']}." if total else "",
        alt=" ".join(f"{r.lead}: {r.number}." for r in frame.itertuples()),
        chart=frame,
        empty="" if total else f"No commitment here was past its date {_when(framework, view)}. "
        f"{int(rows['due'].isna().sum())} of {len(rows)} have no date at all.",
        **_common(pack, view),  # type: ignore[arg-type]
    )


@dataclass(frozen=True, eq=False)
class Detail:
    """Everything about one row of the register, as people read it."""

    row: pd.Series
    facts: pd.DataFrame
    guidance: dict[str, str]
    related: pd.DataFrame
    indicators: pd.DataFrame
    accreditations: pd.DataFrame
    history: Finding
    mark: str


def detail(pack: Pack, view: View, commitment: str) -> Detail:
    """Return one row of the register with owner, dates, guidance, practice, indicators and history."""
    return pack.remember(("progress.detail", view.year, commitment), lambda: _detail(pack, view, commitment))


def _detail(pack: Pack, view: View, commitment: str) -> Detail:
    framework = Framework.of(pack)
    rows = standing(pack, view).set_index("id", drop=False)
    row = _labelled(framework, rows.loc[[commitment]]).iloc[0]
    wanted = [r for r in split(row["related"]) if r in rows.index]
    linked = framework.links.loc[framework.links["commitment"] == commitment, "indicator"]
    questions = {
        "guidance_what": "What are we doing?",
        "guidance_how": "How are we doing it?",
        "guidance_who": "With and for whom?",
        "guidance_where": "Where are we doing it?",
    }
    awards = pack.table("accreditations")
    return Detail(
        row=row,
        facts=pd.DataFrame(_facts(framework, row), columns=["About it", "Answer"]),
        guidance={label: str(row[name]) for name, label in questions.items() if not pd.isna(row[name])},
        related=_labelled(framework, rows.loc[wanted])[["id", "title", "delivery_label"]],
        indicators=framework.indicators.loc[[i for i in framework.indicators.index if i in set(linked)], ["id", "title"]],
        accreditations=awards[awards["practice"] == commitment],
        history=_history(pack, framework, view, commitment),
        mark=framework.mark("updates"),
    )


def _facts(framework: Framework, row: pd.Series) -> list[tuple[str, str]]:
    def said(name: str, text: str) -> str:
        origin = {"framework": "in the Framework", "plan": f"in the lead's plan{framework.mark('plans').replace(' (', ', ').rstrip(')')}"}.get(row[f"{name}_from"], "")
        return f"{text} ({origin})" if origin else f"not agreed: the Framework gives no {name.replace('_', ' ')}"

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
        facts += [(f"State{framework.mark('commitments', 'state')}", str(row["delivery_label"])), (f"Next review{framework.mark('commitments', 'review_date')}", review)]
    else:
        due = "" if pd.isna(row["due"]) else wording.day(row["due"].date())
        facts += [
            ("Due", said("due", due)),
            ("Test of done", said("test_of_done", str(row["test_of_done"]))),
            ("Evidence type", said("evidence_type", framework.label("evidence", row["evidence_type"]))),
        ]
    aims = (
        ("Vision", "vision", "vision"),
        ("Corporate Plan objectives", "objective", "objectives"),
        ("Cross-cutting themes", "theme", "themes"),
        ("Marmot priorities (2010)", "marmot_2010", "marmot_2010"),
        ("Marmot priorities (All Together Fairer)", "marmot_2022", "marmot_2022"),
        ("Questions it speaks to", "question", "questions"),
    )
    facts += [(label, framework.spell(name, row[column]) or "none") for label, name, column in aims]
    return facts


def _history(pack: Pack, framework: Framework, view: View, commitment: str) -> Finding:
    rows = pack.table("updates")
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
        status=_status(framework),
    )
    quarters = _quarters_due(framework, view, rows)
    return Finding(
        name="updates",
        params={"of": commitment},
        headline=f"{wording.count(len(rows), 'update').capitalize()} of {quarters} quarters"
        if quarters
        else "No update was due yet",
        subtitle=f"Quarterly updates on {commitment}, newest first, {_when(framework, view)}",
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
        empty="" if len(rows) else f"No update on {commitment} up to {wording.day(framework.as_at(view.year))}.",
        **_common(pack, view),  # type: ignore[arg-type]
    )


def _quarters_due(framework: Framework, view: View, rows: pd.DataFrame) -> int:
    updates = framework.pack.table("updates")
    years = [y for y in updates["year"].unique() if view.year in (ALL, y) or y < view.year]
    ends = {period_end(f"{y} Q{q}") for y in years for q in range(1, 5)}
    return sum(end <= framework.as_at(view.year) for end in ends) if len(updates) else 0


__all__ = ["GROUPS", "Detail", "changed", "detail", "matching", "overdue_by_owner", "register", "standing", "year_start"]
