"""Keeps results in memory, up to a number of bytes: findings, charts, shapes of the map, tiles.

This module does not know what the values are. Callers choose the keys.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import partial, wraps
from itertools import islice
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from svdash.settings import memory_bytes

F = TypeVar("F")
P = ParamSpec("P")
T = TypeVar("T")

# Bytes that an entry takes beside its value, roughly: its key and its place in the dictionary.
BESIDE: Final = 500
# Bytes of a shape: for each coordinate, and for the shape itself.
_COORDINATE: Final = 16
_SHAPE: Final = 200
_LOOKED_AT: Final = 16
_PLAIN: Final = frozenset({type(None), str, bytes, int, float, bool})
# As tuples that are there already: ``isinstance`` with ``a | b`` makes the union anew at each of thousands of calls.
_LIKE_PLAIN: Final = (str, bytes, int, float)
_FRAMES: Final = (pd.DataFrame, pd.Series)
_ROWS: Final = (list, tuple, set, frozenset)
# Bytes of a frame beside its columns.
_FRAME: Final = 1000
# By identity, since frames have no hash.
_frames: Final[dict[int, tuple[weakref.ref[Any], int]]] = {}
# Fields of dataclasses, by type.
_parts_of: Final[dict[type[Any], tuple[str, ...]]] = {}
MISSING: Final = object()


class Memory:
    """Keeps the most recently used values; safe to share between threads.

    Attributes:
        most: returns the largest number of bytes to keep. A single larger value is not kept.
    """

    most: Callable[[], int]

    def __init__(self, most: Callable[[], int]) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._guard = threading.Lock()
        self._building: dict[Hashable, tuple[threading.RLock, int]] = {}

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._kept)

    @property
    def size(self) -> int:
        """Roughly how many bytes are kept."""
        return self._size

    def find(self, key: Hashable) -> Any:
        """Return the value kept for a key, or ``MISSING``."""
        with self._guard:
            found = self._kept.get(key)
            if found is None:
                return MISSING
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value and drop the least recently used ones. Raises ``TypeError`` as :func:`size_of`."""
        size, most = size_of(value) + BESIDE, self.most()
        if size > most:
            # It would push out everything else and still not fit.
            return
        with self._guard:
            before = self._kept.pop(key, None)
            self._size += size - (before[1] if before is not None else 0)
            self._kept[key] = (value, size)
            while self._size > most:
                self._size -= self._kept.popitem(last=False)[1][1]

    def get(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """Return the kept value of a key; call ``build()`` if there is none, and keep what it returns.

        Threads that ask for the same key wait for one ``build``. Errors are passed on and not kept.
        """
        found = self.find(key)
        if found is not MISSING:
            return found
        with self.turn(key):
            found = self.find(key)
            if found is MISSING:
                found = build()
                self.put(key, found)
            return found

    def turn(self, key: Hashable) -> _Turn:
        """Return a lock for a key. It exists as long as a thread holds it or waits for it."""
        return _Turn(self, key)

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._kept.clear()
            self._size = 0

    def take(self, key: Hashable) -> threading.RLock:
        """Register a thread that wants the lock of a key, and return the lock."""
        with self._guard:
            lock, wanted = self._building.get(key, (threading.RLock(), 0))
            self._building[key] = (lock, wanted + 1)
            return lock

    def leave(self, key: Hashable) -> None:
        """Unregister a thread; the last one removes the lock."""
        with self._guard:
            lock, wanted = self._building[key]
            if wanted == 1:
                del self._building[key]
            else:
                self._building[key] = (lock, wanted - 1)


class _Turn:
    def __init__(self, memory: Memory, key: Hashable) -> None:
        self._memory, self._key = memory, key
        self._lock: threading.RLock | None = None

    def __enter__(self) -> None:
        self._lock = self._memory.take(self._key)
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        cast(threading.RLock, self._lock).release()
        self._memory.leave(self._key)


shared: Final = Memory(memory_bytes)


def remembered(function: Callable[Concatenate[F, P], T]) -> Callable[Concatenate[F, P], T]:
    """Keep what a function makes of a finding, such as its chart, in the same memory as findings.

    The key is the identity of the finding, which is itself kept by what it reads, so a chart never belongs to another
    finding. The key holds no reference: the finding's bytes are counted where the finding is kept.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def ask(finding: F, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (name, weakref.ref(finding), args, tuple(sorted(kwargs.items())))
        return cast(T, shared.get(key, lambda: function(finding, *args, **kwargs)))

    return ask


class Unkept:
    """Base of what must not be kept because it holds a state of the data: an edition and objects that refer to one."""


def size_of(value: Any) -> int:
    """Return roughly how many bytes a value takes: frames, arrays, text, and collections of these.

    Raises:
        TypeError: the value contains something that must not be kept.
    """
    return _size(value, set())


def _size(value: Any, seen: set[int]) -> int:
    if type(value) in _PLAIN:  # most values are, and it is asked of thousands with every result
        return sys.getsizeof(value)
    if isinstance(value, Unkept):
        raise TypeError(f"{value!r} cannot be kept: it would hold an old state of the data")
    if isinstance(value, _LIKE_PLAIN):
        return sys.getsizeof(value)
    if id(value) in seen:
        return 8
    seen.add(id(value))
    if isinstance(value, _FRAMES):
        return _frame(value)
    if isinstance(value, np.ndarray):
        return _array(value)
    return _parts(value, seen)


def _frame(value: pd.DataFrame | pd.Series) -> int:
    """Return the size of a frame, measured once: several findings may share it, and measuring takes time for each column."""
    known = _frames.get(id(value))
    if known is not None and known[0]() is value:
        return known[1]
    columns = [value] if isinstance(value, pd.Series) else [column for _, column in value.items()]
    size = _FRAME + int(value.index.nbytes) + sum(_bytes_of(column.array) for column in columns)
    _frames[id(value)] = weakref.ref(value, partial(_forget, id(value))), size
    return size


def _forget(name: int, _: object) -> None:
    _frames.pop(name, None)


def _bytes_of(array: Any) -> int:
    """Return the size of a column. Text in Arrow knows its size; of object columns, add the size of each object."""
    if isinstance(array.dtype, np.dtype) and array.dtype == object:
        return int(array.nbytes) + sum(map(sys.getsizeof, array))
    return int(array.nbytes)


def _parts(value: Any, seen: set[int]) -> int:
    own = sys.getsizeof(value, 64)
    if isinstance(value, _ROWS):
        return own + _several(value, seen)
    names = _names_of_parts(type(value))
    if names:
        return own + _several([getattr(value, name) for name in names], seen, every=True)
    if isinstance(value, Mapping):
        return own + _several(value.keys(), seen) + _several(value.values(), seen)
    if isinstance(getattr(value, "nbytes", None), int):  # tables of Arrow
        return own + int(value.nbytes)
    return own + (_size(vars(value), seen) if hasattr(value, "__dict__") and not callable(value) else 0)


def _names_of_parts(kind: type[Any]) -> tuple[str, ...]:
    """Return the fields of a dataclass; none of any other type."""
    if kind not in _parts_of:
        _parts_of[kind] = tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()
    return _parts_of[kind]


def _several(values: Collection[Any], seen: set[int], *, every: bool = False) -> int:
    """Estimate the size of many values from a sample: measuring each would take longer than working them out.

    ``every`` measures each, as where they are of different kinds.
    """
    step = 1 if every else 1 + len(values) // _LOOKED_AT
    some = values if step == 1 else list(islice(values, 0, None, step))
    if _PLAIN.issuperset(map(type, some)):
        return sum(map(sys.getsizeof, some)) * len(values) // max(len(some), 1)
    size = 0
    for value in some:
        size += sys.getsizeof(value) if type(value) in _PLAIN else _size(value, seen)
    return size * len(values) // max(len(some), 1)


def _array(value: np.ndarray[Any, Any]) -> int:
    if value.dtype != object:
        return 100 + int(value.nbytes)
    import shapely  # arrays of objects hold shapes, so shapely is already imported

    shapes = shapely.is_geometry(value)
    coordinates = int(shapely.get_num_coordinates(value[shapes]).sum())
    return 100 + int(value.nbytes) + _SHAPE * int(value.size) + _COORDINATE * coordinates
