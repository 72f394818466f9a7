"""Files become rows one by one, however large they are."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from svdash.importing.source_files import csv_lines, open_source
from tests.importers.made import Imports, table


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
