"""What can be pulled: each product's files, where its publisher lists them, and the importers that read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from svdash import settings
from svdash.importing.pull.fetch import PullError, Wanted, wanted
from svdash.lines.line_tables import AREAS
from svdash.tables.package import Pack

_AREAS: Final = "{areas}"


@dataclass(frozen=True)
class Part:
    """A file of a product.

    Attributes:
        form: format of the importer that reads it.
        setting: the variable that says where it is.
        page: where its publisher lists it, for people.
        what: what it is, in words.
        name: what it is called on the disk if its address doesn't tell.
        order: importers run in this order, whichever products were asked for.
        replace: whether it takes the place of what the pack has.
        vintage: edition of the Indices that it is of, where the importer asks for that.
    """

    form: str
    setting: str
    page: str
    what: str
    name: str
    order: int
    replace: bool = False
    vintage: str | None = None


_IOD: Final = Part(
    "iod", "SVDASH_IOD2025_URL", "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025",
    "English Indices of Deprivation 2025, File 7", "File_7_IoD2025.csv", 1, replace=True, vintage="2025",
)  # fmt: skip
_BOUNDARIES: Final = Part(
    "boundaries", "SVDASH_BOUNDARIES2021_URL", "https://geoportal.statistics.gov.uk/",
    "boundaries of LSOAs, December 2021", "LSOA_2021_boundaries.geojson", 2, replace=True,
)  # fmt: skip
_POSTCODES: Final = Part(
    "postcodes", "SVDASH_POSTCODES_URL", "https://osdatahub.os.uk/downloads/open/CodePointOpen",
    "OS Code-Point Open", "codepo_gb.zip", 3,
)  # fmt: skip
_LOOKUP: Final = Part(
    "lsoa-lookup", "SVDASH_LOOKUP_URL", "https://geoportal.statistics.gov.uk/",
    "lookup of LSOAs of 2011 to those of 2021", "LSOA11_LSOA21_lookup.csv", 4,
)  # fmt: skip
PRODUCTS: Final = {
    "iod2025": (_IOD, _LOOKUP),
    "boundaries2021": (_BOUNDARIES,),
    "postcodes": (_POSTCODES,),
}


def parts_of(names: Sequence[str]) -> list[Part]:
    """The files of these products, in the order in which they are imported."""
    return sorted(
        (part for name in dict.fromkeys(names) for part in PRODUCTS[name]), key=lambda each: each.order
    )


def unmet(names: Sequence[str], pack: Pack) -> str | None:
    """Why these products can't go into this pack as it is; None where they can. Asked before anything is fetched."""
    editions = sorted(pack.table(AREAS)["vintage"].unique()) if AREAS in pack.tables else []
    if "boundaries2021" in names and "iod2025" not in names and editions != ["2025"]:
        return (
            f"The pack's areas carry the Indices of {', '.join(editions) or 'no edition'}, and these boundaries are of areas of "
            "2021. Pull both together: python -m svdash pull iod2025 boundaries2021"
        )
    return None


def address_of(part: Part, pack: Pack) -> Wanted:
    """Where a file is, by its setting.

    Raises:
        PullError: the setting is no address.
    """
    address = settings.address(part.setting)
    if _AREAS in address:
        address = address.replace(_AREAS, quote(_condition(pack), safe=""))
    return wanted(address, part.name, part.setting)


def _condition(pack: Pack) -> str:
    """The pack's areas as a condition: names of LSOAs begin with that of their district."""
    if AREAS not in pack.tables or pack.table(AREAS).empty:
        raise PullError(f"{pack.path}: the pack has no areas. Import the Indices of Deprivation (iod) first.")
    districts = sorted({str(name).rpartition(" ")[0] for name in pack.table(AREAS)["msoa"]})
    quoted = [name.replace("'", "''") for name in districts]
    return " OR ".join(f"LSOA21NM LIKE '{name} %'" for name in quoted)
