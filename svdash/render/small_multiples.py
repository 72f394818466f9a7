"""Small multiples as SVG, drawn once on the server: many series side by side need no pointer, and no script in the browser.

Text in them is text, a picture is a link to its series where there is one, and what it shows is told in words. A series
with one figure is that figure, not a chart. Rows of a finding's ``chart`` are those of
:func:`svdash.findings.indicators.indicator_trends.panels`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import groupby
from textwrap import wrap
from typing import Any, Final
from urllib.parse import quote

import pandas as pd

from svdash import wording
from svdash.caching.memory import remembered
from svdash.findings.finding import Finding, records
from svdash.theme import ACCENT, ATTENTION, BAND, FONT, INK, QUIET, REST, TEXT
from svdash.years import year_of

# Findings that are shown this way; the series of one indicator where there are several.
ONE: Final = "indicator"
NAMES: Final = ("indicators", "measures", ONE)
# The columns that they are drawn from.
READ: Final = frozenset(
    (
        *("order", "indicator", "name", "latest", "verdict", "alone", "alt", "unit", "target", "baseline"),
        *("control_lower", "control_upper", "as_at", "value", "lower", "upper", "part"),
    )
)
# Of one picture, in pixels where it is as narrow as it gets: text is never smaller than this makes it.
WIDE, HIGH = 264, 124
# Where the lowest and the highest figure stand, with room for words above and below them, and the words of the axis.
_TOP, _BOTTOM, _AXIS, _YEARS = 22, 84, 104, 121
_LEFT, _RIGHT = 6, WIDE - 6
# Words of two points nearer than this would stand on each other.
_APART = 96
# Of the whole as one picture to take away: how many side by side, room for a title and between them.
ACROSS: Final = 4
_MARGIN, _GAP, _HEAD = 24, 28, 44
_GROUP = 40


@dataclass(frozen=True)
class Point:
    """One figure at the end of its period; limits are missing where it has none."""

    as_at: date
    value: float
    lower: float
    upper: float
    part: bool


@dataclass(frozen=True)
class Panel:
    """One series: its name, newest figure and verdict in words, and its figures, oldest first.

    ``indicator`` is what it leads to, empty where that is the page itself. Levels are NaN where there are none. ``alone``
    says whether the verdict holds by the series' own test, but not among all that are tested. ``axis`` is what is drawn from
    bottom to top; NaN where a series has an axis of its own.
    """

    indicator: str
    name: str
    latest: str
    verdict: str
    alone: bool
    alt: str
    unit: str
    target: float
    baseline: float
    control: tuple[float, float]
    points: tuple[Point, ...]
    axis: tuple[float, float] = (float("nan"), float("nan"))


def drawn(found: Finding) -> bool:
    """Tell whether a finding is shown as small multiples. One series of one indicator is a chart of its own."""
    rows = found.chart
    if found.name not in NAMES or found.empty or rows is None or rows.empty:
        return False
    return found.name != ONE or len(set(rows["order"])) > 1


def panels(rows: pd.DataFrame) -> list[Panel]:
    """Return the series of chart rows, in the order of the verdicts and then of the rows."""
    order = list(wording.VERDICT.values())
    found = [_panel(records(part)) for _, part in rows.groupby("order", sort=True)]
    return sorted(found, key=lambda each: order.index(each.verdict))


def _panel(rows: list[dict[str, Any]]) -> Panel:
    first = rows[0]
    return Panel(
        indicator=str(first["indicator"]),
        name=str(first["name"]),
        latest=str(first["latest"]),
        verdict=str(first["verdict"]),
        alone=bool(first["alone"]),
        alt=str(first["alt"]),
        unit=str(first["unit"]),
        target=float(first["target"]),
        baseline=float(first["baseline"]),
        control=(float(first["control_lower"]), float(first["control_upper"])),
        points=tuple(
            Point(
                row["as_at"].date(),
                value=float(row["value"]),
                lower=float(row["lower"]),
                upper=float(row["upper"]),
                part=bool(row["part"]),
            )
            for row in rows
            if not pd.isna(row["value"])
        ),
        axis=(float(first.get("axis_low", "nan")), float(first.get("axis_high", "nan"))),
    )


# -- the page --------------------------------------------------------------------------------------------


@remembered
def html(found: Finding, leads: str) -> str:
    """Write all series of a finding as cards, by verdict. ``leads`` is the address that an indicator is put after."""
    every = panels(_rows(found))
    span = _span(every)
    groups = []
    for verdict, members in _by_verdict(every):
        cards = "".join(f"<li>{_card(each, span, leads)}</li>" for each in members)
        groups.append(f"<section>{_heading(verdict, members)}<ul>{cards}</ul></section>")
    # Within Markdown an empty line would end the HTML.
    return f'<div class="sv-multiples">{"".join(groups)}</div>'.replace("\n", " ")


def _heading(verdict: str, members: list[Panel]) -> str:
    code = next(code for code, label in wording.VERDICT.items() if label == verdict)
    # A heading by its role: Streamlit makes a link to itself of every h3 in Markdown.
    return (
        f'<div class="sv-verdict" role="heading" aria-level="3"><strong>{len(members)}</strong> <span>{escape(verdict)}{_alone(members)}</span> '
        f"<small>{escape(wording.MEANING[code])}</small></div>"
    )


def _card(panel: Panel, span: tuple[date, date], leads: str) -> str:
    head = f'<span class="sv-name">{escape(panel.name)}</span>'
    head += f"<span>{escape(panel.latest)}</span>"
    inside = head + (_figure(panel) if len(panel.points) <= 1 else svg(panel, span))
    tip = escape(panel.alt)
    if not panel.indicator:
        return f'<div title="{tip}">{inside}</div>'
    address = escape(f"{leads}{quote(panel.indicator, safe='')}")
    return f'<a href="{address}" target="_self" title="{tip}">{inside}</a>'


def _figure(panel: Panel) -> str:
    """Write the one figure that there is, large; nothing where there is none."""
    if not panel.points:
        return ""
    return f"<strong>{escape(_short(panel.points[0].value, panel.unit))}</strong><em>one figure so far</em>"


# -- one picture -----------------------------------------------------------------------------------------


def svg(panel: Panel, span: tuple[date, date]) -> str:
    """Draw one series as SVG, its first and newest point named; ``span`` is the range of time that all share."""
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(panel.alt)}" font-family="{FONT}" '
        f'font-size="{TEXT}"><title>{escape(panel.alt)}</title>{_inside(panel, span)}</svg>'
    )


def _inside(panel: Panel, span: tuple[date, date]) -> str:
    scale = _Scale.of(panel, span)
    at = [(scale.x(point.as_at), scale.y(point.value)) for point in panel.points]
    parts = [
        _limits(panel, scale),
        _level(scale, panel.baseline, f'stroke="{QUIET}" stroke-dasharray="1 2"'),
        _level(scale, panel.target, f'stroke="{ATTENTION}" stroke-width="1.5" stroke-dasharray="5 3"'),
        _line(panel, at),
        *(_dot(x, y, part=point.part) for (x, y), point in zip(at, panel.points, strict=True)),
        *_named(panel, scale, at),
        _axis(span),
    ]
    return "".join(parts)


@dataclass(frozen=True)
class _Scale:
    """From dates and figures to places in a picture."""

    begin: date
    days: int
    low: float
    high: float

    @classmethod
    def of(cls, panel: Panel, span: tuple[date, date]) -> _Scale:
        levels = [panel.target, panel.baseline, *panel.control, *panel.axis]
        figures = [figure for p in panel.points for figure in (p.value, p.lower, p.upper)]
        known = [figure for figure in (*levels, *figures) if not pd.isna(figure)]
        low, high = min(known), max(known)
        # A series that stays as it is stands in the middle.
        return cls(span[0], max((span[1] - span[0]).days, 1), low, high if high > low else low + 1)

    def x(self, day: date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (day - self.begin).days / self.days

    def y(self, figure: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (figure - self.low) / (self.high - self.low)


def _limits(panel: Panel, scale: _Scale) -> str:
    """Draw the 95% band; where there is an XmR chart its limits are what the verdict rests on and stand in for it."""
    if not all(map(pd.isna, panel.control)):
        dashed = f'stroke="{QUIET}" stroke-dasharray="6 2"'
        return "".join(_level(scale, level, dashed) for level in panel.control)
    known = [p for p in panel.points if not (pd.isna(p.lower) or pd.isna(p.upper))]
    if len(known) <= 1:
        return ""
    there = [f"{scale.x(p.as_at):.1f},{scale.y(p.upper):.1f}" for p in known]
    back = [f"{scale.x(p.as_at):.1f},{scale.y(p.lower):.1f}" for p in reversed(known)]
    return f'<polygon points="{" ".join(there + back)}" fill="{BAND}"></polygon>'


def _level(scale: _Scale, figure: float, style: str) -> str:
    if pd.isna(figure):
        return ""
    y = f"{scale.y(figure):.1f}"
    return f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}" {style}></line>'


def _line(panel: Panel, at: list[tuple[float, float]]) -> str:
    """Draw the line through whole periods."""
    whole = [f"{x:.1f},{y:.1f}" for (x, y), point in zip(at, panel.points, strict=True) if not point.part]
    return f'<polyline points="{" ".join(whole)}" fill="none" stroke="{ACCENT}" stroke-width="2"></polyline>'


def _dot(x: float, y: float, *, part: bool) -> str:
    fill = "white" if part else ACCENT
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{ACCENT}" stroke-width="1.5"></circle>'


def _named(panel: Panel, scale: _Scale, at: list[tuple[float, float]]) -> Iterator[str]:
    """Write the newest figure, the first where there is room, and the target, each where no line runs through it."""
    (x, y), (before_x, before_y) = at[-1], at[-2]
    (first_x, first_y), (next_x, next_y) = at[0], at[1]
    del before_x, next_x
    last_at = y - 8 if y <= before_y else y + 18
    yield _words(min(x + 5, _RIGHT), last_at, _short(panel.points[-1].value, panel.unit), "end", bold=True)
    first_at = first_y - 8 if next_y >= first_y else first_y + 18
    taken = {"end": last_at, "start": -HIGH}
    if x - first_x > _APART:
        yield _words(max(first_x - 5, _LEFT), first_at, _short(panel.points[0].value, panel.unit), "start")
        taken["start"] = first_at if first_x < WIDE / 2 else -HIGH
    if not pd.isna(panel.target):
        level = scale.y(panel.target) - 5
        side = max(("start", "end"), key=lambda each: abs(taken[each] - level))
        said = f"target {_short(panel.target, panel.unit).replace('.0%', '%')}"
        yield _words(_LEFT if side == "start" else _RIGHT, level, said, side)


def _axis(span: tuple[date, date]) -> str:
    """Draw the time that all pictures share: a tick at the end of each financial year, the first and the last named."""
    begin, days = span[0], max((span[1] - span[0]).days, 1)
    ends = [date(year, 3, 31) for year in range(span[0].year, span[1].year + 1)]
    ticks = [_LEFT + (_RIGHT - _LEFT) * (end - begin).days / days for end in ends if begin <= end <= span[1]]
    marks = "".join(f"M{x:.1f} {_AXIS}v-4" for x in ticks)
    return (
        f'<path d="M{_LEFT} {_AXIS}H{_RIGHT}{marks}" stroke="{REST}" fill="none"></path>'
        + _words(_LEFT, _YEARS, year_of(span[0]), "start", colour=QUIET)
        + _words(_RIGHT, _YEARS, year_of(span[1]), "end", colour=QUIET)
    )


def _words(x: float, y: float, said: str, anchor: str, *, colour: str = INK, bold: bool = False) -> str:
    """Write words with a thin white edge, so that they can be read on a line or a band."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{min(y, _AXIS - 4) if colour != QUIET else y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight} '
        f'stroke="white" stroke-width="3" paint-order="stroke">{escape(said)}</text>'
    )


# -- what is shared --------------------------------------------------------------------------------------


def _rows(found: Finding) -> pd.DataFrame:
    if found.chart is None:
        raise ValueError(f"{found.name} has no chart")
    return found.chart


def _span(every: list[Panel]) -> tuple[date, date]:
    """Return the first and the last day of all series that are drawn as lines."""
    days = [point.as_at for panel in every if len(panel.points) > 1 for point in panel.points]
    return (min(days), max(days)) if days else (date.min, date.max)


def _by_verdict(every: list[Panel]) -> Iterator[tuple[str, list[Panel]]]:
    for verdict, members in groupby(every, key=lambda each: each.verdict):
        yield verdict, list(members)


def groups(found: Finding) -> list[tuple[str, list[Panel]]]:
    """Return the series of a finding by verdict: the verdict with how many series have it, as the heading of a group says, and these."""
    return [
        (f"{verdict}: {wording.counted(len(members), 'series', 'series')}{_alone(members)}", members)
        for verdict, members in _by_verdict(panels(_rows(found)))
    ]


def _alone(members: list[Panel]) -> str:
    """Say how many of those with one verdict have it taken alone only, as the headline counts; empty if none has."""
    number = sum(each.alone for each in members)
    return f", {number} of them taken alone" if number else ""


def _short(figure: float, unit: str) -> str:
    """Write a figure as it stands on a mark: what is counted is told by the name above."""
    return wording.value(figure, unit).partition(" ")[0]


# -- the picture to take away ----------------------------------------------------------------------------


def picture(found: Finding, *, titled: bool = True, across: int = ACROSS) -> str:
    """Draw all series as one SVG with headline, measure and status written on it, so that it stands alone once taken away.

    Not ``titled``, these stand beside it as text. ``across`` is how many series stand side by side at most.
    """
    every = panels(_rows(found))
    span = _span(every)
    across = min(across, len(every))
    wide = 2 * _MARGIN + across * WIDE + (across - 1) * _GAP
    said = [
        found.subtitle,
        *([found.legend] if found.legend else []),
        " · ".join(found.statuses),
        *found.origin,
    ]
    head = wrap(found.headline, wide // 12) if titled else []
    parts = [
        _line_of_text(_MARGIN, 36 + 28 * place, piece, 22, "600", INK) for place, piece in enumerate(head)
    ]
    y = 32 + 28 * len(head) if titled else -_MARGIN // 2
    for line in said if titled else ():
        for piece in wrap(line, wide // 7):
            parts.append(_line_of_text(_MARGIN, y, piece, TEXT, "400", QUIET))
            y += 20
    for verdict, members in _by_verdict(every):
        y += _GROUP
        parts.append(_line_of_text(_MARGIN, y, f"{verdict}: {len(members)}{_alone(members)}", 18, "600", INK))
        y += 12
        for place, panel in enumerate(members):
            x = _MARGIN + place % across * (WIDE + _GAP)
            parts.append(_placed(panel, span, x, y + place // across * (_HEAD + HIGH + _GAP)))
        y += -(-len(members) // across) * (_HEAD + HIGH + _GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{y + _MARGIN}" viewBox="0 0 {wide} {y + _MARGIN}" '
        f'role="img" font-family="{FONT}" font-size="{TEXT}"><title>{escape(found.headline)}</title>'
        f'<rect width="100%" height="100%" fill="white"></rect>{"".join(parts)}</svg>'
    )


def _placed(panel: Panel, span: tuple[date, date], x: int, y: int) -> str:
    head = _line_of_text(0, 18, panel.name, TEXT, "600", INK) + _line_of_text(
        0, 36, panel.latest, TEXT, "400", QUIET
    )
    inside = _inside(panel, span) if len(panel.points) > 1 else ""
    return f'<g transform="translate({x} {y})">{head}<g transform="translate(0 {_HEAD})">{inside}</g></g>'


def _line_of_text(x: int, y: int, said: str, size: int, weight: str, colour: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(said)}</text>'
