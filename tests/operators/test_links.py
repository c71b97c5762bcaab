import json
from types import SimpleNamespace

import pytest

from include.operators.links import EndpointLink, ModelReportLink, TrainingJobLink
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from tests.local_aws_client import deployment_config, training_config

# The connection of these tests leads to a local AWS.
pytestmark = pytest.mark.slow

TASK = SimpleNamespace(dag_id="bank_marketing", run_id="manual__2026-11-23T06:00:00+00:00")


def lead_to_aws(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    extra = {"region_name": region}
    connection = {"conn_type": "aws", "login": "key-id", "password": "made-up", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))


def training(job_name: str | None) -> ResumableSageMakerTrainingOperator:
    operator = ResumableSageMakerTrainingOperator(
        task_id="train_model", config=training_config("bucket", "job")
    )
    operator._job_name = job_name
    return operator


def endpoint() -> RunSageMakerEndpointOperator:
    archive = "s3://bucket/model.tar.gz"
    config = deployment_config("run-1")
    return RunSageMakerEndpointOperator(task_id="deploy_endpoint", config=config, model_data_url=archive)


def test_a_job_and_an_endpoint_are_shown_in_the_console_of_their_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead_to_aws(monkeypatch, "eu-central-1")
    console = "https://console.aws.amazon.com/sagemaker/home?region=eu-central-1"
    assert TrainingJobLink().get_link(training("job-2"), ti_key=TASK) == f"{console}#/jobs/job-2"
    assert EndpointLink().get_link(endpoint(), ti_key=TASK) == f"{console}#/endpoints/run-1"


def test_a_job_that_was_never_made_has_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to_aws(monkeypatch, "eu-central-1")
    assert TrainingJobLink().get_link(training(None), ti_key=TASK) == ""


def test_other_partitions_have_a_console_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to_aws(monkeypatch, "cn-north-1")
    link = TrainingJobLink().get_link(training("job"), ti_key=TASK)
    assert link == "https://console.amazonaws.cn/sagemaker/home?region=cn-north-1#/jobs/job"


def test_local_aws_has_no_console() -> None:
    assert TrainingJobLink().get_link(training("job"), ti_key=TASK) == ""
    assert EndpointLink().get_link(endpoint(), ti_key=TASK) == ""


def test_the_report_is_the_runs_tab_whatever_the_run_is_called() -> None:
    link = ModelReportLink().get_link(training(None), ti_key=TASK)
    assert link.endswith(
        "/dags/bank_marketing/runs/manual__2026-11-23T06%3A00%3A00%2B00%3A00/plugin/model_report"
    )
