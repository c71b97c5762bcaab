"""The images that the tutorial's time had: `silent`, and answers in one line, on today's library."""

from typing import Any

import pytest

from local_aws.algorithms.xgboost.hyperparameters import validate
from local_aws.errors import UserError
from tests.aws.endpoints import create_deployment, delete, deploy, invoke, settled
from tests.aws.job_logs import job_log
from tests.aws.sagemaker_requests import HYPERPARAMETERS, IMAGE, deployment_requests, training_request
from tests.aws.training_jobs import finished

LATEST = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest"
ROWS = b"1,0,0\n-1,0,0\n"


@pytest.mark.parametrize("version", ["1", "latest", "0.90-1", "1.0-1"])
def test_silent_is_taken_by_versions_that_had_it(version: str) -> None:
    given = {"num_round": "1", "silent": "1"}
    assert validate(given, version) == {"num_round": 1, "silent": 1}
    with pytest.raises(UserError, match=r"Hyperparameter silent: 2 is not in \[0, 1\]"):
        validate({**given, "silent": "2"}, version)


@pytest.mark.parametrize("version", ["1.2-1", "3.2-0"])
def test_silent_is_refused_by_versions_after_them(version: str) -> None:
    with pytest.raises(UserError, match="Extraneous hyperparameter found: silent"):
        validate({"num_round": "1", "silent": "0"}, version)


def trained_by(sagemaker: Any, name: str, image: str, **hyperparameters: str) -> dict[str, Any]:
    specification = {"TrainingImage": image, "TrainingInputMode": "File"}
    given = {**HYPERPARAMETERS, **hyperparameters}
    request = training_request(name, AlgorithmSpecification=specification, HyperParameters=given)
    sagemaker.create_training_job(**request)
    job = finished(sagemaker, name)
    assert job["TrainingJobStatus"] == "Completed", job
    return job


@pytest.mark.usefixtures("s3")
def test_the_image_of_the_tutorial(sagemaker: Any, runtime: Any, client: Any) -> None:
    job = trained_by(sagemaker, "latest", LATEST, silent="0")
    lines = job_log(client, "TrainingJobs", "latest")
    assert lines[0] == "Local AWS runs xgboost:latest on the libraries of sagemaker-xgboost:3.2-0."
    assert any("XGBoost has no silent any more; verbosity=1 stands for it." in line for line in lines)

    model_data = job["ModelArtifacts"]["S3ModelArtifacts"]
    requests = deployment_requests("latest", model_data)
    requests["Model"]["PrimaryContainer"]["Image"] = LATEST
    create_deployment(sagemaker, requests)
    assert settled(sagemaker, "latest")["EndpointStatus"] == "InService"
    old = invoke(runtime, "latest", ROWS)
    assert old["ContentType"].startswith("text/csv")
    deploy(sagemaker, "today", model_data)
    today = invoke(runtime, "today", ROWS)["Body"].split()
    assert old["Body"] == b",".join(today)
    for name in ("latest", "today"):
        delete(sagemaker, name)


@pytest.mark.usefixtures("s3")
def test_silent_silences(sagemaker: Any, client: Any) -> None:
    trained_by(sagemaker, "silent", LATEST, silent="1")
    assert any("verbosity=0 stands" in line for line in job_log(client, "TrainingJobs", "silent"))
    trained_by(sagemaker, "current", IMAGE)
    assert not any("silent" in line for line in job_log(client, "TrainingJobs", "current"))
