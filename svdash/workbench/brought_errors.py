"""What can be wrong with a file that somebody brought, as sentences for them."""

from __future__ import annotations


class BroughtError(Exception):
    """A file can't be used. The message names it, the place, and a remedy."""


class SheetChoiceError(BroughtError):
    """A file has several tables, and a person has to say which is meant.

    Attributes:
        name: of the file.
        sheets: names of the sheets or layers.
    """

    def __init__(self, name: str, sheets: list[str]) -> None:
        super().__init__(f"{name}: it has several tables. Choose one.")
        self.name, self.sheets = name, sheets

    def __reduce__(self) -> tuple[type[SheetChoiceError], tuple[str, list[str]]]:
        """Both parts, to be made again in another process."""
        return type(self), (self.name, self.sheets)


class CancelledError(BroughtError):
    """The person who brought a file no longer wants it read."""
