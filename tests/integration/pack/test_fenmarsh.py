"""The pack of another kind of authority: it is what its script makes, and nothing is wrong with it."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from svdash.lines.line_faults import line_faults
from svdash.tables import boundary_faults, open_pack
from tests.copies import DATA, ROOT
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


GUIDE = (ROOT / "docs" / "guides" / "your-own-pack.md").read_text(encoding="utf-8")


def test_the_guide_names_every_concept_that_an_indicator_may_have() -> None:
    field = next(
        each
        for each in open_pack(DATA).resource("indicators")["schema"]["fields"]
        if each["name"] == "concept"
    )
    assert [each for each in field["constraints"]["enum"] if f"`{each}`" not in GUIDE] == []


def test_the_guide_shows_the_authority_as_the_pack_has_it() -> None:
    block = GUIDE.partition("```json\n")[2].partition("```")[0]
    shown = json.loads(f"{{{block}}}")["authority"]
    assert shown.items() <= make_fenmarsh.AUTHORITY.items()


def test_the_guide_says_of_every_table_whether_the_pack_has_it() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| `") and line.count("|") == 4]
    said = {
        name: cells[2].strip() == "yes"
        for cells in (row.split("|") for row in rows)
        if cells[2].strip() in ("yes", "no")
        for name in re.findall("`([a-z_]+)`", cells[1])
    }
    has = set(open_pack(make_fenmarsh.FOLDER).names)
    assert said == {name: name in has for name in open_pack(DATA).names}


def test_what_the_guide_quotes_of_the_vocabulary_stands_in_it() -> None:
    own = make_fenmarsh.texts()["vocabulary.csv"].splitlines()
    blocks = re.findall("```csv\n(.*?)```", GUIDE, re.DOTALL)
    assert [line for block in blocks for line in block.splitlines() if line not in own] == []
