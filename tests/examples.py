"""How many examples a property test tries where one takes long: a part of what the profile says."""

from __future__ import annotations

from typing import Any

from hypothesis import settings


def examples(share: float, **more: Any) -> settings:
    """Settings with a share of the examples of the profile that is loaded."""
    return settings(max_examples=round(share * settings().max_examples), **more)
