"""Which posts answer for a commitment, a measure or a gap, as the register and its links tell it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from svdash.editions import Edition
from svdash.register import Framework

# Parts of the equality page → the concept that marks the register's indicators of the same people or suppliers.
_MARKED: Final = {
    "workforce": "workforce-by-group",
    "pay": "pay-gap-by-group",
    "owners": "supplier-standards",
}
_RECRUITMENT, _SERVICES = "recruitment", "services"
_OF_PROGRAMMES: Final = "programme_links"


def of_commitments(edition: Edition, ids: Iterable[str]) -> frozenset[str]:
    """Return the owners of commitments; none where the register names none. Practices have no updates, so nobody answers for them."""
    rows = Framework.of(edition).commitments
    return frozenset(rows.loc[rows["id"].isin(list(ids)) & (rows["kind"] != "practice"), "lead"].dropna())


def of_indicators(edition: Edition, ids: Iterable[str]) -> frozenset[str]:
    """Return the posts that answer for indicators: their owners where these own commitments too, else the owners of those they are linked to.

    A post that owns no commitment has no updates to write, so nothing would ask it.
    """
    framework, wanted = Framework.of(edition), list(ids)
    every, links = framework.indicators, framework.links
    owners = frozenset(every.loc[every["id"].isin(wanted), "owner"].dropna())
    return owners & frozenset(framework.commitments["lead"].dropna()) or of_commitments(
        edition, links.loc[links["indicator"].isin(wanted), "commitment"]
    )


def of_gap(edition: Edition, part: str) -> frozenset[str]:
    """Return the posts that answer for the gaps of a part of the equality page; none where nothing in the pack leads to one.

    Staff, recruitment, pay and suppliers have indicators in the register, services have programmes that are linked to
    commitments.
    """
    return _of_services(edition) if part == _SERVICES else of_indicators(edition, _indicators(edition, part))


def owners_of_gap(edition: Edition, part: str) -> frozenset[str]:
    """Return the posts that own what tells of the gaps of a part, as the register names them, whether they write updates or not."""
    if part == _SERVICES:
        return _of_services(edition)
    rows = Framework.of(edition).indicators
    return frozenset(rows.loc[rows["id"].isin(_indicators(edition, part)), "owner"].dropna())


def _of_services(edition: Edition) -> frozenset[str]:
    if _OF_PROGRAMMES not in edition.tables:
        return frozenset()
    return of_commitments(edition, edition.table(_OF_PROGRAMMES)["commitment"])


def _indicators(edition: Edition, part: str) -> tuple[str, ...]:
    """Return the register's indicators of the people or suppliers whose gaps a part shows."""
    framework = Framework.of(edition)
    if part == _RECRUITMENT:
        return tuple(framework.indicators.loc[framework.indicators["stage"].notna(), "id"])
    return framework.with_concept(_MARKED[part]) if part in _MARKED else ()
