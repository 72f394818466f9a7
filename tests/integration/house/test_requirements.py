"""What is asked of the requirements: known faults, licences, and the newest Python."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.copies import ROOT
from tools import audit, newest_python

FAULT = {"id": "PYSEC-0000-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
FAULTY = {"name": "faulty", "version": "1.0", "vulns": [FAULT]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "status", "words"),
    [
        ([SOUND], 0, ("no fault is known in 1 packages",)),
        ([SOUND, UNKNOWN], 0, ("1 packages", "unknown")),
        ([SOUND, FAULTY, UNKNOWN], 1, ("faulty 1.0", "PYSEC-0000-1", "2.0")),
        ([UNKNOWN, UNKNOWN], 0, ("skipped", "none of the 2")),
        ([], 0, ("skipped",)),
    ],
)
def test_an_audit_tells_what_is_known_and_of_how_much(
    packages: list[object], status: int, words: tuple[str, ...]
) -> None:
    found, said = audit.verdict(json.dumps({"dependencies": packages}), "")
    assert found == status
    assert all(word in said for word in words)


def test_an_audit_that_broke_off_is_skipped_with_the_reason() -> None:
    assert audit.verdict("", "Traceback\nConnectionError: no route") == (
        0,
        "audit skipped, the source of known faults can't be reached: ConnectionError: no route",
    )
    assert audit.verdict("", "")[0] == 0


class Source(BaseHTTPRequestHandler):
    """A source of known faults, that knows one of one package."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        package = asked["package"]
        fault = {
            "id": "GHSA-xxxx-yyyy-zzzz",
            "summary": "x",
            "affected": [
                {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}
            ],
        }
        body = json.dumps({"vulns": [fault]} if package["name"] == "streamlit" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as its base has it
        """Say nothing."""


@pytest.fixture
def source() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def test_a_known_fault_in_what_is_shipped_fails_the_audit(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main(["-s", "osv", "--osv-url", source]) == 1
    said = capsys.readouterr().out
    assert "streamlit" in said
    assert "GHSA-xxxx-yyyy-zzzz" in said


def test_where_nobody_can_be_asked_the_audit_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(["-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query"]) == 0
    assert "audit skipped" in capsys.readouterr().out


def test_a_licence_that_is_not_allowed_is_refused() -> None:
    def asked(package: str) -> int:
        command = [sys.executable, "-m", "piplicenses", "--packages", package]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode

    assert asked("streamlit") == 0
    # Among developers' tools, which are not shipped.
    assert asked("text-unidecode") != 0


def pythons(folder: Path, **say: str) -> None:
    for name, words in say.items():
        file = folder / name.replace("_", ".")
        file.write_text(f"#!/bin/sh\n{words}\n")
        file.chmod(0o755)


def test_the_newest_python_is_one_that_runs_and_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    assert newest_python.newest() is None
    pythons(
        tmp_path,
        python3_96="echo 3 96 1 final",
        python3_97="echo 3 97 12 final",
        python3_98="echo 3 98 0 beta",
        python3_99="echo command not found >&2; exit 127",
    )
    assert newest_python.newest() == ((3, 97, 12), tmp_path / "python3.97")
    of_pyenv = tmp_path / "pyenv" / "versions" / "3.97.13" / "bin"
    of_pyenv.mkdir(parents=True)
    pythons(of_pyenv, python="echo 3 97 13 final")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert newest_python.newest() == ((3, 97, 13), of_pyenv / "python")


def test_without_a_newer_python_nothing_is_run_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert newest_python.main([]) == 0
    assert "skipped" in capsys.readouterr().out


@pytest.mark.parametrize("other", ["requirements-dev.txt", "requirements-spark.txt"])
def test_what_two_lists_of_requirements_pin_is_of_one_version(other: str) -> None:
    def pinned(name: str) -> dict[str, str]:
        return dict(
            re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        )

    served, others = pinned("requirements.txt"), pinned(other)
    both = served.keys() & others.keys()
    assert {name: served[name] for name in both} == {name: others[name] for name in both}
    assert other != "requirements-dev.txt" or both == served.keys()
