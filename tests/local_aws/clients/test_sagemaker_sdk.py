"""The SageMaker Python SDK 3, through the resources of sagemaker.core."""

from typing import Any

import boto3
import pytest

from tests.aws.clients import CREDENTIALS
from tests.aws.sagemaker_requests import IMAGE, ROLE
from tests.aws.training_data import BUCKET
from tests.services.local_aws_server import LocalAwsServer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("s3")]

REGION = CREDENTIALS["region_name"]


@pytest.fixture
def session(server: LocalAwsServer, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return boto3.Session(**CREDENTIALS)


# Of the SDK's own files, when they are compiled for the first time.
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
def test_training_and_endpoint(session: boto3.Session) -> None:
    from sagemaker.core import resources, shapes  # noqa: PLC0415 - 4 s

    session_: Any = {"session": session, "region": REGION}
    source = shapes.S3DataSource(s3_data_type="S3Prefix", s3_uri=f"s3://{BUCKET}/train/")
    job = resources.TrainingJob.create(
        training_job_name="sdk",
        role_arn=ROLE,
        algorithm_specification=shapes.AlgorithmSpecification(
            training_image=IMAGE, training_input_mode="File"
        ),
        hyper_parameters={"num_round": "5", "objective": "binary:logistic"},
        input_data_config=[
            shapes.Channel(
                channel_name="train",
                content_type="text/csv",
                data_source=shapes.DataSource(s3_data_source=source),
            )
        ],
        output_data_config=shapes.OutputDataConfig(s3_output_path=f"s3://{BUCKET}/sdk"),
        resource_config=shapes.ResourceConfig(
            instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1
        ),
        stopping_condition=shapes.StoppingCondition(max_runtime_in_seconds=600),
        **session_,
    )
    job.wait(poll=1)
    job.refresh()
    assert job.training_job_status == "Completed"

    model_data = job.model_artifacts.s3_model_artifacts
    model = resources.Model.create(
        model_name="sdk",
        execution_role_arn=ROLE,
        primary_container=shapes.ContainerDefinition(image=IMAGE, model_data_url=model_data),
        **session_,
    )
    config = resources.EndpointConfig.create(
        endpoint_config_name="sdk",
        production_variants=[
            shapes.ProductionVariant(
                variant_name="v", model_name="sdk", initial_instance_count=1, instance_type="ml.m5.large"
            )
        ],
        **session_,
    )
    endpoint = resources.Endpoint.create(endpoint_name="sdk", endpoint_config_name="sdk", **session_)
    endpoint.wait_for_status("InService", poll=1)
    answer = endpoint.invoke(body="2.0,0.1,-0.2", content_type="text/csv", accept="text/csv", **session_)
    assert float(answer.body.read()) > 0.5
    endpoint.delete()
    endpoint.wait_for_delete(poll=1)
    config.delete()
    model.delete()
    assert not list(resources.Model.get_all(name_contains="sdk", **session_))
