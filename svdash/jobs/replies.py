"""Results of a job as lines of JSON: plain values, and our own classes that only hold values.

A job may have read a hostile file. If the file took the job over, its reply must not run code here, change a class, or use
unlimited memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

# The reconciliation of a file with a thousand columns takes a few hundred kilobytes.
MOST_BYTES: Final = 16 * 1024**2
_PLAIN: Final = (str, int, float, bool, type(None))


class ReplyError(Exception):
    """A job sent a reply that is not allowed. The message says what it contained."""


def written(value: object) -> bytes:
    """Return a value as a line of JSON.

    Raises:
        TypeError: values of this type are not sent back.
    """
    return json.dumps(_packed(value)).encode() + b"\n"


def read(stream: IO[bytes], packages: tuple[str, ...]) -> Any:
    """Return the value of the next line.

    Args:
        stream: the lines.
        packages: prefixes of module names; only dataclasses and errors of these modules are accepted.

    Raises:
        EOFError: there is no further complete line.
        ReplyError: the line is too long, or contains something that is not allowed.
    """
    line = stream.readline(MOST_BYTES + 1)
    if len(line) > MOST_BYTES:
        raise ReplyError(f"a line of more than {MOST_BYTES} bytes")
    if not line.endswith(b"\n"):
        raise EOFError
    try:
        return _unpacked(json.loads(line), packages)
    except ReplyError:
        raise
    except Exception as error:
        # Our constructors may raise any error for a bad value: refuse the reply in each case.
        raise ReplyError(f"a value that can't be made ({type(error).__name__})") from error


def _packed(value: object) -> Any:  # noqa: PLR0911  one for each kind of value
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list):
        return [_packed(each) for each in value]
    if isinstance(value, tuple):
        return {"tuple": [_packed(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[_packed(key), _packed(each)] for key, each in value.items()]}
    if isinstance(value, Path):
        return {"path": str(value)}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, Exception):
        return {"error": _named(type(value)), "with": [_packed(each) for each in value.__reduce__()[1]]}
    if is_dataclass(value) and not isinstance(value, type):
        values = {each.name: _packed(getattr(value, each.name)) for each in fields(value)}
        return {"class": _named(type(value)), "with": values}
    raise TypeError(f"{type(value).__name__} cannot be sent back")


def _named(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


_MADE: Final[dict[str, Callable[[Any, tuple[str, ...]], Any]]] = {
    "tuple": lambda found, packages: tuple(_unpacked(each, packages) for each in found),
    "dict": lambda found, packages: {_unpacked(k, packages): _unpacked(v, packages) for k, v in found},
    "path": lambda found, _: Path(found),
    "decimal": lambda found, _: Decimal(found),
}


def _unpacked(found: Any, packages: tuple[str, ...]) -> Any:
    if isinstance(found, list):
        return [_unpacked(each, packages) for each in found]
    if not isinstance(found, dict):
        return found
    if found.keys() == {"error", "with"}:
        return _kind(found["error"], packages, Exception)(
            *(_unpacked(each, packages) for each in found["with"])
        )
    if found.keys() == {"class", "with"}:
        values = {name: _unpacked(each, packages) for name, each in found["with"].items()}
        return _kind(found["class"], packages, None)(**values)
    (name,) = found
    return _MADE[name](found[name], packages)


def _kind(named: str, packages: tuple[str, ...], above: type | None) -> type:
    """Return the class of this name: one of our errors, or a dataclass that is not an error."""
    module, _, name = named.partition(":")
    if module.startswith(packages) and name.isidentifier():
        found = getattr(import_module(module), name, None)
        # A class that the module only imports does not count as its own.
        if isinstance(found, type) and found.__module__ == module:
            is_error = issubclass(found, Exception)
            if is_error if above is Exception else is_dataclass(found) and not is_error:
                return found
    raise ReplyError(f"{named[:100]!r}, which is not a class that is sent back")
