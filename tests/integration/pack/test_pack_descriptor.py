"""Descriptors as they are written by hand, generated, or made to do harm."""

from __future__ import annotations

import json

import pytest

from svdash.tables import PackError, open_pack

SOUND = {"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "id"}]}}


def pack_of(folder, *resources):
    (folder / "t.csv").write_text("id\na\n")
    (folder / "datapackage.json").write_text(json.dumps({"resources": list(resources)}))
    return open_pack(folder)


def with_field(folder, **entry):
    return pack_of(folder, {**SOUND, "schema": {"fields": [{"name": "id", **entry}]}})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"resources": [', "not valid JSON at line 1, column 16"),
        (b"", "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"{}", "lists no resources"),
        (b'{"resources": []}', "lists no resources"),
        (b'{"resources": {"a": 1}}', "lists no resources"),
        (b'{"name": "caf\xe9"}', "not UTF-8"),
        (b'{"name": NaN}', "NaN is not a JSON value"),
        (b'{"name": "\\ud800"}', "not UTF-8"),
        (b"[" * 200_000, "not JSON that can be read"),
    ],
)
def test_a_descriptor_that_can_not_be_read_is_an_error_that_names_it(tmp_path, content, said):
    (tmp_path / "datapackage.json").write_bytes(content)
    with pytest.raises(PackError, match=r"datapackage\.json") as raised:
        open_pack(tmp_path)
    assert said in str(raised.value)


def test_a_descriptor_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "t.csv").write_text("id\na\n")
    (tmp_path / "datapackage.json").write_bytes(b"\xef\xbb\xbf" + json.dumps({"resources": [SOUND]}).encode())
    assert open_pack(tmp_path).faults == ()


def test_a_folder_that_is_not_there_a_file_and_an_empty_folder_are_errors_with_a_remedy(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    for name, said in (
        ("nowhere", "no such folder"),
        ("file", "this is a file"),
        ("folder", "has no datapackage.json"),
    ):
        with pytest.raises(PackError, match=said) as raised:
            open_pack(tmp_path / name)
        assert str(tmp_path / name) in str(raised.value)


@pytest.mark.parametrize(
    "path",
    ["../secret.csv", "a/../../secret.csv", "/etc/passwd", "~/secret.csv", "C:\\secret.csv", "\\\\host\\secret.csv",
     "https://host/secret.csv", "file:///etc/passwd", "..\\secret.csv", "secret\x00.csv", "", None, 3, ["t.csv"], "link.csv"],
)  # fmt: skip
def test_a_path_that_could_lead_out_of_the_pack_is_refused_and_nothing_is_read(tmp_path, path):
    (tmp_path / "secret.csv").write_text("id\nsecret\n")
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    pack = pack_of(folder, {**SOUND, "path": path})
    assert len(pack.faults) == 1
    assert pack.table("t").empty
    with pytest.raises(PackError, match="refused"):
        pack.file("t")


def test_a_path_into_a_folder_of_the_pack_is_read(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "t.csv").write_text("id\nb\n")
    pack = pack_of(tmp_path, {**SOUND, "path": "more/t.csv"})
    assert pack.faults == ()
    assert pack.table("t")["id"].tolist() == ["b"]


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({**SOUND, "schema": None}, "no schema with fields"),
        ({"name": "t", "path": "t.csv"}, "no schema with fields"),
        ({**SOUND, "schema": "schema.json"}, "no schema with fields"),
        ({**SOUND, "schema": {"fields": []}}, "no schema with fields"),
        ({**SOUND, "schema": {"fields": [{"name": "id"}, {"type": "string"}]}}, "field 2 of the schema has no name"),
        ({**SOUND, "schema": {"fields": [{"name": "id"}, {"name": "id"}]}}, "has this field twice"),
        ({**SOUND, "schema": {**SOUND["schema"], "primaryKey": "idd"}}, "Did you mean 'id'?"),
        ({**SOUND, "schema": {**SOUND["schema"], "missingValues": [1]}}, "not a list of missing values"),
        ({**SOUND, "schema": {**SOUND["schema"], "foreignKeys": ["x"]}}, "not a foreign key"),
        (
            {**SOUND, "schema": {**SOUND["schema"], "foreignKeys": [{"fields": "id", "reference": {"fields": []}}]}},
            "cannot refer to 0 fields",
        ),
        ({**SOUND, "format": "xlsx"}, "Save the table as CSV or Parquet"),
        ({**SOUND, "encoding": "latin-1"}, "Save the file as UTF-8"),
    ],
)  # fmt: skip
def test_a_faulty_resource_is_a_fault_and_no_crash(tmp_path, resource, said):
    pack = pack_of(tmp_path, resource)
    assert said in " ".join(map(str, pack.faults))
    assert pack.table("t").columns.tolist() in ([], ["id"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"type": "geopoint"}, "not a type that is read"),
        ({"type": "date", "format": "%d/%m/%Y"}, "not a format of a date"),
        ({"type": "number", "groupChar": ","}, "'groupChar' is not read"),
        ({"constraints": {"requried": True}}, "Did you mean 'required'?"),
        ({"constraints": {"pattern": "("}}, "not a regular expression"),
        ({"constraints": {"pattern": 3}}, "not a regular expression"),
        ({"constraints": {"enum": "a"}}, "not a list of values"),
        ({"type": "integer", "constraints": {"enum": ["x"]}}, "not a list of values of type integer"),
        (
            {"type": "date", "constraints": {"minimum": "soon"}},
            "not a valid minimum for a field of type date",
        ),
        ({"constraints": {"maxLength": "long"}}, "not a valid maxLength"),
        ({"constraints": {"maxLength": True}}, "not a valid maxLength"),
        ({"constraints": "required"}, "not a set of constraints"),
        ({"separator": ""}, "not a valid separator"),
        ({"vocabulary": 3}, "not a valid vocabulary"),
        ({"references": {"resource": "t"}}, "not a reference"),
    ],
)
def test_a_faulty_field_is_a_fault_of_its_column(tmp_path, entry, said):
    pack = with_field(tmp_path, **entry)
    fault = next(fault for fault in pack.faults if said in str(fault))
    assert (fault.table, fault.row, fault.column) == ("t", None, "id")


def test_resources_without_a_usable_name_are_faults_of_the_descriptor(tmp_path):
    pack = pack_of(
        tmp_path, "t", {"path": "t.csv"}, {**SOUND, "name": "../t"}, SOUND, {**SOUND, "path": "other.csv"}
    )
    assert [fault.table for fault in pack.faults] == ["datapackage.json"] * 4
    assert "names resource 5 and an earlier one" in str(pack.faults[3])
    assert pack.names == ("t",)
    assert len(pack.table("t")) == 1
    assert pack.resource("t")["path"] == "t.csv"


def test_a_file_that_is_no_table_is_listed_and_found_but_not_read_as_one(tmp_path):
    (tmp_path / "areas.geojson").write_text("{}")
    areas = {"name": "areas", "path": "areas.geojson", "format": "geojson"}
    pack = pack_of(tmp_path, SOUND, areas, {**areas, "name": "lost", "path": "lost.geojson"})
    assert pack.names == ("t", "areas", "lost")
    assert pack.tables == ("t",)
    assert pack.file("areas").read_text() == "{}"
    with pytest.raises(KeyError, match="a file of format geojson, not a table"):
        pack.table("areas")
    assert [fault.table for fault in pack.faults] == ["lost"]


def test_custom_properties_of_a_resource_are_kept(tmp_path):
    pack = pack_of(tmp_path, {**SOUND, "status": "illustrative", "access": "gated"})
    assert pack.resource("t")["access"] == "gated"
    assert pack.faults == ()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (7, []),
        ([7, "a", None], []),
        ([{"fields": "id", "reference": 7}], []),
        (
            [{"fields": "id", "reference": {"resource": ["t"], "fields": ["id", 7]}}],
            [{"fields": ["id"], "reference": {"resource": "", "fields": ["id"]}}],
        ),
        (
            {"fields": ["id"], "reference": {"resource": "t", "fields": "id"}},
            [{"fields": ["id"], "reference": {"resource": "t", "fields": ["id"]}}],
        ),
    ],
)
def test_of_the_foreign_keys_of_a_schema_those_are_described_that_can_be_followed(tmp_path, given, read):
    pack = pack_of(tmp_path, {**SOUND, "schema": {**SOUND["schema"], "foreignKeys": given}})
    assert pack.resource("t")["schema"]["foreignKeys"] == read


@pytest.mark.parametrize(("given", "read"), [("id", ["id"]), (["id", 7], ["id"]), (7, []), ({}, [])])
@pytest.mark.parametrize("key", ["primaryKey", "missingValues"])
def test_the_other_keys_of_a_schema_are_lists_of_texts(tmp_path, key, given, read):
    pack = pack_of(tmp_path, {**SOUND, "schema": {**SOUND["schema"], key: given}})
    assert pack.resource("t")["schema"][key] == read
