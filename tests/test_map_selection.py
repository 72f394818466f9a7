"""An area chosen on the map, as the browser tells the server of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.client import Session, Taken
from svdash.maps import map_features
from tests.copies import CopiedPack

T = TypeVar("T")


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


def aside(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own, as the browser's fixture keeps a loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


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
    async with httpx.AsyncClient(base_url=server) as client:
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
        assert "drawn as one" not in reader.said
    await reader.click({layer: [several]}, 0)
    assert f"area={one['properties']['code']}" in reader.address
    assert f"{several['properties']['areas']} places drawn as one" in reader.said
    await reader.click({layer: [other]}, 0)
    assert f"area={other['properties']['code']}" in reader.address
    assert "drawn as one" not in reader.said
    await reader.close()


def test_on_a_map_in_tiles_an_area_is_chosen_and_several_put_together_choose_none(
    copied_pack: CopiedPack,
    fresh_server: Callable[[], AbstractContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied_pack.crowd(map_features.MOST_AT_ONCE)
    monkeypatch.setenv("SVDASH_PACK", str(copied_pack.folder))
    with fresh_server() as server:
        aside(_in_tiles(server, "", "areas"))
        aside(_in_tiles(server, "show=spend&style=circles", "circles"))
