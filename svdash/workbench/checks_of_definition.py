"""Checks of what a definition says: polarity, denominator, breakdowns, criteria, plain English, personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from svdash import wording
from svdash.register.vocabulary import vocabulary
from svdash.workbench.criteria_for_change import condition
from svdash.workbench.examined_indicator import FAIL, PASS, WARN, ExaminedIndicator, IndicatorCheck
from svdash.workbench.prototype import VALUE

# The longest sentence by the content design guidance of GOV.UK: long ones are not read to their end.
LONGEST_SENTENCE: Final = 25
# Fewer words can't say who is counted, and out of whom.
LEAST_WORDS: Final = 6
_NUMBERS: Final = frozenset(
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "twelve",
        "twenty",
        "half",
        "third",
        "quarter",
        "double",
        "twice",
    ]
)
_AGGREGATION: Final = re.compile(r"\w+_\w+|==|<=|>=|\bwhere=")
_ABBREVIATION: Final = re.compile(r"\b[A-Z][A-Z0-9]+\b")


def polarity(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether it is said which way is better, and the target lies that way."""
    code, title, about = "polarity", "Polarity", case.about
    target = about.target
    if about.polarity == "none":
        if target is not None:
            return IndicatorCheck(
                code, title, FAIL, f"It has a target of {wording.value(target.value, about.unit)} and no polarity: nobody can say on "
                "which side of the target it is met.", "Set polarity to higher or lower.",
            )  # fmt: skip
        if about.sphere != "context":
            return IndicatorCheck(
                code, title, WARN, f"It lies within the authority's {about.sphere} and has no polarity: its changes are called rising "
                "or falling, never better or worse.", "Set polarity to higher or lower, or sphere to context.",
            )  # fmt: skip
        return IndicatorCheck(
            code, title, PASS, "It is context without a polarity: its changes are called rising or falling."
        )
    first = case.baseline()
    better = 1 if about.polarity == "higher" else -1
    if target is not None and first is not None and (target.value - float(first[VALUE])) * better < 0:
        return IndicatorCheck(
            code, title, WARN, f"{about.polarity.capitalize()} is better, and the target of "
            f"{wording.value(target.value, about.unit)} lies on the worse side of {first['year']}.",
            "Check the polarity and the target: reaching it would be called a worsening.",
        )  # fmt: skip
    reached = "" if target is None else ", and the target lies that way"
    return IndicatorCheck(code, title, PASS, f"{about.polarity.capitalize()} is better{reached}.")


def denominator(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether it is out of something, where it has to be."""
    code, title, about = "denominator", "Denominator", case.about
    if about.denominator is None:
        if about.unit == "percent":
            return IndicatorCheck(
                code, title, FAIL, "It is a percentage and has no denominator: the numerator alone would be shown as a percentage.",
                "Write the denominator as a formula, or choose the unit of what is counted.",
            )  # fmt: skip
        if about.area is not None and about.unit in ("people", "responses", "organisations"):
            return IndicatorCheck(
                code, title, WARN, f"It is a number of {about.unit} by area, without a denominator: large areas will come first whatever happens there.",
                "Add a denominator, such as the residents of each area, and let the unit be percent.",
            )  # fmt: skip
        return IndicatorCheck(
            code, title, PASS, f"It is an amount ({about.unit}), shown as it is, without a denominator."
        )
    if "".join(about.denominator.split()) == "".join(about.numerator.split()):
        return IndicatorCheck(
            code, title, FAIL, "Numerator and denominator are the same formula: the value is always the same.",
            "Give the numerator a condition, such as where=….",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"{about.numerator} is taken out of {about.denominator}.".replace("\n", " ")
    )


def breakdowns(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether the breakdowns that are needed can be made from the columns of the table."""
    code, title, about = "breakdowns", "Breakdowns", case.about
    known = vocabulary(case.edition).labels("characteristic")
    columns = {_bare(name): name for name in case.kinds}
    possible = [label for name, label in known.items() if {_bare(name), _bare(label)} & set(columns)]
    missing = [
        known.get(each, each)
        for each in about.breakdowns
        if not {_bare(each), _bare(known.get(each, each))} & set(columns)
    ]
    told = f" Its columns allow {wording.every(possible)}." if possible else ""
    if missing:
        return IndicatorCheck(
            code, title, FAIL, f"{wording.number(len(missing))} of {wording.counted(len(about.breakdowns), 'breakdown')} can't be made: the table "
            f"has no column for {wording.every(missing)}.{told}", "Bring a table with these columns, or take them out of breakdowns.",
        )  # fmt: skip
    if about.counts_people and not about.breakdowns and about.group is None:
        return IndicatorCheck(
            code, title, WARN, f"It counts people and names no breakdown: who is left behind can't be seen.{told}",
            "Name the breakdowns that are needed, and the column of one of them as group.",
        )  # fmt: skip
    if about.breakdowns:
        names = [known.get(each, each) for each in about.breakdowns]
        return IndicatorCheck(
            code, title, PASS, f"The table has a column for each breakdown: {wording.every(names)}."
        )
    by = (
        f"It is broken down by {about.group}."
        if about.group
        else "It counts no people, and no breakdown is needed."
    )
    return IndicatorCheck(code, title, PASS, by)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def criteria(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether it can be decided by the criteria for change that a change has come."""
    code, title, text = "criteria", "Criteria for change", case.about.criteria_for_change
    if case.about.change_when is not None:
        asked = condition(case.about.change_when, case.about.unit)
        return IndicatorCheck(
            code, title, PASS, f"They are a condition that is held against the figures: {asked}."
        )
    words = set(re.findall(r"[a-z]+", text.lower()))
    if re.search(r"[0-9]", text) or words & _NUMBERS:
        return IndicatorCheck(code, title, PASS, "They name a number, by which a change can be decided.")
    return IndicatorCheck(
        code, title, WARN, f"“{text[:80]}” names no number: two readers could decide it differently.",
        "Say how much has to change, over how many years.",
    )  # fmt: skip


def plain_english(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether the definition is short, and free of code and of abbreviations that nobody explains."""
    code, title, about = "plain-english", "Plain English", case.about
    sentences = [each for each in re.split(r"(?<=[.!?])\s+", about.definition) if each.strip()]
    lengths = [len(each.split()) for each in sentences]
    faults = list(_hard(case, lengths))
    if sum(lengths) < LEAST_WORDS:
        return IndicatorCheck(
            code, title, FAIL, f"The definition has {wording.counted(sum(lengths), 'word')}: that is too short to say who or what "
            "is counted, and out of whom.", "Say what is counted, out of what, where and when.",
        )  # fmt: skip
    if faults:
        return IndicatorCheck(
            code, title, WARN, " ".join(faults), f"Write sentences of at most {LONGEST_SENTENCE} words, and write abbreviations out.",
        )  # fmt: skip
    return IndicatorCheck(
        code, title, PASS, f"{wording.counted(len(sentences), 'sentence')}, the longest of {wording.counted(max(lengths), 'word')} "
        f"(at most {LONGEST_SENTENCE}); every abbreviation is explained.",
    )  # fmt: skip


def _hard(case: ExaminedIndicator, lengths: list[int]) -> Iterator[str]:
    """Say what in a definition is hard to read."""
    text = case.about.definition
    long = [each for each in lengths if each > LONGEST_SENTENCE]
    if long:
        yield f"Sentences of more than {LONGEST_SENTENCE} words: {wording.number(len(long))} of {wording.number(len(lengths))}; the longest has {wording.number(max(long))}."
    formulas = sorted(set(_AGGREGATION.findall(text)))
    if formulas:
        yield f"It has code in it: {wording.listing(formulas)}."
    unknown = [each for each in dict.fromkeys(_ABBREVIATION.findall(text)) if each not in _explained(case)]
    if unknown:
        yield f"Not explained: {wording.listing(unknown)}."


def _explained(case: ExaminedIndicator) -> set[str]:
    """Return the abbreviations that a definition explains in brackets, and those of the glossary."""
    text = f"{case.about.definition} {' '.join(case.about.caveats)}"
    known = set(re.findall(r"\(([A-Z][A-Z0-9]+)\)", text)) | set(re.findall(r"\b([A-Z][A-Z0-9]+) \(", text))
    if "glossary" in case.edition.tables:
        rows = case.edition.table("glossary")
        for name in ("term", "also"):
            known |= {word for each in rows[name].dropna() for word in _ABBREVIATION.findall(str(each))}
    return known


def personal_data(case: ExaminedIndicator) -> IndicatorCheck:
    """Whether personal data is suspected in the file."""
    code, title = "personal-data", "Personal data"
    if case.personal is None:
        return IndicatorCheck(
            code, title, PASS, "It is worked out from an open table of the data pack, which names nobody."
        )
    if case.personal:
        return IndicatorCheck(
            code, title, FAIL, f"Personal data is suspected in {wording.counted(len(case.personal), 'column')} of the file: "
            f"{wording.listing(list(case.personal))}. Nothing that rests on it may be published.",
            "Bring the file without these columns.",
        )  # fmt: skip
    return IndicatorCheck(
        code,
        title,
        PASS,
        f"None is suspected in the {wording.counted(len(case.kinds), 'column')} of the file.",
    )
