"""What quarterly updates cost the people who write them: minutes, and how much of it only says that nothing changed."""

from __future__ import annotations

from datetime import datetime
from statistics import median

from svdash import wording
from svdash.editions import Edition, published_updates
from svdash.register import ALL, View


def told(edition: Edition, view: View, commitments: frozenset[str]) -> str:
    """Return what the published updates of some commitments cost, as a sentence.

    Minutes run from the opening of the page, or from saving the update before, to saving this one, at the median. Only
    updates that were written on the page have them; those of the pack and of workbooks don't.
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
    minutes = [
        (each.at - datetime.fromisoformat(opened)).total_seconds() / 60
        for each in found
        if (opened := each.content.get("opened_at"))
    ]
    took = (
        f"Writing one took {_minutes(median(minutes))} at the median, from opening to saving."
        if minutes
        else "How long one takes is not known: none was written on the page."
    )
    share = wording.percent(100 * same / len(found), 0)
    return (
        f"Of {wording.count(len(found), 'update')} published here, {share} said that nothing changed. {took}"
    )


def _minutes(many: float) -> str:
    return "less than a minute" if many < 1 else wording.counted(round(many), "minute")
