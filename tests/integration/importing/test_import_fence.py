"""The process that reads a file opens nothing of the server's but what it was given, where the system has Landlock."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import pytest

from svdash.jobs import runner
from svdash.jobs.fence import Reach
from tests.integration.importing import tasks

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or ctypes.CDLL(None).syscall(444, None, 0, 1) < 3, reason="no Landlock here"
)


def opened(path: Path, mode: str, reach: Reach | None) -> str:
    """What opening a file in a process of its own comes to."""
    return runner.run(tasks.opened, path, mode, on_progress=lambda _: None, reach=reach)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secrets" / "secret.txt"
    path.parent.mkdir()
    path.write_text("secret")
    return path


def test_a_file_of_the_server_is_out_of_reach(secret: Path, tmp_path: Path) -> None:
    assert opened(secret, "rb", None) == "opened"
    assert opened(secret, "rb", Reach()) == "PermissionError"
    assert opened(secret, "rb", Reach((secret,))) == "opened"
    assert opened(secret, "rb", Reach((secret.parent,))) == "opened"


def test_nothing_is_written_but_where_it_may_be(secret: Path, tmp_path: Path) -> None:
    assert opened(secret, "ab", Reach((secret,))) == "PermissionError"
    assert opened(tmp_path / "new", "wb", Reach((tmp_path,))) == "PermissionError"
    assert not (tmp_path / "new").exists()
    assert opened(tmp_path / "new", "wb", Reach((), (tmp_path,))) == "opened"


@pytest.mark.skipif(os.name != "posix", reason="no /proc")
def test_what_the_server_was_started_with_is_out_of_reach() -> None:
    environment = Path(f"/proc/{os.getpid()}/environ")
    assert opened(environment, "rb", None) == "opened"
    assert opened(environment, "rb", Reach()) == "PermissionError"


@pytest.mark.parametrize("path", ["/etc/shadow", "/etc/hostname", "/etc/fstab"])
def test_settings_of_the_system_are_out_of_reach(path: str) -> None:
    if not Path(path).exists():
        pytest.skip(f"{path} is not there")
    assert opened(Path(path), "rb", Reach()) == "PermissionError"
