"""How a finding is registered: one ``Spec`` beside its builder says its name, how it is asked for and how it is drawn.

Routes, downloads and charts read it (:mod:`svdash.findings.open_data.open_tables` gathers them), so a new finding is
registered in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from svdash.editions import Edition
from svdash.findings.finding import Finding
from svdash.register import FILTERS, View

Allowed = Callable[[Edition], tuple[str, ...]]
Narrowed = Mapping[str, Callable[[Edition, Mapping[str, str]], tuple[str, ...]]]
# A search of more characters is none that a person has typed.
LONGEST_TEXT: Final = 200


@dataclass(frozen=True)
class Parameter:
    """A parameter of one table beside the filters; without ``allowed`` any text of up to ``LONGEST_TEXT`` characters will do."""

    meaning: str
    allowed: Allowed | None = None
    default: str | None = None


@dataclass(frozen=True)
class Spec:
    """One finding: how it is built from a view and its own parameters.

    Attributes:
        name: of its table in the open data; findings that ``build`` returns carry it.
        title: what the table is, for lists of tables.
        build: gives the finding of an edition, a view and the table's own parameters.
        filtered: whether it looks at the filters at all.
        districted: whether it can be of one district.
        parameters: what it takes beside the filters, by name.
        narrowed: of a parameter, which of its values go with the others that are given.
        drawing: the drawing of :mod:`svdash.render.drawings` that shows it; empty where it has no chart.
    """

    name: str
    title: str
    build: Callable[[Edition, View, Mapping[str, str]], Finding]
    filtered: bool = True
    districted: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    narrowed: Narrowed = field(default_factory=dict)
    drawing: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """Parameters without which the table cannot be asked for."""
        return tuple(name for name, about in self.parameters.items() if about.default is None)

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that it takes: none where its rows are the same for all."""
        return tuple(each for each in FILTERS if self.filtered and (self.districted or each != "district"))


def of_view(
    name: str,
    title: str,
    build: Callable[[Edition, View], Finding],
    *,
    drawing: str = "",
    filtered: bool = True,
) -> Spec:
    """Return the spec of a finding that is asked for by the filters only."""
    return Spec(
        name, title, lambda edition, view, _: build(edition, view), filtered=filtered, drawing=drawing
    )
