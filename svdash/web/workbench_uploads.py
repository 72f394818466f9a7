"""Files of up to 500 MB for the workbench, streamed to disk: a small page with its script, and the address that takes the bytes.

Streamlit holds what is uploaded in memory; this does not. Who may send one is decided by a token that the workbench made a
moment ago, and only pages of this server may (:mod:`svdash.web.origins`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from svdash import wording
from svdash.access import identity, tickets
from svdash.access.identity import Person
from svdash.workbench import incoming_files
from svdash.workbench.brought_errors import BroughtError
from svdash.workbench.incoming_files import MOST_BYTES, Landing, TooManyError

PURPOSE: Final = "workbench-file"
PAGE: Final = "/private/workbench-file"
SCRIPT: Final = "/private/workbench-file.js"
# So long may a file take, and so long may nothing come.
_WHOLE_SECONDS: Final = 1800
_SILENT_SECONDS: Final = 60
_log: Final = logging.getLogger(__name__)
_UNKEPT: Final = {"Cache-Control": "no-store"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class _RefusedError(Exception):
    """A file is not taken; the status, and a sentence that says why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


def routes() -> list[Route]:
    """Return the page, its script and the address that takes a file."""
    return [
        Route(PAGE, _page, methods=["GET"]),
        Route(SCRIPT, _script, methods=["GET"]),
        Route(f"{PAGE}/{{name:path}}", _take, methods=["PUT"]),
    ]


async def _page(request: Request) -> Response:
    try:
        await run_in_threadpool(_holder, request.query_params.get("token", ""))
    except tickets.TicketError as refused:
        return JSONResponse({"error": str(refused)}, HTTPStatus.FORBIDDEN, _UNKEPT)
    return HTMLResponse(_HTML, headers={**_UNKEPT, "Content-Security-Policy": _POLICY})


async def _script(_: Request) -> Response:
    return Response(_JAVASCRIPT, media_type="text/javascript; charset=utf-8", headers=_UNKEPT)


async def _take(request: Request) -> Response:
    """Write the body of a request to disk as it comes; 201 once it is whole."""
    try:
        # By the header alone: an address stands in logs.
        given = request.headers.get("authorization", "")
        token = given.removeprefix("Bearer ") if given.startswith("Bearer ") else ""
        person = await run_in_threadpool(_holder, token)
        with tickets.once(token, PURPOSE):
            taken = await _written(request, person)
    except tickets.TicketError as refused:
        return JSONResponse({"error": str(refused)}, HTTPStatus.FORBIDDEN, _UNKEPT)
    except _RefusedError as refused:
        return JSONResponse({"error": str(refused)}, refused.status, {**_UNKEPT, "Connection": "close"})
    except BroughtError as refused:
        busy = isinstance(refused, TooManyError)
        status = HTTPStatus.TOO_MANY_REQUESTS if busy else HTTPStatus.INSUFFICIENT_STORAGE
        return JSONResponse({"error": str(refused)}, status, {**_UNKEPT, "Connection": "close"})
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
    except OSError as error:
        _log.exception("A file for the workbench could not be kept")
        why = f"The server's disk did not take the file ({error.strerror or type(error).__name__}), and nothing of it was kept. Tell whoever runs the server."
        return JSONResponse(
            {"error": why}, HTTPStatus.INSUFFICIENT_STORAGE, {**_UNKEPT, "Connection": "close"}
        )
    return JSONResponse(
        {"taken": taken, "next": "Go back to the workbench: the file waits there."},
        HTTPStatus.CREATED,
        _UNKEPT,
    )


def _holder(token: str) -> Person:
    """Return who sends a file, by their token. Raises ``TicketError``."""
    try:
        return tickets.holder(token, PURPOSE, identity.ANALYST)
    except tickets.TicketError:
        return tickets.holder(token, PURPOSE, identity.EDITOR)


@asynccontextmanager
async def _landing(by: str, name: str, size: int) -> AsyncIterator[Landing]:
    """Give a file to write into, as :func:`incoming_files.landing` does, and hold up nobody else while folders are cleared."""
    landing = incoming_files.landing(by, name, size)
    coming = await run_in_threadpool(landing.__enter__)
    try:
        yield coming
    except BaseException as error:
        # It goes on also where the request was given up.
        await asyncio.shield(asyncio.to_thread(landing.__exit__, type(error), error, error.__traceback__))
        raise
    await asyncio.shield(asyncio.to_thread(landing.__exit__, None, None, None))


async def _written(request: Request, person: Person) -> str:
    given = request.headers.get("content-length", "")
    if not given.isdecimal():
        raise _RefusedError(
            HTTPStatus.LENGTH_REQUIRED, "The request does not say how long the file is (Content-Length)."
        )
    size, name = int(given), unquote(request.path_params["name"])
    if size > MOST_BYTES:
        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(size))
    if not size:
        raise _RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "The file is empty.")
    until = time.monotonic() + _WHOLE_SECONDS
    async with _landing(person.identity, name, size) as coming:
        come, chunks = 0, request.stream().__aiter__()
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks), _SILENT_SECONDS)
            except StopAsyncIteration:
                break
            except TimeoutError as error:
                raise _RefusedError(
                    HTTPStatus.REQUEST_TIMEOUT, "Nothing came for a minute. Send the file again."
                ) from error
            come += len(chunk)
            if come > MOST_BYTES or time.monotonic() > until:
                why = (
                    _too_large(come)
                    if come > MOST_BYTES
                    else "The file took longer than half an hour. Send it over a faster connection."
                )
                raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, why)
            if chunk:
                await run_in_threadpool(coming.out.write, chunk)
        if come != size:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "The file arrived incomplete. Send it again.")
    return incoming_files.file_name(name)


def _too_large(size: int) -> str:
    return f"The file has {wording.file_size(size)} or more, and at most {MOST_BYTES // 1024**2} MB are accepted. Bring the columns that the indicator needs, or save it as Parquet."


_HTML: Final = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
<title>Send a file to the workbench</title>
<style>body{font:1rem/1.5 "Source Sans","Source Sans Pro",system-ui,sans-serif;color:#1A1F26;max-width:40rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.625rem}progress{width:100%;height:1.25rem;accent-color:#12436D}button,input{font:inherit;padding:.5rem .75rem;margin:.25rem .25rem .25rem 0}
button{background:#12436D;color:#fff;border:0;border-radius:4px}button[disabled]{background:#545B64}</style></head>
<body><main><h1>Send a file to the workbench</h1>
<p>CSV, Excel, Parquet, GeoJSON or GeoPackage, up to 500 MB. It goes straight to the server's disk; a file that is only partly sent is deleted.</p>
<p><label for="file">File</label><br><input type="file" id="file" accept=".csv,.tsv,.txt,.xlsx,.parquet,.geojson,.json,.gpkg"></p>
<p><button type="button" id="send" disabled>Send</button><button type="button" id="stop" disabled>Stop</button></p>
<progress id="bar" max="100" value="0" aria-label="How much is sent"></progress>
<p id="told" role="status">Choose a file.</p></main><script src="workbench-file.js"></script></body></html>
"""
_JAVASCRIPT: Final = (
    f"const most = {MOST_BYTES}, place = {json.dumps(PAGE)};\n"
    """
const of = id => document.getElementById(id), file = of("file"), send = of("send"), stop = of("stop"), bar = of("bar"), told = of("told");
const token = new URLSearchParams(location.search).get("token");
const base = location.pathname.slice(0, location.pathname.lastIndexOf(place));
history.replaceState(null, "", location.pathname);
let request = null;
const idle = words => { request = null; send.disabled = !file.files.length; stop.disabled = true; file.disabled = false; told.textContent = words; };
file.addEventListener("change", () => idle(file.files.length ? "Press Send." : "Choose a file."));
stop.addEventListener("click", () => request && request.abort());
send.addEventListener("click", () => {
  const one = file.files[0];
  if (one.size > most) { idle("The file has more than 500 MB. Bring the columns that the indicator needs, or save it as Parquet."); return; }
  request = new XMLHttpRequest();
  request.upload.addEventListener("progress", at => { bar.value = 100 * at.loaded / one.size; told.textContent = `${Math.floor(bar.value)}% sent`; });
  request.addEventListener("load", () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch (_) { answer = { error: `The server answered ${request.status}.` }; }
    idle(request.status === 201 ? `${answer.taken} is there. ${answer.next}` : answer.error);
  });
  request.addEventListener("error", () => idle("The connection broke off, and nothing was kept. Open this page again from the workbench, and send the file again."));
  request.addEventListener("abort", () => { bar.value = 0; idle("Stopped; nothing was kept."); });
  request.open("PUT", `${base}${place}/${encodeURIComponent(one.name)}`);
  request.setRequestHeader("Authorization", `Bearer ${token}`);
  send.disabled = true; stop.disabled = false; file.disabled = true; told.textContent = "Sending";
  request.send(one);
});
"""
)
