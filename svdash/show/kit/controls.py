"""Controls whose value lives in the address.

Streamlit's own binding writes a control's *label* into the address; ours shows how much stands behind each
choice, so the address would carry counts that change. Here the address is read first, decides what the
control shows, and is written by every control's callback (docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_popover_container import PopoverContainer
from streamlit.runtime.scriptrunner import get_script_run_ctx

from svdash.register import Ignored
from svdash.show.kit.plain_text import plain

YES: Final = "yes"
_DEFAULTS: Final = "_control_defaults"
_PAGE: Final = "_control_page"
_KEPT: Final = "_control_kept"
_IGNORED: Final = "_control_ignored"
_OPTIONS: Final = "_control_options"


def carry() -> None:
    """Write the filters of the page before into the address, where the reader has gone to another page.

    This comes before the navigation is drawn. The navigation adds a step to the browser's history, with the filters
    that the browser knows by then; filters that arrive later add a second step, and Back then leads to the same page
    without them. Back and Forward carry nothing over: the address they lead to decides.
    """
    run = get_script_run_ctx()
    if run is None or run.is_history_navigation:
        return
    if st.session_state.get(_PAGE) not in (None, run.page_script_hash):
        now = st.query_params.to_dict()
        wanted = {**st.session_state[_KEPT], **now}
        if wanted != now:
            st.query_params.from_dict(wanted)


def begin(names: Collection[str]) -> None:
    """Start a run of a page: forget the controls of the run before, and keep ``names`` of the address for the next page."""
    run = get_script_run_ctx()
    st.session_state[_PAGE] = run.page_script_hash if run is not None else None
    st.session_state[_KEPT] = {n: v for n, v in st.query_params.to_dict().items() if n in names}
    st.session_state[_DEFAULTS] = {}
    st.session_state[_OPTIONS] = {}
    st.session_state[_IGNORED] = []


def write(values: Mapping[str, str], defaults: Mapping[str, str]) -> None:
    """Write values into the address; a default is left out, so that addresses stay short.

    All at once: each write is a step of the browser's history, and a step with some of the filters is no view.
    """
    now = st.query_params.to_dict()
    kept = {name: value for name, value in now.items() if name not in values}
    wanted = {**kept, **{name: value for name, value in values.items() if value != defaults.get(name)}}
    if wanted != now:
        st.query_params.from_dict(wanted)


def _write_all(chosen: str = "") -> None:
    """Write every control drawn on this page: two quick clicks must not undo each other.

    A browser sends the label of what is chosen in a list. A label that the list no longer has was chosen by nobody: the address
    stays as it is then.

    Args:
        chosen: a control that was set from code, also to what its list doesn't have yet.
    """
    defaults: dict[str, str] = st.session_state[_DEFAULTS]
    options: dict[str, frozenset[str]] = st.session_state[_OPTIONS]
    now = {name: st.session_state.get(name) or default for name, default in defaults.items()}
    for name, value in now.items():
        if name != chosen and name in options and value not in options[name]:
            now[name] = st.query_params.get(name, defaults[name])
    write({name: YES if value is True else str(value) for name, value in now.items()}, defaults)


def known() -> frozenset[str]:
    """Return the names of the controls drawn so far in this run."""
    return frozenset(st.session_state[_DEFAULTS])


def ignored() -> list[Ignored]:
    """Return what of the address the page's own controls could not use in this run."""
    found: list[Ignored] = st.session_state[_IGNORED]
    return found


def _claim(name: str, value: str, default: str) -> None:
    st.session_state[_DEFAULTS][name] = default
    st.session_state[name] = value


def line(name: str = "page") -> DeltaGenerator:
    """Return one line of controls, each with its label inside; what does not fit goes on below. A page has one of a name."""
    return st.container(key=f"sv-line-{name}", horizontal=True, vertical_alignment="center", gap="xsmall")


def more(label: str, name: str) -> PopoverContainer:
    """Return what opens below a button of the line: controls that are seldom needed."""
    return st.popover(label, key=f"more-{name}")


def select(
    name: str,
    label: str,
    options: Mapping[str, str],
    value: str,
    default: str,
    tip: str = "",
    *,
    width: int | Literal["stretch"] = "stretch",
) -> None:
    """Draw a list to choose one of; ``options`` maps what the address holds to what a person reads, each of them once.

    ``width`` is in pixels, its label included.
    """
    _claim(name, value, default)
    st.session_state[_OPTIONS][name] = frozenset(options)
    st.selectbox(
        plain(label),
        list(options),
        format_func=lambda code: options[code],
        key=name,
        on_change=_write_all,
        help=plain(tip) or None,
        width=width,
    )


def pick(
    name: str,
    label: str,
    options: Mapping[str, str],
    default: str,
    tip: str = "",
    *,
    width: int | Literal["stretch"] = "stretch",
) -> str:
    """Draw a page's own list and return what the address chose; an unknown value counts as the default."""
    chosen = _read(name, options, default)
    select(name, label, options, chosen, default, tip, width=width)
    return chosen


def _read(name: str, options: Mapping[str, str], default: str) -> str:
    given = st.query_params.get(name, default)
    if given in options:
        return given
    st.session_state[_IGNORED].append(Ignored(name, given, f"known values are {', '.join(options)}"))
    return default


def switch(
    name: str, label: str, options: Mapping[str, str], default: str, *, grey: Collection[str] = ()
) -> str:
    """Draw the few parts of a page side by side, and return what the address chose.

    Those that ``grey`` names have nothing to show: their labels are grey.
    """
    chosen = _read(name, options, default)
    _claim(name, chosen, default)
    st.segmented_control(
        plain(label),
        list(options),
        format_func=lambda code: f":gray[{plain(options[code])}]" if code in grey else plain(options[code]),
        key=name,
        on_change=_write_all,
        required=True,
        label_visibility="collapsed",
    )
    return chosen


def words(name: str, label: str, placeholder: str, *, width: int | Literal["stretch"] = "stretch") -> str:
    """Draw a box for words, its label inside until something is written, and return what the address holds."""
    chosen = st.query_params.get(name, "")[:200]
    _claim(name, chosen, "")
    st.text_input(
        plain(label),
        key=name,
        on_change=_write_all,
        placeholder=placeholder,
        max_chars=200,
        label_visibility="collapsed",
        width=width,
    )
    return chosen


def hold(name: str, default: str) -> str:
    """Keep a value in the address that no control of its own draws, such as the area that is looked at."""
    chosen = st.query_params.get(name, default)
    _claim(name, chosen, default)
    return chosen


def behind(name: str, values: Collection[str]) -> str:
    """Return which of a page's whole lists the address asks for, empty for none; links lead there, no control does."""
    chosen = _read(name, dict.fromkeys(["", *values], ""), "")
    _claim(name, chosen, "")
    return chosen


def tick(name: str, label: str, tip: str) -> bool:
    """Draw a box to tick and return whether the address says ``yes``."""
    chosen = _read(name, {"": "no", YES: "yes"}, "") == YES
    st.session_state[_DEFAULTS][name] = ""
    st.session_state[name] = chosen
    st.checkbox(plain(label), key=name, on_change=_write_all, help=plain(tip))
    return chosen


def ticked(key: str, codes: Sequence[str]) -> str:
    """Return the code of the row that is ticked in a grid, empty where none is."""
    rows = st.session_state[key]["selection"]["rows"] if key in st.session_state else []
    return codes[rows[0]] if rows and rows[0] < len(codes) else ""


def grid(name: str, codes: Sequence[str], chosen: str) -> str:
    """Return the key for a grid of one row a code: a new one once its tick and the address went apart, as by Back."""
    turn = int(st.session_state.setdefault(f"_turn of {name}", 0))
    key = f"{name}-{turn}"
    if key in st.session_state and ticked(key, codes) != (chosen if chosen in codes else ""):
        st.session_state[f"_turn of {name}"] = turn + 1
        return f"{name}-{turn + 1}"
    return key


def first_ticked(codes: Sequence[str], chosen: str) -> Any:
    """Return what a grid of one row a code begins with."""
    rows = [codes.index(chosen)] if chosen in codes else []
    return {"selection": {"rows": rows, "columns": [], "cells": []}}


def choose(name: str, value: str) -> None:
    """Set a control from code, as a click on it would."""
    st.session_state[name] = value
    _write_all(name)
