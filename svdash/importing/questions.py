"""Questions about what a file leaves open: their possible answers, and how to give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from svdash import wording
from svdash.importing.reconciliation import ImportFileError, ImportRefusedError, Reconciliation
from svdash.tables.faults import suggestion


@dataclass(frozen=True)
class Kind:
    """Something that may be asked of a file.

    Attributes:
        title: what the page calls it.
        answers: by the word that gives it, what an answer does.
    """

    title: str
    answers: dict[str, str]


# By the name that mappings and --answer call it.
KINDS: Final[dict[str, Kind]] = {
    "dates": Kind(
        "Dates such as 04/03/2024",
        {
            "dmy": "the day comes first",
            "mdy": "the month comes first",
            "mixed": "a spreadsheet exchanged day and month where the day is 12 or less: exchange them back",
        },
    ),
    "unit": Kind(
        "Amounts are in",
        {"pounds": "pounds", "pence": "pence", "thousands": "thousands of pounds", "millions": "millions"},
    ),
    "currency": Kind(
        "Signs of another currency",
        {"pounds": "the sign is a mistake: all amounts are pounds"},
    ),
    "pennies": Kind("Parts of a penny", {"round": "round each amount to the penny, halves to the even one"}),
    "beyond": Kind("Cells beyond the headings", {"ignore": "ignore them"}),
    "encoding": Kind(
        "Letters beyond A to Z",
        {
            "utf-8": "the whole file is UTF-8",
            "windows-1252": "the whole file is Windows-1252",
            "mixed": "each letter as it comes, even within a line",
        },
    ),
    "settlements": Kind(
        "Negative lines without a supplier",
        {
            "credits": "they are credits: subtract them",
            "refuse": "they pay a card statement: leave them out",
        },
    ),
    "signs": Kind(
        "Most amounts are negative",
        {
            "reversed": "payments are written as negative amounts, and credits as positive ones",
            "credits": "they are credits: subtract them",
        },
    ),
    "periods": Kind(
        "Months in digits such as 2024/01",
        {
            "months": "they are months of the calendar: 2024/01 is January 2024",
            "financial": "they count from April: 2024/01 is April 2024, 2024/10 is January 2025",
        },
    ),
    "numbers": Kind(
        "Supplier numbers with many names",
        {"keep": "they are right: one supplier under many names"},
    ),
}


@dataclass(frozen=True)
class Question:
    """What is asked of one file.

    Attributes:
        key: the kind of question.
        words: what the file shows, as sentences.
        choices: the answers that fit.
    """

    key: str
    words: str
    choices: tuple[str, ...]

    def __str__(self) -> str:
        """The question with the ways to answer it."""
        return f"{self.words} {ways(self.key, self.choices)}"

    def as_dict(self) -> dict[str, object]:
        """The question for JSON."""
        answers = {choice: KINDS[self.key].answers[choice] for choice in self.choices}
        return {"key": self.key, "question": self.words, "answers": answers}


class AskedError(ImportFileError):
    """A file can't be read before a question is answered.

    Attributes:
        question: what is asked.
        where: the file, and the place in it.
    """

    def __init__(self, where: str, question: Question) -> None:
        super().__init__(f"{where}: {question}")
        self.where, self.question = where, question

    def __reduce__(self) -> tuple[type[AskedError], tuple[str, Question]]:
        """Both parts, to be made again in another process."""
        return type(self), (self.where, self.question)


def ways(key: str, choices: Iterable[str] = ()) -> str:
    """How a question is answered on the command line: ``Answer with --answer dates=mixed (…) or …``."""
    kind = KINDS[key]
    options = [f"--answer {key}={choice} ({kind.answers[choice]})" for choice in (choices or kind.answers)]
    return f"Answer with {wording.every(options, 'or')}."


def checked(where: str, key: str, answer: str) -> str:
    """An answer, if it is one.

    Raises:
        ImportFileError: there is no such question, or no such answer to it.
    """
    if key not in KINDS:
        raise ImportFileError(
            f"{where}: {key!r} is not a question of the import. {suggestion(key, KINDS)} Questions: {wording.choices(KINDS)}."
        )
    known = KINDS[key].answers
    if answer not in known:
        raise ImportFileError(
            f"{where}: {answer!r} is not an answer about {key}. {suggestion(answer, known)} Answers: {wording.choices(known)}."
        )
    return answer


def refuse_unanswered(found: Reconciliation) -> None:
    """Raise ImportRefusedError where something is asked of the file that nobody has answered."""
    if found.questions:
        questions = " ".join(str(each) for each in found.questions)
        raise ImportRefusedError(f"{found.file}: {questions} Nothing was imported.", found)
