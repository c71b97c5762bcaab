"""Tasks that were marked or cleared, and whose processes have not heard of it."""

from dataclasses import dataclass
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from include.operators.sagemaker.ended import refuse_if_ended
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import BUCKET
from tests.operators.sagemaker.training_jobs import PLAN, jobs, planned_config


@dataclass
class TaskInstance:
    """What a task asks of its task instance: its state in Airflow's database."""

    states: list[str | None]
    """The answers, one a question; the last again and again."""
    dag_id: str = "bank_marketing"
    task_id: str = "train_model"
    run_id: str = "manual__1"
    map_index: int = -1

    def get_task_states(self, **asked: Any) -> dict[str, dict[str, str | None]]:
        assert asked == {
            "dag_id": self.dag_id,
            "task_ids": [self.task_id],
            "run_ids": [self.run_id],
            "map_index": -1,
        }
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {self.run_id: {self.task_id: state}}


def test_a_task_that_runs_goes_on() -> None:
    refuse_if_ended({"ti": TaskInstance(["running"])})


@pytest.mark.parametrize("state", ["failed", "success", "skipped", "restarting", None])
def test_a_task_of_any_other_state_goes_no_further(state: str | None) -> None:
    with pytest.raises(AirflowFailException, match=f"is {state or 'none'}, not running"):
        refuse_if_ended({"ti": TaskInstance([state])})


@pytest.mark.slow
def test_a_task_that_was_marked_starts_no_job(aws: Aws) -> None:
    task = ResumableSageMakerTrainingOperator(task_id="train_model", config=planned_config("never-started"))
    with pytest.raises(AirflowFailException, match="makes nothing more"):
        task.submit_job({"ti": TaskInstance(["failed"])})
    assert jobs(aws, "never-started") == {}


@pytest.mark.slow
def test_a_task_that_is_marked_on_the_way_makes_no_endpoint(aws: Aws) -> None:
    archive = f"s3://{BUCKET}/unused/model.tar.gz"
    aws.client("s3").put_object(Bucket=BUCKET, Key="unused/model.tar.gz", Body=b"an archive")
    task = RunSageMakerEndpointOperator(
        task_id="deploy_endpoint",
        config=deployment_requests("never-created", archive, PLAN.to_aws()),
        model_data_url=archive,
    )
    with pytest.raises(AirflowFailException, match="makes nothing more"):
        task.execute({"ti": TaskInstance(["running", "running", "failed"])})
    sagemaker = aws.client("sagemaker")
    assert listed(sagemaker, "list_endpoints", NameContains="never-created") == []
    # The teardown's.
    assert len(listed(sagemaker, "list_endpoint_configs", NameContains="never-created")) == 1
