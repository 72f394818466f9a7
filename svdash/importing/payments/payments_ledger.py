"""Adds staged lines to the pack's payments: sums them, finds duplicates, and writes table and descriptor together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as papq

from svdash import wording
from svdash.importing.file_overview import Overview, overview
from svdash.importing.files.source_files import Source
from svdash.importing.payments.payment_lines import (
    BATCH,
    REDACTED,
    REFERENCE,
    Staged,
    payments_file,
    schema_of,
)
from svdash.importing.questions import refuse_unanswered
from svdash.importing.reconciliation import (
    ImportFileError,
    ImportRefusedError,
    Options,
    Reconciliation,
    Tally,
)
from svdash.importing.writing import pack_writer
from svdash.lines.engine import Engine, Lines
from svdash.lines.line_tables import PAYMENTS, ROW, framework_from
from svdash.tables.package import Pack

# Identifiers of lines begin with this letter, and a fingerprint of their file.
TAG: Final = "S-"
TAG_LENGTH: Final = len("S-0123456789ab-")
# So much of a file in an earlier one is no chance: the one was published anew as the other.
OVERLAP: Final = 0.5
_FEWEST: Final = 5
_EXAMPLES: Final = 3
# Alike lines are likely doubles where they are few or rare, or where the file has nearly all lines twice.
_FEW_ALIKE: Final = 20
_RARE: Final = 0.02
_HALF: Final = 0.4

# What the descriptor says of payments once they are real. Constraints that only invented lines keep are taken out:
# publishers don't say more than they do.
_DESCRIPTION: Final = (
    "Payments as they were published, line by line, in pence. What a publisher doesn't say is left empty. Grants have "
    "the amount and date of their award. A month without a day has the date of its first day."
)
_FIELDS: Final = {
    "id": "Of the file and the row that the line comes from, or the grant's own",
    "supplier": "As published; REDACTED where the publisher withheld the name",
    "supplier_id": "As published; empty where there is none",
}
_NOT_ALWAYS: Final = ("supplier", "supplier_type", "programme", "supplier_place", "purpose")


class Ledger:
    """The pack's payments, and lines to be entered into them; the engine sums and compares both."""

    def __init__(self, engine: Engine, pack: Pack, staged: Staged, tag: str, *, invented: bool) -> None:
        self.engine, self.pack, self.staged, self.tag, self.invented = engine, pack, staged, tag, invented
        self.path = payments_file(pack)
        self.schema = schema_of(pack)
        # What is illustrative goes as a whole: there is nothing to compare with.
        self.compares = self.path.is_file() and not invented
        self.superseded: list[str] = []

    def total(self) -> Tally:
        """Number and sum of the staged lines, as they were written."""
        pence = nw.col("amount_pence").sum().cast(nw.Int64)
        lines = self.engine.scan(self.staged.path).select(nw.len().alias("rows"), pence=pence)
        row = self.engine.collect(lines).iloc[0]
        return Tally(int(row["rows"]), Decimal(int(row["pence"]) if row["rows"] else 0))

    def overview(self) -> Overview | None:
        """Days, months and suppliers of the staged lines."""
        lines = self.engine.scan(self.staged.path).group_by("date", "supplier_id", drop_null_keys=False)
        found = self.engine.collect(
            lines.agg(
                nw.col("supplier").min().alias("name"),
                nw.len().alias("rows"),
                nw.col("amount_pence").sum().cast(nw.Int64).alias("pence"),
            ).select("date", "supplier_id", "name", "rows", "pence")
        )
        columns = [found[name].tolist() for name in ("date", "supplier_id", "name", "rows", "pence")]
        return overview(
            (date(day.year, day.month, day.day), _text(key), _text(name), int(rows), int(pence))
            for day, key, name, rows, pence in zip(*columns, strict=True)
        )

    def enter(self, reconciliation: Reconciliation, source: Source, options: Options) -> None:
        """Put the lines into the table, unless that is refused, changes nothing, or is only tried.

        Raises:
            ImportRefusedError: there are none, the table is illustrative, or an earlier file has most of them.
            ImportFileError: the pack can't be written.
        """
        if not reconciliation.used.rows:
            raise _nothing(reconciliation)
        reconciliation.notes += list(self._doubles())
        self._may_enter(reconciliation, options)
        self._overlaps(reconciliation, options)
        refuse_unanswered(reconciliation)
        if self.compares and not self.superseded and self._same():
            reconciliation.notes.append(
                "The pack has these lines already, every one as it is here: nothing changes."
            )
        elif not options.dry_run:
            self._write(reconciliation, source, options)
            reconciliation.changed = True

    def _may_enter(self, reconciliation: Reconciliation, options: Options) -> None:
        if not self.invented:
            return
        if not options.replace:
            raise ImportRefusedError(
                f"The table {PAYMENTS!r} of this pack is illustrative: its lines are made up, and must not "
                "be mixed with real ones. Give --replace to remove the made-up lines and put these in their "
                "place; the table then counts as published. Nothing was imported.",
                reconciliation,
            )
        number = papq.read_metadata(self.path).num_rows if self.path.is_file() else 0
        reconciliation.notes.append(
            f"{wording.counted(number, 'illustrative line')} are replaced by these, and the table counts as published from now on."
        )

    # -- what is there twice --------------------------------------------------------------------------

    def _doubles(self) -> Iterator[str]:
        """A sentence on lines that are alike in all that they tell."""
        keys = ["date", "supplier", "amount_pence", "purpose", REFERENCE]
        groups = self.engine.scan(self.staged.path).group_by(keys, drop_null_keys=False)
        alike = groups.agg(nw.len().alias("lines"), nw.col(ROW).min().alias("first")).filter(
            nw.col("lines") > 1
        )
        found = self.engine.collect(alike.select("supplier", "amount_pence", "lines", "first", REFERENCE))
        more = int((found["lines"] - 1).sum())
        if more > max(_FEW_ALIKE, _RARE * self.staged.rows) and more < _HALF * self.staged.rows:
            # Where many lines are alike, being alike says nothing; the same reference does.
            found = found[found[REFERENCE].notna() & (found["supplier"] != REDACTED)]
            more = int((found["lines"] - 1).sum())
        if more:
            pence = int(((found["lines"] - 1) * found["amount_pence"]).sum())
            rows = ", ".join(str(row) for row in sorted(found["first"])[:_EXAMPLES])
            yield (
                f"{wording.counted(more, 'line')} ({wording.exact_money(pence)}) may be duplicates: date, supplier, amount and purpose "
                f"are those of an earlier line (see rows {rows}). They are kept, because two payments may be alike."
            )

    def _others(self) -> Lines:
        """The lines of the pack that these don't take the place of, with the tag of their file."""
        lines = self.engine.scan(self.path)
        if self.tag:
            lines = lines.filter(~nw.col("id").str.starts_with(self.tag))
        own = self.engine.scan(self.staged.path).select("id")
        of_file = nw.col("id").str.slice(0, TAG_LENGTH)
        tag = nw.when(nw.col("id").str.starts_with(TAG)).then(of_file).otherwise(nw.lit(""))
        return lines.join(own, on="id", how="anti").with_columns(tag.alias("tag"))

    def _overlaps(self, reconciliation: Reconciliation, options: Options) -> None:
        """Tell of lines that other files have as well; a file that has most of them is an earlier edition."""
        if not self.compares:
            return
        keys = ["date", "amount_pence", "supplier"]
        named = nw.col("supplier").fill_null("")
        others = self._others().with_columns(named).select(*keys, "tag").unique()
        new = self.engine.scan(self.staged.path).with_columns(named).select(*keys)
        met = self.engine.collect(
            new.join(others, on=keys, how="inner").group_by("tag").agg(nw.len().alias("lines"))
        )
        for tag, lines in zip(met["tag"], met["lines"], strict=True):
            self._note(str(tag), int(lines), reconciliation, options)

    def _note(self, tag: str, lines: int, reconciliation: Reconciliation, options: Options) -> None:
        file = next((each["file"] for each in self._imports() if each["tag"] == tag), None)
        where = f"lines of the file {file}" if file else "lines that the pack has from elsewhere"
        alike = f"{wording.number(lines)} of {wording.counted(self.staged.rows, 'line')} have date, supplier and amount of {where}"
        edition = file and lines >= _FEWEST and lines >= OVERLAP * self.staged.rows
        if not edition:
            reconciliation.notes.append(f"{alike}. They are kept: check whether they are the same payments.")
        elif options.overlap == "supersede":
            self.superseded.append(tag)
            reconciliation.notes.append(f"{alike}. These replace all lines of that file.")
        elif options.overlap == "keep":
            reconciliation.notes.append(f"{alike}. Both are kept, as requested.")
        else:
            raise ImportRefusedError(
                f"{alike}: it seems to be the same publication in another edition, and would count twice. Give "
                "--overlap supersede to put this file in the place of that one, or --overlap keep to have both. "
                "Nothing was imported.",
                reconciliation,
            )

    def _same(self) -> bool:
        """Whether the pack has exactly these lines already."""
        old = self.engine.scan(self.path)
        if self.tag:
            own = old.filter(nw.col("id").str.starts_with(self.tag)).select(nw.len().alias("rows"))
            if int(self.engine.collect(own)["rows"].iloc[0]) != self.staged.rows:
                return False
        rest = [name for name in self.schema.names if name != "id"]
        before = old.select("id", *(nw.col(name).alias(f"{name}_before") for name in rest))
        both = self.engine.scan(self.staged.path).join(before, on="id", how="inner")
        for name in rest:
            was, now = nw.col(f"{name}_before"), nw.col(name)
            both = both.filter((was == now) | (was.is_null() & now.is_null()))
        return (
            int(self.engine.collect(both.select(nw.len().alias("rows")))["rows"].iloc[0]) == self.staged.rows
        )

    # -- writing --------------------------------------------------------------------------------------

    def _imports(self) -> list[dict[str, Any]]:
        found = self.pack.resource(PAYMENTS).get("imports", [])
        return [each for each in found if isinstance(each, dict) and {"file", "tag"} <= set(each)]

    def _write(self, reconciliation: Reconciliation, source: Source, options: Options) -> None:
        descriptor = self._descriptor(reconciliation, source, options)
        reconciliation.notes += list(self._loosened(descriptor))
        pack_writer.put(self.pack, {PAYMENTS: self._compose}, descriptor)

    def _loosened(self, descriptor: dict[str, Any]) -> Iterator[str]:
        """A sentence on constraints that were taken out of the schema."""
        entry = next(each for each in descriptor["resources"] if each.get("name") == PAYMENTS)
        before, after = self.pack.resource(PAYMENTS)["schema"]["fields"], entry["schema"]["fields"]
        names = [
            old["name"]
            for old, new in zip(before, after, strict=True)
            if old.get("constraints") != new.get("constraints")
        ]
        if names:
            yield (
                f"Published lines don't always give {', '.join(names)}, or not as the invented ones did: from now on these may be "
                "empty, or written otherwise."
            )

    def _compose(self, fresh: Path) -> None:
        """Write the lines that stay, then the new ones, some at a time."""
        own = None if self.tag else set(_column(self.staged.path, "id"))
        with papq.ParquetWriter(fresh, self.schema, compression="zstd") as writer:
            if self.compares:
                for table in self._tables(self.path):
                    writer.write_table(table.filter(pc.invert(self._leaving(table["id"], own))))
            for table in self._tables(self.staged.path):
                writer.write_table(table)

    def _tables(self, path: Path) -> Iterator[pa.Table]:
        with papq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                try:
                    yield pa.table(batch).select(self.schema.names).cast(self.schema)
                except (KeyError, pa.ArrowException) as error:
                    raise ImportFileError(
                        f"{path}: its columns are not those that the schema has ({error}). Run check, and correct the "
                        "table first."
                    ) from error

    def _leaving(self, ids: Any, own: set[str] | None) -> Any:
        tags = [tag for tag in (self.tag, *self.superseded) if tag]
        if own is not None:
            leaving = pc.is_in(ids, value_set=pa.array(sorted(own), pa.string()))
        else:
            leaving = pc.is_null(ids)
        for tag in tags:
            leaving = pc.or_(leaving, pc.fill_null(pc.starts_with(ids, tag), fill_value=False))
        return leaving

    def _descriptor(self, reconciliation: Reconciliation, source: Source, options: Options) -> dict[str, Any]:
        """The pack's descriptor as it is with the lines: what it says of payments, and whence they are."""
        on = str(options.today or reconciliation_day())
        by = options.by or pack_writer.authority(self.pack)
        named = {"title": source.name} | ({"path": options.source} if options.source else {})
        entry = pack_writer.vouched(
            self.pack.resource(PAYMENTS), source=named, licence=options.licence, by=by, on=on
        )
        gone = {*self.superseded, self.tag or _key(source)}
        stays = [] if self.invented else [each for each in self._imports() if each["tag"] not in gone]
        lost = {each["file"] for each in self._imports() if each["tag"] in gone} - {
            each["file"] for each in stays
        }
        entry["sources"] = [
            each for each in entry["sources"] if each["title"] == source.name or each["title"] not in lost
        ]
        entry["imports"] = [
            *stays,
            {
                "file": source.name,
                "sha256": source.sha256,
                "format": reconciliation.format,
                "tag": self.tag or _key(source),
                "lines": reconciliation.used.rows,
                "pence": reconciliation.used.pence,
                "refused": reconciliation.refused_rows,
                "on": on,
            },
        ]
        if self.invented:
            entry["description"] = _DESCRIPTION
        entry["schema"] = _loosened(entry["schema"])
        entries = [
            entry if isinstance(each, dict) and each.get("name") == PAYMENTS else each
            for each in self.pack.descriptor["resources"]
        ]
        return {**self.pack.descriptor, **self._begins(options), "resources": entries}

    def _begins(self, options: Options) -> dict[str, Any]:
        """The descriptor's authority, where the first day of its Framework moves back."""
        first, _ = framework_from(self.pack)
        if options.since is None or options.since >= first:
            return {}
        before = self.pack.descriptor.get("authority")
        return {
            "authority": {
                **(before if isinstance(before, dict) else {}),
                "framework_from": options.since.isoformat(),
            }
        }


def _loosened(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of payments whose constraints published lines can keep."""
    fields = []
    for each in schema["fields"]:
        field = dict(each)
        constraints = dict(field.get("constraints", {}))
        if field["name"] in _NOT_ALWAYS:
            constraints.pop("required", None)
        if field["name"] in _FIELDS and "pattern" in constraints:
            constraints.pop("pattern")
            field["description"] = _FIELDS[field["name"]]
        if field["name"] == "supplier" and str(field.get("description", "")).startswith("Invented"):
            field["description"] = _FIELDS["supplier"]
        field.pop("constraints", None)
        fields.append(field | ({"constraints": constraints} if constraints else {}))
    return {**schema, "fields": fields}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _key(source: Source) -> str:
    return f"G-{source.sha256[:12]}-"


def reconciliation_day() -> str:
    """Today, as YYYY-MM-DD."""
    from datetime import UTC, datetime

    return datetime.now(tz=UTC).date().isoformat()


def _column(path: Path, name: str) -> Iterable[str]:
    values: list[str] = papq.read_table(path, columns=[name])[name].to_pylist()
    return values


def _nothing(reconciliation: Reconciliation) -> ImportRefusedError:
    """The error of a file none of whose lines can be used, with the commonest reason."""
    if not reconciliation.incoming.rows:
        return ImportRefusedError(
            f"{reconciliation.file}: the table has headings and no rows. Nothing was imported.",
            reconciliation,
        )
    common = max(reconciliation.refused.values(), key=lambda tally: tally.rows)
    return ImportRefusedError(
        f"{reconciliation.file}: none of its {wording.counted(reconciliation.incoming.rows, 'row')} can be used; in "
        f"{wording.number(common.rows)}, {common.words} (first in row {common.first}). {common.remedy} Nothing was imported.",
        reconciliation,
    )
