"""Ends a command and the processes that it started in order on Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

# The exit status of a command that a signal ended, as shells give it.
_BY_SIGNAL: Final = 128


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Turn SIGTERM and SIGINT into an error within this block; the exit status says which signal it was."""

    def end(number: int, _: object) -> None:
        click.echo("Ended before it was done.", err=True)
        sys.exit(_BY_SIGNAL + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
