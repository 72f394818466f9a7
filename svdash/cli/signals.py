"""Ends a command in order when it is told to end, by Ctrl-C or by the system: what it has started ends with it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

# What shells say of a command that a signal ended.
_BY_SIGNAL: Final = 128


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Within this, SIGTERM and SIGINT unwind the program as an error does, and its exit status tells which it was."""

    def end(number: int, _: object) -> None:
        click.echo("Ended before it was done.", err=True)
        sys.exit(_BY_SIGNAL + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
