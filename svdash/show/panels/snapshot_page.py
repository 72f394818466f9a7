"""A page as a snapshot holds it: the stored findings of then, drawn as findings are drawn today. Nothing is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from svdash import wording
from svdash.access import server_places
from svdash.caching.memory import remembered
from svdash.findings import overview_cards
from svdash.findings.finding import SNAPSHOT, Finding
from svdash.findings.snapshots import Entry, Snapshot, SnapshotError, WithdrawnError, opened, record_of
from svdash.findings.snapshots.page_entries import PART, PageEntries, of_page
from svdash.records import RecordsError
from svdash.register import ALL, FILTERS, NONE, Framework, View
from svdash.render import stored_drawings
from svdash.show.kit import addresses, controls, page
from svdash.show.kit.plain_text import plain
from svdash.show.panels import equality_look, overview_board

# What parts are called; others by their name in the address.
_PARTS: Final[Mapping[str, str]] = {
    "": "On one screen",
    "look": "In one look",
    "owners": "Suppliers",
    "time": "Over time",
    "unknown": "Not known",
    "districts": "By district",
    "kinds": "What kind they are",
    "dictionary": "Columns",
    "methods": "How worked out",
    "unreached": "Whom money does not reach",
}
# The part that shows equality as a grid, and the findings that it is drawn of.
_LOOK: Final = "look"
_OF_LOOK: Final = ("equality", "data-gaps")
_CHOICES: Final[Mapping[str, str]] = {"layout": "Show", "by": "Broken down by"}


def draw(address: str, title: str) -> None:
    """Draw a page of the snapshot that the address names.

    Args:
        address: the page's own address, empty for the overview.
        title: what the page is called.
    """
    name = address or "overview"
    try:
        snapshot = opened(page.here().snapshot)
    except SnapshotError as problem:
        gone = isinstance(problem, WithdrawnError)
        page.opening(
            "", escape(title), "", "This snapshot was withdrawn" if gone else "This snapshot can't be opened"
        )
        page.empty(server_places.for_visitors(str(problem)))
        st.html(
            f'<p class="sv-note"><a href="{_live(address)}" target="_self">Back to today’s figures</a></p>'
        )
        return
    entries = [entry for entry in snapshot.entries if entry.page == name]
    given = st.query_params.to_dict()
    # Links lead on by the whole id, whatever digits the address has of it.
    page.set_here(replace(page.here(), snapshot=snapshot.id))
    page.opening("", f"{escape(title)} · {_ribbon(snapshot, address)}", snapshot.notice, title)
    if not entries:
        page.empty("This snapshot holds nothing of this page. It holds those below.")
        st.html(_pages(snapshot))
        return
    found = _chosen(entries, given)
    for sentence in (*found.refused, *_not_kept(snapshot, found, given)):
        page.empty(f"Not in this snapshot: {sentence}")
    if name == "overview" and not found.part and snapshot.board:
        _on_one_screen(snapshot)
    elif name == "equality-gaps" and found.part == _LOOK and (seen := _look(snapshot, found)):
        equality_look.drawn(*seen)
    else:
        for entry in found.shown:
            page.finding(_drawn(snapshot.finding(entry.key)), rows=entry.rows)


def _on_one_screen(snapshot: Snapshot) -> None:
    """Draw the overview's cards as they were."""
    board = overview_cards.from_json(snapshot.board, lambda name: snapshot.finding(f"overview/{name}"))
    page.answer(*board.title)
    overview_board.draw(page.here(), board)


def _look(snapshot: Snapshot, found: PageEntries[Entry]) -> tuple[Finding, Finding] | None:
    """Return what the grid of equality is drawn of; ``None`` where it can't be drawn of what the snapshot has."""
    there = {entry.name: snapshot.finding(entry.key) for entry in found.shown}
    summary, register = (there.get(name) for name in _OF_LOOK)
    if summary is None or register is None or not equality_look.is_drawable(summary):
        return None
    return summary, register


def _ribbon(snapshot: Snapshot, address: str) -> str:
    """Say which snapshot this is, and write the way back."""
    try:
        record = record_of(snapshot.id)
        name = (
            f"Snapshot “{record.name}” of {wording.day(record.taken_at.date())}"
            if record
            else "Snapshot"  # it was on record when it was opened
        )
    except RecordsError:
        name = "Snapshot (the records that have its name can't be reached)"
    title = f"{name}, id {snapshot.short}…: figures as they were then"
    return (
        f'<strong class="sv-then" title="{escape(snapshot.id)}, by version {escape(snapshot.version)}">{escape(title)}</strong> · '
        f'<a href="{_live(address)}" target="_self">Back to today’s figures</a>'
    )


def _live(address: str) -> str:
    """Return the address of the page without the snapshot, ready for HTML."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name != SNAPSHOT}
    return escape(f"{address or './'}{f'?{urlencode(kept)}' if kept else ''}")


def _chosen(entries: list[Entry], given: Mapping[str, str]) -> PageEntries[Entry]:
    """Draw the choice of parts, and of what a part shows, and return what is chosen."""
    found = of_page(entries, given)
    with controls.line():
        if len(found.parts) > 1:
            labels = {
                part: _PARTS.get(part, wording.sentence(part.replace("-", " "))) for part in found.parts
            }
            controls.switch(PART, "What to look at", labels, found.parts[0])
        for name, values in found.choices.items():
            if len(values) > 1:
                usual = next(each.controls[name] for each in entries if name in each.controls)
                labels = {value: "All" if value == ALL else label for value, label in values.items()}
                controls.pick(name, _CHOICES.get(name, wording.sentence(name)), labels, usual, width=380)
    return found


def _not_kept(snapshot: Snapshot, found: PageEntries[Entry], given: Mapping[str, str]) -> list[str]:
    """Say which filters and settings of the address the snapshot does not hold this page for."""
    own = {SNAPSHOT, PART, *found.choices}
    view = snapshot.finding(found.shown[0].key).view if found.shown else View()
    filters = [
        f"{name}={value[:80]}, because it holds this page for {_looked_at(view)}."
        for name, value in given.items()
        if name in FILTERS and name not in own and value != view.params()[name]
    ]
    settings_held = wording.listing(sorted(found.choices), len(found.choices)) if found.choices else "none"
    others = [
        f"{name}={value[:80]}. Settings of this part that it holds: {settings_held}."
        for name, value in given.items()
        if name not in own and name not in FILTERS and not name.startswith("embed")
    ]
    return [*filters, *others]


def _looked_at(view: View) -> str:
    """Repeat the filters of then in words."""
    roles = Framework.of(page.here().edition).vocabulary.labels("role")
    parts = [
        "all roles" if view.role == ALL else roles.get(view.role, view.role),
        "all commitments" if view.commitment == ALL else view.commitment,
        "all years" if view.year == ALL else view.year,
        "" if view.compare == NONE else f"compared with {view.compare}",
        ""
        if view.district == ALL
        else page.here().framework.filters.districts.get(view.district, view.district),
    ]
    return ", ".join(filter(None, parts))


@remembered
def _drawn(found: Finding) -> Finding:
    """Return a stored finding without its chart where today's drawings can't draw it: then its table is seen."""
    return found if found.chart is None or stored_drawings.drawable(found) else replace(found, chart=None)


def _pages(snapshot: Snapshot) -> str:
    """Write links to the pages that a snapshot holds."""
    pages_held, kept = {entry.page for entry in snapshot.entries}, escape(urlencode({SNAPSHOT: snapshot.id}))
    links = (
        f'<li><a href="{escape(address or "./")}?{kept}" target="_self">{escape(plain(title))}</a></li>'
        for _, title, address, _ in addresses.PAGES
        if (address or "overview") in pages_held
    )
    return f"<ul>{''.join(links)}</ul>"
