"""What a definition shows, all of it gated: trend, gaps, map and deciles of a prototype, for the page and the command alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, TypeVar

import pandas as pd

from svdash import wording
from svdash.editions import Edition
from svdash.editions.prototypes import PrototypeRows, with_prototype
from svdash.findings.finding import STAGE, Finding
from svdash.findings.indicators import indicator_series, indicator_trends
from svdash.findings.indicators.indicator_series import Trend
from svdash.findings.reach.area_figures import AreaMap
from svdash.register import ALL, Framework, View
from svdash.workbench import prototype_by_area, prototype_gaps
from svdash.workbench.area_gate import OnAreas, on_areas
from svdash.workbench.criteria_for_change import held_against
from svdash.workbench.definition import Written
from svdash.workbench.prototype_figures import PrototypeFigures, adds_up, figures, kept
from svdash.workbench.prototype_rows import rows

# What everything of a prototype says of itself: on the page, in pictures and in each row that is removed.
PROTOTYPE: Final = "prototype, not agreed"
# And of what is in force, where it is worked out anew.
OF_TODAY: Final = "worked out from today’s data, not as agreed"
# Is told how far long work is, from 0 to 1, and what is done now.
OnStep = Callable[[float, str], None]
_UP_TO: Final = re.compile(r"up to [^;]+")
_NOT_ITS_OWN: Final = "[z]"
_SHARED: Final = ("unit", "status", "source")
# Fields of a definition that neither map nor deciles say anything of.
_NOT_BY_AREA: Final = {
    *(
        "owner",
        "target",
        "baseline",
        "polarity",
        "commitments",
        "source",
        "definition",
        "level",
        "sphere",
        "leading",
        "measure",
        "change_when",
    ),
    "criteria_for_change",
}
F = TypeVar("F", bound=Finding | None)
M = TypeVar("M", bound=Finding)


def _silent(_done: float, _what: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class PrototypeFindings:
    """The findings of a prototype, each marked as one, and each worked out when it is asked for: the first need not wait for the last.

    Attributes:
        remarks: what was left out or taken for something, as sentences.
    """

    remarks: tuple[str, ...]
    _edition: Edition
    _written: Written
    _files: Mapping[str, str]
    _on_step: OnStep

    @cached_property
    def trend(self) -> Finding:
        """Everybody, with the ladder's verdict."""
        return self._kept(
            "trend", 0.4, "Testing the change", lambda above, _: _series(above, self._written, ALL)
        )

    @cached_property
    def gaps(self) -> Finding | None:
        """The groups of the newest period side by side; ``None`` where the definition names no column of groups, as ``groups``."""

        def build(above: Edition, found: PrototypeFigures) -> Finding | None:
            if found.by_group.empty:
                return None
            return marked(prototype_gaps.by_group(above, self._written, found.characteristic))

        return self._kept("gaps", 0.6, "Comparing groups", build)

    @cached_property
    def groups(self) -> Finding | None:
        """The series of each group."""

        def build(above: Edition, found: PrototypeFigures) -> Finding | None:
            return _series(above, self._written, found.characteristic) if len(found.by_group) else None

        return self._kept("groups", 0.7, "Comparing groups", build)

    @cached_property
    def areas(self) -> AreaMap | None:
        """The map; ``None`` where the definition names no column of areas, or the pack has none, as ``deciles``."""
        return self._on_areas("areas", prototype_by_area.mapped)

    @cached_property
    def deciles(self) -> Finding | None:
        """Deciles of deprivation with slope and relative index."""
        return self._on_areas("deciles", prototype_by_area.deciles)

    @property
    def all(self) -> tuple[Finding, ...]:
        """Those that there are, in the order in which they are read."""
        every = (self.trend, self.groups, self.gaps, self.areas, self.deciles)
        return tuple(each for each in every if each is not None)

    def _kept(self, name: str, done: float, step: str, build: Callable[[Edition, PrototypeFigures], F]) -> F:
        """Return a finding of the edition with the prototype above it."""

        def worked_out() -> F:
            self._on_step(done, step)
            found, made = tried(self._edition, self._written, self._files)
            return _of_its_day(build(with_prototype(self._edition, made), found), found)

        return kept(self._edition, self._written, self._files, (name, _whole(self._written)), worked_out)

    def _on_areas(self, name: str, build: Callable[[Edition, Written, OnAreas], M]) -> M | None:
        """Return a finding of the figures by area."""

        def worked_out() -> M | None:
            self._on_step(0.8, "Putting figures on areas")
            placed = _placed(self._edition, self._written, self._files)
            if placed is None:
                return None
            found = marked(build(self._edition, self._written, placed))
            return _of_its_day(found, figures(self._edition, self._written, self._files))

        own = self._written.definition.model_dump_json(exclude=_NOT_BY_AREA)
        return kept(self._edition, self._written, self._files, (name, own), worked_out)


def findings(
    edition: Edition, written: Written, files: Mapping[str, str] | None = None, on_step: OnStep = _silent
) -> PrototypeFindings:
    """Work a definition out and return what it shows. Each is kept as long as what it is made of stays the same.

    Args:
        edition: the agreed data that the prototype stands on; it stays as it is.
        written: the definition.
        files: brought files, name → SHA-256.
        on_step: is told how far the work is, from 0 to 1, and what is done now; not called where nothing is left to do.

    Raises:
        DefinitionError: the definition cannot be worked out; the message names the line.
        BroughtError: a file that was brought cannot be read any more.
    """
    files = files or {}
    found, _ = tried(edition, written, files, on_step)
    return PrototypeFindings(found.remarks, edition, written, files, on_step)


def tried(
    edition: Edition, written: Written, files: Mapping[str, str] | None = None, on_step: OnStep = _silent
) -> tuple[PrototypeFigures, PrototypeRows]:
    """Return a definition's figures and the rows of a pack that are made of them. Kept, and errors, as of :func:`findings`."""

    def build() -> tuple[PrototypeFigures, PrototypeRows]:
        on_step(0.0, "Reading the rows")
        found = figures(edition, written, files)
        return found, rows(edition, written, found)

    return kept(edition, written, files, ("rows", _whole(written)), build)


def _whole(written: Written) -> str:
    return written.definition.model_dump_json()


def _series(above: Edition, written: Written, characteristic: str) -> Finding:
    return marked(indicator_trends.one(above, View(), written.definition.id, characteristic))


def _placed(edition: Edition, written: Written, files: Mapping[str, str]) -> OnAreas | None:
    """Return a definition's figures on the pack's areas, gated; kept whatever else is written in it."""
    about = written.definition

    def build() -> OnAreas | None:
        return on_areas(
            edition,
            figures(edition, written, files),
            people=about.counts_people,
            adds_up=all(adds_up(each) for each in (about.numerator, about.denominator or about.numerator)),
            none_is_nought=prototype_by_area.none_is_nought(written),
        )

    return kept(edition, written, files, ("on areas", about.counts_people), build)


def change(edition: Edition, written: Written, files: Mapping[str, str] | None = None) -> str:
    """Return whether a definition's condition for change is met, as a sentence; empty where it has none. Errors as of :func:`findings`."""
    if written.definition.change_when is None:
        return ""
    above = with_prototype(edition, tried(edition, written, files)[1])
    return held_against(written, indicator_series.lead(above, View(), written.definition.id))


def beside(
    edition: Edition, written: Written, indicator: str, files: Mapping[str, str] | None = None
) -> Finding:
    """Return a prototype's series and that of an agreed indicator side by side. Errors as of :func:`findings`."""
    above = with_prototype(edition, tried(edition, written, files)[1])
    view, own = View(), written.definition.id
    series = [indicator_series.lead(above, view, own), indicator_series.lead(edition, view, indicator)]
    board = indicator_trends.board_of(above, view, series)
    one_unit = len({str(each.indicator["unit"]) for each in series}) == 1
    chart = indicator_trends.on_one_axis(board.chart) if one_unit else board.chart
    if chart is not None and own not in Framework.of(edition).indicators.index:
        # A prototype is on no page that its name could lead to.
        chart = chart.assign(indicator=chart["indicator"].where(chart["indicator"] != own, ""))
    return marked(
        replace(
            board,
            headline=f"{written.definition.title} beside {series[1].indicator['title']}",
            sentence=_beside(series),
            chart=chart,
        )
    )


def _beside(series: Sequence[Trend]) -> str:
    """Say how far two series can be compared, and by how much they differ."""
    units = sorted({str(each.indicator["unit"]) for each in series})
    without = [str(each.indicator["id"]) for each in series if not each.whole]
    if without:
        return f"Nothing can be compared: {wording.every(without)} {'has' if len(without) == 1 else 'have'} no figure."
    if len(units) > 1:
        return f"They count in different units, {wording.every(units)}: only the directions can be compared."
    return f"Both have the same axis. {_difference(series)}"


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


def table(found: PrototypeFindings) -> pd.DataFrame:
    """Return all findings' tables as they are taken away, one below the other: ``finding`` names each, ``[z]`` is what it has not.

    Unit, status and source are those of the whole indicator, so each row has them.
    """
    parts = [
        each.export().assign(finding=f"{each.name} {each.params.get('characteristic', '')}".strip())
        for each in found.all
        if not each.empty
    ]
    if not parts:
        return pd.DataFrame()
    whole = pd.concat(parts, ignore_index=True)
    shared = {name: whole[name].fillna(whole[name].dropna().iloc[0]) for name in _SHARED if name in whole}
    return whole.assign(**shared).fillna(_NOT_ITS_OWN)


def marked(found: M) -> M:
    """Return a finding that says of itself, in its pictures and in each row taken away, that it is a prototype's, and of which periods it is."""
    return replace(found, subtitle=_dated(found), about={**found.about, STAGE: PROTOTYPE})


def of_today(found: M) -> M:
    """Return a finding of what is in force, which is no prototype's, and whose figures are not those that were agreed."""
    changes: dict[str, Any] = {"about": {**found.about, STAGE: OF_TODAY}}
    if isinstance(found, AreaMap):
        # What each area says of itself when it is pointed at says so too.
        before, now = wording.sentence(PROTOTYPE), wording.sentence(OF_TODAY)
        changes["drawn"] = found.drawn.assign(tip=found.drawn["tip"].str.replace(before, now, regex=False))
    return replace(found, **changes)


def is_of_today(found: Finding) -> bool:
    """Tell whether a finding is of what is in force, worked out anew."""
    return found.about.get(STAGE) == OF_TODAY


def taken_away(found: M) -> M:
    """Return a finding as its picture is taken away, where no page around it says what it is."""
    said = "As of today" if is_of_today(found) else "Prototype"
    return replace(found, headline=f"{said}: {found.headline}")


def _of_its_day(found: F, of: PrototypeFigures) -> F:
    """Return a finding that says of which day its rows are, in place of that of the pack: when their file was brought, or their table updated."""
    if found is None or of.day is None:
        return found
    if not of.file:
        return replace(found, updated=of.day)
    brought = f"{of.file} brought on {wording.day(of.day)}"
    return replace(found, updated=None, vintage="; ".join(filter(None, (found.vintage, brought))))


def _dated(found: Finding) -> str:
    """Return what is measured, with the periods of the figures in place of up to when an agreed indicator has any."""
    periods = (
        sorted(set(found.frame["period"])) if "period" in found.frame and found.name == "indicator" else []
    )
    if not periods:
        return found.subtitle
    span = periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
    return _UP_TO.sub(span, found.subtitle, count=1)
