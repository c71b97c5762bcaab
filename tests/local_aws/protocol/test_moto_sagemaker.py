"""SageMaker operations that are moto's: passed on, and never an answer that an SDK cannot read or retries."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.protocol.moto_sagemaker import moto_has
from tests.local_aws.conftest import refused


@pytest.mark.parametrize(
    ("operation", "is_there"),
    [("CreateExperiment", True), ("Search", True), ("ListMonitoringSchedules", False), ("Setup", False)],
)
def test_what_moto_has(operation: str, is_there: bool) -> None:
    assert moto_has(operation) is is_there


def test_experiments(sagemaker: Any) -> None:
    arn = sagemaker.create_experiment(ExperimentName="churn")["ExperimentArn"]
    sagemaker.create_trial(ExperimentName="churn", TrialName="first")
    assert arn == "arn:aws:sagemaker:us-east-1:123456789012:experiment/churn"
    assert sagemaker.describe_experiment(ExperimentName="churn")["ExperimentArn"] == arn
    found = sagemaker.search(Resource="Experiment")["Results"]
    assert [result["Experiment"]["ExperimentName"] for result in found] == ["churn"]


def test_an_answer_without_members(sagemaker: Any) -> None:
    sagemaker.create_experiment(ExperimentName="short-lived")
    sagemaker.delete_experiment(ExperimentName="short-lived")
    names = [found["ExperimentName"] for found in sagemaker.list_experiments()["ExperimentSummaries"]]
    assert "short-lived" not in names


def test_its_requests_are_validated_like_ours(sagemaker: Any) -> None:
    code, message = refused(sagemaker.create_experiment, ExperimentName="not_a_name")
    assert code == "ValidationException"
    assert "at 'experimentName' failed to satisfy constraint" in message


def test_its_refusals_are_passed_on(sagemaker: Any) -> None:
    assert refused(sagemaker.describe_pipeline, PipelineName="absent") == (
        "ValidationException",
        "Could not find pipeline with PipelineName absent.",
    )


def test_its_failures_name_the_operation_and_are_not_retried(sagemaker: Any) -> None:
    """A KeyError inside moto, which its own server shows as a page of HTML with status 500."""
    with pytest.raises(ClientError) as caught:
        sagemaker.describe_experiment(ExperimentName="absent")
    assert caught.value.response["Error"] == {
        "Code": "InternalFailure",
        "Message": "DescribeExperiment failed inside moto, whose operation it is: KeyError('absent')",
    }
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
