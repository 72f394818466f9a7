"""Backups of the records: restored row by row, also into a database of the other kind, and refused if they were changed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from svdash.records import Draft, History, RecordsError, connect
from svdash.records.copies import backup, restore

PAIRS = [
    pytest.param(kind, other, marks=[pytest.mark.postgresql] if "postgresql" in (kind, other) else [])
    for kind, other in product(("sqlite", "postgresql"), repeat=2)
]


def filled(url: str) -> History:
    history = History(connect(url))
    first, _, told = history.add(
        [
            Draft("update:A-1", "update", {"note": "é 😀"}),
            Draft("update:A-2", "update", {"note": "a\nb"}),
            Draft("testimony:1", "testimony", {}, words="in their words"),
        ],
        by="ann",
        view="/",
    )
    history.add([Draft("update:A-1", "update", {"note": "later"}, first.number)], by="bob", view="/")
    history.add([Draft("testimony:2", "testimony", {}, words="kept words")], by="bob", view="/")
    history.erase_words(told.number, by="ed", view="/", reason="asked")
    return history


@pytest.mark.parametrize(("kind", "other"), PAIRS)
def test_a_restored_copy_is_the_same_row_by_row(
    new_url: Callable[[str], str], tmp_path: Path, kind: str, other: str
) -> None:
    source, target = new_url(kind), new_url(other)
    history = filled(source)
    saved = backup(connect(source), tmp_path / "records.zip")
    assert restore(connect(target), tmp_path / "records.zip") == saved == history.last()
    restored = History(connect(target))
    assert list(restored.all()) == list(history.all())
    assert restored.faults() == ()
    assert [each.words for each in restored.newest("testimony")] == [None, "kept words"]
    restored.add([Draft("update:A-3", "update", {})], by="ann", view="/")
    assert restored.faults() == ()


def test_an_erased_text_is_not_in_a_backup(new_url: Callable[[str], str], tmp_path: Path) -> None:
    url = new_url("sqlite")
    filled(url)
    backup(connect(url), tmp_path / "records.zip")
    with zipfile.ZipFile(tmp_path / "records.zip") as archive:
        rows = archive.read("history.jsonl").decode()
    assert "kept words" in rows
    assert "in their words" not in rows


def test_a_database_with_records_is_not_restored_into(new_url: Callable[[str], str], tmp_path: Path) -> None:
    url = new_url("sqlite")
    history = filled(url)
    before = list(history.all())
    backup(connect(url), tmp_path / "records.zip")
    with pytest.raises(RecordsError, match=r"it has records already\. Name an empty database"):
        restore(connect(url), tmp_path / "records.zip")
    assert list(history.all()) == before


def test_a_backup_replaces_no_file(new_url: Callable[[str], str], tmp_path: Path) -> None:
    url = new_url("sqlite")
    filled(url)
    (tmp_path / "records.zip").write_text("mine")
    with pytest.raises(RecordsError, match="exists already"):
        backup(connect(url), tmp_path / "records.zip")
    assert (tmp_path / "records.zip").read_text() == "mine"
    with pytest.raises(RecordsError, match="no file can be written there"):
        backup(connect(url), tmp_path / "no folder" / "records.zip")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def changed(rows: list[dict[str, object]], way: str) -> list[dict[str, object]]:
    if way == "a row is changed":
        rows[1]["content"] = '{"note":"nicer"}'
    elif way == "a row is missing":
        del rows[1]
    elif way == "the last row is missing":
        del rows[-1]
    elif way == "words are changed":
        rows[4]["text"] = "nicer words"
    elif way == "a column is missing":
        del rows[0]["hash"]
    elif way == "a number is text":
        rows[0]["number"] = "one"
    return rows


@pytest.mark.parametrize(
    "way",
    [
        "a row is changed",
        "a row is missing",
        "the last row is missing",
        "words are changed",
        "a column is missing",
        "a number is text",
    ],
)
def test_a_backup_that_was_changed_is_refused_and_nothing_is_restored(
    new_url: Callable[[str], str], tmp_path: Path, way: str
) -> None:
    source, target = new_url("sqlite"), new_url("sqlite")
    filled(source)
    backup(connect(source), tmp_path / "records.zip")
    with zipfile.ZipFile(tmp_path / "records.zip") as archive:
        about = archive.read("about.json")
        rows = [json.loads(line) for line in archive.read("history.jsonl").splitlines()]
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
        archive.writestr("about.json", about)
        archive.writestr("history.jsonl", "".join(json.dumps(row) + "\n" for row in changed(rows, way)))
    with pytest.raises(RecordsError, match=r"Nothing was restored|refuses the row"):
        restore(connect(target), tmp_path / "changed.zip")
    assert History(connect(target)).last()[0] == 0


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_refused(new_url: Callable[[str], str], tmp_path: Path, content: bytes) -> None:
    url = new_url("sqlite")
    (tmp_path / "records.zip").write_bytes(content)
    with pytest.raises(RecordsError, match=r"records\.zip: it can't be read as a backup"):
        restore(connect(url), tmp_path / "records.zip")
    with pytest.raises(RecordsError, match=r"missing\.zip: it can't be read"):
        restore(connect(url), tmp_path / "missing.zip")
