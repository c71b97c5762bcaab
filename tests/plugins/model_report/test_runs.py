"""Runs as the plugin reads them: a task of several algorithms has one state."""

from functools import reduce
from itertools import permutations

import pytest

from plugins.model_report.runs import _together


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        # One that failed is left out: it is no failure of the run, and while others train nobody knows yet.
        (("success", "failed", "success"), "success"),
        (("success", "failed", "running"), "running"),
        (("failed", "failed", "upstream_failed"), "failed"),
        (("upstream_failed", "success", "upstream_failed"), "success"),
        (("skipped", "skipped", "skipped"), "skipped"),
        (("success", "failed", None), None),
    ],
)
def test_a_task_of_several_algorithms_has_one_state(
    states: tuple[str | None, ...], shown: str | None
) -> None:
    for order in permutations(states):
        assert reduce(_together, order) == shown
