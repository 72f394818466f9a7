"""What the sign-in provider says of the person at the browser, by OpenID Connect through Streamlit.

Streamlit keeps what the provider said for 30 days in a cookie that it signs. So this reads at every run until when it holds
(``exp``), and people are nobody after that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st
from streamlit import auth_util
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from svdash import settings, wording
from svdash.records.role_grants import ROLES

# What the history calls people who did not sign in. Nobody may come under these names.
RESERVED: Final = frozenset({"local user", "command", "remind"})
_RESERVED_BEGINNING: Final = "command of "
# No year that the provider means: what is later is milliseconds, or no time at all.
_LAST_TIME: Final = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
_LONGEST: Final = 180


@dataclass(frozen=True)
class SignedIn:
    """Somebody whom the provider knows.

    Attributes:
        identity: by what the history knows them: the claim of ``SVDASH_IDENTITY_CLAIM``.
        name: what the page calls them.
        roles: the roles that the provider gives them, of ``ROLES``.
        until: when what the provider said ends.
        email: their address, if the provider says that it checked it; else empty.
    """

    identity: str
    name: str
    roles: frozenset[str]
    until: datetime
    email: str = ""


def provider() -> bool:
    """Return whether a sign-in provider is configured: ``secrets.toml`` of Streamlit has a section ``auth``."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def at_browser() -> SignedIn | str:
    """Return who signed in at the browser of this run; as a sentence why it is nobody, empty where nobody tried."""
    return read(st.user.to_dict(), datetime.now(UTC))


def from_cookies(cookies: Mapping[str, str]) -> SignedIn | str:
    """Return who signed in at the browser that sent these cookies, as :func:`at_browser` does. A forged cookie is nobody's."""
    if not provider():
        return ""
    secret = auth_util.get_signing_secret()

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value) if value else None

    found = auth_util.get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    claims = json.loads(found) if found else {}
    if claims.get("origin") != auth_util.get_origin_from_redirect_uri():
        return ""
    return read(claims, datetime.now(UTC))


def read(claims: Mapping[str, Any], now: datetime) -> SignedIn | str:
    """Return who claims speak of at a time; as a sentence why it is nobody, empty where nobody signed in."""
    if claims.get("is_logged_in") is not True:
        return ""
    ends = claims.get("exp")
    # A number that is none (NaN) is not below anything.
    if not isinstance(ends, int | float) or isinstance(ends, bool) or not 0 < ends < _LAST_TIME:
        return "The sign-in provider does not say when your sign-in ends, so it can't be accepted."
    until = datetime.fromtimestamp(ends, UTC)
    if until <= now:
        return f"Your sign-in ended at {wording.moment(until)}. Copy what you typed, then sign in again."
    claim = settings.identity_claim()
    identity = str(claims.get(claim) or "").strip()
    if not identity or len(identity) > _LONGEST or _is_reserved(identity.casefold()):
        return f"The sign-in provider does not say who you are: the claim “{claim}” is missing or can't be used. Ask whoever runs the dashboard."
    if claim == "email" and not _is_checked(claims):
        return (
            "The sign-in provider does not say that it has checked your e-mail address. Confirm it there and sign in again; "
            "where the provider never says so, whoever runs the dashboard can set SVDASH_EMAIL_TRUSTED."
        )
    name = str(claims.get("name") or identity).strip()[:_LONGEST]
    return SignedIn(identity, name, _roles(claims.get(settings.roles_claim())), until, _email(claims))


def _email(claims: Mapping[str, Any]) -> str:
    """Return the address that is believed, else nothing: people may type any address into their profile."""
    email = str(claims.get("email") or "").strip()
    return email if _is_checked(claims) and len(email) <= _LONGEST else ""


def _is_reserved(identity: str) -> bool:
    return identity in RESERVED or identity.startswith(_RESERVED_BEGINNING)


def _is_checked(claims: Mapping[str, Any]) -> bool:
    """Return whether the provider says that it checked the e-mail address, or the settings believe every one.

    Some providers write it as a word; Microsoft Entra says it with the optional claim ``xms_edov``.
    """
    words = (claims.get("email_verified"), claims.get("xms_edov"))
    return any(each is True or each in ("true", "1") for each in words) or settings.email_trusted()


def _roles(claimed: object) -> frozenset[str]:
    """Return our roles in a claim, which is a list or words separated by blanks or commas."""
    given = claimed.replace(",", " ").split() if isinstance(claimed, str) else claimed
    named = [str(each) for each in given] if isinstance(given, list | tuple) else []
    if isinstance(claimed, str):
        named.append(claimed)
    names = settings.role_names()
    return frozenset(names.get(each, each) for each in named) & frozenset(ROLES)
