"""An area chosen on the map, as the browser tells the server of it."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.client import Session, Taken


class Watching(Session):
    """A reader who remembers the map's identifier and every address the server sets."""

    map_id = ""
    address = ""

    def _took(self, message: ForwardMsg, taken: Taken) -> bool:
        if message.WhichOneof("type") == "page_info_changed":
            self.address = message.page_info_changed.query_string
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "deck_gl_json_chart":
                self.map_id = element.deck_gl_json_chart.id
        return super()._took(message, taken)

    async def pick(self, code: str) -> None:
        """Choose an area, as a click on the map does."""
        ask = BackMsg()
        ask.rerun_script.page_name = self.page
        ask.rerun_script.page_script_hash = self._hash
        state = ask.rerun_script.widget_states.widgets.add()
        state.id = self.map_id
        feature = {"type": "Feature", "properties": {"code": code}}
        chosen = {"selection": {"indices": {"areas": [7]}, "objects": {"areas": [feature]}}}
        state.string_value = json.dumps(chosen)
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
    """Return the address after an area was chosen; in a thread of its own, as the browser's fixture keeps a loop."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, _picked(server, code)).result()


def test_an_area_chosen_on_the_map_goes_into_the_address(server: str) -> None:
    assert "area=E01006412" in picked(server, "E01006412")


def test_what_is_no_area_of_the_pack_is_not_chosen(server: str) -> None:
    assert "area=" not in picked(server, "E01999999")
