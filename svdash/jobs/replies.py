"""What a job sends back, as a line of JSON: plain values, and classes of ours that only hold values.

A job has worked on a file that may be hostile. If that took it over, nothing that it sends back may run anything here, change
a class, or take memory without an end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

# An account of a file with a thousand columns takes a few hundred kilobytes.
MOST_BYTES: Final = 16 * 1024**2
_PLAIN: Final = (str, int, float, bool, type(None))


class ReplyError(Exception):
    """A job sent back what it must not; the message says what."""


def written(value: object) -> bytes:
    """Return a value as a line.

    Raises:
        TypeError: it is nothing that is sent back.
    """
    return json.dumps(_packed(value)).encode() + b"\n"


def read(stream: IO[bytes], packages: tuple[str, ...]) -> Any:
    """Return the value of the next line.

    Args:
        stream: where lines come from.
        packages: what the names of modules begin with whose dataclasses and errors may come back.

    Raises:
        EOFError: there is no further line, or only a part of one.
        ReplyError: the line is too long, or has something that must not come back.
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
        # A constructor of ours refuses values as it likes; whatever it raises, the value must not come back.
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
        held = {each.name: _packed(getattr(value, each.name)) for each in fields(value)}
        return {"class": _named(type(value)), "with": held}
    raise TypeError(f"{type(value).__name__} is nothing that is sent back")


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
        held = {name: _unpacked(each, packages) for name, each in found["with"].items()}
        return _kind(found["class"], packages, None)(**held)
    (name,) = found
    return _MADE[name](found[name], packages)


def _kind(named: str, packages: tuple[str, ...], above: type | None) -> type:
    """The class of a name: an error of ours, or a dataclass that is none."""
    module, _, name = named.partition(":")
    if module.startswith(packages) and name.isidentifier():
        found = getattr(import_module(module), name, None)
        # What a module has only imported is not of it.
        if isinstance(found, type) and found.__module__ == module:
            is_error = issubclass(found, Exception)
            if is_error if above is Exception else is_dataclass(found) and not is_error:
                return found
    raise ReplyError(f"{named[:100]!r}, which is no class that is sent back")
