"""The door for notebooks and scripts: a handful of names that give what the pages show, behind the same gate.

``import svdash`` hands them on:

* :func:`open_pack` opens a data pack;
* :func:`catalogue` lists what can be asked for;
* :func:`parameters` lists what one of them takes, with the values that are possible;
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
from svdash.findings.open_data import open_tables, request_parameters, value_labels
from svdash.findings.spec import Spec
from svdash.render import chart_structures, charts, small_multiples

if TYPE_CHECKING:
    import altair as alt

__all__ = ["NotebookFinding", "catalogue", "finding", "measures", "open_pack", "parameters"]

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
        ValueError: ``folder`` is none of these.
    """
    if folder is None or isinstance(folder, str | Path):
        return editions.current(folder)
    raise ValueError(f"{folder!r} is not a folder. Give its path as text, such as svdash.open_pack('data').")


def _edition(pack: Edition | None) -> Edition:
    """Return the pack that was given, or that of the settings. Raises ``ValueError`` for anything else."""
    if pack is None:
        return editions.current()
    if not (hasattr(pack, "tables") and hasattr(pack, "fingerprint")):
        opened = (
            f"svdash.open_pack({str(pack)!r})" if isinstance(pack, str | Path) else "svdash.open_pack(FOLDER)"
        )
        raise ValueError(f"{pack!r} is not an open data pack. Give {opened}.")
    return pack


def catalogue(pack: Edition | None = None, /) -> pd.DataFrame:
    """Return what can be asked for: a row each with ``name``, ``title``, ``parameters``, ``needed`` and ``chart`` (whether there is one).

    ``needed`` names the parameters without which a finding can't be asked for.

    Args:
        pack: the data pack; by default that of the settings.

    Raises:
        PackError: no pack can be read.
        ValueError: ``pack`` is no open data pack.
    """
    edition = _edition(pack)
    drawn = chart_structures.names()
    rows = [
        {
            "name": each.name,
            "title": each.title,
            "parameters": ", ".join(open_tables.parameters(edition, each)),
            "needed": ", ".join(each.needs),
            "chart": each.name in drawn,
        }
        for each in open_tables.every_table(edition)
    ]
    return pd.DataFrame(rows, columns=["name", "title", "parameters", "needed", "chart"])


def parameters(name: str, pack: Edition | None = None, /) -> pd.DataFrame:
    """Return what a finding takes: a row for each ``value`` of each ``parameter``, with its ``label``.

    ``needed`` tells whether the finding can't be asked for without the parameter, and ``meaning`` what it is. A parameter
    that takes any text has one row without a value.

    Args:
        name: one of those in :func:`catalogue`.
        pack: the data pack; by default that of the settings.

    Raises:
        PackError: no pack can be read.
        ValueError: there is no such finding, or ``pack`` is no open data pack.
    """
    edition = _edition(pack)
    table = _table(edition, name)
    rows = [
        {
            "parameter": parameter,
            "needed": about.default is None,
            "value": value,
            "label": label,
            "meaning": about.meaning,
        }
        for parameter, about in open_tables.parameters(edition, table).items()
        for value, label in value_labels.labelled(edition, parameter, about).items() or [("", "any text")]
    ]
    return pd.DataFrame(rows, columns=["parameter", "needed", "value", "label", "meaning"])


def finding(name: str, pack: Edition | None = None, /, **params: str | int | None) -> NotebookFinding:
    """Work a finding out: the same figures, sentences and chart as on the pages.

    Args:
        name: one of those in :func:`catalogue`, such as ``"measures"``.
        pack: the data pack; by default that of the settings.
        params: the filters (``year="2024/25"``) and what else the finding takes, named as in addresses of pages; a value
            may be its label, and ``None`` leaves a parameter out.

    Raises:
        ValueError: there is no such finding, ``pack`` is no open data pack, or a parameter is unknown, missing or invalid;
            the message lists what is possible.
        PackError: no pack can be read, or it lacks a table that the finding rests on.
    """
    edition = _edition(pack)
    table = _table(edition, name)
    given = {key: str(value) for key, value in params.items() if value is not None}
    view, own = request_parameters.read(edition, table, value_labels.as_codes(edition, table, given))
    return NotebookFinding(table.build(edition, view, own))


def _table(edition: Edition, name: str) -> Spec:
    tables = {each.name: each for each in open_tables.every_table(edition)}
    if name not in tables:
        near = get_close_matches(str(name), tables, n=3)
        meant = f" Did you mean {wording.every(map(repr, near), 'or')}?" if near else ""
        raise ValueError(f"There is no finding {name!r}.{meant} svdash.catalogue() lists all of them.")
    return tables[name]


@dataclass(frozen=True, eq=False, repr=False)
class NotebookFinding:
    """A finding in a notebook, which shows it as headline, sentence and table.

    Attributes:
        finding: all that is known of it: ``statuses``, ``caveats``, ``method``, ``updated`` and so on.
    """

    finding: Finding

    def __repr__(self) -> str:
        """Name, headline, sentence and size, in place of all that the finding holds."""
        rows = wording.counted(len(self.finding.frame), "row")
        return f"{self.finding.name}: {self.headline}. {self.sentence} ({rows}: .table() has them)"

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
