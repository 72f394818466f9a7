"""What the tests share: the embedded pack, and copies of it to damage."""

from __future__ import annotations

import gc
import os
import sys
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from svdash.caching import memory
from svdash.disclosure import gated_parts
from svdash.jobs import runner
from svdash.tables import Pack, open_pack
from tests.copies import DATA, SMALL, CopiedPack

# No deadline: how long one example takes says more about the machine than about the code. Where CI is set, examples are
# the same at every run: what is new there is the change; on a desk, each run looks further. CI tries the many in a lane.
IN_CI = bool(os.environ.get("CI"))
for _profile, _examples in {"desk": 20, "exhaustive": 200}.items():
    settings.register_profile(_profile, deadline=None, max_examples=_examples, derandomize=IN_CI)
settings.load_profile("desk")


def pytest_configure() -> None:
    """Compile once what workers and the processes that tests start all load, even where the machine says not to."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """Leave modules and tests, which stay to the end, out of the garbage collector's rounds, and have it make fewer.

    What is kept from test to test is looked through in the third round alone, which is the long one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(300_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's own settings must not change what is tested, nor tests write into the working copy."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SVDASH_")]:
            patch.delenv(name)
        patch.setenv("SVDASH_VAR", str(tmp_path_factory.mktemp("var")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_duckdb() -> Iterator[None]:
    """Start DuckDB once, which takes 12 ms, and not for each of a thousand engines: each is a connection of its own to it.

    No test fills its memory, so it needs no folder for what does not fit.
    """
    # Not before the tests are collected: what is frozen then complains of leaks at the end.
    import duckdb

    start, started = duckdb.connect, {}

    def connect(database: str, config: dict[str, Any]) -> Any:
        if "allow_community_extensions" in config:
            return start(database, config=config)  # it is locked in for good, each in its own folder
        settings = {name: value for name, value in config.items() if name != "temp_directory"}
        key = repr(settings)
        if key not in started:
            started[key] = start(database, config={**settings, "enable_external_file_cache": False})
        return started[key].cursor()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", connect)
        yield
    for own in started.values():
        own.close()
    started.clear()


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept in memory when the test begins; what the others kept is there again when it has ended."""
    monkeypatch.setattr(memory.shared, "_kept", OrderedDict())
    monkeypatch.setattr(memory.shared, "_size", 0)
    monkeypatch.setattr(gated_parts, "_known", OrderedDict())


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The embedded pack."""
    return open_pack(DATA)


@pytest.fixture(scope="session")
def small_pack() -> Pack:
    """The small pack: rows of the embedded one for 42 areas, two years and three characteristics."""
    return open_pack(SMALL)


@pytest.fixture(
    scope="session",
    params=["small", pytest.param("embedded", marks=pytest.mark.exhaustive)],
)
def either_pack(request: pytest.FixtureRequest) -> Pack:
    """The small pack at a desk; the embedded one as well in the lane ``exhaustive``."""
    found: Pack = request.getfixturevalue("small_pack" if request.param == "small" else "pack")
    return found


@pytest.fixture
def copied_pack(tmp_path: Path) -> CopiedPack:
    """A copy of the small pack to damage."""
    return CopiedPack.into(tmp_path / "pack", SMALL)


@pytest.fixture
def copied_whole_pack(tmp_path: Path) -> CopiedPack:
    """A copy of the embedded pack to damage, for what the small one has too few rows for."""
    return CopiedPack.into(tmp_path / "pack")


def here(function: Any, *args: Any, **_: Any) -> Any:
    """Call a function in the place of :func:`svdash.jobs.runner.run`."""
    return function(*args)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do here what is done in a process of its own, so that a test that asks for nothing of the process waits for none."""
    monkeypatch.setattr(runner, "run", here)
