"""What quarterly updates cost the people who write them: minutes, and how much of it only says that nothing changed."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Final

from svdash import wording
from svdash.editions import Edition, published_updates
from svdash.register import ALL, View

if TYPE_CHECKING:
    from svdash.records import Revision

# Fewer, or of fewer people, may be one officer's, and how long one person works is nobody else's business.
FEWEST: Final = 10
FEWEST_OFFICERS: Final = 3
# Nobody writes one update so long: the page was left open.
LONGEST_HOURS: Final = 2


def burden_in_words(edition: Edition, view: View, commitments: frozenset[str]) -> str:
    """Return what the published updates of some commitments cost, as a sentence.

    Minutes run from the opening of the page, or from saving the update before, to saving this one, at the median; of what was
    written in a workbook they are those that stand there. Updates of the pack have none. They are told of at least ten updates
    by three people, and more than two hours are left out.
    """
    found = [
        each
        for each in published_updates(edition)
        if each.content["commitment"] in commitments
        and (view.year == ALL or str(each.content["period"]).startswith(view.year))
    ]
    if not found:
        return "What writing updates costs is not known: none of these was recorded and published here."
    same = sum(bool(each.content["unchanged"]) for each in found)
    minutes = [(each.by, many) for each in found if (many := _spent(each)) is not None]
    share = wording.percent(100 * same / len(found), 0)
    return f"Of {wording.count(len(found), 'update')} published here, {share} said that nothing changed. {_took(minutes)}"


def _spent(update: Revision) -> float | None:
    """Return how many minutes an update took, as its workbook says or by when the page was opened; ``None`` where neither is known."""
    if (typed := update.content.get("minutes")) is not None:
        return float(typed)
    opened = update.content.get("opened_at")
    return (update.at - datetime.fromisoformat(opened)).total_seconds() / 60 if opened else None


def _took(minutes: list[tuple[str, float]]) -> str:
    """Return how long updates took at the median, or why that is not told, as sentences.

    Args:
        minutes: of each update by whom it was written, and how many minutes it took.
    """
    if not minutes:
        return (
            "How long one takes is not known: none was written on the page, nor in a workbook that says it."
        )
    worked = [(by, each) for by, each in minutes if each <= 60 * LONGEST_HOURS]
    left = len(minutes) - len(worked)
    open_long = (
        f" {wording.number(left)} of more than two hours {'is' if left == 1 else 'are'} left out: the page was left open."
        if left
        else ""
    )
    if len(worked) < FEWEST or len({by for by, _ in worked}) < FEWEST_OFFICERS:
        return (
            f"How long one takes is shown for at least {wording.number(FEWEST)} that {wording.number(FEWEST_OFFICERS)} people or more "
            f"wrote, so that no one person's time is.{open_long}"
        )
    return f"Writing one took {_minutes(median(each for _, each in worked))} at the median, from opening to saving.{open_long}"


def _minutes(many: float) -> str:
    return "less than a minute" if many < 1 else wording.counted(round(many), "minute")
