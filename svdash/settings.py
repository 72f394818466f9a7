"""Settings, read from the environment at each call, so that a change takes effect at once.

Each function takes ``environ``, the variables to look in: the process's own by default. A variable that is unset or
blank has its default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Final

Environ = Mapping[str, str] | None

_HOUSE = Path(__file__).resolve().parent.parent
# The variables that a process that reads files is given. A list of what may pass cannot forget a secret.
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
# Where publishers keep their files. MHCLG and the ONS give every edition a new address; the OS keeps its own.
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


def _given(variable: str, environ: Environ) -> str:
    """Return what a variable is set to, without blanks around it; empty where it is unset."""
    return (os.environ if environ is None else environ).get(variable, "").strip()


def _folder(variable: str, usual: str, environ: Environ) -> Path:
    """Return the folder that a variable names; a relative path starts at the current directory."""
    named = _given(variable, environ)
    return Path.cwd() / Path(named).expanduser() if named else _usual_place() / usual


def _usual_place() -> Path:
    """Return where folders are that no setting names: beside the program, or where people work once it is installed.

    A package that is installed has neither pages nor a pack beside it, and its folder is no place to write to.
    """
    return _HOUSE if (_HOUSE / "app.py").is_file() and (_HOUSE / "pages").is_dir() else Path.cwd()


def _sites(variable: str, allowed: str, remedy: str, environ: Environ) -> tuple[str, ...]:
    """Return the sites that a variable lists, separated by blanks.

    Raises:
        ValueError: one of them does not match the pattern ``allowed``.
    """
    given = _given(variable, environ).split()
    wrong = next((each for each in given if not re.fullmatch(allowed, each)), None)
    if wrong is not None:
        raise ValueError(f"{variable}: {wrong!r} is not the address of a site. {remedy}")
    return tuple(given)


def pack_folder(environ: Environ = None) -> Path:
    """Return the folder of the data pack, from ``SVDASH_PACK``; by default the embedded pack, ``data``. It may not exist."""
    return _folder("SVDASH_PACK", "data", environ)


def house_folder() -> Path:
    """Return the folder that the program stands in."""
    return _HOUSE


def var_folder(environ: Environ = None) -> Path:
    """Return the folder of what the product works out or records, from ``SVDASH_VAR``; by default ``var``. It may not exist."""
    return _folder("SVDASH_VAR", "var", environ)


def local_user(environ: Environ = None) -> bool:
    """Return whether the person at this machine may write: ``SVDASH_LOCAL_USER`` is 1. ``access`` checks where they sit."""
    return _given("SVDASH_LOCAL_USER", environ) == "1"


def identity_claim(environ: Environ = None) -> str:
    """Return the claim of the sign-in provider by which the history knows people, from ``SVDASH_IDENTITY_CLAIM``; by default ``email``."""
    return _given("SVDASH_IDENTITY_CLAIM", environ) or "email"


def email_trusted(environ: Environ = None) -> bool:
    """Return whether e-mail addresses are believed that the provider does not call checked: ``SVDASH_EMAIL_TRUSTED`` is 1.

    Only where the provider gives the organisation's own addresses, which nobody can choose.
    """
    return _given("SVDASH_EMAIL_TRUSTED", environ) == "1"


def roles_claim(environ: Environ = None) -> str:
    """Return the claim of the sign-in provider that lists a person's roles or groups, from ``SVDASH_ROLES_CLAIM``; by default ``roles``."""
    return _given("SVDASH_ROLES_CLAIM", environ) or "roles"


def role_names(environ: Environ = None) -> dict[str, str]:
    """Return what the provider's roles or groups are called here, from ``SVDASH_ROLE_NAMES``: its name → ours.

    Pairs such as ``Social value officers=officer``, separated by semicolons. A role that the provider calls as we do needs
    none.

    Raises:
        ValueError: a part is no pair. The message names the setting.
    """
    pairs = [each.strip() for each in _given("SVDASH_ROLE_NAMES", environ).split(";") if each.strip()]
    found = dict[str, str]()
    for pair in pairs:
        theirs, equals, ours = (part.strip() for part in pair.rpartition("="))
        if not (theirs and equals and ours):
            raise ValueError(
                f"SVDASH_ROLE_NAMES: {pair!r} is not a pair. Write such as Social value officers=officer; Board=board."
            )
        found[theirs] = ours
    return found


def readers_sign_in(environ: Environ = None) -> bool:
    """Return whether only people who signed in may read, from ``SVDASH_READERS``: ``everyone``, the default, or ``signed-in``.

    Raises:
        ValueError: the setting is neither. The message names it.
    """
    given = _given("SVDASH_READERS", environ) or "everyone"
    if given not in {"everyone", "signed-in"}:
        raise ValueError(f"SVDASH_READERS: {given!r} is not known. Write everyone or signed-in.")
    return given == "signed-in"


def frame_ancestors(environ: Environ = None) -> str:
    """Return which sites may show the dashboard in a frame, from ``SVDASH_FRAME_ANCESTORS``, as the header says it; by default none.

    Raises:
        ValueError: a value cannot stand in the header. The message names the setting.
    """
    remedy = "Write such as https://intranet.example, or 'self'."
    sites = _sites("SVDASH_FRAME_ANCESTORS", r"https?://[\w.*:-]+|'self'", remedy, environ)
    return " ".join(sites) or "'none'"


def cors_origins(environ: Environ = None) -> tuple[str, ...]:
    """Return whose pages may read the open data in a browser, from ``SVDASH_CORS_ORIGINS``: sites, or ``*`` alone; by default none.

    Raises:
        ValueError: a value is not a site. The message names the setting.
    """
    if _given("SVDASH_CORS_ORIGINS", environ) == "*":
        return ("*",)
    remedy = "Write such as https://intranet.example, or * for every site."
    return _sites("SVDASH_CORS_ORIGINS", r"https?://[\w.-]+(:\d+)?", remedy, environ)


def memory_bytes(environ: Environ = None) -> int:
    """Return how many bytes of results are kept in memory, from ``SVDASH_MEMORY_MB``; by default 512 MB.

    Raises:
        ValueError: the setting is not a whole number of megabytes.
    """
    given = _given("SVDASH_MEMORY_MB", environ) or "512"
    if not given.isdecimal():
        raise ValueError(
            f"SVDASH_MEMORY_MB: {given!r} is not a whole number of megabytes. Write 512, for example."
        )
    return int(given) * 1_000_000


def engine_url(environ: Environ = None) -> str:
    """Return the address of the query engine, from ``SVDASH_ENGINE_URL``; by default DuckDB in this process.

    :func:`svdash.lines.engine.open_engine` says which forms it may take.
    """
    return _given("SVDASH_ENGINE_URL", environ) or "duckdb://"


def database_url(environ: Environ = None) -> str:
    """Return the address of the database of records, from ``SVDASH_DATABASE_URL``; by default SQLite in the folder ``var``.

    :func:`svdash.records.connect` says which forms it may take.
    """
    return _given("SVDASH_DATABASE_URL", environ) or f"sqlite:///{var_folder(environ) / 'svdash.sqlite3'}"


def database_file(environ: Environ = None) -> Path | None:
    """Return the file of the database of records, which may not exist; ``None`` where ``SVDASH_DATABASE_URL`` names a server."""
    kind, found, path = database_url(environ).partition(":///")
    return Path(path) if found and kind.partition("+")[0] == "sqlite" and path else None


def evidence_folder(environ: Environ = None) -> Path:
    """Return the folder of files that were given as evidence, from ``SVDASH_EVIDENCE``; it may not exist.

    By default ``evidence`` beside the database, or in the folder ``var`` where the database is a server.
    """
    file = database_file(environ)
    beside = var_folder(environ) if file is None else file.parent
    return _folder("SVDASH_EVIDENCE", str(beside / "evidence"), environ)


def snapshots_folder(environ: Environ = None) -> Path:
    """Return the folder of the files of snapshots, from ``SVDASH_SNAPSHOTS``; it may not exist.

    By default ``snapshots`` beside the database, or in the folder ``var`` where the database is a server.
    """
    file = database_file(environ)
    beside = var_folder(environ) if file is None else file.parent
    return _folder("SVDASH_SNAPSHOTS", str(beside / "snapshots"), environ)


@dataclass(frozen=True)
class MailServer:
    """The server that takes mail of the dashboard.

    Attributes:
        host, port: where it listens.
        user, password: how to sign in there; empty where it asks for neither.
        sender: the address that mail comes from, with or without a name.
        security: ``starttls`` (begins in the clear, goes on encrypted), ``tls`` (encrypted from the start) or ``none``.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str
    security: str


def mail_server(environ: Environ = None) -> MailServer:
    """Return the server that takes mail, from ``SVDASH_SMTP_HOST`` and the settings that begin like it.

    ``SVDASH_SMTP_PORT`` is 587 by default, 465 with ``SVDASH_SMTP_TLS=tls``; ``SVDASH_SMTP_PASSWORD_FILE`` names a file with
    the password, in place of ``SVDASH_SMTP_PASSWORD``.

    Raises:
        ValueError: a setting is missing or can't be. The message names it and holds no password.
    """
    host, sender = _given("SVDASH_SMTP_HOST", environ), _given("SVDASH_SMTP_FROM", environ)
    security = _given("SVDASH_SMTP_TLS", environ) or "starttls"
    port = _given("SVDASH_SMTP_PORT", environ) or ("465" if security == "tls" else "587")
    user = _given("SVDASH_SMTP_USER", environ)
    if not host:
        raise ValueError(
            "SVDASH_SMTP_HOST names no server that takes mail. Write mail.authority.example, for example."
        )
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(sender)[1]) or not sender.isprintable():
        raise ValueError(
            "SVDASH_SMTP_FROM is not an e-mail address. Write Social value <value@authority.example>, for example."
        )
    if security not in ("starttls", "tls", "none"):
        raise ValueError(f"SVDASH_SMTP_TLS: {security!r} is none of starttls, tls and none.")
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError(f"SVDASH_SMTP_PORT: {port!r} is not a port. Write 587, for example.")
    if user and security == "none" and host not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError(
            "SVDASH_SMTP_TLS is none, so the password would be sent for everybody to read. Write starttls or tls."
        )
    return MailServer(host, int(port), user, _password(environ), sender, security)


def _password(environ: Environ) -> str:
    """Return the password for the server that takes mail. Raises ``ValueError`` where its file can't be read."""
    named = _given("SVDASH_SMTP_PASSWORD_FILE", environ)
    if not named:
        return _given("SVDASH_SMTP_PASSWORD", environ)
    try:
        return Path(named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"SVDASH_SMTP_PASSWORD_FILE: {named} can't be read: {error}.") from error


def public_url(environ: Environ = None) -> str:
    """Return the address that people open the dashboard at, from ``SVDASH_PUBLIC_URL``, without a slash at its end; empty if unset.

    Raises:
        ValueError: it is not the address of a site.
    """
    given = _given("SVDASH_PUBLIC_URL", environ).rstrip("/")
    if given and not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/[\w./~-]*)?", given):
        raise ValueError(
            f"SVDASH_PUBLIC_URL: {given!r} is not an address. Write https://value.authority.example, for example."
        )
    return given


def job_environment(temporary: Path, environ: Environ = None) -> dict[str, str]:
    """Return the variables for a process that reads somebody else's file.

    Only those in ``_HANDED_ON`` are taken over, so that no password or token of the server can be read there. Numeric
    libraries use one thread, and PROJ fetches no grids.

    Args:
        temporary: folder where the other process has its home and its temporary files.
        environ: the variables to begin with.
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


def address(variable: str, environ: Environ = None) -> str:
    """Return where a publisher's file is, from a setting; by default where it was when this version was made.

    ``#sha256=`` and 64 hexadecimal digits at its end say what the file must be. ``{areas}`` in it becomes a condition for
    the pack's areas, as an ArcGIS server understands it, so that not the whole country is fetched.

    Args:
        variable: ``SVDASH_IOD2025_URL``, ``SVDASH_LOOKUP_URL``, ``SVDASH_BOUNDARIES2021_URL`` or ``SVDASH_POSTCODES_URL``.
        environ: the variables to look in.

    Raises:
        KeyError: there is no such setting.
    """
    known = _ADDRESSES[variable]
    return _given(variable, environ) or known
