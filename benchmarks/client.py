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
    """What one change of a filter took: seconds, bytes received, exceptions shown, seconds to the first figure."""

    seconds: float
    received: int
    exceptions: int
    figure: float = float("nan")


@dataclass
class Session:
    """One reader on one page."""

    base: str
    page: str
    _cached: set[str] = field(default_factory=set)
    _hash: str = ""
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
        if self._socket is None:
            raise RuntimeError("open the session first")
        ask = BackMsg()
        ask.rerun_script.query_string = query
        ask.rerun_script.page_name = self.page
        ask.rerun_script.page_script_hash = self._hash
        ask.rerun_script.cached_message_hashes.extend(sorted(self._cached))
        begin = time.perf_counter()
        await self._socket.send(ask.SerializeToString())
        taken = Taken(0.0, 0, 0)
        while True:
            raw = await asyncio.wait_for(self._socket.recv(decode=False), TIMEOUT)
            taken.received += len(raw)
            message = ForwardMsg.FromString(raw)
            done = self._took(message, taken)
            if math.isnan(taken.figure) and _is_figure(message):
                taken.figure = time.perf_counter() - begin
            if done:
                taken.seconds = time.perf_counter() - begin
                return taken

    def _took(self, message: ForwardMsg, taken: Taken) -> bool:
        """Note what a message says; return whether it is the last one."""
        if message.metadata.cacheable and message.hash:
            self._cached.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "navigation" and message.navigation.page_script_hash:
            self._hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            taken.exceptions += 1
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            taken.exceptions += message.delta.new_element.WhichOneof("type") == "exception"
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
