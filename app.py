"""The server: the pages of svdash and its open-data routes. Start it with ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from svdash.show.kit.addresses import PAGES
from svdash.web import private_routes, server_name
from svdash.web.cross_origin import OpenDataElsewhere
from svdash.web.encodings import AcceptedEncodings
from svdash.web.origins import OwnPagesOnly
from svdash.web.readers import SignedInReaders
from svdash.web.routes import routes
from svdash.web.security_headers import SecurityHeaders
from svdash.web.sign_in_return import SignInReturn
from svdash.web.uploads import UploadsOnlyIfAllowed
from svdash.web.warm import warm

server_name.leave_out()

app = st.App(
    Path(__file__).parent / "svdash" / "frame.py",
    routes=[*routes(), *private_routes.routes()],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(OwnPagesOnly),
        Middleware(SignedInReaders, pages=frozenset(f"/{address}" for _, _, address, _ in PAGES)),
        Middleware(SignInReturn),
        Middleware(OpenDataElsewhere),
        Middleware(UploadsOnlyIfAllowed),
        Middleware(AcceptedEncodings),
    ],
    lifespan=warm,
)
