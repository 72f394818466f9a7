"""The columns that a drawing reads of its chart's rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# Words of Vega for an axis, whose marks have a label of their own.
_OF_AN_AXIS = ("labelExpr",)


def _parts(spec: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a structure with the key that it stands under."""
    yield key, spec
    if isinstance(spec, dict):
        for name, part in spec.items():
            yield from _parts(part, name)
    elif isinstance(spec, list):
        for part in spec:
            yield from _parts(part, key)


def read_columns(spec: Any) -> set[str]:
    """Return the columns that a structure reads, by name or in an expression, without those that it works out itself."""
    read: set[str] = set()
    worked_out = {""}
    for key, part in _parts(spec):
        if not isinstance(part, str):
            continue
        if key in ("field", "groupby"):
            read |= set(re.findall(r"^(?:max\(|min\()?(\w*)\)?$", part))
        elif key == "as":
            worked_out.add(part)
        elif key not in _OF_AN_AXIS:
            read |= {name or quoted for name, quoted in re.findall(r"datum(?:\.(\w+)|\['([^']+)'\])", part)}
    return read - worked_out
