"""The Amazon provider's own SageMaker operators and sensors, as Airflow ships them."""

from typing import Any

import pytest
from airflow.providers.amazon.aws.operators.sagemaker import (
    ApprovalStatus,
    SageMakerDeleteModelOperator,
    SageMakerEndpointConfigOperator,
    SageMakerEndpointOperator,
    SageMakerModelOperator,
    SageMakerRegisterModelVersionOperator,
    SageMakerTrainingOperator,
)
from airflow.providers.amazon.aws.sensors.sagemaker import SageMakerEndpointSensor, SageMakerTrainingSensor
from airflow.providers.common.compat.sdk import AirflowException

from tests.aws.answers import refused
from tests.aws.connection import connect
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import IMAGE, deployment_requests, model_request, training_request, variant
from tests.services.local_aws_server import LocalAwsServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("s3", "connection")]


@pytest.fixture
def connection(server: LocalAwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, server.url)


def test_training_operator_and_sensor(sagemaker: Any) -> None:
    operator = SageMakerTrainingOperator(
        task_id="train", config=training_request("airflow"), check_interval=1, print_log=False
    )
    result = operator.execute({})
    assert result["Training"]["TrainingJobStatus"] == "Completed"
    sensor = SageMakerTrainingSensor(task_id="wait", job_name="airflow", print_log=True)
    assert sensor.poke({}) is True
    assert sagemaker.describe_training_job(TrainingJobName="airflow")["TrainingJobStatus"] == "Completed"


def test_a_second_job_of_a_name_gets_a_name_of_its_own(sagemaker: Any) -> None:
    for _ in range(2):
        SageMakerTrainingOperator(
            task_id="train", config=training_request("airflow-twice"), check_interval=1, print_log=False
        ).execute({})
    names = {
        job["TrainingJobName"]
        for job in listed(sagemaker, "list_training_jobs", NameContains="airflow-twice")
    }
    assert len(names) == 2
    assert "airflow-twice" in names


def test_training_operator_and_sensor_fail_with_the_job() -> None:
    config = training_request("airflow-fails", HyperParameters={"num_round": "5", "eta": "2"})
    operator = SageMakerTrainingOperator(task_id="train", config=config, check_interval=1, print_log=False)
    with pytest.raises(AirflowException, match=r"eta: 2\.0 is not in"):
        operator.execute({})
    sensor = SageMakerTrainingSensor(task_id="wait", job_name="airflow-fails", print_log=False)
    with pytest.raises(AirflowException, match="failed for the following reason"):
        sensor.poke({})


def test_from_a_model_to_an_endpoint_and_its_update(sagemaker: Any, runtime: Any, model_data: str) -> None:
    SageMakerModelOperator(task_id="model", config=model_request("airflow", model_data)).execute({})
    for name in ("airflow", "airflow-2"):
        config = {"EndpointConfigName": name, "ProductionVariants": [variant("airflow")]}
        SageMakerEndpointConfigOperator(task_id="config", config=config).execute({})
    create = SageMakerEndpointOperator(
        task_id="endpoint",
        config={"EndpointName": "airflow", "EndpointConfigName": "airflow"},
        wait_for_completion=True,
        check_interval=1,
    )
    assert create.execute({})["Endpoint"]["EndpointStatus"] == "InService"
    assert SageMakerEndpointSensor(task_id="sensor", endpoint_name="airflow").poke({}) is True
    assert float(invoke(runtime, "airflow", b"2.0,0.1,-0.2")["Body"]) > 0.5
    # Told that the endpoint is there, the operator updates it.
    update = SageMakerEndpointOperator(
        task_id="endpoint",
        config={"EndpointName": "airflow", "EndpointConfigName": "airflow-2"},
        wait_for_completion=False,
    )
    update.execute({})
    assert settled(sagemaker, "airflow")["EndpointConfigName"] == "airflow-2"
    delete(sagemaker, "airflow")
    SageMakerDeleteModelOperator(task_id="delete", config={"ModelName": "airflow"}).execute({})
    assert refused(sagemaker.describe_model, ModelName="airflow")[1].startswith("Could not find model")


def test_endpoint_operator_makes_model_and_configuration_too(sagemaker: Any, model_data: str) -> None:
    operator = SageMakerEndpointOperator(
        task_id="endpoint",
        config=deployment_requests("airflow-all", model_data),
        check_interval=1,
    )
    assert operator.execute({})["Endpoint"]["EndpointStatus"] == "InService"
    delete(sagemaker, "airflow-all")


def test_register_model_version_operator(sagemaker: Any, model_data: str) -> None:
    arns = [
        SageMakerRegisterModelVersionOperator(
            task_id="register",
            image_uri=IMAGE,
            model_url=model_data,
            package_group_name="airflow",
            package_desc="of a test",
            model_approval=approval,
        ).execute({})
        for approval in (ApprovalStatus.PENDING_MANUAL_APPROVAL, ApprovalStatus.APPROVED)
    ]
    described = [sagemaker.describe_model_package(ModelPackageName=arn) for arn in arns]
    assert [(found["ModelPackageVersion"], found["ModelApprovalStatus"]) for found in described] == [
        (1, "PendingManualApproval"),
        (2, "Approved"),
    ]


def test_register_model_version_operator_takes_its_group_back_when_it_fails(sagemaker: Any) -> None:
    operator = SageMakerRegisterModelVersionOperator(
        task_id="register",
        image_uri=IMAGE,
        model_url="s3://small-data/none.tar.gz",
        package_group_name="airflow-failed",
    )
    with pytest.raises(Exception, match="Could not find model data"):
        operator.execute({})
    found = sagemaker.list_model_package_groups(NameContains="airflow-failed")
    assert found["ModelPackageGroupSummaryList"] == []
