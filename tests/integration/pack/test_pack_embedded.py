"""The embedded pack, and an independent reader of the same standard as a judge."""

from __future__ import annotations

import frictionless
import pytest

from svdash.settings import pack_folder
from svdash.tables import open_pack

REGISTER = {
    "fields": [
        {"name": "id", "constraints": {"required": True, "unique": True, "pattern": "[A-Z]+[0-9]"}},
        {"name": "kind", "constraints": {"enum": ["day-one", "practice"]}},
        {"name": "n", "type": "integer", "constraints": {"minimum": 1, "maximum": 9}},
        {"name": "share", "type": "number"},
        {"name": "on", "type": "date"},
        {"name": "agreed", "type": "boolean"},
        {"name": "title", "constraints": {"maxLength": 5}},
        {"name": "parent"},
    ],
    "primaryKey": ["id"],
    "foreignKeys": [{"fields": ["parent"], "reference": {"resource": "", "fields": ["id"]}}],
    "missingValues": [""],
}
HEADER = "id,kind,n,share,on,agreed,title,parent\n"


@pytest.fixture(scope="module")
def embedded():
    return open_pack(pack_folder({}))


def test_the_embedded_pack_has_no_faults(embedded):
    assert [str(fault) for fault in embedded.faults] == []


def test_every_table_of_the_embedded_pack_has_rows_and_withholds_none(embedded):
    assert [name for name in embedded.tables if embedded.table(name).empty or embedded.withheld(name)] == []


def test_the_embedded_pack_is_valid_for_an_independent_reader_too(embedded):
    # Row by row it would take minutes for lines, whose keys point at tables that are validated here.
    package = frictionless.Package(str(embedded.path / "datapackage.json"))
    for name in embedded.lines:
        package.remove_resource(name)
    report = package.validate()
    assert report.flatten(["title", "rowNumber", "fieldName", "note"]) == []


@pytest.mark.parametrize(
    "rows",
    [
        "A1,day-one,1,0.5,2023-03-31,true,short,\nB2,practice,9,-1e3,1999-12-31,false,,A1\n",
        ",day-one,1,,,,,\n",
        "A1,,,,,,,\nA1,,,,,,,\n",
        "a1,,,,,,,\nA1x,,,,,,,\nA1,,,,,,,\n",
        "A1,other,,,,,,\nB1,day-one,,,,,,\n",
        "A1,,0,,,,,\nB1,,10,,,,,\nC1,,1.5,,,,,\nD1,,x,,,,,\nE1,,5,,,,,\n",
        "A1,,,abc,,,,\nB1,,,1.5,,,,\n",
        "A1,,,,31/03/2023,,,\nB1,,,,2023-02-29,,,\nC1,,,,2024-02-29,,,\n",
        "A1,,,,,maybe,,\nB1,,,,,TRUE,,\nC1,,,,,0,,\n",
        "A1,,,,,,longer,\nB1,,,,,,exact,\n",
        "A1,,,,,,,Z9\nB1,,,,,,,\nC1,,,,,,,B1\n",
        "A1,,,,,,\nB1,,,,,,,,x\nC1,,,,,,,\n",
        '"A1",,,,,,"a,\nb",\nB1,,x,,,,,\n',
    ],
)
def test_rows_at_fault_are_those_that_an_independent_reader_finds(packed, tmp_path, rows):
    pack = packed({"t": (REGISTER, HEADER + rows)})
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    theirs = {row for (row,) in report.flatten(["rowNumber"]) if row is not None}
    assert {fault.row for fault in pack.faults} == theirs
