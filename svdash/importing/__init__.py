"""Importers: turn files of publishers, in the form they are published, into rows of a pack's tables.

A format is a module with a function ``run(source, pack, options)`` that returns a
:class:`~svdash.importing.reconciliation.Reconciliation`. To add one, write the module and list it in ``FORMATS``; nothing else
lists formats.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from svdash import wording
from svdash.tables.faults import suggestion

if TYPE_CHECKING:
    from svdash.importing.files.source_files import Source
    from svdash.importing.reconciliation import Options, Reconciliation
    from svdash.tables.package import Pack


@dataclass(frozen=True)
class Format:
    """A kind of file that can be imported.

    Attributes:
        module: where it is read, in ``formats``.
        reads: what the file is, for people who choose one.
        fills: tables of a pack that take what is read.
    """

    module: str
    reads: str
    fills: tuple[str, ...]


FORMATS: Final[dict[str, Format]] = {
    "spend": Format(
        "council_spending", "spending over £500, as councils publish it (CSV or Excel)", ("payments",)
    ),
    "360giving": Format(
        "grants_360giving", "grants in the 360Giving standard (JSON, CSV or Excel)", ("payments",)
    ),
    "pay-gap": Format(
        "gender_pay_gap",
        "returns downloaded from the gender pay gap service (CSV)",
        ("observations_published", "pay_quarters"),
    ),
    "iod": Format("deprivation_indices", "Indices of Deprivation, File 7 (CSV or Excel)", ("areas",)),
    "boundaries": Format(
        "lsoa_boundaries",
        "outlines of LSOAs, as the ONS publishes them (GeoJSON, GeoPackage or Shapefile)",
        ("boundaries",),
    ),
    "lsoa-lookup": Format(
        "lsoa_lookup",
        "the ONS lookup of LSOAs of 2011 to those of 2021 (CSV or Excel): moves lines to the new areas",
        ("payments", "contacts", "places"),
    ),
    "postcodes": Format("os_postcodes", "OS Code-Point Open (zip of CSV)", ("postcodes",)),
    "ocds": Format(
        "ocds_contracts", "contracts in the Open Contracting Data Standard (JSON)", ("contracts",)
    ),
    "outcomes": Format(
        "outcomes_framework",
        "outcomes, indicators and targets of a framework, as a table (CSV or Excel)",
        ("outcome_frameworks", "outcomes", "outcome_targets"),
    ),
}


class Run(Protocol):
    """The function of a format."""

    def __call__(self, source: Source, pack: Pack, options: Options) -> Reconciliation:
        """Import a file into a pack.

        Raises:
            ImportFileError: the file can't be read as this format.
            ImportRefusedError: nothing in it can be used, or the pack can't take it.
        """


def importer(name: str) -> Run:
    """Return the function that imports a format. Its module is loaded only then.

    Raises:
        KeyError: there is no such format. The message lists what there is.
    """
    if name not in FORMATS:
        raise KeyError(
            f"{name!r} is not a format. {suggestion(name, FORMATS)} Formats: {wording.choices(FORMATS)}."
        )
    module = import_module(f"{__name__}.formats.{FORMATS[name].module}")
    return cast("Run", module.run)
