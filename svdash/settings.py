"""Settings, read from the environment each time they are asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_HOUSE = Path(__file__).resolve().parent.parent
# What a process that reads files needs to know of this one. A list of what may pass can't forget a secret.
_HANDED_ON: Final = (
    "PATH",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "SVDASH_VAR",
)
# Where publishers have their files. MHCLG and the ONS give a new address to every new edition, the OS keeps its own.
_ADDRESSES: Final = {
    "SVDASH_IOD2025_URL": (
        "https://assets.publishing.service.gov.uk/media/691ded56d140bbbaa59a2a7d/"
        "File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"
    ),
    "SVDASH_LOOKUP_URL": (
        "https://open-geography-portalx-ons.hub.arcgis.com/api/download/v1/items/"
        "cbfe64cc03d74af982c1afec639bafd1/csv?layers=0"
    ),
    "SVDASH_BOUNDARIES2021_URL": (
        "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services/"
        "Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BSC_V4/FeatureServer/0/query"
        "?where={areas}&outFields=LSOA21CD,LSOA21NM&outSR=4326&f=geojson"
    ),
    "SVDASH_POSTCODES_URL": (
        "https://api.os.uk/downloads/v1/products/CodePointOpen/downloads?area=GB&format=CSV&redirect"
    ),
}


def pack_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Folder of the data pack.

    ``SVDASH_PACK`` names it; a relative path starts at the current directory. Unset or blank, it is the
    embedded pack: ``data``, beside the ``svdash`` folder. Whether it exists is for the reader to say.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    named = (os.environ if environ is None else environ).get("SVDASH_PACK", "").strip()
    if not named:
        return _HOUSE / "data"
    return Path.cwd() / Path(named).expanduser()


def var_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Folder of what the product works out or records itself, which may not exist yet.

    ``SVDASH_VAR`` names it; a relative path starts at the current directory. Unset or blank, it is ``var``,
    beside the ``svdash`` folder.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    named = (os.environ if environ is None else environ).get("SVDASH_VAR", "").strip()
    if not named:
        return _HOUSE / "var"
    return Path.cwd() / Path(named).expanduser()


def local_user(environ: Mapping[str, str] | None = None) -> bool:
    """Whether whoever sits at this machine may write: ``SVDASH_LOCAL_USER`` is 1. Where they sit is checked elsewhere.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    return (os.environ if environ is None else environ).get("SVDASH_LOCAL_USER", "").strip() == "1"


def frame_ancestors(environ: Mapping[str, str] | None = None) -> str:
    """Who may show the dashboard in a frame, from ``SVDASH_FRAME_ANCESTORS``: addresses, parted by blanks; by default nobody.

    Args:
        environ: the variables to look in; the process's own by default.

    Raises:
        ValueError: what is given can't stand in a header. The message names the setting.
    """
    given = (os.environ if environ is None else environ).get("SVDASH_FRAME_ANCESTORS", "").split()
    wrong = next((each for each in given if not re.fullmatch(r"https?://[\w.*:-]+|'self'", each)), None)
    if wrong is not None:
        raise ValueError(
            f"SVDASH_FRAME_ANCESTORS: {wrong!r} is no address of a site. Write such as https://intranet.example, or 'self'."
        )
    return " ".join(given) or "'none'"


def cors_origins(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Whose pages may read the open data in a browser, from ``SVDASH_CORS_ORIGINS``: sites, parted by blanks, or ``*``; by default nobody's.

    Args:
        environ: the variables to look in; the process's own by default.

    Raises:
        ValueError: what is given is no site. The message names the setting.
    """
    given = (os.environ if environ is None else environ).get("SVDASH_CORS_ORIGINS", "").split()
    wrong = next((each for each in given if not re.fullmatch(r"https?://[\w.-]+(:\d+)?", each)), None)
    if wrong is not None and given != ["*"]:
        raise ValueError(
            f"SVDASH_CORS_ORIGINS: {wrong!r} is no site. Write such as https://intranet.example, or * for every site."
        )
    return tuple(given)


def memory_bytes(environ: Mapping[str, str] | None = None) -> int:
    """Return how many bytes of what was worked out are kept in memory, from ``SVDASH_MEMORY_MB``; 512 MB by default.

    Args:
        environ: the variables to look in; the process's own by default.

    Raises:
        ValueError: the setting is no whole number of megabytes.
    """
    given = (os.environ if environ is None else environ).get("SVDASH_MEMORY_MB", "").strip() or "512"
    if not given.isdecimal():
        raise ValueError(
            f"SVDASH_MEMORY_MB: {given!r} is no whole number of megabytes. Write 512, for example."
        )
    return int(given) * 1_000_000


def engine_url(environ: Mapping[str, str] | None = None) -> str:
    """Address of the query engine, from ``SVDASH_ENGINE_URL``; unset or blank, DuckDB in this process.

    Which forms it may take is for :func:`svdash.lines.engine.open_engine` to say.

    Args:
        environ: the variables to look in; the process's own by default.
    """
    return (os.environ if environ is None else environ).get("SVDASH_ENGINE_URL", "").strip() or "duckdb://"


def job_environment(temporary: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a process that reads somebody else's file.

    Only those in ``_HANDED_ON`` are taken over, so that no password or token of the server can be read there. Numeric
    libraries use one thread, and PROJ fetches no grids.

    Args:
        temporary: folder where the other process has its home and its temporary files.
        environ: the variables to begin with; the process's own by default.
    """
    own = os.environ if environ is None else environ
    paths = [str(_HOUSE), *filter(None, [own.get("PYTHONPATH")])]
    return {
        **{name: own[name] for name in _HANDED_ON if name in own},
        "PYTHONPATH": os.pathsep.join(paths),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME"), str(temporary)),
        **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"),
        # The system's allocator takes memory as it is needed; Arrow's own reserves more than a job may have.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "PROJ_NETWORK": "OFF",
    }


def address(variable: str, environ: Mapping[str, str] | None = None) -> str:
    """Where a publisher's file is, as a setting says; unset or blank, where it is known to be.

    ``#sha256=`` and 64 hexadecimal digits at its end say what the file must be. ``{areas}`` in it becomes a condition for
    the pack's areas, as an ArcGIS server understands it, so that not the whole country is fetched.

    Args:
        variable: ``SVDASH_IOD2025_URL``, ``SVDASH_LOOKUP_URL``, ``SVDASH_BOUNDARIES2021_URL`` or ``SVDASH_POSTCODES_URL``.
        environ: the variables to look in; the process's own by default.

    Raises:
        KeyError: there is no such setting.
    """
    known = _ADDRESSES[variable]
    return (os.environ if environ is None else environ).get(variable, "").strip() or known
