"""The description of the open-data routes (OpenAPI 3.1), read from what is served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from svdash import __version__
from svdash.editions import Edition, kept
from svdash.findings.open_data import open_tables, served_package
from svdash.findings.spec import LONGEST_TEXT, Parameter, Spec
from svdash.maps import tiles
from svdash.render import chart_structures
from svdash.web import map_routes
from svdash.web.media import CHART_KINDS, GEOJSON, JSON, MEDIA, STORED_KINDS, TABLE_KINDS

Described = dict[str, Any]

_TEXT: Final[Described] = {"type": "string"}
_TEXTS: Final[Described] = {"type": "array", "items": _TEXT}
_NAMED_TEXTS: Final[Described] = {"type": "object", "additionalProperties": _TEXT}
_TAGGED: Final[Described] = {
    "ETag": {"description": "Tag of this answer in this encoding, for If-None-Match", "schema": _TEXT},
    "Cache-Control": {"schema": _TEXT},
}
_RETRY: Final[Described] = {
    "Retry-After": {"description": "Seconds after which to ask again", "schema": {"type": "string"}}
}


def _object(
    properties: Mapping[str, Described], *, optional: Iterable[str] = (), more: bool = False
) -> Described:
    """Return the schema of an object: all properties are required but the ``optional``, and others only allowed with ``more``."""
    required = [name for name in properties if name not in set(optional)]
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": more,
    }


def _referring(kind: str, name: str) -> Described:
    return {"$ref": f"#/components/{kind}/{name}"}


_SCHEMAS: Final[Described] = {
    "Refusal": {
        "description": "What is wrong with an address, and what would be right",
        **_object(
            {
                "error": _TEXT,
                "parameter": _TEXT,
                "value": _TEXT,
                "allowed": _TEXTS,
                "see": _TEXT,
            },
            optional=("parameter", "value", "allowed", "see"),
        ),
    },
    "Features": {
        "description": "A GeoJSON feature collection (RFC 7946)",
        **_object(
            {
                "type": {"const": "FeatureCollection"},
                "about": {
                    "type": "object",
                    "description": "Title, measure, statuses and classes of the map; impossible: figures that can't be and are left out",
                },
                "features": {
                    "type": "array",
                    "items": _object(
                        {
                            "type": {"const": "Feature"},
                            "properties": {"type": "object"},
                            "geometry": {"type": "object"},
                        }
                    ),
                },
            },
            optional=("about",),
        ),
    },
    "Tables": _object(
        {
            "tables": {
                "type": "array",
                "items": _object(
                    {
                        "name": _TEXT,
                        "title": _TEXT,
                        "formats": _NAMED_TEXTS,
                        "parameters": _TEXTS,
                        "needs": _TEXTS,
                    }
                ),
            }
        }
    ),
    "Package": {
        "description": "A data package (datapackage.org)",
        **_object({"resources": {"type": "array", "items": {"type": "object"}}}, more=True),
    },
    "Towns": {
        "type": "array",
        "items": _object(
            {
                "position": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                "name": _TEXT,
                "size": {"type": "integer"},
            }
        ),
    },
    "Snapshot": {
        "description": "What a snapshot holds: each finding with its key and its formats",
        **_object(
            {
                "id": _TEXT,
                "version": _TEXT,
                "edition": _TEXT,
                "filters": _NAMED_TEXTS,
                "entries": {
                    "type": "array",
                    "items": _object(
                        {"key": _TEXT, "page": _TEXT, "part": _TEXT, "title": _TEXT, "formats": _NAMED_TEXTS}
                    ),
                },
            }
        ),
    },
    "Description": {
        "description": "This description",
        **_object({"openapi": _TEXT, "info": {"type": "object"}, "paths": {"type": "object"}}, more=True),
    },
    "Health": {
        "description": "Whether figures can be served, and on which pack; 503 with the reasons where they cannot",
        **_object(
            {
                "status": _TEXT,
                "version": _TEXT,
                "pack": _TEXT,
                "faults": {"type": "integer"},
                "errors": {"type": "array", "items": _TEXT},
                "warnings": {"type": "array", "items": _TEXT},
            },
            more=True,
        ),
    },
}


def _refusing(description: str, headers: Described | None = None) -> Described:
    content = {JSON: {"schema": _referring("schemas", "Refusal")}}
    return {"description": description, "content": content, **({"headers": headers} if headers else {})}


_RESPONSES: Final[Described] = {
    "Unchanged": {"description": "The answer with the given tag is still current", "headers": _TAGGED},
    "NotFound": _refusing(
        "There is no such table or picture; the answer lists what there is, or says why not"
    ),
    "Refused": _refusing(
        "A parameter or value that is not known, or cannot go together with another; the answer names it and lists what "
        "is allowed"
    ),
    "Unavailable": _refusing("The data pack can't be read, or the server is busy", _RETRY),
}
_ALWAYS: Final[Described] = {
    "304": _referring("responses", "Unchanged"),
    "422": _referring("responses", "Refused"),
    "503": _referring("responses", "Unavailable"),
}


@kept
def describe(edition: Edition) -> Described:
    """Return an OpenAPI 3.1 description: every path with its parameters, every allowed value, every status, and what a 200 holds."""
    return {
        "openapi": "3.1.0",
        "info": {"title": str(edition.head.get("title", "svdash")), "version": __version__},
        "paths": {
            **_of_tables(edition),
            **_of_charts(edition),
            **_of_maps(edition),
            **_of_snapshots(),
            **_of_descriptions(),
        },
        "components": {"schemas": _SCHEMAS, "responses": _RESPONSES},
    }


def _path(
    identifier: str,
    summary: str,
    media: str,
    schema: Described,
    parameters: Iterable[Described] = (),
    more: Described | None = None,
) -> Described:
    """Return the description of one path, which can be read and nothing else."""
    answer = {
        "description": summary,
        "headers": _TAGGED,
        "content": {media.partition(";")[0]: {"schema": schema}},
    }
    return {
        "get": {
            "operationId": identifier,
            "summary": summary,
            "parameters": list(parameters),
            "responses": {"200": answer, **_ALWAYS, **(more or {})},
        }
    }


# -- tables --------------------------------------------------------------------------------------------------


def _of_tables(edition: Edition) -> Described:
    paths: Described = {}
    for table in open_tables.every_table(edition):
        known = _parameters(edition, open_tables.parameters(edition, table))
        schemas = _table_schemas(edition, table)
        for kind in TABLE_KINDS:
            paths[f"/api/v1/tables/{table.name}.{kind}"] = _path(
                f"{table.name}-{kind}", table.title, MEDIA[kind], schemas[kind], known
            )
    return paths


def _table_schemas(edition: Edition, table: Spec) -> Described:
    columns = columns_of(edition, table)
    named = f"Columns: {', '.join(columns)}. Filters and parameters may add others." if columns else ""
    return {
        "csv": {"type": "string", "contentMediaType": "text/csv", "description": named},
        "parquet": {"contentMediaType": MEDIA["parquet"], "description": named},
        "json": _object(
            {
                "name": {"const": table.name},
                "title": {"description": "What the table shows, in a sentence", **_TEXT},
                "measure": _TEXT,
                "statuses": _TEXTS,
                "sources": _NAMED_TEXTS,
                "filters": _NAMED_TEXTS,
                "as_at": {"description": "Day up to which the data are read", **_TEXT},
                "decimals": {
                    "description": "Name of a column → decimals of its numbers",
                    "type": "object",
                    "additionalProperties": {"type": "integer"},
                },
                "impossible": {
                    "description": "Figures of the tables behind it that can't be, by table, row and column: they are left out",
                    **_TEXTS,
                },
                "licences": {"type": "array", "items": _NAMED_TEXTS},
                "publishers": _TEXTS,
                "updated": {"description": "When what it is worked out from was last changed", **_TEXT},
                "columns": {"description": "Name of a column → what people call it", **_NAMED_TEXTS},
                "rows": {
                    "type": "array",
                    "items": {"type": "object", "properties": columns, "additionalProperties": True},
                },
            },
            more=True,
        ),
    }


def columns_of(edition: Edition, table: Spec) -> Described:
    """Return column → schema of a table's rows in JSON, as they are without filters; nothing where it can't be built."""
    found = served_package.asked_plainly(edition, table)
    if found is None:
        return {}
    rows = found.typed()
    return {
        str(name): {**_type(rows[name]), "description": found.columns.get(str(name), "")} for name in rows
    }


_JSON_TYPES: Final = {"string": "string", "date": "string", "boolean": "boolean", "number": "number"}


def _type(column: pd.Series) -> Described:
    """Return the schema of a column's cells: without a type where they are of several."""
    known = _JSON_TYPES.get(served_package.type_of(column))
    return {"type": [known, "null"]} if known else {}


def _parameters(edition: Edition, known: Mapping[str, Parameter]) -> list[Described]:
    return [_parameter(edition, name, about) for name, about in known.items()]


def _parameter(edition: Edition, name: str, about: Parameter) -> Described:
    schema: Described = {"type": "string"}
    if about.allowed is None:
        schema["maxLength"] = LONGEST_TEXT
    else:
        schema["enum"] = list(_allowed(edition, about))
    if about.default:
        schema["default"] = about.default
    return {
        "name": name,
        "in": "query",
        "required": about.default is None,
        "description": about.meaning,
        "schema": schema,
    }


def _allowed(edition: Edition, about: Parameter) -> tuple[str, ...]:
    return about.allowed(edition) if about.allowed else ()


# -- charts, maps, descriptions ------------------------------------------------------------------------------


def _of_charts(edition: Edition) -> Described:
    """Return the paths of the charts: of those tables that have one."""
    drawn = set(chart_structures.names())
    missing = {"404": _referring("responses", "NotFound")}
    paths: Described = {}
    for table in open_tables.every_table(edition):
        if table.name not in drawn:
            continue
        known = _parameters(edition, open_tables.parameters(edition, table))
        for kind in CHART_KINDS:
            paths[f"/api/v1/charts/{table.name}.{kind}"] = _path(
                f"{table.name}-{kind}",
                f"Chart: {table.title}",
                MEDIA[kind],
                {"contentMediaType": MEDIA[kind]},
                known,
                missing,
            )
    return paths


def _of_maps(edition: Edition) -> Described:
    own = open_tables.parameters(edition, open_tables.area_table())
    features = _referring("schemas", "Features")
    shaped, tiled = {**own, **map_routes.SHAPED}, {**own, **map_routes.TILED}
    place = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": {"type": "integer", "minimum": 0, "maximum": most},
        }
        for name, meaning, most in (
            ("z", "Zoom: the world is 2^z tiles wide and high", tiles.CLOSEST),
            ("x", "Column, from the west: less than 2^z", 2**tiles.CLOSEST - 1),
            ("y", "Row, from the north: less than 2^z", 2**tiles.CLOSEST - 1),
        )
    ]
    small = _parameters(edition, map_routes.OF_TOWNS)
    return {
        "/api/v1/areas.geojson": _path(
            "areas-geojson", "The areas of the map", GEOJSON, features, _parameters(edition, shaped)
        ),
        "/api/v1/tiles/{z}/{x}/{y}.geojson": _path(
            "tile", "A tile of the map", GEOJSON, features, [*place, *_parameters(edition, tiled)]
        ),
        "/api/v1/districts.geojson": _path("districts", "Outlines of the districts", GEOJSON, features),
        "/api/v1/towns.json": _path(
            "towns", "Names of places for the map", JSON, _referring("schemas", "Towns"), small
        ),
    }


def _of_snapshots() -> Described:
    """Return the paths of snapshots: what one holds, and each finding in its formats."""
    missing = {"404": _referring("responses", "NotFound")}
    identifier = _in_path("id", "Id of the snapshot, or its first 8 digits", "^[0-9a-f]{8,64}$")
    key = _in_path("key", "Key of a finding, as the snapshot lists it", "^[A-Za-z0-9-]+(/[A-Za-z0-9-]+)*$")
    paths = {
        "/api/v1/snapshots/{id}": _path(
            "snapshot",
            "What a snapshot holds",
            JSON,
            _referring("schemas", "Snapshot"),
            [identifier],
            missing,
        )
    }
    for kind in STORED_KINDS:
        schema = {"type": "object"} if kind == "json" else {"contentMediaType": MEDIA[kind].partition(";")[0]}
        paths[f"/api/v1/snapshots/{{id}}/{{key}}.{kind}"] = _path(
            f"snapshot-{kind}", "A finding as it was then", MEDIA[kind], schema, [identifier, key], missing
        )
    return paths


def _in_path(name: str, meaning: str, pattern: str) -> Described:
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "path", "required": True, "description": meaning, "schema": schema}


def _of_descriptions() -> Described:
    paths = {
        address: _path(identifier, summary, JSON, _referring("schemas", schema))
        for address, identifier, summary, schema in (
            ("/api/v1/tables", "tables", "List of the tables", "Tables"),
            ("/api/v1/datapackage.json", "datapackage", "The data package behind them", "Package"),
            ("/api/v1/openapi.json", "openapi", "This description", "Description"),
            ("/healthz", "health", "Whether figures can be served, and on which pack", "Health"),
        )
    }
    content = {JSON: {"schema": _referring("schemas", "Health")}}
    why = "Figures cannot be served; the answer says why"
    paths["/healthz"]["get"]["responses"]["503"] = {"description": why, "content": content}
    return paths
