"""What the Board and the Equality Panels say beside what officers report: where they differ, with both reasons, never averaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from svdash import wording
from svdash.editions import Edition, board_views, kept, recorded_update
from svdash.findings.finding import Finding, by_office, records, rests_on
from svdash.findings.progress import answering_posts
from svdash.findings.progress.commitment_status import common, status, status_in_quarter
from svdash.findings.spec import of_view
from svdash.register import ALL, Framework, View, narrowed
from svdash.years import period_end, quarter_of

if TYPE_CHECKING:
    from svdash.records.board_views import BoardView, KeptView

# The forms of a view and what it may be of, as the records name them.
RATING, QUESTION = "rating", "question"
COMMITMENT, MEASURE, GAP = "commitment", "measure", "gap"
ABOUT: Final = {COMMITMENT: "A commitment", MEASURE: "A measure", GAP: "An equality gap"}
# Parts of the equality page whose gaps may be rated, as a gap's key begins.
PARTS: Final = {
    "workforce": "staff",
    "recruitment": "recruitment",
    "pay": "pay",
    "owners": "suppliers and investees",
    "services": "services",
}
STANCES: Final = {
    "agrees": "As the figures show it",
    "partly": "Partly as the figures show it",
    "disagrees": "Not as the figures show it",
}
# Days that officers have for an answer where the Board names no other.
USUAL_DAYS: Final = 28
THE_BOARD: Final = "The Board"
_STATES: Final = {"draft": "draft, readers do not see it", "published": "", "withdrawn": "withdrawn"}
AGREES, DIFFERS, UNRATED = "agrees", "differs", "unrated"
_DIFFER: Final = {
    DIFFERS: "They differ",
    AGREES: "They agree",
    UNRATED: "No rating of officers to compare with",
}
_SEEN: Final = {"agrees": AGREES, "partly": DIFFERS, "disagrees": DIFFERS}
_NO_REASON: Final = "none given"
NOT_ANSWERED: Final = "not answered"
# How official what people recorded is, whatever the figures beside it are.
RECORDED: Final = "published"


def voices(edition: Edition) -> dict[str, str]:
    """Return who may say something: the Board, under an empty code, and the Equality Panels of the pack in their order."""
    if "panels" not in edition.tables:
        return {"": THE_BOARD}
    rows = edition.table("panels").sort_values("order").drop_duplicates("panel")
    return {
        "": THE_BOARD,
        **{str(row["panel"]): f"Equality Panel: {row['label']}" for row in records(rows)},
    }


def named(edition: Edition, about: str) -> dict[str, str]:
    """Return what may be rated or asked about → its name: the commitments, the measures with their indicators, or the gaps."""
    framework = Framework.of(edition)
    if about == COMMITMENT:
        rows = framework.commitments
        return {
            str(each.id): f"{each.id} {each.title}" for each in rows[rows["kind"] != "practice"].itertuples()
        }
    if about == MEASURE:
        found = {str(each.id): f"{each.id} {each.title}" for each in framework.measures.itertuples()}
        return found | {str(each.id): f"{each.id} {each.title}" for each in framework.indicators.itertuples()}
    labels = framework.vocabulary.labels("characteristic")
    return {
        f"{part}/{code}": f"{label}, {where}"
        for code, label in labels.items()
        if code != ALL
        for part, where in PARTS.items()
    }


def of(edition: Edition, about: str, key: str) -> tuple[KeptView, ...]:
    """Return what the Board and the panels say of one thing, the newest first; what was withdrawn is left out."""
    return tuple(
        each
        for each in board_views(edition)
        if (each.view.about, each.view.key) == (about, key) and each.view.state != "withdrawn"
    )


def answered_by(edition: Edition, about: str, key: str) -> frozenset[str]:
    """Return the posts that answer for a commitment, a measure or a gap; none where the register names none."""
    if about == COMMITMENT:
        return answering_posts.of_commitments(edition, (key,))
    if about == GAP:
        return answering_posts.of_gap(edition, key.partition("/")[0])
    every = Framework.of(edition).indicators
    return answering_posts.of_indicators(
        edition, every.loc[(every["id"] == key) | (every["measure"] == key), "id"]
    )


def waiting(edition: Edition, owner: str, today: date) -> tuple[KeptView, ...]:
    """Return what an owner has not answered yet: what is overdue first, then by the day.

    What is not answered stays in the list in every quarter until it is; of what nobody in the register answers for, everybody
    is asked.
    """
    found = [
        each
        for each in board_views(edition)
        if each.view.is_open and owner in (answered_by(edition, each.view.about, each.view.key) or {owner})
    ]
    return tuple(sorted(found, key=lambda each: (each.view.reply_by or today, each.revision.number)))


def waiting_in_words(found: Iterable[KeptView], today: date) -> str:
    """Say how many answers are waited for, how many of them are overdue and how many came back from quarters before."""
    every = [each.view for each in found]
    overdue = sum(each.reply_by is not None and each.reply_by < today for each in every)
    back = sum(came_back(each, today) > 0 for each in every)
    told = f"{wording.sentence(wording.counted(len(every), 'answer'))} to the Board {'is' if len(every) == 1 else 'are'} waited for"
    parts = [f"{wording.number(overdue)} overdue"] if overdue else []
    parts += [f"{wording.number(back)} from quarters before"] if back else []
    return f"{told}: {wording.every(parts)}" if parts else told


def came_back(view: BoardView, today: date) -> int:
    """Return in how many quarters after its own an answer was still not given."""
    if not view.is_open:
        return 0
    ended, now = period_end(quarter_of(view.on)), period_end(quarter_of(today))
    return max(0, ((now.year - ended.year) * 12 + now.month - ended.month) // 3)


def beside_officers(edition: Edition, commitment: str) -> dict[str, str]:
    """Return the last rating of a commitment by each voice, for its place beside that of officers: whose it is → the rating."""
    found = [each for each in of(edition, COMMITMENT, commitment) if each.view.form == RATING]
    names = voices(edition)
    return {
        names.get(
            each.view.voice, each.view.voice
        ): f"{rated(each.view)} ({each.view.period}{_draft(each.view)})"
        for each in _newest(found)
    }


def _draft(view: BoardView) -> str:
    return f", {_STATES[view.state]}" if _STATES[view.state] else ""


def title(edition: Edition, view: BoardView) -> str:
    """Return what a rating or question is of, in words; the identifier where the pack has it no more."""
    return named(edition, view.about).get(view.key, view.key)


def rated(view: BoardView) -> str:
    """Return a rating in words; empty for a question."""
    parts = [
        wording.DELIVERY.get(view.delivery or "", ""),
        _short(view.confidence),
        STANCES.get(view.stance or "", ""),
    ]
    return " · ".join(filter(None, parts))


def said_by(edition: Edition, view: BoardView, today: date) -> str:
    """Return whose a rating or question is, of which quarter, and where its answer stands."""
    parts = [voices(edition).get(view.voice, view.voice), view.period, wording.day(view.on)]
    if view.is_open and view.reply_by is not None:
        late = "was asked for" if view.reply_by < today else "is asked for"
        parts.append(f"an answer {late} by {wording.day(view.reply_by)}")
        if back := came_back(view, today):
            parts.append(f"came back in {wording.counted(back, 'quarter')} since")
    return " · ".join(filter(None, [*parts, _STATES[view.state], view.reason]))


def answer(view: BoardView) -> str:
    """Return who answered and when; empty where nobody did."""
    if not view.reply or view.replied_on is None:
        return ""
    return f"Answer of {view.replied_by}, {wording.day(view.replied_on)}"


def ratings(edition: Edition, view: View) -> Finding:
    """Return what was rated beside what officers say of the same quarter: where they differ first, both with their reasons."""
    return _ratings(edition, view, board_views(edition))


@kept
def _ratings(edition: Edition, view: View, every: tuple[KeptView, ...]) -> Finding:
    told = [_compared(edition, each.view) for each in _newest(_seen(edition, view, every, RATING))]
    order = {state: place for place, state in enumerate(_DIFFER)}
    told.sort(key=lambda row: order[row["agreement"]])
    names = (
        "key",
        "title",
        "voice",
        "who",
        "period",
        "rating",
        "reason",
        "officers",
        "officers_reason",
        "agreement",
        "differ",
    )
    frame = pd.DataFrame(told, columns=[*names, "status"])
    differ = int((frame["agreement"] == DIFFERS).sum())
    return Finding(
        name="board-ratings",
        row_key=("title", "who"),
        headline=_differ(differ, int((frame["agreement"] != UNRATED).sum()), len(frame)),
        subtitle="Ratings of the Board and the Equality Panels beside those of officers, each with its reason; never averaged",
        frame=frame,
        columns={
            "title": "About",
            "who": "Who rated",
            "rating": "Rating",
            "reason": "Reason",
            "officers": "Officers' rating",
            "officers_reason": "Officers' reason",
            "differ": "Beside each other",
            "status": "Status",
        },
        empty="" if len(frame) else "Ratings are shown here once an editor has published them.",
        **(common(edition, view) | _rests_on(frame["status"], every)),
    )


def _rests_on(statuses: Iterable[str], every: Iterable[KeptView]) -> dict[str, Any]:
    """Return how official the rows of a finding are, what is so, and when something was recorded last.

    Ratings and questions are the Board's own, whatever stands beside them.
    """
    parts = {part for each in statuses for part in str(each).split(" and ")}
    if not parts:
        return {}
    last = {"updated": max(each.revision.at.date() for each in every)}
    return last | rests_on(
        (
            part,
            "ratings and questions as recorded" if part == RECORDED else "officers' ratings in the data pack",
        )
        for part in sorted(parts, reverse=True)
    )


def questions(edition: Edition, view: View) -> Finding:
    """Return what was asked, with the answers: what waits for one first, what was asked longest ago before the rest."""
    return _questions(edition, view, board_views(edition))


@kept
def _questions(edition: Edition, view: View, asked_of: tuple[KeptView, ...]) -> Finding:
    found = _seen(edition, view, asked_of, QUESTION)
    every = sorted(found, key=lambda each: (not each.view.is_open, each.view.on))
    names = voices(edition)
    rows = [
        {
            "item": each.revision.item.rpartition(":")[2],
            "title": title(edition, each.view),
            "voice": f"{names.get(each.view.voice, each.view.voice)}{_draft(each.view)}",
            "on": wording.day(each.view.on),
            "text": each.view.text,
            "reply_by": wording.day(each.view.reply_by) if each.view.reply_by else "",
            "open": each.view.is_open,
            "status": RECORDED,
            "reply": each.view.reply or NOT_ANSWERED,
            "replied_by": f"{each.view.replied_by}, {wording.day(each.view.replied_on)}" if each.view.replied_on else "nobody yet",
        }
        for each in every
    ]  # fmt: skip
    columns = {
        "title": "About what",
        "voice": "Who asks",
        "on": "Asked on",
        "text": "Question",
        "reply_by": "Answer asked for by",
        "reply": "Answer",
        "replied_by": "Answered by",
        "status": "Status",
    }
    frame = pd.DataFrame(rows, columns=["item", "open", *columns]).astype({"open": "bool"})
    return Finding(
        name="board-questions",
        row_key=("title", "voice", "on", "text"),
        headline=_unanswered(sum(each.view.is_open for each in every), len(every)),
        subtitle="Questions of the Board and the Equality Panels to officers; what is not answered stays here in every quarter",
        frame=frame,
        columns=columns,
        empty="" if len(frame) else "Questions are shown here once an editor has published them.",
        **(common(edition, view) | _rests_on(frame["status"], asked_of)),
    )


def differing(edition: Edition, view: View) -> int:
    """Return how many of :func:`ratings` differ from the officers' or the figures."""
    told = (
        _compared(edition, each.view) for each in _newest(_seen(edition, view, board_views(edition), RATING))
    )
    return sum(each["agreement"] == DIFFERS for each in told)


def unanswered(edition: Edition, view: View) -> int:
    """Return how many of :func:`questions` nobody has answered."""
    return sum(each.view.is_open for each in _seen(edition, view, board_views(edition), QUESTION))


def with_drafts(read: Edition, saved: Edition, view: View) -> tuple[Finding, Finding]:
    """Return ratings and questions for those who write: what was saved last, under the headlines of what readers see.

    Args:
        read: the edition that readers see.
        saved: the edition with drafts.
        view: the view.
    """
    rated = _newest(_seen(saved, view, board_views(saved), RATING))
    asked_of = _seen(saved, view, board_views(saved), QUESTION)
    return (
        _with_drafts(ratings(read, view), ratings(saved, view), rated),
        _with_drafts(questions(read, view), questions(saved, view), asked_of),
    )


def _with_drafts(read: Finding, saved: Finding, rows: Iterable[KeptView]) -> Finding:
    drafts = sum(each.view.state == "draft" for each in rows)
    if not drafts:
        return saved
    them = "it" if drafts == 1 else "them"
    told = (
        f"The table has {wording.counted(drafts, 'draft')} too: readers do not see {them}, and the headline "
        f"leaves {them} out."
    )
    return replace(saved, headline=read.headline, sentence=told)


def _seen(edition: Edition, view: View, every: tuple[KeptView, ...], form: str) -> list[KeptView]:
    """Return the ratings or questions of a view: of its commitments and measures, up to its year; gaps where all are seen."""
    whole = view.role == view.commitment == ALL
    keys = frozenset() if whole else _keys(edition, view)
    return [
        each
        for each in every
        if each.view.form == form
        and each.view.state != "withdrawn"
        and (whole or each.view.key in keys)
        and (view.year == ALL or each.view.period[:7] <= view.year)
    ]


@narrowed("role", "commitment")
@kept
def _keys(edition: Edition, view: View) -> frozenset[str]:
    """Return the commitments, indicators and measures of a view."""
    framework = Framework.of(edition)
    named = (framework.ids_of(view), framework.indicators_of(view)["id"], framework.measures_of(view)["id"])
    return frozenset(map(str, chain.from_iterable(named)))


def _newest(found: Iterable[KeptView]) -> list[KeptView]:
    """Return the last rating that each voice gave each thing."""
    last: dict[tuple[str, str, str], KeptView] = {}
    for each in sorted(found, key=lambda one: (one.view.period, one.revision.number)):
        last[each.view.about, each.view.key, each.view.voice] = each
    return list(last.values())


def _compared(edition: Edition, view: BoardView) -> dict[str, Any]:
    """Return a rating beside what officers say of the same thing in the same quarter."""
    theirs = _officers(edition, view) if view.about == COMMITMENT else {}
    if view.about != COMMITMENT:
        agreement = _SEEN[view.stance or "agrees"]
    else:
        pairs = [(view.delivery, theirs.get("delivery")), (view.confidence, theirs.get("confidence"))]
        both = [(ours, other) for ours, other in pairs if ours and other]
        agreement = UNRATED if not both else DIFFERS if any(a != b for a, b in both) else AGREES
    named_by = voices(edition).get(view.voice, view.voice)
    rating = [
        wording.DELIVERY.get(theirs.get("delivery", ""), ""),
        _short(theirs.get("confidence")),
        theirs.get("period", ""),
    ]
    reasons = [theirs.get("note", ""), f"{answer(view)}: {view.reply}" if answer(view) else ""]
    theirs_recorded = recorded_update(edition, view.key, view.period) is not None
    made_of = {RECORDED} if theirs_recorded or not theirs else {RECORDED, status(Framework.of(edition))}
    return {
        "key": f"{view.about}:{view.key}",
        "title": title(edition, view),
        "voice": view.voice,
        "who": f"{named_by}, {view.period}{_draft(view)}",
        "period": view.period,
        "rating": rated(view),
        "reason": view.text,
        "officers": " · ".join(filter(None, rating))
        or ("the figures" if view.about != COMMITMENT else "none"),
        "officers_reason": " ".join(filter(None, reasons)) or _NO_REASON,
        "agreement": agreement,
        "differ": _DIFFER[agreement],
        "status": wording.every(by_office(made_of)),
    }


def _officers(edition: Edition, view: BoardView) -> Mapping[str, str]:
    """Return what officers say of a commitment in the quarter of a rating, as it may be shown; nothing where they did not."""
    rows = status_in_quarter(edition, view.period)
    told = rows[(rows["id"] == view.key) & rows["reported_delivery"].notna()]
    if told.empty:
        return {}
    (row,) = records(told)
    return {
        "delivery": str(row["delivery"]),
        "confidence": "" if pd.isna(row["confidence"]) else str(row["confidence"]),
        "note": str(row["update"]),
        "period": view.period,
    }


def _short(confidence: str | None) -> str:
    return wording.CONFIDENCE[confidence].split(":")[0] if confidence else ""


def _differ(differ: int, compared: int, many: int) -> str:
    if not many:
        return "No rating of the Board is published here"
    whose = f"{wording.counted(many, 'rating')} of the Board and the panels"
    if not compared:
        return f"{whose}, none of what officers rated"
    if not differ:
        return f"{'The' if compared == 1 else f'All {wording.number(compared)}'} comparable {'rating' if compared == 1 else 'ratings'} of the Board and the panels {'agrees' if compared == 1 else 'agree'} with officers and figures"
    return f"{wording.number(differ)} of {wording.counted(compared, 'rating')} of the Board and the panels {'differs' if differ == 1 else 'differ'} from officers or the figures"


def _unanswered(left: int, many: int) -> str:
    if not many:
        return "No question of the Board is published here"
    if not left:
        return f"{'The question' if many == 1 else f'All {wording.number(many)} questions'} of the Board {'is' if many == 1 else 'are'} answered"
    return f"{wording.number(left)} of {wording.counted(many, 'question')} of the Board {'waits' if left == 1 else 'wait'} for an answer"


SPECS: Final = (
    of_view("board-ratings", "Where the Board and officers differ, with both reasons", ratings),
    of_view("board-questions", "What the Board asks, with the answers", questions),
)
