"""Indices of Deprivation, File 7: scores, ranks, deciles and denominators of all areas (LSOAs) of England.

The areas of the pack's districts become its table of areas: overall rank and decile, the deciles of the seven domains,
and the residents that the Indices divide by. A pack has one edition: areas, lines and boundaries must be of one Census.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from svdash import wording
from svdash.importing.columns.column_mapping import MissingFieldsError
from svdash.importing.columns.published_tables import Form, Record, Table, open_table
from svdash.importing.columns.remembered_mappings import remember
from svdash.importing.files.source_files import Source
from svdash.importing.payments.payment_files import REMARK
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
from svdash.lines.line_tables import AREAS
from svdash.tables.faults import suggestion
from svdash.tables.package import Pack

DOMAINS: Final = ("income", "employment", "education", "health", "crime", "housing", "environment")
DECILES: Final = ("decile", *(f"{domain}_decile" for domain in DOMAINS))
FIELDS: Final = (
    Field("code", required=True),
    Field("name", required=True),
    Field("district", required=True),
    Field("district_name"),
    Field("rank", required=True),
    *(Field(name, required=True) for name in DECILES),
    Field("population", required=True),
)
FORM: Final = Form("iod", FIELDS, "deprivation_indices_headings.csv")


@dataclass(frozen=True)
class Edition:
    """An edition of the Indices.

    Attributes:
        year: that it is called by.
        census: whose areas it describes.
        areas: how many there are in England.
        residents: when its residents were counted.
    """

    year: str
    census: str
    areas: int
    residents: str


EDITIONS: Final = {
    each.year: each
    for each in (Edition("2019", "2011", 32_844, "mid-2015"), Edition("2025", "2021", 33_755, "mid-2022"))
}

OUTSIDE: Final = Problem("outside", "an area outside the pack's districts", "Nothing is missing.")
NO_CODE: Final = Problem(
    "code", "there is no code of an area", "Give the ONS code of an LSOA, such as E01000001."
)
NO_NAME: Final = Problem("name", "the area has no name", "Give its ONS name, such as Exampleshire 006A.")
NO_NUMBER: Final = Problem(
    "number",
    "a rank, a decile or the number of residents is missing or impossible",
    "Correct it, as the file was published.",
)
TURNED: Final = Problem(
    "disagree",
    "rank and decile don't agree",
    "Check which columns they are read from: 1 is the most deprived in both.",
)
TWICE: Final = Problem("twice", "an earlier row has this area, or this rank", "Delete the row that is wrong.")
DIFFERS: Final = Problem(
    "differs", "the pack has other figures for this area", "Give --replace to take the file's."
)

# How the note begins that says what must follow, for those who see to that themselves.
NEXT: Final = "Import next: "
_CODE: Final = re.compile("E01[0-9]{6}")
_WHOLE: Final = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.0+)?")

Rows = dict[str, dict[str, str]]


def run(source: Source, pack: Pack, options: Options) -> Reconciliation:
    """Import ranks, deciles and residents of the pack's districts into its areas.

    Raises:
        ImportFileError: the file can't be read as File 7, or its edition can't be told.
        ImportRefusedError: no area can be used, or the pack's areas are of another edition.
    """
    today = options.today or datetime.now(tz=UTC).date()
    found = Reconciliation(
        FORM.name, source.name, source.sha256, (AREAS,), money=False, dry_run=options.dry_run
    )
    with RefusedLines() as refused, _file_7(source, options) as table:
        edition = _edition(source, table, options)
        _in_vocabulary(pack, edition)
        areas = _Areas(pack, edition, options)
        refused.head(table.headings)
        for record in table.records:
            problem = record.problem or areas.take(record)
            found.incoming.add(record.number, 0)
            if problem is None:
                found.used.add(record.number, 0)
            else:
                found.refuse(record.number, 0, problem)
                refused.add(record.number, problem, record.cells)
        table.describe(found)
        found.mapping = table.mapped.for_people(FIELDS)
        found.settle()
        found.refused_file = refused.place(source, options)
    areas.may_enter(found)
    found.notes += areas.notes()
    if areas.changes and not options.dry_run:
        _write(pack, areas, _residents(edition, table), options, today)
        found.changed = True
    remember(FORM.name, table.mapped, found, str(today))
    return found


@contextmanager
def _file_7(source: Source, options: Options) -> Iterator[Table]:
    """The table in a file.

    Raises:
        ImportFileError: it can't be read as File 7, or is another file of the Indices.
    """
    try:
        with open_table(source, FORM, options) as table:
            yield table
    except MissingFieldsError as error:
        parts = {*DECILES[1:], "population"}
        if not set(error.missing) <= parts or len(error.missing) < len(DOMAINS):
            raise
        raise ImportFileError(
            f"{source.path}: this is not File 7 of the Indices of Deprivation but a smaller one, such as File 1: it has no "
            "deciles of the domains or no number of residents. Take File 7 (all ranks, scores, deciles and population "
            "denominators) of the same edition; python -m svdash pull iod2025 fetches that of 2025."
        ) from error


def _edition(source: Source, table: Table, options: Options) -> Edition:
    """The edition: as given, else told by the Census of the areas and the years in the headings."""
    if options.vintage is not None:
        if options.vintage not in EDITIONS:
            raise ImportFileError(
                f"--vintage: {options.vintage!r} is not an edition that can be read. {suggestion(options.vintage, EDITIONS)} "
                f"Editions: {wording.choices(EDITIONS)}."
            )
        return EDITIONS[options.vintage]
    heads = {name: table.headings[at] for name, at in table.mapped.columns.items()}
    census = re.search(r"(?:20|lsoa)(11|21)", heads["code"], re.IGNORECASE)
    of_census = [each for each in EDITIONS.values() if census and each.census.endswith(census[1])]
    # Editions share a Census: the one of 2015 has the areas of 2019, and residents of 2012.
    years = set(re.findall("20[0-9]{2}", f"{heads['district']} {heads['population']}"))
    if of_census and not (of_census[0].census == "2011" and years & {"2010", "2012", "2013", "2014"}):
        return of_census[0]
    raise ImportFileError(
        f"{source.path}, row {table.row}: the headings {heads['code']!r} and {heads['population']!r} don't say which edition "
        f"of the Indices this is. Editions: {wording.choices(EDITIONS)}. Say which with --vintage."
    )


def _in_vocabulary(pack: Pack, edition: Edition) -> None:
    known = _labels(pack, "vintage")
    if edition.year not in known:
        raise ImportFileError(
            f"{pack.path}: the list vintage of the vocabulary has no {edition.year!r}, only {wording.choices(known)}. Add a row to "
            "vocabulary.csv first."
        )


def _labels(pack: Pack, kind: str) -> dict[str, str]:
    if "vocabulary" not in pack.tables:
        raise ImportFileError(f"{pack.path}: the pack has no vocabulary, so it names no districts. Add one.")
    words = pack.table("vocabulary")
    own = words[words["list"] == kind]
    return dict(zip(own["code"], own["label"], strict=True))


class _Areas:
    """Areas of the pack's districts, compared with what the pack has of them."""

    def __init__(self, pack: Pack, edition: Edition, options: Options) -> None:
        self.edition, self.replace = edition, options.replace
        self.districts = _labels(pack, "district")
        self.rows: Rows = {}
        self.ranks: set[str] = set()
        rows = text_rows(pack, AREAS)
        self.before: Rows = {row["code"]: row for row in rows}
        self.editions = sorted({row["vintage"] for row in rows})
        self.other = bool(rows) and self.editions != [edition.year]

    def take(self, record: Record) -> Problem | None:
        """Take in an area, if it is of the pack's districts; else say why not."""
        values = record.values
        if record.lone:
            return REMARK
        code = values.get("code", "").upper()
        row = self._row(code, values)
        if isinstance(row, Problem):
            return row
        if code in self.rows or row["rank"] in self.ranks:
            return TWICE
        old = self.before.get(code)
        if old is not None and not self.other and not self.replace and not _alike(old, row):
            return DIFFERS
        self.rows[code] = row
        self.ranks.add(row["rank"])
        return None

    def _named(self, code: str, name: str, district: str) -> Problem | None:
        if not _CODE.fullmatch(code):
            return NO_CODE
        if district not in self.districts:
            return OUTSIDE
        return None if len(name) > 1 else NO_NAME

    def _row(self, code: str, values: Mapping[str, str]) -> dict[str, str] | Problem:
        name = values.get("name", "")
        problem = self._named(code, name, values.get("district", "").upper())
        if problem is not None:
            return problem
        numbers = {each: _whole(values.get(each, "")) for each in ("rank", *DECILES, "population")}
        deciles = [numbers[each] for each in DECILES]
        rank, decile = numbers["rank"], numbers["decile"]
        if rank is None or decile is None or not numbers["population"]:
            return NO_NUMBER
        if not 1 <= rank <= self.edition.areas or any(
            each is None or not 1 <= each <= 10 for each in deciles
        ):
            return NO_NUMBER
        # Tenths are not cut alike everywhere: one apart may be, two can't.
        if abs(-(-10 * rank // self.edition.areas) - decile) > 1:
            return TURNED
        district = values["district"].upper()
        return {
            "code": code,
            "name": name,
            "msoa": name[:-1].strip(),
            "district": district,
            "district_name": values.get("district_name") or self.districts[district],
            "vintage": self.edition.year,
            **{each: str(number) for each, number in numbers.items()},
        }

    def may_enter(self, found: Reconciliation) -> None:
        """Raise ImportRefusedError where no area can be used, or they can't stand beside those of the pack."""
        if not self.rows:
            raise ImportRefusedError(_nothing(found, self.districts), found)
        if not self.other:
            return
        new = self.edition
        if not self.replace:
            raise ImportRefusedError(
                f"The pack's areas carry the Indices of {wording.choices(self.editions)}, and this file is of {new.year}, on areas of "
                f"the {new.census} Census. One pack has one edition. Give --replace to put these areas in the place of "
                f"those, then import the boundaries of {new.census}; or import the File 7 of "
                f"{wording.choices(self.editions)}. Nothing was imported.",
                found,
            )
        there = {row["district"] for row in self.rows.values()}
        missing = sorted(
            {row["district_name"] for row in self.before.values() if row["district"] not in there}
        )
        if missing:
            raise ImportRefusedError(
                f"{found.file}: there is no area of {wording.choices(missing)} in it that can be used, and a map can't mix two "
                "editions. Give the file of all districts. Nothing was imported.",
                found,
            )

    @property
    def after(self) -> list[dict[str, str]]:
        """All areas, as they will stand in the pack, by code."""
        kept = {} if self.other else self.before
        together = kept | {code: kept.get(code, {}) | row for code, row in self.rows.items()}
        return [together[code] for code in sorted(together)]

    @property
    def changes(self) -> bool:
        """Whether the pack's areas would be others."""
        return self.other or any(
            code not in self.before or not _alike(self.before[code], row) for code, row in self.rows.items()
        )

    def notes(self) -> Iterator[str]:
        """What a reader must know of the areas, as sentences."""
        if not self.changes:
            yield "The pack has these areas already, with these figures: nothing changes."
        missing = [code for code in self.before if code not in self.rows]
        if self.other:
            new = [code for code in self.rows if code not in self.before]
            yield (
                f"The Indices of {self.edition.year} take the place of those of {wording.choices(self.editions)}: "
                f"new {wording.counted(len(new), 'area')}, gone {wording.counted(len(missing), 'area')}."
            )
            yield (
                f"{NEXT}the boundaries of {self.edition.census} (boundaries), then the lookup (lsoa-lookup), which places "
                "lines of areas that are gone. Until then check names them."
            )
        elif missing:
            yield f"{wording.counted(len(missing), 'area')} of the pack did not come with the file: kept as before."
        by_district = Counter(row["district_name"] for row in self.rows.values())
        yield (
            "By district: "
            + ", ".join(f"{name} {wording.number(number)}" for name, number in sorted(by_district.items()))
            + "."
        )


def _whole(text: str) -> int | None:
    found = _WHOLE.fullmatch(text)
    return int(found[1].replace(",", "")) if found else None


def _alike(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    return all(old.get(name) == value for name, value in new.items())


def _nothing(found: Reconciliation, districts: Mapping[str, str]) -> str:
    if not found.incoming.rows:
        return f"{found.file}: the table has headings and no rows. Nothing was imported."
    own = [tally for code, tally in found.refused.items() if code != OUTSIDE.code]
    if not own:
        return (
            f"{found.file}: none of its {wording.counted(found.incoming.rows, 'area')} is of {wording.choices(districts.values())}. Import "
            "the file that has them. Nothing was imported."
        )
    common = max(own, key=lambda tally: tally.rows)
    return f"{found.file}: no area can be used: {common.words} (row {common.first}). {common.remedy} Nothing was imported."


def _residents(edition: Edition, table: Table) -> str:
    """When the residents were counted: as the heading says, else as the edition has it."""
    heading = table.headings[table.mapped.columns["population"]]
    year = re.search("20[0-9]{2}", heading)
    if year is None:
        return edition.residents
    return f"mid-{year[0]}" if "mid" in heading.casefold() else year[0]


# -- writing ------------------------------------------------------------------------------------------


def _write(pack: Pack, areas: _Areas, residents: str, options: Options, today: date) -> None:
    rows = areas.after
    entry = pack.resource(AREAS)
    title = f"Ministry of Housing, Communities and Local Government, English Indices of Deprivation {areas.edition.year}"
    address = (
        options.source
        or f"https://www.gov.uk/government/statistics/english-indices-of-deprivation-{areas.edition.year}"
    )
    if areas.other or not areas.before:
        entry = {**entry, "sources": [], "status": "official"} | _described(entry, areas, rows, residents)
    fresh = pack_writer.vouched(
        entry,
        source={"title": title, "path": address},
        licence=options.licence or "OGL-UK-3.0",
        by=options.by or pack_writer.authority(pack),
        on=str(today),
    )
    put_tables(pack, {AREAS: written(written_rows(pack, AREAS, rows))}, {AREAS: fresh})


def _described(
    entry: Mapping[str, Any], areas: _Areas, rows: list[dict[str, str]], residents: str
) -> dict[str, Any]:
    """What the descriptor says of areas of another edition: title, description, and the size of ranks."""
    edition = areas.edition
    people = sum(int(row["population"]) for row in rows)
    worst = [row for row in rows if row["decile"] == "1"]
    share = 100 * sum(int(row["population"]) for row in worst) / people
    fields = []
    for each in entry["schema"]["fields"]:
        field = dict(each)
        if field["name"] == "code":
            field["description"] = f"ONS code of the area (LSOA {edition.census})"
        elif field["name"] == "rank":
            field["title"] = f"Rank of {wording.number(edition.areas)}"
            field["description"] = f"Overall rank of {wording.number(edition.areas)}; 1 is the most deprived"
            field["constraints"] = {**field.get("constraints", {}), "maximum": edition.areas}
        elif field["name"] == "population":
            field["title"] = f"Residents, {residents}"
            field["description"] = f"All residents, {residents}: the denominators of the Indices"
        fields.append(field)
    return {
        "title": f"Areas: deprivation in {edition.year}, residents in {residents}",
        "description": (
            f"The {wording.number(len(rows))} areas (Lower Layer Super Output Areas drawn after the {edition.census} Census) of the "
            f"districts, with their rank and decile among England's {wording.number(edition.areas)} in the Indices of Deprivation "
            f"{edition.year}. Residents ({residents}) are the denominators of those Indices, not the present population. "
            f"They sum to {wording.number(people)}. {wording.number(len(worst))} areas are in decile 1; {wording.percent(share)} of those residents live there."
        ),
        "schema": {**entry["schema"], "fields": fields},
    }
