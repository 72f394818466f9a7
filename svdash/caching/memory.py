"""What was worked out, kept in memory up to so many bytes: findings, charts, shapes of the map, tiles.

Nothing here knows what is kept. Who keeps it says by its key what it belongs to.
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

# What a value takes beside its own bytes, about: its key and the places it stands in.
BESIDE: Final = 500
# A shape in memory, for each of its coordinates and beside them.
_COORDINATE: Final = 16
_SHAPE: Final = 200
_LOOKED_AT: Final = 256
_PLAIN: Final = frozenset({type(None), str, bytes, int, float, bool})
# A frame beside its columns.
_FRAME: Final = 1000
# By identity, since frames have no hash.
_frames: Final[dict[int, tuple[weakref.ref[Any], int]]] = {}
MISSING: Final = object()


class Memory:
    """Keeps the values that were asked for last; safe to share between threads.

    Attributes:
        most: returns how many bytes are kept at most. A value that is larger alone is not kept.
    """

    most: Callable[[], int]

    def __init__(self, most: Callable[[], int]) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._guard = threading.Lock()
        self._building: dict[Hashable, tuple[threading.RLock, int]] = {}

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    @property
    def size(self) -> int:
        """How many bytes are kept, about."""
        return self._size

    def find(self, key: Hashable) -> Any:
        """Return what is kept for a key, ``MISSING`` where nothing is."""
        with self._guard:
            found = self._kept.get(key)
            if found is None:
                return MISSING
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value; what was asked for least recently goes. Raises ``TypeError`` as :func:`size_of`."""
        size, most = size_of(value) + BESIDE, self.most()
        if size > most:
            # It would push out all else and not stay itself.
            return
        with self._guard:
            before = self._kept.pop(key, None)
            self._size += size - (before[1] if before is not None else 0)
            self._kept[key] = (value, size)
            while self._size > most:
                self._size -= self._kept.popitem(last=False)[1][1]

    def get(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """Return what ``build()`` gives, worked out once while it is kept.

        Threads that ask for the same key wait for one ``build``. What it raises is passed on and not kept.
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
        """Return a lock for a key, for as long as anybody holds it or waits for it."""
        return _Turn(self, key)

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._kept.clear()
            self._size = 0

    def take(self, key: Hashable) -> threading.RLock:
        """Count one more who wants the lock of a key, and return it."""
        with self._guard:
            lock, wanted = self._building.get(key, (threading.RLock(), 0))
            self._building[key] = (lock, wanted + 1)
            return lock

    def leave(self, key: Hashable) -> None:
        """Count one less; the last takes the lock away."""
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
    """Keep what a function makes of a finding, such as its chart, beside the findings themselves.

    A finding is known by being the same object, so what is made of it is never that of another. The key does not hold
    the finding, whose size is counted where it is kept itself.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def ask(finding: F, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (name, weakref.ref(finding), args, tuple(sorted(kwargs.items())))
        return cast(T, shared.get(key, lambda: function(finding, *args, **kwargs)))

    return ask


class Unkept:
    """What must not be kept, because it would hold an old state of the data: an edition and what stands on it."""


def size_of(value: Any) -> int:
    """Return about how many bytes a value takes: frames, arrays, text, and what consists of them.

    Raises:
        TypeError: there is something in it that must not be kept.
    """
    return _size(value, set())


def _size(value: Any, seen: set[int]) -> int:
    if isinstance(value, Unkept):
        raise TypeError(f"{value!r} cannot be kept: it would hold an old state of the data")
    if value is None or isinstance(value, str | bytes | int | float):
        return sys.getsizeof(value)
    if id(value) in seen:
        return 8
    seen.add(id(value))
    if isinstance(value, pd.DataFrame | pd.Series):
        return _frame(value)
    if isinstance(value, np.ndarray):
        return _array(value)
    return _parts(value, seen)


def _frame(value: pd.DataFrame | pd.Series) -> int:
    """Return the size of a frame, looked at once: several findings may hold the same, and each look costs its columns."""
    known = _frames.get(id(value))
    if known is not None and known[0]() is value:
        return known[1]
    columns = [value] if isinstance(value, pd.Series) else [column for _, column in value.items()]
    size = _FRAME + int(value.index.nbytes) + sum(_held(column.array) for column in columns)
    _frames[id(value)] = weakref.ref(value, partial(_forget, id(value))), size
    return size


def _forget(name: int, _: object) -> None:
    _frames.pop(name, None)


def _held(array: Any) -> int:
    """Return the size of a column: text in Arrow tells its own, of other objects only the references are known."""
    if isinstance(array.dtype, np.dtype) and array.dtype == object:
        return int(array.nbytes) + sum(map(sys.getsizeof, array))
    return int(array.nbytes)


def _parts(value: Any, seen: set[int]) -> int:
    own = sys.getsizeof(value, 64)
    if isinstance(value, Mapping):
        return own + _several(value.keys(), seen) + _several(value.values(), seen)
    if isinstance(value, list | tuple | set | frozenset):
        return own + _several(value, seen)
    if is_dataclass(value) and not isinstance(value, type):
        return own + sum(_size(getattr(value, part.name), seen) for part in fields(value))
    if isinstance(getattr(value, "nbytes", None), int):  # tables of Arrow
        return own + int(value.nbytes)
    return own + (_size(vars(value), seen) if hasattr(value, "__dict__") and not callable(value) else 0)


def _several(values: Collection[Any], seen: set[int]) -> int:
    """Of very many, some stand for all: to look at each would take longer than to work them out."""
    some = list(islice(values, 0, None, 1 + len(values) // _LOOKED_AT))
    plain = set(map(type, some)) <= _PLAIN
    sizes = map(sys.getsizeof, some) if plain else (_size(value, seen) for value in some)
    return sum(sizes) * len(values) // max(len(some), 1)


def _array(value: np.ndarray[Any, Any]) -> int:
    if value.dtype != object:
        return 100 + int(value.nbytes)
    import shapely  # objects in arrays are shapes, and then it is there already

    shapes = shapely.is_geometry(value)
    coordinates = int(shapely.get_num_coordinates(value[shapes]).sum())
    return 100 + int(value.nbytes) + _SHAPE * int(value.size) + _COORDINATE * coordinates
