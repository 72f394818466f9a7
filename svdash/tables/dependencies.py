"""Records which parts of an edition a result reads, so that the result is kept as long as these are unchanged.

While a result is built, each part of the edition that it reads is recorded. The result is found again in every edition
whose parts have the same fingerprints, even if other parts have changed. Builders do not list what they read, so they
cannot forget anything.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Hashable
from functools import update_wrapper
from inspect import signature
from typing import (
    Any,
    Concatenate,
    Final,
    Generic,
    NamedTuple,
    ParamSpec,
    Protocol,
    Self,
    TypeVar,
    cast,
    runtime_checkable,
)

from svdash.caching import memory
from svdash.tables.faults import Fault, PackError, UnknownTableError

T = TypeVar("T")
P = ParamSpec("P")


class Part(NamedTuple):
    """A part of an edition: its kind (``table``, ``resource``, ``file``, ``names``, ``head``, ``all``) and its name.

    A part of the kind ``value`` is another kept result. What reads it stays valid as long as that result is equal, even
    if its tables have changed. ``name`` is then the function and its arguments.
    """

    kind: str
    name: Hashable = ""


Parts = frozenset[Part]
# Most sets of parts kept for one result: the same call may read other tables in another edition.
_MOST_WAYS: Final = 8


@runtime_checkable
class TellsFaults(Protocol):
    """A result that says which impossible figures stand in the tables that it was worked out from."""

    def with_faults(self, faults: tuple[Fault, ...]) -> Self:
        """Return the result with these."""
        ...


class _Notes(threading.local):
    """The parts read by the builds that run in a thread, the innermost build last."""

    def __init__(self) -> None:
        self.open: list[set[Part]] = []


_notes: Final = _Notes()


def note(kind: str, name: Hashable = "") -> None:
    """Record that a part of the edition is read."""
    if _notes.open:
        _notes.open[-1].add(Part(kind, name))


class Remembering(memory.Unkept):
    """An edition that finds results worked out earlier from the same parts."""

    def __init__(self) -> None:
        self._ways: dict[Parts, str] = {}

    def state(self, part: Part) -> str:
        """Return the fingerprint of a part. Two editions with the same fingerprint have the same part."""
        raise NotImplementedError

    def impossible_in(self, parts: Parts) -> tuple[Fault, ...]:
        """Return the figures that can't be in these parts, and in what these refer to."""
        raise NotImplementedError

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return the result of ``build()``, worked out once as long as what it reads of the edition is unchanged.

        Results are kept in :data:`svdash.caching.memory.shared`, so one that is seldom used may be worked out again.
        They must not hold the edition. Threads that ask for the same key wait for one ``build``, which may itself call
        ``remember`` with other keys. Errors are passed on and not kept.
        """
        found = self._find(key)
        if found is memory.MISSING:
            with memory.shared.turn((key, id(self))):
                found = self._find(key)
                if found is memory.MISSING:
                    found = self._build(key, build)
        return cast(T, found)

    def parts_of(self, key: Hashable) -> Parts | None:
        """Return the parts that the result of a key was worked out from; ``None`` if no result is kept."""
        for parts in self._known(key):
            if memory.shared.find((key, self._together(parts))) is not memory.MISSING:
                return parts
        return None

    def _known(self, key: Hashable) -> tuple[Parts, ...]:
        ways = memory.shared.find(("ways", key))
        return () if ways is memory.MISSING else cast(tuple[Parts, ...], ways)

    def _find(self, key: Hashable) -> Any:
        for parts in self._known(key):
            found = memory.shared.find((key, self._together(parts)))
            if found is not memory.MISSING:
                if _notes.open:
                    _notes.open[-1].update(parts)
                return found
        return memory.MISSING

    def _build(self, key: Hashable, build: Callable[[], T]) -> T:
        _notes.open.append(set())
        try:
            value = build()
        finally:
            # Also after an error: the outer build may take another path because of it.
            read = _notes.open.pop()
            if _notes.open:
                _notes.open[-1].update(read)
        parts = frozenset(read)
        if isinstance(value, TellsFaults):
            value = value.with_faults(self.impossible_in(parts))
        ways = self._known(key)
        if parts not in ways:
            memory.shared.put(("ways", key), (parts, *ways)[:_MOST_WAYS])
        memory.shared.put((key, self._together(parts)), value)
        return value

    def _together(self, parts: Parts) -> str:
        """Return one fingerprint for several parts, worked out once because an edition does not change."""
        known = self._ways.get(parts)
        if known is None:
            whole = hashlib.sha256()
            for part in sorted(parts, key=repr):
                whole.update(f"{part!r} {self._state(part)}\n".encode())
            known = self._ways[parts] = whole.hexdigest()
        return known

    def _state(self, part: Part) -> str:
        if part.kind != "value":
            return self.state(part)
        function, arguments = cast(tuple[Callable[..., Any], tuple[Any, ...]], part.name)
        _notes.open.append(set())  # parts read for the comparison do not count for the outer build
        try:
            return repr(function(self, *arguments))
        except (PackError, UnknownTableError) as problem:
            return repr(problem)  # no result here: a state different from every result
        finally:
            _notes.open.pop()


class Kept(Generic[P, T]):
    """A function of an edition whose results are kept by its name and arguments. Made by :func:`kept`."""

    def __init__(
        self, function: Callable[Concatenate[Any, P], T], *, settled: bool = False, like: Any = None
    ) -> None:
        named = like or function
        update_wrapper(self, named)
        self._function, self._settled = function, settled
        self._parameters = list(signature(named).parameters.values())[1:]
        self._name = f"{named.__module__}.{named.__qualname__}" + (" as seen" if like else "")

    def __call__(self, edition: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result for an edition, kept or worked out."""
        given = self._given(args, kwargs)
        value: T
        if not self._settled:
            return cast(
                T, edition.remember((self._name, given), lambda: self._function(edition, *args, **kwargs))
            )
        _notes.open.append(set())
        try:
            value = edition.remember((self._name, given), lambda: self._function(edition, *args, **kwargs))
        finally:
            _notes.open.pop()
        note("value", (self, given))
        return value

    def parts(self, edition: Any, /, *args: P.args, **kwargs: P.kwargs) -> Parts | None:
        """Return the parts that a kept result was worked out from; ``None`` if it is not kept."""
        return cast(Parts | None, edition.parts_of((self._name, self._given(args, kwargs))))

    def __repr__(self) -> str:
        """Return the name of the function; parts are compared by it."""
        return self._name

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the arguments in the order of the signature."""
        if not kwargs and len(args) == len(self._parameters):
            return args
        left = self._parameters[len(args) :]
        return (*args, *(kwargs.get(p.name, p.default) for p in left))


def kept(function: Callable[Concatenate[Any, P], T]) -> Kept[P, T]:
    """Keep the results of a function whose first argument is an edition and whose others are hashable."""
    return Kept(function)


def settled(function: Callable[Concatenate[Any, P], T]) -> Kept[P, T]:
    """Keep the results of a function; what reads one stays valid as long as the ``repr`` of the result is the same.

    Use it for small results that many others read and that seldom change, such as the years with data.
    """
    return Kept(function, settled=True)
