"""What browsers are told of every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from svdash import settings
from svdash.web.cross_origin import OpenDataElsewhere
from svdash.web.security_headers import SecurityHeaders, page_policy


@pytest.fixture
def client() -> TestClient:
    """A server with a page, data, and an answer that has a header of its own."""

    def answer(response: Response) -> Callable[[Request], Response]:
        return lambda _: response

    routes = [
        Route("/", answer(HTMLResponse("<p>Page</p>"))),
        Route("/data.json", answer(JSONResponse({}))),
        Route("/kept", answer(Response(status_code=304))),
        Route("/own", answer(JSONResponse({}, headers={"Referrer-Policy": "no-referrer"}))),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)]))


def directives(policy: str) -> dict[str, str]:
    return dict(each.split(" ", 1) for each in policy.split("; "))


@pytest.mark.parametrize("path", ["/", "/data.json", "/missing"])
def test_every_answer_says_that_its_type_is_not_to_be_guessed(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_page_runs_the_servers_own_scripts_and_no_others(client: TestClient) -> None:
    found = directives(client.get("/").headers["content-security-policy"])
    assert found["default-src"] == "'none'"
    allowed = found["script-src"].split()
    assert {"'self'", "'unsafe-eval'"} < set(allowed)
    assert all(each.startswith("'sha256-") for each in set(allowed) - {"'self'", "'unsafe-eval'"})
    assert {"base-uri", "form-action", "object-src"} <= {
        name for name, sources in found.items() if sources == "'none'"
    }


def test_data_that_is_opened_by_itself_runs_nothing(client: TestClient) -> None:
    found = directives(client.get("/data.json").headers["content-security-policy"])
    assert "script-src" not in found
    assert found["default-src"] == "'none'"


def test_an_answer_that_nothing_has_changed_leaves_the_policy_that_the_browser_has_kept(
    client: TestClient,
) -> None:
    headers = client.get("/kept").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in headers


def test_what_an_answer_says_itself_stays(client: TestClient) -> None:
    assert client.get("/own").headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("", "'none'"),
        ("  ", "'none'"),
        ("https://intranet.example", "https://intranet.example"),
        ("'self' https://*.example:8443", "'self' https://*.example:8443"),
    ],
)
def test_who_may_show_it_in_a_frame_is_a_setting(given: str, wanted: str) -> None:
    ancestors = settings.frame_ancestors({"SVDASH_FRAME_ANCESTORS": given})
    assert directives(page_policy(ancestors))["frame-ancestors"] == wanted


@pytest.mark.parametrize(
    "given", ["intranet", "https://a.example; script-src *", "https://a.example\nX: y", "*"]
)
def test_a_setting_that_is_no_address_is_refused_by_its_name(given: str) -> None:
    with pytest.raises(ValueError, match="SVDASH_FRAME_ANCESTORS"):
        settings.frame_ancestors({"SVDASH_FRAME_ANCESTORS": given})


# -- open data elsewhere ---------------------------------------------------------------------------------

SITE = "https://intranet.example"


def elsewhere(monkeypatch: pytest.MonkeyPatch, origins: str) -> TestClient:
    monkeypatch.setenv("SVDASH_CORS_ORIGINS", origins)

    def answer(_: Request) -> Response:
        return JSONResponse({}, headers={"ETag": '"1"', "Vary": "Accept-Encoding"})

    served = [Route("/api/data.json", answer), Route("/healthz", answer)]
    return TestClient(Starlette(routes=served, middleware=[Middleware(OpenDataElsewhere)]))


def test_pages_of_other_sites_can_not_read_the_open_data_unless_a_setting_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = elsewhere(monkeypatch, "")
    headers = client.get("/api/data.json", headers={"Origin": SITE}).headers
    assert not [name for name in headers if name.startswith("access-control")]
    client = elsewhere(monkeypatch, f"https://other.example {SITE}")
    headers = client.get("/api/data.json", headers={"Origin": SITE}).headers
    assert headers["access-control-allow-origin"] == SITE
    assert "etag" in headers["access-control-expose-headers"].casefold()
    assert headers["vary"] == "Accept-Encoding, Origin"
    refused = client.get("/api/data.json", headers={"Origin": "https://third.example"}).headers
    assert "access-control-allow-origin" not in refused
    # A shared cache keeps what was answered without an origin apart as well.
    assert "Origin" in client.get("/api/data.json").headers["vary"]


def test_pages_of_every_site_can_read_the_open_data_but_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    client = elsewhere(monkeypatch, "*")
    assert (
        client.get("/api/data.json", headers={"Origin": SITE}).headers["access-control-allow-origin"] == "*"
    )
    assert "access-control-allow-origin" not in client.get("/healthz", headers={"Origin": SITE}).headers


def test_a_script_elsewhere_may_ask_whether_an_answer_still_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    client = elsewhere(monkeypatch, SITE)
    asked = {
        "Origin": SITE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "If-None-Match",
    }
    assert client.options("/api/data.json", headers=asked).status_code == 200
    for wrong in ({"Origin": "https://third.example"}, {"Access-Control-Request-Method": "PUT"}):
        assert client.options("/api/data.json", headers={**asked, **wrong}).status_code == 400


@pytest.mark.parametrize("given", ["intranet", "https://a.example/path", "* https://a.example", "null"])
def test_a_site_that_is_none_is_refused_by_the_name_of_the_setting(given: str) -> None:
    with pytest.raises(ValueError, match="SVDASH_CORS_ORIGINS"):
        settings.cors_origins({"SVDASH_CORS_ORIGINS": given})
