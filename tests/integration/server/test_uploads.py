"""Who may not bring a file can't have Streamlit take one either."""

from __future__ import annotations

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from svdash.web.uploads import UploadsOnlyIfAllowed

ADDRESS = "/_stcore/upload_file/session/file"


@pytest.fixture
def client() -> TestClient:
    """A server that takes whatever gets past the middleware."""

    def taken(_: Request) -> PlainTextResponse:
        return PlainTextResponse("taken")

    methods = ["PUT", "POST", "DELETE", "GET"]
    served = Starlette(
        routes=[Route("/{path:path}", taken, methods=methods)], middleware=[Middleware(UploadsOnlyIfAllowed)]
    )
    return TestClient(served, base_url="http://127.0.0.1:8501", client=("127.0.0.1", 50000))


@pytest.mark.parametrize("before", ["", "/dashboard"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_nobody_can_upload_unless_that_was_asked_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, before: str, method: str
) -> None:
    assert client.request(method, before + ADDRESS).status_code == 403
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    assert client.request(method, before + ADDRESS).text == "taken"


@pytest.mark.parametrize("headers", [{"Host": "dashboard.example"}, {"X-Forwarded-For": "10.0.0.1"}])
def test_only_the_person_at_the_machine_can_upload(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    assert client.put(ADDRESS, headers=headers).status_code == 403
    assert client.put(ADDRESS).text == "taken"


def test_nobody_can_upload_to_a_server_that_others_can_reach(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    option, everywhere = st.get_option, {"server.address": "0.0.0.0"}  # noqa: S104
    monkeypatch.setattr(st, "get_option", lambda name: everywhere.get(name) or option(name))
    assert client.put(ADDRESS).status_code == 403


def test_nobody_can_upload_who_connects_from_elsewhere(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    elsewhere = TestClient(client.app, base_url="http://127.0.0.1:8501", client=("10.0.0.1", 50000))
    assert elsewhere.put(ADDRESS).status_code == 403
    assert client.put(ADDRESS).text == "taken"


def test_everything_else_is_passed_on(client: TestClient) -> None:
    assert client.get(ADDRESS).text == "taken"
    assert client.put("/api/v1/tables").text == "taken"
