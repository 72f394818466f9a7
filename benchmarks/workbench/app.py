"""The server of the workbench's benchmark: the real frame, with what a definition shows on its first page and empty others."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).parent / "frame.py")
