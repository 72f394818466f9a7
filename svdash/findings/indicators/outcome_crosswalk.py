"""Which of our indicators serves which outcome of which framework of others, and where nothing does.

A figure is worked out once: newest figure and verdict are those of the indicator's leading series on the indicators page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding, by_office, records, statuses_of, updated_of
from svdash.findings.indicators import indicator_trends, outcome_tables
from svdash.findings.indicators.indicator_series import lead
from svdash.findings.spec import Parameter, Spec
from svdash.register import ALL, NONE, Framework, View, figure_tables

# Pages show the first six unless they are asked for all.
CROSSWALK: Final = {
    "framework_title": "Framework",
    "outcome": "Outcome",
    "outcome_title": "What it wants to see",
    "indicator": "Our indicator",
    "latest": "Latest",
    "verdict_label": "Verdict",
    "short": "Our indicator counts",
    "serves": "How it serves",
    "target": "What the framework counts",
    "status": "Status",
    "note": "Note",
}
GAPS: Final = {
    "what": "What is missing",
    "framework_title": "Framework",
    "code": "Identifier",
    "title": "What it is",
    "about": "What is known",
}
UNSERVED: Final = "No indicator of ours"
UNUSED: Final = "No outcome of others"
METHOD: Final = (
    "Links are those of the data pack: an indicator measures an outcome, or contributes to what it is about. Newest figure and "
    "verdict are those of the indicator's leading series, the same as on the indicators page, each by its own test. Targets are "
    "the framework's own, in its publisher's words: whether they are met is for those who set them."
)
WITHOUT: Final = (
    "This data pack has no framework of others. python -m svdash import outcomes FILE brings one, and the table outcome_links "
    "says which indicators serve it: see docs/guides/outcome-frameworks.md."
)


@kept
def crosswalk(edition: Edition, view: View, framework: str = ALL) -> Finding:
    """Outcomes of frameworks beside our indicators that serve them, with each indicator's newest figure and verdict."""
    known = _outcomes(edition, framework)
    links = _links(edition, view, framework)
    found = [_row(edition, view, outcome, link) for outcome in known for link in links.get(_key(outcome), [])]
    served = {_key(outcome) for outcome in known if _key(outcome) in links}
    unserved = _unserved(edition, known)
    # What no indicator serves is a gap of everybody: it stays where a role or a commitment is chosen.
    rows = _in_order(known, found, [_row(edition, view, outcome, None) for outcome in unserved])
    frame = pd.DataFrame(rows, columns=[*CROSSWALK, "framework", "verdict", "marker"], dtype="str")
    register = Framework.of(edition)
    return Finding(
        name="crosswalk",
        row_key=("framework_title", "outcome", "indicator"),
        params={"framework": framework},
        headline=_headline(register, view, len(served), len(known)),
        subtitle=f"Outcomes of {_named(edition, framework)} and the indicators that serve them, {indicator_trends.span(register, view)}; "
        f"{indicator_trends.scope(register, view)}",
        frame=frame,
        columns=CROSSWALK,
        leads={"indicator": ("indicators", "indicator={indicator}")},
        sentence=_sentence(found, unserved) if known else "",
        statuses=_statuses(edition, [row["status"] for row in found]),
        updated=updated_of(edition, *figure_tables(edition), *outcome_tables.TABLES),
        method=METHOD,
        view=view,
        empty="" if known else WITHOUT,
    )


@kept
def crosswalk_gaps(edition: Edition, view: View, framework: str = ALL) -> Finding:
    """Outcomes that none of our indicators serves, and indicators that serve no outcome."""
    known = _outcomes(edition, framework)
    register = Framework.of(edition)
    unserved = [_gap_of_outcome(outcome) for outcome in _unserved(edition, known)]
    links = outcome_tables.rows(edition, outcome_tables.LINKS)
    used = set(links.loc[links["framework"].isin({row["framework"] for row in known}), "indicator"])
    own = records(register.indicators_of(view)[["id", "title", "owner"]])
    any_of = "any framework" if framework == ALL else _named(edition, framework)
    unused = [_gap_of_indicator(any_of, row) for row in own if known and row["id"] not in used]
    gaps = [*unserved, *unused]
    return Finding(
        name="crosswalk-gaps",
        row_key=("what", "framework_title", "code"),
        params={"framework": framework},
        headline=f"{wording.sentence(wording.count(len(unserved), 'outcome'))} without an indicator of ours, "
        f"{wording.count(len(unused), 'indicator')} without an outcome"
        if known
        else "No framework of others",
        subtitle=f"Gaps between our indicators and {_named(edition, framework)}; {indicator_trends.scope(register, view)}",
        frame=pd.DataFrame(gaps, columns=list(GAPS), dtype="str"),
        columns=GAPS,
        sentence=_where(unserved) if unserved else "",
        statuses=statuses_of(edition, "indicators", *outcome_tables.TABLES),
        updated=updated_of(edition, "indicators", *outcome_tables.TABLES),
        method=METHOD,
        view=view,
        empty=WITHOUT
        if not known
        else ""
        if gaps
        else "Every outcome is served, and every indicator serves one.",
    )


def frameworks(edition: Edition) -> dict[str, str]:
    """Return what may be chosen: ``all``, and the pack's frameworks with their titles."""
    return {ALL: "All frameworks", **outcome_tables.titles(edition)}


def _outcomes(edition: Edition, framework: str) -> list[dict[str, Any]]:
    found = records(outcome_tables.outcomes(edition))
    return [row for row in found if framework in (ALL, row["framework"])]


def _key(outcome: Mapping[str, Any]) -> tuple[str, str]:
    return str(outcome["framework"]), str(outcome["id"])


def _links(edition: Edition, view: View, framework: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the links of the view's indicators by outcome, in the register's order."""
    own = list(Framework.of(edition).indicators_of(view).index)
    place = {code: number for number, code in enumerate(own)}
    links = outcome_tables.rows(edition, outcome_tables.LINKS)
    links = links[links["indicator"].isin(own)]
    links = links.iloc[links["indicator"].map(place).argsort(kind="stable")]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for link in records(links):
        if framework in (ALL, link["framework"]):
            found.setdefault((link["framework"], link["outcome"]), []).append(link)
    return found


def _unserved(edition: Edition, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    links = outcome_tables.rows(edition, outcome_tables.LINKS)
    linked = set(zip(links["framework"], links["outcome"], strict=True))
    return [outcome for outcome in known if _key(outcome) not in linked]


def _row(
    edition: Edition, view: View, outcome: dict[str, Any], link: dict[str, Any] | None
) -> dict[str, Any]:
    """Return a line of the table: an outcome with one indicator that serves it, or with none."""
    own = {
        "framework": outcome["framework"],
        "framework_title": outcome["framework_title"],
        "outcome": outcome["id"],
        "outcome_title": outcome["title"],
        "target": outcome["target"] or "nothing",
        "marker": "",
    }
    if link is None:
        nothing = dict.fromkeys(("indicator", "short", "serves", "latest", "status", "note"), NONE)
        return own | nothing | {"verdict_label": "no indicator", "verdict": ""}
    front = lead(edition, view, link["indicator"])
    told = indicator_trends.summary(view, front)
    return own | {
        "indicator": link["indicator"],
        "short": front.indicator["short"],
        "serves": outcome_tables.SERVES[link["serves"]],
        "latest": told["latest"],
        "verdict_label": told["verdict_label"],
        "verdict": front.verdict,
        "status": told["status"],
        "note": link["note"] if isinstance(link["note"], str) else NONE,
    }


def _in_order(known: list[dict[str, Any]], *parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    place = {_key(outcome): number for number, outcome in enumerate(known)}
    rows = [row for part in parts for row in part]
    return sorted(rows, key=lambda row: place[row["framework"], row["outcome"]])


def _headline(register: Framework, view: View, served: int, known: int) -> str:
    if not known:
        return "No framework of others"
    whose = "ours" if view.role == ALL and view.commitment == ALL else indicator_trends.scope(register, view)
    of = f"an indicator of {whose}" if view.commitment == ALL else f"an indicator {whose}"
    return f"{served or 'None'} of {wording.count(known, 'outcome')} {'is' if served == 1 else 'are'} served by {of}"


def _sentence(found: list[dict[str, Any]], unserved: list[dict[str, Any]]) -> str:
    """Say how many indicators serve more than one framework, and which outcomes nothing serves."""
    regimes: dict[str, set[str]] = {}
    for row in found:
        regimes.setdefault(row["indicator"], set()).add(row["framework"])
    several = [code for code, those in regimes.items() if len(those) > 1]
    parts = []
    if several:
        one = len(several) == 1
        parts.append(
            f"{wording.sentence(wording.count(len(several), 'indicator'))} {'serves' if one else 'serve'} more than one framework "
            f"by one update: {wording.listing(several, 6)}."
        )
    if unserved:
        names = [f"{outcome['id']} {outcome['title']}" for outcome in unserved]
        parts.append(f"No indicator serves {wording.listing(names, 4)}.")
    return " ".join(parts)


def _statuses(edition: Edition, of_figures: list[str]) -> tuple[str, ...]:
    figures = {status for status in of_figures if status != NONE}
    return by_office(figures | set(statuses_of(edition, *outcome_tables.TABLES)))


def _named(edition: Edition, framework: str) -> str:
    return "other frameworks" if framework == ALL else frameworks(edition)[framework]


def _gap_of_outcome(outcome: dict[str, Any]) -> dict[str, str]:
    counts = f"It counts itself: {outcome['target']}" if outcome["target"] else "It counts nothing itself"
    return {
        "what": UNSERVED,
        "framework_title": outcome["framework_title"],
        "code": outcome["id"],
        "title": outcome["title"],
        "about": counts,
    }


def _gap_of_indicator(of: str, row: dict[str, Any]) -> dict[str, str]:
    owner = row["owner"] if isinstance(row["owner"], str) else NONE
    return {
        "what": UNUSED,
        "framework_title": of,
        "code": row["id"],
        "title": row["title"],
        "about": f"Owner: {owner}",
    }


def _where(unserved: list[dict[str, str]]) -> str:
    names = [f"{row['code']} {row['title']} ({row['framework_title']})" for row in unserved]
    return f"Without an indicator: {wording.listing(names, 6)}."


def _codes(edition: Edition) -> tuple[str, ...]:
    return tuple(frameworks(edition))


_PARAMETERS: Final = {"framework": Parameter("Framework of others", _codes, ALL)}
SPECS: Final = (
    Spec(
        "crosswalk",
        "Outcomes of other frameworks and the indicators that serve them",
        lambda edition, view, own: crosswalk(edition, view, own["framework"]),
        parameters=_PARAMETERS,
    ),
    Spec(
        "crosswalk-gaps",
        "Outcomes without an indicator, and indicators without an outcome",
        lambda edition, view, own: crosswalk_gaps(edition, view, own["framework"]),
        parameters=_PARAMETERS,
    ),
)
