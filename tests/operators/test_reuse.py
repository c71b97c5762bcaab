from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from include.operators.endpoint import RunEndpointOperator
from include.operators.reuse import skip_for
from include.operators.training import ResumableTrainingOperator
from tests.local_aws_client import Aws, deployment_config, tagged
from tests.operators.conftest import BUCKET
from tests.operators.training_jobs import PLAN, jobs, planned_config

pytestmark = pytest.mark.slow


class TaskInstance(SimpleNamespace):
    """Takes the answers of a step."""

    def xcom_push(self, key: str, value: Any) -> None:
        self.__dict__.setdefault("answers", {})[key] = value


def reused(job_name: str) -> dict[str, Any]:
    return {"job_name": job_name, "reason": "The model of before is used again"}


def training(name: str, of: dict[str, Any] | None) -> ResumableTrainingOperator:
    return ResumableTrainingOperator(
        task_id="train_model", config=planned_config(name), check_interval=1, reused=of
    )


def deployment(name: str, archive: str, **options: Any) -> RunEndpointOperator:
    return RunEndpointOperator(
        task_id="deploy_endpoint",
        config=tagged(deployment_config(name), PLAN.to_aws()),
        model_data_url=archive,
        check_interval=1,
        **options,
    )


def test_a_step_that_is_left_out_says_why_and_answers_all_the_same() -> None:
    ti = TaskInstance()
    with pytest.raises(AirflowSkipException, match="The model of before is used again"):
        skip_for(reused("job"), ti, {"rows": 3})
    assert ti.answers == {"return_value": {"rows": 3}}


def test_a_training_that_is_left_out_buys_no_job_and_tells_of_the_one_there_is(aws: Aws) -> None:
    made = training("was-trained", None).execute({})
    ti = TaskInstance()
    with pytest.raises(AirflowSkipException, match="is used again"):
        training("not-trained", reused("was-trained")).execute({"ti": ti})
    told = ti.answers["return_value"]["Training"]
    assert told["TrainingJobName"] == "was-trained"
    assert told["ModelArtifacts"] == made["Training"]["ModelArtifacts"]
    assert jobs(aws, "not-trained") == {}


def test_an_endpoint_is_left_out_unless_it_is_to_be_kept(aws: Aws) -> None:
    training("to-keep", None).execute({})
    archive = f"s3://{BUCKET}/model/to-keep/output/model.tar.gz"
    with pytest.raises(AirflowSkipException, match="is used again"):
        deployment("left-out", archive, reused=reused("to-keep")).execute({"ti": TaskInstance()})
    sagemaker = aws.client("sagemaker")
    assert sagemaker.list_models(NameContains="left-out")["Models"] == []
    kept = deployment("kept-again", archive, reused=reused("to-keep"), keep=True).execute({})
    assert kept["Endpoint"]["EndpointStatus"] == "InService"
