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
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TABLE_KINDS: Final = ("csv", "json", "parquet")
CHART_KINDS: Final = ("png", "svg")
# What a finding of a snapshot is given as.
STORED_KINDS: Final = ("csv", "json", "xlsx", *CHART_KINDS)
