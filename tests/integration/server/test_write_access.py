"""Who may bring a file and change the pack from the browser. Headers can be forged: they give nobody a right."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from starlette.datastructures import Headers

from svdash.access import write_access
from svdash.records import evidence_files
from svdash.show.panels import bring_file, workbench_file
from svdash.tables import open_pack
from tests.copies import DATA, CopiedPack

# What the product's own configuration says.
OPTIONS = {
    "server.address": "127.0.0.1",
    "server.allowedHosts": ["localhost", "127.0.0.1", "::1"],
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.corsAllowedOrigins": [],
    "client.allowedOrigins": [],
}
HERE = {"Host": "localhost:8501"}


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Streamlit's options, to be changed; the person at the machine may write."""
    found = dict(OPTIONS)
    monkeypatch.setattr(st, "get_option", found.__getitem__)
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    return found


def asked(
    monkeypatch: pytest.MonkeyPatch, folder: Path, headers: dict[str, str], peer: str | None = None
) -> str:
    monkeypatch.setattr(st, "context", SimpleNamespace(headers=Headers(headers), ip_address=peer))
    return write_access.why_not(open_pack(folder))


def test_the_options_are_those_that_the_product_is_started_with() -> None:
    assert {name: st.get_option(name) for name in OPTIONS} == OPTIONS
    # A control that lets a larger file go promises what the server breaks off.
    most = (bring_file.MOST_MEGABYTES, evidence_files.MOST_MEGABYTES, workbench_file.MOST_MEGABYTES)
    assert st.get_option("server.maxUploadSize") == max(most)


def test_nobody_may_have_a_file_looked_at_unless_that_was_asked_for(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(headers=Headers(HERE), ip_address=None))
    assert write_access.why_not_look() == ""
    monkeypatch.delenv("SVDASH_LOCAL_USER")
    assert "SVDASH_LOCAL_USER=1" in write_access.why_not_look()
    monkeypatch.setenv("SVDASH_LOCAL_USER", "1")
    monkeypatch.setattr(
        st, "context", SimpleNamespace(headers=Headers({"Host": "dashboard.example"}), ip_address=None)
    )
    assert "Only a browser on the machine that serves the dashboard" in write_access.why_not_look()


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "localhost", "[::1]"])
def test_the_person_at_the_machine_may_write(
    copied_pack: CopiedPack, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    assert asked(monkeypatch, copied_pack.folder, {"Host": host}) == ""


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": ""},
        {"Host": "dashboard.example"},
        {"Host": "localhost.example:8501"},
        {"Host": "someone@127.0.0.1:8501"},
        {"Host": "127.0.0.1:8501/"},
        {"Host": "127.0.0.1, dashboard.example"},
        {**HERE, "X-Forwarded-For": "10.0.0.1"},
        {**HERE, "x-forwarded-for": ""},
        {**HERE, "X-Forwarded-For": "127.0.0.1"},
        {**HERE, "X-Forwarded-Proto": "https"},
        {**HERE, "X-Forwarded-Server": "proxy"},
        {**HERE, "Forwarded": "for=127.0.0.1"},
        {**HERE, "Via": "1.1 proxy"},
        {**HERE, "X-Real-IP": "127.0.0.1"},
        {**HERE, "CF-Connecting-IP": "127.0.0.1"},
    ],
)
def test_a_request_for_another_name_or_passed_on_is_not_of_the_person_at_the_machine(
    copied_pack: CopiedPack,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    assert "Only a browser on the machine" in asked(monkeypatch, copied_pack.folder, headers)


@pytest.mark.parametrize("peer", ["10.0.0.1", "", "::ffff:10.0.0.1", "fe80::1"])
def test_who_forges_all_headers_is_known_by_the_connection(
    copied_pack: CopiedPack, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, peer: str
) -> None:
    assert "Only a browser on the machine" in asked(monkeypatch, copied_pack.folder, HERE, peer)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.address", "0.0.0.0"),  # noqa: S104
        ("server.address", ""),
        ("server.address", None),
        ("server.allowedHosts", []),
        ("server.allowedHosts", ["*"]),
        ("server.allowedHosts", ["localhost", "dashboard.example"]),
        ("server.enableCORS", False),
        ("server.enableXsrfProtection", False),
        ("server.corsAllowedOrigins", ["https://intranet.example"]),
        ("client.allowedOrigins", ["https://*.example"]),
        ("SVDASH_FRAME_ANCESTORS", "https://intranet.example"),
    ],
)
def test_nobody_may_write_where_a_setting_lets_others_in_and_the_answer_names_it(
    copied_pack: CopiedPack,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: Any,
) -> None:
    assert asked(monkeypatch, copied_pack.folder, HERE) == ""
    if name in options:
        options[name] = value
    else:
        monkeypatch.setenv(name, value)
    told = asked(monkeypatch, copied_pack.folder, HERE)
    assert "Only a browser on the machine" in told
    assert f"{name} lets others in." in told


def test_the_embedded_pack_and_a_folder_that_is_locked_are_not_written(
    copied_pack: CopiedPack, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "embedded pack" in asked(monkeypatch, DATA, HERE)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "can't be written by this server" in asked(monkeypatch, copied_pack.folder, HERE)
