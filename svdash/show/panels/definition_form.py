"""The form of a definition: each field with its help, filled from the text and written back into it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal, get_args, get_origin

import streamlit as st

from svdash import wording
from svdash.editions import Edition
from svdash.register import Framework
from svdash.show.panels import workbench_text
from svdash.workbench import indicator_sources
from svdash.workbench.definition import IndicatorDefinition
from svdash.workbench.definition_text import edited
from svdash.workbench.formula import Kind
from svdash.workbench.indicator_draft import IndicatorDraft

_HELP: Final[Mapping[str, str]] = {
    "id": "Letters, a hyphen and a number, such as ABC-I90",
    "title": "What is counted, in one line",
    "definition": "In plain English, in sentences of at most 25 words: who or what is counted, out of whom, where and when",
    "criteria_for_change": "How much has to change, over how many years, before you would call it a change. Write it before you see the "
    "figures: nothing is shown until it is there",
    "level": "Whether it measures what is put in, what is done, what came of it, or the aim itself",
    "sphere": "Whether the authority controls it, influences it, or only works within it",
    "table": "A brought file, or an open table of the data pack",
    "numerator": "Choose one, or write a formula, such as sum(a, where=b > 0)",
    "denominator": "Out of what. Choose one, write a formula, or leave it empty where the numerator is the value",
    "year": "The column of the year: a day, or 2023/24",
    "area": "The column of the area: ONS codes, or names of districts",
    "group": "The column of groups, such as sex",
    "counts_people": "Whether numerator and denominator count people: then all of it passes disclosure control",
    "unit": "What a value is in",
    "polarity": "Which way is better",
    "role": "The role of the authority that it is about",
    "measure": "The success measure of its role that it stands under in the register",
    "commitments": "The commitments that it is about",
    "breakdowns": "What it has to be broken down by: characteristics, or columns of the table",
    "source": "Who publishes or holds the figures",
    "caveats": "What readers must know, one on each line",
    "cadence": "How often it is updated",
    "owner": "The post that answers for it",
    "baseline": "The year that changes are measured from; if left empty, the first",
    "leading": "Whether it changes before the outcome does",
    "status": "Whether the figures are official statistics, published, or made up to show the product",
}
_LABELS: Final[Mapping[str, str]] = {
    "id": "Identifier",
    "criteria_for_change": "Criteria for change",
    "measure": "Success measure",
    "counts_people": "It counts people",
    "leading": "It is a leading indicator",
}
# The fields that must be there, in the order of the form.
_ASKED: Final = (
    "title", "id", "role", "definition", "criteria_for_change", "table", "numerator", "unit", "polarity", "level", "sphere",
    "cadence", "status", "source",
)  # fmt: skip
# What is one field in the text and several in the form: the label and the help of each.
_PARTS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "change_when": {
        "side": (
            "Change if",
            "Where the criteria are a condition: below or above. It is held against the figures",
        ),
        "value": ("this value", "In the unit of the indicator"),
        "periods": ("periods running", "The newest ones, one after another; 1 where it is empty"),
    },
    "target": {
        "value": ("Target", "In the unit of the indicator"),
        "year": ("Target year", "A financial year, such as 2027/28"),
        "source": ("Source of the target", "Who said so"),
    },
}
_CHOICES: Final[Mapping[str, Sequence[str]]] = {"side": ("below", "above")}
_NUMBERS: Final = ("value", "periods")


def draw(edition: Edition, draft: IndicatorDraft, values: Mapping[str, Any]) -> None:
    """Draw the form.

    Args:
        edition: whose tables, roles and commitments there are to choose from.
        draft: whose text the form writes into.
        values: the fields as they stand in the text, right or wrong.
    """
    form = _Form(draft, values)
    kinds = indicator_sources.columns_of(edition, str(values.get("table", "")), draft.files)
    form.text("title")
    left, right = st.columns(2)
    form.text("id", on=left)
    form.choice("role", Framework.of(edition).vocabulary.labels("role"), on=right)
    form.long("definition")
    form.long("criteria_for_change")
    form.parts("change_when")
    st.markdown("**Worked out from**")
    tables = [*draft.files, *indicator_sources.open_tables(edition)]
    form.choice("table", {each: each for each in tables})
    form.choice("numerator", _formulas(kinds), free=True)
    form.choice("denominator", _formulas(kinds), free=True)
    for name, on in zip(("year", "area", "group"), st.columns(3), strict=True):
        form.choice(name, {each: each for each in kinds}, on=on)
    form.tick("counts_people", default=True)
    for names in (("unit", "polarity"), ("level", "sphere"), ("cadence", "status")):
        for name, on in zip(names, st.columns(2), strict=True):
            form.choice(name, _options(name), on=on)
    st.markdown("**Whom it is for**")
    register = Framework.of(edition)
    own = register.measures[register.measures["role"] == str(values.get("role", ""))]
    form.choice(
        "measure", {code: f"{code} {title}" for code, title in zip(own["id"], own["title"], strict=True)}
    )
    titles = zip(register.commitments["id"], register.commitments["title"], strict=True)
    form.several("commitments", {code: f"{code} {title}" for code, title in titles})
    form.several("breakdowns", register.vocabulary.labels("characteristic"), free=True)
    form.text("source")
    form.lines("caveats")
    left, right = st.columns(2)
    form.text("owner", on=left)
    form.text("baseline", on=right)
    form.parts("target")
    form.tick("leading", default=False)


def _options(name: str) -> dict[str, str]:
    """Return the choices of a field that has a fixed list of them."""
    kind = IndicatorDefinition.model_fields[name].annotation
    return {str(each): str(each) for each in get_args(kind)} if get_origin(kind) is Literal else {}


def _formulas(kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Return the plain formulas that a table's columns allow; any other can be written."""

    def named(column: str) -> str:
        return column if column.isidentifier() else f'column("{column}")'

    sums = [f"sum({named(each)})" for each, kind in kinds.items() if kind == "number"]
    counts = [f"count(where={named(each)})" for each, kind in kinds.items() if kind == "truth"]
    return {each: each for each in ("count()", *counts, *sums)}


def next_of(missing: Sequence[str]) -> str:
    """Say which field to fill in next, in the order of the form, and how many are left after it."""
    known = [*(each for each in _ASKED if each in missing), *(each for each in missing if each not in _ASKED)]
    rest = [_label(each) for each in known[1:]]
    after = f" After it: {wording.listing(rest, 4)}." if rest else " Then its figures are shown."
    return f"**Fill in next: {_label(known[0])}.**{after}"


class _Form:
    """The fields of one draft's form."""

    def __init__(self, draft: IndicatorDraft, values: Mapping[str, Any]) -> None:
        self._draft, self._values = draft, values

    def _key(self, name: str) -> str:
        return f"definition-{self._draft.id}-{self._draft.turn}-{name}"

    def _begun(self, name: str, value: Any, read: Callable[[Any], Any]) -> dict[str, Any]:
        """Put a field's value where its widget looks for it, and return what all widgets take."""
        key = self._key(name)
        st.session_state[key] = value
        return {
            "key": key,
            "help": _HELP[name],
            "on_change": partial(_changed, self._draft, name, key, read),
        }

    def text(self, name: str, on: Any = st) -> None:
        """Draw a field of one line."""
        on.text_input(_label(name), **self._begun(name, _text(self._values.get(name)), _spoken))

    def long(self, name: str) -> None:
        """Draw a field of several lines, which are one text."""
        st.text_area(_label(name), height=90, **self._begun(name, _text(self._values.get(name)), _spoken))

    def lines(self, name: str) -> None:
        """Draw a field with an entry on each line."""
        given = self._values.get(name)
        value = "\n".join(map(str, given)) if isinstance(given, list) else _text(given)
        st.text_area(_label(name), height=70, **self._begun(name, value, _entries))

    def tick(self, name: str, *, default: bool) -> None:
        """Draw a field of yes or no; what holds by default is not written."""
        given = self._values.get(name, default)
        st.checkbox(
            _label(name),
            **self._begun(name, given if isinstance(given, bool) else default, partial(_unless, default)),
        )

    def choice(self, name: str, options: Mapping[str, str], *, free: bool = False, on: Any = st) -> None:
        """Draw a list to choose one from; ``free`` for one that takes what is written as well."""
        given = self._values.get(name)
        chosen = None if given is None else str(given)
        shown = dict(options)
        if chosen is not None and chosen not in shown:
            shown[chosen] = chosen if free else f"{chosen} (not available)"
        on.selectbox(
            _label(name),
            list(shown),
            index=None,
            format_func=lambda each: shown.get(each, each),
            accept_new_options=free,
            placeholder="Choose or write" if free else "Choose",
            **self._begun(name, chosen, _spoken),
        )

    def several(self, name: str, options: Mapping[str, str], *, free: bool = False) -> None:
        """Draw a list to choose any number from."""
        given = self._values.get(name)
        chosen = [str(each) for each in given] if isinstance(given, list) else []
        shown = {**options, **{each: each for each in chosen if each not in options}}
        st.multiselect(
            _label(name),
            list(shown),
            format_func=lambda each: shown.get(each, each),
            accept_new_options=free,
            placeholder="Choose",
            **self._begun(name, chosen, _listed),
        )

    def parts(self, name: str) -> None:
        """Draw the fields that are one in the text, such as a target's."""
        given = self._values.get(name)
        values = given if isinstance(given, dict) else {}
        known = _PARTS[name]
        keys = {each: f"{self._key(name)}-{each}" for each in known}
        for each, on in zip(known, st.columns(len(known)), strict=True):
            label, said = known[each]
            put = partial(_put, self._draft, name, keys)
            st.session_state[keys[each]] = _text(values.get(each))
            if each in _CHOICES:
                shown = dict.fromkeys(["", *_CHOICES[each], _text(values.get(each))])
                on.selectbox(label, list(shown), key=keys[each], help=said, on_change=put)
            else:
                on.text_input(label, key=keys[each], help=said, on_change=put)


def _changed(draft: IndicatorDraft, name: str, key: str, read: Callable[[Any], Any]) -> None:
    """Write a field that was changed in the form into the text."""
    workbench_text.hold(draft, edited(workbench_text.standing(draft), name, read(st.session_state[key])))


def _put(draft: IndicatorDraft, name: str, keys: Mapping[str, str]) -> None:
    """Write fields that are one into the text; without any of them, it is taken out."""
    given = {each: str(st.session_state[key]).strip() for each, key in keys.items()}
    found = {each: _number(value) if each in _NUMBERS else value for each, value in given.items() if value}
    workbench_text.hold(draft, edited(workbench_text.standing(draft), name, found or None))


def _number(text: str) -> float | int | str:
    """Return a number as it is written; what is none stays text, and is named as a fault."""
    try:
        found = float(text)
    except ValueError:
        return text
    return int(found) if found.is_integer() else found


def _label(name: str) -> str:
    return _LABELS.get(name, wording.sentence(name))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _spoken(value: Any) -> str | None:
    """Return a text on one line; ``None`` for none."""
    return " ".join(str(value or "").split()) or None


def _entries(value: Any) -> list[str] | None:
    return [each.strip() for each in str(value).splitlines() if each.strip()] or None


def _listed(value: Iterable[str]) -> Sequence[str] | None:
    return list(value) or None


def _unless(default: bool, value: Any) -> bool | None:
    return None if bool(value) == default else bool(value)
