"""Files become rows one by one, however large they are."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from svdash.importing.files.source_files import csv_lines, open_source
from svdash.importing.reconciliation import ImportFileError
from tests.integration.importing.made import Imports, table


def test_rows_are_read_one_by_one_and_none_is_held(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("Date,Supplier,Amount\n")
        stream.writelines(
            f"01/04/2024,Supplier {number} of a long name and more,{number}.00\n" for number in range(60_000)
        )
    source = open_source(path)
    assert source.size > 3_000_000
    tracemalloc.start()
    count = sum(1 for _ in csv_lines(source).rows)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_001
    assert most < 500_000


def test_lines_are_staged_in_batches_and_all_of_them_arrive(imports: Imports) -> None:
    rows = [f"0{1 + number % 9}/04/2024,Supplier {number % 7},{number}.25" for number in range(50_003)]
    found = imports.first(table(*rows, header="Date,Supplier,Amount"))
    assert found.used.rows == len(imports.lines()) == 50_003
    assert found.used.pence == sum(range(50_003)) * 100 + 50_003 * 25


def test_progress_is_told_in_bytes_of_the_file(imports: Imports) -> None:
    rows = [f"01/04/2024,Foo,{number}.00" for number in range(25_000)]
    steps: list[tuple[int, int]] = []
    path = imports.file(table(*rows, header="Date,Supplier,Amount"))
    imports.first(path, progress=lambda done, of: steps.append((done, of)), dry_run=True)
    assert len(steps) == 2
    assert all(0 < done <= of == path.stat().st_size for done, of in steps)


def test_lines_are_numbered_as_a_spreadsheet_shows_them(imports: Imports) -> None:
    content = 'Title\n\nDate,Supplier,Amount\n1/4/2024,"Foo\nLtd",5\n\n2/4/2024,Bar,6\n'
    imports.first(content)
    assert [name[-6:] for name in imports.lines()["id"]] == ["000004", "000006"]
    assert imports.lines()["supplier"].iloc[0] == "Foo Ltd"


def test_no_line_of_a_file_passes_for_its_end(imports: Imports) -> None:
    lines = ("01/04/2024,Foo,1.00,x", "\x1eend\x1e", "02/04/2024,Bar,2.00,y")
    found = imports.first(table(*lines))
    assert (found.incoming.rows, found.used.rows, found.used.pence) == (3, 2, 300)


def test_a_zip_whose_parts_are_damaged_is_told_whatever_packs_them(imports: Imports) -> None:
    for packing in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", packing) as archive:
            archive.writestr("a.geojson", json.dumps({"type": "FeatureCollection", "features": [1] * 500}))
        data = bytearray(made.getvalue())
        data[60:80] = bytes(20)
        with pytest.raises(ImportFileError, match="the zip is damaged"):
            imports.run(imports.file(bytes(data), "a.zip"), "boundaries")
