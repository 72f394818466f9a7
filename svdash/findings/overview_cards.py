"""The overview in one screen: five cards, each a finding said shortly, with the page that it leads on to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, kept
from svdash.findings.equality import equality_summary, gap_verdicts
from svdash.findings.finding import Finding, records
from svdash.findings.indicators import indicator_trends, success_measures
from svdash.findings.progress import commitment_status, decisions, ownership_health, promises
from svdash.findings.progress.delivery import changed
from svdash.findings.reach import reach_by_decile
from svdash.register import NONE, Framework, View

# What a measure is said to be by its verdict; verdicts that are not here say neither.
BETTER, WORSE = "better", "worse"
LEANING: Final[Mapping[str, str]] = {
    "improving": BETTER,
    "better-than-baseline": BETTER,
    "worsening": WORSE,
    "worse-than-baseline": WORSE,
}
NOT_YET: Final = "Nothing was reported on yet"
UNTOLD: Final = "untold"
# Verdicts of measures of which nothing can be said, last on the card.
_SILENT: Final = ("no-data", "no-agreed-measure")
_TENTH: Final = "the most deprived tenth"


@dataclass(frozen=True)
class Line:
    """One line, or one mark, of a card: its text, its figure, what its mark means, and what it leads on to by parameters."""

    text: str
    figure: str = ""
    mark: str = ""
    hover: str = ""
    about: str = ""
    share: float = 0.0
    against: float = 0.0
    late: bool = False
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Lines of a card that belong together, and what is said of them as one."""

    label: str
    lines: tuple[Line, ...]
    summary: str = ""
    name: str = ""


@dataclass(frozen=True, eq=False)
class Card:
    """One card: what it says, the finding that holds it up, its lines, and the page it leads on to."""

    name: str
    headline: str
    subtitle: str
    finding: Finding
    groups: tuple[Group, ...]
    page: str
    leads: str
    params: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, eq=False)
class Board:
    """The cards of the overview, and the page's title."""

    title: tuple[str, ...]
    cards: tuple[Card, ...]


def as_json(board: Board) -> dict[str, Any]:
    """Return a board as JSON can hold it, each card with the name of its finding."""
    return {
        "title": list(board.title),
        "cards": [
            {
                **{
                    each.name: getattr(card, each.name)
                    for each in fields(card)
                    if each.name not in ("finding", "groups")
                },
                "params": dict(card.params),
                "finding": card.finding.name,
                "groups": [asdict(group) for group in card.groups],
            }
            for card in board.cards
        ],
    }


def from_json(told: Mapping[str, Any], finding: Callable[[str], Finding]) -> Board:
    """Return a board that :func:`as_json` wrote; nothing of it is worked out.

    Args:
        told: what it wrote.
        finding: gives the finding of a name.

    Raises:
        KeyError, TypeError: it is no such board.
    """
    cards = [
        Card(
            **{
                **card,
                "finding": finding(card["finding"]),
                "groups": tuple(
                    Group(**{**group, "lines": tuple(Line(**line) for line in group["lines"])})
                    for group in card["groups"]
                ),
            }
        )
        for card in told["cards"]
    ]
    return Board(tuple(told["title"]), tuple(cards))


@kept
def board(edition: Edition, view: View) -> Board:
    """Return the overview's cards for a view; figures of a year are those of its newest complete one, and say so."""
    calendar = Framework.of(edition).calendar
    year = calendar.whole_year(view.year)
    compare = view.compare if view.compare < year else calendar.year_before(year)
    whole = view.with_(year=year, compare=NONE if view.compare == NONE else compare)
    first = _promises(edition, view)
    second = _decisions(edition, view)
    title = (first.finding.headline, f"{second.headline[:1].lower()}{second.headline[1:]}")
    return Board(
        title if calendar.begun(view.year) else (NOT_YET,),
        (first, second, _measures(edition, whole), _equality(edition, whole), _lands(edition, whole)),
    )


def _promises(edition: Edition, view: View) -> Card:
    found = promises.promises(edition, view)
    rows = records(found.frame[["id", "delivery", "hover", "overdue", "section_label", "section_told"]])
    groups = [
        Group(label, tuple(map(_promise, of)), str(of[0]["section_told"]))
        for label, of in _by("section_label", rows).items()
    ]
    kind = commitment_status.kinds(Framework.of(edition))[promises.DAY_ONE]
    return Card(
        "promises",
        f"What became of the {wording.counted(len(rows), commitment_status.within(kind))}"
        if len(rows)
        else found.headline,
        f"{found.subtitle}. {found.sentence}",
        found,
        tuple(groups),
        "commitments",
        "All commitments",
        note=_moved(edition, view),
    )


def _by(column: str, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return rows by what a column holds, in their order; pandas takes longer to begin than these few rows take."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row[column]), []).append(row)
    return found


def _promise(row: Mapping[str, Any]) -> Line:
    return Line(
        str(row["id"]),
        mark=str(row["delivery"]),
        hover=str(row["hover"]),
        late=bool(row["overdue"]),
        params={"commitment": str(row["id"])},
    )


def _moved(edition: Edition, view: View) -> str:
    """Say what moved since the compared year, of all commitments; nothing where no year is compared."""
    if view.compare == NONE:
        return ""
    found, framework = changed(edition, view), Framework.of(edition)
    commitments = len(commitment_status.select(edition, view))
    if found.frame.empty:
        return found.empty
    since = wording.day(framework.calendar.as_at(view.compare))
    return f"Since {since}, of {wording.count(commitments, 'commitment')}: {found.headline[:1].lower()}{found.headline[1:]}"


def _decisions(edition: Edition, view: View) -> Card:
    found = decisions.attention(edition, view)
    told = _by(
        "list",
        records(found.frame[["id", "title", "lead", "list", "question", "why", "confidence", "late_label"]]),
    )
    groups = [
        Group(label, tuple(map(_decision, told.get(name, []))), str(len(told.get(name, []))), name)
        for name, label in decisions.LISTS.items()
    ]
    # Before the first report there is nothing to decide on, which is not the same as no decision.
    reported = Framework.of(edition).calendar.begun(view.year)
    return Card(
        "decisions",
        decisions.needed(found.frame, len(commitment_status.select(edition, view))) if reported else NOT_YET,
        found.sentence,
        found,
        tuple(groups),
        "overview",
        "All questions and next steps",
        {"part": "decisions"},
        note=_unattended(edition, view) if reported else "",
    )


def _unattended(edition: Edition, view: View) -> str:
    """Say how many commitments nobody looks after; empty where there is none."""
    many = ownership_health.how_many(edition, view)
    return f"Unattended: {many}" if many else ""


def _decision(row: Mapping[str, Any]) -> Line:
    return Line(
        str(row["question"]),
        figure=str(row["late_label"]) or _why_listed(row),
        about=f"{row['title']} · {row['lead']}",
        hover=f"{row['title']}: {row['why']}",
        mark=str(row["list"]),
        params={"commitment": str(row["id"])},
    )


def _why_listed(row: Mapping[str, Any]) -> str:
    """Say in two words why what is not late stands in a list."""
    if row["list"] == decisions.UNPROVEN:
        return "not proven"
    return "rated red" if row["confidence"] == "red" else "slipped back"


def _measures(edition: Edition, view: View) -> Card:
    found = success_measures.listed(edition, view)
    order = {WORSE: 0, BETTER: 1, UNTOLD: 3}
    rows = [{**row, "leaning": _leaning(row)} for row in records(found.frame)]
    rows.sort(key=lambda row: order.get(row["leaning"], 2))
    early = sum(row["verdict"] == "too-early" for row in rows)
    return Card(
        "measures",
        # In the words that a meeting and every page has for it.
        found.headline,
        f"Beyond chance, whole year {view.year}; {early or 'none'} too early to tell",
        found,
        (Group("", tuple(map(_measure, rows))),),
        "indicators",
        f"All {len(rows)} measures",
    )


def _leaning(row: Mapping[str, Any]) -> str:
    """Say which way a measure leans; what holds taken alone only is neither better nor worse on a card with many tests."""
    verdict = str(row["verdict"])
    if row["together"] == indicator_trends.ALONE_ONLY:
        return indicator_trends.ALONE
    return LEANING.get(verdict, UNTOLD if verdict in _SILENT else verdict)


def _measure(row: Mapping[str, Any]) -> Line:
    return Line(
        str(row["title"]),
        figure=str(row["value"]),
        mark=str(row["leaning"]),
        hover=f"{row['measure']} {row['title']}: {row['latest']}. {row['verdict_label']}.",
        params={"indicator": str(row["leading"])} if row["leading"] else {},
    )


def _equality(edition: Edition, view: View) -> Card:
    found = equality_summary.summary(edition, view.only("role", "commitment", "year"))
    names = ["characteristic", "characteristic_label", "part", "part_label", "verdict", "said"]
    rows = _by("part", sorted(records(found.frame[names]), key=lambda row: str(row["characteristic_label"])))
    groups = [
        Group(label, tuple(map(_gap, rows[part])), _gaps(rows[part]))
        for part, (label, _) in equality_summary.TESTED.items()
        if part in rows
    ]
    return Card(
        "equality",
        found.headline,
        f"One mark a characteristic, newest figures up to {view.year}",
        found,
        tuple(groups),
        "equality_gaps",
        "Who is left behind",
    )


def _gaps(rows: list[dict[str, Any]]) -> str:
    return wording.count(sum(row["verdict"] == gap_verdicts.REAL for row in rows), "gap")


def _gap(row: Mapping[str, Any]) -> Line:
    told = {gap_verdicts.REAL: "gap", gap_verdicts.UNKNOWN: "unknown"}
    told |= dict.fromkeys((gap_verdicts.ALONE, gap_verdicts.CHANCE), "even")
    return Line(
        str(row["characteristic_label"]),
        mark=told.get(row["verdict"], "apart"),
        hover=f"{row['characteristic_label']}, {str(row['part_label'])[:1].lower()}{str(row['part_label'])[1:]}: {row['said']}",
        params={"part": str(row["part"]), "characteristic": str(row["characteristic"])},
    )


def _lands(edition: Edition, view: View) -> Card:
    found = reach_by_decile.lands(edition, view)
    rows = found.frame
    lines = tuple(_landing(row) for row in records(rows) if not pd.isna(row["share"]))
    spend = rows[(rows["of"] == "spend") & rows["share"].notna()]
    told = found.headline
    if len(spend):
        share, lived = spend.iloc[0]["share"], spend.iloc[0]["population_share"]
        told = f"{wording.percent(share)} of spend lands in {_TENTH}, home to {wording.percent(lived)} of residents"
    return Card(
        "lands",
        told,
        f"Share of each there, {view.year}; orange line: share of residents",
        found,
        (Group("", lines),),
        "reach_and_spend",
        "The map",
    )


def _landing(row: Mapping[str, Any]) -> Line:
    name = str(row["what"]).partition(",")[0]
    return Line(
        name,
        figure=wording.percent(row["share"], 0),
        hover=f"{row['what']}: {wording.share(row['share'])} of {row['of']}, {wording.percent(row['population_share'])} of residents",
        mark=str(row["of"]),
        share=float(row["share"]),
        against=float(row["population_share"]),
    )
