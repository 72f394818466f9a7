"""Leaves the server's name out of all answers: which program answers, and so which faults it has, is nobody's to know."""

from __future__ import annotations

from typing import Final

import uvicorn

_OWN_NAME: Final = (b"server", b"uvicorn")


def leave_out() -> None:
    """Have uvicorn not name itself, also where it has been started already.

    uvicorn puts its headers before those of an application, so that no middleware can take them away. Streamlit starts it
    without the option that leaves the name out, and has no setting for that. The first tick, which writes these headers,
    comes before the first answer.
    """
    tick = uvicorn.Server.on_tick

    async def nameless(self: uvicorn.Server, counter: int) -> bool:
        config = self.config
        config.encoded_headers = [header for header in config.encoded_headers if header != _OWN_NAME]
        return await tick(self, counter)

    uvicorn.Server.on_tick = nameless  # type: ignore[method-assign]
