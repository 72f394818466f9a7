"""Assigns lines of areas that no longer exist to new areas: whole lines and people, in proportion to residents, repeatably."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

# Part of every draw: another one would place lines otherwise, so it stays.
_SEED: Final = "lsoa-2011-2021"
_DRAWS: Final = 2**64

WHOLE, DRAWN, POSTCODE, DOOR = "whole", "drawn", "postcode", "coordinates"


@dataclass
class Moves:
    """Areas that are gone, and those that took their place.

    Attributes:
        parts: by area that is gone, those in its place with their residents, in the order of their codes.
        postcodes: area by postcode, without blanks.
        counted: lines by how they were placed.
    """

    parts: dict[str, tuple[tuple[str, int], ...]]
    postcodes: Mapping[str, str] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)

    def of(self, old: str, identity: str, postcode: str | None = None) -> str:
        """The area that a line is in now: that of its postcode, the only one there is, or one drawn by residents.

        Args:
            old: area that is gone.
            identity: what stays the same with the line; lines that share it stay together.
            postcode: of the line, where it has one.
        """
        known = self._by_postcode(postcode)
        if known is not None:
            self.counted[POSTCODE] += 1
            return known
        parts = self.parts[old]
        if len(parts) == 1:
            self.counted[WHOLE] += 1
            return parts[0][0]
        self.counted[DRAWN] += 1
        at = _draw(old, identity) * sum(size for _, size in parts) // _DRAWS
        sums = accumulate(size for _, size in parts)
        return next(code for (code, _), end in zip(parts, sums, strict=True) if at < end)

    def divided(
        self, old: str, people: int, identity: str, postcode: str | None = None
    ) -> list[tuple[str, int]]:
        """The areas that a number of people are in now, and how many in each: whole, and none lost.

        Each part has its share of residents rounded down; those that are left over are drawn, none of them into the
        same part twice, so that in the long run each part has its share.
        """
        parts = self.parts[old]
        known = self._by_postcode(postcode)
        if known is not None or len(parts) == 1 or people < 1:
            return [(self.of(old, identity, postcode), people)]
        self.counted[DRAWN] += 1
        total = sum(size for _, size in parts)
        shares = [divmod(people * size, total) for _, size in parts]
        begin = _draw(old, identity) * total // _DRAWS
        ends = list(accumulate(rest for _, rest in shares))
        # As many points as people are left, one total apart: each part holds one at most.
        extra = [
            _points(end, begin, total) - _points(end - rest, begin, total)
            for end, (_, rest) in zip(ends, shares, strict=True)
        ]
        given = [
            (code, whole + more) for (code, _), (whole, _), more in zip(parts, shares, extra, strict=True)
        ]
        return [(code, number) for code, number in given if number]

    def _by_postcode(self, postcode: str | None) -> str | None:
        return self.postcodes.get(postcode.replace(" ", "").upper()) if postcode and self.postcodes else None


def moves(
    pairs: Iterable[tuple[str, str]], residents: Mapping[str, int], postcodes: Mapping[str, str]
) -> Moves:
    """What the pairs of a lookup say of areas that are gone.

    Args:
        pairs: an area of the earlier Census and one of the later that has ground of it.
        residents: by area of the pack.
        postcodes: area by postcode, without blanks; may be empty.
    """
    found: dict[str, dict[str, int]] = {}
    for old, new in pairs:
        if old not in residents and new in residents:
            found.setdefault(old, {})[new] = residents[new]
    return Moves({old: tuple(sorted(parts.items())) for old, parts in found.items()}, postcodes)


def _draw(old: str, identity: str) -> int:
    text = f"{_SEED}\n{old}\n{identity}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


def _points(end: int, begin: int, step: int) -> int:
    """How many of the points begin, begin + step, … lie before an end."""
    return max(0, -(-(end - begin) // step))
