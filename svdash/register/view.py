"""The view of a reader: one value or ``all`` for each filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import update_wrapper
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

ALL: Final = "all"
NONE: Final = "none"
# Filters that an address can carry.
FILTERS: Final = ("role", "commitment", "year", "compare", "district", "vintage")


def earlier(compare: str, year: str) -> bool:
    """Tell whether a compared year can stand beside a chosen one: none always, any beside all years, else an earlier one."""
    return compare == NONE or year == ALL or compare < year


@dataclass(frozen=True)
class View:
    """What the reader is looking at: one value or ``all`` for each filter.

    ``compare`` is an earlier financial year, or ``none``: one that is not before ``year`` is dropped, so that what moved since
    then is never told backwards. ``district`` is a code of the areas' own. ``vintage`` is the
    edition of the Indices of Deprivation that the pack's areas carry: there is but one, so it chooses nothing and
    lets an address say which edition it was written for.
    """

    role: str = ALL
    commitment: str = ALL
    year: str = ALL
    compare: str = NONE
    district: str = ALL
    vintage: str = ALL

    def __post_init__(self) -> None:
        """Drop a compared year that is not before the chosen one."""
        if not earlier(self.compare, self.year):
            object.__setattr__(self, "compare", NONE)

    def params(self) -> dict[str, str]:
        """Return every filter as it is written in an address."""
        return dict(vars(self))

    def with_(self, **changes: str) -> View:
        """Return the same view with some filters changed."""
        return replace(self, **changes)

    def only(self, *filters: str) -> View:
        """Return the view with these filters, the others left open."""
        return View(**{name: value for name, value in self.params().items() if name in filters})


def narrowed(
    *filters: str,
) -> Callable[[Callable[Concatenate[Any, View, P], T]], Callable[Concatenate[Any, View, P], T]]:
    """Give a function only these filters of the view, so that its results are kept by no more than it uses."""

    def decorate(function: Callable[Concatenate[Any, View, P], T]) -> Callable[Concatenate[Any, View, P], T]:
        def ask(edition: Any, view: View, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return function(edition, view.only(*filters), *args, **kwargs)

        return cast(Callable[Concatenate[Any, View, P], T], update_wrapper(ask, function))

    return decorate
