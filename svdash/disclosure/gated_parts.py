"""Remembers which counts of a part of a table are hidden, so that a change elsewhere does not work it out again.

What hangs together by its sums is gated by itself, from its own counts alone, so the same part has the same answer. It is
known by a hash of all that the answer follows from, which tells nobody a count.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from svdash.disclosure.rules import Bools, Preset

# Parts, of some hundred counts at most each: the embedded pack has about five hundred.
_MOST: Final = 4096
# Whether each count is hidden, and whether that was found quickly.
Answer = tuple[Bools, bool]
_guard: Final = threading.Lock()
_known: Final[OrderedDict[bytes, Answer]] = OrderedDict()


def fingerprint(rules: Preset, arrays: Iterable[np.ndarray[Any, Any]]) -> bytes:
    """Return the SHA-256 of rules and arrays, their types and shapes."""
    whole = hashlib.sha256(repr(rules).encode())
    for each in arrays:
        whole.update(f"{each.dtype.str}{each.shape}".encode() + each.tobytes())
    return whole.digest()


def remembered(key: bytes, build: Callable[[], Answer]) -> Answer:
    """Return the answer for a key; call ``build()`` if it is not known. Nobody may change the array."""
    with _guard:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    hidden, quick = build()
    hidden.flags.writeable = False
    with _guard:
        _known[key] = hidden, quick
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return hidden, quick
