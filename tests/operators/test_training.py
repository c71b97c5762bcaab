import re
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from include.operators.training import ResumableTrainingOperator
from include.pipeline.errors import TrainingError
from include.pipeline.tags import RunTags
from tests.local_aws_client import Aws, training_config
from tests.operators.conftest import BUCKET

pytestmark = pytest.mark.slow

# Rounds of seconds, each one line in the log.
ENDLESS = {"num_round": "1000", "num_parallel_tree": "3000", "max_depth": "10"}


class TaskStateStore(dict[str, Any]):
    """What Airflow keeps between a task's tries."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value


def operator(name: str, **hyperparameters: str) -> ResumableTrainingOperator:
    return ResumableTrainingOperator(
        task_id="train_model", config=training_config(BUCKET, name, **hyperparameters), check_interval=1
    )


def jobs(aws: Aws, name: str) -> dict[str, str]:
    found = aws.client("sagemaker").list_training_jobs(NameContains=name)["TrainingJobSummaries"]
    return {job["TrainingJobName"]: job["TrainingJobStatus"] for job in found}


def wait_for(aws: Aws, name: str, status: str, secondary: str | None = None) -> None:
    deadline = time.monotonic() + 30
    sagemaker = aws.client("sagemaker")
    while jobs(aws, name).get(name) != status or (
        secondary is not None
        and sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] != secondary
    ):
        assert time.monotonic() < deadline, f"{name} is not {status}: {jobs(aws, name)}"
        time.sleep(0.2)


def stop_once_it_trains(aws: Aws, name: str) -> None:
    wait_for(aws, name, "InProgress", "Training")
    aws.client("sagemaker").stop_training_job(TrainingJobName=name)


def test_a_job_leaves_a_model_and_says_so(aws: Aws) -> None:
    result = operator("well").execute({})
    assert result["Training"]["TrainingJobStatus"] == "Completed"
    artifact = result["Training"]["ModelArtifacts"]["S3ModelArtifacts"]
    assert artifact == "s3://operators/model/well/output/model.tar.gz"
    aws.client("s3").head_object(Bucket="operators", Key="model/well/output/model.tar.gz")


def test_the_jobs_log_is_shown_from_first_line_to_last(capsys: pytest.CaptureFixture[str]) -> None:
    operator("logged").execute({})
    log = capsys.readouterr().out
    assert re.findall(r"\[(\d)\]#011train-logloss", log) == ["0", "1", "2", "3", "4"]
    assert "Completed - Training job completed" in log
    assert len(re.findall("Billable seconds: [1-9]", log)) == 1


def test_the_end_is_seen_soon() -> None:
    started = time.monotonic()
    operator("soon").execute({})
    # The provider's operator looks every 30 s.
    assert time.monotonic() - started < 15


def test_a_failed_job_fails_the_task_with_its_reason() -> None:
    with pytest.raises(TrainingError, match=r"ended as Failed: AlgorithmError.*eta"):
        operator("failing", eta="2").execute({})


def test_a_job_stopped_from_outside_is_a_failure(aws: Aws) -> None:
    outside = threading.Thread(target=stop_once_it_trains, args=(aws, "stopped"))
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped"):
        operator("stopped", **ENDLESS).execute({})
    outside.join()


def test_killing_the_task_stops_the_job(aws: Aws) -> None:
    task = operator("killed", **ENDLESS)
    name = task.submit_job({})
    task.on_kill()
    wait_for(aws, name, "Stopped")


def test_killing_the_task_of_a_job_that_has_ended_does_no_harm(aws: Aws) -> None:
    task = operator("ended")
    task.execute({})
    task.on_kill()
    assert jobs(aws, "ended") == {"ended": "Completed"}


def test_killing_a_task_that_has_no_job_yet_does_nothing(aws: Aws) -> None:
    operator("unborn").on_kill()
    assert jobs(aws, "unborn") == {}


def test_a_retry_follows_the_job_that_a_crashed_try_left_running(aws: Aws) -> None:
    operator("crashed", **ENDLESS).submit_job({})
    retry = operator("crashed", **ENDLESS)

    def stop_once_it_is_followed() -> None:
        while retry._job_name is None:
            time.sleep(0.1)
        stop_once_it_trains(aws, "crashed")

    outside = threading.Thread(target=stop_once_it_is_followed)
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped"):
        retry.execute({})
    outside.join()
    assert jobs(aws, "crashed") == {"crashed": "Stopped"}


def test_a_retry_re_attaches_by_the_name_that_airflow_kept(aws: Aws) -> None:
    store = TaskStateStore()
    store.set(ResumableTrainingOperator.external_id_key, operator("kept").submit_job({}))
    result = operator("kept").execute({"task_state_store": store})
    assert result["Training"]["TrainingJobName"] == "kept"
    assert jobs(aws, "kept") == {"kept": "Completed"}


def test_a_retry_does_not_buy_a_job_again_that_has_succeeded(aws: Aws) -> None:
    store = TaskStateStore()
    first = operator("bought").execute({"task_state_store": store})
    second = operator("bought").execute({"task_state_store": store})
    assert first["Training"]["ModelArtifacts"] == second["Training"]["ModelArtifacts"]
    assert jobs(aws, "bought") == {"bought": "Completed"}


def test_a_retry_takes_the_job_that_ended_well_while_its_worker_was_dead(aws: Aws) -> None:
    plan = RunTags(dag_id="bank_marketing", run_id="manual__1", expires=datetime(2026, 11, 24, tzinfo=UTC))
    for _ in range(2):
        task = operator("orphan")
        task.config["Tags"] = plan.to_aws()
        task.execute({})
    assert jobs(aws, "orphan") == {"orphan": "Completed"}

    cleared = operator("orphan")
    cleared.config["Tags"] = plan.model_copy(update={"expires": datetime(2026, 11, 25, tzinfo=UTC)}).to_aws()
    cleared.execute({})
    assert jobs(aws, "orphan") == {"orphan": "Completed", "orphan-2": "Completed"}


def test_after_a_job_that_ended_the_next_bears_a_number(aws: Aws) -> None:
    operator("again").execute({})
    result = operator("again").execute({})
    assert result["Training"]["TrainingJobName"] == "again-2"
    assert jobs(aws, "again") == {"again": "Completed", "again-2": "Completed"}
