"""Media types of answers."""

from __future__ import annotations

from typing import Final

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": JSON,
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
}
TABLE_KINDS: Final = ("csv", "json", "parquet")
CHART_KINDS: Final = ("png", "svg")
