"""Reads the parameters of a request. Refuses unknown, repeated, missing or invalid ones and says what would be valid."""

from __future__ import annotations

from starlette.requests import Request

from svdash.editions import Edition
from svdash.findings.open_data import open_tables
from svdash.findings.spec import LONGEST_TEXT, Parameter, Spec
from svdash.register import FILTERS, Framework, View
from svdash.web.answers import RefusedError, shortened


def read(
    request: Request, edition: Edition, table: Spec, more: dict[str, Parameter]
) -> tuple[View, dict[str, str]]:
    """Read the view and the parameters of a request; ``more`` are parameters of the route beside those of the table."""
    values = checked(request, edition, {**open_tables.parameters(edition, table), **more})
    view, ignored = Framework.of(edition).filters.read({k: v for k, v in values.items() if k in FILTERS})
    if ignored:
        part = ignored[0]
        raise RefusedError(
            422, error=f"{part.name}={part.value}: {part.reason}", parameter=part.name, value=part.value
        )
    own = {n: values.get(n, about.default or "") for n, about in {**table.parameters, **more}.items()}
    for parameter, of_the_others in table.narrowed.items():
        allowed = of_the_others(edition, own)
        if own[parameter] not in allowed:
            raise RefusedError(
                422,
                error=f"'{own[parameter]}' is not a value of '{parameter}' beside the others that are given",
                parameter=parameter,
                value=own[parameter],
                allowed=list(allowed),
            )
    return view, own


def none(request: Request) -> None:
    """Refuse every parameter."""
    _known(request, {})


def checked(request: Request, edition: Edition, known: dict[str, Parameter]) -> dict[str, str]:
    """Return the parameters of a request; refuse the first that is unknown, repeated, missing or invalid."""
    _known(request, known)
    values: dict[str, str] = {}
    for parameter, about in known.items():
        several = request.query_params.getlist(parameter)
        if len(several) > 1:
            raise RefusedError(
                422, error=f"'{parameter}' is given {len(several)} times; give it once", parameter=parameter
            )
        if several:
            values[parameter] = _value(edition, parameter, about, several[0])
        elif about.default is None:
            raise RefusedError(
                422,
                error=f"'{parameter}' is needed",
                parameter=parameter,
                allowed=_allowed(edition, about),
            )
    return values


def _known(request: Request, known: dict[str, Parameter]) -> None:
    for given in request.query_params:
        if given not in known:
            name = shortened(given)
            raise RefusedError(422, error=f"unknown parameter '{name}'", parameter=name, allowed=list(known))


def _value(edition: Edition, parameter: str, about: Parameter, given: str) -> str:
    if about.allowed is not None and given in about.allowed(edition):
        return given
    if about.allowed is None and len(given) <= LONGEST_TEXT:
        return given
    raise RefusedError(
        422,
        error=f"'{shortened(given)}' is not a value of '{parameter}'",
        parameter=parameter,
        value=shortened(given),
        allowed=_allowed(edition, about),
    )


def _allowed(edition: Edition, about: Parameter) -> list[str]:
    if about.allowed is None:
        return [f"any text of at most {LONGEST_TEXT} characters"]
    return list(about.allowed(edition))
