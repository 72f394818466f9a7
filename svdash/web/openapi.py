"""The description of the open-data routes, read from what is served."""

from __future__ import annotations

from typing import Any

from svdash import __version__
from svdash.editions import Edition
from svdash.findings.open_data import open_tables

_REFUSAL = {
    "description": "A parameter or value that is not known; the answer names it and lists what is allowed"
}
_FORMATS = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}


def describe(edition: Edition) -> dict[str, Any]:
    """Return an OpenAPI 3.1 description with one path a table and format, and every allowed value."""
    paths: dict[str, Any] = {}
    for table in open_tables.every_table(edition):
        known = open_tables.parameters(edition, table)
        for kind, media in _FORMATS.items():
            paths[f"/api/v1/tables/{table.name}.{kind}"] = {
                "get": {
                    "summary": table.title,
                    "operationId": f"{table.name}-{kind}",
                    "parameters": [_parameter(edition, name, about) for name, about in known.items()],
                    "responses": {
                        "200": {"description": table.title, "content": {media: {}}},
                        "422": _REFUSAL,
                    },
                }
            }
    for address, summary in {
        "/api/v1/tables": "List of the tables",
        "/api/v1/datapackage.json": "The data package behind them",
        "/healthz": "Whether the server answers, and on which pack",
    }.items():
        paths[address] = {
            "get": {
                "summary": summary,
                "responses": {"200": {"description": summary, "content": {"application/json": {}}}},
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": str(edition.head.get("title", "svdash")), "version": __version__},
        "paths": paths,
    }


def _parameter(edition: Edition, name: str, about: open_tables.Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if about.allowed is not None:
        schema["enum"] = list(about.allowed(edition))
    return {
        "name": name,
        "in": "query",
        "required": about.default is None,
        "description": about.meaning,
        "schema": schema,
    }
