"""What is taken away of a snapshot carries its id: CSV, JSON, Excel and pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import pandas as pd
import pytest

from svdash.findings import Finding
from svdash.findings.snapshot_taking import stored
from svdash.findings.snapshots import Entry, opened
from svdash.findings.snapshots.stored_snapshot import written
from svdash.records import History, connect
from svdash.records.taken_snapshots import SnapshotLog
from svdash.tables import Pack
from svdash.web.builds import Builds
from tests.copies import SMALL
from tests.kept_snapshot import FOLDER, KEPT, put_on_record
from tests.open_data_server import listening

ENTRY = "local-economy/kinds/economy-kinds"
AT = f"/api/v1/snapshots/{KEPT}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patch, listening(Builds(2)) as found:
        patch.setenv("SVDASH_PACK", str(SMALL))
        patch.setenv("SVDASH_SNAPSHOTS", str(FOLDER))
        database = tmp_path_factory.mktemp("records") / "records.sqlite3"
        patch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{database}")
        put_on_record()
        yield found
        connect().close()


def test_it_lists_what_it_holds(client: httpx.Client) -> None:
    told = client.get(f"/api/v1/snapshots/{KEPT[:8]}").json()
    assert (told["id"], len(told["entries"])) == (KEPT, 255)
    assert ENTRY in {entry["key"] for entry in told["entries"]}


def test_every_row_of_a_csv_carries_the_id_and_the_figures_are_those_of_then(
    client: httpx.Client,
) -> None:
    answer = client.get(f"{AT}/{ENTRY}.csv")
    rows = pd.read_csv(io.BytesIO(answer.content))
    assert set(rows["snapshot"]) == {KEPT}
    assert set(rows["snapshot_entry"]) == {ENTRY}
    assert KEPT[:8] in answer.headers["Content-Disposition"]
    assert list(rows["type_label"]) == list(opened(KEPT).finding(ENTRY).frame["type_label"])
    assert client.get(f"{AT}/{ENTRY}.json").json()["snapshot"] == KEPT


def test_an_excel_file_carries_the_id_and_numbers_as_numbers(client: httpx.Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{AT}/{ENTRY}.xlsx").content))
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert (about["Snapshot"], about["Entry"]) == (KEPT, ENTRY)
    cells = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    assert f"Snapshot {KEPT}" in cells
    assert any(isinstance(cell, float) for cell in cells)


def test_a_picture_carries_the_id(client: httpx.Client) -> None:
    assert f"Snapshot {KEPT}" in client.get(f"{AT}/{ENTRY}.svg").text
    assert client.get(f"{AT}/{ENTRY}.png").content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/v1/snapshots/deadbeef", "no file of a snapshot"),
        ("/api/v1/snapshots/latest", "is not an id of a snapshot"),
        (f"{AT}/overview/none.csv", "Of this page there are overview/promises"),
        (f"{AT}/{ENTRY}.exe", "is not served"),
        (f"{AT}/data-and-methods/tables/catalogue.svg", "has no picture"),
    ],
)
def test_what_there_is_not_is_a_404_that_says_what_there_is(
    client: httpx.Client, address: str, said: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert said in answer.json()["error"]


def test_a_parameter_that_is_not_known_is_refused(client: httpx.Client) -> None:
    assert client.get(f"{AT}/{ENTRY}.csv?year=2025/26").status_code == 422


def test_one_that_was_withdrawn_is_gone_from_the_next_request_on(
    client: httpx.Client, small_pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_DATABASE_URL", f"sqlite:///{tmp_path / 'records.sqlite3'}")
    monkeypatch.setenv("SVDASH_SNAPSHOTS", str(tmp_path / "snapshots"))
    found = Finding("one", "Head", "Sub", pd.DataFrame({"a": [1.5]}), {"a": "A"})
    snapshot = written(small_pack, {}, [(Entry("page/one", "page", "one", "Head"), found)], "1")
    stored(snapshot, name="Board", by="ann", view="/")
    addresses = [f"/api/v1/snapshots/{snapshot.id}{end}" for end in ("", "/page/one.csv")]
    before = [client.get(each) for each in addresses]
    assert [each.status_code for each in before] == [200, 200]
    SnapshotLog(History(connect())).withdraw(snapshot.id, "A small group", by="eve", view="/")
    after = [
        client.get(each, headers={"If-None-Match": was.headers["ETag"]})
        for each, was in zip(addresses, before, strict=True)
    ]
    assert [each.status_code for each in after] == [410, 410]
    assert after[1].json()["error"].endswith(": A small group.")
    connect().close()
