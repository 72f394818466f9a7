"""Work of the server's own that takes a while: it goes on when whoever began it leaves the page, one piece at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class State:
    """How far work is.

    Attributes:
        running: whether it goes on.
        done, of: how many steps are done, and of how many; 0 of 0 before it is known.
        result: what it returned; ``None`` until then, and where it failed.
        problem: what it raised, of the errors that are for people.
    """

    running: bool = False
    done: int = 0
    of: int = 0
    result: object = None
    problem: Exception | None = None


class Background:
    """A place for one piece of work at a time, in a thread. Safe to share between threads."""

    def __init__(self, *told: type[Exception]) -> None:
        """Take the errors whose message is for people; others are left to the log."""
        self._told, self._guard, self._state = told, threading.Lock(), State()

    @property
    def state(self) -> State:
        """How far the work is that was begun last."""
        with self._guard:
            return self._state

    def begin(self, work: Callable[[Progress], object]) -> bool:
        """Begin work, which is given how to tell its progress. Return False, and begin nothing, while other work goes on."""
        with self._guard:
            if self._state.running:
                return False
            self._state = State(running=True)
        threading.Thread(target=self._run, args=(work,), daemon=True).start()
        return True

    def _run(self, work: Callable[[Progress], object]) -> None:
        ended = State(problem=RuntimeError("It ended before it was done."))
        try:
            ended = State(result=work(self._moved))
        except self._told as problem:
            ended = State(problem=problem)
        finally:
            with self._guard:
                self._state = ended

    def _moved(self, done: int, of: int) -> None:
        with self._guard:
            self._state = State(running=True, done=done, of=of)
