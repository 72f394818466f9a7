"""Every table that can be taken away: the findings' own tables, and the open tables of the pack."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

from svdash.editions import Edition
from svdash.findings import economy, equality, exceptions, indicators, progress, reach
from svdash.findings.open_data import data_catalogue
from svdash.findings.spec import Parameter, Spec
from svdash.register import Framework


def _specs_of(subject: ModuleType) -> tuple[Spec, ...]:
    """Return what the modules of a subject register, in the order of their names."""
    names = (f"{subject.__name__}.{module.name}" for module in iter_modules(subject.__path__))
    return tuple(spec for name in names for spec in getattr(import_module(name), "SPECS", ()))


_SUBJECTS: Final = (progress, exceptions, indicators, reach, equality, economy)
_FINDINGS: Final = (*(spec for subject in _SUBJECTS for spec in _specs_of(subject)), *data_catalogue.SPECS)
_BY_NAME = {table.name: table for table in _FINDINGS}
# A pack table under a finding's name would be two answers to one address.
PREFIX: Final = "pack-"


def _open_table(name: str, title: str) -> Spec:
    return Spec(
        PREFIX + name,
        f"{title} (as in the pack)",
        lambda p, v, _: data_catalogue.raw(p, v, name),
        filtered=False,
    )


def every_table(edition: Edition) -> tuple[Spec, ...]:
    """Return every table of a pack that is served: findings first, then the pack's open tables as they are.

    Tables with counts of people (``access: gated``) are served only as findings, behind disclosure control;
    lines only as what they add up to.
    """
    names = [n for n in edition.tables if edition.resource(n)["access"] == "open" and n not in edition.lines]
    raw = [_open_table(name, str(edition.resource(name)["title"])) for name in names]
    return (*_FINDINGS, *raw)


def area_table() -> Spec:
    """Return the table of areas, which the map is drawn from."""
    return _BY_NAME["areas"]


def findings() -> tuple[Spec, ...]:
    """Return what is registered of every finding."""
    return _FINDINGS


def spec_of(name: str) -> Spec | None:
    """Return what is registered of a finding by its name; ``None`` of a table that is none, such as one of the pack."""
    return _BY_NAME.get(name)


def filters_of(name: str) -> tuple[str, ...]:
    """Return the filters that a table takes: none where its rows are the same for all."""
    table = spec_of(name)
    return () if table is None else table.filters


def parameters(edition: Edition, table: Spec) -> dict[str, Parameter]:
    """Return every parameter a table takes, the filters first."""
    framework = Framework.of(edition)
    filters = {
        name: Parameter(f"Filter: {name}", lambda _, n=name: framework.filters.choices(n), "")  # type: ignore[misc]
        for name in filters_of(table.name)
    }
    return {**filters, **table.parameters}
