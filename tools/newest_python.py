"""Tries the dashboard on the newest Python of this machine: ``python tools/newest_python.py``.

Everything is imported, the embedded pack is checked and some tests are run; other arguments for pytest may be given in their
place, ``tests`` for all that run at a desk. Where there is no newer Python than this one it says so, and all is well.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
# Figures, the gate and their sentences: what could come out otherwise.
SOME: Final = (
    "tests/unit/measures",
    "tests/unit/wording",
    "tests/integration/disclosure/test_disclosure.py",
    "tests/integration/pages/test_specs.py",
)
# What they need beside the requirements, pinned where those of developers are; the plugins are those that pyproject.toml names.
TESTED_WITH: Final = (
    "pytest",
    "pytest-xdist",
    "pytest-playwright",
    "pytest-rerunfailures",
    "hypothesis",
    "statsmodels",
)
IMPORT_ALL: Final = (
    "import importlib, pkgutil, svdash\n"
    "for found in pkgutil.walk_packages(svdash.__path__, 'svdash.'):\n"
    "    if found.name not in ('svdash.__main__', 'svdash.frame'):\n"
    "        importlib.import_module(found.name)\n"
)
Version = tuple[int, int, int]


def candidates() -> Iterator[Path]:
    """Yield what may be a Python: on the path, and of pyenv, whose names on the path need not lead anywhere."""
    for folder in os.get_exec_path():
        yield from sorted(Path(folder).glob("python3.*[0-9]"))
    of_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(of_pyenv.glob("3.*/bin/python"))


def version(python: Path) -> Version | None:
    """Return the version of a Python; ``None`` where it is none that runs, or not yet released."""
    say = "import sys; print(*sys.version_info[:4])"
    try:
        said = subprocess.run([python, "-c", say], capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return None
    found = re.fullmatch(r"(\d+) (\d+) (\d+) final\s*", said.stdout)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def newest() -> tuple[Version, Path] | None:
    """Return the newest Python of the machine with its version, if it is newer than the one that runs this."""
    here = sys.version_info[:2]
    found = [(known, each) for each in candidates() if (known := version(each)) and known[:2] > here]
    return max(found, default=None)


def main(tests: list[str]) -> int:
    """Run it, and return the status to exit with."""
    found = newest()
    if found is None:
        print(
            f"skipped: there is no newer Python here than {sys.version_info.major}.{sys.version_info.minor}"
        )
        return 0
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), *os.get_exec_path()]))
    if uv is None:
        print("uv is missing: install requirements-dev.txt")
        return 1
    said, python = ".".join(map(str, found[0])), str(found[1])
    folder = ROOT / "var" / f"python-{said}"
    own = str(folder / "bin" / "python")
    print(f"+ on Python {said}")
    for command in (
        [uv, "venv", "-q", "--allow-existing", "--python", python, str(folder)],
        [
            uv,
            "pip",
            "install",
            "-q",
            "--python",
            own,
            "-r",
            "requirements.txt",
            *TESTED_WITH,
            "-c",
            "requirements-dev.txt",
        ],
        [own, "-W", "error::SyntaxWarning", "-c", IMPORT_ALL],
        [own, "-m", "svdash", "check"],
        [own, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *(tests or SOME)],
    ):
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            print(f"failed on Python {said}: {' '.join(command[:4])} …")
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
