"""Links between tables: foreign keys, references with several values, and codes of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from svdash import wording
from svdash.tables.faults import suggestion
from svdash.tables.schema import Table
from svdash.tables.table_checks import MOST, Checked, Described, key_text, readable
from svdash.tables.values import Mask

VOCABULARY = "vocabulary"
# Most suggestions in one check: finding a similar key among thousands takes 20 ms.
_MOST_SUGGESTED = 50
Positions = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class Link:
    """Columns of a table whose values must stand in columns of another.

    Attributes:
        source, columns: where the values are.
        target, targets: where they must stand.
        separator: what parts several values in one cell.
        words: the list of the vocabulary, where the target is that.
        follows: a row is withheld when the row it refers to is. Not so for ``references``: those point to
            what else may help, and one fault would take a whole register of cross-references away.
    """

    source: str
    columns: tuple[str, ...]
    target: str
    targets: tuple[str, ...]
    separator: str | None = None
    words: str | None = None
    follows: bool = True


@dataclass(frozen=True)
class LookUp:
    """The values of a link looked up: what source row ``rows[i]`` refers to by ``texts[i]`` is ``keys[places[i]]``.

    A row of several values comes several times; a place is -1 where the target has no such key. ``codes``
    gives the place of each row of the target.
    """

    rows: Positions
    places: Positions
    keys: pd.Index[Any]
    codes: Positions
    texts: np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True)
class _Bound(LookUp):
    link: Link
    source: Checked
    target: Checked


def links_of(table: Table) -> list[Link]:
    """Return the links that start at a table."""
    links = [Link(table.name, key.fields, key.table, key.targets) for key in table.foreign_keys]
    for each in table.fields:
        if each.vocabulary is not None:
            link = Link(table.name, (each.name,), VOCABULARY, ("code",), each.separator, each.vocabulary)
            links.append(link)
        if each.references is not None:
            target, column = each.references
            links.append(Link(table.name, (each.name,), target, (column,), each.separator, follows=False))
    return links


def reach(name: str, tables: Mapping[str, Table]) -> list[str]:
    """Return the table and all tables it refers to, directly or through others."""
    found, waiting = [name], [name]
    while waiting:
        for link in links_of(tables[waiting.pop()]):
            if link.target in tables and link.target not in found:
                found.append(link.target)
                waiting.append(link.target)
    return found


def settle(names: Iterable[str], checked: Mapping[str, Checked]) -> None:
    """Check the links of tables, and withhold rows that rest on withheld ones, until nothing changes.

    Args:
        names: the tables to settle. All that they reach are in ``checked``, settled or among them.
        checked: tables by name; faults are added to those named.
    """
    links = [link for name in names for link in links_of(checked[name].table)]
    clear = [link for link in links if not _obstructed(link, checked)]
    bounds = [_bind(link, checked[link.source], checked[link.target]) for link in clear]
    for bound in bounds:
        _report_unknown(bound)
    _follow(bounds)


def follow(names: Iterable[str], checked: Mapping[str, Checked]) -> None:
    """Withhold rows of settled tables that rest on rows withheld since. Takes what ``settle`` takes."""
    links = [link for name in names for link in links_of(checked[name].table) if link.follows]
    clear = [link for link in links if link.target in checked and _obstacle(link, checked) is None]
    _follow([_bind(link, checked[link.source], checked[link.target]) for link in clear])


def _follow(bounds: list[_Bound]) -> None:
    following = [bound for bound in bounds if bound.link.follows]
    changed = True
    while changed:
        changed = False
        for bound in following:
            changed |= _withhold(bound)


def _obstructed(link: Link, checked: Mapping[str, Checked]) -> bool:
    """Whether the target can't be looked into; if so, say it once and withhold every row that has a value."""
    source = checked[link.source]
    column = ", ".join(link.columns)
    found = _obstacle(link, checked)
    if found is None:
        return False
    if source.closed and link.source == link.target:
        return True  # the table is withheld already, with its reason
    source.note(column, *found)
    if not link.follows:
        return True
    present = source.frame[list(link.columns)].notna().all(axis=1).to_numpy(dtype=bool)
    source.bad |= present
    return True


def _obstacle(link: Link, checked: Mapping[str, Checked]) -> Described | None:
    target = checked.get(link.target)
    if target is None or not target.table.tabular:
        remedy = suggestion(link.target, checked, f"Add it, or correct the schema of {link.source}.")
        return link.target, "is referred to, but is not a table of the pack", remedy
    needed = (*link.targets, "list") if link.words is not None else link.targets
    for name in needed:
        if target.table.fields and target.table.field(name) is None:
            known = [each.name for each in target.table.fields]
            return (
                name,
                f"is not a column of {link.target}, to which this one refers",
                suggestion(name, known, "Correct it."),
            )
    if target.closed:
        problem = (
            f"cannot be checked, because all of table {link.target} is withheld; rows with a value are too"
        )
        return None, problem, f"Correct {link.target} first."
    for own, other in zip(link.columns, link.targets, strict=True):
        mine, theirs = checked[link.source].table.field(own), target.table.field(other)
        if mine is not None and theirs is not None and mine.type != theirs.type:
            return (
                own,
                f"is of type {mine.type}, but refers to {link.target}.{other} of type {theirs.type}",
                "Give both one type.",
            )
    if link.words is not None and not (target.frame["list"] == link.words).any():
        lists = list(target.frame["list"].dropna().unique())
        remedy = suggestion(link.words, lists, f"Add it, or use one of: {wording.choices(lists)}.")
        return link.words, "is not a list of the vocabulary", remedy
    return None


def _bind(link: Link, source: Checked, target: Checked) -> _Bound:
    """Look up the values of a link; as before if both tables have the same cells as then."""
    looked_in, found = source.lookups.get(link, (None, None))
    if found is None or looked_in is not target.frame:
        found = _looked_up(link, source, target)
        source.lookups[link] = (target.frame, found)
    return _Bound(found.rows, found.places, found.keys, found.codes, found.texts, link, source, target)


def _looked_up(link: Link, source: Checked, target: Checked) -> LookUp:
    there = key_text(target.frame, link.targets)
    if link.words is not None:
        there = there.where((target.frame["list"] == link.words).fillna(False))
    codes, found = pd.factorize(there)
    keys = pd.Index(found, dtype="str")
    here = key_text(source.frame, link.columns)
    here = here.where(~source.unread).dropna()
    if link.separator is not None:
        here = here.str.split(link.separator.strip() or link.separator, regex=False).explode().str.strip()
        here = here[here != ""]
    places = keys.get_indexer(pd.Index(here, dtype="str"))
    rows, texts = here.index.to_numpy(dtype=np.intp), here.to_numpy(dtype=object)
    return LookUp(rows, places, keys, codes, texts)


def _rows(bound: _Bound, chosen: Any) -> Any:
    mask = np.zeros(len(bound.source.rows), dtype=bool)
    mask[bound.rows[chosen]] = True
    return mask


def _report_unknown(bound: _Bound) -> None:
    """Report cells with values that the target doesn't have: each once, at its first row, with the number of the others."""
    unknown = bound.places < 0
    if not unknown.any():
        return
    link, known = bound.link, list(bound.keys)
    names = [readable(key) for key in known]
    answers: dict[str, Described] = {}

    def describe(at: int) -> Described:
        text = _cell(bound, at)
        if text not in answers:
            parts = [part for part in _parts(link, text) if part not in bound.keys]
            value = readable("; ".join(parts))
            wanted = _parted_by_commas(link, parts, bound.keys)
            if wanted:
                where = f"are several codes separated by commas, not by “{link.separator}”"
                remedy = f"Write {wanted}."
            elif link.words is None:
                where = f"is not in {link.target}.{', '.join(link.targets)}"
                options = names if len(answers) < _MOST_SUGGESTED else []
                remedy = suggestion(
                    readable(parts[0]), options, "Correct it, or add the row that it refers to."
                )
            else:
                where = f"is not a code of the list “{link.words}”"
                remedy = f"{suggestion(parts[0], names)} Allowed: {wording.choices(names)}.".strip()
            answers[text] = (value, where, remedy)
        return answers[text]

    # Of a cell of several values, those that are not there: the others say nothing of the fault.
    faulty = pd.Series(bound.texts[unknown]).groupby(bound.rows[unknown]).agg("; ".join)
    values = faulty.reindex(range(len(bound.source.rows)))
    bound.source.report_once(_rows(bound, unknown), ", ".join(link.columns), values, describe)


def _cell(bound: _Bound, at: int) -> str:
    return str(key_text(bound.source.frame.iloc[[at]], bound.link.columns).iloc[0])


def _parts(link: Link, text: str) -> list[str]:
    if link.separator is None:
        return [text]
    return [part.strip() for part in text.split(link.separator.strip() or link.separator) if part.strip()]


def _parted_by_commas(link: Link, parts: list[str], keys: pd.Index[Any]) -> str:
    """How to write codes that a comma parts where the link has another separator; empty where that is not it."""
    found = [code.strip() for part in parts for code in part.split(",")]
    mended = link.separator is not None and len(found) > len(parts) and all(code in keys for code in found)
    return str(link.separator).join(found) if mended else ""


def _withhold(bound: _Bound) -> bool:
    """Withhold rows that refer to a withheld row; return whether there were any."""
    target = bound.target
    sound = np.zeros(len(bound.keys), dtype=bool)
    sound[bound.codes[(bound.codes >= 0) & ~target.bad]] = True
    hit = bound.places >= 0
    hit[hit] = ~sound[bound.places[hit]]
    mask = _rows(bound, hit) & ~bound.source.bad
    if not mask.any():
        return False
    used = np.unique(bound.places[hit & mask[bound.rows]])
    for place in used[:MOST]:
        _report_withheld(bound, int(place), mask)
    if len(used) > MOST:
        problem = (
            f"refers to {wording.number(len(used) - MOST)} more rows of {bound.link.target} that are withheld"
        )
        bound.source.note(", ".join(bound.link.columns), None, problem, f"Correct {bound.link.target} first.")
    bound.source.bad |= mask
    return True


def _report_withheld(bound: _Bound, place: int, mask: Mask) -> None:
    """One fault for a withheld row, at the first of those that refer to it: its own fault is reported elsewhere."""
    at = np.unique(bound.rows[(bound.places == place) & mask[bound.rows]])
    row = bound.target.rows[np.flatnonzero(bound.codes == place)[0]]
    others = len(at) - 1
    too = f"; so do {wording.number(others)} more" if others else ""
    bound.source.note(
        ", ".join(bound.link.columns),
        readable(str(bound.keys[place])),
        f"refers to row {row} of {bound.link.target}, which is withheld for a fault of its own{too}",
        f"Correct row {row} of {bound.link.target} first.",
        row=int(bound.source.rows[at[0]]),
    )
