"""The map page's own pieces: what to show, the map, its legend, and the area that is looked at."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from svdash import wording
from svdash.caching.memory import remembered
from svdash.findings.finding import Finding
from svdash.findings.reach import area_cells, area_figures, area_profile, catchments
from svdash.findings.reach.area_figures import AreaMap, MapChoice
from svdash.maps import deck_layers, drawn_map, map_features
from svdash.register import ALL, place
from svdash.render import marks
from svdash.show.kit import controls, finding_html, page
from svdash.show.kit.page import Here
from svdash.show.kit.plain_text import plain
from svdash.theme import INK

STYLES = {
    "fill": "Coloured areas",
    "circles": "Circles over deprivation",
    map_features.BIVARIATE: "Deprivation and rate together",
    map_features.CHANGE: "Change since the compared year",
    map_features.COLD: "Cold spots",
}
STYLE_TIP = (
    "Coloured areas show the rate, circles how many. Together: in colours for both, where little comes to areas that need "
    "much. Change: the rate less that of the year under “Compared with”; blue for more, orange for less, grey where "
    "no change is sure. Cold spots: deprived areas with the least, in orange, among the other deprived ones in blue."
)
BACKGROUNDS = {"none": "None: outlines and names only", "streets": "Streets (needs a network)"}
# Whether the browser reaches the map server is not known here, so it is said before anybody wonders.
STREETS = "Streets come from the map server of CARTO, with data of OpenStreetMap. Without a network they stay empty; the areas are drawn all the same."
# Pixels that a map is high whose legend is a table.
CROSSED_HEIGHT = 330
ROWS = 6
# What the map asks for, by name in the address with the usual value.
CONTROLS = {"area": "", "sites": "", "background": "none"}
# Columns that the first rows leave to the whole table and the CSV.
_IN_SUBTITLE = frozenset(
    {"geography", "population", "lines", "programme", "year", "compared", "status", "kind"}
)
# The column with the area that a row opens.
_OPENS = "opens"
MOST_CLOSER = 6
# How many areas the shape stood for that was clicked last.
SEVERAL = "map-several"
# How often the area was cleared beside the map.
CLEARED = "map-cleared"


def ask(now: Here, *, mapped: bool = True, more: bool = False) -> tuple[MapChoice, DeltaGenerator | None]:
    """Draw the page's controls and return what the address chose, and where its seldom needed ones stand.

    ``mapped``: for the map, which shows deprivation too; ``more``: there are others to stand with the seldom needed.
    """
    shows = (
        area_figures.SHOWS
        if mapped
        else {code: label for code, label in area_figures.SHOWS.items() if code != "deprivation"}
    )
    show = controls.pick("show", "Show", shows, next(iter(shows)), width=190)
    column = "counts_people" if show == "reach" else "has_money"
    names = area_cells.programmes(now.edition, now.view, column)
    usual = area_cells.usual_programme(now.edition, now.view) if show == "reach" else ALL
    programme = _programme(names, show, usual)
    kind, domain = next(iter(area_figures.KINDS)), next(iter(area_cells.DOMAINS))
    asks_kind, asks_domain = show == "spend", mapped and show != "spend"
    # What the choices above have no use for stays in the address for when they have.
    if not asks_kind:
        controls.hold("kind", kind)
    if not asks_domain:
        controls.hold("domain", domain)
    if not (mapped and show != "deprivation"):
        controls.hold("style", "fill")
    spot = controls.more("More", "map") if more or asks_kind or asks_domain or mapped else None
    if spot is not None:
        with spot:
            kind = _kind(kind) if asks_kind else kind
            domain = _domain(domain) if asks_domain else domain
            if mapped and show != "deprivation":
                controls.pick("style", "Draw as", STYLES, "fill", STYLE_TIP)
    return area_figures.settle(now.edition, now.view, MapChoice(show, programme, domain, kind)), spot


def chosen_map(now: Here) -> MapChoice:
    """Return what the address asks for, before the controls are drawn, as it can be shown."""
    show, programme = st.query_params.get("show", ""), st.query_params.get("programme", ALL)
    known = show if show in area_figures.SHOWS else next(iter(area_figures.SHOWS))
    named = area_cells.programmes(now.edition, now.view, "has_money" if known == "spend" else "counts_people")
    return area_figures.settle(
        now.edition, now.view, MapChoice(known, programme if programme in named else ALL)
    )


def _kind(usual: str) -> str:
    return controls.pick(
        "kind",
        "Place that counts",
        area_figures.KINDS,
        usual,
        "Where the money does its work, or where the supplier is. They are different places.",
    )


def _domain(usual: str) -> str:
    return controls.pick(
        "domain",
        "Deprivation domain",
        area_cells.DOMAINS,
        usual,
        "The seven domains that the Indices of Deprivation are made of, or all together.",
    )


def _programme(names: dict[str, str], show: str, usual: str) -> str:
    """Draw the programmes linked to the role and commitment, where they are asked for and there are any."""
    options = {ALL: f"All programmes · {len(names)}", **names} if show == "spend" else names
    if show == "deprivation" or not options:
        return ALL
    return controls.pick("programme", "Programme", options, usual, width=330)


def show(now: Here, choice: MapChoice, opening: Finding, lands: Finding) -> None:
    """Draw the answer and the map beside it; below them the areas as a table, the area that is looked at and its deciles.

    ``opening`` is what lands in the most deprived tenth by programme, ``lands`` what the map shows by decile.
    """
    found = mapped(now, choice)
    page.answer(opening.headline)
    left, right = st.columns([5, 7], gap="large")
    with left:
        page.finding(opening, narrow=True, headed=False)
    with right:
        draw(now, found)
    code = _area(now)
    if code:
        left, right = st.columns([5, 7], gap="large")
        with left:
            _in_full(now, found, code)
        with right:
            page.finding(lands, narrow=True)
    else:
        page.finding(lands, narrow=True)
    table(now, found)


def mapped(now: Here, choice: MapChoice) -> AreaMap:
    """Return what the map shows, drawn as the reader chose."""
    style = st.session_state.get("style", "") if choice.show != "deprivation" else ""
    return map_features.build(now.edition, now.view, choice, style)


def draw(now: Here, found: AreaMap) -> None:
    """Draw headline, map, legend and the table of areas."""
    circles = st.session_state.get("style") == "circles" and found.choice.show != "deprivation"
    page.heading(found.headline, f"{found.circled if circles else found.subtitle}. {found.vintage}", found)
    codes = area_cells.areas(now.edition).index
    chosen = controls.hold("area", "")
    if found.empty:
        page.words(found)
        return
    under = None
    if circles:
        under = area_figures.area_map(now.edition, now.view, MapChoice(domain=found.choice.domain))
    # Above the map: below it, its legend would be off the first screen of a small laptop.
    st.html(legend(under or found, largest=_largest(now, found) if circles else ""))
    # The map stands above what turns it, which is made first. In its place, until the browser has it and in print, a picture.
    picture = st.container(key="sv-map")
    crossed = found.shape == map_features.BIVARIATE
    turned = replace(
        _turn(now, chosen if chosen in codes else ""), tall=CROSSED_HEIGHT if crossed else deck_layers.TALL
    )
    if turned.basemap:
        st.html(f'<p class="sv-sub">{escape(STREETS)}</p>')
    # A choice cleared beside the map is not told to the map; a new map knows of none, so that the same area can be
    # chosen again.
    key = f"map-{st.session_state.get(CLEARED, 0)}"

    def picked() -> None:
        _pick((st.session_state[key].get("selection") or {}).get("objects", {}), now)

    def put() -> None:
        picture.html(_still(now, found, under, turned))
        picture.pydeck_chart(
            deck_layers.deck(now.edition, found, under, turned),
            height=turned.tall,
            key=key,
            on_select=picked,
            selection_mode="single-object",
            alt=f"{found.alt} The table below has the same figures.",
        )

    page.later(put)
    if several := st.session_state.pop(SEVERAL, 0):
        page.empty(
            f"This circle stands for {several} places, so none of them was chosen. Zoom in, with + or the wheel, and choose again; "
            "or choose in the table below."
        )
    page.words(found, before=_ring(now, found, turned))


def _still(now: Here, found: AreaMap, under: AreaMap | None, turned: deck_layers.Turned) -> str:
    """Write the map as a picture: browsers print nothing of the map itself, and take a while to begin it."""
    style = f"height:{turned.tall}px"
    if drawn := drawn_map.drawn(now.edition, found, under, turned):
        style += f";background-image:url('{marks.picture(drawn)}')"
    return f'<div class="sv-still" role="img" aria-label="{escape(found.alt)}" style="{escape(style)}"></div>'


def _pick(objects: dict[str, list[object]], now: Here) -> None:
    """Choose the area that was clicked; what stands for several areas chooses none, and is said."""
    # What is no dictionary was left behind by a choice that is forgotten: see deck_layers.
    clicked = [
        each
        for layer in ("areas", map_features.CIRCLES)
        for each in objects.get(layer, [])
        if isinstance(each, dict)
    ]
    abouts = [each.get("properties") or {} for each in clicked]
    several = next((about["areas"] for about in abouts if "areas" in about), 0)
    st.session_state[SEVERAL] = several
    if several or (map_features.tiled(now.edition) and not clicked):
        return
    codes = area_cells.areas(now.edition).index
    chosen = (about.get("code", "") for about in abouts)
    controls.choose("area", next((code for code in chosen if code in codes), ""))


def _turn(now: Here, chosen: str) -> deck_layers.Turned:
    """Draw the controls of the view: background, places, closer, further, back."""
    with controls.line("map"):
        basemap = controls.pick("background", "Background", BACKGROUNDS, "none", width=330)
        sites = controls.tick("sites", "Service places", "Where the programme can be visited.")
        st.button("+", key="zoom-in", help="Closer", on_click=_closer, args=(1,))
        st.button("−", key="zoom-out", help="Further away", on_click=_closer, args=(-1,))
        st.button("Reset", key="zoom-reset", help="Back to the whole map", on_click=_reset)
    closer = int(st.session_state.get("closer", 0))
    # The distance is chosen in the part on catchments; minutes have no ring.
    within = catchments.offered(now.edition).get(controls.hold("within", catchments.USUAL))
    ring = within.limit if within is not None and not within.mode else 0
    wide = deck_layers.PHONE if page.on_phone() else deck_layers.WIDE
    return deck_layers.Turned(now.view.district, closer, wide, basemap == "streets", sites, chosen, ring)


def _closer(step: int) -> None:
    now = int(st.session_state.get("closer", 0))
    st.session_state["closer"] = max(-2, min(MOST_CLOSER, now + step))


def _reset() -> None:
    st.session_state["closer"] = 0


def _crossed_legend(found: AreaMap) -> str:
    """Name the classes of two measures as a small table: thirds of need down, levels of the rate across."""
    colours, across = map_features.palette(found), len(found.limits) // len(map_features.CROSSED)
    named = [label.split(", ") for label in found.limits]
    heads = "".join(f'<th scope="col">{escape(level)}</th>' for _, level in named[:across])
    body = "".join(
        f'<tr><th scope="row">{escape(named[row][0])}</th>'
        + "".join(f'<td style="background:{colour}"></td>' for colour in colours[row : row + across])
        + "</tr>"
        for row in reversed(range(0, len(named), across))
    )
    return (
        f'<table class="sv-crossed" aria-label="Legend"><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>'
        f'<ul class="sv-legend"><li><span class="sv-swatch" style="background:{map_features.HIDDEN}"></span>'
        "too small to show [c], or not available [x]</li></ul>"
    )


def legend(found: AreaMap, *, largest: str = "") -> str:
    """Name the classes in words beside their colour."""
    if found.shape == map_features.BIVARIATE:
        return _crossed_legend(found)
    pairs = list(zip(found.limits, map_features.palette(found), strict=False))
    if found.choice.show == "reach":
        pairs.append(("too small to show [c], or not available [x]", map_features.HIDDEN))
    swatches = "".join(
        f'<li><span class="sv-swatch" style="background:{colour}"></span>{escape(label)}</li>'
        for label, colour in pairs
    )
    ring = f"background:{deck_layers.CIRCLE};border-radius:50%;width:18px;height:18px"
    note = f'<li><span class="sv-swatch" style="{ring}"></span>{escape(largest)}</li>' if largest else ""
    return f'<ul class="sv-legend" aria-label="Legend">{swatches}{note}</ul>'


def _largest(now: Here, found: AreaMap) -> str:
    """Say what the circles stand for; empty where there is none."""
    if not found.largest:
        return ""
    if not map_features.tiled(now.edition):
        return f"largest circle: {found.largest}; half the area, half as many"
    return (
        f"circle of the largest place: {found.largest}; half the area, half as many. Zoomed out, circles that would "
        "overlap are drawn as one, with the sum of what they show"
    )


def _ring(now: Here, found: AreaMap, turned: deck_layers.Turned) -> str:
    """Say what the rings around service places are, where they are drawn."""
    if not (turned.sites and turned.ring and deck_layers.ringed(now.edition, found)):
        return ""
    ring = f"border:1.5px solid {INK};border-radius:50%;width:18px;height:18px"
    told = f"ring: {turned.ring} km around a service place, as chosen under Catchments"
    return f'<ul class="sv-legend"><li><span class="sv-swatch" style="{ring}"></span>{told}</li></ul>'


def _area(now: Here) -> str:
    """Return the area that is looked at, empty for none; say where the address names none of the pack's or of the district."""
    code = st.query_params.get("area", "")
    rows = area_cells.areas(now.edition)
    if code and code not in rows.index:
        page.empty(
            f"Ignored in the address: area={code[:40]}. It is not one of this pack's {len(rows)} areas."
        )
        return ""
    if code and now.view.district not in (ALL, rows.loc[code, "district"]):
        name = str(rows.loc[code, "name"])
        page.empty(f"{name} lies in another district than the one on the map.")
    return code


def _in_full(now: Here, found: AreaMap, code: str) -> None:
    """Draw the area that is looked at beside its district and the whole."""
    before = area_profile.BOTH if found.shape == map_features.CHANGE else area_profile.ONE
    page.finding(area_profile.beside(now.edition, now.view, found.choice, code, before), narrow=True)
    if st.button(
        "Clear the area", key="clear-area", help=plain(f"Look at the whole {place(now.edition).noun} again")
    ):
        controls.choose("area", "")
        st.session_state[CLEARED] = st.session_state.get(CLEARED, 0) + 1
        st.rerun()


def table(now: Here, found: AreaMap) -> None:
    """Draw the areas to choose from, a few at a time; the CSV has them all."""
    if found.empty:
        return
    rows, order = _ordered(found)
    shown = rows.head(ROWS)
    page.heading(
        "The same figures as a table",
        f"{len(shown)} of {len(rows)}, {order}; the CSV has all. An area chosen here, or on the map, is shown above "
        f"beside its district and {place(now.edition).the}.",
    )
    # A table of text, not a grid: it is there with the words, it prints whole, and its links are heard.
    columns = {name: found.columns[name] for name in found.columns if name not in _IN_SUBTITLE}
    st.html(finding_html.of_table(_leading(now, replace(found, frame=shown, columns=columns))))
    if len(shown) < len(rows):
        real = st.expander(f"All {wording.number(len(rows))} rows", key="area-table", on_change="rerun")
        if real.open:
            real.html(finding_html.of_table(_leading(now, replace(found, frame=rows))))


def _leading(now: Here, found: AreaMap) -> AreaMap:
    """Let the name of each area lead to it in this view, or its code where it has no name."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name != "area"}
    # Braces would be taken for columns.
    asked = urlencode({**kept, "area": ""}).replace("{", "{{").replace("}", "}}")
    column = next(name for name in ("name", "place", "code") if name in found.columns)
    frame = found.frame.assign(**{_OPENS: _first_area(now, found.frame)})
    return replace(found, frame=frame, leads={column: ("reach_and_spend", f"{asked}{{{_OPENS}}}")})


@remembered
def _ordered(found: AreaMap) -> tuple[pd.DataFrame, str]:
    """Return the rows in the order they are looked at."""
    rows = found.frame
    if found.choice.show == "deprivation":
        return rows.sort_values("rank"), "most deprived first"
    if found.shape == map_features.BIVARIATE:
        return rows, "most deprived with least first"
    if found.shape == map_features.CHANGE:
        return rows, "sure changes first, then the largest"
    if found.shape == map_features.COLD:
        return rows, "the coldest first"
    return rows.sort_values("rate", ascending=False, na_position="last"), "highest rate first"


def _first_area(now: Here, rows: pd.DataFrame) -> list[str]:
    """Return an area of each row's place, since a coarser place is looked at by one of its areas."""
    if "code" in rows:
        return list(rows["code"])
    if "geography" not in rows or rows["geography"].eq("lsoa").all():
        return list(rows["place"])
    base = area_cells.areas(now.edition)
    column = str(rows["geography"].iloc[0])
    first = base.reset_index(drop=True).drop_duplicates(column).set_index(column)["code"]
    return [str(first[place]) for place in rows["place"]]
