"""Indicators that were agreed on the workbench, as they stand above a pack: in its register, its links and its observations.

What was agreed is a file of rows beside the database, under its SHA-256, which the history names. Reading it works nothing out:
the figures are those that were agreed, whatever the data they came from has become since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

from svdash import wording
from svdash.editions.prototypes import INDICATORS, TABLES, PrototypeRows
from svdash.records import RecordsError
from svdash.records.evidence_files import EvidenceFile, EvidenceFolder
from svdash.records.indicator_versions import RETIRED, KeptVersion
from svdash.tables import Pack
from svdash.tables.links import Link, links_of
from svdash.tables.schema import read_tables

MEDIA: Final = "application/json"
_FORMAT: Final = "svdash indicator 1"
# A column of the register that says when and why an indicator was retired; missing for those that are not.
RETIRED_COLUMN: Final = "retired"
_LONGEST_TITLE, _LONGEST_SHORT = 90, 34
_UNKNOWN: Final = "What was agreed is kept in a form that this version can't read. Update the program."


@dataclass(frozen=True)
class AgreedAbove:
    """What stands above a pack: whole tables, a hash of what was agreed by table, and what could not be put there.

    ``unread`` says whether a file could not be read, which may be mended without a new revision.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    unread: bool = False


def packed(rows: PrototypeRows) -> bytes:
    """Return the rows of an indicator as the bytes of a file: the same rows give the same bytes."""
    tables = {
        name: [{key: _cell(cell) for key, cell in row.items()} for row in table.to_dict("records")]
        for name, table in rows.tables.items()
    }
    whole = {"format": _FORMAT, "indicator": rows.indicator, "tables": tables}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, allow_nan=False, indent=1).encode()


def file_of(rows: PrototypeRows) -> tuple[EvidenceFile, bytes]:
    """Return how the history names the file of rows, and its bytes. Raises ``RecordsError`` where there are too many rows."""
    content = packed(rows)
    name = f"{rows.indicator} as agreed.json"
    try:
        return EvidenceFile(
            sha256=hashlib.sha256(content).hexdigest(), name=name, media=MEDIA, size=len(content)
        ), content
    except ValueError as error:
        raise RecordsError(
            f"{rows.indicator}: its figures have {wording.file_size(len(content))}, which is too much for the register. Use fewer "
            "groups."
        ) from error


def unpacked(content: bytes) -> PrototypeRows:
    """Return the rows that a file holds. Raises ``RecordsError`` where it is of another kind."""
    try:
        whole = json.loads(content)
        tables = {
            name: pd.DataFrame(rows, dtype="object")
            for name, rows in whole["tables"].items()
            if name in TABLES
        }
        known = whole["format"] == _FORMAT
        found = PrototypeRows(str(whole["indicator"]), tables)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordsError(_UNKNOWN) from error
    if not known:
        raise RecordsError(_UNKNOWN)
    return found


def above(pack: Pack, versions: Iterable[KeptVersion], folder: EvidenceFolder | None = None) -> AgreedAbove:
    """Return a pack's tables with what is agreed and retired above them.

    What can't stand there is left out and said: a file that is gone, an identifier that the pack has itself by now, and
    whatever its rows refer to that the pack has no longer, such as a success measure, a role, an organisation or a unit.
    """
    kept = folder or EvidenceFolder()
    found, left_out, unread = list[tuple[KeptVersion, PrototypeRows]](), list[str](), False
    for each in versions:
        try:
            rows = rows_of(each, kept)
        except RecordsError as problem:
            left_out.append(f"{each.version.code} is left out: {problem}")
            unread = True
            continue
        why = _why_not(pack, rows)
        if why:
            left_out.append(f"{each.version.code} was agreed on the workbench and is left out: {why}")
        else:
            found.append((each, rows))
    if not found:
        return AgreedAbove(notice=" ".join(left_out), unread=unread)
    hashes = "\n".join(each.revision.hash for each, _ in found)
    digest = hashlib.sha256(hashes.encode()).hexdigest()
    tables = {name: _with(pack, name, [rows for _, rows in found]) for name in TABLES}
    return AgreedAbove(tables, dict.fromkeys(tables, digest), " ".join(left_out), unread)


def rows_of(kept: KeptVersion, folder: EvidenceFolder | None = None) -> PrototypeRows:
    """Return the rows of what was agreed, marked where it is retired.

    Raises:
        RecordsError: the file is gone, was changed, or can't be read.
    """
    if kept.version.file is None:
        raise RecordsError(f"{kept.version.named} was agreed without figures.")
    rows = unpacked((folder or EvidenceFolder()).content(kept.version.file))
    return _marked(rows, kept) if kept.version.stage == RETIRED else rows


def _marked(rows: PrototypeRows, kept: KeptVersion) -> PrototypeRows:
    """Return the rows of an indicator that is retired: its title says so, its caveat when and why. No target is due any more."""
    note = f"Retired on {wording.day(kept.revision.at.date())}: {kept.version.reason.rstrip('.')}."
    register = rows.tables[INDICATORS].copy()
    for name, longest in (("title", _LONGEST_TITLE), ("short", _LONGEST_SHORT)):
        register[name] = [_shortened(str(text), longest) for text in register[name]]
    caveats = (
        register["caveat"] if "caveat" in register else pd.Series([None] * len(register), dtype="object")
    )
    register["caveat"] = [note if pd.isna(caveat) else f"{note} {caveat}" for caveat in caveats]
    register[RETIRED_COLUMN] = note
    for name in ("target", "target_year", "target_condition", "target_source"):
        register[name] = None
    return PrototypeRows(rows.indicator, {**rows.tables, INDICATORS: register})


def _shortened(text: str, longest: int) -> str:
    end = " (retired)"
    room = longest - len(end)
    return f"{text if len(text) <= room else text[: room - 1].rstrip() + '…'}{end}"


def _why_not(pack: Pack, rows: PrototypeRows) -> str:
    """Return why an indicator can't stand above a pack as the pack is now, as a sentence; empty if it can."""
    if rows.indicator in set(pack.table(INDICATORS)["id"]):
        return f"the data pack has an indicator {rows.indicator} of its own now."
    tables, _ = read_tables(pack.descriptor, pack.path)
    for name, frame in rows.tables.items():
        for link in links_of(tables[name]) if name in tables else ():
            gone = _gone(pack, link, frame)
            if gone:
                what = link.words or link.target
                return f"the data pack has no {wording.listing(gone)} in its table {link.target} ({what}) any more."
        for column in tables[name].fields if name in tables else ():
            known = set(column.enum or ())
            strange = (
                sorted(set(frame[column.name].dropna()) - known) if known and column.name in frame else []
            )
            if strange:
                return f"the data pack no longer takes {wording.listing(strange)} as {column.name}."
    return ""


def _gone(pack: Pack, link: Link, frame: pd.DataFrame) -> list[str]:
    """Return what rows refer to that the pack has no longer; links to commitments that are gone are left out by themselves."""
    if link.target in (INDICATORS, "commitments") or any(each not in frame for each in link.columns):
        return []
    known = pack.table(link.target)
    if link.words is not None:
        known = known[known["list"] == link.words]
    own, there = frame[list(link.columns)].dropna(), known[list(link.targets)]
    if link.separator is not None:
        own = own.map(lambda cell: str(cell).split(str(link.separator).strip())).explode(link.columns[0])
    keys = {tuple(str(part).strip() for part in key) for key in there.itertuples(index=False)}
    wanted = {tuple(str(part).strip() for part in key) for key in own.itertuples(index=False)}
    return sorted(" ".join(key) for key in wanted - keys if any(key))


def _with(pack: Pack, name: str, every: list[PrototypeRows]) -> pd.DataFrame:
    """Return a table of a pack with the rows of indicators after its own, in its columns and types."""
    own = pack.table(name)
    rows = [
        _linked(pack, each.tables[name]) if name == "links" else each.tables[name]
        for each in every
        if name in each.tables
    ]
    new = pd.concat([each for each in rows if len(each)]) if any(map(len, rows)) else None
    if new is None:
        return own
    if name == INDICATORS and RETIRED_COLUMN in new:
        own = (
            own
            if RETIRED_COLUMN in own
            else own.assign(**{RETIRED_COLUMN: pd.Series([None] * len(own), dtype="str")})
        )
    new = new.reindex(columns=own.columns)
    for column in own.columns:
        if pd.api.types.is_datetime64_any_dtype(own[column].dtype):
            new[column] = pd.to_datetime(new[column])
    return pd.concat([own, new.astype(own.dtypes)], ignore_index=True)


def _linked(pack: Pack, links: pd.DataFrame) -> pd.DataFrame:
    """Return the links to commitments that the pack still has."""
    return links[links["commitment"].isin(pack.table("commitments")["id"])] if len(links) else links


def _cell(value: Any) -> Any:
    """Return a cell as JSON holds it: days as 2026-03-31, nothing as null."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    return value.item() if hasattr(value, "item") else value
