"""A pack to import into, and what the tests say of files and reasons."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as papq
import pytest

from svdash.importing import importer
from svdash.importing.files.source_files import open_source
from svdash.importing.reconciliation import ImportRefusedError, Options, Reconciliation
from svdash.tables import Pack, open_pack

TODAY = date(2026, 11, 20)


class Imports:
    """A pack of its own for a test, with a few illustrative payments, and a way to import into it."""

    def __init__(self, folder: Path, files: Path) -> None:
        self.folder, self.files = folder, files

    @property
    def pack(self) -> Pack:
        """The pack as it stands now."""
        return open_pack(self.folder)

    def bytes(self) -> dict[str, bytes]:
        """Every file of the pack, hidden ones too, with its bytes."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def descriptor(self, edit: Callable[[dict[str, Any]], None]) -> None:
        """Change the descriptor."""
        path = self.folder / "datapackage.json"
        found = json.loads(path.read_text(encoding="utf-8"))
        edit(found)
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")

    def entry(self, name: str = "payments") -> dict[str, Any]:
        """The descriptor's entry of a table."""
        return self.pack.resource(name)

    def lines(self) -> pd.DataFrame:
        """The pack's payments."""
        return papq.read_table(self.pack.file("payments")).to_pandas()

    def file(self, content: str | bytes, name: str = "spend.csv") -> Path:
        """Write a published file; text as UTF-8."""
        path = self.files / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, content: str | bytes | Path, form: str = "spend", **options: Any) -> Reconciliation:
        """Import a file, or its content."""
        path = content if isinstance(content, Path) else self.file(content)
        given = Options(**{"today": TODAY, **options})
        return importer(form)(open_source(path), self.pack, given)

    def first(self, content: str | bytes | Path, form: str = "spend", **options: Any) -> Reconciliation:
        """Import a file in the place of the illustrative lines, for the programme "corporate"."""
        return self.run(content, form, **{"replace": True, "programme": "corporate", **options})

    def refusal(self, content: str | bytes | Path, form: str = "spend", **options: Any) -> ImportRefusedError:
        """The error of an import that is refused, and leaves the pack as it was."""
        before = self.bytes()
        with pytest.raises(ImportRefusedError) as caught:
            self.run(content, form, **options)
        assert self.bytes() == before
        return caught.value


def table(*rows: str, header: str = "Date,Supplier,Amount,Purpose") -> str:
    """A CSV of these rows."""
    return "\n".join([header, *rows]) + "\n"


def codes(tallies: Mapping[str, Any]) -> dict[str, int]:
    """How many rows there are for each reason."""
    return {code: tally.rows for code, tally in tallies.items()}
