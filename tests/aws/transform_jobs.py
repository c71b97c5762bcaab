"""Transform jobs that send rows on S3 to a small model, and what they store."""

from typing import Any

from tests.aws.training_data import BUCKET
from tests.aws.waiting import end_of_job

RESOURCES = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
SEE_LOGS = "See job logs for more information"


def transform_request(name: str, uri: str = f"s3://{BUCKET}/batch/all.csv", **members: Any) -> dict[str, Any]:
    """Build a request; `TransformInput` and `TransformOutput` add to its own."""
    request: dict[str, Any] = {
        "TransformJobName": name,
        "ModelName": "transforms",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": f"s3://{BUCKET}/transformed/{name}", "Accept": "text/csv"},
        "TransformResources": RESOURCES,
    }
    for part in ("TransformInput", "TransformOutput"):
        request[part] |= members.pop(part, {})
    return request | members


def ended(sagemaker: Any, name: str) -> dict[str, Any]:
    """Wait for the end of a transform job and describe it."""
    return end_of_job(lambda: sagemaker.describe_transform_job(TransformJobName=name), "TransformJobStatus")


def transformed(sagemaker: Any, name: str, **members: Any) -> dict[str, Any]:
    """Run a transform job to its end and describe it."""
    sagemaker.create_transform_job(**transform_request(name, **members))
    return ended(sagemaker, name)


def stored(s3: Any, name: str) -> dict[str, bytes]:
    """Read what a job has stored, by the path below its output prefix."""
    prefix = f"transformed/{name}/"
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return {
        entry["Key"].removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        for entry in found
    }
