"""Recognises areas in a file: codes of the Census of 2011 and 2021, districts and areas by name in any spelling, postcodes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from svdash.register.vocabulary import districts
from svdash.tables.edition import Edition

# What a code of nine characters begins with → what it names.
CODES: Final[Mapping[str, str]] = {
    "E01": "LSOA", "W01": "LSOA", "S01": "data zone", "E02": "MSOA", "W02": "MSOA", "E00": "output area", "E05": "ward",
    "E06": "local authority", "E07": "local authority", "E08": "local authority", "E09": "local authority",
    "W06": "local authority", "S12": "local authority", "N09": "local authority", "E10": "county", "E11": "county",
    "E12": "region", "E47": "combined authority", "E92": "country", "W92": "country", "S92": "country", "K02": "country",
}  # fmt: skip
LSOA: Final = "LSOA"
# What the name of a column of codes that is put beside areas by name ends in.
BESIDE: Final = " as code"
_CODE: Final = re.compile(r"[EWSNK][0-9]{8}")
# The last codes that the Census of 2011 has in England and in Wales: later ones are of 2021.
_LAST_2011: Final = {"E01": "E01033768", "W01": "W01001909"}
POSTCODE: Final = re.compile(r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?[0-9][A-Z]{2}")
# What a name of a local authority may have around the name of its place.
_AROUND: Final = re.compile(
    r"\b(?:the|of|council|city|borough|metropolitan|county|district|unitary|authority|royal|local|met|mbc|mdc|mb|md|bc|cc|dc|ua|la)\b"
)
_SAINT: Final = re.compile(r"\bsaint\b")
# Columns are places if at least this share of their different values is.
MOSTLY: Final = 0.8
# An edition of the Indices of Deprivation → the Census whose areas it has.
_CENSUS: Final = {"2019": "2011", "2025": "2021"}


@dataclass(frozen=True)
class Places:
    """The places that a pack knows.

    Attributes:
        by_name: a name as :func:`folded` has it → the code of its area.
        names: code → name as the pack writes it.
        censuses: code of an LSOA → the Censuses whose areas the pack has it among: 2011, 2021.
        postcodes: postcode without blanks → code of its area.
    """

    by_name: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    censuses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    postcodes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, edition: Edition) -> Places:
        """Return the places of an edition: none where it has no areas."""
        if "areas" not in edition.tables:
            return cls()
        rows = edition.table("areas")
        areas = zip(rows["code"].astype("str"), rows["name"].astype("str"), strict=True)
        names = {**dict(areas), **districts(edition)}
        censuses: dict[str, tuple[str, ...]] = {}
        for code, vintage in zip(rows["code"].astype("str"), rows["vintage"].astype("str"), strict=True):
            censuses[code] = (*censuses.get(code, ()), _CENSUS.get(vintage, vintage))
        # A district stands above an area of the same name.
        by_name = {folded(name): code for code, name in names.items()} | {
            folded(name): code for code, name in districts(edition).items()
        }
        return cls(by_name, names, censuses, _postcodes(edition, names))

    @classmethod
    def digest_of(cls, edition: Edition) -> str:
        """Return the digest of an edition's places, worked out once."""
        return edition.remember("digest of places", lambda: cls.of(edition).digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the places: another one where the pack's areas, names or postcodes are others."""
        said = [self.by_name, self.names, self.censuses, self.postcodes]
        text = json.dumps([sorted(each.items()) for each in said])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def every_census(self) -> frozenset[str]:
        """The Censuses whose areas the pack has."""
        return frozenset(each for every in self.censuses.values() for each in every)

    def code(self, name: str) -> str | None:
        """Return the code of an area by its name in any spelling, or by its code; ``None`` where the pack has none."""
        return name if name in self.names else self.by_name.get(folded(name))


def _postcodes(edition: Edition, known: Mapping[str, str]) -> dict[str, str]:
    if "postcodes" not in edition.tables:
        return {}
    rows = edition.table("postcodes")
    pairs = zip(rows["postcode"].astype("str"), rows["area"].astype("str"), strict=True)
    return {postcode.replace(" ", ""): area for postcode, area in pairs if area in known}


def codes_beside(column: str) -> str:
    """Return the name of the column of codes that is put beside a column of areas by name."""
    return f"{column}{BESIDE}"


@lru_cache(maxsize=65_536)
def folded(name: str) -> str:
    """Return what a name of a place comes to, however it is spelt: St. Ives, St Ives MBC, SAINT IVES → st ives."""
    words = re.sub(
        r"\s+",
        " ",
        re.sub(r"[^\w ]+", " ", name.casefold().replace("'", "").replace("\u2019", "").replace("&", " and ")),
    ).strip()
    words = _SAINT.sub("st", words)
    bare = re.sub(r"\s+", " ", _AROUND.sub(" ", words)).strip()
    return bare or words


def census(code: str, places: Places) -> str:
    """Return the Census whose areas alone have this code, 2011 or 2021; empty where both have it or nobody knows."""
    last = _LAST_2011.get(code[:3])
    if last is not None and code > last:
        return "2021"
    mine = places.censuses.get(code, ())
    return mine[0] if len(places.every_census) > 1 and len(mine) == 1 else ""


def kind_of_codes(values: Iterable[str]) -> str:
    """Return what the codes among some values name, if nearly all are codes of one kind of area; else empty."""
    known = list(values)
    kinds = [CODES.get(each[:3], "") if _CODE.fullmatch(each) else "" for each in known]
    likeliest = max(set(kinds) - {""}, key=kinds.count, default="")
    return likeliest if likeliest and kinds.count(likeliest) >= MOSTLY * len(known) else ""


def are_postcodes(values: Iterable[str]) -> bool:
    """Return whether nearly all of some values are full postcodes."""
    known = list(values)
    return bool(known) and sum(1 for each in known if POSTCODE.fullmatch(each.upper())) >= MOSTLY * len(known)
