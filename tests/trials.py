"""A pack is checked, and everything there is asked of it: what breaks is told, in words that find the place again."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.testclient import TestClient

from svdash.cli import commands
from svdash.findings.open_data import open_tables
from svdash.maps import map_features
from svdash.show.kit.page import PAGES
from svdash.tables import PackError, open_pack
from svdash.web.routes import routes
from tests.opened_pages import opened

# Tiles of the British Isles from afar, and of a town.
TILES = ("/api/v1/tiles/5/15/10.geojson", "/api/v1/tiles/10/503/332.geojson")
OTHERS = (
    "/healthz",
    "/api/v1/tables",
    "/api/v1/datapackage.json",
    "/api/v1/openapi.json",
    "/api/v1/districts.geojson",
    "/api/v1/towns.json",
)
# Parts of pages that their address alone opens.
PARTS = (
    *((file, {}) for file, *_ in PAGES),
    ("reach_and_spend", {"show": "spend"}),
    ("reach_and_spend", {"show": "reach"}),
)


def addresses(pack: Path) -> Iterator[str]:
    """Yield an address of every route and table, with what it can't be asked without."""
    yield from OTHERS
    shown = [f"?show={show}" for show in ("deprivation", "reach", "spend")]
    yield from (f"/api/v1/areas.geojson{each}" for each in shown)
    yield f"/api/v1/areas.geojson?show=reach&shape={map_features.CIRCLES}"
    yield from (f"{tile}{each}" for tile in TILES for each in shown)
    try:
        edition = open_pack(pack)
        tables = open_tables.every_table(edition)
    except PackError:
        return  # a pack that can't be opened: the addresses above are told so
    yield from (f"/api/v1/tables/areas.csv{each}" for each in shown)
    for table in tables:
        needs = []
        for name in table.needs:
            allowed = table.parameters[name].allowed
            values = allowed(edition) if allowed else ("x",)
            needs.append(f"{name}={values[0]}" if values else "")
        kind = "json" if len(table.name) % 2 else "csv"
        yield f"/api/v1/tables/{table.name}.{kind}?{'&'.join(filter(None, needs))}"


def where(error: BaseException) -> str:
    """Name the innermost place of the product that an exception came through."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if "/svdash/" in frame.filename]
    place = f"{own[-1].filename.rpartition('/svdash/')[2]}:{own[-1].lineno} {own[-1].name}" if own else ""
    return f"{type(error).__name__} {str(error)[:100]} at {place}"


def checked(pack: Path) -> Iterator[str]:
    """Check a pack, and tell where that ends in an exception or without a word."""
    result = CliRunner().invoke(commands.main, ["check", str(pack)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        yield f"check: {where(result.exception)}"
    elif not result.output.strip():
        yield "check: says nothing"


def served(pack: Path) -> Iterator[str]:
    """Ask every route of the pack that `SVDASH_PACK` names, and tell which breaks."""
    with TestClient(Starlette(routes=routes())) as client:
        try:
            asked = list(addresses(pack))
        except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
            yield f"addresses: {where(error)}"
            asked = list(OTHERS)
        for address in asked:
            try:
                answer = client.get(address)
            except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
                yield f"{address}: {where(error)}"
            else:
                if answer.status_code not in (200, 404, 422, 503):
                    yield f"{address}: {answer.status_code}"
                if names_the_folder(pack, f"{answer.text} {answer.headers}"):
                    yield f"{address}: tells visitors where the pack is: {answer.text[:300]}"


def names_the_folder(pack: Path, text: str) -> bool:
    """Whether a text says where a pack is: by its own folder and the one around it, also where Markdown is escaped."""
    return f"{pack.parent.name}/{pack.name}" in text.replace("\\", "")


def shown(pack: Path) -> Iterator[str]:
    """Open every page of the pack that `SVDASH_PACK` names, and tell which breaks."""
    for file, params in PARTS:
        at = opened(file, **params)
        drawn = [str(node.proto) for node in at._tree if hasattr(node, "proto")]
        told = next((each for each in drawn if names_the_folder(pack, each)), None)
        if told is not None:
            yield f"page {file} {params} tells visitors where the pack is: {told[:300]}"
        for error in at.exception:
            place = next((line for line in reversed(list(error.stack_trace)) if "/svdash/" in line), "")
            yield f"page {file} {params}: {error.message[:100]} {place.strip()[:200]}"
