"""The door for notebooks and scripts: a handful of names that give what the pages show, behind the same gate.

``import svdash`` hands them on:

* :func:`open_pack` opens a data pack;
* :func:`catalogue` lists what can be asked for;
* :func:`finding` works one finding out, with its ``table()`` and its ``chart()``;
* ``measures`` is the package of statistics, each module of it loaded.

This stands above :mod:`svdash.render`, since a finding is drawn here as the pages draw it, and is a room of its own,
since nothing of the product needs it. A pack's own rows (``open_pack().table(name)``) are what its files hold, with
counts of people as they are; a finding has been through disclosure control.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from svdash import editions, measures, wording
from svdash.editions import Edition
from svdash.findings.finding import Finding
from svdash.findings.open_data import open_tables, request_parameters
from svdash.findings.spec import Spec
from svdash.render import chart_structures, charts, small_multiples

if TYPE_CHECKING:
    import altair as alt

__all__ = ["NotebookFinding", "catalogue", "finding", "measures", "open_pack"]

for _module in iter_modules(measures.__path__):
    import_module(f"{measures.__name__}.{_module.name}")

# Rows of a table that a notebook shows by itself.
_SHOWN: Final = 20


def open_pack(folder: str | Path | None = None) -> Edition:
    """Return a data pack as it stands now.

    Args:
        folder: the folder that holds ``datapackage.json``; by default the pack of the settings (``SVDASH_PACK``), with what
            was recorded and published above it.

    Raises:
        PackError: no pack can be read there; the message says why and what to do.
    """
    return editions.current(folder)


def catalogue(pack: Edition | None = None, /) -> pd.DataFrame:
    """Return what can be asked for: a row each with ``name``, ``title``, ``parameters`` and ``chart`` (whether there is one).

    Args:
        pack: the data pack; by default that of the settings.

    Raises:
        PackError: no pack can be read.
    """
    edition = editions.current() if pack is None else pack
    drawn = chart_structures.names()
    rows = [
        {
            "name": each.name,
            "title": each.title,
            "parameters": ", ".join(open_tables.parameters(edition, each)),
            "chart": each.name in drawn,
        }
        for each in open_tables.every_table(edition)
    ]
    return pd.DataFrame(rows, columns=["name", "title", "parameters", "chart"])


def finding(name: str, pack: Edition | None = None, /, **params: str | int) -> NotebookFinding:
    """Work a finding out: the same figures, sentences and chart as on the pages.

    Args:
        name: one of those in :func:`catalogue`, such as ``"measures"``.
        pack: the data pack; by default that of the settings.
        params: the filters (``year="2024/25"``) and what else the finding takes, named as in addresses of pages.

    Raises:
        ValueError: there is no such finding, or a parameter is unknown, missing or invalid; the message lists what is possible.
        PackError: no pack can be read, or it lacks a table that the finding rests on.
    """
    edition = editions.current() if pack is None else pack
    table = _table(edition, name)
    view, own = request_parameters.read(edition, table, {key: str(value) for key, value in params.items()})
    return NotebookFinding(table.build(edition, view, own))


def _table(edition: Edition, name: str) -> Spec:
    tables = {each.name: each for each in open_tables.every_table(edition)}
    if name not in tables:
        near = get_close_matches(name, tables, n=3)
        meant = f" Did you mean {wording.every(map(repr, near), 'or')}?" if near else ""
        raise ValueError(f"There is no finding {name!r}.{meant} svdash.catalogue() lists all of them.")
    return tables[name]


@dataclass(frozen=True, eq=False)
class NotebookFinding:
    """A finding in a notebook, which shows it as headline, sentence and table.

    Attributes:
        finding: all that is known of it: ``statuses``, ``caveats``, ``method``, ``updated`` and so on.
    """

    finding: Finding

    @property
    def headline(self) -> str:
        """What is seen, in a few words."""
        return self.finding.headline

    @property
    def sentence(self) -> str:
        """What can be said of it."""
        return self.finding.sentence or self.finding.empty

    def table(self) -> pd.DataFrame:
        """Return the figures, numbers as numbers, no finer than people read them; ``marker`` says why one is missing."""
        return self.finding.typed()

    def chart(self) -> alt.TopLevelMixin:
        """Return the chart of the pages as an Altair chart, with headline, measure and status written on it.

        Raises:
            ValueError: the finding has no chart; the message says why.
        """
        import altair as alt  # slow to import, and not needed by tables

        return alt.Chart.from_dict(self._drawn())

    def _drawn(self) -> dict[str, Any]:
        found = self.finding
        drawn = (
            charts.side_by_side(found, small_multiples.ONE)
            if small_multiples.drawn(found)
            else charts.picture(found)
        )
        if drawn is not None:
            return drawn
        if found.empty:
            raise ValueError(f"{found.name} has nothing to draw: {found.empty}")
        named = ", ".join(chart_structures.names())
        raise ValueError(f"{found.name} has no chart, only a table. These have one: {named}.")

    def _repr_html_(self) -> str:
        """Return what a notebook shows: headline, measure and status, sentence and the first rows."""
        found = self.finding
        status = ", ".join(found.statuses)
        sentences = [found.subtitle, self.sentence, *([f"Status: {status}"] if status else [])]
        rows = found.table()
        cut = f"<p>The first {_SHOWN} of {len(rows)} rows.</p>" if len(rows) > _SHOWN else ""
        shown = "" if rows.empty else rows.head(_SHOWN).to_html(index=False)
        paragraphs = "".join(f"<p>{escape(each)}</p>" for each in sentences if each)
        return f"<h4>{escape(found.headline)}</h4>{paragraphs}{shown}{cut}"
