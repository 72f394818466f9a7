"""A small pack on areas of 2011, and what publishers would offer for it on areas of 2021: made from its own geography."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import shapely

from svdash.lines.line_faults import line_faults
from svdash.tables import Pack, boundary_faults, open_pack
from tests.copies import DATA
from tests.integration.importing.test_import_iod import LEEDS, OF_2025, file7

TABLES = (
    "vocabulary", "areas", "boundaries", "programmes", "payments", "contacts", "places",
)  # fmt: skip
AREAS = 40
PARTS = ("E01039001", "E01039002")
MERGED = "E01039003"


def small_pack(folder: Path) -> Path:
    """The first areas of the embedded pack, and the lines that lie in them or nowhere."""
    folder.mkdir()
    descriptor = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [each for each in descriptor["resources"] if each["name"] in TABLES]
    for each in descriptor["resources"]:
        shutil.copy(DATA / each["path"], folder / each["path"])
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n")
    areas = pd.read_csv(DATA / "areas.csv", dtype=str).head(AREAS)
    areas.to_csv(folder / "areas.csv", index=False, lineterminator="\n")
    codes = set(areas["code"])
    shapes = json.loads((folder / "boundaries.geojson").read_text(encoding="utf-8"))
    shapes["features"] = [each for each in shapes["features"] if each["properties"]["code"] in codes]
    (folder / "boundaries.geojson").write_text(json.dumps(shapes), encoding="utf-8")
    places = pd.read_csv(DATA / "places.csv", dtype=str)
    places[places["area"].isin(codes)].to_csv(folder / "places.csv", index=False, lineterminator="\n")
    for name, columns in (("payments", ("supplier_area", "benefit_area")), ("contacts", ("area",))):
        lines = pd.read_parquet(DATA / f"{name}.parquet")
        for column in columns:
            lines = lines[lines[column].isin(codes) | lines[column].isna()]
        # Those in no area of the pack tell nothing here: a few of them do.
        somewhere = lines[list(columns)].notna().any(axis=1)
        lines = lines[somewhere | (lines.index % 50 == 0)]
        lines.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def all_faults(pack: Pack) -> list[str]:
    """What ``check`` would name."""
    for name in pack.names:
        if name not in pack.lines:
            pack.withheld(name)
    return [str(each) for each in (*pack.faults, *boundary_faults.faults(pack), *line_faults(pack))]


@dataclass
class Later:
    """The pack's areas as another Census might have drawn them: one split at one third, two merged, the rest the same.

    Attributes:
        pack: on areas of 2011.
    """

    pack: Path

    @cached_property
    def areas(self) -> list[dict[str, str]]:
        """Areas of 2011."""
        with (self.pack / "areas.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    @cached_property
    def shapes(self) -> dict[str, Any]:
        """Outlines of 2011, in WGS 84."""
        found = json.loads((self.pack / "boundaries.geojson").read_text(encoding="utf-8"))
        return {
            each["properties"]["code"]: shapely.geometry.shape(each["geometry"]) for each in found["features"]
        }

    @cached_property
    def split(self) -> str:
        """The area that most people who were reached live in."""
        contacts = pd.read_parquet(self.pack / "contacts.parquet")
        return str(contacts.groupby("area")["people"].sum().idxmax())

    @cached_property
    def merged(self) -> tuple[str, str]:
        """Two neighbours."""
        codes = sorted(code for code in self.shapes if code != self.split)
        return next(
            (one, other)
            for one in codes
            for other in codes
            if one < other and self.shapes[one].intersection(self.shapes[other]).length > 0.002
        )

    @property
    def gone(self) -> set[str]:
        """Areas of 2011 that are no more."""
        return {self.split, *self.merged}

    @cached_property
    def later_shapes(self) -> dict[str, Any]:
        """Outlines of 2021."""
        kept = {code: shape for code, shape in self.shapes.items() if code not in self.gone}
        west, south, east, north = self.shapes[self.split].bounds
        middle = (west + east) / 2
        halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
        parts = {
            code: self.shapes[self.split].intersection(half) for code, half in zip(PARTS, halves, strict=True)
        }
        return kept | parts | {MERGED: shapely.union_all([self.shapes[code] for code in self.merged])}

    def file_7(self) -> bytes:
        """The Indices of 2025, as the ministry publishes them, with an area of elsewhere."""
        rows = [{**LEEDS, **row} for row in self.areas if row["code"] not in self.gone]
        one = next(row for row in self.areas if row["code"] == self.split)
        fresh = {**LEEDS, **one, "decile": "9"}
        made = [
            fresh
            | {"code": code, "name": f"Knowsley 099{'ABC'[at]}", "rank": str(30_000 + at), "population": size}
            for at, (code, size) in enumerate(((PARTS[0], "500"), (PARTS[1], "1000"), (MERGED, "3000")))
        ]
        return file7([*rows, *made, LEEDS], OF_2025).encode()

    def lookup(self) -> bytes:
        """The ONS lookup, with an area of elsewhere."""
        pairs = [(row["code"], row["code"], "U") for row in self.areas if row["code"] not in self.gone]
        pairs += [(self.split, part, "S") for part in PARTS]
        pairs += [(code, MERGED, "M") for code in self.merged]
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(
            ["LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM", "LAD22CD", "LAD22NM", "ObjectId"]
        )
        for number, (old, new, change) in enumerate([*pairs, ("E01011111", "E01011111", "U")], start=1):
            writer.writerow([old, "Name", change, new, "Name", "E08000011", "Knowsley", number])
        return b"\xef\xbb\xbf" + text.getvalue().encode()

    def boundaries(self) -> bytes:
        """The ONS outlines as GeoJSON."""
        features = [
            {"type": "Feature", "id": number, "properties": {"LSOA21CD": code, "LSOA21NM": "Name"},
             "geometry": shapely.geometry.mapping(shape)}
            for number, (code, shape) in enumerate(self.later_shapes.items(), start=1)
        ]  # fmt: skip
        return json.dumps({"type": "FeatureCollection", "features": features}).encode()

    def postcodes(self) -> bytes:
        """OS Code-Point Open: a postcode in each area of 2021, and some that need care. See the test."""
        inner = {code: shape.representative_point() for code, shape in self.later_shapes.items()}
        spots = geopandas.GeoSeries(list(inner.values()), crs=4326).to_crs(27700)
        rows = [
            [f"L{1 + at // 26:<2d}1A{chr(65 + at % 26)}", "10", round(spot.x), round(spot.y), "E92000001", "", "", "",
             "E08000011", "E05000001"]
            for at, spot in enumerate(spots)
        ]  # fmt: skip
        whole = geopandas.GeoSeries([shapely.union_all(list(self.shapes.values()))], crs=4326).to_crs(27700)[
            0
        ]
        east = whole.bounds[2]
        edge = max(shapely.get_coordinates(whole).tolist(), key=lambda pair: pair[0])
        tail = ["E92000001", "", "", ""]
        rows += [
            ["L98 1NR", "10", round(edge[0] + 100), round(edge[1]), *tail, "E08000011", ""],
            ["L98 1FA", "10", round(east + 5_000), round(edge[1]), *tail, "E08000011", ""],
            ["L98 1NR", "10", round(edge[0] + 100), round(edge[1]), *tail, "E08000011", ""],
            ["L98 1NP", "90", 0, 0, *tail, "E08000011", ""],
            ["WA991EL", "10", rows[0][2], rows[0][3], *tail, "E06000007", ""],
        ]
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Doc/licence.txt", "licence")
            archive.writestr(
                "Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO\nPostcode,Quality,Eastings,Northings\n"
            )
            archive.writestr("Data/CSV/l.csv", text.getvalue())
        return packed.getvalue()


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, hidden ones too, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def reopened(folder: Path) -> Pack:
    """The pack as it stands now."""
    return open_pack(folder)
