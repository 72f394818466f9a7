"""What every page is made of: the question, findings in one order, empty states that say why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from string import Formatter
from typing import Any, Final
from urllib.parse import quote, urlencode

import pandas as pd
import pyarrow as pa
import streamlit as st

from svdash import wording
from svdash.caching.memory import remembered
from svdash.editions import Edition
from svdash.findings.finding import Finding, records
from svdash.findings.open_data import open_tables
from svdash.findings.progress.headline_tiles import Tile
from svdash.register import ALL, NONE, Framework, View
from svdash.render import charts
from svdash.show.kit import controls
from svdash.show.kit.plain_text import plain

ROOT: Final = Path(__file__).resolve().parents[3]
# file, title, address, section; the addresses are public names and stay.
PAGES: Final = (
    ("overview", "Overview", "", "Progress"),
    ("commitments", "Commitments", "commitments", "Progress"),
    ("indicators", "Indicators", "indicators", "Progress"),
    ("equality_gaps", "Equality gaps", "equality-gaps", "Fairness"),
    ("reach_and_spend", "Reach and spend", "reach-and-spend", "Fairness"),
    ("local_economy", "Local economy", "local-economy", "Fairness"),
    ("data_and_methods", "Data and methods", "data-and-methods", "Analysis"),
)
# What each page can use of the filters, by its address; what it can't is not shown there, and kept.
_USUAL: Final = ("role", "commitment", "year", "compare")
USED_FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "": _USUAL,
    "commitments": ("role", "commitment", "year"),
    "indicators": _USUAL,
    "equality-gaps": ("role", "commitment", "year"),
    "reach-and-spend": (*_USUAL, "district"),
    "local-economy": _USUAL,
    "data-and-methods": _USUAL,
}
# Addresses of the pages whose figures can be told for one district.
DISTRICTED: Final = frozenset(address for address, used in USED_FILTERS.items() if "district" in used)
FOLDER = ROOT / "pages"
_HERE: Final = "_here"


@dataclass(frozen=True)
class Here:
    """What a page stands on: the pack, its register, and what the reader is looking at.

    ``view`` is what the page can use of the filters, ``every_filter`` all of them: what links and addresses carry on.
    """

    edition: Edition
    framework: Framework
    view: View
    every_filter: View


def set_here(here: Here) -> None:
    """Hand the frame's pack and view to the page."""
    st.session_state[_HERE] = here


def here() -> Here:
    """Return the pack, the register and the view of this run."""
    found: Here = st.session_state[_HERE]
    return found


def pages() -> dict[str, list[st.Page]]:
    """Return the navigation: sections with their pages."""
    sections: dict[str, list[st.Page]] = {}
    for file, title, address, section in PAGES:
        entry = st.Page(FOLDER / f"{file}.py", title=title, url_path=address or None, default=not address)
        sections.setdefault(section, []).append(entry)
    return sections


def link(file: str, label: str, tip: str = "", **params: str) -> None:
    """Draw a link to a page with the reader's filters and ``params`` on top of them.

    What is usual and stays so is left out, as the page would leave it out: else the browser's history gets a step
    for the long address and one for the short.
    """
    title, address = next((t, a) for f, t, a, _ in PAGES if f == file)
    now = here()
    usual, kept = now.framework.filters.usual(now.every_filter), now.every_filter.params()
    wanted = {n: v for n, v in {**kept, **params}.items() if v != usual.get(n) or kept.get(n, v) != v}
    target = st.Page(FOLDER / f"{file}.py", title=title, url_path=address or None, default=not address)
    st.page_link(target, label=plain(label), help=plain(tip) or None, query_params=wanted)


def describe(framework: Framework, view: View) -> str:
    """Repeat the filters in words."""
    role = "All roles" if view.role == ALL else framework.vocabulary.label("role", view.role)
    chosen = "all commitments" if view.commitment == ALL else view.commitment
    year = f"all years to {wording.day(framework.calendar.until)}" if view.year == ALL else view.year
    if view.year != ALL and framework.calendar.is_part(view.year):
        year += f" (part year, to {wording.day(framework.calendar.until)})"
    compared = "not compared" if view.compare == NONE else f"compared with {view.compare}"
    where = "" if view.district == ALL else f" · {framework.filters.districts[view.district]}"
    return f"{role} · {chosen} · {year} · {compared}{where}"


def question(text: str, unused: str = "", *, one_year: bool = False) -> Here:
    """Open a page: its one question, the filters in words, and which filter it cannot use.

    With ``one_year`` the page shows one year at a time, and says which while all are chosen.
    """
    now = here()
    if one_year and now.view.year == ALL:
        unused = (
            f"one year at a time here: {now.framework.calendar.named(now.framework.calendar.default_year)}"
        )
    more = f" · {escape(unused)}" if unused else ""
    st.html(
        f'<p class="sv-view" role="status">{escape(describe(now.framework, now.view))}</p>'
        f'<h1 class="sv-answer">{escape(text)}</h1>' + (f'<p class="sv-question">{more}</p>' if more else "")
    )
    return now


def heading(text: str, under: str = "", of: Finding | None = None) -> None:
    """Open a part of a page: its headline, and under it what is measured, where and when, and how official it is.

    What is made up says so before anybody has read a figure.
    """
    badges = _badges(of) if of is not None and of.statuses else ""
    told = f'<p class="sv-sub">{badges} {escape(under)}</p>' if under or badges else ""
    st.html(f'<h2 class="sv-head">{escape(text)}</h2>{told}')


def address(finding: Finding, kind: str) -> str:
    """Return the open-data address of a finding's table or picture, relative to the page."""
    room = "charts" if kind in {"png", "svg"} else "tables"
    taken = open_tables.filters_of(finding.name)
    filters = {name: value for name, value in finding.view.params().items() if name in taken}
    # "all" is what leaving a filter out means, so the address can do without it.
    params = {n: value for n, value in {**filters, **finding.params}.items() if value != ALL or n == "year"}
    return f"api/v1/{room}/{finding.name}.{kind}?{urlencode(params)}"


def words(found: Finding, *, picture: bool = False, before: str = "", more: str = "") -> None:
    """Draw what stands under a picture, as one piece: how to read it, what is seen, where it is from, how worked out.

    ``before`` is HTML to begin with, such as the legend of a map; ``more`` is said last, such as how many rows of the
    table follow.
    """
    st.html(_words(found, picture, before, more))


@remembered
def _words(found: Finding, picture: bool, before: str, more: str) -> str:
    """Write what stands under a picture once for all its readers."""
    parts = [before, f'<p class="sv-sub">{escape(found.legend)}</p>' if picture and found.legend else ""]
    if found.empty:
        parts.append(_band(found.empty))
    elif found.sentence:
        parts.append(f'<p class="sv-said">{escape(found.sentence)}</p>')
    parts += [_marks(found), _meta(found, picture=picture), _how(found)]
    parts.append(f'<p class="sv-sub">{escape(more)}</p>' if more else "")
    return "".join(parts)


def written(found: Finding, rows: pd.DataFrame) -> pa.Table:
    """Write some of a finding's rows as a person reads them, ready to be sent to a grid, whose rows can be saved as CSV."""
    return _sent(replace(found, frame=rows), wording.defused)


def plainly_written(found: Finding, rows: pd.DataFrame) -> pa.Table:
    """Write some of a finding's rows as a person reads them, ready to be sent to a table, whose cells are Markdown."""
    return _sent(replace(found, frame=rows), plain)


def _sent(found: Finding, write: Callable[[str], str]) -> pa.Table:
    cells = found.cells(thousands=True)
    columns = [pa.array(map(write, column), pa.large_string()) for column in cells.values()]
    return pa.table(columns, names=[write(found.columns[name]) for name in cells])


def _marks(finding: Finding) -> str:
    """Explain the marks that a table carries, where they are read."""
    if "marker" not in finding.frame:
        return ""
    met = [mark for mark in wording.MARKERS if (finding.frame["marker"] == mark).any()]
    told = "; ".join(f"{mark} {wording.MARKERS[mark]}" for mark in met)
    return f'<p class="sv-sub">{escape(told)}.</p>' if told else ""


def _badges(finding: Finding) -> str:
    """Return the status, and where there are several, of what each of them is."""
    told = finding.sources if len(finding.statuses) > 1 else {}
    named = {status: f"{status}: {told[status]}" if status in told else status for status in finding.statuses}
    return " ".join(f'<span class="sv-status {escape(s)}">{escape(name)}</span>' for s, name in named.items())


def _how(finding: Finding) -> str:
    """Return how a figure is worked out, to be opened; the same for every filter, so it is sent once."""
    if not finding.method:
        return ""
    notes = "".join(f"<li>{escape(c)}</li>" for c in finding.caveats)
    worked = f"<p>{escape(finding.method)}</p>" + (f"<ul>{notes}</ul>" if notes else "")
    return f'<div class="sv-meta"><details><summary>How worked out</summary>{worked}</details></div>'


def _meta(finding: Finding, *, picture: bool) -> str:
    parts = []
    if finding.vintage:
        parts.append(escape(finding.vintage))
    if finding.updated:
        parts.append(f"updated {wording.day(finding.updated)}")
    if not finding.empty:
        parts.append(f'<a href="{escape(address(finding, "csv"))}" download>CSV</a>')
        if picture:
            parts.append(f'<a href="{escape(address(finding, "png"))}" download>PNG</a>')
    told = " · ".join(parts)
    return f'<div class="sv-meta">{told}</div>'


def on_phone() -> bool:
    """Return whether the reader's browser says that it runs on a phone."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def columns_for_device() -> int:
    """Return how many small multiples stand side by side: one on a phone, four elsewhere."""
    return 1 if on_phone() else 4


def empty(why: str) -> None:
    """Say in words why there is nothing to show."""
    st.html(_band(why))


def _band(why: str) -> str:
    return f'<div class="sv-band" role="status">{escape(why)}</div>'


def finding(found: Finding, *, table: bool = True, rows: int = 0, narrow: bool = False) -> None:
    """Draw a finding, always in the same order: headline, measure, picture, sentence, meta line, table.

    With ``rows`` only that many lines of the table are drawn; how many there are is said, the CSV has them all.
    ``narrow`` leaves out the status that the badges above tell, and the geography that the subtitle tells.
    """
    heading(found.headline, found.subtitle, found)
    spec = charts.of(found, columns_for_device())
    if spec is not None:
        st.vega_lite_chart(spec=spec, width="content", theme=None, alt=found.alt)
    lines = _lines(found) if table and not found.empty else None
    cut = lines is not None and 0 < rows < len(lines)
    words(
        found,
        picture=spec is not None,
        more=f"{rows} of {len(lines)} rows shown; the CSV has them all." if lines is not None and cut else "",
    )
    if lines is not None:
        lines = _narrower(found, lines) if narrow else lines
        shown = lines.slice(0, rows) if cut else lines
        st.table(shown, hide_index=True, border="horizontal", alt=f"{found.headline}. {found.subtitle}")


def _narrower(found: Finding, lines: pa.Table) -> pa.Table:
    told = ["geography"] if "geography" in found.columns else []
    if "status" in found.columns and set(found.frame["status"]) <= set(found.statuses[-1:]):
        told.append("status")
    return lines.drop_columns([plain(found.columns[name]) for name in told])


@remembered
def _lines(found: Finding) -> pa.Table:
    """Write a finding's table out once for all its readers, codes that lead somewhere as links, all else as it stands."""
    lines = plainly_written(found, found.frame)
    for column, (file, params) in found.leads.items():
        place = list(found.columns).index(column)
        named = dict.fromkeys([column, *(name for _, name, *_ in Formatter().parse(params) if name)])
        rows = records(found.frame[list(named)])
        cells = [_linked(found.view, file, params, column, row) for row in rows]
        lines = lines.set_column(place, lines.column_names[place], pa.array(cells, pa.string()))
    return lines


def _linked(view: View, file: str, params: str, column: str, row: dict[str, Any]) -> str:
    """Write a cell as a link, or its codes as links, with the reader's years: a table's cell may be Markdown.

    ``row`` has the column and those that ``params`` names.
    """
    where = next(address for f, _, address, _ in PAGES if f == file)
    years = urlencode({name: getattr(view, name) for name in ("year", "compare")})
    codes = str(row[column]).split(", ") if f"{{{column}}}" in params else [str(row[column])]
    safe = {name: quote(str(value), safe="") for name, value in row.items()}
    return ", ".join(
        f"[{plain(code)}]({where}?{years}&{params.format(**{**safe, column: quote(code, safe='')})})"
        for code in codes
    )


def facts(rows: Mapping[str, str] | list[tuple[str, str]]) -> None:
    """Draw pairs of a name and a value as a table with row headers."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    body = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in pairs)
    st.html(f'<table class="sv-facts"><tbody>{body}</tbody></table>')


def tiles(found: list[Tile]) -> None:
    """Draw the numbers of the overview side by side, each with the link behind it."""
    for spot, tile in zip(st.columns(len(found)), found, strict=True):
        with spot:
            st.html(
                f'<div class="sv-tile"><span>{escape(tile.label)}</span><strong>{escape(tile.number)}</strong>'
                f"<small>{escape(tile.detail)} · {escape(tile.status)}</small></div>"
            )
            link(tile.page, tile.leads, **tile.params)


def listing(found: Finding, chosen: str) -> None:
    """Draw the register as a grid to choose from; a row chosen becomes the commitment filter.

    While none is chosen it has the whole width, and titles are read in full.
    """
    heading(found.headline, f"{found.subtitle}. {found.sentence}", found)
    if found.empty:
        empty(found.empty)
        return
    rows = _grid(found)
    ids = list(found.frame["id"])

    key = controls.grid("register-grid", ids, chosen)

    def opened() -> None:
        controls.choose("commitment", controls.ticked(key, ids) or ALL)

    st.dataframe(
        rows,
        hide_index=True,
        height=min(620, 38 * (len(ids) + 1) + 4),
        row_height=38,
        column_config={
            rows.column_names[0]: st.column_config.TextColumn(width=105),
            "Id": st.column_config.TextColumn(width=75),
            "Commitment": st.column_config.TextColumn(width=430 if chosen == ALL else 265),
            "Delivery": st.column_config.TextColumn(width=115),
        },
        key=key,
        on_select=opened,
        selection_mode="single-row",
        selection_default=controls.first_ticked(ids, chosen),
        alt="The register. The filter Commitment above opens the same rows by keyboard.",
    )
    words(replace(found, sentence=""))
    # A grid prints and speaks nothing; the real table costs its rows only once it is opened.
    real = st.expander("As a plain table, to print or to hear", key="register-table", on_change="rerun")
    if real.open:
        real.table(_lines(found), hide_index=True, border="horizontal", alt=found.headline)


@remembered
def _grid(found: Finding) -> pa.Table:
    """Write a finding's table out once for all its readers, for a grid."""
    return written(found, found.frame)
