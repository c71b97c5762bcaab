import json
from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.config import load_config
from include.pipeline.planning.training_request import named, time_limit, training_request

PARAMS = load_config("bank_marketing").params
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
# What is asked for with the least of settings.
ALWAYS = """{"TrainingJobName": "key", "AlgorithmSpecification": {"TrainingImage": "image",
"TrainingInputMode":
"File"}, "RoleArn": "arn:aws:iam::123456789012:role/sagemaker", "HyperParameters": {"max_depth": "5",
"eta": "0.2", "gamma": "4", "min_child_weight": "6", "subsample": "0.8", "verbosity": "1", "objective":
"binary:logistic", "num_round": "100"}, "InputDataConfig": [{"ChannelName": "train", "ContentType":
"text/csv", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train/",
"S3DataDistributionType": "FullyReplicated"}}}], "OutputDataConfig": {"S3OutputPath":
"s3://bucket/model"}, "ResourceConfig": {"InstanceType": "ml.m4.xlarge", "InstanceCount": 1,
"VolumeSizeInGB": 10}, "StoppingCondition": {"MaxRuntimeInSeconds": 3600}, "Tags": [{"Key": "team",
"Value": "data"}]}"""


def request_of(instances: int = 1, **settings: Any) -> dict[str, Any]:
    return training_request(
        PARAMS.model_copy(update={"training_instance_count": instances}),
        AwsSettings.model_validate(settings),
        job_name="key",
        image_uri="image",
        role_arn="arn:aws:iam::123456789012:role/sagemaker",
        train_uri="s3://bucket/train/",
        validation_uri=None,
        output_uri="s3://bucket/model",
        checkpoints_uri="s3://bucket/checkpoints",
        tags=[{"Key": "team", "Value": "data"}],
    )


def test_the_least_of_settings_asks_for_nothing_but_the_training_to_the_byte() -> None:
    assert json.dumps(request_of(network_isolation=False)) == " ".join(ALWAYS.splitlines())
    assert request_of() == json.loads(ALWAYS) | {"EnableNetworkIsolation": True}


@pytest.mark.parametrize(
    ("instances", "settings", "is_encrypted"),
    [(1, {}, False), (2, {}, True), (2, {"encrypt_between_instances": False}, False)],
)
def test_what_several_instances_send_each_other_is_encrypted(
    instances: int, settings: dict[str, Any], is_encrypted: bool
) -> None:
    asked = request_of(instances, **settings).get("EnableInterContainerTrafficEncryption", False)
    assert asked is is_encrypted


@pytest.mark.parametrize(
    ("settings", "place", "member"),
    [
        (
            {"vpc": {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}},
            (),
            {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}},
        ),
        ({"keys": {"training_volume": KEY}}, ("ResourceConfig",), {"VolumeKmsKeyId": KEY}),
        ({"keys": {"model": KEY}}, ("OutputDataConfig",), {"KmsKeyId": KEY}),
        ({"volume_gb": 100}, ("ResourceConfig",), {"VolumeSizeInGB": 100}),
        ({"max_runtime_seconds": 600}, ("StoppingCondition",), {"MaxRuntimeInSeconds": 600}),
        ({"keep_alive_seconds": 900}, ("ResourceConfig",), {"KeepAlivePeriodInSeconds": 900}),
        ({"spot": {"max_wait_seconds": 7200}}, ("StoppingCondition",), {"MaxWaitTimeInSeconds": 7200}),
        (
            {"spot": {"max_wait_seconds": 7200}},
            (),
            {
                "EnableManagedSpotTraining": True,
                "CheckpointConfig": {"S3Uri": "s3://bucket/checkpoints/key"},
            },
        ),
    ],
)
def test_what_is_set_is_asked_for_and_nothing_else_changes(
    settings: dict[str, Any], place: tuple[str, ...], member: dict[str, Any]
) -> None:
    request = request_of(**settings)
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob")
    assert not ParamValidator().validate(request, shape.input_shape).has_errors()
    inner = request
    for name in place:
        inner = inner[name]
    assert inner.items() >= member.items()
    changed = {name for name, value in request.items() if value != request_of().get(name)}
    spot = {"StoppingCondition", "EnableManagedSpotTraining", "CheckpointConfig"}
    assert changed == (spot if "spot" in settings else set(place or member))


def test_a_request_of_another_name_has_checkpoints_of_its_own() -> None:
    request = request_of(spot={"max_wait_seconds": 3600})
    second = named(request, "key-2")
    assert second["TrainingJobName"] == "key-2"
    assert second["CheckpointConfig"] == {"S3Uri": "s3://bucket/checkpoints/key-2"}
    assert named(second, "key") == request
    assert named(request_of(), "key") == request_of()


@pytest.mark.parametrize(
    ("condition", "limit"),
    [
        pytest.param({"MaxRuntimeInSeconds": 3600}, timedelta(hours=1, minutes=15), id="training"),
        pytest.param(
            {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
            timedelta(hours=2, minutes=15),
            id="spot: wait and training together",
        ),
        pytest.param(
            {"MaxRuntimeInSeconds": 3600, "MaxPendingTimeInSeconds": 7200},
            timedelta(hours=3, minutes=15),
            id="pending before training",
        ),
        pytest.param({}, timedelta(days=1, minutes=15), id="SageMaker's default"),
    ],
)
def test_a_job_is_waited_for_as_long_as_sagemaker_lets_it_run(
    condition: dict[str, int], limit: timedelta
) -> None:
    assert time_limit(condition) == limit
