"""The smallest Streamlit app there is: one title."""

import streamlit as st

st.title("Empty")
