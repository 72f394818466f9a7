"""Tables as files for those who take them away."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from svdash import wording
from svdash.findings.finding import Finding


def csv(found: Finding) -> bytes:
    """Return a finding's table as CSV, so that no spreadsheet takes a cell for a formula."""
    # The byte order mark lets spreadsheets read £ and accents; CSV readers skip it.
    rows = found.export().rename(columns=wording.defused).map(wording.defused)
    return rows.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def json_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows for JSON: dates as ISO text, missing as null."""
    return list(
        json.loads(rows.to_json(orient="records", date_format="iso", date_unit="s", force_ascii=False))
    )
