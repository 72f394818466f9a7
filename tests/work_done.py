"""How much work something is, told without a clock: seconds say more about the machine than about the code."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Seconds: what ends at all ends in a hundredth of it.
PLENTY = 60


def calls_of(work: Callable[[], object]) -> int:
    """How many functions of Python are called: the same at every run and on every machine."""
    number = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal number
        number += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


def wait_until(met: Callable[[], bool]) -> None:
    """Wait for a condition, for a minute at most."""
    end = time.monotonic() + PLENTY
    while not met():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


@contextmanager
def that_ends() -> Iterator[None]:
    """Fail instead of going on for hours. A search that looks at each place again from each other one never ends here."""

    def stop(*_: object) -> None:
        raise AssertionError(f"it was not done after {PLENTY} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, PLENTY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
