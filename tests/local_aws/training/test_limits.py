"""What a training job asks of its instances: refused as AWS does, else told back."""

from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.training.limits import check_limits
from tests.aws.answers import refused
from tests.aws.sagemaker_requests import training_request
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import finished

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
VPC = {"SecurityGroupIds": ["sg-0a1b2c3d"], "Subnets": ["subnet-0a1b2c3d"]}
DAY = 24 * 3600
WAITING = {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60}
SPOT = "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
NO_SPOT = "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"


def asking(
    stopping: dict[str, int], resources: dict[str, Any] | None = None, *, spot: bool = False
) -> dict[str, Any]:
    return training_request(
        "limits",
        StoppingCondition=stopping,
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
        | (resources or {}),
        EnableManagedSpotTraining=spot,
    )


@pytest.mark.parametrize(
    "request_of",
    [
        asking({"MaxRuntimeInSeconds": 60}),
        asking({}),
        asking({"MaxRuntimeInSeconds": 28 * DAY}),
        asking(WAITING, spot=True),
        asking(WAITING, {"KeepAlivePeriodInSeconds": 0}, spot=True),
        asking({"MaxRuntimeInSeconds": 60}, {"KeepAlivePeriodInSeconds": 21_600}),
        asking({"MaxRuntimeInSeconds": 60}, {"VolumeKmsKeyId": KEY}),
        asking({"MaxRuntimeInSeconds": 60}, {"InstanceType": "ml.g5.xlarge"}),
    ],
)  # fmt: skip
def test_what_goes_together_is_taken(request_of: dict[str, Any]) -> None:
    check_limits(request_of)


@pytest.mark.parametrize(
    ("request_of", "said"),
    [
        (asking({"MaxRuntimeInSeconds": 28 * DAY + 1}), "Invalid MaxRuntimeInSeconds"),
        (asking({"MaxRuntimeInSeconds": 60}, spot=True), SPOT),
        (asking({"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 59}, spot=True), SPOT),
        # A day is the default.
        (asking({"MaxWaitTimeInSeconds": DAY - 1}, spot=True), SPOT),
        (asking(WAITING), NO_SPOT),
        (
            asking(WAITING, {"KeepAlivePeriodInSeconds": 1}, spot=True),
            "KeepAlivePeriodInSeconds is not supported with EnableManagedSpotTraining",
        ),
        (
            asking({"MaxRuntimeInSeconds": 60}, {"VolumeKmsKeyId": KEY, "InstanceType": "ml.g5.xlarge"}),
            "ResourceConfig.VolumeKmsKeyId is not supported for instance type ml.g5.xlarge",
        ),
        (
            asking({"MaxRuntimeInSeconds": 60}, {"VolumeKmsKeyId": KEY, "InstanceType": "ml.m5d.large"}),
            "ResourceConfig.VolumeKmsKeyId is not supported for instance type ml.m5d.large",
        ),
    ],
)  # fmt: skip
def test_what_does_not_is_refused(request_of: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as found:
        check_limits(request_of)
    assert said in found.value.message


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    ("name", "members", "said"),
    [
        ("subnets", {"VpcConfig": VPC | {"Subnets": ["subnet-1"] * 17}}, "at 'vpcConfig.subnets'"),
        ("groups", {"VpcConfig": VPC | {"SecurityGroupIds": ["sg-1"] * 6}}, "vpcConfig.securityGroupIds"),
        ("group", {"VpcConfig": VPC | {"SecurityGroupIds": ["sg 1"]}}, "regular expression"),
        ("key", {"OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/o", "KmsKeyId": "a key"}}, "kmsKeyId"),
        ("tag", {"Tags": [{"Key": "aws:team", "Value": ""}]}, "aws: prefixed tag key names are not allowed"),
        ("twice", {"Tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]}, "Duplicate tag keys"),
        ("many", {"Tags": [{"Key": str(n), "Value": ""} for n in range(51)]}, "at 'tags'"),
        ("spot", {"EnableManagedSpotTraining": True}, SPOT),
    ],
)  # fmt: skip
def test_the_api_refuses_and_makes_no_job(
    sagemaker: Any, name: str, members: dict[str, Any], said: str
) -> None:
    # botocore would refuse some itself, before AWS sees them.
    code, text = refused(sagemaker.create_training_job, **training_request(f"refused-{name}", **members))
    assert code == "ValidationException"
    assert said in text
    assert refused(sagemaker.describe_training_job, TrainingJobName=f"refused-{name}")[1].startswith(
        "Requested"
    )


@pytest.mark.usefixtures("s3")
def test_all_that_was_asked_is_told_back_and_nothing_is_said_to_be_saved(sagemaker: Any, client: Any) -> None:
    members: dict[str, Any] = {
        "VpcConfig": VPC,
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 900},
        "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/kept-by-spot"},
        "OutputDataConfig": {
            "S3OutputPath": f"s3://{BUCKET}/output",
            "KmsKeyId": KEY,
            "CompressionType": "GZIP",
        },
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
            "VolumeKmsKeyId": KEY,
        },
    }
    sagemaker.create_training_job(**training_request("all", **members))
    job = finished(sagemaker, "all")
    assert job["TrainingJobStatus"] == "Completed"
    assert {name: job[name] for name in members} == members
    assert job["BillableTimeInSeconds"] == job["TrainingTimeInSeconds"]
    head = client("s3").head_object(Bucket=BUCKET, Key="output/all/output/model.tar.gz")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", KEY)
    lines = [
        event["message"]
        for event in client("logs").filter_log_events(
            logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="all/"
        )["events"]
    ]
    assert {
        "Local AWS has no network of its own: VpcConfig changes nothing.",
        "Local AWS has no KMS: nothing is encrypted.",
        "Local AWS has no spot instances: the job is billed as on demand.",
    } <= set(lines)


@pytest.mark.usefixtures("s3")
def test_no_instance_is_kept_warm_and_the_job_says_so(sagemaker: Any) -> None:
    request = training_request("warm")
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 60
    sagemaker.create_training_job(**request)
    assert finished(sagemaker, "warm")["WarmPoolStatus"] == {
        "Status": "Terminated",
        "ResourceRetainedBillableTimeInSeconds": 0,
    }
