"""Open-data routes. Every answer comes from the findings that the pages show, behind the same gate."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import Route

from svdash import __version__, editions
from svdash.editions import Edition
from svdash.findings import table_files
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables, served_package
from svdash.findings.open_data.request_parameters import shortened
from svdash.findings.spec import Spec
from svdash.register import ALL, Framework, View
from svdash.render import chart_structures, pictures
from svdash.web import health, map_routes, openapi, parameters, private_calendar, snapshot_routes
from svdash.web.answers import Answer, Endpoint, NothingHere, OpenRoute, RefusedError, json_answer
from svdash.web.builds import Builds, cores
from svdash.web.media import CHART_KINDS, MEDIA, TABLE_KINDS


def _split(file: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    name, _, kind = file.rpartition(".")
    if kind not in kinds or not name:
        raise RefusedError(
            404,
            error=f"'{shortened(file)}' is not served; write name.kind with one of these kinds",
            allowed=list(kinds),
        )
    return name, kind


@dataclass(frozen=True)
class _Requested:
    """What an address asks for, and the finding that answers it."""

    table: Spec
    view: View
    own: dict[str, str]
    found: Finding


def _requested(request: Request, edition: Edition, name: str) -> _Requested:
    """Return what a request asks for, and the finding that answers it."""
    tables = {table.name: table for table in open_tables.every_table(edition)}
    if name not in tables:
        raise RefusedError(404, error=f"there is no table '{shortened(name)}'", allowed=list(tables))
    table = tables[name]
    view, own = parameters.read(request, edition, table, {})
    return _Requested(table, view, own, table.build(edition, view, own))


def _table(request: Request) -> Answer:
    edition = editions.current()
    name, kind = _split(request.path_params["file"], TABLE_KINDS)
    requested = _requested(request, edition, name)
    found = requested.found
    words = (
        [found.params.get(each, ALL) for each in ("show", "programme", "kind")]
        if "show" in found.params
        else []
    )
    words += [found.view.year.replace("/", "-"), found.view.district]
    # What is all, or left as it is, needs no word.
    parts = [name, *(each for each in words if each not in (ALL, "benefit"))]
    file = f'attachment; filename="{"-".join(parts)}.{kind}"'
    headers = {"Content-Disposition": file}
    if kind == "csv":
        # A CSV has no place to say more than its rows: the same table in JSON says it.
        described = request.url.path.removesuffix("csv") + "json"
        query = f"?{request.url.query}" if request.url.query else ""
        headers["Link"] = f'<{described}{query}>; rel="describedby"; type="application/json"'
    return Answer(_written(edition, requested, kind), MEDIA[kind], headers=headers)


def _written(edition: Edition, requested: _Requested, kind: str) -> bytes:
    found = requested.found
    if kind == "csv":
        return table_files.csv(found)
    rows = found.typed()
    about = _about(edition, requested)
    if kind == "parquet":
        rows.attrs.update(about)
        buffer = io.BytesIO()
        rows.to_parquet(buffer, index=False)
        return buffer.getvalue()
    return json.dumps({**about, "rows": table_files.json_rows(rows)}, ensure_ascii=False).encode()


def _about(edition: Edition, requested: _Requested) -> dict[str, Any]:
    """Return what a table taken away says of itself: what it shows, of which years, whose it is, how precise."""
    found, rights = (
        requested.found,
        served_package.rights(edition, requested.table, requested.view, requested.own),
    )
    return {
        "name": found.name,
        "title": found.headline,
        "measure": found.subtitle,
        "statuses": list(found.statuses),
        "sources": dict(found.sources),
        "filters": found.view.params(),
        "as_at": Framework.of(edition).calendar.as_at(found.view.year).isoformat(),
        "columns": dict(found.columns),
        "decimals": dict(found.decimals),
        "impossible": list(found.at_fault),
        "licences": list(rights.licences),
        "publishers": list(rights.publishers),
        "updated": rights.updated,
    }


def _chart(request: Request) -> Answer:
    edition = editions.current()
    name, kind = _split(request.path_params["file"], CHART_KINDS)
    found = _requested(request, edition, name).found
    picture = pictures.of(found)
    if picture is None:
        raise RefusedError(
            404,
            error=found.empty or f"the table '{name}' has no chart",
            allowed=list(chart_structures.names()),
        )
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Answer(pictures.drawn(picture, kind), MEDIA[kind], headers=headers)


def _tables(request: Request) -> Answer:
    parameters.none(request)
    edition = editions.current()
    listed = [
        {
            "name": table.name,
            "title": table.title,
            "formats": {kind: f"/api/v1/tables/{table.name}.{kind}" for kind in TABLE_KINDS},
            "parameters": list(open_tables.parameters(edition, table)),
            "needs": list(table.needs),
        }
        for table in open_tables.every_table(edition)
    ]
    return json_answer({"tables": listed})


def _datapackage(request: Request) -> Answer:
    """The pack's own description of what is served; gated tables lead to what is worked out from them."""
    parameters.none(request)
    return json_answer(served_package.describe(editions.current()))


def _openapi(request: Request) -> Answer:
    parameters.none(request)
    return json_answer(openapi.describe(editions.current()))


def _health(request: Request) -> Answer:
    """Whether figures can be served: 503 with the reasons where they can't, with what is slow to restart as a warning."""
    parameters.none(request)
    edition = editions.current()
    found = health.of(edition)
    report = {
        "status": "failing" if found.errors else "ok",
        "version": __version__,
        "pack": edition.fingerprint[:12],
        "faults": len(edition.faults) + len(edition.lacking),
        "errors": list(found.errors),
        "warnings": list(found.warnings),
    }
    if found.errors:
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, error=" ".join(found.errors), **report)
    return json_answer(report)


ADDRESSES: Final[dict[str, Endpoint]] = {
    "/api/v1/areas.geojson": map_routes.areas,
    "/api/v1/tiles/{z}/{x}/{y}.geojson": map_routes.tile,
    "/api/v1/districts.geojson": map_routes.districts,
    "/api/v1/towns.json": map_routes.towns,
    "/api/v1/tables": _tables,
    "/api/v1/tables/{file}": _table,
    "/api/v1/charts/{file}": _chart,
    "/api/v1/snapshots/{id}": snapshot_routes.contents,
    "/api/v1/snapshots/{id}/{file:path}": snapshot_routes.entry,
    "/api/v1/datapackage.json": _datapackage,
    "/api/v1/openapi.json": _openapi,
}
# At most as many builds as cores; health has a place of its own, so that who is busy still answers.
_BUILDS: Final = Builds(cores())
_HEALTH: Final = Builds(1)


def routes(builds: Builds = _BUILDS) -> list[Route]:
    """Return the routes of the open data, and that of private calendars.

    Args:
        builds: places for what takes a while; those that all routes of the process share by default.
    """
    return [
        Route("/healthz", OpenRoute(_health, _HEALTH)),
        *(Route(address, OpenRoute(endpoint, builds)) for address, endpoint in ADDRESSES.items()),
        Route(private_calendar.ADDRESS, OpenRoute(private_calendar.calendar, builds)),
        Route("/api", NothingHere()),
        Route("/api/{path:path}", NothingHere()),
    ]
