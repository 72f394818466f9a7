"""A browser's side of Streamlit's protocol: open a session, change a filter, wait until the script is done."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

TIMEOUT = 120


@dataclass
class Taken:
    """What one change of a filter took: seconds, bytes received, exceptions shown, seconds to the first figure.

    ``filters`` is how many lists to choose from stand on the page: a page without them is not the one to measure.
    """

    seconds: float
    received: int
    exceptions: int
    figure: float = float("nan")
    filters: int = 0


@dataclass
class Session:
    """One reader on one page."""

    base: str
    page: str
    # What was sent before, by its hash: later it comes as a reference only.
    _cached: dict[str, ForwardMsg] = field(default_factory=dict)
    _hash: str = ""
    # Buttons on the page by label: of each its id, and the fragment that it stands in.
    _buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    # The address as the page wrote it last.
    query: str = ""
    _socket: websockets.ClientConnection | None = None

    async def open(self, query: str = "") -> Taken:
        """Connect and load the page once."""
        address = self.base.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await websockets.connect(
            address,
            max_size=None,
            subprotocols=[websockets.Subprotocol("streamlit")],
            origin=websockets.Origin(self.base),
        )
        return await self.go(query)

    async def go(self, query: str) -> Taken:
        """Ask for the page with other filters and wait for its end."""
        self.query = query
        return await self._ask(BackMsg())

    async def press(self, label: str) -> Taken:
        """Press a button of a page and wait until what it changes is there. Raises ``KeyError`` where there is none of this label."""
        ask = BackMsg()
        pressed, ask.rerun_script.fragment_id = self._buttons[label]
        ask.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        return await self._ask(ask)

    async def _ask(self, ask: BackMsg) -> Taken:
        if self._socket is None:
            raise RuntimeError("open the session first")
        ask.rerun_script.query_string = self.query
        ask.rerun_script.page_name = self.page
        ask.rerun_script.page_script_hash = self._hash
        ask.rerun_script.cached_message_hashes.extend(sorted(self._cached))
        begin = time.perf_counter()
        await self._socket.send(ask.SerializeToString())
        taken = Taken(0.0, 0, 0)
        while True:
            raw = await asyncio.wait_for(self._socket.recv(decode=False), TIMEOUT)
            taken.received += len(raw)
            message = self._whole(ForwardMsg.FromString(raw))
            done = self._took(message, taken)
            if math.isnan(taken.figure) and _is_figure(message):
                taken.figure = time.perf_counter() - begin
            if done:
                taken.seconds = time.perf_counter() - begin
                return taken

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """Keep a message that may be referred to later, and return what a reference stands for."""
        if message.WhichOneof("type") == "ref_hash":
            return self._cached[message.ref_hash]
        if message.metadata.cacheable and message.hash:
            self._cached[message.hash] = message
        return message

    def _took(self, message: ForwardMsg, taken: Taken) -> bool:
        """Note what a message says; return whether it is the last one."""
        kind = message.WhichOneof("type")
        if kind == "navigation" and message.navigation.page_script_hash:
            self._hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            taken.exceptions += 1
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            drawn = message.delta.new_element.WhichOneof("type")
            if drawn == "button":
                button = message.delta.new_element.button
                self._buttons[button.label] = (button.id, message.delta.fragment_id)
            taken.exceptions += drawn == "exception"
            taken.filters += drawn == "selectbox"
        return bool(kind == "script_finished")

    async def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            await self._socket.close()


def _is_figure(message: ForwardMsg) -> bool:
    """Whether a message brings a number to read."""
    if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
        return False
    return 'class="sv-tile"' in message.delta.new_element.html.body


async def crowd(base: str, page: str, queries: list[str], sessions: int, changes: int) -> list[Taken]:
    """Let several readers change filters at once; return every change, the first load left out."""
    readers = [Session(base, page) for _ in range(sessions)]
    await asyncio.gather(*(reader.open(queries[0]) for reader in readers))

    async def clicks(number: int, reader: Session) -> list[Taken]:
        return [await reader.go(queries[(number + turn + 1) % len(queries)]) for turn in range(changes)]

    taken = await asyncio.gather(*(clicks(number, reader) for number, reader in enumerate(readers)))
    await asyncio.gather(*(reader.close() for reader in readers))
    return [one for reader in taken for one in reader]
