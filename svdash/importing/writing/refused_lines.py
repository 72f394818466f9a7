"""Writes refused lines to a CSV file that is safe in a spreadsheet: each as in its file, with the reason."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from svdash import wording
from svdash.importing.files.source_files import Source
from svdash.importing.reconciliation import ImportFileError, Options, Problem
from svdash.settings import var_folder

COLUMNS: Final = ("row", "reason", "what to do")
_WRITABLE: Final = 0o222
_LONGEST_STEM: Final = 200


class RefusedLines:
    """Collects refused lines in a temporary file, and puts it into its place at the end."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115  closed with the collection
        self._stream = io.TextIOWrapper(self._file, encoding="utf-8-sig", errors="replace", newline="")
        self._writer: Any = csv.writer(self._stream, lineterminator="\n")
        self.rows = 0

    def __enter__(self) -> Self:
        """Return the collection."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the temporary file back."""
        self._stream.close()

    def head(self, headings: Sequence[str]) -> None:
        """Write the headings: row, reason and remedy, then those of the file."""
        self._writer.writerow([*COLUMNS, *(wording.defused(name) for name in headings)])

    def add(self, row: int, problem: Problem, cells: Sequence[str]) -> None:
        """Write a refused line."""
        self.rows += 1
        self._writer.writerow(
            [row, problem.words, problem.remedy, *(wording.defused(cell) for cell in cells)]
        )

    def place(self, source: Source, options: Options) -> Path | None:
        """Put the lines where they were asked for, or beside the file, or where that can't be written into ``var``.

        Nothing is written where no line was refused, nor in a dry run that wasn't given a place.

        Raises:
            ImportFileError: the place that was asked for can't be written.
        """
        if not self.rows or (options.dry_run and options.refused is None):
            return None
        self._stream.flush()
        if options.refused is not None:
            if options.refused.resolve() == source.path.resolve():
                raise ImportFileError(
                    f"{options.refused}: the refused lines would take the place of the file that is imported. Give "
                    "another path with --refused."
                )
            try:
                return self._write(options.refused)
            except OSError as error:
                raise ImportFileError(
                    f"{options.refused}: the refused lines can't be written there ({error.strerror}). Nothing was "
                    "imported. Give another path with --refused."
                ) from error
        # A name may have 255 bytes.
        stem = source.path.stem.encode()[:_LONGEST_STEM].decode("utf-8", "ignore")
        name = f"{stem}-refused.csv"
        beside = source.path.parent
        if os.access(beside, os.W_OK) and beside.stat().st_mode & _WRITABLE:
            return self._write(beside / name)
        # Published files often lie where nobody may write, or should.
        folder = var_folder() / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        return self._write(folder / name)

    def _write(self, path: Path) -> Path:
        # Whole or not at all: a spreadsheet may hold an earlier one open.
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".refused-") as folder:
            fresh = Path(folder) / path.name
            self._stream.seek(0)
            with fresh.open("wb") as out:
                shutil.copyfileobj(self._stream.buffer, out)
            fresh.replace(path)
        return path
