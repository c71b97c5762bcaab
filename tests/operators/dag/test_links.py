from types import SimpleNamespace

import pytest

from include.operators.dag.links import EndpointLink, ModelReportLink, TrainingJobLink, TuningJobLink
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from tests.aws.connection import connect
from tests.aws.sagemaker_requests import deployment_requests, training_request
from tests.aws.tuning_jobs import tuning_request

# The connection of these tests leads to a local AWS.
pytestmark = pytest.mark.slow

TASK = SimpleNamespace(dag_id="bank_marketing", run_id="manual__2026-11-23T06:00:00+00:00")


def training(job_name: str | None) -> ResumableSageMakerTrainingOperator:
    operator = ResumableSageMakerTrainingOperator(task_id="train_model", config=training_request("job"))
    operator._job_name = job_name
    return operator


def endpoint() -> RunSageMakerEndpointOperator:
    archive = "s3://bucket/model.tar.gz"
    config = deployment_requests("run-1", archive)
    return RunSageMakerEndpointOperator(task_id="deploy_endpoint", config=config, model_data_url=archive)


def test_a_job_and_an_endpoint_are_shown_in_the_console_of_their_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(monkeypatch, None, region="eu-central-1")
    console = "https://console.aws.amazon.com/sagemaker/home?region=eu-central-1"
    assert TrainingJobLink().get_link(training("job-2"), ti_key=TASK) == f"{console}#/jobs/job-2"
    assert EndpointLink().get_link(endpoint(), ti_key=TASK) == f"{console}#/endpoints/run-1"
    tuning = ResumableSageMakerTuningOperator(task_id="train_model", config=tuning_request("tuning"))
    tuning._job_name = "tuning"
    assert TuningJobLink().get_link(tuning, ti_key=TASK) == f"{console}#/hyper-tuning-jobs/tuning"


def test_a_job_that_was_never_made_has_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, None, region="eu-central-1")
    assert TrainingJobLink().get_link(training(None), ti_key=TASK) == ""


def test_other_partitions_have_a_console_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, None, region="cn-north-1")
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
