"""A meeting's papers as one HTML file: read alone beforehand, without a network, by keyboard and by ear, and on black-and-white paper."""

from __future__ import annotations

from html import escape
from typing import Final

from svdash import settings, wording
from svdash.findings.finding import SNAPSHOT, Finding
from svdash.findings.progress.meeting_agenda import Item
from svdash.reports import meeting_papers, room_pictures
from svdash.reports.meeting_papers import Papers
from svdash.theme import ACCENT, FONT, INK, QUIET

# Rows of a table that stand open where there is no picture, and that are printed.
_ROWS: Final = 20
STYLE: Final = f"""
:root {{ color-scheme: light; }}
body {{ font-family:{FONT}; font-size:18px; line-height:1.5; color:{INK}; background:#fff; margin:0 auto; padding:24px; max-width:1240px; overflow-wrap:anywhere; }}
a {{ color:{ACCENT}; }}
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {{ outline:3px solid {ACCENT}; outline-offset:2px; }}
h1 {{ font-size:2.2rem; line-height:1.15; margin:0 0 8px 0; }}
h2 {{ font-size:1.6rem; line-height:1.25; margin:0 0 4px 0; }}
.of, .status, .foot {{ color:{QUIET}; margin:0 0 8px 0; }}
.ribbon {{ border:2px dashed {INK}; padding:6px 12px; display:inline-block; font-weight:600; margin:8px 0; }}
nav ol {{ padding-left:1.6em; }}
nav li {{ margin:4px 0; }}
section {{ border-top:2px solid {INK}; padding:24px 0; }}
section img {{ display:block; width:100%; height:auto; margin:12px 0; }}
.said {{ font-size:1.15rem; max-width:70ch; }}
.scroll {{ overflow-x:auto; }}
table {{ overflow-wrap:break-word; border-collapse:collapse; font-size:1rem; font-variant-numeric:tabular-nums; margin:8px 0; }}
caption {{ text-align:left; color:{QUIET}; padding:0 0 4px 0; }}
th, td {{ text-align:left; vertical-align:top; padding:6px 16px 6px 0; border-bottom:1px solid #9AA1A9; }}
.number {{ text-align:right; }}
.brief {{ white-space:nowrap; }}
.unprinted {{ display:none; }}
summary {{ cursor:pointer; min-height:24px; color:{ACCENT}; text-decoration:underline; }}
.gone {{ border-left:6px solid {QUIET}; padding:8px 14px; }}
@media print {{
@page {{ size:A4 portrait; margin:16mm; }}
body {{ font-size:11pt; padding:0; max-width:none; color:#000; }}
a, .of, .status, .foot, summary, caption {{ color:#000; }}
img {{ filter:grayscale(1); }}
section {{ break-before:page; border-top:0; padding:0; }}
tr, img {{ break-inside:avoid; }}
.scroll {{ overflow:visible; }}
.brief {{ white-space:normal; }}
td, th {{ overflow-wrap:anywhere; }}
details.short::details-content {{ content-visibility:visible; height:auto; }}
details.short summary {{ display:none; }}
details.long:not([open]) {{ display:none; }}
.unprinted {{ display:block; }}
}}
"""


def html(papers: Papers) -> str:
    """Return the papers as one HTML file, with all that it needs in it."""
    sections = "".join(_section(number, item, papers) for number, item in enumerate(papers.items, 1))
    ribbon = f'<p class="ribbon">{escape(papers.made_up)}</p>' if papers.made_up else ""
    contents = "".join(
        f'<li><a href="#finding-{number}">{escape(item.headline)}</a></li>'
        for number, item in enumerate(papers.items, 1)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="svdash {escape(papers.version)}">'
        f"<title>{escape(papers.title)}: papers</title><style>{STYLE}</style></head><body>"
        f'<header><p class="of">{escape(papers.whose)}</p><h1>{escape(papers.title)}</h1>'
        f'<p class="of">Papers to read before the meeting: {wording.counted(len(papers.items), "finding")}. '
        f"Figures of snapshot {escape(papers.snapshot)}. {_where(papers)}</p>{ribbon}"
        f'<nav aria-label="Agenda"><ol>{contents}</ol></nav></header><main>{sections}</main>'
        f'<footer><p class="foot">{escape(papers.title)} · snapshot {escape(papers.snapshot)} · taken with svdash '
        f"{escape(papers.version)}</p></footer></body></html>\n"
    )


def _where(papers: Papers) -> str:
    """Write where the snapshot is found: a link where the dashboard's address is known, else the page and what to ask it for."""
    query = f"?{SNAPSHOT}={papers.snapshot}"
    if address := settings.public_url():
        return f'<a href="{escape(f"{address}/{query}")}">Open it in the dashboard</a>.'
    return f"In the dashboard it is on Data and methods, under Snapshots; {escape(query)} after the address of a page opens it there."


def _section(number: int, item: Item, papers: Papers) -> str:
    found = item.finding
    head = f'<h2 id="heading-{number}">{number}. {escape(item.headline)}</h2>'
    opened = f'<section id="finding-{number}" aria-labelledby="heading-{number}">{head}'
    if found is None:
        return f'{opened}<p class="gone">{escape(item.gone)}</p></section>'
    picture = room_pictures.picture(found)
    drawn = f'<img src="{picture.address}" alt="{escape(picture.alt)}">' if picture else ""
    legend = f'<p class="status">{escape(found.legend)}</p>' if found.legend and picture else ""
    said = f'<p class="said">{escape(found.sentence)}</p>' if found.sentence else ""
    empty = f'<p class="gone">{escape(found.empty)}</p>' if found.empty else ""
    return (
        f'{opened}<p class="of">{escape(found.subtitle)}</p>{drawn}{legend}{said}{empty}{_table(found, closed=bool(drawn))}'
        f'<p class="status">{escape(meeting_papers.status_line(found))} · snapshot {escape(papers.snapshot[:12])}</p>'
        f"{_how(found)}</section>"
    )


def _table(found: Finding, *, closed: bool) -> str:
    """Write the table: open where there is no picture, and in print where it is short; long ones are closed."""
    if found.empty or not len(found.frame):
        return ""
    size = len(found.frame)
    short = size <= _ROWS
    if closed or not short:
        kind = "short" if short else "long"
        first = "" if closed else _rows_of(found, _ROWS)
        # On paper nothing can be opened: what is not there is said.
        paper = "" if short else f'<p class="unprinted">{_unprinted(size)}</p>'
        return f'{first}<details class="{kind}"><summary>Table ({wording.count(size, "row")})</summary>{_rows_of(found)}</details>{paper}'
    return _rows_of(found)


def _unprinted(size: int) -> str:
    return f"The whole table ({wording.counted(size, 'row')}) is printed only if it was opened in the file before; there it is complete."


def _rows_of(found: Finding, rows: int = 0) -> str:
    heads, cells, numeric = meeting_papers.table(found, rows)
    more = [
        _some(found, rows) if rows else "",
        f"{len(heads)} of {len(found.columns)} columns" if len(heads) < len(found.columns) else "",
    ]
    left_out = wording.every(filter(None, more))
    caption = found.subtitle + (f"; {left_out}" if left_out else "")
    marks = meeting_papers.marks(found)
    under = f'<p class="status">{escape(marks)}.</p>' if marks else ""
    table = meeting_papers.table_html(heads, cells, numeric, number="number", brief="brief")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table: {escape(found.headline)}{", its beginning" if rows else ""}"><table>'
        f"<caption>{escape(caption)}</caption>{table}</table></div>{under}"
    )


def _some(found: Finding, rows: int) -> str:
    """Say which rows are shown of a table that is too long to stand open, and where the rest are."""
    rest = meeting_papers.left_out(found, rows)
    if not rest:
        return f"the first {rows} of {len(found.frame)} rows"
    return f"{rows} of {len(found.frame)} rows, some of every group; the rest is in the table below ({rest})"


def _how(found: Finding) -> str:
    if not found.method:
        return ""
    notes = "".join(f"<li>{escape(each)}</li>" for each in found.caveats)
    worked = f"<p>{escape(found.method)}</p>" + (f"<ul>{notes}</ul>" if notes else "")
    return f'<details class="long"><summary>How worked out</summary>{worked}</details>'
