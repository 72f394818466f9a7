"""Reads the parameters of a request. Refuses unknown, repeated, missing or invalid ones and says what would be valid."""

from __future__ import annotations

from starlette.requests import Request

from svdash.editions import Edition
from svdash.findings.open_data import request_parameters
from svdash.findings.open_data.request_parameters import ParameterError, shortened
from svdash.findings.spec import Parameter, Spec
from svdash.register import View
from svdash.web.answers import RefusedError


def read(
    request: Request, edition: Edition, table: Spec, more: dict[str, Parameter]
) -> tuple[View, dict[str, str]]:
    """Read the view and the parameters of a request; ``more`` are parameters of the route beside those of the table."""
    try:
        return request_parameters.read(edition, table, _once(request), more)
    except ParameterError as error:
        raise _refused(error) from error


def none(request: Request) -> None:
    """Refuse every parameter."""
    if request.query_params:
        name = shortened(next(iter(request.query_params)))
        raise RefusedError(422, error=f"unknown parameter '{name}'", parameter=name, allowed=[])


def checked(request: Request, edition: Edition, known: dict[str, Parameter]) -> dict[str, str]:
    """Return the parameters of a request; refuse the first that is unknown, repeated, missing or invalid."""
    try:
        return request_parameters.checked(edition, known, _once(request))
    except ParameterError as error:
        raise _refused(error) from error


def _once(request: Request) -> dict[str, str]:
    """Return the parameters of a request; refuse one that is given several times."""
    for parameter in request.query_params:
        times = len(request.query_params.getlist(parameter))
        if times > 1:
            name = shortened(parameter)
            raise RefusedError(422, error=f"'{name}' is given {times} times; give it once", parameter=name)
    return dict(request.query_params)


def _refused(error: ParameterError) -> RefusedError:
    value = {} if error.value is None else {"value": error.value}
    allowed = {} if error.allowed is None else {"allowed": error.allowed}
    return RefusedError(422, error=error.sentence, parameter=error.parameter, **value, **allowed)
