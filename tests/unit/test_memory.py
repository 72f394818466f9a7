"""What was worked out is kept up to a number of bytes, and the values asked for last stay."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
import shapely

from svdash.caching.memory import BESIDE, MISSING, Memory, Unkept, remembered, size_of
from svdash.settings import memory_bytes
from tests.work_done import wait_until

EMPTY = size_of(b"")


def _of(most: int) -> Memory:
    return Memory(lambda: most)


def test_values_are_kept_up_to_a_number_of_bytes_and_those_asked_for_last_stay() -> None:
    memory, built = _of(100 + 2 * (EMPTY + BESIDE)), []

    def build(name: str, size: int) -> bytes:
        def work() -> bytes:
            built.append(name)
            return name.encode() * size

        return memory.get(name, work)

    for name in ("a", "b", "a", "c", "a", "b"):
        assert build(name, 40) == name.encode() * 40
    assert built == ["a", "b", "c", "b"]
    assert (len(memory), memory.size) == (2, 80 + 2 * (EMPTY + BESIDE))
    # What is larger than all that may be kept pushes nothing out.
    assert len(build("d", memory.most())) == memory.most()
    assert (len(memory), memory.size) == (2, 80 + 2 * (EMPTY + BESIDE))


def test_values_without_anything_in_them_are_bounded_as_well() -> None:
    memory = _of(10 * (EMPTY + BESIDE))
    for number in range(100):
        memory.get(number, lambda: b"")
    assert len(memory) == 10


def test_a_value_that_is_put_again_takes_its_room_once() -> None:
    memory = _of(10_000)
    for _ in range(3):
        memory.put("one", b"1234")
    assert (len(memory), memory.size) == (1, 4 + EMPTY + BESIDE)
    memory.clear()
    assert (len(memory), memory.size, memory.find("one")) == (0, 0, MISSING)


def test_those_who_ask_for_a_value_at_once_wait_for_one_to_be_built() -> None:
    memory, built, asking = _of(1000), [], []

    def work() -> bytes:
        built.append(threading.get_ident())
        wait_until(lambda: len(asking) == 8)
        return b"tile"

    def ask(_: int) -> bytes:
        asking.append(threading.get_ident())
        return memory.get("one", work)

    with ThreadPoolExecutor(8) as readers:
        assert set(readers.map(ask, range(8))) == {b"tile"}
    assert len(built) == 1
    assert not memory._building


def test_a_value_that_can_not_be_built_is_tried_again() -> None:
    memory = _of(1000)

    def broken() -> bytes:
        raise ValueError("no shapes")

    for _ in range(2):
        with pytest.raises(ValueError, match="no shapes"):
            memory.get("one", broken)
    assert memory.get("one", lambda: b"tile") == b"tile"


@dataclass(frozen=True, eq=False)
class _Pair:
    one: object
    other: object


@pytest.mark.parametrize("of", [1000, 100_000])
def test_the_size_of_frames_arrays_shapes_and_what_consists_of_them_is_about_right(of: int) -> None:
    numbers = np.zeros(of)
    frame = pd.DataFrame({"a": numbers, "b": ["text"] * of})
    assert size_of(numbers) == pytest.approx(8 * of, rel=0.2)
    assert 8 * of < size_of(frame) < 100 * of
    assert size_of(_Pair(frame, b"x" * of)) == pytest.approx(size_of(frame) + of, rel=0.05)
    assert size_of({"a": frame, "b": [frame, b"x" * of]}) == pytest.approx(size_of(frame) + of, rel=0.05)
    assert size_of(list(range(1000, of + 1000))) == pytest.approx(36 * of, rel=0.2)
    shapes = shapely.buffer(shapely.points(np.zeros((of // 10, 2))), 1, quad_segs=25)
    assert size_of(shapes) == pytest.approx(of // 10 * (101 * 16 + 208), rel=0.05)


def test_an_edition_is_not_kept_wherever_it_is_hidden() -> None:
    class Edition(Unkept):
        pass

    for value in (Edition(), [Edition()], {"a": _Pair(1, (Edition(),))}):
        with pytest.raises(TypeError, match="cannot be kept"):
            _of(10**6).put("one", value)


def test_what_is_made_of_a_finding_is_made_once_for_each() -> None:
    made = []

    @remembered
    def chart(finding: object, columns: int = 4) -> str:
        made.append((id(finding), columns))
        return f"{len(made)}"

    one, other = _Pair(1, 2), _Pair(1, 2)
    assert [chart(one), chart(one), chart(other), chart(one, 1), chart(one)] == ["1", "1", "2", "3", "1"]


def test_a_finding_that_is_no_longer_kept_is_not_held_by_what_was_made_of_it() -> None:
    @remembered
    def chart(finding: object) -> str:
        return "bars" if finding else ""

    one = _Pair(1, 2)
    assert chart(one) == "bars"
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None


def test_the_setting_is_a_number_of_megabytes() -> None:
    assert memory_bytes({}) == 512_000_000
    assert memory_bytes({"SVDASH_MEMORY_MB": " 64 "}) == 64_000_000
    with pytest.raises(ValueError, match=r"SVDASH_MEMORY_MB: '1\.5 GB' is not a whole number"):
        memory_bytes({"SVDASH_MEMORY_MB": "1.5 GB"})
