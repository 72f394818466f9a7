"""Changes single fields of a definition's text and leaves the rest as it was written: order, comments, quotation marks."""

from __future__ import annotations

from typing import Any, Final

import yaml

from svdash.workbench.definition import DefinitionError, IndicatorDefinition, fields, tree_of

# The order in which fields are written where the text has none yet.
ORDER: Final = tuple(IndicatorDefinition.model_fields)
# Long texts stay on one line: the form shows them wrapped.
_WIDTH: Final = 10_000


def edited(text: str, name: str, value: Any) -> str:
    """Return a definition's text with a field set anew, or taken out where ``value`` is ``None``.

    A field that the text does not have yet is put behind the one before it in the order of definitions. Only where a text can't
    be changed in place, as when it is one pair of braces, is all of it written anew.

    Raises:
        DefinitionError: the text is no YAML, so there is no telling where the field stands.
    """
    before = _fields(text)
    wanted = {key: each for key, each in before.items() if key != name} | (
        {} if value is None else {name: value}
    )
    if not before:
        # Comments that stand alone are kept.
        return (f"{text.rstrip()}\n" if text.strip() else "") + written(wanted)
    found = _in_place(text, name, value)
    try:
        after = _fields(found)
    except DefinitionError:
        after = {}
    return found if after == wanted else written(wanted)


def _fields(text: str) -> dict[str, Any]:
    """Return the fields of a text; none of one that has nothing but comments."""
    said = any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())
    return fields(text)[0] if said else {}


def written(values: dict[str, Any]) -> str:
    """Return fields as a definition's text, in its order; what is no field of definitions comes last."""
    order = {name: place for place, name in enumerate(ORDER)}
    ordered = dict(sorted(values.items(), key=lambda each: order.get(each[0], len(order))))
    return _dumped(ordered) if ordered else ""


def _dumped(values: dict[str, Any]) -> str:
    return str(yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=_WIDTH))


def _in_place(text: str, name: str, value: Any) -> str:
    """Return the text with one field changed where it stands."""
    spans = _spans(text)
    line = "" if value is None else _dumped({name: value})
    if name in spans:
        start, end = spans[name]
        if value is None:
            following = text.find("\n", end)
            return text[:start] + ("" if following < 0 else text[following + 1 :])
        return text[:start] + line.rstrip("\n") + text[end:]
    if value is None:
        return text
    place = _place(text, spans, name)
    gap = "" if place == 0 or text[place - 1] == "\n" else "\n"
    return text[:place] + gap + line + text[place:]


def _place(text: str, spans: dict[str, tuple[int, int]], name: str) -> int:
    """Return where a field that is not there yet belongs: on the line behind the nearest one before it."""
    before = [each for each in ORDER[: ORDER.index(name)] if each in spans] if name in ORDER else list(spans)
    if not before:
        return min(start for start, _ in spans.values())
    following = text.find("\n", spans[before[-1]][1])
    return len(text) if following < 0 else following + 1


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """Return where each field begins and ends, without the comments behind it."""
    found = {}
    for key, value in tree_of(text).value:
        start, end = int(key.start_mark.index), int(value.end_mark.index)
        lines = text[start:end].splitlines(keepends=True)
        is_list = not isinstance(value, yaml.ScalarNode)
        while len(lines) > 1 and _is_outside(lines[-1], is_list=is_list):
            lines.pop()
        found[str(key.value)] = (start, start + len("".join(lines).rstrip()))
    return found


def _is_outside(line: str, *, is_list: bool) -> bool:
    """Return whether a last line is none of the field's own: blank, or a comment."""
    return not line.strip() or line.startswith("#") or (is_list and line.lstrip().startswith("#"))
