"""Large files for the workbench go to disk as they come, from people with a right alone, and leave nothing where they break off."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from svdash import settings
from svdash.access import tickets
from svdash.access.identity import LOCAL_USER, Person
from svdash.web import workbench_uploads
from svdash.web.origins import OwnPagesOnly
from svdash.web.security_headers import SecurityHeaders
from svdash.workbench import incoming_files
from svdash.workbench.brought_errors import BroughtError

ADDRESS = f"{workbench_uploads.PAGE}/survey.csv"
CONTENT = b"area,people\nHalton,3\n"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    return Starlette(
        routes=workbench_uploads.routes(),
        middleware=[Middleware(SecurityHeaders), Middleware(OwnPagesOnly)],
    )


@pytest.fixture
def client(app: Starlette) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8501")


def bearer(purpose: str = workbench_uploads.PURPOSE, person: Person = LOCAL_USER) -> dict[str, str]:
    return {"Authorization": f"Bearer {tickets.mint(purpose, person)}"}


def laid_down() -> list[Path]:
    return [each for each in (settings.var_folder() / "workbench-incoming").rglob("*") if each.is_file()]


def test_a_file_comes_whole_under_its_name_and_waits_for_its_sender_alone(client: TestClient) -> None:
    answer = client.put(ADDRESS.replace("survey", "..%2F..%2Fsur%20vey"), content=CONTENT, headers=bearer())
    assert (answer.status_code, answer.json()["taken"]) == (201, "sur vey.csv")
    (file,) = incoming_files.arrived(LOCAL_USER.identity)
    assert file.read_bytes() == CONTENT
    assert laid_down() == [file]
    assert incoming_files.arrived("somebody else") == []
    incoming_files.take_away(file)
    assert laid_down() == []


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        (dict, CONTENT, 403),
        (lambda: {"Authorization": "Bearer forged"}, CONTENT, 403),
        (lambda: bearer("audit"), CONTENT, 403),
        (lambda: bearer(person=Person("jo@example.org", frozenset())), CONTENT, 403),
        (lambda: bearer() | {"Origin": "https://elsewhere.example"}, CONTENT, 403),
        (bearer, b"", 422),
        (lambda: bearer() | {"Content-Length": str(501 * 1024**2)}, CONTENT, 413),
    ],
    ids=["no-token", "forged", "other-purpose", "no-role", "other-site", "empty", "too-large"],
)
def test_a_file_is_refused_with_a_sentence_and_leaves_nothing(
    client: TestClient, headers: Callable[[], dict[str, str]], content: bytes, status: int
) -> None:
    # A token is made here, not when tests are collected: it holds for five minutes.
    answer = client.put(ADDRESS, content=content, headers=headers())
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert laid_down() == []


def test_a_token_in_the_address_sends_no_file(client: TestClient) -> None:
    token = tickets.mint(workbench_uploads.PURPOSE, LOCAL_USER)
    assert client.put(ADDRESS, content=CONTENT, params={"token": token}).status_code == 403


def test_a_token_is_good_for_one_file_that_came_whole(client: TestClient) -> None:
    headers = bearer()
    # A file that was refused leaves the token as good as before.
    assert client.put(ADDRESS, content=b"", headers=headers).status_code == 422
    assert client.put(ADDRESS, content=CONTENT, headers=headers).status_code == 201
    # However it is written: what is no sign of base64 is passed over.
    again = {"Authorization": headers["Authorization"] + "="}
    for used in (headers, again):
        answer = client.put(ADDRESS, content=CONTENT, headers=used)
        assert answer.status_code == 403
    assert "good for one file" in client.put(ADDRESS, content=CONTENT, headers=headers).json()["error"]
    assert len(laid_down()) == 1
    assert client.put(ADDRESS, content=CONTENT, headers=bearer()).status_code == 201


def test_a_token_in_use_lets_no_second_file_in() -> None:
    token = tickets.mint(workbench_uploads.PURPOSE, LOCAL_USER)
    with (
        tickets.once(token, workbench_uploads.PURPOSE),
        pytest.raises(tickets.TicketError, match="one file"),
        tickets.once(token, workbench_uploads.PURPOSE),
    ):
        pass


def test_a_full_disk_is_told_in_a_sentence(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    answer = client.put(ADDRESS, content=CONTENT, headers=bearer())
    assert answer.status_code == 507
    assert "No space left on device" in answer.json()["error"]
    assert laid_down() == []


def test_one_person_sends_one_file_at_a_time_and_its_room_is_promised_to_nobody_else(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with incoming_files.landing(LOCAL_USER.identity, "first.csv", 5) as coming:
        second = client.put(ADDRESS, content=CONTENT, headers=bearer())
        assert second.status_code == 429
        assert second.json()["error"].endswith(".")
        usage = shutil.disk_usage(settings.var_folder())
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1024**3 + 9))
        with pytest.raises(BroughtError, match="no room"), incoming_files.landing("jo", "other.csv", 5):
            pass
    assert laid_down() == [coming.file]
    with incoming_files.landing("jo", "other.csv", 5):
        pass
    monkeypatch.setattr(incoming_files, "MOST_WAITING", 3)
    with (
        pytest.raises(incoming_files.TooManyError, match="not read yet"),
        incoming_files.landing("jo", "a.csv", 5),
    ):
        pass


def test_a_file_that_another_tab_took_away_is_skipped(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.put(ADDRESS, content=CONTENT, headers=bearer()).status_code == 201
    (file,) = incoming_files.arrived(LOCAL_USER.identity)
    listed = Path.iterdir

    def gone_meanwhile(folder: Path) -> list[Path]:
        found = list(listed(folder))
        file.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "iterdir", gone_meanwhile)
    assert incoming_files.arrived(LOCAL_USER.identity) == []
    assert incoming_files.size(file) is None


def test_nobody_sends_a_file_whose_right_was_taken_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer()
    monkeypatch.delenv("SVDASH_LOCAL_USER")
    assert client.put(ADDRESS, content=CONTENT, headers=headers).status_code == 403


def sent(app: Starlette, messages: list[dict[str, Any]], length: int) -> list[dict[str, Any]]:
    """Send a request whose body comes in these messages, and return what is answered."""
    left, answers = iter(messages), list[dict[str, Any]]()
    headers = {"host": "127.0.0.1:8501", "content-length": str(length), **bearer()}
    scope = {
        "type": "http", "method": "PUT", "path": ADDRESS, "raw_path": ADDRESS.encode(), "query_string": b"", "http_version": "1.1",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()], "scheme": "http", "client": ("127.0.0.1", 1),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return next(left)

    async def send(message: Any) -> None:
        answers.append(message)

    asyncio.run(app(scope, receive, send))
    return answers


def test_what_a_closed_browser_half_sent_is_taken_away(app: Starlette) -> None:
    begun = {"type": "http.request", "body": CONTENT, "more_body": True}
    sent(app, [begun, {"type": "http.disconnect"}], 1000)
    assert laid_down() == []
    whole = sent(app, [begun, {"type": "http.request", "body": b"Sefton,4\n"}], len(CONTENT) + 9)
    assert whole[0]["status"] == 201
    assert [each.name for each in laid_down()] == ["survey.csv"]


def test_more_than_was_said_is_not_taken(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench_uploads, "MOST_BYTES", 64)
    parts = [{"type": "http.request", "body": bytes(40), "more_body": True}] * 4
    assert sent(app, parts, 40)[0]["status"] == 413
    assert laid_down() == []


def test_the_page_that_sends_runs_its_own_script_alone_and_asks_for_a_token(client: TestClient) -> None:
    assert client.get(workbench_uploads.PAGE).status_code == 403
    page = client.get(
        workbench_uploads.PAGE, params={"token": tickets.mint(workbench_uploads.PURPOSE, LOCAL_USER)}
    )
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert client.get(workbench_uploads.SCRIPT).headers["content-type"].startswith("text/javascript")
