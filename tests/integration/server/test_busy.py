"""A server that is busy is not down: health answers beside the work, and who gets no place is told when to come again."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import httpx
import pytest

from svdash.render import pictures
from svdash.web.builds import Builds, BusyError
from tests.open_data_server import listening
from tests.work_done import PLENTY, wait_until

CHART = "/api/v1/charts/standing.svg"


class Held:
    """A drawing that lasts until it is let go, at the latest when nobody looks any more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = 0, threading.Event()
        self._guard = threading.Lock()
        monkeypatch.setattr(pictures, "drawn", self._draw)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()

    def _draw(self, *_: object) -> bytes:
        with self._guard:
            self.begun += 1
        assert self.go.wait(PLENTY)
        return b"<svg/>"


def asked(client: httpx.Client, readers: ThreadPoolExecutor, times: int) -> list[Future[httpx.Response]]:
    return [readers.submit(client.get, CHART) for _ in range(times)]


def test_health_answers_while_all_places_are_taken_and_others_are_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        listening(Builds(2, patience=0.01)) as client,
        ThreadPoolExecutor(60) as readers,
        Held(monkeypatch) as held,
    ):
        answers = asked(client, readers, 60)
        wait_until(lambda: held.begun == 2 and sum(answer.done() for answer in answers) == 58)
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/api/v1/tables").status_code == 503
        assert client.get("/api/nowhere").status_code == 404
        held.go.set()
        told = [answer.result(PLENTY) for answer in answers]
        wait_until(lambda: client.get("/api/v1/tables").status_code == 200)
    assert sorted(answer.status_code for answer in told) == [200] * 2 + [503] * 58
    refused = next(answer for answer in told if answer.status_code == 503)
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["cache-control"] == "no-store"
    assert "busy" in refused.json()["error"]


def test_who_waits_gets_a_place_when_one_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        listening(Builds(1, patience=PLENTY)) as client,
        ThreadPoolExecutor(5) as readers,
        Held(monkeypatch) as held,
    ):
        answers = asked(client, readers, 5)
        wait_until(lambda: held.begun == 1)
        assert client.get("/healthz").status_code == 200
        assert not any(answer.done() for answer in answers)
        held.go.set()
        assert [answer.result(PLENTY).status_code for answer in answers] == [200] * 5


def test_what_has_begun_is_waited_for() -> None:
    async def all_at_once() -> list[object]:
        builds, go, begun = Builds(1, patience=0.01), threading.Event(), threading.Event()

        def build() -> str:
            begun.set()
            assert go.wait(PLENTY)
            return "built"

        first = asyncio.ensure_future(builds.run(build))
        await asyncio.to_thread(begun.wait, PLENTY)
        second = await asyncio.gather(builds.run(build), return_exceptions=True)
        go.set()
        return [await first, *second]

    built, sent_away = asyncio.run(all_at_once())
    assert built == "built"
    assert isinstance(sent_away, BusyError)


def test_what_a_build_raises_is_raised_to_who_asked() -> None:
    def broken() -> None:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        asyncio.run(Builds(1).run(broken))
