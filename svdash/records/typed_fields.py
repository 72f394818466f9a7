"""What people typed, checked against a model: each field at fault is named as its form names it, in a sentence.

What was recorded is read by the same models, and what a later version recorded is said to be that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from svdash import wording
from svdash.records.record_errors import RecordsError

if TYPE_CHECKING:
    from svdash.records.history import Revision

Model = TypeVar("Model", bound=BaseModel)
# Signs that nobody sees; tabs and ends of lines and pages, which come along with a text from elsewhere, are none of them.
_UNSEEN: Final = frozenset(map(chr, (*range(9), *range(14, 32), 127)))


def valid(
    model: type[Model], given: Mapping[str, Any], fields: Mapping[str, str], *, shorten: str = "Shorten it."
) -> Model:
    """Return what was typed as a model.

    Args:
        model: what it is to be.
        given: field → what was typed.
        fields: field → the name that people know it by; others are named as the model names them.
        shorten: what to do with a text that is too long.

    Raises:
        RecordsError: something is missing, too long or can't be; the message has a sentence for each field at fault.
    """
    unseen = [name for name, value in given.items() if _has_unseen(value)]
    if unseen:
        named = wording.every(_name(each, fields) for each in unseen)
        raise RecordsError(f"{named}: there is an invisible character in it. Type it again.")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = (_fault(dict(each), fields, shorten) for each in error.errors())
        raise RecordsError(" ".join(dict.fromkeys(faults))) from error


def recorded(model: type[Model], revision: Revision) -> Model:
    """Return what a revision holds as a model.

    Raises:
        RecordsError: it holds what this version does not know.
    """
    try:
        return model.model_validate(revision.content)
    except ValidationError as error:
        raise RecordsError(
            f"{revision.item} (revision {wording.number(revision.number)}) was recorded by a later version of the program, or "
            "outside the program: this version can't read it. Update the program, or look with python -m svdash doctor."
        ) from error


def _has_unseen(value: object) -> bool:
    if isinstance(value, str):
        return not _UNSEEN.isdisjoint(value)
    if isinstance(value, Mapping):
        return any(map(_has_unseen, value.values()))
    return isinstance(value, Iterable) and not isinstance(value, bytes) and any(map(_has_unseen, value))


def _name(field: str, fields: Mapping[str, str]) -> str:
    return fields.get(field, field.replace("_", " ").capitalize())


def _fault(error: Mapping[str, Any], fields: Mapping[str, str], shorten: str) -> str:
    """Return what is wrong with a field as a sentence."""
    limits = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(limits["error"])
    name = str(error["loc"][0]) if error["loc"] else ""
    most = wording.number(limits.get("max_length", 0))
    why = {
        "missing": "say something here",
        "string_too_short": "say something here",
        "string_too_long": f"it has more than {most} characters. {shorten.rstrip('.')}",
        "too_long": f"at most {most} can be named",
        "extra_forbidden": "there is no such field",
    }.get("missing" if error["input"] is None else error["type"], f"{error['input']!r} is not allowed there")
    return f"{_name(name, fields)}: {why}."
