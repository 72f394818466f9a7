"""Small packs for the tests of the reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as papq
import pytest

from svdash.tables import Pack, open_pack, package
from svdash.tables.known_checks import KnownChecks
from svdash.tables.values import DTYPES

Tables = dict[str, tuple[dict[str, Any], str | bytes | None]]


def schema(*fields: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Table Schema; a field is its entry, or "name" or "name:type"."""
    entries = []
    for field in fields:
        if isinstance(field, dict):
            entries.append(field)
        else:
            name, _, kind = field.partition(":")
            entries.append({"name": name, "type": kind or "string"})
    return {"fields": entries, "missingValues": [""], **more}


def write_pack(folder: Path, tables: Tables) -> Path:
    """Write a pack: for each table its schema and the text or bytes of its CSV file (None: no file)."""
    resources = []
    for name, (given, content) in tables.items():
        resources.append(
            {"name": name, "path": f"{name}.csv", "format": "csv", "encoding": "utf-8", "schema": given}
        )
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (folder / f"{name}.csv").write_bytes(data)
    (folder / "datapackage.json").write_text(json.dumps({"name": "small", "resources": resources}))
    return folder


@pytest.fixture(autouse=True)
def _nothing_known(nothing_kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test check its tables and sum its lines itself, whatever the one before had worked out."""
    monkeypatch.setattr(package, "_known", KnownChecks())


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[Tables], Pack]:
    """Write a pack of these tables and open it."""
    return lambda tables: open_pack(write_pack(tmp_path, tables))


@pytest.fixture(scope="session")
def written_pack(tmp_path_factory: pytest.TempPathFactory) -> Callable[[pd.DataFrame], Pack]:
    """Write a typed frame with to_csv, its columns named after their types, and open it as table "t"."""

    def write(frame: pd.DataFrame) -> Pack:
        fields = [f"{name}:{name}" if name in DTYPES else str(name) for name in frame.columns]
        return open_pack(
            write_pack(
                tmp_path_factory.mktemp("written"), {"t": (schema(*fields), frame.to_csv(index=False))}
            )
        )

    return write


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., Pack]:
    """A pack of the single Parquet table "t", from an Arrow table and fields as for ``schema``."""

    def make(table: pa.Table, *fields: str | dict[str, Any]) -> Pack:
        papq.write_table(table, tmp_path / "t.parquet")
        resource = {"name": "t", "path": "t.parquet", "format": "parquet", "schema": schema(*fields)}
        (tmp_path / "datapackage.json").write_text(json.dumps({"name": "small", "resources": [resource]}))
        return open_pack(tmp_path)

    return make


@pytest.fixture
def one(packed: Callable[[Tables], Pack]) -> Callable[..., Pack]:
    """A pack of the single table "t"; fields as for ``schema``."""
    return lambda content, *fields, **more: packed({"t": (schema(*fields, **more), content)})
