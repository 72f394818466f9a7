"""The map: what a choice on it makes of the address, told by protocol, and its picture in a real browser."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Page, Position, WebSocket, expect
from scipy import ndimage
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tenacity import Retrying, stop_after_delay, wait_fixed

from benchmarks.client import Session, Taken
from benchmarks.servers import ROOT, serving
from svdash.maps import map_features
from tests.browser.conftest import PATIENCE, aside
from tests.browser.dashboard import MAPS, Dashboard
from tests.copies import SMALL, CopiedPack

pytestmark = pytest.mark.browser

# So high that the whole map is in sight with the filters: a list that is open closes when the page scrolls.
in_sight = pytest.mark.browser_context_args(viewport={"width": 1280, "height": 1600})
Picture = npt.NDArray[np.uint8]
LIVERPOOL = "E08000012"
WHITE = 255
# Shares of the map's pixels. Beside a legend on one screen the areas are small and their edges blend: 0.015 of them have a
# colour of the palette exactly, and none before the map is drawn.
LEAST_COLOURED, LEAST_CHANGED = 0.01, 0.02


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[str]:
    """The address of a second server, on a pack of so many areas that its map comes in tiles."""
    folder = tmp_path_factory.mktemp("crowded")
    pack = CopiedPack.into(folder / "pack", SMALL)
    pack.crowd(map_features.MOST_AT_ONCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(pack.folder))
        with serving(ROOT / "app.py", folder / "log.txt") as address:
            yield address


# -- by protocol -----------------------------------------------------------------------------------------


class Watching(Session):
    """A reader who remembers the map's identifier and every address the server sets."""

    map_id = ""
    map = ""
    address = ""
    said = ""

    @property
    def layers(self) -> dict[str, dict[str, Any]]:
        """The map's layers by name, as they were sent last."""
        return {layer["id"]: layer for layer in json.loads(self.map)["layers"]}

    def _took(self, message: ForwardMsg, taken: Taken) -> bool:
        if message.WhichOneof("type") == "page_info_changed":
            self.address = message.page_info_changed.query_string
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "deck_gl_json_chart":
                self.map_id, self.map = element.deck_gl_json_chart.id, element.deck_gl_json_chart.json
            self.said += element.html.body
        return super()._took(message, taken)

    async def pick(self, code: str) -> None:
        """Choose an area, as a click on the map does."""
        await self.click({"areas": [{"type": "Feature", "properties": {"code": code}}]}, number=7)

    async def click(self, objects: dict[str, list[object]], number: int) -> None:
        """Tell what was clicked, by layer, and its number within its data or tile; nothing: empty ground."""
        ask = BackMsg()
        ask.rerun_script.page_name = self.page
        ask.rerun_script.page_script_hash = self._hash
        # What stands in the browser's address by now.
        ask.rerun_script.query_string = self.address
        state = ask.rerun_script.widget_states.widgets.add()
        state.id = self.map_id
        chosen = {"selection": {"indices": {layer: [number] for layer in objects}, "objects": objects}}
        state.string_value = json.dumps(chosen)
        self.said = ""
        assert self._socket is not None
        await self._socket.send(ask.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self._socket.recv(decode=False), 60)
            taken = Taken(0.0, 0, 0)
            if self._took(self._whole(ForwardMsg.FromString(raw)), taken):
                assert taken.exceptions == 0
                return


async def _picked(server: str, code: str) -> str:
    reader = Watching(server, "reach-and-spend")
    await reader.open()
    await reader.pick(code)
    await reader.close()
    return reader.address


def picked(server: str, code: str) -> str:
    """Return the address after an area was chosen."""
    return aside(_picked(server, code))


def test_an_area_chosen_on_the_map_goes_into_the_address(server: str) -> None:
    assert "area=E01006412" in picked(server, "E01006412")


def test_what_is_no_area_of_the_pack_is_not_chosen(server: str) -> None:
    assert "area=" not in picked(server, "E01999999")


async def _cleared(server: str) -> str:
    reader = Watching(server, "reach-and-spend")
    await reader.open()
    await reader.pick("E01006412")
    await reader.click({}, 0)
    await reader.close()
    return reader.address


def test_empty_ground_clears_the_area_where_the_map_is_in_one_piece(server: str) -> None:
    assert "area=" not in aside(_cleared(server))


async def _in_tiles(server: str, query: str, layer: str) -> None:
    """Choose an area, nothing, several, a leftover, and another area, with the shapes that the tiles have."""
    reader = Watching(server, "reach-and-spend")
    reader.address = query
    await reader.open(query)
    (template,) = reader.layers[layer]["data"]
    async with httpx.AsyncClient(base_url=server, timeout=PATIENCE / 1000) as client:
        near = (await client.get("/" + template.replace("{z}/{x}/{y}", "12/2014/1326"))).json()["features"]
        afar = (await client.get("/" + template.replace("{z}/{x}/{y}", "6/31/20"))).json()["features"]
    one, other = near[0], near[1]
    several = next(feature for feature in afar if "areas" in feature["properties"])
    await reader.click({layer: [one]}, 0)
    assert f"area={one['properties']['code']}" in reader.address
    # The browser forgets the choice once the map is drawn anew, and tells so at the next change.
    for left in ({}, {layer: [template]}):
        await reader.click(left, 0)
        assert f"area={one['properties']['code']}" in reader.address
        assert "This circle stands for" not in reader.said
    await reader.click({layer: [several]}, 0)
    assert f"area={one['properties']['code']}" in reader.address
    assert f"This circle stands for {several['properties']['areas']} places" in reader.said
    await reader.click({layer: [other]}, 0)
    assert f"area={other['properties']['code']}" in reader.address
    assert "This circle stands for" not in reader.said
    await reader.close()


def test_on_a_map_in_tiles_an_area_is_chosen_and_several_put_together_choose_none(crowded: str) -> None:
    aside(_in_tiles(crowded, "", "areas"))
    aside(_in_tiles(crowded, "show=spend&style=circles", "circles"))


# -- in the browser --------------------------------------------------------------------------------------


def picture(dashboard: Dashboard) -> Picture:
    """The map as it stands: rows of pixels of red, green and blue."""
    shown = dashboard.main.get_by_test_id(MAPS).screenshot()
    return np.asarray(Image.open(io.BytesIO(shown)).convert("RGB"))


def colours(dashboard: Dashboard, **params: str) -> dict[str, tuple[int, ...]]:
    """The colour of each area as it is seen on white, by its code, from what the open data tell."""
    answer = dashboard.page.request.get(f"{dashboard.base}/api/v1/areas.geojson", params=params)
    assert answer.ok
    found = {}
    for feature in answer.json()["features"]:
        *paint, opacity = feature["properties"]["fill"]
        seen = [round((each * opacity + WHITE * (WHITE - opacity)) / WHITE) for each in paint]
        found[feature["properties"]["code"]] = tuple(seen)
    return found


def in_colour(shown: Picture, colour: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    return (np.abs(shown.astype(int) - colour) <= 1).all(axis=2)


def drawn(dashboard: Dashboard, palette: set[tuple[int, ...]], before: Picture | None = None) -> Picture:
    """The map once a good part of it has colours of the palette and, after a change, looks other than before."""
    expect(dashboard.main.locator(".sv-still")).to_be_hidden()
    for attempt in Retrying(stop=stop_after_delay(PATIENCE / 1000), wait=wait_fixed(0.25), reraise=True):
        with attempt:
            shown = picture(dashboard)
            seen = [in_colour(shown, colour).mean() for colour in palette]
            assert sum(seen) > LEAST_COLOURED
            # Not one large area alone: half of the classes and more.
            assert 2 * sum(share > 0 for share in seen) >= len(seen)
            assert before is None or (shown != before).any(axis=2).mean() > LEAST_CHANGED
    return shown


@in_sight
def test_a_change_of_filter_changes_the_picture(dashboard: Dashboard) -> None:
    view = {"show": "reach", "programme": "adult-skills-fund", "year": "2024/25"}
    dashboard.open("reach-and-spend", **view)
    first = drawn(dashboard, set(colours(dashboard, **view).values()))
    dashboard.choose("Year", "2023/24")
    dashboard.expect_view("2023/24")
    view["year"] = "2023/24"
    second = drawn(dashboard, set(colours(dashboard, **view).values()), first)
    dashboard.choose("Programme", "Cycle training")
    dashboard.expect_headline("Cycle training")
    view["programme"] = dashboard.params["programme"]
    drawn(dashboard, set(colours(dashboard, **view).values()), second)


def largest_patch(shown: Picture, palette: set[tuple[int, ...]]) -> tuple[Position, tuple[int, ...]]:
    """The middle of the largest square that has one colour of the palette, and that colour."""
    found: list[tuple[int, Position, tuple[int, ...]]] = []
    for colour in sorted(palette):
        edged = np.pad(in_colour(shown, colour), 1)
        inside = ndimage.distance_transform_cdt(edged, metric="chessboard")[1:-1, 1:-1]
        y, x = np.unravel_index(inside.argmax(), inside.shape)
        found.append((int(inside[y, x]), Position(x=float(x), y=float(y)), colour))
    _, place, colour = max(found, key=lambda each: each[0])
    return place, colour


class Wire:
    """What goes between a page and the server."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        self._socket: WebSocket | None = None
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        self._socket = socket
        socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        message = ForwardMsg.FromString(bytes(frame, "utf-8") if isinstance(frame, str) else frame)
        if message.WhichOneof("type") == "page_info_changed":
            self.addresses.append(message.page_info_changed.query_string)

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Expect the server to be told of a choice on the map, and to end its answer."""
        assert self._socket is not None
        with (
            self._socket.expect_event("framereceived", _ends),
            self._socket.expect_event("framesent", _chooses),
        ):
            yield


def _ends(frame: bytes) -> bool:
    return ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"


def _chooses(frame: bytes) -> bool:
    states = BackMsg.FromString(frame).rerun_script.widget_states.widgets
    return any("selection" in state.string_value for state in states)


@in_sight
def test_a_click_on_a_map_in_tiles_chooses_the_area_and_a_second_one_leaves_it_chosen(
    page: Page, crowded: str
) -> None:
    dashboard = Dashboard(page, base=crowded)
    wire = Wire(dashboard.page)
    place = {"district": LIVERPOOL}
    dashboard.open("reach-and-spend", **place)
    fills = colours(dashboard, **place)
    spot, colour = largest_patch(drawn(dashboard, set(fills.values())), set(fills.values()))
    # To the map, a click is what lasts less than a quarter of a second by the page's clock; meanwhile it looks for what
    # lies under the pointer, and on a busy machine that alone takes longer. So the clock stands still.
    dashboard.page.clock.set_fixed_time(datetime.now(tz=UTC))
    shown = dashboard.main.get_by_test_id(MAPS)
    clear = dashboard.page.get_by_role("button", name="Clear the area")

    shown.click(position=spot)
    expect(clear).to_be_visible()
    chosen = dashboard.params["area"]
    assert fills[chosen] == colour
    dashboard.expect_drawn()

    wire.addresses.clear()
    drawn(dashboard, set(fills.values()))
    with wire.answered():
        shown.click(position=spot)
    assert wire.addresses == []
    expect(clear).to_be_visible()

    clear.click()
    expect(clear).to_be_hidden()
    dashboard.expect_address("reach-and-spend", **place)
    dashboard.expect_drawn()
    drawn(dashboard, set(fills.values()))
    shown.click(position=spot)
    dashboard.expect_address("reach-and-spend", **place, area=chosen)


# -- seen and printed ------------------------------------------------------------------------------------


@pytest.mark.browser_context_args(viewport={"width": 1280, "height": 800})
def test_the_map_and_its_legend_are_on_the_first_screen_and_in_print(dashboard: Dashboard) -> None:
    dashboard.open("reach-and-spend")
    chart, still = dashboard.main.get_by_test_id(MAPS), dashboard.main.locator(".sv-still")
    for seen in (chart, dashboard.main.locator(".sv-legend").first):
        expect(seen).to_be_in_viewport(ratio=1)
    # Once the map is there, its picture is gone; browsers print nothing of the map.
    expect(still).to_be_hidden()
    dashboard.page.emulate_media(media="print")
    expect(chart).to_be_hidden()
    expect(still).to_be_visible()
    drawn = np.asarray(Image.open(io.BytesIO(still.screenshot())).convert("RGB"))
    assert (drawn.reshape(-1, 3) < WHITE).any(axis=1).mean() > LEAST_COLOURED
