"""An indicator as text: a small YAML document, checked field by field, with every fault named by its line.

The document is what an analyst writes, a colleague reviews and a program reads; nothing in it is run. Its JSON Schema is
published in ``docs/schemas/indicator.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from svdash import wording

# Characters of a document: a definition is a page of text.
LONGEST: Final = 50_000
DEEPEST: Final = 6
# How deep a document may be before the rest of it is not even read: PyYAML takes time by the square of the depth.
_DEEPEST_READ: Final = 50
# Types of YAML that are text, numbers, lists and fields: no other is made, whatever a document asks for.
_TYPES: Final = frozenset(
    f"tag:yaml.org,2002:{each}" for each in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)


class DefinitionError(Exception):
    """A definition that can't be. The message has a sentence for each fault, each with its line.

    Attributes:
        faults: the sentences.
        missing: fields that are not there yet; a sentence about each is the last of the faults.
    """

    def __init__(self, *faults: str, missing: Sequence[str] = ()) -> None:
        super().__init__(" ".join(faults))
        self.faults, self.missing = faults, tuple(missing)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The faults of what is there."""
        return self.faults[: len(self.faults) - len(self.missing)]


class Target(BaseModel):
    """What is to be reached, by when, and who said so."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    value: float
    year: str = Field(pattern=r"^[0-9]{4}/[0-9]{2}$", description="A financial year, such as 2027/28")
    source: str = Field(min_length=1, max_length=300)


class ChangeWhen(BaseModel):
    """A condition for change that is held against the figures: on which side of a value they lie, in how many periods running."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    side: Literal["below", "above"]
    value: float = Field(description="In the unit of the indicator")
    periods: int = Field(
        default=1, ge=1, le=20, description="How many of the newest periods, one after another"
    )


class IndicatorDefinition(BaseModel):
    """The definition of an indicator.

    Attributes:
        table: the open table of the data pack that it is worked out from, or a brought file by its name with its ending.
        sha256: of the brought file's bytes: the definition then goes with these and no others.
        numerator, denominator: formulas (:mod:`svdash.workbench.formula`); without a denominator the numerator is the value.
        year, area, group: columns of the table by which it is told apart.
        counts_people: whether numerator and denominator count people; then all of it passes disclosure control.
        measure: the success measure that it stands under; without one :func:`svdash.workbench.prototype_rows.success_measure` takes one.
        criteria_for_change: what would count as a change, written before the figures are seen.
        change_when: the same as a condition that the page holds against the figures, where it is one.
        leading: whether it moves before what it is about does.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, title="Indicator of svdash"
    )

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,9}-[A-Z]?[0-9]{1,4}$", description="Such as ABC-I1")
    title: str = Field(min_length=1, max_length=150)
    definition: str = Field(
        min_length=1, max_length=2000, description="In plain English: who or what is counted"
    )
    level: Literal["input", "output", "outcome", "impact"]
    sphere: Literal["control", "influence", "context"]
    table: str = Field(
        min_length=1,
        max_length=100,
        description="An open table of the data pack, or a brought file with its ending, such as survey.csv",
    )
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the brought file: 64 characters from 0-9 and a-f",
    )
    numerator: str = Field(
        min_length=1, max_length=2000, description="A formula, such as count(where=scored)"
    )
    denominator: str | None = Field(default=None, max_length=2000)
    counts_people: bool = Field(default=True, description="Whether numerator and denominator count people")
    unit: Literal["percent", "people", "responses", "GBP", "hours", "organisations", "index"]
    polarity: Literal["higher", "lower", "none"] = Field(description="Which way is better")
    year: str | None = Field(default=None, max_length=100)
    area: str | None = Field(default=None, max_length=100)
    group: str | None = Field(default=None, max_length=100)
    role: str = Field(min_length=1, max_length=60)
    measure: str | None = Field(
        default=None, max_length=40, description="The success measure of its role that it stands under"
    )
    commitments: tuple[str, ...] = Field(default=(), max_length=20)
    breakdowns: tuple[str, ...] = Field(default=(), max_length=20)
    source: str = Field(min_length=1, max_length=500)
    caveats: tuple[str, ...] = Field(default=(), max_length=20)
    cadence: Literal["annual", "half-yearly", "quarterly"]
    owner: str | None = Field(default=None, max_length=150)
    target: Target | None = None
    baseline: str | None = Field(default=None, max_length=20)
    leading: bool = False
    status: Literal["official", "published", "illustrative"]
    criteria_for_change: str = Field(min_length=1, max_length=1000)
    change_when: ChangeWhen | None = Field(
        default=None, description="The criteria as a condition, where they are one"
    )


@dataclass(frozen=True)
class Written:
    """A definition with the text that it was read from, and the line on which each of its fields stands."""

    definition: IndicatorDefinition
    text: str
    lines: Mapping[str, int]


def read(text: str) -> Written:
    """Read a definition.

    Raises:
        DefinitionError: it is too long, no YAML, has a field twice, an unknown one, or one that can't be.
    """
    given, lines = fields(text)
    try:
        found = IndicatorDefinition.model_validate(given)
    except ValidationError as error:
        faults = error.errors()
        missing = [
            str(each["loc"][0]) for each in faults if each["type"] == "missing" and len(each["loc"]) == 1
        ]
        rest = [each for each in faults if each["loc"][0] not in missing]
        said = (*_faults(rest, lines), *(f"{name} {_SAID['missing']}." for name in missing))
        raise DefinitionError(*said, missing=missing) from error
    return Written(found, text, lines)


def fields(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return a document's fields as they stand, right or wrong, and the line of each.

    Raises:
        DefinitionError: it is too long, no YAML, or has a field twice.
    """
    if len(text) > LONGEST:
        raise DefinitionError(
            f"A definition has at most {wording.number(LONGEST)} characters, and this one has {wording.number(len(text))}."
        )
    lines: dict[str, int] = {}
    given: dict[str, Any] = _value(tree_of(text), "", lines, 0)
    return given, lines


def fault_at(written: Written, field: str, what: str) -> DefinitionError:
    """Return the error that says of a field, by its line, what is wrong with it: a sentence with its full stop."""
    line = written.lines.get(field, 0)
    return DefinitionError(f"Line {line}, {field}: {what}" if line else f"{field}: {what}")


def tree_of(text: str) -> yaml.MappingNode:
    """Return the document's tree: one mapping, without anchors, which could grow without end, and without types of its own."""
    try:
        events = list(events_of(text))
        marked = next((each for each in events if getattr(each, "anchor", None)), None)
        if marked is not None:
            raise DefinitionError(
                f"Line {_line(marked)}: anchors and references (& and *) are not part of definitions. Write the words out."
            )
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        place = f"Line {error.problem_mark.line + 1}" if error.problem_mark else "The document"
        raise DefinitionError(
            f"{place}: this is not YAML: {error.problem or 'it breaks off'}. Check indents, colons and quotation marks."
        ) from error
    except yaml.YAMLError as error:
        raise DefinitionError("The document is not YAML: it has a character that text can't have.") from error
    except RecursionError as error:
        raise DefinitionError("The document is nested too deep.") from error
    if not isinstance(tree, yaml.MappingNode):
        raise DefinitionError(
            "A definition is a list of fields with their values, such as “title: Staff who live here”."
        )
    return tree


def events_of(text: str) -> Iterator[Any]:
    """Yield PyYAML's events of a text one by one.

    Raises:
        yaml.YAMLError: it is not YAML.
        RecursionError: it is nested so deep that reading on would take long.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_READ:
            raise RecursionError(f"nested deeper than {_DEEPEST_READ}")
        yield event


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _value(node: yaml.Node, path: str, lines: dict[str, int], depth: int) -> Any:
    """Return what a node holds, and note on which line each field stands."""
    if depth > DEEPEST:
        raise DefinitionError(f"Line {_line(node)}: this is nested too deep.")
    if node.tag not in _TYPES:
        raise DefinitionError(
            f"Line {_line(node)}: a type of its own ({node.tag[:60]}) is not part of definitions. Leave it out."
        )
    if isinstance(node, yaml.MappingNode):
        return dict(_fields(node, path, lines, depth))
    if isinstance(node, yaml.SequenceNode):
        found = []
        for place, each in enumerate(node.value):
            lines[f"{path}.{place}"] = _line(each)
            found.append(_value(each, f"{path}.{place}", lines, depth + 1))
        return found
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        raise DefinitionError(
            f"Line {_line(node)}: “{str(node.value)[:60]}” can't be read. Put it in quotation marks."
        ) from error


def _fields(
    node: yaml.MappingNode, path: str, lines: dict[str, int], depth: int
) -> Iterator[tuple[str, Any]]:
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
        where = f"{path}.{name}" if path else name
        if not name:
            raise DefinitionError(f"Line {_line(key)}: a field's name is a word.")
        if where in lines:
            raise DefinitionError(
                f"Line {_line(key)}: {name} is on line {lines[where]} already. Keep one of the two."
            )
        lines[where] = _line(key)
        yield name, _value(value, where, lines, depth + 1)


def _faults(faults: Iterable[Mapping[str, Any]], lines: Mapping[str, int]) -> Iterator[str]:
    """Say of each fault on which line it stands, what it is and what would be right."""
    told = [(_place(each, lines), _fault(each)) for each in faults]
    for (line, name), what in sorted(told):
        end = "" if what.endswith("?") else "."
        yield f"Line {line}, {name}: {what}{end}" if line else f"{name} {what}{end}"


def _place(fault: Mapping[str, Any], lines: Mapping[str, int]) -> tuple[int, str]:
    parts = [str(each) for each in fault["loc"]]
    whole = ".".join(parts)
    name = ".".join(part for part in parts if not part.isdigit())
    if fault["type"] == "missing":
        return 0, name
    return next((lines[place] for place in (whole, name, parts[0]) if place in lines), 0), name


_SAID: Final[Mapping[str, str]] = {
    "missing": "is missing. Add a line for it",
    "literal_error": "{given} is not one of {expected}",
    "string_too_long": "it is too long: at most {max_length} characters",
    "too_long": "it is too long: at most {max_length}",
    "string_too_short": "it is empty. Say something here",
    "string_type": "{given} is not text. Put it in quotation marks",
    "int_parsing": "{given} is not a whole number",
    "int_type": "{given} is not a whole number",
    "int_from_float": "{given} is not a whole number",
    "greater_than_equal": "{given} is less than {ge}",
    "less_than_equal": "{given} is more than {le}",
    "float_parsing": "{given} is not a number",
    "float_type": "{given} is not a number",
    "bool_parsing": "{given} is neither true nor false",
    "bool_type": "{given} is neither true nor false",
    "tuple_type": "{given} is not a list. Write [a, b], or one a line with a dash before it",
    "model_type": "{given} is not a list of fields. Write each on a line of its own, further in",
}


def _fault(fault: Mapping[str, Any]) -> str:
    """Say what is wrong with a field, and what would be right."""
    name, given = str(fault["loc"][-1]), repr(fault["input"])[:80]
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(name, _FIELDS, 1)
        return f"there is no such field. {f'Did you mean {near[0]}?' if near else f'There are {wording.every(_FIELDS)}'}"
    if fault["type"] == "string_pattern_mismatch":
        return f"{given} does not have the right form. {_about(fault['loc'])}"
    limits = {each: str(value).replace("'", "") for each, value in fault.get("ctx", {}).items()}
    return _SAID.get(fault["type"], "{given} is not allowed here").format_map({"given": given} | limits)


def _about(place: Sequence[str | int]) -> str:
    """Return what is written of the field at a place: a field of the same name in another part is another field."""
    model = next((each for name, each in _PARTS.items() if name in place[:-1]), IndicatorDefinition)
    return model.model_fields[str(place[-1])].description or ""


# Parts of a definition that have fields of their own.
_PARTS: Final[Mapping[str, type[BaseModel]]] = {"target": Target, "change_when": ChangeWhen}
# Fields with what is written of each.
_FIELDS: Final[Mapping[str, str]] = {
    name: field.description or ""
    for model in (Target, ChangeWhen, IndicatorDefinition)
    for name, field in model.model_fields.items()
}
