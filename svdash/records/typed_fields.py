"""What people typed, checked against a model: each field at fault is named as its form names it, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from svdash import wording
from svdash.records.record_errors import RecordsError

Model = TypeVar("Model", bound=BaseModel)


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
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = (_fault(dict(each), fields, shorten) for each in error.errors())
        raise RecordsError(" ".join(dict.fromkeys(faults))) from error


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
    }.get("missing" if error["input"] is None else error["type"], f"{error['input']!r} can't stand there")
    return f"{fields.get(name, name.replace('_', ' ').capitalize())}: {why}."
