"""A pack whose every free text has markup in it, which must be shown as it stands, and nothing else of it happen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

# An image, colours, a formula, links, an icon, emoji and HTML, each of which names itself where it is not plain text.
MARKUP = (
    "=zq ![zq](http://{host}/zq.png) :red[zq] :small[zq] :material/home: :smile: $zq^2$ [zq](http://{host}/) "
    '<img src="http://{host}/zq.gif"> **zq** `zq` www.zq.example zq@zq.example http://{host}/zq'
)


def plant(folder: Path, host: str = "127.0.0.1:9") -> int:
    """Put markup behind every free text of a pack's tables and descriptor; return how many columns have some."""
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    markup = MARKUP.format(host=host)
    columns = 0
    for each in descriptor["resources"]:
        each["title"] += f" {markup}"
        each["description"] = f"{each.get('description', '')} {markup}"
        if "schema" not in each:
            continue
        free = [field["name"] for field in each["schema"]["fields"] if _is_free(field, each["schema"])]
        for field in each["schema"]["fields"]:
            field["description"] = f"{field.get('description', '')} {markup}"
        columns += _written(folder / each["path"], free, markup)
    for name in ("name", "contact"):
        descriptor["authority"][name] += f" {markup}"
    descriptor["attribution"] += f" {markup}"
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    return columns


def _is_free(field: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether any text will do in a column."""
    keys = {*_listed(schema.get("primaryKey"))}
    for each in schema.get("foreignKeys", []):
        keys |= {*_listed(each["fields"])}
    bound = {"pattern", "enum", "maxLength"} & set(field.get("constraints", {}))
    plain = field.get("type", "string") == "string" and field.get("format", "default") == "default"
    return plain and not bound and field["name"] not in keys and not {"vocabulary", "references"} & set(field)


def _listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else names or []


def _written(path: Path, free: list[str], markup: str) -> int:
    """Put markup behind the texts of these columns that are there."""
    if path.suffix == ".parquet":
        rows = pd.read_parquet(path)
    else:
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    for name in free:
        there = rows[name].notna() & rows[name].ne("")
        rows.loc[there, name] = rows.loc[there, name] + f" {markup}"
    if path.suffix == ".parquet":
        rows.to_parquet(path, index=False)
    else:
        rows.to_csv(path, index=False, lineterminator="\n")
    return len(free)
