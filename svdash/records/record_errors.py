"""What can go wrong where something is recorded. Each message says what to do next and names no password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from svdash import wording

if TYPE_CHECKING:
    from svdash.records.history import Draft, Revision


_NO_ANSWER: Final = (
    "Check that the database is running and that SVDASH_DATABASE_URL is right. Reading goes on without it."
)


class RecordsError(Exception):
    """The database of records can't be used, or refuses what was asked. The message is for people."""


class ConflictError(RecordsError):
    """Somebody else saved the same item first; nothing was recorded.

    Attributes:
        draft: what was to be saved, unchanged, so that nothing typed is lost.
        standing: the newest revision of the item; ``None`` where the draft follows a revision that the item never had.
    """

    def __init__(self, draft: Draft, standing: Revision | None) -> None:
        self.draft, self.standing = draft, standing
        if standing is None:
            message = f"{draft.item}: there is no revision {draft.parent} of it to follow. Open it again."
        else:
            message = (
                f"{draft.item} was saved by {standing.by} at {wording.moment(standing.at)}, after you had opened it. Nothing "
                "that you typed is lost: compare the two and save again."
            )
        super().__init__(message)


@contextmanager
def explained(address: str) -> Iterator[None]:
    """Turn what a database driver raises into a :class:`RecordsError` that says what to do.

    Args:
        address: the database's address without its password.
    """
    try:
        yield
    except DBAPIError as error:
        if _refuses(error):
            raise RecordsError(f"{address}: the database refuses the row: {_first_line(error)}.") from error
        raise RecordsError(f"{address}: {_first_line(error)}. {_remedy(error)}") from error
    except (ConnectionError, TimeoutError) as error:
        # The driver for PostgreSQL passes on as they are what the network raises in the middle of an answer.
        raise RecordsError(
            f"{address}: the connection broke off: {error.strerror or error}. {_NO_ANSWER}"
        ) from error
    except SQLAlchemyError as error:
        raise RecordsError(
            f"{address}: {_first_line(error)}. Check that SVDASH_DATABASE_URL is right and the server answers."
        ) from error


def _refuses(error: DBAPIError) -> bool:
    """Return whether a rule of the tables was broken; PostgreSQL says so by a code of the class 23."""
    details = error.orig.args[0] if error.orig is not None and error.orig.args else ""
    code = details.get("C", "") if isinstance(details, dict) else ""
    return isinstance(error, IntegrityError) or str(code).startswith("23")


def _first_line(error: SQLAlchemyError) -> str:
    """Return what the driver itself says, without the statement and its values."""
    own = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    first = own.args[0] if own.args else own
    message = first.get("M", first) if isinstance(first, dict) else first
    return str(message).splitlines()[0].rstrip(".")


def _remedy(error: DBAPIError) -> str:
    message = _first_line(error).casefold()
    if "full" in message or "no space" in message:
        return "Make room on its disk and save again; what was confirmed before is safe."
    if "readonly" in message or "read-only" in message or "unable to open" in message:
        return "Check that the server may write in the folder of the database."
    if "locked" in message:
        return "Another process is writing to it. Save again in a moment."
    if "malformed" in message or "not a database" in message:
        return "The file is damaged: restore a backup with python -m svdash restore."
    return _NO_ANSWER
