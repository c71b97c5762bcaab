"""Processing jobs of Model Monitor's analyzer, as the SDK starts them for a baseline."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.job_logs import job_log
from tests.aws.monitors import analysis_request, document
from tests.aws.processing_jobs import ended
from tests.aws.training_data import BUCKET

pytestmark = pytest.mark.usefixtures("s3")

TABLE = "label,age\n" + "".join(f"{number % 2},{20 + number}\n" for number in range(40))


def test_a_baseline_is_suggested(client: Any, sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="table/train.csv", Body=TABLE.encode())
    sagemaker.create_processing_job(**analysis_request("baseline", "table/"))
    job = ended(sagemaker, "baseline")
    assert job["ProcessingJobStatus"] == "Completed", job
    assert job["ExitMessage"] == "Completed: Job completed successfully with no violations."
    assert "MonitoringScheduleArn" not in job
    statistics = document(s3, f"s3://{BUCKET}/baseline/baseline/statistics.json")
    means = {one["name"]: one["numerical_statistics"]["mean"] for one in statistics["features"]}
    assert means == {"label": 0.5, "age": 39.5}
    constraints = document(s3, f"s3://{BUCKET}/baseline/baseline/constraints.json")
    assert [one["inferred_type"] for one in constraints["features"]] == ["Integral", "Integral"]
    assert job["ExitMessage"] in job_log(client, "ProcessingJobs", "baseline")


def test_a_wrong_environment_fails_with_its_reason(sagemaker: Any, s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="table/train.csv", Body=TABLE.encode())
    sagemaker.create_processing_job(**analysis_request("wrong", "table/", dataset_format="csv"))
    job = ended(sagemaker, "wrong")
    reason = "Error: The variable dataset_format is csv. It has to be JSON such as "
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith(f"AlgorithmError: {reason}")
    assert job["FailureReason"].endswith(", exit code: 255")
    assert job["ExitMessage"].startswith(reason)


@pytest.mark.parametrize("member", ["ContainerEntrypoint", "ContainerArguments"])
def test_the_analyzer_runs_no_command_of_the_callers(sagemaker: Any, member: str) -> None:
    request = analysis_request("refused", "table/")
    request["AppSpecification"][member] = ["python3"]
    assert refused(sagemaker.create_processing_job, **request) == (
        "ValidationException",
        (
            f"Local AWS has no AppSpecification.{member} for sagemaker-model-monitor-analyzer, which runs "
            "its own analysis."
        ),
    )
