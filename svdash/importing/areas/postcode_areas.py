"""Which area each postcode of a pack lies in."""

from __future__ import annotations

from typing import Final

from svdash.lines.line_tables import AREAS
from svdash.tables.package import Pack

POSTCODES: Final = "postcodes"


def postcodes_of(pack: Pack) -> dict[str, str]:
    """Return areas by postcode without blanks: only areas that the pack has, none where it has no table of postcodes."""
    if POSTCODES not in pack.tables or AREAS not in pack.tables:
        return {}
    rows, known = pack.table(POSTCODES), set(pack.table(AREAS)["code"])
    pairs = zip(rows["postcode"].astype("str"), rows["area"].astype("str"), strict=True)
    return {postcode.replace(" ", ""): area for postcode, area in pairs if area in known}
