"""The first column of the workbench: the file that an indicator is worked out from."""

from __future__ import annotations

from collections.abc import Mapping

from svdash.show.kit import page
from svdash.workbench.indicator_draft import IndicatorDraft


def ask(now: page.Here, draft: IndicatorDraft) -> Mapping[str, str] | None:
    """Draw the column and return the draft's files, name → SHA-256; ``None`` while none is brought."""
    page.heading("Data", f"The {len(now.edition.tables)} tables of the data pack")
    return draft.files or None
