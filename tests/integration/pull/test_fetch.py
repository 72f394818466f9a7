"""Fetching one file from a publisher that fails in every way that they do."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from svdash.importing.pull import fetch as fetching
from svdash.importing.pull.fetch import ATTEMPTS, Fetched, PullError, fetch, wanted
from tests.integration.pull.publisher import Publisher, publishing

# Nothing in it repeats, so a piece in the wrong place shows.
CONTENT = b"code,name\n" + b"".join(hashlib.sha256(b"%d" % n).hexdigest().encode() for n in range(18_750))
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setattr(fetching, "PAUSE_SECONDS", 0.001)
    with publishing() as found:
        yield found


def get(address: str, folder: Path) -> Fetched:
    return fetch(wanted(address, "file.csv", "SVDASH_X_URL"), folder)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_file_comes_whole_with_its_fingerprint_recorded(publisher: Publisher, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    file = wanted(publisher.offer("/File_7.csv", CONTENT), "file.csv", "SVDASH_X_URL")
    found = fetch(file, tmp_path / "pull", lambda done, of: seen.append((done, of)))
    assert found.path.read_bytes() == CONTENT
    assert (found.path.name, found.size, found.sha256) == ("File_7.csv", len(CONTENT), SHA256)
    assert (found.checked, found.attempts, found.received) == (False, 1, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert json.loads((tmp_path / "pull" / "File_7.csv.json").read_text())["sha256"] == SHA256
    assert files(tmp_path / "pull") == ["File_7.csv", "File_7.csv.json"]


def test_an_address_that_names_no_file_gives_it_the_products_name(
    publisher: Publisher, tmp_path: Path
) -> None:
    address = publisher.offer("/items/abc/csv", CONTENT)
    assert get(f"{address}?layers=0", tmp_path).path.name == "file.csv"


def test_what_breaks_off_goes_on_where_it_broke(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT, breaks=[300_000, 400_000])
    found = get(f"{address}#sha256={SHA256}", tmp_path)
    assert (found.checked, found.attempts) == (True, 3)
    assert found.path.read_bytes() == CONTENT
    assert publisher.statuses == [200, 206, 206]
    assert [asked for _, asked, _ in publisher.asked] == ["", "bytes=300000-", "bytes=700000-"]
    assert publisher.sent == found.received == len(CONTENT)


def test_a_later_pull_goes_on_where_an_earlier_one_gave_up(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT, breaks=[100_000] + [1_000] * (ATTEMPTS - 1))
    with pytest.raises(PullError, match=r"broke off.*tried 5 times; the 104,000 bytes that came are kept"):
        get(address, tmp_path)
    assert not (tmp_path / "a.csv").exists()
    found = get(address, tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert found.received == len(CONTENT) - 104_000
    assert publisher.sent == len(CONTENT)


def test_a_part_of_another_version_is_not_continued(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT, breaks=[100_000] + [0] * (ATTEMPTS - 1))
    with pytest.raises(PullError):
        get(address, tmp_path)
    newer = b"newer\n" + CONTENT[::-1]
    publisher.offer("/a.csv", newer)
    found = get(address, tmp_path)
    assert found.path.read_bytes() == newer
    assert publisher.asked[-1][1:] == ("bytes=100000-", 200)


def test_a_part_from_another_address_is_not_continued(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(PullError):
        get(publisher.offer("/old/a.csv", CONTENT, breaks=[100_000] + [0] * (ATTEMPTS - 1)), tmp_path)
    found = get(publisher.offer("/new/a.csv", CONTENT), tmp_path)
    assert found.received == len(CONTENT)
    assert publisher.asked[-1] == ("/new/a.csv", "", 200)


def test_without_a_mark_of_the_version_a_file_begins_anew(publisher: Publisher, tmp_path: Path) -> None:
    found = get(publisher.offer("/a.csv", CONTENT, tagged=False, breaks=[100_000]), tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert [asked for _, asked, _ in publisher.asked] == ["", ""]


def test_a_piece_that_was_not_asked_for_is_thrown_away(publisher: Publisher, tmp_path: Path) -> None:
    found = get(publisher.offer("/a.csv", CONTENT, breaks=[100_000], stale=True), tmp_path)
    assert found.path.read_bytes() == CONTENT
    assert publisher.statuses == [200, 206, 200]


def test_a_part_longer_than_the_file_begins_anew(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT)
    note = {"address": address, "validator": publisher.offers["/a.csv"].tag}
    (tmp_path / "a.csv.part").write_bytes(CONTENT + b"more")
    (tmp_path / "a.csv.part.json").write_text(json.dumps(note))
    assert get(address, tmp_path).path.read_bytes() == CONTENT
    assert publisher.statuses == [416, 200]


@pytest.mark.parametrize("status", [202, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(publisher: Publisher, tmp_path: Path, status: int) -> None:
    found = get(publisher.offer("/a.csv", CONTENT, failures=[status, status]), tmp_path)
    assert found.attempts == 3
    assert publisher.statuses == [status, status, 200]


def test_a_server_may_say_how_long_to_wait(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    get(publisher.offer("/a.csv", CONTENT, failures=[503, 503], headers={"Retry-After": "7"}), tmp_path)
    assert waited == [7.0, 7.0]


def test_pauses_double_and_end_at_a_minute(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(fetching, "PAUSE_SECONDS", 10.0)
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    get(publisher.offer("/a.csv", CONTENT, failures=[503] * 4), tmp_path)
    assert waited == [10.0, 20.0, 40.0, 60.0]


def test_a_server_that_stays_busy_is_told_with_its_answer(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT, failures=[503] * 20)
    with pytest.raises(PullError, match=r"/a\.csv: the server answers 503 .*tried 5 times\."):
        get(address, tmp_path)
    assert len(publisher.asked) == ATTEMPTS
    assert files(tmp_path) == []


def test_a_file_that_is_not_there_is_not_asked_for_again(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(PullError, match=r"/gone\.csv: the server answers 404"):
        get(f"{publisher.address}/gone.csv", tmp_path)
    assert publisher.statuses == [404]


def test_wrong_bytes_are_told_and_not_kept(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT[:-1] + b"x")
    with pytest.raises(PullError, match=f"and not {SHA256}: it is damaged, or another edition"):
        get(f"{address}#sha256={SHA256.upper()}", tmp_path)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (b"<!DOCTYPE html><title>Moved</title>", "text/html; charset=utf-8", "a web page came"),
        (b"\n  <html><body>Sign in</body></html>", "text/csv", "a web page came"),
        (b'{"error":{"code":400,"message":"Invalid query"}}', "application/json", "Invalid query"),
        (b"", "text/csv", "the file is empty"),
    ],
)
def test_what_is_no_file_is_told(
    publisher: Publisher, tmp_path: Path, content: bytes, kind: str, told: str
) -> None:
    with pytest.raises(PullError, match=told):
        get(publisher.offer("/a.csv", content, kind=kind), tmp_path)
    assert files(tmp_path) == []


def test_what_is_unchanged_does_not_come_twice(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT)
    first, second = get(address, tmp_path), get(address, tmp_path)
    assert (second.sha256, second.received, second.on) == (first.sha256, 0, first.on)
    assert publisher.statuses == [200, 304]
    with pytest.raises(PullError, match=f"its fingerprint is {SHA256}, and not 0000"):
        get(f"{address}#sha256={'0' * 64}", tmp_path)


def test_a_file_that_was_changed_on_the_disk_comes_again(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT)
    get(address, tmp_path).path.write_bytes(b"spoilt")
    assert get(address, tmp_path).path.read_bytes() == CONTENT
    assert publisher.statuses == [200, 200]


def test_another_edition_under_the_same_address_is_told(publisher: Publisher, tmp_path: Path) -> None:
    first = get(publisher.offer("/a.csv", CONTENT), tmp_path)
    assert first.other == ""
    second = get(publisher.offer("/a.csv", CONTENT[::-1]), tmp_path)
    assert second.other == first.on
    assert second.path.read_bytes() == CONTENT[::-1]


def test_without_a_server_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAUSE_SECONDS", 0.001)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and not listening
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/a.csv"
        with pytest.raises(PullError, match=r"/a\.csv: the server can't be reached .*tried 5 times\."):
            get(address, tmp_path)


@pytest.mark.parametrize(
    "address", ["File_7.csv", "ftp://example.org/a.csv", "https://", "https://example.org"]
)
def test_what_is_no_address_is_told_with_the_setting(address: str) -> None:
    with pytest.raises(PullError, match=r"SVDASH_X_URL: .* is not a web address"):
        wanted(address, "file.csv", "SVDASH_X_URL")


def test_what_is_no_fingerprint_is_told_with_the_setting() -> None:
    with pytest.raises(PullError, match="SVDASH_X_URL: 'md5=abc' is not a fingerprint"):
        wanted("https://example.org/a.csv#md5=abc", "file.csv", "SVDASH_X_URL")


def test_a_folder_that_cannot_be_made_is_told(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(PullError, match=r"can't be kept there .*SVDASH_VAR"):
        get(publisher.offer("/a.csv", CONTENT), tmp_path / "var" / "pull")


def test_two_pulls_do_not_write_into_one_file(publisher: Publisher, tmp_path: Path) -> None:
    address = publisher.offer("/a.csv", CONTENT)
    inside, outcome = threading.Event(), list[str]()

    def second(done: int, of: int | None) -> None:
        if not inside.is_set():
            inside.set()
            with pytest.raises(PullError, match="another pull is fetching it") as caught:
                get(address, tmp_path)
            outcome.append(str(caught.value))

    fetch(wanted(address, "file.csv", "SVDASH_X_URL"), tmp_path, second)
    assert len(outcome) == 1
    assert publisher.statuses == [200]
