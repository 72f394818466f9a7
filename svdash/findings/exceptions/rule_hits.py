"""What the rules of exceptions find: each rule in a function of its own, each hit with its reason and the question it asks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.equality import equality_summary, gap_verdicts
from svdash.findings.exceptions import exception_rules
from svdash.findings.exceptions.exception_rules import Rule, Rules
from svdash.findings.finding import records
from svdash.findings.indicators import indicator_trends
from svdash.findings.progress import answering_posts, commitment_status, decisions, ownership_health
from svdash.register import Framework, View
from svdash.wording import assessments
from svdash.years import period_end, quarter_of

NO_PLACE: Final = "whole authority"
NONE_NAMED: Final = "none named"
# Posts that are named as those who answer for a gap; services have many.
_OWNERS: Final = 3
AMBER, RED, COMPLETE = "amber", "red", "complete"


@dataclass(frozen=True)
class Hit:
    """One exception as a rule finds it.

    Attributes:
        key: the same for the same exception in every quarter, such as ``overdue:A-1``.
        subject: the commitment or indicator; of a gap its characteristic.
        where: the place or group that it is about.
        page, params: what shows more of it.
        commitments: those of the register that it is about.
        statuses: how official the figures are that it rests on.
        weight: what stands first within a rule: days late, quarters in a row, how far a ratio is from equal.
    """

    key: str
    rule: str
    label: str
    subject: str
    title: str
    where: str
    owner: str
    reason: str
    ask: str
    page: str
    params: Mapping[str, str] = field(hash=False)
    commitments: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    weight: int = 0


@kept
def hits(edition: Edition, view: View) -> tuple[Hit, ...]:
    """Return every exception of a view, rule by rule in the order of their table."""
    rules = exception_rules.rules(edition)
    calendar = Framework.of(edition).calendar
    if not calendar.begun(view.year):
        return ()
    whole = view.with_(year=calendar.whole_year(view.year))
    those = set(Framework.of(edition).ids_of(view))
    found = [
        *(each for each in _of_all_commitments(edition, view.year, rules) if each.subject in those),
        *_worsening(edition, whole, rules),
        *_gaps(edition, whole.only("role", "commitment", "year"), rules),
    ]
    places = rules.places()
    return tuple(sorted(found, key=lambda each: (places[each.rule], -each.weight)))


@kept
def _of_all_commitments(edition: Edition, year: str, rules: Rules) -> tuple[Hit, ...]:
    """Return the exceptions of all commitments in a year: what a filter leaves of them is the same in every view."""
    view = View(year=year)
    return (*_of_commitments(edition, view, rules), *_unowned(edition, view, rules))


def _of_commitments(edition: Edition, view: View, rules: Rules) -> Iterator[Hit]:
    """Give what is red, amber again, overdue or proven by old evidence, commitment by commitment."""
    as_at = Framework.of(edition).calendar.as_at(view.year)
    chosen = commitment_status.select(edition, view).index
    rows = commitment_status.status_by_commitment(edition, view).loc[chosen]
    asked = decisions.attention(edition, view).frame
    questions = dict(zip(asked["id"], asked["question"], strict=True))
    ambers = in_a_row(edition.table("updates"), AMBER, as_at)
    for row in records(rows):
        words = {"question": questions.get(row["id"], f"What happens with {row['id']} next?")}
        for rule, weight, more in _broken(row, rules, ambers.get(str(row["id"]), 0), as_at):
            yield _of_commitment(edition, row, rule, words | more, weight)


def _broken(
    row: Mapping[str, Any], rules: Rules, ambers: int, as_at: date
) -> Iterator[tuple[Rule, int, dict[str, str]]]:
    """Give the rules that a commitment breaks, each with its weight and the words that its reason needs."""
    if (rule := rules.of(exception_rules.RED)) and row["confidence"] == RED:
        yield rule, 0, {}
    if (rule := rules.of(exception_rules.AMBERS)) and rule.limit and ambers >= rule.limit:
        yield rule, ambers, {"quarters": wording.number(ambers), "period": str(row["period"])}
    if (rule := rules.of(exception_rules.OVERDUE)) and row["overdue"]:
        late = (as_at - row["due"].date()).days
        if late > (rule.limit or 0):
            yield rule, late, {"days": wording.count(late, "day"), "due": wording.day(row["due"].date())}
    kind = "" if pd.isna(row["evidence_type"]) else str(row["evidence_type"])
    if (rule := rules.of(exception_rules.OLD_EVIDENCE, kind)) and is_old(row, rule.limit, as_at):
        months = wording.counted(rule.limit or 0, "month")
        yield rule, 0, {"date": wording.day(row["evidence_date"].date()), "months": months}


def is_old(row: Mapping[str, Any], months: int | None, as_at: date) -> bool:
    """Tell whether the newest evidence of a commitment that goes on is older than its kind of evidence holds."""
    if months is None or pd.isna(row["evidence_date"]) or row["reported_delivery"] == COMPLETE:
        return False
    return bool(row["evidence_date"] + pd.DateOffset(months=months) < pd.Timestamp(as_at))


def in_a_row(updates: pd.DataFrame, confidence: str, as_at: date) -> dict[str, int]:
    """Return commitment → how many quarters, up to its newest update, were reported one after the other with a confidence.

    A quarter without an update ends the row: nobody knows what it would have said.
    """
    ends = updates["period"].map({period: period_end(period) for period in updates["period"].unique()})
    known = updates[(ends <= as_at).astype(bool)].sort_values("period", ascending=False)
    found: dict[str, int] = {}
    for commitment, rows in known.groupby("commitment", sort=False):
        expected = ""
        for period, told in zip(rows["period"], rows["confidence"].fillna(""), strict=True):
            if told != confidence or (expected and period != expected):
                break
            found[str(commitment)] = found.get(str(commitment), 0) + 1
            expected = _quarter_before(str(period))
    return found


def _quarter_before(period: str) -> str:
    # A quarter has 90 to 92 days, so that 93 before its end lie in the one before.
    return quarter_of(period_end(period) - timedelta(days=93))


def _unowned(edition: Edition, view: View, rules: Rules) -> Iterator[Hit]:
    """Give the commitments without an owner, or with one who left."""
    rule = rules.of(exception_rules.NO_OWNER)
    if rule is None:
        return
    for row in records(ownership_health.ownership(edition, view).frame):
        if row["reason"] in (ownership_health.NO_OWNER, ownership_health.LEFT):
            yield _of_commitment(edition, row, rule, {"said": str(row["why"])})


def _of_commitment(
    edition: Edition, row: Mapping[str, Any], rule: Rule, words: Mapping[str, str], weight: int = 0
) -> Hit:
    identifier = str(row["id"])
    owner = NONE_NAMED if pd.isna(row["lead"]) or row["lead"] == "no owner" else str(row["lead"])
    reason, ask = rule.worded({"id": identifier, "title": str(row["title"]), "owner": owner, **words})
    return Hit(
        key=f"{rule.name}:{identifier}",
        rule=rule.name,
        label=rule.label,
        subject=identifier,
        title=str(row["title"]),
        where=NO_PLACE,
        owner=owner,
        reason=reason,
        ask=ask,
        page="commitments",
        params={"commitment": identifier},
        commitments=(identifier,),
        statuses=(commitment_status.status(Framework.of(edition)),),
        weight=weight,
    )


def _worsening(edition: Edition, view: View, rules: Rules) -> Iterator[Hit]:
    """Give the indicators whose leading series is worse beyond chance, all tests of the page taken together."""
    rule = rules.of(exception_rules.WORSENING)
    if rule is None:
        return
    framework = Framework.of(edition)
    for series in indicator_trends.worse(edition, view):
        about = series.indicator
        owner = NONE_NAMED if pd.isna(about["owner"]) else str(about["owner"])
        latest = series.latest
        words = {"id": about["id"], "title": about["title"], "owner": owner}
        reason, ask = rule.worded(words | {"said": assessments.sentence(series.assessment).rstrip(".")})
        linked = framework.links.loc[framework.links["indicator"] == about["id"], "commitment"]
        yield Hit(
            key=f"{rule.name}:{about['id']}",
            rule=rule.name,
            label=rule.label,
            subject=str(about["id"]),
            title=str(about["title"]),
            where=series.label or NO_PLACE,
            owner=owner,
            reason=reason,
            ask=ask,
            page="indicators",
            params={"indicator": str(about["id"])},
            commitments=tuple(map(str, linked)),
            statuses=() if latest is None else (str(latest["status"]),),
        )


def _gaps(edition: Edition, view: View, rules: Rules) -> Iterator[Hit]:
    """Give the fair comparisons that show a gap beyond chance."""
    rule = rules.of(exception_rules.EQUALITY)
    if rule is None:
        return
    found = equality_summary.summary(edition, view)
    for row in records(found.frame):
        if row["verdict"] != gap_verdicts.REAL:
            continue
        title = f"{row['characteristic_label']}, {commitment_status.within(str(row['part_label']))}"
        owners = sorted(answering_posts.owners_of_gap(edition, str(row["part"])))
        owner = wording.listing(owners, _OWNERS) or NONE_NAMED
        reason, ask = rule.worded(
            {"title": title, "owner": owner, "said": str(row["told"] or row["said"]).rstrip(".")}
        )
        yield Hit(
            key=f"{rule.name}:{row['characteristic']}:{row['part']}",
            rule=rule.name,
            label=rule.label,
            subject=str(row["characteristic"]),
            title=title,
            where=str(row["group_label"] or row["characteristic_label"]),
            owner=owner,
            reason=reason,
            ask=ask,
            page="equality_gaps",
            params={"part": str(row["part"]), "characteristic": str(row["characteristic"])},
            statuses=found.statuses,
            weight=_far(row["times"]),
        )


def _far(times: float) -> int:
    """Return how far from equal a ratio is, in thousandths of its logarithm: half as likely is as far as twice; 0 without one."""
    return round(1000 * abs(math.log(times))) if times > 0 else 0
