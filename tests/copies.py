"""Copies of packs that a test may change on purpose."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from svdash.tables import Pack, open_pack

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
# Rows of the embedded pack for 42 areas, two years and three characteristics; packs/make_small.py makes it.
SMALL = ROOT / "tests" / "packs" / "small"


@dataclass(frozen=True)
class CopiedPack:
    """A copy of a pack; its tables are read and written as text, as an officer's editor would."""

    folder: Path

    @classmethod
    def into(cls, folder: Path, source: Path = DATA) -> CopiedPack:
        """Copy a pack into a folder that does not exist yet."""
        return cls(Path(shutil.copytree(source, folder)))

    def rows(self, table: str) -> pd.DataFrame:
        """Return a table as text, empty cells as empty text."""
        return pd.read_csv(self.folder / f"{table}.csv", dtype="str", keep_default_na=False)

    def change(self, table: str, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Write a table as ``edit`` returns it."""
        edit(self.rows(table)).to_csv(self.folder / f"{table}.csv", index=False, lineterminator="\n")

    def crowd(self, more: int) -> None:
        """Add so many small areas, squares of some 30 m beside each other, with deciles and residents of one there is."""
        one = self.rows("areas").iloc[0]
        codes = [f"E0199{n:04d}" for n in range(more)]
        free = sorted(set(range(1, 32845)) - set(self.rows("areas")["rank"].astype(int)))[:more]
        new = pd.DataFrame([one] * more).assign(code=codes, name=codes, rank=[str(rank) for rank in free])
        self.change("areas", lambda rows: pd.concat([rows, new], ignore_index=True))
        file = self.folder / "boundaries.geojson"
        collection = json.loads(file.read_text(encoding="utf-8"))
        for n, code in enumerate(codes):
            x, y = -2.9 + n % 60 * 0.0005, 53.2 + n // 60 * 0.0003
            ring = [[x, y], [x + 0.0005, y], [x + 0.0005, y + 0.0003], [x, y + 0.0003], [x, y]]
            ring = [[round(a, 4), round(b, 4)] for a, b in ring]
            shape = {"type": "Polygon", "coordinates": [ring]}
            collection["features"].append(
                {"type": "Feature", "properties": {"code": code}, "geometry": shape}
            )
        file.write_text(json.dumps(collection), encoding="utf-8")

    def thin(self, table: str, every: int) -> None:
        """Keep one row in so many of a table of lines."""
        path = self.folder / f"{table}.parquet"
        pd.read_parquet(path).iloc[::every].reset_index(drop=True).to_parquet(path, index=False)

    def remove(self, table: str) -> None:
        """Take the file of a table away."""
        descriptor = json.loads((self.folder / "datapackage.json").read_text(encoding="utf-8"))
        path = next(resource["path"] for resource in descriptor["resources"] if resource["name"] == table)
        (self.folder / path).unlink()

    def describe(self, edit: Callable[[dict[str, Any]], None]) -> None:
        """Change the descriptor in place by ``edit``."""
        place = self.folder / "datapackage.json"
        said = json.loads(place.read_text(encoding="utf-8"))
        edit(said)
        place.write_text(json.dumps(said, ensure_ascii=False, indent=2), encoding="utf-8")

    def unchecked(self, table: str, *rules: str) -> None:
        """Say that a table leaves these rules on figures that can't be aside, so that one count can be changed alone."""

        def edit(said: dict[str, Any]) -> None:
            next(each for each in said["resources"] if each["name"] == table)["unchecked"] = list(rules)

        self.describe(edit)

    def unlist(self, table: str) -> None:
        """Take a resource out of the descriptor."""

        def edit(said: dict[str, Any]) -> None:
            said["resources"] = [each for each in said["resources"] if each["name"] != table]

        self.describe(edit)

    def open(self) -> Pack:
        """Open it as it stands now."""
        return open_pack(self.folder)
