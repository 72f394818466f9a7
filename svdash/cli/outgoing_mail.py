"""Hands mail to the server that the settings name."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final

from svdash.settings import MailServer

_WAIT_SECONDS: Final = 30
_SETTINGS: Final = "Check the settings that begin with SVDASH_SMTP_."


class _MailError(Exception):
    """Mail was not sent. The message is for whoever runs the command, holds no password and may have the server's own words.

    Attributes:
        code: what the server answered, by SMTP; ``None`` where it gave no answer.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code

    @property
    def recorded(self) -> str:
        """Why it was not sent, for the history: in no words of the server's, which may name the address and can't be erased there."""
        return f"The mail server answered {self.code}." if self.code else "The mail server can't be used."


class MailServerError(_MailError):
    """The server that takes mail can't be used."""


class NotTakenError(_MailError):
    """The server did not take one mail; it may take others."""


def written(sender: str, name: str, email: str, subject: str, text: str) -> EmailMessage:
    """Return a mail to one person, marked as sent by a program so that nobody's absence is announced in answer."""
    found = EmailMessage()
    found["From"] = sender
    found["To"] = Address(name, addr_spec=email)
    found["Subject"] = subject
    found["Date"] = formatdate(localtime=False)
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(text)
    return found


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Give a connection to the server, signed in. Raises ``MailServerError`` if it can't be used."""
    try:
        with _opened(server) as connection:
            yield connection
    except smtplib.SMTPAuthenticationError as error:
        raise MailServerError(
            f"{server.host}: it does not take SVDASH_SMTP_USER with that password.", error.smtp_code
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailServerError(f"{server.host}: {error} {_SETTINGS}") from error
    except ssl.SSLError as error:
        raise MailServerError(
            f"{server.host}: the connection can't be encrypted: {error.reason or error}. {_SETTINGS}"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        said = (isinstance(error, OSError) and error.strerror) or error
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
        raise MailServerError(f"{server.host}, port {server.port}: {said}. {_SETTINGS}", code) from error


def _opened(server: MailServer) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_WAIT_SECONDS, context=trusted
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_WAIT_SECONDS)
    try:
        if server.security == "starttls":
            connection.starttls(context=trusted)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def hand_over(connection: smtplib.SMTP, mail: EmailMessage) -> None:
    """Hand a mail to the server.

    Raises:
        NotTakenError: the server refuses this mail.
        OSError, smtplib.SMTPException: the connection broke off, as :func:`connected` explains it.
    """
    try:
        connection.send_message(mail, parseaddr(str(mail["From"]))[1])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise NotTakenError(
            f"the server refuses the address: {code} {said.decode('utf-8', 'replace')}", code
        ) from error
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        said = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        raise NotTakenError(
            f"the server refuses it: {error.smtp_code} {said.decode('utf-8', 'replace')}", error.smtp_code
        ) from error
