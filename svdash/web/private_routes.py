"""Routes for people with a right, each by a token that a page made a moment ago (see :mod:`svdash.access.tickets`)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from svdash import wording
from svdash.access import identity, server_places, tickets
from svdash.records import RecordsError, Revision, connect
from svdash.records.audit_trail import COLUMNS, AuditTrail, Sought
from svdash.web import workbench_uploads

_UNKEPT: Final = {"Cache-Control": "no-store"}


def routes() -> list[Route]:
    """Return the private routes."""
    return [Route("/private/audit.csv", _audit), *workbench_uploads.routes()]


async def _audit(request: Request) -> Response:
    """Answer with the revisions that are asked for as CSV, some rows at a time; 403 without a good token."""
    return await run_in_threadpool(_answered, request)


def _answered(request: Request) -> Response:
    query = request.query_params
    try:
        tickets.holder(query.get("token", ""), "audit", identity.EDITOR)
        sought = Sought(
            query.get("by", ""),
            query.get("kind", ""),
            query.get("words", ""),
            _day(query.get("since", "")),
            _day(query.get("until", "")),
        )
        trail = AuditTrail(connect())
        # Asked for before the answer begins: in the middle of it nothing can be said of a database that does not answer.
        trail.count(sought)
    except tickets.TicketError as refused:
        return _refusal(HTTPStatus.FORBIDDEN, str(refused))
    except ValueError as wrong:
        return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(wrong))
    except RecordsError as problem:
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, server_places.for_visitors(str(problem)))
    headers = {**_UNKEPT, "Content-Disposition": 'attachment; filename="svdash-audit.csv"'}
    return StreamingResponse(
        _lines(trail.every(sought)), media_type="text/csv; charset=utf-8", headers=headers
    )


def _day(given: str) -> date | None:
    return date.fromisoformat(given) if given else None


def _refusal(status: HTTPStatus, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status_code=status, headers=_UNKEPT)


def _lines(revisions: Iterator[Revision]) -> Iterator[str]:
    # The byte order mark lets spreadsheets read accents; CSV readers skip it.
    yield f"\ufeff{_line(COLUMNS)}"
    for each in revisions:
        yield _line(_cells(each))


def _cells(each: Revision) -> tuple[object, ...]:
    kept = "erased" if each.erased else "kept" if each.words is not None else ""
    content = json.dumps(each.content, ensure_ascii=False, sort_keys=True)
    return (
        each.number,
        each.at.isoformat(),
        each.by,
        each.kind,
        each.item,
        each.parent,
        each.view,
        content,
        kept,
        each.hash,
    )


def _line(cells: tuple[object, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([wording.defused(each) if isinstance(each, str) else each for each in cells])
    return buffer.getvalue()
