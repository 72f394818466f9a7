"""The third column of the workbench: what the indicator shows, as agreed ones are shown and gated, and marked as a prototype."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

import streamlit as st

from svdash import wording
from svdash.findings import table_files
from svdash.findings.finding import Finding
from svdash.findings.reach.area_figures import AreaMap
from svdash.maps import deck_layers, drawn_map
from svdash.register import Framework
from svdash.render import marks, pictures
from svdash.show.kit import page
from svdash.show.kit.plain_text import plain
from svdash.show.panels import area_map
from svdash.workbench import prototype_findings
from svdash.workbench.brought_errors import BroughtError
from svdash.workbench.definition import DefinitionError, Written
from svdash.workbench.prototype_findings import PrototypeFindings

# Pixels that a map is high in its column.
_TALL: Final = 420
_NONE: Final = "none"
_BESIDE: Final = "workbench-beside"
_TRIED_OUT: Final = "A prototype, not agreed: on no other page, in no report, snapshot or open data"
_TODAY: Final = (
    "Worked out from today’s data: the register keeps the figures that were agreed until these are agreed too"
)
_IN_FORCE: Final = {"agreed": f"Agreed. {_TODAY}", "retired": f"Retired. {_TODAY}"}


def show(
    now: page.Here,
    written: Written | None,
    files: Mapping[str, str] | None,
    stage: str = "",
    criteria: str = "",
) -> None:
    """Draw the column: trend, groups, gaps, map and deciles of the definition, or why there are none.

    Args:
        now: the page.
        written: the definition; ``None`` while it can't be read.
        files: brought files, name → SHA-256.
        stage: where what is open stands; figures of what is in force carry no watermark.
        criteria: when its criteria for change were written, as a sentence.
    """
    page.heading("What it shows", _IN_FORCE.get(stage, _TRIED_OUT))
    if written is None:
        page.empty("As soon as the definition can be read, its figures are shown here.")
        return
    bar = st.empty()
    # What stands in it carries the watermark, on the screen and in print.
    agreed = stage in _IN_FORCE
    try:
        found = prototype_findings.findings(
            now.edition, written, files, lambda done, what: _step(bar, done, what)
        )
        with st.container(key="sv-in-force" if agreed else "sv-prototype"):
            _criteria(written, criteria, prototype_findings.change(now.edition, written, files))
            _every(now, written, files, found, agreed=agreed)
    except (DefinitionError, BroughtError) as problem:
        page.empty(str(problem))
    bar.empty()


def _criteria(written: Written, said: str, held: str) -> None:
    """Write the criteria for change above what they are held against."""
    st.markdown(f"**Criteria for change**: {plain(written.definition.criteria_for_change)}")
    if held:
        st.markdown(f"**{plain(held)}**")
    page.note(said)


def _step(bar: st.delta_generator.DeltaGenerator, done: float, what: str) -> None:
    bar.progress(done, text=what)


def _every(
    now: page.Here,
    written: Written,
    files: Mapping[str, str] | None,
    found: PrototypeFindings,
    *,
    agreed: bool,
) -> None:
    """Draw one finding after the other, each worked out when its turn comes: the trend is read while the rest is made."""
    for remark in found.remarks:
        page.note(remark)
    _one(found.trend, agreed=agreed)
    page.draw_pictures_so_far()
    _beside(now, written, files, agreed=agreed)
    gaps, groups = found.gaps, found.groups
    if gaps is None or groups is None:
        page.empty("No groups: the definition names no column of groups. Name one to see gaps.")
    else:
        _one(gaps, agreed=agreed)
        _one(groups, agreed=agreed)
    areas, deciles = found.areas, found.deciles
    if areas is None or deciles is None:
        page.empty(_no_areas(now, written))
        return
    _map(now, areas, agreed=agreed)
    _one(deciles, agreed=agreed)


def _no_areas(now: page.Here, written: Written) -> str:
    if written.definition.area is None:
        return "No map and no deciles: the definition names no column of areas. Name one with codes of small areas (LSOA)."
    if "areas" not in now.edition.tables:
        return "No map and no deciles: the data pack has no areas."
    return "No map and no deciles: no row has a figure with an area."


def _one(found: Finding, *, agreed: bool) -> None:
    found = prototype_findings.of_today(found) if agreed else found
    page.finding(found, rows=20)
    _taken_away(found)


def _taken_away(found: Finding) -> None:
    """Offer a finding's table and picture, made only when they are asked for; both say what it is."""
    if found.empty:
        return
    kind = "today" if prototype_findings.is_of_today(found) else "prototype"
    name = f"{kind}-{found.about.get('indicator', '') or found.params.get('indicator', '')}-{found.name}"
    name += f"-{found.params['characteristic']}" if "characteristic" in found.params else ""
    with st.container(horizontal=True, gap="xsmall", key=f"away-{name}"):
        st.download_button(
            "CSV",
            lambda: table_files.csv(found),
            f"{name}.csv",
            "text/csv",
            key=f"csv-{name}",
            on_click="ignore",
        )
        if page.pictured(found):
            st.download_button(
                "PNG", lambda: _png(found), f"{name}.png", "image/png", key=f"png-{name}", on_click="ignore"
            )


def _png(found: Finding) -> bytes:
    picture = pictures.of(prototype_findings.taken_away(found))
    return b"" if picture is None else pictures.drawn(picture, "png")


def _beside(now: page.Here, written: Written, files: Mapping[str, str] | None, *, agreed: bool) -> None:
    """Draw the prototype beside an agreed indicator that is chosen."""
    indicators = Framework.of(now.edition).indicators
    options = {_NONE: "None", **{str(code): f"{code} {row['short']}" for code, row in indicators.iterrows()}}
    options.pop(written.definition.id, None)
    if st.session_state.get(_BESIDE) not in options:
        # What was chosen may be the very indicator that is tried out now.
        st.session_state.pop(_BESIDE, None)
    chosen = st.selectbox(
        "Beside an agreed indicator",
        list(options),
        format_func=lambda code: options[code],
        key=_BESIDE,
    )
    if chosen != _NONE:
        _one(prototype_findings.beside(now.edition, written, chosen, files), agreed=agreed)


def _map(now: page.Here, found: AreaMap, *, agreed: bool) -> None:
    """Draw the map as a picture: its places are told in the table, and no address serves them."""
    found = prototype_findings.of_today(found) if agreed else found
    page.heading(found.headline, f"{found.subtitle}. {found.vintage}", found)
    if not found.empty:
        st.html(area_map.legend(found))
        turned = deck_layers.Turned(now.view.district, wide=deck_layers.PHONE, tall=_TALL)
        drawn = drawn_map.drawn(now.edition, found, None, turned)
        if drawn:
            style = f"height:{_TALL}px;background-image:url('{marks.picture(drawn)}')"
            st.html(
                f'<div class="sv-still" role="img" aria-label="{escape(found.alt)}" style="{escape(style)}"></div>'
            )
        else:
            page.note("The data pack has no boundaries, so the places are only in the table.")
    page.words(found)
    if not found.empty:
        with st.expander(f"Table ({wording.count(len(found.frame), 'row')})"):
            st.dataframe(page.written(found, found.frame), hide_index=True, width="stretch")
    _taken_away(found)
