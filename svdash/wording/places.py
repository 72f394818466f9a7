"""How sentences speak of the place that an authority serves: a county, a borough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A kind of place, such as ``county``, by its noun in small letters."""

    noun: str

    @property
    def the(self) -> str:
        """The place with its article: ``the county``."""
        return f"the {self.noun}"

    @property
    def own(self) -> str:
        """What belongs to the place: ``the county's``."""
        return f"the {self.noun}'{'' if self.noun.endswith('s') else 's'}"

    @property
    def start(self) -> str:
        """The noun as a heading or at the start of a sentence: ``County``."""
        return self.noun[:1].upper() + self.noun[1:]
