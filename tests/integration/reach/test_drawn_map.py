"""The map as a picture: in print, and in the map's place until the browser has drawn it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

import pytest

from svdash.findings.reach import area_figures
from svdash.findings.reach.area_figures import MapChoice
from svdash.maps import deck_layers, drawn_map, map_features
from svdash.maps.deck_layers import Turned
from svdash.register import Framework
from svdash.tables import Pack
from tests.copies import CopiedPack
from tests.opened_pages import opened

KNOWSLEY = "E08000011"


def colours(svg: str) -> list[str]:
    return re.findall(r'<path fill="(#\w+)"', svg)


def corners(paths: Iterable[str]) -> list[tuple[float, float]]:
    """Return where the rings of paths begin."""
    return [(float(x), float(y)) for path in paths for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", path)]


@pytest.mark.parametrize("show", ["deprivation", "reach", "spend"])
def test_the_picture_has_a_shape_for_each_class_in_the_colours_of_the_legend(pack: Pack, show: str) -> None:
    found = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice(show))
    palette = [*map_features.palette(found), map_features.HIDDEN]
    wanted = [palette[klass] for klass in sorted(set(found.drawn["klass"]))]
    assert len(wanted) > 1
    assert colours(drawn_map.drawn(pack, found, None, Turned())) == wanted


def test_a_map_for_documents_names_its_classes_and_is_not_drawn_where_an_area_has_no_shape(
    pack: Pack,
) -> None:
    found = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice("reach"))
    svg = drawn_map.with_legend(pack, found)
    named = re.findall(r'fill="(#\w+)" stroke="#\w+"/><text [^>]*>([^<]+)', svg)
    assert [unescape(label) for _, label in named][: len(found.limits)] == list(found.limits)
    assert {colour for colour, _ in named} >= set(colours(svg))
    lost = found.drawn.assign(code=["E01999999", *found.drawn["code"][1:]])
    assert drawn_map.with_legend(pack, replace(found, drawn=lost)) == ""


def test_the_picture_has_the_middle_and_the_scale_of_the_map_that_covers_it(pack: Pack) -> None:
    turned = Turned(district=KNOWSLEY)
    found = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice())
    svg = drawn_map.drawn(pack, found, None, turned)
    state, (west, south, east, north) = (
        deck_layers.view_state(pack, turned),
        deck_layers.windows(pack)[KNOWSLEY],
    )
    frame = drawn_map._frame(pack, turned)
    assert frame.place(state.longitude, state.latitude) == pytest.approx(
        (drawn_map.WIDEST / 2, turned.tall / 2)
    )
    left, right = frame.place(west, north), frame.place(east, south)
    assert right[0] - left[0] == pytest.approx(512 * 2**state.zoom * (east - west) / 360)
    assert (right[1] - left[1]) * math.cos(math.radians(state.latitude)) == pytest.approx(
        512 * 2**state.zoom * (north - south) / 360
    )
    # What is far out of sight is left out of what is sent.
    whole = drawn_map.drawn(pack, found, None, Turned())
    assert len(corners([svg])) < len(corners([whole]))


def test_circles_are_drawn_on_the_areas_as_on_the_map(pack: Pack) -> None:
    view = Framework.of(pack).filters.default_view()
    found, under = (area_figures.area_map(pack, view, MapChoice(show)) for show in ("spend", "deprivation"))
    svg = drawn_map.drawn(pack, found, under, Turned())
    assert svg.count("<circle") == len(found.drawn[found.drawn["size"] > 0]) > 0
    assert colours(svg) == map_features.palette(under)
    assert "<circle" not in drawn_map.drawn(pack, found, None, Turned())


def test_names_of_small_places_are_written_once_the_map_is_close(pack: Pack) -> None:
    found = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice())
    wide, near = (drawn_map.drawn(pack, found, None, Turned(district=code)) for code in ("all", KNOWSLEY))
    small = {each["name"] for each in map_features.towns(pack, small=True)}
    small -= {each["name"] for each in map_features.towns(pack, small=False)}
    assert not any(f">{name}<" in wide for name in small)
    assert any(f">{name}<" in near for name in small)


def test_a_pack_without_boundaries_has_no_picture_and_one_with_them_sends_it(
    pack: Pack, copied_pack: CopiedPack
) -> None:
    (copied_pack.folder / "boundaries.geojson").write_text("{not json", encoding="utf-8")
    bare = copied_pack.open()
    found = area_figures.area_map(bare, Framework.of(bare).filters.default_view(), MapChoice())
    assert drawn_map.drawn(bare, found, None, Turned()) == ""
    at = opened("reach_and_spend")
    stills = [block.proto.body for block in at.get("html") if 'class="sv-still"' in block.proto.body]
    assert len(stills) == 1
    assert "data:image/svg+xml" in stills[0]
    assert 'aria-label="Map of 989 areas by deprivation' in stills[0]
