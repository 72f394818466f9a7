"""The script around every page: page settings, navigation, filter bar, notices. Then the page itself."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from svdash import editions, theme, wording
from svdash.access import server_places, sign_in
from svdash.editions import Edition, kept
from svdash.findings.finding import SNAPSHOT
from svdash.findings.indicators import gated_observations
from svdash.findings.reach import area_cells
from svdash.register import ALL, FILTERS, NONE, Filters, Framework, Ignored, View, place
from svdash.render import marks
from svdash.show.kit import account, addresses, controls, page
from svdash.show.kit.page_tools import readable_address, tools
from svdash.show.kit.plain_text import plain
from svdash.show.panels import snapshot_page
from svdash.tables import LinesError, PackError, authority, boundary_faults, gap_sizes

FAULTS_SHOWN: Final = 50


def _read(filters: Filters) -> tuple[View, list[Ignored]]:
    """Read the filters from the address, and write them back as they are understood."""
    given = st.query_params.to_dict()
    view, ignored = filters.read({k: v for k, v in given.items() if k in FILTERS})
    controls.write(view.params(), addresses.left_out(filters, view, given))
    return view, ignored


@kept
def _counts(edition: Edition) -> dict[str, dict[str, int]]:
    """Count how much stands behind each choice of each filter."""
    framework = Framework.of(edition)

    def tally(column: pd.Series) -> dict[str, int]:
        return {str(code): int(number) for code, number in column.value_counts().items()}

    updates, figures = edition.table("updates"), gated_observations.years(edition)
    links = framework.links
    return {
        "role": {
            role: len(framework.filters.commitments_of(role)) - 1
            for role in (ALL, *framework.vocabulary.labels("role"))
        },
        "commitment": tally(updates["commitment"]),
        "linked": tally(links["commitment"]),
        # Of all roles: choices that change with another filter close a list that a quick reader has just opened.
        "year": tally(pd.concat([updates["year"], figures["year"]])),
        "district": {
            code: len(area_cells.areas(edition, code)) for code in framework.filters.choices("district")
        },
    }


@kept
def _options(edition: Edition, role: str, chosen: str) -> dict[str, dict[str, str]]:
    """Return what each filter offers: code → label with its count."""
    framework, counts = Framework.of(edition), _counts(edition)
    titles = framework.commitments.set_index("id")["title"]
    whole = counts["year"]

    def year(code: str) -> str:
        part = " part" if framework.calendar.is_part(code) else ""
        return f"{code}{part} · {wording.number(whole.get(code, 0))}"

    def commitment(code: str) -> str:
        behind = wording.count(counts["commitment"].get(code, 0), "update")
        return (
            f"{code} {titles[code]} · {behind}, {wording.count(counts['linked'].get(code, 0), 'indicator')}"
        )

    ids = framework.filters.commitments_of(role)
    years = [y for y in framework.filters.choices("year") if y != ALL]
    return {
        "role": {
            code: f"{'All roles' if code == ALL else framework.vocabulary.label('role', code)} · {counts['role'][code]}"
            for code in framework.filters.choices("role")
        },
        "commitment": {c: f"All · {len(ids) - 1}" if c == ALL else commitment(c) for c in ids},
        "year": {ALL: f"All years · {wording.number(sum(whole.values()))}", **{y: year(y) for y in years}},
        "compare": {
            NONE: "No comparison",
            **{y: year(y) for y in years if chosen == ALL or y < chosen},
        },
        "district": {
            code: f"{label} · {wording.number(counts['district'][code])}"
            for code, label in {ALL: "All", **framework.filters.districts}.items()
        },
    }


def _roles(framework: Framework) -> str:
    """Say how many roles there are, and what the vocabulary says of the sections that are named like none of them."""
    words = framework.vocabulary
    roles = set(words.labels("role").values())
    apart = [
        words.meaning("section", code)
        for code, label in words.labels("section").items()
        if label not in roles
    ]
    told = [f"{wording.sentence(meaning.rstrip('.'))}." for meaning in apart if meaning]
    return " ".join([f"One of the authority's {wording.count(len(roles), 'role')}.", *told])


# What stands in the line of filters, with its width in pixels; the rest opens below a button. A phone has only the button.
IN_LINE: Final = {"role": 240, "year": 205, "compare": 240}
LABELS: Final = {
    "role": "Role",
    "commitment": "Commitment",
    "year": "Year",
    "compare": "Compared with",
    "district": "District",
}


def _explained(edition: Edition, framework: Framework, name: str) -> str:
    """Say what a filter is, and what the number beside each of its choices counts."""
    told = {
        "role": f"{_roles(framework)} The number: commitments and practices.",
        "commitment": "One row of the register. Shown with its updates and linked indicators.",
        "year": "Financial year, April to March. Everything is shown as it was at its end. "
        "The number: figures and updates behind it, of all roles.",
        "compare": "An earlier financial year: what changed since its end.",
        "district": f"One district of {place(edition).the}. The number: its small areas (LSOA).",
    }
    return f"**{LABELS[name]}.** {plain(told[name])}"


def _filter_bar(now: page.Here, used: tuple[str, ...]) -> None:
    """Draw the filters that the page can use in one line, with the tools."""
    edition, framework, view = now.edition, now.framework, now.every_filter
    options, chosen = _options(edition, view.role, view.year), view.params()
    defaults = addresses.left_out(now.filters, view, st.query_params.to_dict())
    in_line = [name for name in IN_LINE if name in used and not page.on_phone()]
    below = [name for name in used if name not in in_line]
    with controls.line("filters"):
        for name in in_line:
            controls.select(
                name, LABELS[name], options[name], chosen[name], defaults.get(name, ""), width=IN_LINE[name]
            )
        # What is chosen out of sight is told on the button.
        narrowed = [
            framework.filters.districts.get(chosen[name], chosen[name])
            for name in below
            if chosen[name] not in (ALL, NONE) and (name not in IN_LINE or page.on_phone())
        ]
        label = "More filters" if in_line else "Filters"
        if used:
            with controls.more(plain(f"{label}: {', '.join(narrowed)}") if narrowed else label, "filters"):
                for name in below:
                    controls.select(name, LABELS[name], options[name], chosen[name], defaults.get(name, ""))
                st.caption("\n\n".join(_explained(edition, framework, name) for name in used))
                readable_address()
        tools()
        account.account()


def _notices(edition: Edition, ignored: list[Ignored]) -> None:
    """Say what of the address was ignored, and what of the pack is withheld."""
    if ignored:
        told = "; ".join(
            f"<b>{escape(part.name)}={escape(part.value[:80])}</b>, {escape(part.reason)}" for part in ignored
        )
        # On one line, so that the content stays where it is; it opens to be read in full.
        st.html(
            f'<div class="sv-band" role="status"><details class="sv-ignored"><summary>Ignored in the address: {told}.</summary></details></div>'
        )
    if edition.notice:
        page.empty(server_places.for_visitors(edition.notice))
    lines = area_cells.problem(edition)
    if lines:
        page.empty(
            f"Lines of the pack cannot be summed, so what rests on them is left out: {server_places.for_visitors(lines)}"
        )
    faults = (
        *edition.lacking,
        *authority.faults(edition),
        *gap_sizes.faults(edition),
        *edition.faults,
        *boundary_faults.faults(edition),
    )
    if faults:
        tables = sorted({fault.table for fault in faults})
        named = plain(wording.listing(tables))
        with st.expander(
            f"{wording.count(len(faults), 'fault')} in the data pack ({named}): the rows concerned are withheld, the rest is shown"
        ):
            page.points(server_places.for_visitors(str(fault)) for fault in faults[:FAULTS_SHOWN])
            st.caption("The whole list: `python -m svdash check`")
    _contradictions(edition)


def _contradictions(edition: Edition) -> None:
    """Name figures that can't be: they are shown nowhere, and that is no work of disclosure control."""
    found = edition.contradictions
    if found:
        named = plain(wording.listing(sorted({fault.table for fault in found})))
        with st.expander(
            f"{wording.count(len(found), 'contradiction')} in the data pack ({named}): impossible figures are in no sum, share or "
            "verdict until they are corrected"
        ):
            page.points(map(str, found[:FAULTS_SHOWN]))


def _unknown(ignored: list[Ignored], asked: dict[str, str]) -> list[Ignored]:
    """Add the parameters that neither the filters nor the page's own controls know."""
    strange = [name for name in asked if name not in FILTERS and name not in controls.known()]
    return ignored + [
        Ignored(name, asked[name], "this page has no such setting")
        for name in strange
        if not name.startswith("embed")
    ]


def _logo(framework: Framework) -> str:
    """Write the head of every page as SVG: whose Framework it is, as the pack tells it."""
    name, whose = framework.authority.framework, framework.authority.name
    # Letters of Arial are half as wide as high, and a little more for what is bold.
    width = 44 + int(max(10.5 * len(name), 7.2 * len(whose)))
    bars = ((2, 24, 12, theme.REST), (12, 16, 20, theme.ACCENT), (22, 8, 28, theme.ATTENTION))
    drawn = "".join(
        f'<rect x="{x}" y="{y}" width="7" height="{high}" fill="{colour}"/>' for x, y, high, colour in bars
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="40" viewBox="0 0 {width} 40">{drawn}'
        f'<g font-family="Arial, sans-serif"><text x="40" y="17" font-size="17" font-weight="700" fill="{theme.ACCENT}">'
        f'{escape(name)}</text><text x="40" y="35" font-size="14" fill="{theme.QUIET}">{escape(whose)}</text></g></svg>'
    )


def _draw(current: st.Page) -> None:
    """Draw everything that stands on the pack."""
    edition = editions.current()
    framework = Framework.of(edition)
    asked = st.query_params.to_dict()
    filters = addresses.filters_of(framework, current.url_path)
    if asked.get(SNAPSHOT):
        _draw_snapshot(edition, framework, filters, current)
        return
    view, ignored = _read(filters)
    controls.begin(FILTERS)
    used = addresses.USED_FILTERS[current.url_path]
    seen = view if "district" in used else view.with_(district=ALL)
    page.set_here(page.Here(edition, framework, seen, view, filters, used=used))
    if addresses.is_alone(current.url_path, asked):
        _run(current.run)
        return
    st.logo(_logo(framework), size="large")
    _filter_bar(page.here(), used)
    notices = st.container()
    _run(current.run)
    page.close()
    with notices:
        _notices(edition, _unknown([*ignored, *controls.ignored()], asked))
    updated = f"updated {wording.day(framework.updated)}" if framework.updated else "of no known date"
    st.caption(plain(f"{framework.authority.name} · data pack {updated} · svdash"))
    # After all words, so that nobody waits for a picture to read what it shows.
    _run(page.draw_pictures)


def _draw_snapshot(edition: Edition, framework: Framework, filters: Filters, current: st.Page) -> None:
    """Draw what a snapshot holds of the page, which the other pages go on to show."""
    controls.begin((SNAPSHOT,))
    view = filters.default_view()
    page.set_here(page.Here(edition, framework, view, view, filters, snapshot=st.query_params[SNAPSHOT]))
    st.logo(_logo(framework), size="large")
    account.account()
    snapshot_page.draw(current.url_path, current.title)
    page.close()
    st.caption(plain(f"{framework.authority.name} · svdash"))
    _run(page.draw_pictures)


def _run(step: Callable[[], None]) -> None:
    try:
        step()
    except LinesError as problem:
        # A page whose payments or contacts can't be read ends where it needs them, and says why.
        page.empty(
            f"What comes here rests on lines that can't be summed. {server_places.for_visitors(str(problem))}"
        )


def main() -> None:
    """Draw the frame and run the page inside it."""
    st.set_page_config(
        layout="wide", page_icon=str(page.ROOT / "svdash" / "show" / "icon.png"), menu_items={}
    )
    st.html(theme.STYLE + marks.STYLE)
    controls.carry()
    why = account.refusal()
    current = st.navigation(page.pages(), position="hidden" if why else "top")
    if why:
        st.title("Sign in to read", anchor=False)
        page.empty(why)
        if sign_in.provider():
            account.way_in()
        return
    try:
        _draw(current)
    except PackError as problem:
        # Also while the pack's files are being replaced: the next click opens the new ones.
        st.logo(str(page.ROOT / "svdash" / "show" / "logo.svg"), size="large")
        st.title("The data pack cannot be opened", anchor=False)
        page.empty(server_places.for_visitors(str(problem)))


main()
