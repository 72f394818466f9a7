"""A program that imports a file into copies of a pack, and is killed at one step after the other.

    python -m tests.integration.importing.killed FORMAT FILE PACK FOLDER

Copies go into FOLDER, named by the step before which the import was killed; the last is that of an import that was not. The
interpreter tells of each opening, renaming and removal of a file before it is done. What is written into an open file in
between is as good as not written: no descriptor names that file yet.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from svdash.importing import import_jobs, importer
from svdash.importing.files.source_files import open_source
from svdash.importing.reconciliation import Options
from svdash.importing.writing import pack_writer
from tests.integration.importing.made import TODAY

TOUCHING = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.copyfile")


def main(form: str, file: str, pack: str, folder: str) -> None:
    """Import until no step is left at which the import is killed."""
    importer(form)  # what it loads, it loads once and not in each child
    for at in count(1):
        copy = Path(shutil.copytree(pack, Path(folder) / f"{at:03}"))
        child = os.fork()
        if not child:
            imported(form, Path(file), copy, at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            return
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"the import ended with status {status}")


def imported(form: str, file: Path, pack: Path, at: int) -> None:
    """Import, and be killed before a file of the pack is touched for the so many-th time."""
    steps = 0
    put = pack_writer._put

    def step(event: str, given: tuple[Any, ...]) -> None:
        nonlocal steps
        if writing and event in TOUCHING and str(pack) in str(given[0]):
            steps += 1
            if steps == at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watched(*args: Any) -> None:
        # No sooner: an interpreter that tells of all it does is slow.
        sys.addaudithook(step)
        writing.append(True)
        put(*args)
        writing.clear()

    writing: list[bool] = []
    pack_writer._put = watched
    options = Options(today=TODAY, replace=True, programme="corporate" if form == "spend" else None)
    import_jobs.import_into(form, open_source(file), pack, None, options)


if __name__ == "__main__":
    main(*sys.argv[1:])
