"""The pack of another kind of authority: it is what its script makes, and nothing is wrong with it."""

from __future__ import annotations

import pandas as pd
import pytest

from svdash.lines.line_faults import line_faults
from svdash.tables import boundary_faults, open_pack
from tests.packs import make_fenmarsh


@pytest.mark.parametrize("name", sorted(make_fenmarsh.texts()))
def test_a_text_file_of_the_pack_is_what_the_script_makes(name: str) -> None:
    assert (make_fenmarsh.FOLDER / name).read_text(encoding="utf-8") == make_fenmarsh.texts()[name]


@pytest.mark.parametrize("name", sorted(make_fenmarsh.lines()))
def test_a_file_of_lines_is_what_the_script_makes(name: str) -> None:
    # Rows, not bytes: a newer Arrow writes the same rows as another file.
    pd.testing.assert_frame_equal(
        pd.read_parquet(make_fenmarsh.FOLDER / name), make_fenmarsh.lines()[name], check_dtype=False
    )


def test_the_folder_has_no_other_file() -> None:
    made = {*make_fenmarsh.texts(), *make_fenmarsh.lines()}
    assert {path.name for path in make_fenmarsh.FOLDER.iterdir()} == made


def test_nothing_is_wrong_with_the_pack() -> None:
    pack = open_pack(make_fenmarsh.FOLDER)
    assert (*pack.faults, *boundary_faults.faults(pack), *line_faults(pack)) == ()


def test_every_table_says_that_it_is_made_up() -> None:
    pack = open_pack(make_fenmarsh.FOLDER)
    assert {pack.resource(name)["status"] for name in pack.names} == {"illustrative"}
