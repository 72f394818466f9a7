"""The packs beside the embedded one are sound and are what their scripts make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as papq
import pytest

from svdash.findings.reach import area_cells
from svdash.register import Framework
from svdash.tables import Pack
from tests.copies import ROOT, SMALL

MAKE = ROOT / "tests" / "packs" / "make_small.py"
AGAIN = "run python tests/packs/make_small.py and commit what it makes"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "small"
    subprocess.run([sys.executable, str(MAKE), "--out", str(folder)], check=True)
    return folder


def test_the_small_pack_is_what_its_script_makes_of_the_embedded_one(made: Path) -> None:
    assert {file.name for file in made.iterdir()} == {file.name for file in SMALL.iterdir()}, AGAIN
    for file in made.iterdir():
        if file.suffix == ".parquet":
            # Another version of the library may write the same rows in other bytes.
            assert papq.read_table(file).equals(papq.read_table(SMALL / file.name)), f"{file.name}: {AGAIN}"
        else:
            assert file.read_bytes() == (SMALL / file.name).read_bytes(), f"{file.name}: {AGAIN}"


def test_the_small_pack_is_sound(small_pack: Pack) -> None:
    assert small_pack.faults == ()
    assert area_cells.problem(small_pack) == ""


def test_the_small_pack_has_areas_of_every_district_and_decile_and_something_of_every_table(
    pack: Pack, small_pack: Pack
) -> None:
    areas = small_pack.table("areas")
    assert len(areas) == 42
    assert set(areas["decile"]) == set(range(1, 11))
    assert set(areas["district"]) == set(pack.table("areas")["district"])
    assert small_pack.tables == pack.tables
    assert all(small_pack.count(name) for name in small_pack.tables)
    assert Framework.of(small_pack).calendar.default_year == Framework.of(pack).calendar.default_year
