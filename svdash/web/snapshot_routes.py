"""Routes of snapshots: what one holds, and each of its findings as it was then. Every answer carries the snapshot's id."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request

from svdash import wording
from svdash.access import server_places
from svdash.findings.finding import Finding
from svdash.findings.open_data.request_parameters import shortened
from svdash.findings.snapshots import (
    Entry,
    RecordsSilentError,
    Snapshot,
    SnapshotError,
    WithdrawnError,
    opened,
)
from svdash.findings.table_files import csv, json_rows
from svdash.render import pictures, stored_drawings
from svdash.web import parameters
from svdash.web.answers import Answer, RefusedError, json_answer
from svdash.web.media import CHART_KINDS, MEDIA, STORED_KINDS

# Entries that a refusal names.
_NAMED: Final = 20


def contents(request: Request) -> Answer:
    """Answer with what a snapshot holds."""
    parameters.none(request)
    snapshot = _opened(request.path_params["id"])
    return json_answer(
        {
            "id": snapshot.id,
            "version": snapshot.version,
            "edition": snapshot.fingerprint,
            "filters": dict(snapshot.view),
            "entries": [
                {
                    "key": entry.key,
                    "page": entry.page,
                    "part": entry.part,
                    "title": entry.headline,
                    "formats": {
                        kind: f"/api/v1/snapshots/{snapshot.id}/{entry.key}.{kind}" for kind in STORED_KINDS
                    },
                }
                for entry in snapshot.entries
            ],
        }
    )


def entry(request: Request) -> Answer:
    """Answer with a finding of a snapshot, as a table or a picture."""
    parameters.none(request)
    snapshot = _opened(request.path_params["id"])
    key, _, kind = request.path_params["file"].rpartition(".")
    if kind not in STORED_KINDS:
        raise RefusedError(
            HTTPStatus.NOT_FOUND, error=f"'{shortened(kind)}' is not served", allowed=list(STORED_KINDS)
        )
    try:
        about, found = snapshot.entry(key), snapshot.finding(key)
    except SnapshotError as problem:
        raise RefusedError(HTTPStatus.NOT_FOUND, error=str(problem)) from problem
    name = f"{key.replace('/', '-')}-snapshot-{snapshot.short}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(_written(snapshot, about, found, kind), MEDIA[kind], headers=headers)


def _opened(snapshot_id: str) -> Snapshot:
    try:
        return opened(snapshot_id)
    except WithdrawnError as gone:
        raise RefusedError(HTTPStatus.GONE, error=str(gone)) from gone
    except RecordsSilentError as problem:
        raise RefusedError(
            HTTPStatus.SERVICE_UNAVAILABLE, error=server_places.for_visitors(str(problem))
        ) from problem
    except SnapshotError as problem:
        raise RefusedError(HTTPStatus.NOT_FOUND, error=str(problem)) from problem


def _written(snapshot: Snapshot, about: Entry, found: Finding, kind: str) -> bytes:
    if kind == "csv":
        return csv(found)
    if kind == "json":
        return json.dumps(
            {**_about(snapshot, about, found), "rows": json_rows(found.typed())}, ensure_ascii=False
        ).encode()
    if kind == "xlsx":
        from svdash.reports import finding_workbook  # its library is slow to import and not needed by pages

        return finding_workbook.written([(found.name, found)], of_snapshot(snapshot, about))
    picture = pictures.of(found) if stored_drawings.drawable(found) else None
    if picture is None:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            error=found.empty or f"{about.key} has no picture; its table has the figures",
            allowed=[each for each in STORED_KINDS if each not in CHART_KINDS],
        )
    return pictures.drawn(picture, kind)


def of_snapshot(snapshot: Snapshot, about: Entry) -> dict[str, str]:
    """Return what a workbook says of the snapshot that its figures are from."""
    filters = (f"{name} {value}" for name, value in snapshot.view.items())
    return {
        "Snapshot": snapshot.id,
        "Entry": about.key,
        "Finding": about.headline,
        "Filters": wording.listing(list(filters), len(snapshot.view))
        if snapshot.view
        else "as each page has them by itself",
        "Data": snapshot.fingerprint,
        "Version of svdash": snapshot.version,
        "Above every page": snapshot.notice or "nothing",
    }


def _about(snapshot: Snapshot, about: Entry, found: Finding) -> dict[str, Any]:
    return {
        "snapshot": snapshot.id,
        "entry": about.key,
        "name": found.name,
        "title": found.headline,
        "measure": found.subtitle,
        "statuses": list(found.statuses),
        "sources": dict(found.sources),
        "filters": found.view.params(),
        "columns": dict(found.columns),
        "decimals": dict(found.decimals),
    }
