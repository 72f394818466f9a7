"""The description of the open data holds: a real server is asked by Schemathesis, with what is allowed and with what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import FailureGroup

from benchmarks.servers import PATIENCE, ROOT, serving
from tests.copies import SMALL

pytestmark = pytest.mark.exhaustive
# Examples of each address, of which there are hundreds.
FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), database=None)
# Of filters that are allowed one by one, some can't go together: that is answered with 422 as well.
LEFT_OUT = [checks.positive_data_acceptance]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, _settings: None) -> Iterator[Any]:
    """The description that a server on the small pack gives of itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVDASH_PACK", str(SMALL))
        with serving(ROOT / "app.py", tmp_path_factory.mktemp("server") / "log.txt") as address:
            # By itself, Schemathesis waits for ten seconds: too few for a new server on a machine that is busy.
            yield schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", timeout=PATIENCE)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described(api: Any, mode: GenerationMode) -> None:
    wrong: dict[str, str] = {}
    asked = 0
    for described in api.get_all_operations():
        operation = described.ok()
        if mode == GenerationMode.NEGATIVE and not list(operation.iter_parameters()):
            continue

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(excluded_checks=LEFT_OUT, timeout=PATIENCE)

        try:
            ask()
        except FailureGroup as failure:
            wrong[operation.label] = str(failure)
    assert asked > 2 * len(wrong)
    assert not wrong, "\n".join(wrong.values())[:10_000]
