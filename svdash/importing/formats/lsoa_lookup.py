"""The ONS lookup of LSOAs of 2011 to those of 2021: lines of areas that are gone come to those in their place.

It is imported after the Indices of Deprivation 2025, whose areas are those of 2021. Payments, people reached and every
table that refers to areas move together, so all years of a series are on the same areas.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as papq

from svdash import wording
from svdash.importing.areas.area_moves import DOOR, DRAWN, POSTCODE, WHOLE, Moves, moves
from svdash.importing.areas.postcode_areas import POSTCODES, postcodes_of
from svdash.importing.columns.published_tables import Form, Record, Table, open_table
from svdash.importing.columns.remembered_mappings import remember
from svdash.importing.files.source_files import Source
from svdash.importing.formats.deprivation_indices import EDITIONS
from svdash.importing.payments.payment_files import REMARK
from svdash.importing.payments.payment_lines import BATCH
from svdash.importing.reconciliation import (
    Field,
    ImportFileError,
    ImportRefusedError,
    Options,
    Problem,
    Reconciliation,
)
from svdash.importing.writing import pack_writer
from svdash.importing.writing.csv_rows import put_tables, text_rows, written, written_rows
from svdash.importing.writing.refused_lines import RefusedLines
from svdash.lines.line_tables import AREA_COLUMNS, AREAS, CONTACTS
from svdash.tables.boundary_shapes import BOUNDARIES, read
from svdash.tables.package import Pack

FIELDS: Final = (
    Field("old", required=True),
    Field("new", required=True),
    Field("change", has_place=False),
)
FORM: Final = Form("lsoa-lookup", FIELDS, "lsoa_lookup_headings.csv")
OLD, NEW = "2011", "2021"

OUTSIDE: Final = Problem("outside", "neither area is one of the pack's", "Nothing is missing.")
NO_CODE: Final = Problem("code", "there is no code of an LSOA", "Give both codes, such as E01000001.")
WAS_THERE: Final = Problem(
    "was-there",
    "the area became one that existed before, and the file marks no change (CHGIND)",
    "Take the lookup of the ONS: an overlap of outlines is not a split.",
)
# The last codes of areas of 2011, of England and of Wales: those of 2021 that are new go on from there.
_LAST_OLD: Final = {"E01": "E01033768", "W01": "W01001958"}
# Words of headings that no lookup of the ONS has: parts of areas, by ground or by people.
_SHARES: Final = re.compile(
    r"overlap|intersect|share|percent|\bpct\b|proportion|\bprop\b|ratio|fraction|weight|probab|\barea (?:km|m|ha|sq|in)|coverage|%",
    re.IGNORECASE,
)
_FRACTION: Final = re.compile(r"-?[0-9]*[.][0-9]+(?:e-?[0-9]+)?%?|[0-9]+(?:[.][0-9]+)?%", re.IGNORECASE)
_MOSTLY: Final = 0.5
_SAMPLE: Final = 500
# The column of a postcode beside that of an area, where a pack keeps one.
_POSTCODES: Final = {"supplier_area": "supplier_postcode", "benefit_area": "benefit_postcode"}
_POSTCODE: Final = "postcode"
_HOW: Final = (
    "by postcode where a line has one that is known, else by the lookup; lines of an area that was split went to its "
    "parts in proportion to residents, by a fixed draw"
)


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Place the lines of areas that are gone onto those that took their place.

    Raises:
        ImportFileError: the file can't be read as a lookup.
        ImportRefusedError: the pack's areas are not those of 2021, or the lookup says nothing of them.
    """
    today = str(options.today or datetime.now(tz=UTC).date())
    residents, vintage = _areas(pack)
    found = Reconciliation(FORM.name, source.name, source.sha256, (), money=False, dry_run=options.dry_run)
    pairs: list[tuple[str, str]] = []
    with RefusedLines() as refused, open_table(source, FORM, options) as table:
        refused.head(table.headings)
        records = _without_shares(source, table)
        for record in records:
            pair = _pair(record, residents)
            found.incoming.add(record.number, 0)
            if isinstance(pair, Problem):
                found.refuse(record.number, 0, pair)
                refused.add(record.number, pair, record.cells)
            else:
                pairs.append(pair)
                found.used.add(record.number, 0)
        table.describe(found)
        found.mapping = table.mapped.for_people(FIELDS)
        found.settle()
        found.refused_file = refused.place(source, options)
    _may_move(vintage, pairs, found)
    with tempfile.TemporaryDirectory(prefix="svdash-") as folder:
        mover = _Mover(pack, moves(pairs, residents, postcodes_of(pack)), Path(folder))
        mover.move()
        found.tables, found.notes = tuple(mover.files), [*found.notes, *mover.notes]
        about = {
            "on": today, "from": OLD, "to": NEW, "how": _HOW, "sha256": source.sha256,
            "lookup": {"title": source.name} | ({"path": options.source} if options.source else {}),
        }  # fmt: skip
        entries = mover.entries(vintage, about, options.by or pack_writer.authority(pack))
        if entries and not options.dry_run:
            put_tables(pack, mover.writes(), entries)
            found.changed = True
    remember(FORM.name, table.mapped, found, today)
    return found


def _areas(pack: Pack) -> tuple[dict[str, int], str]:
    """Residents of each of the pack's areas, and the edition that they are of."""
    if AREAS not in pack.tables or pack.table(AREAS).empty:
        raise ImportFileError(
            f"{pack.path}: the pack has no areas. Import the Indices of Deprivation (iod) first."
        )
    rows = pack.table(AREAS)
    residents = dict(
        zip(rows["code"].astype("str"), rows["population"].astype("int64").tolist(), strict=True)
    )
    return residents, ", ".join(sorted(rows["vintage"].unique()))


def _pair(record: Record, residents: Mapping[str, int]) -> tuple[str, str] | Problem:
    if record.problem is not None:
        return record.problem
    if record.lone:
        return REMARK
    old, new = record.values.get("old", "").upper(), record.values.get("new", "").upper()
    if not (_is_code(old) and _is_code(new)):
        return NO_CODE
    if new not in residents and old not in residents:
        return OUTSIDE
    before = new <= _LAST_OLD[new[:3]]
    return WAS_THERE if old != new and before and not record.values.get("change") else (old, new)


def _without_shares(source: Source, table: Table) -> Iterator[Record]:
    """The records of a lookup.

    Raises:
        ImportFileError: a column has shares or overlaps of areas, so not every row is an area that became another.
    """
    used = set(table.mapped.columns.values())
    rest = {at: name for at, name in enumerate(table.headings) if at not in used}
    first = list(islice(table.records, _SAMPLE))
    for at, name in rest.items():
        cells = [record.cells[at].strip() for record in first if at < len(record.cells)]
        filled = [cell for cell in cells if cell]
        parts = sum(_FRACTION.fullmatch(cell) is not None for cell in filled)
        if _SHARES.search(name.replace("_", " ")) or (filled and parts >= _MOSTLY * len(filled)):
            raise ImportFileError(
                f"{source.path}: the column {name or at + 1!r} has shares or overlaps of areas, so this is not a lookup of the "
                "ONS: a sliver of ground would count as a split. Take the ONS's own lookup of LSOAs of 2011 to those of "
                "2021, which names the areas that changed (CHGIND); python -m svdash pull iod2025 fetches it."
            )
    return chain(first, table.records)


def _is_code(text: str) -> bool:
    return len(text) == 9 and text[:3] in ("E01", "W01") and text[3:].isdigit()


def _may_move(vintage: str, pairs: list[tuple[str, str]], found: Reconciliation) -> None:
    if vintage not in EDITIONS or EDITIONS[vintage].census != NEW:
        raise ImportRefusedError(
            f"The pack's areas carry the Indices of {vintage}, and this lookup leads to areas of {NEW}. Import the Indices "
            "of Deprivation 2025 (iod) with --replace first, then this. Nothing was imported.",
            found,
        )
    if not pairs:
        raise ImportRefusedError(
            f"{found.file}: none of its {wording.counted(found.incoming.rows, 'row')} is of the pack's areas. Import the lookup that "
            "has them. Nothing was imported.",
            found,
        )


class _Mover:
    """Writes the tables of a pack anew, into a folder, with each line in an area of today.

    Attributes:
        files: by name of a table that changes, where its new file is.
        notes: what a reader must know, as sentences.
    """

    def __init__(self, pack: Pack, moved: Moves, folder: Path) -> None:
        self.pack, self.moved, self.folder = pack, moved, folder
        self.files: dict[str, Path] = {}
        self.notes: list[str] = []
        self._counted: dict[str, Counter[str]] = {}

    def move(self) -> None:
        """Write what changes."""
        for name in AREA_COLUMNS:
            if name in self.pack.names and self.pack.file(name).is_file():
                self._note(name, self._lines(name))
        for name, columns in _referring(self.pack).items():
            self._note(name, self._rows(name, columns))
        if not self.files:
            self.notes.append("All lines are in areas of the pack or outside it: none moves.")

    def _note(self, name: str, fresh: Path | None) -> None:
        done, self.moved.counted = self.moved.counted, Counter()
        self._counted[name] = done
        if fresh is None or not done:
            return
        self.files[name] = fresh
        words = {
            WHOLE: "to the only area in its place",
            DRAWN: "of areas that were split, by residents",
            POSTCODE: "by postcode",
            DOOR: "by coordinates",
        }
        changes = ", ".join(f"{wording.number(done[how])} {what}" for how, what in words.items() if done[how])
        if not changes:
            return
        self.notes.append(f"{name}: {wording.counted(done.total(), 'line')} moved to new areas: {changes}.")

    def _lines(self, name: str) -> Path:
        """Lines in a file of Parquet, batch by batch."""
        fresh = self.folder / f"{name}.parquet"
        number = 0
        before = after = 0
        with papq.ParquetFile(self.pack.file(name)) as file:
            schema = file.schema_arrow
            with papq.ParquetWriter(fresh, schema, compression="zstd") as writer:
                for batch in file.iter_batches(batch_size=BATCH):
                    rows = pa.table(batch)
                    placed = (
                        self._contacts(rows, number) if name == CONTACTS else self._payments(rows, number)
                    )
                    number += rows.num_rows
                    if name == CONTACTS:
                        before += pc.sum(rows["people"]).as_py() or 0
                        after += pc.sum(placed["people"]).as_py() or 0
                    writer.write_table(placed)
        if before != after:
            raise RuntimeError(
                f"{before} people in {name} became {after}. Nothing was written. Please report this."
            )
        return fresh

    def _gone(self, rows: pa.Table, column: str) -> list[int]:
        """Numbers of the lines whose area is gone."""
        if column not in rows.column_names:
            return []
        mask = pc.is_in(
            rows[column].cast(pa.string()), value_set=pa.array(list(self.moved.parts), pa.string())
        )
        return list(pc.indices_nonzero(mask).to_pylist())

    def _payments(self, rows: pa.Table, first: int) -> pa.Table:
        """Payments stay whole: each has one identifier, and one place of each kind."""
        for column in AREA_COLUMNS["payments"]:
            gone = self._gone(rows, column)
            if not gone:
                continue
            areas = rows[column].to_pylist()
            # A supplier has one office: all that it was paid moves together.
            names = ("supplier_id", "id") if column == "supplier_area" else ("id",)
            keys = [rows[name] for name in names if name in rows.column_names]
            postcodes = _beside(rows, _POSTCODES[column])
            for at in gone:
                key = next((str(each[at]) for each in keys if each[at].is_valid), str(first + at))
                areas[at] = self.moved.of(areas[at], f"{column}\n{key}", postcodes(at))
            where = rows.column_names.index(column)
            rows = rows.set_column(
                where, rows.schema.field(column), pa.array(areas, rows.schema.field(column).type)
            )
        return rows

    def _contacts(self, rows: pa.Table, first: int) -> pa.Table:
        """People of one line may go to several areas: then it becomes several lines."""
        (column,) = AREA_COLUMNS[CONTACTS]
        gone = self._gone(rows, column)
        if not gone:
            return rows
        areas, people = rows[column].to_pylist(), rows["people"].to_pylist()
        postcodes = _beside(rows, _POSTCODE)
        among = {
            at: self.moved.divided(areas[at], people[at] or 0, f"{CONTACTS}\n{first + at}", postcodes(at))
            if people[at] is not None
            else [(self.moved.of(areas[at], f"{CONTACTS}\n{first + at}"), None)]
            for at in gone
        }
        spread = [
            (at, code, number)
            for at in range(rows.num_rows)
            for code, number in among.get(at, [(areas[at], people[at])])
        ]
        placed = rows.take(pa.array([at for at, _, _ in spread], pa.int64()))
        for name, values in (
            (column, [code for _, code, _ in spread]),
            ("people", [n for _, _, n in spread]),
        ):
            known = rows.schema.field(name)
            placed = placed.set_column(rows.column_names.index(name), known, pa.array(values, known.type))
        return placed

    def _rows(self, name: str, columns: list[str]) -> Path | None:
        """Rows of a table of CSV that refers to areas."""
        rows = text_rows(self.pack, name)
        if name == POSTCODES:
            return self._postcodes(rows)
        keys = self.pack.resource(name)["schema"].get("primaryKey", [])
        keys = [keys] if isinstance(keys, str) else keys
        for number, row in enumerate(rows):
            key = "\n".join(row.get(each, "") for each in keys) or str(number)
            for column in columns:
                if row.get(column, "") in self.moved.parts:
                    row[column] = self.moved.of(row[column], f"{name}\n{column}\n{key}", row.get(_POSTCODE))
        doors = misplaced(self.pack, rows, columns)
        for row, code in doors:
            row[columns[0]] = code
        self.moved.counted[DOOR] += len(doors)
        self.moved.counted += Counter()
        fresh = self.folder / f"{name}.csv"
        fresh.write_bytes(written_rows(self.pack, name, rows))
        return fresh

    def _postcodes(self, rows: list[dict[str, str]]) -> Path | None:
        """Derived rows are not drawn: those of areas that are gone are left out until they are derived anew."""
        left = [row for row in rows if row["area"] not in self.moved.parts]
        if len(left) == len(rows):
            return None
        self.moved.counted["left out"] = len(rows) - len(left)
        self.notes.append(
            f"{POSTCODES}: {wording.counted(len(rows) - len(left), 'postcode')} of areas that are gone left out. Import the boundaries, "
            "then the postcodes again."
        )
        fresh = self.folder / f"{POSTCODES}.csv"
        fresh.write_bytes(written_rows(self.pack, POSTCODES, left))
        return fresh

    def entries(self, vintage: str, about: Mapping[str, Any], by: str) -> dict[str, dict[str, Any]]:
        """What the descriptor says of the tables now; only of those of which it says something else."""
        found = {}
        for name, done in self._counted.items():
            entry = self.pack.resource(name)
            if name not in self.files and entry.get("vintage") == vintage:
                continue
            fresh = _on_areas_of(entry, NEW) | {"vintage": vintage}
            if name in self.files:
                fresh |= {
                    "placed": {**about, "lines": dict(sorted(done.items()))},
                    "updated": about["on"],
                    "updatedBy": by,
                }
            found[name] = fresh
        return found

    def writes(self) -> dict[str, pack_writer.Write]:
        """By table of the pack, what writes its new file."""
        return {name: pack_writer.copied(fresh) for name, fresh in self.files.items()}


def _beside(rows: pa.Table, name: str) -> Any:
    """What gives the postcode of a line, where the pack keeps one."""
    if name not in rows.column_names:
        return lambda _: None
    return lambda at: rows[name][at].as_py()


def _on_areas_of(entry: Mapping[str, Any], census: str) -> dict[str, Any]:
    """The entry, with the Census of its areas in the descriptions of its fields."""
    schema = entry.get("schema", {})
    fields = [
        {**each, "description": str(each["description"]).replace(f"LSOA {OLD}", f"LSOA {census}")}
        if "description" in each
        else dict(each)
        for each in schema.get("fields", [])
    ]
    return {**entry, "schema": {**schema, "fields": fields}}


def _referring(pack: Pack) -> dict[str, list[str]]:
    """Tables of CSV with columns that refer to areas."""
    found: dict[str, list[str]] = {}
    for name in pack.names:
        if name in AREA_COLUMNS or name == AREAS:
            continue
        entry = pack.resource(name)
        keys = entry.get("schema", {}).get("foreignKeys", []) if entry.get("format") == "csv" else []
        columns = [
            column
            for each in keys
            if each["reference"].get("resource") == AREAS
            for column in ([each["fields"]] if isinstance(each["fields"], str) else each["fields"])
        ]
        if columns and pack.file(name).is_file():
            found[name] = columns
    return found


# -- doors --------------------------------------------------------------------------------------------


def misplaced(pack: Pack, rows: list[dict[str, str]], columns: list[str]) -> list[tuple[dict[str, str], str]]:
    """Rows with coordinates that stand in another area than they name, and that area, by the pack's outlines.

    Nothing is said where some of the pack's areas have no outline: those are of another Census then.
    """
    import shapely

    located = [row for row in rows if row.get("latitude") and row.get("longitude")]
    if len(columns) != 1 or not located or BOUNDARIES not in pack.names:
        return []
    shapes = read(pack).features
    codes = [str(code) for code in pack.table(AREAS)["code"]]
    if not set(codes) <= set(shapes):
        return []
    tree = shapely.STRtree([shapely.geometry.shape(shapes[code]) for code in codes])
    points = shapely.points([[float(row["longitude"]), float(row["latitude"])] for row in located])
    at, hits = tree.query(points, predicate="intersects")
    inside: dict[int, set[str]] = {}
    for row_at, hit in zip(at.tolist(), hits.tolist(), strict=True):
        inside.setdefault(row_at, set()).add(codes[hit])
    return [
        (row, min(inside[number]))
        for number, row in enumerate(located)
        if number in inside and row[columns[0]] not in inside[number]
    ]


def settle_doors(pack: Pack, options: Options) -> Iterator[str]:
    """Let places with coordinates name the areas that they stand in by the pack's outlines; yields what was done."""
    today = str(options.today or datetime.now(tz=UTC).date())
    files: dict[str, pack_writer.Write] = {}
    entries: dict[str, dict[str, Any]] = {}
    for name, columns in _referring(pack).items():
        if name == POSTCODES:
            yield f"{POSTCODES}: derived from the earlier outlines. Pull them again."
            continue
        rows = text_rows(pack, name)
        doors = misplaced(pack, rows, columns)
        if not doors:
            continue
        for row, code in doors:
            row[columns[0]] = code
        files[name] = written(written_rows(pack, name, rows))
        entries[name] = {
            **pack.resource(name),
            "updated": today,
            "updatedBy": options.by or pack_writer.authority(pack),
        }
        yield f"{name}: {wording.counted(len(doors), 'place')} moved to another area by these outlines."
    if files and not options.dry_run:
        put_tables(pack, files, entries)
