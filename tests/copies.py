"""Copies of the embedded pack that a test may change on purpose."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from svdash.pack import Pack, open_pack

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"


@dataclass(frozen=True)
class CopiedPack:
    """A copy of the embedded pack; its tables are read and written as text, as an officer's editor would."""

    folder: Path

    @classmethod
    def into(cls, folder: Path) -> CopiedPack:
        """Copy the embedded pack into a folder that does not exist yet."""
        return cls(Path(shutil.copytree(DATA, folder)))

    def rows(self, table: str) -> pd.DataFrame:
        """Return a table as text, empty cells as empty text."""
        return pd.read_csv(self.folder / f"{table}.csv", dtype="str", keep_default_na=False)

    def change(self, table: str, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Write a table as ``edit`` returns it."""
        edit(self.rows(table)).to_csv(self.folder / f"{table}.csv", index=False, lineterminator="\n")

    def thin(self, table: str, every: int) -> None:
        """Keep one row in so many of a table of lines."""
        path = self.folder / f"{table}.parquet"
        pd.read_parquet(path).iloc[::every].reset_index(drop=True).to_parquet(path, index=False)

    def remove(self, table: str) -> None:
        """Take the file of a table away."""
        descriptor = json.loads((self.folder / "datapackage.json").read_text(encoding="utf-8"))
        path = next(resource["path"] for resource in descriptor["resources"] if resource["name"] == table)
        (self.folder / path).unlink()

    def open(self) -> Pack:
        """Open it as it stands now."""
        return open_pack(self.folder)
