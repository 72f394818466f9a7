"""Opening, versions, and what is remembered for each."""

from __future__ import annotations

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svdash.settings import pack_folder
from svdash.tables import PackError, UnknownTableError, open_pack, package
from tests.work_done import wait_until


def test_the_same_pack_is_returned_until_a_file_changes(one, tmp_path):
    pack = one("id\na\n", "id")
    assert open_pack(tmp_path) is pack
    (tmp_path / "t.csv").write_text("id\nb\n")
    changed = open_pack(tmp_path)
    assert changed is not pack
    assert changed.fingerprint != pack.fingerprint
    assert changed.table("t")["id"].tolist() == ["b"]


def test_a_change_that_keeps_size_and_time_just_after_opening_is_seen(one, tmp_path):
    pack = one("id\na\n", "id")
    found = (tmp_path / "t.csv").stat()
    with (tmp_path / "t.csv").open("r+") as stream:
        stream.write("id\nb\n")
    os.utime(tmp_path / "t.csv", ns=(found.st_atime_ns, found.st_mtime_ns))
    assert open_pack(tmp_path) is not pack


def test_files_written_again_with_the_same_bytes_are_the_same_pack(one, tmp_path):
    pack = one("id\na\n", "id")
    (tmp_path / "t.csv").write_text("id\na\n")
    assert open_pack(tmp_path) is pack
    assert pack.table("t")["id"].tolist() == ["a"]


def test_files_that_have_long_been_as_they_are_are_not_read_again(one, tmp_path, monkeypatch):
    one("id\na\n", "id")
    for name in ("t.csv", "datapackage.json"):
        os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
    pack = open_pack(tmp_path)

    def refuse(path):
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr(package, "_digest", refuse)
    assert open_pack(tmp_path) is pack
    (tmp_path / "datapackage.json").write_text((tmp_path / "datapackage.json").read_text() + "\n")
    assert open_pack(tmp_path) is not pack


def test_the_fingerprint_depends_on_every_file_and_on_nothing_else(one, tmp_path):
    first = one("id\na\n", "id").fingerprint
    assert len(first) == 64
    assert int(first, 16) >= 0
    (tmp_path / "note.txt").write_text("not a resource")
    assert open_pack(tmp_path).fingerprint == first
    (tmp_path / "t.csv").unlink()
    without = open_pack(tmp_path).fingerprint
    (tmp_path / "t.csv").write_text("id\na\n")
    assert without != first
    assert open_pack(tmp_path).fingerprint == first


def test_a_table_first_read_after_a_change_is_refused_rather_than_mixed_with_older_ones(one, tmp_path):
    pack = one("id\na\n", "id")
    (tmp_path / "t.csv").write_text("id\nchanged\n")
    with pytest.raises(PackError, match="changed while the pack was being read"):
        pack.table("t")


def test_a_pack_keeps_what_it_read_when_the_file_changes_later(one, tmp_path):
    pack = one("id\na\n", "id")
    assert len(pack.table("t")) == 1
    (tmp_path / "t.csv").write_text("id\nb\nc\n")
    assert pack.table("t")["id"].tolist() == ["a"]


def test_a_table_that_nobody_asks_for_is_not_read(packed, monkeypatch):
    read = []
    original = package.check_table
    monkeypatch.setattr(package, "check_table", lambda table: (read.append(table.name), original(table))[1])
    fields = {"fields": [{"name": "id"}]}
    pack = packed({"a": (fields, "id\n1\n"), "b": (fields, "id\n2\n")})
    assert read == []
    pack.table("b")
    pack.table("b")
    assert read == ["b"]
    assert pack.faults is pack.faults
    assert read == ["b", "a"]


def test_after_a_save_to_one_table_only_that_one_is_checked_again(packed, tmp_path, monkeypatch):
    checked = []
    original = package.check_table
    monkeypatch.setattr(
        package, "check_table", lambda table: (checked.append(table.name), original(table))[1]
    )
    fields = {"fields": [{"name": "id"}]}
    assert packed({"a": (fields, "id\n1\n"), "b": (fields, "id\n2\n")}).faults == ()
    (tmp_path / "b.csv").write_text("id\n 3\n")
    assert [str(fault.value) for fault in open_pack(tmp_path).faults] == [" 3"]
    assert checked == ["a", "b", "b"]


def test_another_schema_of_the_same_bytes_is_checked_again(packed):
    first = packed({"t": ({"fields": [{"name": "id"}]}, "id\na\n")})
    assert first.faults == ()
    second = packed({"t": ({"fields": [{"name": "id", "type": "integer"}]}, "id\na\n")})
    assert [fault.problem for fault in second.faults] == ["is not a whole number"]
    assert first.faults == ()


def test_what_one_pack_withholds_for_its_links_another_with_the_same_table_does_not(packed):
    parent = {"fields": [{"name": "id"}]}
    key = {"fields": ["parent"], "reference": {"resource": "parent", "fields": ["id"]}}
    child = {"fields": [{"name": "parent"}], "foreignKeys": [key]}
    lines = "parent\na\nb\n"
    told = []
    for ids in ("a\n", "a\nb\n", "b\n", "a\n"):
        pack = packed({"parent": (parent, f"id\n{ids}"), "child": (child, lines)})
        told.append((pack.table("child")["parent"].tolist(), len(pack.faults)))
    assert told == [(["a"], 1), (["a", "b"], 0), (["b"], 1), (["a"], 1)]


def test_an_unknown_table_lists_what_there_is(one):
    pack = one("id\na\n", "id")
    for ask in (pack.table, pack.resource, pack.withheld, pack.file):
        with pytest.raises(UnknownTableError, match=r"no table 'tt'\. Did you mean 't'\? It has: t\."):
            ask("tt")
    assert issubclass(UnknownTableError, KeyError)


def test_a_frame_that_a_caller_changes_stays_as_it_is_for_others(one):
    pack = one("id\na\n", "id")
    frame = pack.table("t")
    frame.loc[0, "id"] = "spoilt"
    frame["more"] = 1
    assert pack.table("t").to_dict("list") == {"id": ["a"]}


def test_what_is_remembered_is_built_once_and_what_raises_is_not_kept(one):
    pack = one("id\na\n", "id")
    built = []
    assert [pack.remember("k", lambda: built.append(1) or len(built)) for _ in range(3)] == [1, 1, 1]

    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pack.remember("other", fail)
    assert pack.remember("other", lambda: 7) == 7
    assert pack.remember("nothing", lambda: None) is None


def test_building_may_remember_in_turn(one):
    pack = one("id\na\n", "id")
    assert pack.remember("outer", lambda: pack.remember("inner", lambda: len(pack.table("t"))) + 1) == 2


def run_together(work, threads=8):
    barrier, results = threading.Barrier(threads), []

    def run():
        barrier.wait()
        results.append(work())

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(timeout=60)
    assert len(results) == threads
    return results


def test_threads_that_ask_for_the_same_value_at_once_get_one_build(one):
    pack = one("id\na\n", "id")
    built, asking = [], []

    def build():
        wait_until(lambda: len(asking) == 8)
        built.append(1)
        return object()

    def ask():
        asking.append(1)
        return pack.remember("k", build)

    assert len(set(map(id, run_together(ask, threads=8)))) == 1
    assert len(built) == 1


def test_threads_that_open_and_read_at_once_get_one_pack_and_one_answer(one, tmp_path):
    one("id\na\n=b\n", "id")

    def work():
        pack = open_pack(tmp_path)
        return id(pack), len(pack.faults), tuple(pack.table("t")["id"])

    assert len(set(run_together(work))) == 1


def test_the_folder_of_the_settings_is_the_embedded_one_unless_named(tmp_path, monkeypatch):
    house = pack_folder({}).parent
    assert pack_folder({}).name == "data"
    assert (house / "svdash" / "settings.py").is_file()
    assert pack_folder({"SVDASH_PACK": "  "}) == house / "data"
    monkeypatch.chdir(tmp_path)
    assert pack_folder({"SVDASH_PACK": "mine"}) == tmp_path / "mine"
    assert pack_folder({"SVDASH_PACK": "/srv/pack"}).as_posix() == "/srv/pack"


def test_the_pack_of_the_settings_is_opened_by_default(one, tmp_path, monkeypatch):
    pack = one("id\na\n", "id")
    monkeypatch.setenv("SVDASH_PACK", str(tmp_path))
    assert open_pack() is pack


@given(st.binary(max_size=300))
def test_no_file_whatever_is_in_it_crashes_the_check(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    (folder / "t.csv").write_bytes(data)
    fields = '[{"name": "a", "type": "integer"}, {"name": "b", "type": "date"}, {"name": "c"}]'
    descriptor = f'{{"resources": [{{"name": "t", "path": "t.csv", "schema": {{"fields": {fields}}}}}]}}'
    (folder / "datapackage.json").write_text(descriptor)
    pack = open_pack(folder)
    assert isinstance(pack.faults, tuple)
    assert pack.table("t").columns.tolist() == ["a", "b", "c"]


@given(st.text(alphabet='a1,"\n\r =;-\x00é', max_size=60))
def test_every_row_of_a_file_is_either_given_out_or_withheld_for_a_fault(tmp_path_factory, body):
    folder = tmp_path_factory.mktemp("rows")
    (folder / "t.csv").write_bytes(b"a,b\n" + body.encode())
    (folder / "datapackage.json").write_text(
        '{"resources": [{"name": "t", "path": "t.csv", "schema": {"fields": [{"name": "a"}, {"name": "b"}]}}]}'
    )
    pack = open_pack(folder)
    rows_at_fault = {fault.row for fault in pack.faults}
    assert (pack.withheld("t") > 0) is bool(rows_at_fault)
    assert pack.withheld("t") >= len(rows_at_fault)
