"""Processing jobs that run a test's script."""

from typing import Any

from tests.aws.sagemaker_requests import ROLE
from tests.aws.training_data import BUCKET
from tests.aws.waiting import end_of_job

SCIKIT_LEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
SCRIPT = "/opt/ml/processing/input/code/script.py"


def s3_input(name: str, uri: str, path: str, **members: Any) -> dict[str, Any]:
    """Build an input that is copied to a path of the container."""
    s3 = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File", **members}
    return {"InputName": name, "S3Input": s3}


def s3_output(name: str = "out", path: str = "/opt/ml/processing/output", **members: Any) -> dict[str, Any]:
    """Build an output that is stored at `processed/<name>` when the job ends."""
    s3 = {"S3Uri": f"s3://{BUCKET}/processed/{name}", "LocalPath": path, "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "S3Output": {**s3, **members}}


def processing_request(name: str, *arguments: str, **members: Any) -> dict[str, Any]:
    """Build the request for a job that runs the script at `<name>/script.py` of the bucket."""
    application = {"ImageUri": SCIKIT_LEARN, "ContainerEntrypoint": ["python3", SCRIPT]}
    if arguments:
        application["ContainerArguments"] = list(arguments)
    return {
        "ProcessingJobName": name,
        "RoleArn": ROLE,
        "AppSpecification": application,
        "ProcessingInputs": [
            s3_input("code", f"s3://{BUCKET}/{name}/script.py", "/opt/ml/processing/input/code"),
            s3_input("data", f"s3://{BUCKET}/train/", "/opt/ml/processing/input/data"),
        ],
        "ProcessingOutputConfig": {"Outputs": [s3_output(name)]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
        },
        **members,
    }


def ended(sagemaker: Any, name: str) -> dict[str, Any]:
    """Wait for the end of a processing job and describe it."""
    return end_of_job(
        lambda: sagemaker.describe_processing_job(ProcessingJobName=name), "ProcessingJobStatus"
    )
