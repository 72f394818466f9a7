"""The script around every page: page settings, navigation, filter bar, notices. Then the page itself."""

from __future__ import annotations

from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from svdash import editions, theme, wording
from svdash.editions import Edition, kept
from svdash.findings.indicators import gated_observations
from svdash.findings.reach import area_cells
from svdash.register import ALL, FILTERS, NONE, Framework, Ignored, View, place
from svdash.show.kit import controls, page
from svdash.show.kit.page_tools import tools
from svdash.tables import PackError, authority, boundary_faults

FAULTS_SHOWN: Final = 50


def _read(framework: Framework) -> tuple[View, list[Ignored]]:
    """Read the filters from the address, and write them back as they are understood."""
    given = st.query_params.to_dict()
    view, ignored = framework.filters.read({k: v for k, v in given.items() if k in FILTERS})
    controls.write(view.params(), framework.filters.usual(view))
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


def _filter_bar(edition: Edition, framework: Framework, view: View, *, districted: bool) -> None:
    options = _options(edition, view.role, view.year)
    defaults = framework.filters.usual(view)
    spots = st.columns([2, 3.2, 2, 2, 2.1, 4], vertical_alignment="bottom")
    labels = {
        "role": "Role",
        "commitment": "Commitment",
        "year": "Year",
        "compare": "Compare with",
        "district": "District",
    }
    tips = {
        "role": f"{_roles(framework)} The number: commitments and practices.",
        "commitment": "One row of the register. Shown with its updates and linked indicators.",
        "year": "Financial year, April to March. Everything is shown as it stood at its end. "
        "The number: figures and updates behind it, of all roles.",
        "compare": "A second financial year: what changed since its end.",
        "district": f"One district of {place(edition).the}. The number: its small areas (LSOA).",
    }
    if not districted:
        # Not in the way where it is of no use, and not lost either: it counts again where it can be used.
        options = options | {"district": {view.district: "Not used here"}}
        kept = (
            f" {framework.filters.districts[view.district]} is kept for it." if view.district != ALL else ""
        )
        tips["district"] = (
            f"Figures on this page are of the whole {place(edition).noun}. Reach and spend can be told for one district.{kept}"
        )
    for spot, (name, label) in zip(spots, labels.items(), strict=False):
        with spot:
            controls.select(
                name,
                label,
                options[name],
                view.params()[name],
                defaults[name],
                tips[name],
                used=districted or name != "district",
            )
    with spots[-1]:
        tools()


def _notices(edition: Edition, ignored: list[Ignored]) -> None:
    """Say what of the address was ignored, and what of the pack is withheld."""
    for part in ignored:
        st.html(
            f'<div class="sv-band" role="status">Ignored in the address: <b>{escape(part.name)}={escape(part.value[:80])}</b>, '
            f"{escape(part.reason)}.</div>"
        )
    lines = area_cells.problem(edition)
    if lines:
        page.empty(f"The lines of the pack cannot be summed, so reach and spend are left out: {lines}")
    faults = (*authority.faults(edition), *edition.faults, *boundary_faults.faults(edition))
    if faults:
        tables = sorted({fault.table for fault in faults})
        with st.expander(
            f"{wording.count(len(faults), 'fault')} in the data pack ({wording.listing(tables)}): "
            "the rows concerned are withheld, the rest is shown"
        ):
            st.markdown("\n".join(f"- {page.plain(str(fault))}" for fault in faults[:FAULTS_SHOWN]))
            st.caption("The whole list: `python -m svdash check`")


def _unknown(ignored: list[Ignored], asked: dict[str, str]) -> list[Ignored]:
    """Add the parameters that neither the filters nor the page's own controls know."""
    strange = [name for name in asked if name not in FILTERS and name not in controls.known()]
    return ignored + [
        Ignored(name, asked[name], "this page has no such setting")
        for name in strange
        if not name.startswith("embed")
    ]


def _draw(current: st.Page) -> None:
    """Draw everything that stands on the pack."""
    edition = editions.current()
    framework = Framework.of(edition)
    asked = st.query_params.to_dict()
    view, ignored = _read(framework)
    controls.begin(FILTERS)
    districted = current.url_path in page.DISTRICTED
    seen = view if districted else view.with_(district=ALL)
    page.set_here(page.Here(edition, framework, seen, view))
    _filter_bar(edition, framework, view, districted=districted)
    notices = st.container()
    current.run()
    with notices:
        _notices(edition, _unknown([*ignored, *controls.ignored()], asked))
    st.caption(f"{framework.authority.name} · data pack updated {wording.day(framework.updated)} · svdash")


def main() -> None:
    """Draw the frame and run the page inside it."""
    st.set_page_config(
        layout="wide", page_icon=str(page.ROOT / "svdash" / "show" / "icon.png"), menu_items={}
    )
    st.html(theme.STYLE)
    st.logo(str(page.ROOT / "svdash" / "show" / "logo.svg"), size="large")
    controls.carry()
    current = st.navigation(page.pages(), position="top")
    try:
        _draw(current)
    except PackError as problem:
        # Also while the pack's files are being replaced: the next click opens the new ones.
        st.title("The data pack cannot be opened", anchor=False)
        page.empty(str(problem))


main()
