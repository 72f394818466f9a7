"""What a definition shows, all of it gated: trend, gaps, map and deciles of a prototype, for the page and the command alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.editions.prototypes import PrototypeRows, with_prototype
from svdash.findings.finding import STAGE, Finding
from svdash.findings.indicators import indicator_series, indicator_trends
from svdash.findings.indicators.indicator_series import Trend
from svdash.findings.reach.area_figures import AreaMap
from svdash.register import ALL, View
from svdash.workbench import prototype_by_area, prototype_gaps
from svdash.workbench.area_gate import on_areas
from svdash.workbench.definition import Written
from svdash.workbench.prototype_figures import PrototypeFigures, adds_up, figures
from svdash.workbench.prototype_rows import rows

# What everything of a prototype says of itself: on the page, in pictures and in each row that is removed.
PROTOTYPE: Final = "prototype, not agreed"
# And of what is in force, where it is worked out anew.
OF_TODAY: Final = "worked out from today’s data, not as agreed"
# Is told how far long work is, from 0 to 1, and what is done now.
OnStep = Callable[[float, str], None]
_UP_TO: Final = re.compile(r"up to [^;]+")
_NOT_ITS_OWN: Final = "[z]"
F = TypeVar("F", bound=Finding)


def _silent(_done: float, _what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class PrototypeFindings:
    """The findings of a prototype, each marked as one.

    Attributes:
        trend: everybody, with the ladder's verdict.
        groups: the series of each group; ``None`` where the definition names no column of groups, as ``gaps``.
        gaps: the groups of the newest period side by side.
        areas: the map; ``None`` where the definition names no column of areas, or the pack has none, as ``deciles``.
        deciles: deciles of deprivation with slope and relative index.
        remarks: what was left out or taken for something, as sentences.
    """

    trend: Finding
    groups: Finding | None
    gaps: Finding | None
    areas: AreaMap | None
    deciles: Finding | None
    remarks: tuple[str, ...]

    @property
    def all(self) -> tuple[Finding, ...]:
        """Those that there are, in the order in which they are read."""
        every = (self.trend, self.groups, self.gaps, self.areas, self.deciles)
        return tuple(each for each in every if each is not None)


def findings(
    edition: Edition, written: Written, files: Mapping[str, str] | None = None, on_step: OnStep = _silent
) -> PrototypeFindings:
    """Work a definition out and return what it shows, kept as long as it, its files and the tables that it reads are the same.

    Args:
        edition: the agreed data that the prototype stands on; it stays as it is.
        written: the definition.
        files: brought files, name → SHA-256.
        on_step: is told how far the work is, from 0 to 1, and what is done now; not called where nothing is left to do.

    Raises:
        DefinitionError: the definition cannot be worked out; the message names the line.
        BroughtError: a file that was brought cannot be read any more.
    """
    key = ("prototype findings", *_asked(written, files))
    return edition.remember(key, lambda: _worked_out(edition, written, files, on_step))


def tried(
    edition: Edition, written: Written, files: Mapping[str, str] | None = None
) -> tuple[PrototypeFigures, PrototypeRows]:
    """Return a definition's figures and the rows of a pack that are made of them. Kept, and errors, as of :func:`findings`."""

    def build() -> tuple[PrototypeFigures, PrototypeRows]:
        found = figures(edition, written, files)
        return found, rows(edition, written, found)

    return edition.remember(("prototype rows", *_asked(written, files)), build)


def _asked(written: Written, files: Mapping[str, str] | None) -> tuple[str, tuple[tuple[str, str], ...]]:
    return written.definition.model_dump_json(), tuple(sorted((files or {}).items()))


def _worked_out(
    edition: Edition, written: Written, files: Mapping[str, str] | None, on_step: OnStep
) -> PrototypeFindings:
    on_step(0.0, "Reading the rows")
    found, made = tried(edition, written, files)
    above = with_prototype(edition, made)
    view, indicator = View(), written.definition.id
    on_step(0.4, "Testing the change")
    trend = marked(indicator_trends.one(above, view, indicator, ALL))
    groups = gaps = None
    if len(found.by_group):
        groups = marked(indicator_trends.one(above, view, indicator, found.characteristic))
        gaps = marked(prototype_gaps.by_group(above, written, found.characteristic))
    on_step(0.6, "Putting figures on areas")
    areas, deciles = _by_area(edition, written, found)
    return PrototypeFindings(trend, groups, gaps, areas, deciles, found.remarks)


def beside(
    edition: Edition, written: Written, indicator: str, files: Mapping[str, str] | None = None
) -> Finding:
    """Return a prototype's series and that of an agreed indicator side by side. Errors as of :func:`findings`."""
    above = with_prototype(edition, tried(edition, written, files)[1])
    view, own = View(), written.definition.id
    series = [indicator_series.lead(above, view, own), indicator_series.lead(edition, view, indicator)]
    board = indicator_trends.board_of(above, view, series)
    units = {str(each.indicator["unit"]) for each in series}
    axes = (
        "Each has an axis of its own: compare what is written, not how steep the lines are."
        if len(units) == 1
        else f"They count in different units, {wording.every(sorted(units))}: only the directions can be compared."
    )
    return marked(
        replace(
            board,
            headline=f"{written.definition.title} beside {series[1].indicator['title']}",
            sentence=f"{axes} {_difference(series) if len(units) == 1 else ''}".strip(),
        )
    )


def _difference(series: Sequence[Trend]) -> str:
    """Say by how much a prototype differs from an agreed indicator in the newest period that both have."""
    told = [{row["period"]: row for row in each.whole} for each in series]
    both = sorted(set(told[0]) & set(told[1]))
    if not both:
        return "They have no period in common."
    rows_ = [each[both[-1]] for each in told]
    unit = str(rows_[0]["unit"])
    own, agreed = (wording.value(float(row["value"]), unit) for row in rows_)
    change = wording.change(float(rows_[0]["value"]) - float(rows_[1]["value"]), unit, 1)
    return f"In {both[-1]}: {own} beside {agreed}, a difference of {change}."


def _by_area(
    edition: Edition, written: Written, found: PrototypeFigures
) -> tuple[AreaMap | None, Finding | None]:
    about = written.definition
    placed = on_areas(
        edition,
        found,
        people=about.counts_people,
        adds_up=all(adds_up(each) for each in (about.numerator, about.denominator or about.numerator)),
        none_is_nought=prototype_by_area.none_is_nought(written),
    )
    if placed is None:
        return None, None
    return (
        marked(prototype_by_area.mapped(edition, written, placed)),
        marked(prototype_by_area.deciles(edition, written, placed)),
    )


def table(found: PrototypeFindings) -> pd.DataFrame:
    """Return all findings' tables as they are taken away, one below the other: ``finding`` names each, ``[z]`` is what it has not."""
    parts = [
        each.export().assign(finding=f"{each.name} {each.params.get('characteristic', '')}".strip())
        for each in found.all
        if not each.empty
    ]
    return pd.concat(parts, ignore_index=True).fillna(_NOT_ITS_OWN) if parts else pd.DataFrame()


def marked(found: F) -> F:
    """Return a finding that says of itself, in its pictures and in each row taken away, that it is a prototype's, and of which periods it is."""
    return replace(found, subtitle=_dated(found), about={**found.about, STAGE: PROTOTYPE})


def of_today(found: F) -> F:
    """Return a finding of what is in force, which is no prototype's, and whose figures are not those that were agreed."""
    return replace(found, about={**found.about, STAGE: OF_TODAY})


def is_of_today(found: Finding) -> bool:
    """Tell whether a finding is of what is in force, worked out anew."""
    return found.about.get(STAGE) == OF_TODAY


def taken_away(found: F) -> F:
    """Return a finding as its picture is taken away, where no page around it says what it is."""
    said = "As of today" if is_of_today(found) else "Prototype"
    return replace(found, headline=f"{said}: {found.headline}")


def _dated(found: Finding) -> str:
    """Return what is measured, with the periods of the figures in place of up to when an agreed indicator has any."""
    periods = (
        sorted(set(found.frame["period"])) if "period" in found.frame and found.name == "indicator" else []
    )
    if not periods:
        return found.subtitle
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    return _UP_TO.sub(span, found.subtitle, count=1)
