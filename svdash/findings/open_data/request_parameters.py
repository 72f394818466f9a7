"""Reads what a table is asked for, by name and value: routes and notebooks take the same and refuse the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from svdash import wording
from svdash.editions import Edition
from svdash.findings.open_data import open_tables
from svdash.findings.spec import LONGEST_TEXT, Parameter, Spec
from svdash.register import FILTERS, Framework, View

# Values that a sentence lists at most.
_LISTED = 12


class ParameterError(ValueError):
    """A parameter that is unknown, missing or invalid.

    Attributes:
        said: what is wrong, as a clause.
        parameter: its name.
        value: what was given, shortened; ``None`` where that is not what is wrong.
        allowed: what would have been right; ``None`` where ``sentence`` tells it.
    """

    def __init__(
        self,
        sentence: str,
        parameter: str,
        *,
        value: str | None = None,
        allowed: Sequence[str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        listed = list(allowed or ())
        more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
        named = dict(labels or {})
        # A code of an area says nothing by itself.
        shown = [f"{each} ({named[each]})" if each in named else each for each in listed[:_LISTED]]
        known = f" Possible: {', '.join(shown)}{more}." if listed else ""
        super().__init__(f"{wording.sentence(sentence)}.{known}")
        self.sentence, self.parameter, self.value = sentence, parameter, value
        self.allowed = None if allowed is None else list(allowed)


def read(
    edition: Edition, table: Spec, given: Mapping[str, str], more: Mapping[str, Parameter] | None = None
) -> tuple[View, dict[str, str]]:
    """Return the view and the parameters that a table is asked for; ``more`` are parameters beside its own.

    Raises:
        ParameterError: one of them is unknown, missing or invalid.
    """
    beside = dict(more or {})
    values = checked(edition, {**open_tables.parameters(edition, table), **beside}, given)
    view, ignored = Framework.of(edition).filters.read({k: v for k, v in values.items() if k in FILTERS})
    if ignored:
        part = ignored[0]
        raise ParameterError(f"{part.name}={part.value}: {part.reason}", part.name, value=part.value)
    own = {n: values.get(n, about.default or "") for n, about in {**table.parameters, **beside}.items()}
    for parameter, of_the_others in table.narrowed.items():
        allowed = of_the_others(edition, own)
        if own[parameter] not in allowed:
            raise ParameterError(
                f"'{own[parameter]}' is not a value of '{parameter}' beside the others that are given",
                parameter,
                value=own[parameter],
                allowed=allowed,
            )
    return view, own


def checked(edition: Edition, known: Mapping[str, Parameter], given: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that are given. Raises ``ParameterError`` for the first that is unknown, missing or invalid."""
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        name = shortened(unknown)
        raise ParameterError(f"unknown parameter '{name}'", name, allowed=list(known))
    values: dict[str, str] = {}
    for parameter, about in known.items():
        if parameter in given:
            values[parameter] = _value(edition, parameter, about, given[parameter])
        elif about.default is None:
            raise ParameterError(f"'{parameter}' is needed", parameter, allowed=_allowed(edition, about))
    return values


def shortened(text: str) -> str:
    """Return what somebody sent, shortened to what is useful in an answer."""
    return text if len(text) <= 100 else f"{text[:100]}…"


def _value(edition: Edition, parameter: str, about: Parameter, given: str) -> str:
    if about.allowed is not None and given in about.allowed(edition):
        return given
    if about.allowed is None and len(given) <= LONGEST_TEXT:
        return given
    raise ParameterError(
        f"'{shortened(given)}' is not a value of '{parameter}'",
        parameter,
        value=shortened(given),
        allowed=_allowed(edition, about),
        labels=Framework.of(edition).filters.districts if parameter == "district" else None,
    )


def _allowed(edition: Edition, about: Parameter) -> list[str]:
    if about.allowed is None:
        return [f"any text of at most {LONGEST_TEXT} characters"]
    return list(about.allowed(edition))
