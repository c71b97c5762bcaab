import logging
from typing import Any

import pytest
from airflow.sdk import Context
from botocore.exceptions import ClientError

from include.operators.failures.retries import RETRIES
from include.operators.failures.three_lines import tell_failure
from include.pipeline.errors import DataError


class Instance:
    """Keeps what a task tells, as Airflow's task instance does."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.told[key] = value


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def tell(error: BaseException | None) -> dict[str, Any]:
    """What the XComs of a task hold that has ended with this error."""
    instance = Instance()
    tell_failure(Context(ti=instance, exception=error))  # type: ignore[typeddict-item]
    return instance.told


def test_every_dags_tasks_tell_it() -> None:
    assert RETRIES["on_failure_callback"] is tell_failure


def test_an_error_of_the_pipeline_is_told_last_and_below_no_folded_group(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = tell(DataError("row 3 has 2 cells", "every row has 3", "Correct the row"))
    assert told == {"failure": "Found: row 3 has 2 cells\nExpected: every row has 3\nTo do: Correct the row"}
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "::endgroup::"),
        ("ERROR", "Found: row 3 has 2 cells"),
        ("ERROR", "Expected: every row has 3"),
        ("ERROR", "To do: Correct the row"),
    ]


def test_a_refusal_of_aws_is_told_in_the_same_three_lines() -> None:
    answer = {"Error": {"Code": "ExpiredToken", "Message": "The provided token has expired."}}
    told = tell(ClientError(answer, "ListBuckets"))["failure"]  # type: ignore[arg-type]
    found, expected, to_do = told.splitlines()
    assert found.startswith("Found: ")
    assert "The provided token has expired." in found
    assert expected == "Expected: AWS accepts ListBuckets"
    assert to_do.startswith("To do: ")


@pytest.mark.parametrize("error", [ValueError("of a library"), None])
def test_of_what_is_not_known_airflow_tells_alone(
    error: BaseException | None, caplog: pytest.LogCaptureFixture
) -> None:
    assert tell(error) == {}
    assert caplog.records == []
