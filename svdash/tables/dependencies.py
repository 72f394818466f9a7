"""Which parts of an edition a result was worked out from, so that it is kept for as long as those are unchanged.

While a result is built, everything that is asked of the edition is noted. It is found again in every edition in which
the parts noted have the same fingerprints, whatever else has changed. Nobody has to say what is read, so nobody can
forget to.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Hashable
from functools import update_wrapper
from inspect import signature
from typing import Any, Concatenate, Final, Generic, NamedTuple, ParamSpec, TypeVar, cast

from svdash.caching import memory
from svdash.tables.faults import PackError, UnknownTableError

T = TypeVar("T")
P = ParamSpec("P")


class Part(NamedTuple):
    """What can be asked of an edition: a kind (``table``, ``resource``, ``file``, ``names``, ``head``, ``all``) and of which name.

    A part of the kind ``value`` is a result that is kept itself: what was worked out from it is the same while it is,
    though the tables beneath have changed. ``name`` is then how to ask for it.
    """

    kind: str
    name: Hashable = ""


Parts = frozenset[Part]
# Under how many sets of parts a result is looked for: the same question may read other tables in another edition.
_MOST_WAYS: Final = 8


class _Notes(threading.local):
    """What the builds that a thread is in have read so far, the innermost last."""

    def __init__(self) -> None:
        self.open: list[set[Part]] = []


_notes: Final = _Notes()


def note(kind: str, name: Hashable = "") -> None:
    """Note that a part of the edition is read."""
    if _notes.open:
        _notes.open[-1].add(Part(kind, name))


class Remembering(memory.Unkept):
    """An edition that finds what was worked out before from the same parts. ``state`` is a fingerprint of a part."""

    def __init__(self) -> None:
        self._ways: dict[Parts, str] = {}

    def state(self, part: Part) -> str:
        """Return the fingerprint of a part: the same in two editions where the part must be the same."""
        raise NotImplementedError

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """Return the value of ``build()``, worked out once for as long as what it reads of the edition is unchanged.

        Values are kept in :data:`svdash.caching.memory.shared`, so that one not asked for lately may be worked out again.
        They must not hold the edition. Threads that ask for the same key wait for one ``build``, which may itself call
        ``remember`` with other keys. What it raises is passed on and not kept.
        """
        found = self._find(key)
        if found is memory.MISSING:
            with memory.shared.turn((key, id(self))):
                found = self._find(key)
                if found is memory.MISSING:
                    found = self._build(key, build)
        return cast(T, found)

    def parts_of(self, key: Hashable) -> Parts | None:
        """Return the parts that what is kept under a key was worked out from; ``None`` where nothing is kept."""
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
            # Also where it raises: whoever builds on may go another way for it.
            read = _notes.open.pop()
            if _notes.open:
                _notes.open[-1].update(read)
        parts = frozenset(read)
        ways = self._known(key)
        if parts not in ways:
            memory.shared.put(("ways", key), (parts, *ways)[:_MOST_WAYS])
        memory.shared.put((key, self._together(parts)), value)
        return value

    def _together(self, parts: Parts) -> str:
        """Return one fingerprint of several parts; worked out once, since an edition does not change."""
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
        _notes.open.append(set())  # what is read to compare is not read by whoever is building
        try:
            return repr(function(self, *arguments))
        except (PackError, UnknownTableError) as problem:
            return repr(problem)  # here it has no value: another state than any value
        finally:
            _notes.open.pop()


class Kept(Generic[P, T]):
    """A function of an edition whose results are kept, by the function and by what it is given. Made by :func:`kept`."""

    def __init__(
        self, function: Callable[Concatenate[Any, P], T], *, settled: bool = False, like: Any = None
    ) -> None:
        named = like or function
        update_wrapper(self, named)
        self._function, self._settled = function, settled
        self._parameters = list(signature(named).parameters.values())[1:]
        self._name = f"{named.__module__}.{named.__qualname__}" + (" as seen" if like else "")

    def __call__(self, edition: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the function gives for an edition, kept or worked out."""
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
        """Return the parts that a kept result was worked out from; ``None`` where it is not kept."""
        return cast(Parts | None, edition.parts_of((self._name, self._given(args, kwargs))))

    def __repr__(self) -> str:
        """Name the function: parts are compared by it."""
        return self._name

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the arguments in one order, however they were given."""
        if not kwargs and len(args) == len(self._parameters):
            return args
        left = self._parameters[len(args) :]
        return (*args, *(kwargs.get(p.name, p.default) for p in left))


def kept(function: Callable[Concatenate[Any, P], T]) -> Kept[P, T]:
    """Keep what a function of an edition returns: its first argument is the edition, the others can be hashed."""
    return Kept(function)


def settled(function: Callable[Concatenate[Any, P], T]) -> Kept[P, T]:
    """Keep what a function returns, and let what is worked out from it stay valid while its ``repr`` is the same.

    For small values that many results read and that seldom change with their tables, such as the years with data.
    """
    return Kept(function, settled=True)
