"""Archives under the hash of what is in them: damaged in whatever way, they are refused with a sentence and never a fault."""

from __future__ import annotations

import hashlib
import io
import zipfile

import numpy as np
import pytest

from svdash.caching import sealed_archive
from svdash.caching.sealed_archive import MANIFEST, PARTS, SealError

PACKED = sealed_archive.packed({"format": 1}, {"a.json": b'{"a":1}' * 9, "b.json": b"{}"})


def _told(content: bytes) -> str:
    """Open an archive, and return why it was refused; empty where all that is in it is as it was."""
    try:
        found = sealed_archive.opened(content, PACKED.digest)
    except SealError as refused:
        return str(refused)
    assert (found.about, found.parts) == (PACKED.about, PACKED.parts)
    return ""


def test_with_any_one_bit_changed_it_is_refused_or_holds_what_it_held() -> None:
    refused = set()
    for place in range(len(PACKED.content) * 8):
        content = bytearray(PACKED.content)
        content[place // 8] ^= 1 << place % 8
        refused.add(_told(bytes(content)))
    assert _told(PACKED.content) == ""
    assert any("encrypted" in each for each in refused)
    assert any("was altered" in each for each in refused)


def test_with_many_bytes_changed_it_is_refused_or_holds_what_it_held() -> None:
    draw = np.random.default_rng(20261129)
    refused = 0
    for _ in range(1500):
        content = bytearray(PACKED.content)
        for _ in range(draw.integers(1, 13)):
            content[draw.integers(len(content))] = draw.integers(256)
        refused += bool(_told(bytes(content)))
    assert refused > 1000


@pytest.mark.parametrize(
    "manifest", [b"[1]", b"1", b"{}", b'{"parts":[]}', b'{"parts":null}', b"\xff", b"[" * 200_000]
)
def test_a_list_of_contents_of_another_kind_is_refused_under_its_own_hash(manifest: bytes) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(MANIFEST, manifest)
    with pytest.raises(SealError):
        sealed_archive.opened(file.getvalue(), hashlib.sha256(manifest).hexdigest())
    assert PARTS not in PACKED.about
