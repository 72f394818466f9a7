"""What the tests share: the embedded pack, and copies of it to damage."""

from __future__ import annotations

import gc
import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from svdash.caching import memory
from svdash.jobs import runner
from svdash.tables import Pack, open_pack
from tests.copies import DATA, SMALL, CopiedPack

# No deadline: how long one example takes says more about the machine than about the code. Where CI is set, there are
# more examples and they are the same at every run: what is new there is the change; on a desk, each run looks further.
IN_CI = bool(os.environ.get("CI"))
for _profile, _examples in {"desk": 20, "ci": 60, "exhaustive": 200}.items():
    settings.register_profile(_profile, deadline=None, max_examples=_examples, derandomize=IN_CI)
settings.load_profile("ci" if IN_CI else "desk")


def pytest_collection_finish() -> None:
    """Leave modules and tests, which stay to the end, out of the garbage collector's rounds, and have it make fewer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's own settings must not change what is tested, nor tests write into the working copy."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SVDASH_")]:
            patch.delenv(name)
        patch.setenv("SVDASH_VAR", str(tmp_path_factory.mktemp("var")))
        yield


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept in memory when the test begins; what the others kept is there again when it has ended."""
    monkeypatch.setattr(memory.shared, "_kept", OrderedDict())
    monkeypatch.setattr(memory.shared, "_size", 0)


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The embedded pack."""
    return open_pack(DATA)


@pytest.fixture(scope="session")
def small_pack() -> Pack:
    """The small pack: rows of the embedded one for 42 areas, two years and three characteristics."""
    return open_pack(SMALL)


@pytest.fixture
def copied_pack(tmp_path: Path) -> CopiedPack:
    """A copy of the small pack to damage."""
    return CopiedPack.into(tmp_path / "pack", SMALL)


@pytest.fixture
def copied_whole_pack(tmp_path: Path) -> CopiedPack:
    """A copy of the embedded pack to damage, for what the small one has too few rows for."""
    return CopiedPack.into(tmp_path / "pack")


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do here what is done in a process of its own, so that a test that asks for nothing of the process waits for none."""

    def here(function: Any, *args: Any, **_: Any) -> Any:
        return function(*args)

    monkeypatch.setattr(runner, "run", here)
