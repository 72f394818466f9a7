"""The authority that a pack is about: reads and checks the object ``authority`` of the descriptor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from svdash import wording
from svdash.tables.edition import Edition
from svdash.tables.faults import DESCRIPTOR, Fault, suggestion

# What the place is called if the pack does not say.
PLACE: Final = "area"
# Texts about the authority in a pack: what each is for, and an example.
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "name": ("the authority's name", "Example County Council"),
    "area": ("the name of the place it serves", "Exampleshire"),
    "place": ("what kind of place that is, in small letters", "county"),
    "organisation": ("its code in the vocabulary's list “organisation”", "council"),
}


_ALL: Final = 100


@dataclass(frozen=True)
class Authority:
    """The authority of a pack, from its descriptor. What the descriptor does not say is an empty text or None.

    Attributes:
        name: of the authority.
        framework: name of the Framework that the pack is about.
        area: name of the place it serves.
        place: what kind of place that is, in small letters: ``county``.
        organisation: its code in the vocabulary's list ``organisation``.
        threshold_pence: value above which a contract is expected to have social value scored, in pence.
        threshold_source: where that value is from.
        turnover: share of its staff that leaves in a year, above 0 and at most 1.
        turnover_source: where that share was published.
    """

    name: str
    framework: str
    area: str
    place: str
    organisation: str
    threshold_pence: int | None
    threshold_source: str
    turnover: float | None
    turnover_source: str


def authority(edition: Edition) -> Authority:
    """Return the authority of a pack. What is missing or invalid is left out; :func:`faults` reports it."""
    given = _given(edition)
    threshold = given.get("contract_threshold_pence")
    return Authority(
        name=_text(given, "name") or str(edition.head.get("title", "")),
        framework=_text(given, "framework") or str(edition.head.get("title", "")),
        area=_text(given, "area"),
        place=_text(given, "place") or PLACE,
        organisation=_text(given, "organisation"),
        threshold_pence=threshold if _is_amount(threshold) else None,
        threshold_source=_text(given, "contract_threshold_source"),
        turnover=_turnover(given),
        turnover_source=_text(given, "staff_turnover_source"),
    )


def faults(edition: Edition) -> tuple[Fault, ...]:
    """Return what is missing or invalid in the descriptor's ``authority``. A pack without ``authority`` has no fault."""
    return tuple(_faults(edition, _given(edition))) if "authority" in edition.head else ()


def _given(edition: Edition) -> Mapping[str, Any]:
    given = edition.head.get("authority")
    return given if isinstance(given, dict) else {}


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return value.strip() if isinstance(value, str) else ""


def _is_amount(value: object) -> bool:
    return type(value) is int and value >= 0


def _turnover(given: Mapping[str, Any]) -> float | None:
    percent = given.get("staff_turnover_percent")
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        return None
    return percent / 100 if 0 < percent <= _ALL else None


def _fault(key: str, given: Mapping[str, Any], problem: str, remedy: str) -> Fault:
    value = given.get(key)
    return Fault(DESCRIPTOR, None, f"authority.{key}", None if value is None else str(value), problem, remedy)


def _faults(edition: Edition, given: Mapping[str, Any]) -> Iterator[Fault]:
    for key, (what, example) in _TEXTS.items():
        if not _text(given, key):
            problem = "is missing" if key not in given else "is not text"
            yield _fault(key, given, problem, f"Write {what}, for example “{example}”.")
    yield from _organisation_faults(edition, given)
    if "contract_threshold_pence" in given and not _is_amount(given["contract_threshold_pence"]):
        remedy = "Write whole pence, 1000000 for £10,000, or leave it out where there is no threshold."
        yield _fault("contract_threshold_pence", given, "is not an amount in pence", remedy)
    elif "contract_threshold_pence" in given and not _text(given, "contract_threshold_source"):
        remedy = "Write where the threshold is from: a document and its page."
        yield _fault("contract_threshold_source", given, "is missing", remedy)
    if "staff_turnover_percent" in given and _turnover(given) is None:
        remedy = (
            "Write a number above 0 and up to 100, 12.5 for 12.5%, or leave it out where none is published."
        )
        yield _fault("staff_turnover_percent", given, "is not a percentage of staff", remedy)
    elif "staff_turnover_percent" in given and not _text(given, "staff_turnover_source"):
        remedy = "Write where the turnover was published: a document and its page."
        yield _fault("staff_turnover_source", given, "is missing", remedy)


def _organisation_faults(edition: Edition, given: Mapping[str, Any]) -> Iterator[Fault]:
    """Report an organisation that the vocabulary does not list."""
    code = _text(given, "organisation")
    if not code or "vocabulary" not in edition.tables:
        return
    words = edition.table("vocabulary")
    known = [str(each) for each in words.loc[words["list"] == "organisation", "code"]]
    if known and code not in known:
        remedy = suggestion(code, known, f"Use one of: {wording.choices(known)}.")
        yield _fault("organisation", given, "is not a code of the list “organisation”", remedy)
