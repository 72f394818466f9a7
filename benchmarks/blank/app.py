"""The baseline server: the real frame with its navigation and filters, around empty pages."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).parent / "frame.py")
