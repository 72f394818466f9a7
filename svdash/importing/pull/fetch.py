"""Fetches one file from its publisher: in parts that are taken up again, tried again, and checked before it is used.

What is under way is ``NAME.part`` with ``NAME.part.json`` beside it (where from, and which version); what is done is
``NAME`` with ``NAME.json``. A part is only continued where the server says that it still has the same version.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from svdash import __version__, wording

ATTEMPTS: Final = 5
# Before the second attempt; twice that before the third, and so on.
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0
MOST_BYTES: Final = 2 * 1024**3
_TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0)
# 202: the file is being made ready, as the geography portal answers the first who asks for it.
_LATER: Final = (202, 408, 425, 429, 500, 502, 503, 504)
_SHA256: Final = re.compile(r"sha256=([0-9a-fA-F]{64})")

Progress = Callable[[int, int | None], None]


class PullError(Exception):
    """A file that can't be had as it should be. The message says which, why, and what to do."""


class _AgainError(Exception):
    """Something that may be better in a moment: what it was, and how long the server asks to wait."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(frozen=True)
class Wanted:
    """A file to be fetched.

    Attributes:
        address: where it is, in full.
        name: what it is called on the disk if the address doesn't tell.
        sha256: what it must be; None where that isn't known.
    """

    address: str
    name: str
    sha256: str | None = None

    @property
    def file(self) -> str:
        """Its name on the disk: the last part of the address if that looks like a file's name."""
        last = urlsplit(self.address).path.rpartition("/")[2]
        return (
            last if re.fullmatch(r"[\w-][\w.-]{0,120}\.(csv|xlsx|zip|geojson|json|gpkg)", last) else self.name
        )


@dataclass(frozen=True)
class Fetched:
    """A file that was fetched, and is whole.

    Attributes:
        path: where it is now.
        address: where it came from.
        size: its bytes.
        sha256: its fingerprint, in hexadecimal.
        checked: whether the fingerprint was known beforehand, and is that.
        validator: what the server calls this version; empty where it doesn't.
        on: the day it was fetched, YYYY-MM-DD.
        received: bytes that came over the network this time; 0 where the version on the disk was still the present one.
        attempts: how often it was asked for.
        other: day on which another version was fetched from this address, where there is one; empty otherwise.
    """

    path: Path
    address: str
    size: int
    sha256: str
    checked: bool
    validator: str
    on: str
    received: int
    attempts: int
    other: str = ""


def wanted(address: str, name: str, setting: str) -> Wanted:
    """Take an address apart: what is fetched, and the fingerprint after ``#sha256=``.

    Raises:
        PullError: it is not a web address, or what follows # is not a fingerprint.
    """
    plain, _, mark = address.partition("#")
    if not re.fullmatch(r"https?://[^\s<>\"'/]+/[^\s<>\"']*", plain):
        raise PullError(
            f"{setting}: {plain!r} is not a web address. Write it in full, from https:// on, or unset it for the publisher's."
        )
    found = _SHA256.fullmatch(mark)
    if mark and found is None:
        raise PullError(
            f"{setting}: {mark!r} is not a fingerprint. Write #sha256= and its 64 hexadecimal digits."
        )
    return Wanted(plain, name, found[1].lower() if found else None)


def fetch(file: Wanted, folder: Path, progress: Progress | None = None) -> Fetched:
    """Fetch a file, or take up where an earlier attempt broke off; whole and checked, or not at all.

    Args:
        file: what to fetch.
        folder: where it is kept; made if it isn't there.
        progress: told how many bytes are there, and of how many, where that is known.

    Raises:
        PullError: it can't be reached or kept, is not what was expected, or another pull fetches it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f".{file.file}.lock", file), _client() as client:
            return _Fetch(client, file, folder / file.file, progress or (lambda *_: None)).run()
    except OSError as error:
        raise PullError(
            f"{folder}: the file can't be kept there ({error.strerror or error}). Make room, or let SVDASH_VAR name a folder "
            "where you may write."
        ) from error


def _client() -> httpx.Client:
    agent = {"User-Agent": f"svdash/{__version__}", "Accept-Encoding": "identity"}
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=True, headers=agent)


@contextmanager
def _alone(lock: Path, file: Wanted) -> Iterator[None]:
    """Let no second pull write into the same part."""
    try:
        import fcntl
    except ModuleNotFoundError:
        yield  # no such locks on this system
        return
    with lock.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PullError(
                f"{file.address}: another pull is fetching it. Wait until that is done."
            ) from None
        yield


class _Fetch:
    """The fetching of one file."""

    def __init__(self, client: httpx.Client, file: Wanted, path: Path, progress: Progress) -> None:
        self.client, self.file, self.path, self.progress = client, file, path, progress
        self.part = path.with_name(f"{path.name}.part")
        self.received = self.attempts = 0
        self.validator = ""
        self.before = _noted(_beside(path))

    def run(self) -> Fetched:
        """Fetch, trying again what may be better in a moment."""
        tries = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception_type(_AgainError),
            wait=_pause,
            reraise=True,
        )
        try:
            return tries(self._once)
        except _AgainError as error:
            raise PullError(
                f"{self.file.address}: {error}. It was tried {ATTEMPTS} times{self._kept()}."
            ) from error
        except httpx.InvalidURL as error:
            raise PullError(f"{self.file.address}: this address can't be fetched ({error}).") from error

    def _kept(self) -> str:
        size = self.part.stat().st_size if self.part.exists() else 0
        return (
            f"; the {wording.number(size)} bytes that came are kept, and the next pull goes on from there"
            if size
            else ""
        )

    def _once(self) -> Fetched:
        self.attempts += 1
        there, headers = self._request()
        try:
            with self.client.stream("GET", self.file.address, headers=headers) as answer:
                if answer.status_code == 304:
                    return self._as_before()
                self._acceptable(answer)
                self._take(answer, there)
        except httpx.TransportError as error:
            raise _AgainError(_why(error)) from error
        except httpx.HTTPError as error:
            raise PullError(f"{self.file.address}: {_why(error)}.") from error
        return self._finish()

    def _request(self) -> tuple[int, dict[str, str]]:
        """How many bytes of this version are there already, and what is asked of the server."""
        noted = _noted(_beside(self.part))
        same = noted.get("address") == self.file.address and bool(noted.get("validator"))
        if self.part.exists() and same and self.part.stat().st_size:
            size = self.part.stat().st_size
            return size, {"Range": f"bytes={size}-", "If-Range": noted["validator"]}
        own = self.before
        if own.get("address") == self.file.address and own.get("validator") and self._unspoilt():
            tag = own["validator"]
            return 0, {"If-None-Match" if tag.startswith('"') else "If-Modified-Since": tag}
        return 0, {}

    def _unspoilt(self) -> bool:
        return self.path.is_file() and fingerprint(self.path) == self.before.get("sha256")

    def _acceptable(self, answer: httpx.Response) -> None:
        """Raise where the answer is not the file."""
        status = answer.status_code
        if status == 416:
            # The part is no part of what is there now, or is all of it without our knowing.
            self._drop()
            raise _AgainError("the server has no more of the file than was fetched before")
        if status in _LATER:
            raise _AgainError(f"the server answers {status} ({answer.reason_phrase})", _asked_pause(answer))
        if status not in (200, 206):
            raise PullError(
                f"{self.file.address}: the server answers {status} ({answer.reason_phrase}): the file is not there."
            )
        if "html" in answer.headers.get("content-type", ""):
            raise PullError(
                f"{self.file.address}: a web page came instead of the file: it has moved, or a proxy asks to sign in."
            )

    def _take(self, answer: httpx.Response, there: int) -> None:
        """Write what comes behind what is there, or anew where the server begins anew."""
        begins = re.match(rf"bytes {there}-", answer.headers.get("content-range", "")) if there else None
        if answer.status_code == 206 and begins is None:
            self._drop()
            raise _AgainError("the server sent a part of the file that was not requested")
        plain = answer.headers.get("content-encoding", "identity") == "identity"
        self.validator = _validator(answer) if plain else ""
        size = there if begins else 0
        length = answer.headers.get("content-length", "")
        total = size + int(length) if plain and length.isdigit() else None
        note = {"address": self.file.address, "validator": self.validator}
        _beside(self.part).write_text(json.dumps(note), encoding="utf-8")
        with self.part.open("ab" if begins else "wb") as out:
            for chunk in answer.iter_raw() if plain else answer.iter_bytes():
                # As they come: chunks of a size of their own would lose what is in the last one when it breaks off.
                out.write(chunk)
                size += len(chunk)
                self.received += len(chunk)
                if size > MOST_BYTES:
                    raise PullError(
                        f"{self.file.address}: it has more than {wording.number(MOST_BYTES)} bytes, and is not that file."
                    )
                self.progress(size, total)

    def _finish(self) -> Fetched:
        """Check what came, and let it take its place."""
        size = self.part.stat().st_size
        with self.part.open("rb") as stream:
            head = stream.read(2048).lstrip(b"\xef\xbb\xbf \r\n\t")
        sha256 = fingerprint(self.part)
        wrong = _no_file(head)
        if wrong is None and self.file.sha256 not in (None, sha256):
            wrong = (
                f"its fingerprint is {sha256}, and not {self.file.sha256}: it is damaged, or another edition. Pull again; if "
                "this is repeated, ask the publisher which edition it is, or correct the fingerprint after #sha256= in the setting"
            )
        if wrong is not None:
            self._drop()
            raise PullError(f"{self.file.address}: {wrong}.")
        other = self.before.get("on", "") if self.before.get("sha256") not in (None, sha256) else ""
        today = datetime.now(tz=UTC).date().isoformat()
        self.part.replace(self.path)
        _beside(self.part).unlink(missing_ok=True)
        return self._noted(Fetched(
            self.path, self.file.address, size, sha256, self.file.sha256 is not None, self.validator, today,
            self.received, self.attempts, other,
        ))  # fmt: skip

    def _as_before(self) -> Fetched:
        """What is on the disk is what the server has."""
        own = self.before
        if self.file.sha256 not in (None, own["sha256"]):
            raise PullError(
                f"{self.file.address}: its fingerprint is {own['sha256']}, and not {self.file.sha256}. Ask the publisher which "
                "edition it is, or correct the fingerprint after #sha256= in the setting."
            )
        size = self.path.stat().st_size
        self.progress(size, size)
        checked = self.file.sha256 is not None
        return Fetched(
            self.path,
            self.file.address,
            size,
            own["sha256"],
            checked,
            own["validator"],
            own["on"],
            0,
            self.attempts,
        )

    def _noted(self, done: Fetched) -> Fetched:
        note = {key: value for key, value in asdict(done).items() if key != "path"}
        _beside(self.path).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
        return done

    def _drop(self) -> None:
        self.part.unlink(missing_ok=True)
        _beside(self.part).unlink(missing_ok=True)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _pause(state: RetryCallState) -> float:
    """Twice as long each time, or as long as the server asks for."""
    error = state.outcome.exception() if state.outcome else None
    requested = error.seconds if isinstance(error, _AgainError) else 0.0
    return min(max(requested, PAUSE_SECONDS * 2.0 ** (state.attempt_number - 1)), LONGEST_PAUSE_SECONDS)


def _asked_pause(answer: httpx.Response) -> float:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isdigit() else 0.0


def _validator(answer: httpx.Response) -> str:
    """What tells this version from others, byte for byte; a weak tag doesn't."""
    tag = str(answer.headers.get("etag", ""))
    return tag if tag.startswith('"') else str(answer.headers.get("last-modified", ""))


def _no_file(head: bytes) -> str | None:
    """Why what came is no file at all, though the server said that it was."""
    begin = head[:200].lower()
    if not head:
        return "the file is empty"
    if begin.startswith((b"<!doctype html", b"<html")):
        return "a web page came instead of the file: it has moved, or a proxy asks to sign in"
    if begin.startswith(b'{"error"'):
        return f"the server answers with an error: {head[:300].decode('utf-8', 'replace')}"
    return None


def _why(error: httpx.HTTPError) -> str:
    reason = str(error).rstrip(".") or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return f"the server did not answer in time ({reason})"
    if isinstance(error, httpx.ConnectError):
        return f"the server can't be reached ({reason})"
    if isinstance(error, httpx.TransportError):
        return f"the connection broke off ({reason})"
    return f"it can't be fetched ({reason})"


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _noted(path: Path) -> dict[str, Any]:
    """What was noted of a file; nothing where that can't be read any more."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
