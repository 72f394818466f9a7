"""Packs damaged in every way that one resource, file, key or column can be: each damage has a name and is made by a seed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as papq

from tests.copies import CopiedPack

# A key of a resource, in the place of what it should be.
WRONG: tuple[Any, ...] = (None, "", "nonsense", 7, True, [], {}, ["x", None], {"title": 3})
RESOURCE_KEYS = ("title", "access", "status", "updated", "description", "updatedBy", "sources", "licenses")
FILE_KEYS = ("path", "format", "schema", "lines", "encoding", "mediatype", "name")
HEAD_KEYS = (
    "title",
    "name",
    "description",
    "authority",
    "attribution",
    "licenses",
    "contributors",
    "created",
)
AUTHORITY_KEYS = ("name", "area", "place", "organisation", "framework_from", "contract_threshold_pence")
SCHEMA_KEYS = ("fields", "primaryKey", "foreignKeys", "missingValues")
FIELD_KEYS = (
    "name",
    "type",
    "title",
    "vocabulary",
    "separator",
    "references",
    "constraints",
    "grouping",
    "format",
)
TYPES = ("string", "integer", "number", "boolean", "date")


class Damage(NamedTuple):
    """A damage by its name, and what does it to a copy of a pack."""

    name: str
    do: Callable[[CopiedPack], None]


def chosen_by(*parts: object) -> Random:
    """Return choices that are the same at every run for the same parts."""
    return Random(" ".join(map(str, parts)))  # noqa: S311  a reproducible choice, not a secret


def every_damage(folder: Path, seed: int = 0) -> Iterator[Damage]:
    """Yield every damage that a pack can have; ``seed`` chooses places and values within each."""
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    yield from _of_head(seed)
    for resource in descriptor["resources"]:
        yield from _of_resource(resource, seed)


def _edit(copied: CopiedPack, edit: Callable[[dict[str, Any]], None]) -> None:
    copied.describe(edit)


def _spoil(holder: dict[str, Any], key: str, value: Any) -> None:
    """Take a key away (``...``), or give it another value."""
    if value is ...:
        holder.pop(key, None)
    else:
        holder[key] = value


def _values(seed: int, *parts: object) -> tuple[Any, Any]:
    """Return "away" and one wrong value, by the seed and the place."""
    return ..., chosen_by(f"{seed} {parts}").choice(WRONG)


def _told(value: Any) -> str:
    return "away" if value is ... else repr(value)


def _of_head(seed: int) -> Iterator[Damage]:
    for key in HEAD_KEYS:
        for value in _values(seed, key):
            yield Damage(
                f"head {key} {_told(value)}", partial(_edit, edit=partial(_spoil, key=key, value=value))
            )
    for key in AUTHORITY_KEYS:
        for value in _values(seed, "authority", key):

            def edit(said: dict[str, Any], key: str = key, value: Any = value) -> None:
                _spoil(said["authority"], key, value)

            yield Damage(f"authority {key} {_told(value)}", partial(_edit, edit=edit))


def _resource(said: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in said["resources"] if each.get("name") == name)
    return found


def _of_resource(resource: dict[str, Any], seed: int) -> Iterator[Damage]:
    name = resource["name"]

    def change(own: Callable[[dict[str, Any]], None]) -> Callable[[CopiedPack], None]:
        return partial(_edit, edit=lambda said: own(_resource(said, name)))

    yield Damage(f"{name} unlisted", lambda copied: copied.unlist(name))
    for key in (*RESOURCE_KEYS, *FILE_KEYS):
        for value in _values(seed, name, key):
            yield Damage(f"{name} {key} {_told(value)}", change(partial(_spoil, key=key, value=value)))
    yield from _of_file(resource, seed)
    for key in SCHEMA_KEYS if "schema" in resource else ():
        for value in _values(seed, name, "schema", key):

            def spoil(own: dict[str, Any], key: str = key, value: Any = value) -> None:
                _spoil(own["schema"], key, value)

            yield Damage(f"{name} schema {key} {_told(value)}", change(spoil))
    for at, field in enumerate(resource.get("schema", {}).get("fields", [])):
        yield from _of_field(resource, at, field, change, seed)


def _of_field(
    resource: dict[str, Any],
    at: int,
    field: dict[str, Any],
    change: Callable[[Callable[[dict[str, Any]], None]], Callable[[CopiedPack], None]],
    seed: int,
) -> Iterator[Damage]:
    name, column = resource["name"], field["name"]
    yield Damage(
        f"{name}.{column} away from the schema", change(lambda own: own["schema"]["fields"].pop(at) and None)
    )
    yield Damage(f"{name}.{column} away from the file", lambda copied: _drop(copied, resource, column))
    yield Damage(f"{name}.{column} blank", lambda copied: _blank(copied, resource, column))
    random = chosen_by(f"{seed} {name} {column}")
    for key, value in (
        ("type", random.choice([each for each in TYPES if each != field["type"]])),
        (random.choice(FIELD_KEYS), random.choice((..., *WRONG))),
    ):

        def spoil(own: dict[str, Any], key: str = key, value: Any = value) -> None:
            _spoil(own["schema"]["fields"][at], key, value)

        yield Damage(f"{name}.{column} {key} {_told(value)}", change(spoil))


# -- files ------------------------------------------------------------------------------------------------


def _file(copied: CopiedPack, resource: dict[str, Any]) -> Path:
    return copied.folder / str(resource["path"])


def _frame(copied: CopiedPack, resource: dict[str, Any]) -> pd.DataFrame:
    file = _file(copied, resource)
    return (
        pd.read_parquet(file)
        if file.suffix == ".parquet"
        else pd.read_csv(file, dtype="str", keep_default_na=False)
    )


def _write(copied: CopiedPack, resource: dict[str, Any], frame: pd.DataFrame) -> None:
    file = _file(copied, resource)
    if file.suffix == ".parquet":
        frame.to_parquet(file, index=False)
    else:
        frame.to_csv(file, index=False, lineterminator="\n")


def _drop(copied: CopiedPack, resource: dict[str, Any], column: str) -> None:
    _write(copied, resource, _frame(copied, resource).drop(columns=column))


def _blank(copied: CopiedPack, resource: dict[str, Any], column: str) -> None:
    frame = _frame(copied, resource)
    blank = None if _file(copied, resource).suffix == ".parquet" else ""
    _write(copied, resource, frame.assign(**{column: blank}))


def _of_file(resource: dict[str, Any], seed: int) -> Iterator[Damage]:
    name = resource["name"]

    def bytes_as(change: Callable[[bytes], bytes]) -> Callable[[CopiedPack], None]:
        def do(copied: CopiedPack) -> None:
            file = _file(copied, resource)
            file.write_bytes(change(file.read_bytes()))

        return do

    def replaced(make: Callable[[Path], None]) -> Callable[[CopiedPack], None]:
        def do(copied: CopiedPack) -> None:
            _file(copied, resource).unlink()
            make(_file(copied, resource))

        return do

    random = chosen_by(f"{seed} {name} bytes")
    yield Damage(f"{name} file away", lambda copied: _file(copied, resource).unlink())
    yield Damage(f"{name} file empty", bytes_as(lambda _: b""))
    yield Damage(f"{name} file a folder", replaced(Path.mkdir))
    yield Damage(f"{name} file a pipe", replaced(os.mkfifo))
    yield Damage(f"{name} file of zeros", bytes_as(lambda data: bytes(len(data))))
    yield Damage(f"{name} file cut", bytes_as(lambda data: data[: random.randrange(1, len(data))]))
    for turn in range(3):
        yield Damage(
            f"{name} file flipped {turn}", bytes_as(partial(_flipped, chosen_by(f"{seed} {name} {turn}")))
        )
    if name == "boundaries":
        yield from _of_boundaries()
    elif resource["path"].endswith(".parquet"):
        yield from _of_parquet(resource)
    else:
        yield Damage(f"{name} without rows", bytes_as(lambda data: data.split(b"\n", 1)[0] + b"\n"))
        yield Damage(f"{name} without header", bytes_as(lambda data: data.split(b"\n", 1)[1]))
        yield Damage(f"{name} rows twice", bytes_as(lambda data: data + data.split(b"\n", 1)[1]))


def _flipped(random: Random, data: bytes) -> bytes:
    whole = bytearray(data)
    for _ in range(max(1, len(whole) // 2000)):
        whole[random.randrange(len(whole))] ^= 1 << random.randrange(8)
    return bytes(whole)


def _of_boundaries() -> Iterator[Damage]:
    def geometry(form: Any) -> Callable[[CopiedPack], None]:
        def do(copied: CopiedPack) -> None:
            file = copied.folder / "boundaries.geojson"
            said = json.loads(file.read_text(encoding="utf-8"))
            said["features"][3]["geometry"] = form
            file.write_text(json.dumps(said), encoding="utf-8")

        return do

    def text(whole: str) -> Callable[[CopiedPack], None]:
        return lambda copied: (copied.folder / "boundaries.geojson").write_text(whole) and None

    deep = "[" * 100_000 + "]" * 100_000
    nested: list[Any] = [1.0, 2.0]
    for _ in range(400):
        nested = [nested]
    ring = [[-3.0, 53.4], [-2.9, 53.4], [-2.9, 53.5]]
    yield Damage("boundaries nested deep", text(f'{{"type": "FeatureCollection", "features": {deep}}}'))
    yield Damage("boundaries features none", text('{"type": "FeatureCollection", "features": null}'))
    yield Damage("boundaries a list", text("[]"))
    for kind, parts in (
        ("Polygon", nested),
        ("Polygon", [[[float("nan"), 53.4], *ring]]),
        ("Polygon", [[[float("inf"), 53.4], *ring]]),
        ("Polygon", [ring]),
        ("Polygon", []),
        ("MultiPolygon", [[]]),
        ("Point", [-3.0, 53.4]),
        ("Polygon", None),
        ("Polygon", [[["a", "b"], *ring]]),
        ("Polygon", [[*ring, [1e300, -1e300], ring[0]]]),
        ("Nonsense", [[*ring, ring[0]]]),
    ):
        yield Damage(f"boundaries {kind} {str(parts)[:40]}", geometry({"type": kind, "coordinates": parts}))
    yield Damage("boundaries geometry text", geometry("POINT (0 0)"))


def _of_parquet(resource: dict[str, Any]) -> Iterator[Damage]:
    name = resource["name"]

    def stored(change: Callable[[pa.Table], pa.Table]) -> Callable[[CopiedPack], None]:
        def do(copied: CopiedPack) -> None:
            file = _file(copied, resource)
            papq.write_table(change(papq.read_table(file)), file)

        return do

    def retyped(table: pa.Table, at: int, kind: Any) -> pa.Table:
        values = [None] * len(table) if kind is None else list(range(len(table)))
        return table.set_column(at, table.column_names[at], pa.array(values, kind or pa.null()))

    yield Damage(f"{name} without lines", stored(lambda table: table.slice(0, 0)))
    for at, column in enumerate(resource["schema"]["fields"]):
        for kind in (None, pa.float64(), pa.int32()):
            yield Damage(
                f"{name}.{column['name']} stored as {kind}", stored(partial(retyped, at=at, kind=kind))
            )
    nested = pa.array([[1]])
    yield Damage(
        f"{name} a list in it", stored(lambda t: t.append_column("more", pa.concat_arrays([nested] * len(t))))
    )
