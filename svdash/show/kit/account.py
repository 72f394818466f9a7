"""Who is signed in, with the way out; or the way in."""

from __future__ import annotations

import streamlit as st

from svdash import settings, wording
from svdash.access import identity, sign_in
from svdash.show.kit import page
from svdash.show.kit.plain_text import plain


@st.fragment
def account() -> None:
    """Draw who is signed in and the way out, or the way in; nothing where no sign-in provider is configured."""
    if not sign_in.provider():
        return
    found = identity.person()
    with st.container(horizontal=True, width="content"):
        if found is None or found == identity.LOCAL_USER:
            way_in()
        else:
            _signed_in(found)


def _signed_in(found: identity.Person) -> None:
    with st.popover("Account", help=plain(f"Signed in as {found.name}"), key="tool-account"):
        roles = wording.listing(sorted(found.roles)) or "none: you can read but not write"
        page.text("", found.name)
        page.note(found.trouble or f"In the history: {found.identity}. Roles: {roles}.")
        if found.until is not None:
            st.caption(plain(f"You are signed in until {wording.moment(found.until)}."))
        if st.button("Sign out", key="sign-out", help="Here and at the sign-in provider."):
            st.logout()


def way_in() -> None:
    """Draw the button that leads to the sign-in provider, and back to this address."""
    if st.button("Sign in", key="sign-in", help="Leads to the sign-in of your organisation and back here."):
        st.login()


def refusal() -> str:
    """Return why nothing may be read here by this reader, as a sentence; empty where they may."""
    if not settings.readers_sign_in() or identity.person() is not None:
        return ""
    ended = sign_in.at_browser()
    if isinstance(ended, str) and ended:
        return ended
    if sign_in.provider():
        return "Only people who are signed in may read this dashboard."
    return (
        "Only people who are signed in may read this dashboard, and no sign-in provider is configured. Ask whoever runs it: "
        "docs/deployment.md says how."
    )
