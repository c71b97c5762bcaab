"""The table of what fails of moto's suite: a reason each, of one of two kinds, and each test once."""

import re
import tomllib
from collections import Counter

from local_aws.protocol.moto_services.moto_sagemaker import refused
from tests.moto_suite.expected_failures import TABLE, expected_failures

_NAME = re.compile(r"test_sagemaker_\w+::test_\w+(\[.+\])?")


def test_each_failure_has_one_reason_of_a_known_kind() -> None:
    """Print how many there are of each: `pytest -s`."""
    failures = expected_failures()
    kinds = Counter(reason.partition(":")[0] for reason in failures.values())
    print(f"\n{len(failures)} of moto's tests fail: {dict(kinds)}")
    assert set(kinds) == {"by decision", "of moto"}
    assert [name for name in failures if not _NAME.fullmatch(name)] == []
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))["failure"]
    assert len({entry["reason"] for entry in entries}) == len(entries)


def test_what_is_refused_by_decision_is_in_the_table() -> None:
    """Whatever moto tells of work that nobody does, its suite asks for it."""
    reasons = {reason for reason in expected_failures().values() if "moto_operations.toml" in reason}
    # All of them but StopAutoMLJob, which needs a job that cannot be made, and monitors of explanations, for
    # which it does not ask.
    assert len(reasons) == len(refused()) - 2
