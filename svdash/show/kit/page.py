"""What every page is made of: the question, findings in one order, empty states that say why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from svdash import wording
from svdash.access import identity
from svdash.caching.memory import remembered
from svdash.editions import Edition
from svdash.findings.finding import SNAPSHOT, Finding
from svdash.findings.open_data import data_catalogue
from svdash.findings.progress.headline_tiles import Tile
from svdash.register import ALL, FILTERS, NONE, Filters, Framework, View
from svdash.render import charts, share_bars, small_multiples
from svdash.show.kit import addresses, controls, finding_html
from svdash.show.kit.addresses import PAGES
from svdash.show.kit.plain_text import plain

ROOT: Final = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "pages"
# What a page says in place of its filters where it can use none.
UNFILTERED: Final = "No filter narrows this page"
_HERE: Final = "_here"
_ANSWER: Final = "_answer"
_PICTURES: Final = "_pictures"
# What gives the address of a page with parameters.
Addresses = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True)
class Here:
    """What a page stands on: the pack, its register, and what the reader is looking at.

    ``view`` is what the page can use of the filters, ``every_filter`` all of them: what links and addresses carry on.
    ``filters`` are the page's own: what its address leaves out is usual there. ``snapshot`` is the id of the snapshot that
    is looked at in place of the pack's present figures; links lead on in it. ``used`` are the names of the filters that the
    page can use: the address of one that uses none does not name them.
    """

    edition: Edition
    framework: Framework
    view: View
    every_filter: View
    filters: Filters
    snapshot: str = ""
    used: tuple[str, ...] = FILTERS


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
    person = identity.person()
    for file, title, address, section in PAGES:
        roles = addresses.FOR_ROLES.get(file, ())
        hidden = bool(roles) and (person is None or not person.roles & set(roles))
        entry = st.Page(
            FOLDER / f"{file}.py",
            title=title,
            url_path=address or None,
            default=not address,
            visibility="hidden" if hidden else "visible",
        )
        sections.setdefault(section, []).append(entry)
    return sections


def link(file: str, label: str, tip: str = "", **params: str) -> None:
    """Draw a link to a page with the reader's filters and ``params`` on top of them."""
    title, address = next((t, a) for f, t, a, _ in PAGES if f == file)
    wanted = _query(address, params)
    target = st.Page(FOLDER / f"{file}.py", title=title, url_path=address or None, default=not address)
    st.page_link(target, label=plain(label), help=plain(tip) or None, query_params=wanted)


def _query(address: str, params: Mapping[str, str]) -> dict[str, str]:
    """Return what the address of a page asks for: the reader's filters, and ``params`` on top of them."""
    return _asking(address)(params)


def _asking(address: str) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """Return what says, of parameters, what the address of a page asks for with them: :func:`_asked` for many.

    What is usual there and stays so is left out, as the page would leave it out: else the browser's history gets a step
    for the long address and one for the short. In a snapshot it leads on in that, whose filters are its own.
    """
    now = here()
    if now.snapshot:
        return lambda params: {SNAPSHOT: now.snapshot, **params}
    filters = addresses.filters_of(now.framework, address)
    usual = addresses.left_out(filters, now.every_filter, st.query_params.to_dict())
    kept = now.every_filter.params()
    return lambda params: {
        n: v for n, v in {**kept, **params}.items() if v != usual.get(n) or kept.get(n, v) != v
    }


def address(file: str, **params: str) -> str:
    """Return the address of a page with the reader's filters and ``params``, for a link in HTML."""
    return addresses_of(file)(params)


def addresses_of(file: str) -> Addresses:
    """Return what gives the address of a page with parameters: :func:`address` for hundreds of links at once."""
    where = addresses.of_page(file)
    asking = _asking(where)

    def written(params: Mapping[str, str]) -> str:
        wanted = urlencode(asking(params))
        # An empty address would be the page that one is on, with all that its own address says.
        return f"{where}?{wanted}" if wanted else where or "./"

    return written


def this_view() -> str:
    """Return the address of what is seen, with every filter written out on a page that can use any."""
    if here().snapshot:
        return f"?{urlencode(st.query_params.to_dict())}"
    filters = here().every_filter.params()
    kept = {name: value for name, value in st.query_params.to_dict().items() if name not in filters}
    return f"?{urlencode({**(filters if here().used else {}), **kept})}"


def describe(framework: Framework, view: View, used: Iterable[str] = FILTERS) -> str:
    """Repeat in words those filters that a page can use, by their names."""
    role = "All roles" if view.role == ALL else framework.vocabulary.label("role", view.role)
    chosen = "all commitments" if view.commitment == ALL else view.commitment
    year = f"all years to {wording.day(framework.calendar.until)}" if view.year == ALL else view.year
    if view.year != ALL and framework.calendar.is_part(view.year):
        year += f" (part year, to {wording.day(framework.calendar.until)})"
    compared = "not compared" if view.compare == NONE else f"compared with {view.compare}"
    where = "" if view.district == ALL else framework.filters.districts[view.district]
    told = {"role": role, "commitment": chosen, "year": year, "compare": compared, "district": where}
    return " · ".join(told[name] for name in used if told.get(name)) or UNFILTERED


def question(text: str, unused: str = "", *, one_year: bool = False) -> Here:
    """Open a page: its one question in small type, and whether its figures are made up; its answer stands below.

    The answer, the page's title, is the headline of the first finding drawn, or what :func:`answer` is given.
    With ``one_year`` the page shows one year at a time, and says which while all are chosen.
    """
    now = here()
    if one_year and now.view.year == ALL:
        unused = (
            f"one year at a time here: {now.framework.calendar.named(now.framework.calendar.default_year)}"
        )
    told = f"{escape(text)}{escape(f' ({unused})' if unused else '')}{_latest(now)}"
    opening(
        describe(now.framework, now.view, now.used), told, data_catalogue.demonstration(now.edition), text
    )
    return now


def opening(view: str, told: str, made_up: str, title: str) -> None:
    """Open a page with what is looked at, small, and a place for its answer.

    Args:
        view: the filters in words.
        told: the line above the answer, as HTML.
        made_up: whether its figures are, in words; empty if not.
        title: its title where nothing answers.
    """
    st.html(
        f'<p class="sv-view" role="status">{escape(view)}</p><div class="sv-opening"><p class="sv-question">{told}</p>'
        + (f'<p class="sv-ribbon" role="note">{escape(made_up)}</p>' if made_up else "")
        + "</div>"
    )
    st.session_state[_ANSWER] = (st.container(key="sv-answer"), title)
    st.session_state[_PICTURES] = []


def _latest(now: Here) -> str:
    """Write a link to the latest position, on a page that opens there, while it shows an earlier one; else nothing."""
    calendar = now.framework.calendar
    if not now.filters.newest or now.view.year in (ALL, calendar.latest_year):
        return ""
    wanted = urlencode({**st.query_params.to_dict(), "year": calendar.latest_year})
    return f' · <a href="?{escape(wanted)}" target="_self">Latest: {wording.day(calendar.until)}</a>'


def answer(*said: str) -> bool:
    """Write the page's title above all its findings: what is seen, in one sentence. Return False where it has one already."""
    spot, _ = st.session_state.pop(_ANSWER, (None, ""))
    if spot is None:
        return False
    # Streamlit's own title is there before its HTML, which is fetched only when a page has some.
    spot.title(plain("; ".join(said)), anchor=False)
    return True


def close() -> None:
    """End a page: where nothing answered its question, the question is its title."""
    _, asked = st.session_state.get(_ANSWER, (None, ""))
    if asked:
        answer(asked)


def heading(text: str, under: str = "", of: Finding | None = None) -> None:
    """Open a part of a page: its headline, and under it what is measured, where and when.

    The first headline of a page is its title. How official a figure is stands here where it differs from what the
    page says of all.
    """
    badges = finding_html.badges(of) if of is not None else ""
    if opened := finding_html.heading(text, under, badges, first=answer(text)):
        st.html(opened)


def words(found: Finding, before: str = "") -> None:
    """Draw what stands below what a page draws itself, as one piece; ``before`` is HTML to begin with, such as a map's legend."""
    st.html(finding_html.below(found, False, before, reader=_reader()))


def written(found: Finding, rows: pd.DataFrame) -> pa.Table:
    """Write some of a finding's rows as a person reads them, ready to be sent to a grid, whose rows can be saved as CSV."""
    cells = replace(found, frame=rows).cells(thousands=True)
    columns = [pa.array(map(wording.defused, column), pa.large_string()) for column in cells.values()]
    return pa.table(columns, names=[wording.defused(found.columns[name]) for name in cells])


def on_phone() -> bool:
    """Return whether the reader's browser says that it runs on a phone."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def columns_for_device() -> int:
    """Return how many small multiples stand side by side: one on a phone, four elsewhere."""
    return 1 if on_phone() else 4


def note(text: str) -> None:
    """Write a sentence in small type: as HTML, so that addresses and names in it are copied as they stand."""
    st.html(f'<p class="sv-note">{escape(text)}</p>')


def text(words: str, strong: str = "") -> None:
    """Write a sentence in the size of all else, ``strong`` before it: as HTML, as :func:`note` does."""
    before = f"<strong>{escape(strong)}</strong>" if strong else ""
    st.html(f'<p class="sv-text">{before}{escape(words)}</p>')


def points(sentences: Iterable[str]) -> None:
    """Write sentences as a list with a point before each: as HTML, as :func:`note` does."""
    st.html(f'<ul class="sv-text">{"".join(f"<li>{escape(each)}</li>" for each in sentences)}</ul>')


def empty(why: str) -> None:
    """Say in words why there is nothing to show."""
    st.html(finding_html.band(why))


def finding(
    found: Finding, *, table: bool = True, rows: int = 0, narrow: bool = False, headed: bool = True
) -> None:
    """Draw a finding, always in the same order: headline, measure, picture, sentence, table, one line of all else.

    With ``rows`` only that many lines of the table are drawn; how many there are is said, the CSV has them all.
    ``narrow`` leaves out the status that the badges above tell, and the geography that the subtitle tells.
    Without ``headed`` the headline stands elsewhere on the page.
    """
    if headed:
        heading(found.headline, found.subtitle, found)
    else:
        st.html(finding_html.heading("", found.subtitle, finding_html.badges(found), first=True))
    ends = finding_html.below(found, pictured(found), "", table, rows, narrow, _reader())
    if small_multiples.drawn(found):
        _multiples(found)
        st.html(finding_html.beside(found) + ends)
    elif share_bars.drawn(found):
        seen = f"<div>{share_bars.html(found)}</div>{finding_html.beside(found)}"
        st.html(f'<div class="sv-seen">{seen}</div>{ends}')
    elif charts.drawn(found):
        # What is read beside the picture where the screen is wide enough, else below it: see theme.
        place = len(st.session_state[_PICTURES])
        with st.container(key=f"sv-seen-{place}"):
            picture = st.container()
            st.html(finding_html.beside(found))
            st.html(ends)
        later(lambda: _chart(found, picture))
    else:
        st.html(ends)


def pictured(found: Finding) -> bool:
    """Return whether a finding has a picture."""
    return small_multiples.drawn(found) or charts.drawn(found)


def later(draw: Callable[[], None]) -> None:
    """Draw something once all words of the page are: what takes the browser long must not keep them waiting."""
    st.session_state[_PICTURES].append(draw)


def draw_pictures_so_far() -> None:
    """Draw what was put off until now, where the rest of the page takes long: its figure is what the reader waits for."""
    put_off: list[Callable[[], None]] = st.session_state[_PICTURES]
    for place, draw in enumerate(put_off):
        draw()
        # The place is kept: those after it are numbered.
        put_off[place] = _drawn


def _drawn() -> None:
    """Draw nothing: it was drawn before."""


def draw_pictures() -> None:
    """Draw what was put off, in the order of the page."""
    for draw in st.session_state.pop(_PICTURES, []):
        draw()


def _multiples(found: Finding) -> None:
    """Draw series side by side, as wide as the page however wide that is."""
    kept = _years()
    leads = f"{addresses.of_page('indicators')}?{f'{kept}&' if kept else ''}indicator="
    # Of Streamlit's elements only Markdown lets SVG through.
    st.markdown(small_multiples.html(found, leads), unsafe_allow_html=True)


def _chart(found: Finding, spot: DeltaGenerator) -> None:
    spec = charts.of(found, columns_for_device())
    if spec is not None:
        width: Literal["stretch", "content"] = "stretch" if spec.get("width") == "container" else "content"
        spot.vega_lite_chart(spec=spec, width=width, theme=None, alt=_alt(found))


def _years() -> str:
    """Return the reader's years, or the snapshot they look at, as an address carries them; what is usual is left out, as in :func:`link`."""
    if here().snapshot:
        return urlencode({SNAPSHOT: here().snapshot})
    view, filters = here().every_filter, here().framework.filters
    chosen, usual = view.params(), addresses.left_out(filters, view, st.query_params.to_dict())
    return urlencode({name: chosen[name] for name in ("year", "compare") if chosen[name] != usual.get(name)})


def _reader() -> finding_html.Reader:
    return finding_html.Reader(_years(), this_view())


def _alt(found: Finding) -> str:
    """Return what a picture shows, in words; what is made up says so."""
    made_up = finding_html.MADE_UP[0]
    if made_up not in found.statuses or made_up in found.alt.casefold():
        return found.alt
    return f"{found.alt} ({made_up})"


def facts(rows: Mapping[str, str] | list[tuple[str, str]]) -> None:
    """Draw pairs of a name and a value as a table with row headers."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    body = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in pairs)
    st.html(f'<table class="sv-facts"><tbody>{body}</tbody></table>')


def tiles(found: list[Tile]) -> None:
    """Draw the numbers of the overview side by side, each with the link behind it."""
    for spot, tile in zip(st.columns(len(found)), found, strict=True):
        with spot:
            # What is made up altogether is told by the page.
            told = tile.detail if tile.status in finding_html.MADE_UP else f"{tile.detail} · {tile.status}"
            st.html(
                f'<div class="sv-tile"><span>{escape(tile.label)}</span><strong>{escape(tile.number)}</strong>'
                f"<small>{escape(told)}</small></div>"
            )
            link(tile.page, tile.leads, **tile.params)


def listing(found: Finding, chosen: str = ALL) -> None:
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

    spot = st.container()

    def put() -> None:
        spot.dataframe(
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

    later(put)
    words(replace(found, sentence=""))
    # A grid prints and speaks nothing; the real table costs its rows only once it is opened.
    real = st.expander(
        "As a plain table, for print and screen readers", key="register-table", on_change="rerun"
    )
    if real.open:
        real.html(finding_html.of_table(found, years=_years()))


@remembered
def _grid(found: Finding) -> pa.Table:
    """Write a finding's table out once for all its readers, for a grid."""
    return written(found, found.frame)
