"""A pack on areas of 2011, and publishers who offer what it needs to come to those of 2021."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from svdash.cli import commands as cli
from svdash.importing.pull import fetch
from tests.integration.pull.made import Later, small_pack
from tests.integration.pull.publisher import Publisher, publishing

Pull = Callable[..., Result]


@pytest.fixture
def in_processes() -> None:
    """Files are read in processes of their own, as by a person's command: the test takes a second for each of them."""


@pytest.fixture(autouse=True)
def _here(request: pytest.FixtureRequest) -> None:
    """Read files in this process, unless a test is of the whole way."""
    if "in_processes" not in request.fixturenames:
        request.getfixturevalue("in_this_process")


@pytest.fixture(scope="session")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack as it was, not to be changed."""
    return small_pack(tmp_path_factory.mktemp("earlier") / "pack")


@pytest.fixture(scope="session")
def later(earlier: Path) -> Later:
    """What there is on areas of 2021."""
    return Later(earlier)


@pytest.fixture
def folder(earlier: Path, tmp_path: Path) -> Path:
    """A pack of its own."""
    return Path(shutil.copytree(earlier, tmp_path / "pack"))


@pytest.fixture
def publisher(later: Later, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Publishers who offer all products, with the settings that lead to them."""
    monkeypatch.setattr(fetch, "PAUSE_SECONDS", 0.001)
    monkeypatch.setenv("SVDASH_VAR", str(tmp_path / "var"))
    with publishing() as found:
        for setting, path, content, kind in (
            ("SVDASH_IOD2025_URL", "/media/File_7_IoD2025.csv", later.file_7(), "text/csv"),
            ("SVDASH_LOOKUP_URL", "/items/cbfe/csv?layers=0", later.lookup(), "text/csv"),
            (
                "SVDASH_BOUNDARIES2021_URL",
                "/query?where={areas}&f=geojson",
                later.boundaries(),
                "application/geo+json",
            ),
            (
                "SVDASH_POSTCODES_URL",
                "/CodePointOpen/downloads?format=CSV",
                later.postcodes(),
                "application/zip",
            ),
        ):
            found.offer(path.partition("?")[0], content, kind=kind)
            monkeypatch.setenv(setting, f"{found.address}{path}")
        yield found


@pytest.fixture
def pull(folder: Path) -> Pull:
    """Run ``pull`` on the pack."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli.main, ["pull", *arguments, "--pack", str(folder)])

    return run


def entry(folder: Path, name: str) -> dict[str, Any]:
    """What the descriptor says of a table."""
    found = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return next(each for each in found["resources"] if each["name"] == name)
