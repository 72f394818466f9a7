"""The parts of a finding that are text, as HTML: headline, table, and the one line below it, the same everywhere.

Written out once for all readers of a finding. A table is our own HTML, not Streamlit's: its links stay in the tab, it is
closed and opened without asking the server, and it can be printed and heard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from string import Formatter
from typing import Any, Final
from urllib.parse import quote

import pandas as pd

from svdash import wording
from svdash.caching.memory import remembered
from svdash.findings.finding import SNAPSHOT, STAGE, Finding, records
from svdash.register import NONE
from svdash.show.kit import addresses

MADE_UP: Final = ("illustrative",)
# Columns of a table that are seen at first, and letters up to which a cell is kept on one line.
MOST_COLUMNS: Final = 6
SHORT: Final = 18
# Figures at fault that are named below a finding; the top of the page names them all.
FAULTS_NAMED: Final = 3


@dataclass(frozen=True)
class Reader:
    """What the reader looks at, as links carry it on: the years, and the whole view with every filter written out."""

    years: str = ""
    view: str = ""


NOBODY: Final = Reader()
DOT: Final = '<span class="sv-dot" aria-hidden="true">·</span>'


def heading(text: str, under: str = "", badges: str = "", *, first: bool = False) -> str:
    """Write a headline, and under it what is measured, where and when. ``first``: the headline is the page's own, above."""
    head = "" if first else f'<h2 class="sv-head">{escape(text)}</h2>'
    told = f'<p class="sv-sub">{badges} {escape(under)}</p>' if under or badges else ""
    return f'<div class="sv-finding">{head}{told}</div>' if head or told else ""


def badges(found: Finding) -> str:
    """Return the status, and where there are several, of what each of them is. What is made up altogether is told by the page."""
    if found.statuses == MADE_UP:
        return ""
    told = found.sources if len(found.statuses) > 1 else {}
    named = {status: f"{status}: {told[status]}" if status in told else status for status in found.statuses}
    return " ".join(f'<span class="sv-status {escape(s)}">{escape(name)}</span>' for s, name in named.items())


def band(why: str) -> str:
    """Write in words why there is nothing to show."""
    return f'<div class="sv-band" role="status">{escape(why)}</div>'


@remembered
def below(
    found: Finding,
    picture: bool,
    before: str = "",
    table: bool = False,
    rows: int = 0,
    narrow: bool = False,
    reader: Reader = NOBODY,
) -> str:
    """Write what a finding ends with: the line of all that can be asked of it, and without a picture what is said and the table.

    Without a picture the table is what there is to see; under one it is closed, and :func:`beside` says what is seen.

    Args:
        found: the finding.
        picture: whether one stands above.
        before: HTML to begin with, where there is no picture.
        table: whether there is one.
        rows: how many lines of it at most; 0 for all.
        narrow: leave out what the place above tells: geography and status.
        reader: what the reader looks at, for links.
    """
    drawn = (
        of_table(found, rows, narrow=narrow, years=reader.years)
        if table and not found.empty and len(found.frame)
        else ""
    )
    drawn += _marks(found)
    foot = _at_fault(found) + line(found, picture=picture, table=drawn, rows=rows, link=reader.view)
    return f'<div class="sv-below">{"" if picture else f"{before}{_sentence(found)}{drawn}"}{foot}</div>'


@remembered
def beside(found: Finding, before: str = "") -> str:
    """Write what is read with a picture: what it shows, and how to read it; ``before`` is HTML to begin with."""
    legend = f'<p class="sv-sub">{escape(found.legend)}</p>' if found.legend else ""
    return f'<div class="sv-beside">{before}{_sentence(found)}{legend}</div>'


def _sentence(found: Finding) -> str:
    if found.empty:
        return band(found.empty)
    return f'<p class="sv-said">{escape(found.sentence)}</p>' if found.sentence else ""


def line(found: Finding, *, picture: bool, table: str = "", rows: int = 0, link: str = "") -> str:
    """Write the one line below a finding: status, source, when updated, how worked out, table, what can be taken away."""
    parts = [escape(wording.every(found.statuses)) if found.statuses else ""]
    # On a small card there is no room for these; what the pack is of stands below every page.
    parts += [
        f'<span class="sv-dated">{escape(told)}</span>' for told in (found.vintage, _updated(found)) if told
    ]
    parts.append(_how(found))
    if not found.empty:
        size, cut = len(found.frame), 0 < rows < len(found.frame)
        told = f"{rows} of {size} rows" if cut else wording.count(size, "row")
        if table and picture:
            parts.append(f"<details><summary>Table ({told})</summary>{table}</details>")
        elif cut:
            parts.append(f"{told}, the CSV has all")
    # Of what nobody agreed to the open data have nothing: whoever shows it gives it away by itself.
    if not found.empty and STAGE not in found.about:
        parts.append(f'<a href="{escape(addresses.of_finding(found, "csv"))}" download>CSV</a>')
        if SNAPSHOT in found.about:
            parts.append(f'<a href="{escape(addresses.of_finding(found, "xlsx"))}" download>Excel</a>')
        if picture:
            parts.append(f'<a href="{escape(addresses.of_finding(found, "png"))}" download>PNG</a>')
    if link:
        parts.append(
            f'<a href="{escape(link)}" target="_self" title="This view, with every filter written out">Link</a>'
        )
    items = [
        part if part.startswith(("<details", "<span")) else f"<span>{part}</span>" for part in parts if part
    ]
    return f'<div class="sv-meta">{DOT.join(items)}</div>' if items else ""


def _updated(found: Finding) -> str:
    return f"updated {wording.day(found.updated)}" if found.updated else ""


def _how(found: Finding) -> str:
    if not found.method:
        return ""
    notes = "".join(f"<li>{escape(c)}</li>" for c in found.caveats)
    worked = f"<p>{escape(found.method)}</p>" + (f"<ul>{notes}</ul>" if notes else "")
    return f"<details><summary>How worked out</summary>{worked}</details>"


def _marks(found: Finding) -> str:
    """Explain the marks that a table carries, where they are read."""
    if "marker" not in found.frame:
        return ""
    met = [mark for mark in wording.MARKERS if (found.frame["marker"] == mark).any()]
    told = "; ".join(f"{mark} {wording.MARKERS[mark]}" for mark in met)
    return f'<p class="sv-sub">{escape(told)}.</p>' if told else ""


def _at_fault(found: Finding) -> str:
    """Name the figures of its tables that can't be, so that their gap is not taken for anything else."""
    if not found.at_fault:
        return ""
    rest = len(found.at_fault) - FAULTS_NAMED
    told = "; ".join(found.at_fault[:FAULTS_NAMED]) + (f"; and {rest} more, above" if rest > 0 else "")
    return f'<p class="sv-sub"><b>Impossible:</b> {escape(told)}.</p>'


# -- table -----------------------------------------------------------------------------------------------


def of_table(found: Finding, rows: int = 0, *, narrow: bool = False, years: str = "") -> str:
    """Write a finding's table, at most ``rows`` lines of it where that is not 0; codes that lead somewhere are links."""
    names = [name for name in found.columns if name not in _told_elsewhere(found, narrow=narrow)]
    shown = found.frame.head(rows) if rows else found.frame
    cells = {name: [escape(text) for text in texts] for name, texts in found.cells(thousands=True).items()}
    kinds = {name: _kind(found, name, cells[name]) for name in names}
    for column, (file, params) in found.leads.items():
        if column in cells:
            named = dict.fromkeys(
                [column, *(name for _, name, *_ in Formatter().parse(params) if name is not None)]
            )
            linked = [_linked(years, file, params, column, row) for row in records(shown[list(named)])]
            cells[column] = linked
    kinds = {
        name: f"{kind} sv-more".strip() if place >= MOST_COLUMNS else kind
        for place, (name, kind) in enumerate(kinds.items())
    }
    head = "".join(_cell("th", kinds[name], escape(found.columns[name]), ' scope="col"') for name in names)
    body = "".join(
        "<tr>" + "".join(_cell("td", kinds[name], cells[name][row]) for name in names) + "</tr>"
        for row in range(len(shown))
    )
    caption = f'<caption class="sv-unseen">{escape(found.headline)}. {escape(found.subtitle)}</caption>'
    more = (
        f'<label class="sv-columns"><input type="checkbox"> All {len(names)} columns</label>'
        if len(names) > MOST_COLUMNS
        else ""
    )
    return (
        f'<div class="sv-table">{more}<div class="sv-scroll" tabindex="0" role="region" aria-label="{escape(found.headline)}">'
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></div>"
    )


def _cell(tag: str, kind: str, text: str, more: str = "") -> str:
    return f'<{tag}{more} class="{kind}">{text}</{tag}>' if kind else f"<{tag}{more}>{text}</{tag}>"


def _told_elsewhere(found: Finding, *, narrow: bool) -> set[str]:
    """Return the columns that are told elsewhere: a status that all rows have in common with the page or the badges."""
    if "status" not in found.columns:
        told = set()
    elif set(found.frame["status"]) <= set(found.statuses[-1:] if narrow else MADE_UP):
        told = {"status"}
    else:
        told = set()
    return told | ({"geography"} if narrow and "geography" in found.columns else set())


def _kind(found: Finding, name: str, texts: Iterable[str]) -> str:
    """Return the class of a column: numbers stand at the right, what is short is kept on one line."""
    column = found.frame[name]
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return "sv-number"
    return "sv-short" if all(len(text) <= SHORT for text in texts) else ""


def _linked(years: str, file: str, params: str, column: str, row: dict[str, Any]) -> str:
    """Write a cell as a link, or its codes as links, with the reader's years.

    ``row`` has the column and those that ``params`` names. A cell that says that there is none leads nowhere.
    """
    if row[column] == NONE:
        return NONE
    where, kept = addresses.of_page(file), f"{years}&" if years else ""
    codes = str(row[column]).split(", ") if f"{{{column}}}" in params else [str(row[column])]
    safe = {name: quote(str(value), safe="") for name, value in row.items()}
    targets = [params.format(**{**safe, column: quote(code, safe="")}) for code in codes]
    return ", ".join(
        f'<a href="{escape(f"{where}?{kept}{target}")}" target="_self">{escape(code)}</a>'
        for code, target in zip(codes, targets, strict=True)
    )
