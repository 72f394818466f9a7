"""Open-data routes. Every answer comes from the findings that the pages show, behind the same gate."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import pandas as pd
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from svdash import __version__, editions
from svdash.editions import Edition, kept
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables
from svdash.findings.reach import area_figures
from svdash.findings.reach.area_figures import AreaMap
from svdash.maps import map_features, tiles
from svdash.register import ALL, FILTERS, Framework, View
from svdash.render import chart_structures, charts
from svdash.tables import PackError
from svdash.web import openapi

MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
}
TABLE_KINDS: Final = ("csv", "json", "parquet")
CHART_KINDS: Final = ("png", "svg")
Endpoint = Callable[[Request], Response]


class RefusedError(Exception):
    """An address that cannot be answered: a status and a body that says what would be right."""

    def __init__(self, status: int, **body: object) -> None:
        super().__init__(str(body.get("error", "")))
        self.status = status
        self.body = body


def _answering(endpoint: Endpoint) -> Endpoint:
    """Turn refusals into answers; let shared caches ask whether anything changed."""

    @wraps(endpoint)
    def answer(request: Request) -> Response:
        try:
            response = endpoint(request)
        except RefusedError as refused:
            return JSONResponse(refused.body, status_code=refused.status)
        except PackError as problem:
            return JSONResponse({"error": str(problem)}, status_code=503)
        tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "public, max-age=0, must-revalidate"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        response.headers.update(headers)
        return response

    return answer


def _split(file: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    name, _, kind = file.rpartition(".")
    if kind not in kinds or not name:
        raise RefusedError(
            404, error=f"'{file}' is not served; write name.kind with one of these kinds", allowed=list(kinds)
        )
    return name, kind


def _asked(request: Request, edition: Edition, name: str) -> Finding:
    """Ask for the finding of a table."""
    tables = {table.name: table for table in open_tables.every_table(edition)}
    if name not in tables:
        raise RefusedError(404, error=f"there is no table '{name}'", allowed=list(tables))
    table = tables[name]
    view, own = _read(request, edition, table, {})
    return table.build(edition, view, own)


def _read(
    request: Request, edition: Edition, table: open_tables.OpenTable, more: dict[str, open_tables.Parameter]
) -> tuple[View, dict[str, str]]:
    """Read the view and the parameters of an address; ``more`` are those of the route beside the table's."""
    values = _checked(request, edition, {**open_tables.parameters(edition, table), **more})
    view, ignored = Framework.of(edition).filters.read({k: v for k, v in values.items() if k in FILTERS})
    if ignored:
        part = ignored[0]
        raise RefusedError(
            422, error=f"{part.name}={part.value}: {part.reason}", parameter=part.name, value=part.value
        )
    return view, {n: values.get(n, about.default or "") for n, about in {**table.parameters, **more}.items()}


def _checked(request: Request, edition: Edition, known: dict[str, open_tables.Parameter]) -> dict[str, str]:
    """Return the parameters of an address; refuse the first that is unknown, repeated, missing or wrong."""
    for given in request.query_params:
        if given not in known:
            raise RefusedError(
                422, error=f"unknown parameter '{given}'", parameter=given, allowed=list(known)
            )
    values: dict[str, str] = {}
    for parameter, about in known.items():
        several = request.query_params.getlist(parameter)
        if len(several) > 1:
            raise RefusedError(
                422, error=f"'{parameter}' is given {len(several)} times; give it once", parameter=parameter
            )
        if not several:
            if about.default is None:
                raise RefusedError(
                    422,
                    error=f"'{parameter}' is needed",
                    parameter=parameter,
                    allowed=_allowed(edition, about),
                )
            continue
        if about.allowed is not None and several[0] not in about.allowed(edition):
            raise RefusedError(
                422,
                error=f"'{several[0]}' is not a value of '{parameter}'",
                parameter=parameter,
                value=several[0],
                allowed=_allowed(edition, about),
            )
        values[parameter] = several[0]
    return values


def _allowed(edition: Edition, about: open_tables.Parameter) -> list[str]:
    return list(about.allowed(edition)) if about.allowed else ["any text"]


def _table(request: Request) -> Response:
    edition = editions.current()
    name, kind = _split(request.path_params["file"], TABLE_KINDS)
    found = _asked(request, edition, name)
    told = (
        [found.params.get(each, ALL) for each in ("show", "programme", "kind")]
        if "show" in found.params
        else []
    )
    told += [found.view.year.replace("/", "-"), found.view.district]
    # What is all, or left as it is, needs no word.
    parts = [name, *(each for each in told if each not in (ALL, "benefit"))]
    file = f'attachment; filename="{"-".join(parts)}.{kind}"'
    return Response(_written(found, kind), media_type=MEDIA[kind], headers={"Content-Disposition": file})


def _written(found: Finding, kind: str) -> bytes:
    if kind == "csv":
        # The byte order mark lets spreadsheets read £ and accents; CSV readers skip it.
        return found.export().to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    rows = found.typed()
    if kind == "parquet":
        buffer = io.BytesIO()
        rows.to_parquet(buffer, index=False)
        return buffer.getvalue()
    about = {
        "name": found.name,
        "title": found.headline,
        "measure": found.subtitle,
        "statuses": list(found.statuses),
        "sources": dict(found.sources),
        "filters": found.view.params(),
        "columns": dict(found.columns),
        "rows": _records(rows),
    }
    return json.dumps(about, ensure_ascii=False).encode()


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows for JSON: dates as ISO text, missing as null."""
    return list(
        json.loads(rows.to_json(orient="records", date_format="iso", date_unit="s", force_ascii=False))
    )


def _chart(request: Request) -> Response:
    import vl_convert  # slow to import and not needed by pages

    edition = editions.current()
    name, kind = _split(request.path_params["file"], CHART_KINDS)
    found = _asked(request, edition, name)
    spec = charts.picture(found)
    if spec is None:
        raise RefusedError(
            404,
            error=found.empty or f"the table '{name}' has no chart",
            allowed=list(chart_structures.names()),
        )
    drawn = (
        vl_convert.vegalite_to_png(spec, scale=2)
        if kind == "png"
        else vl_convert.vegalite_to_svg(spec).encode()
    )
    return Response(
        drawn,
        media_type=MEDIA[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )


SHAPES: Final = (
    "areas",
    map_features.CIRCLES,
    map_features.BIVARIATE,
    map_features.CHANGE,
    map_features.COLD,
)


def _areas(request: Request) -> Response:
    """The map's shapes with class, colour, label and hover text, for the page, QGIS and Power BI."""
    edition = editions.current()
    table = next(t for t in open_tables.every_table(edition) if t.name == "areas")
    shape = open_tables.Parameter(
        "Areas, circles by count, areas by deprivation and rate together, by change since the compared year, or cold spots",
        lambda _: SHAPES,
        "areas",
    )
    view, own = _read(request, edition, table, {"shape": shape})
    found = map_features.build(edition, view, open_tables.map_choice_of(own), own["shape"])
    return _zipped(request, _area_shapes(edition, found, own["shape"]))


@kept
def _area_shapes(edition: Edition, found: AreaMap, shape: str) -> bytes:
    """Return the shapes of a map, gzipped."""
    draw = map_features.circle_features if shape == map_features.CIRCLES else map_features.area_features
    return gzip.compress(draw(edition, found), 6, mtime=0)


TILED: Final = (*SHAPES, "districts")


def _tiles(request: Request) -> Response:
    """A tile of the map: its areas as in ``areas.geojson``, or the lines around the districts."""
    edition = editions.current()
    tile = _tile(request)
    table = next(t for t in open_tables.every_table(edition) if t.name == "areas")
    drawn = open_tables.Parameter(
        "Areas, circles by count, areas by deprivation and rate together, by change since the compared year, cold spots, or the lines around districts",
        lambda _: TILED,
        "areas",
    )
    view, own = _read(request, edition, table, {"shape": drawn})
    shape, asked = own["shape"], open_tables.map_choice_of(own)
    if shape == "districts":  # the same in every view
        return _zipped(request, _district_tile(edition, tile))
    return _zipped(request, _area_tile(edition, tile, view, asked, shape))


@kept
def _district_tile(edition: Edition, tile: tiles.Tile) -> bytes:
    """Return the lines around districts within a tile, gzipped."""
    return gzip.compress(map_features.tile_districts(edition, tile), 6, mtime=0)


@kept
def _area_tile(
    edition: Edition, tile: tiles.Tile, view: View, asked: area_figures.MapChoice, shape: str
) -> bytes:
    """Return a tile's features, gzipped."""
    found = map_features.build(edition, view, asked, shape)
    draw = map_features.tile_circles if shape == map_features.CIRCLES else map_features.tile_features
    return gzip.compress(draw(edition, found, tile), 6, mtime=0)


def _tile(request: Request) -> tiles.Tile:
    """Read which tile is asked for; refuse what is no number or outside of the world."""
    found: dict[str, int] = {}
    for name in ("z", "x", "y"):
        most = tiles.CLOSEST if name == "z" else 2 ** found["z"] - 1
        given = request.path_params[name]
        if not (re.fullmatch("[0-9]{1,9}", given) and int(given) <= most):
            raise RefusedError(
                422,
                error=f"'{given}' is not a value of '{name}'",
                parameter=name,
                value=given,
                allowed=[f"0 to {most}"],
            )
        found[name] = int(given)
    return tiles.Tile(**found)


def _districts(request: Request) -> Response:
    """The outlines of the districts."""
    edition = editions.current()
    if request.query_params:
        raise RefusedError(
            422,
            error="the outlines take no parameter",
            parameter=next(iter(request.query_params)),
            allowed=[],
        )
    return _zipped(request, _district_shapes(edition))


@kept
def _district_shapes(edition: Edition) -> bytes:
    """Return the outlines of the districts, gzipped."""
    return gzip.compress(map_features.district_features(edition), 6, mtime=0)


def _towns(request: Request) -> Response:
    """Names of places for the map; the small ones on demand."""
    edition = editions.current()
    small = open_tables.Parameter("Small places too", lambda _: ("no", "yes"), "no")
    values = _checked(request, edition, {"small": small})
    return JSONResponse(map_features.towns(edition, small=values.get("small") == "yes"))


def _zipped(request: Request, body: bytes) -> Response:
    """Answer with what is kept gzipped; unpack it for the rare reader who can't."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            body,
            media_type="application/geo+json",
            headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
        )
    return Response(
        gzip.decompress(body), media_type="application/geo+json", headers={"Vary": "Accept-Encoding"}
    )


def _tables(request: Request) -> Response:
    del request
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
    return JSONResponse({"tables": listed})


def _datapackage(request: Request) -> Response:
    """The pack's own description; gated tables keep their description but name no file to fetch."""
    del request
    edition = editions.current()
    resources = [edition.resource(name) for name in edition.names]
    shown = [{**resource, "path": _open_path(edition, resource)} for resource in resources]
    return JSONResponse({**edition.head, "resources": shown})


def _open_path(edition: Edition, resource: dict[str, Any]) -> str:
    """Return where a resource can be had: as it is, gated, or as what its lines add up to."""
    name = resource["name"]
    if name not in edition.tables:
        return "areas.geojson"
    if name in edition.lines:
        return "tables/areas.csv"
    return f"tables/pack-{name}.csv" if resource["access"] == "open" else "tables/observations.csv"


def _openapi(request: Request) -> Response:
    del request
    return JSONResponse(openapi.describe(editions.current()))


def _health(request: Request) -> Response:
    del request
    edition = editions.current()
    return JSONResponse(
        {
            "status": "ok",
            "version": __version__,
            "pack": edition.fingerprint[:12],
            "faults": len(edition.faults),
        }
    )


def routes() -> list[Route]:
    """Return the routes of the open data."""
    addresses: dict[str, Endpoint] = {
        "/healthz": _health,
        "/api/v1/areas.geojson": _areas,
        "/api/v1/tiles/{z}/{x}/{y}.geojson": _tiles,
        "/api/v1/districts.geojson": _districts,
        "/api/v1/towns.json": _towns,
        "/api/v1/tables": _tables,
        "/api/v1/tables/{file}": _table,
        "/api/v1/charts/{file}": _chart,
        "/api/v1/datapackage.json": _datapackage,
        "/api/v1/openapi.json": _openapi,
    }
    return [Route(address, _answering(endpoint)) for address, endpoint in addresses.items()]
