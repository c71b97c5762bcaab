import logging

import pytest
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowSkipException

from include.operators.failures import left_out
from include.operators.failures.left_out import LeftOutError, tell_reason
from include.operators.failures.retries import RETRIES


@pytest.fixture(autouse=True)
def _a_process_of_its_own(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(left_out, "_reasons", [])


def test_every_dags_tasks_tell_it() -> None:
    assert RETRIES["on_skipped_callback"] is tell_reason


def test_the_reason_is_told_last_and_below_no_folded_group(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AirflowSkipException, match="the endpoint stays"):
        raise LeftOutError("the endpoint stays")
    tell_reason(Context())
    assert [record.message for record in caplog.records] == ["::endgroup::", "Skipped: the endpoint stays"]


def test_a_task_that_airflow_skips_by_itself_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    tell_reason(Context())
    assert caplog.records == []
