"""Model Monitor: endpoints that capture, and requests for what monitors them."""

import json
from typing import Any

from tests.aws.endpoints import settled
from tests.aws.processing_jobs import s3_input, s3_output
from tests.aws.sagemaker_requests import ROLE, variant
from tests.aws.training_data import BUCKET
from tests.aws.waiting import wait_until

ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
RESULTS = f"s3://{BUCKET}/reports"
_CLUSTER = {"ClusterConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 20}}
_DATA = "/opt/ml/processing/input/baseline_dataset_input"
_OUTPUT = "/opt/ml/processing/output"


def capture(folder: str = "captured") -> dict[str, Any]:
    """Build a DataCaptureConfig of all requests and answers, whose CSV is written as it is."""
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/{folder}",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }


def deploy_capturing(sagemaker: Any, name: str, model: str) -> None:
    """Put an endpoint into service that captures below `captured/` of the bucket."""
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[variant(model)], DataCaptureConfig=capture()
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert settled(sagemaker, name)["EndpointStatus"] == "InService"


def analysis_request(name: str, data: str, **environment: str) -> dict[str, Any]:
    """Build the request for a job of the analyzer, as the SDK makes it of a baseline.

    Args:
        name: Of the job, whose results go to `baseline/<name>` of the bucket.
        data: The prefix of the data in the bucket.
        environment: Variables, in place of those for CSV with a header.
    """
    output = s3_output("monitoring_output", _OUTPUT, S3Uri=f"s3://{BUCKET}/baseline/{name}")
    return {
        "ProcessingJobName": name,
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": ANALYZER},
        "ProcessingInputs": [s3_input("baseline_dataset_input", f"s3://{BUCKET}/{data}", _DATA)],
        "ProcessingOutputConfig": {"Outputs": [output]},
        "ProcessingResources": _CLUSTER,
        "Environment": {
            "dataset_format": json.dumps({"csv": {"header": True}}),
            "dataset_source": _DATA,
            "output_path": _OUTPUT,
            "publish_cloudwatch_metrics": "Disabled",
            **environment,
        },
    }


def endpoint_input(endpoint: str, **members: Any) -> dict[str, Any]:
    """Build an input of what an endpoint captures."""
    return {"EndpointInput": {"EndpointName": endpoint, "LocalPath": "/opt/ml/processing/input", **members}}


def outputs() -> dict[str, Any]:
    """Build an output whose results go to `reports` of the bucket."""
    return {"MonitoringOutputs": [{"S3Output": {"S3Uri": RESULTS, "LocalPath": _OUTPUT}}]}


def definition_request(name: str, endpoint: str, kind: str = "DataQuality", **members: Any) -> dict[str, Any]:
    """Build the request for a job definition. Members given take the place of its own."""
    return {
        "JobDefinitionName": name,
        f"{kind}AppSpecification": {"ImageUri": ANALYZER},
        f"{kind}JobInput": endpoint_input(endpoint),
        f"{kind}JobOutputConfig": outputs(),
        "JobResources": _CLUSTER,
        "RoleArn": ROLE,
        **members,
    }


def own_definition(endpoint: str, **members: Any) -> dict[str, Any]:
    """Build a MonitoringJobDefinition, which a schedule has in itself."""
    return {
        "MonitoringAppSpecification": {"ImageUri": ANALYZER},
        "MonitoringInputs": [endpoint_input(endpoint)],
        "MonitoringOutputConfig": outputs(),
        "MonitoringResources": _CLUSTER,
        "RoleArn": ROLE,
        **members,
    }


NOW = {
    "ScheduleExpression": "NOW",
    "DataAnalysisStartTime": "-PT1H",
    "DataAnalysisEndTime": "-PT0H",
}
"""A ScheduleConfig that runs at once, on what was captured within an hour."""


def schedule_config(definition: str, kind: str = "DataQuality", **config: Any) -> dict[str, Any]:
    """Build the config of a schedule of a definition, which runs at once if nothing else is given."""
    return {
        "MonitoringJobDefinitionName": definition,
        "MonitoringType": kind,
        "ScheduleConfig": config or NOW,
    }


def last_execution(sagemaker: Any, schedule: str) -> dict[str, Any]:
    """Wait for the end of a schedule's first execution, and return the summary of the last one."""

    def summary() -> dict[str, Any] | None:
        found: dict[str, Any] = sagemaker.describe_monitoring_schedule(MonitoringScheduleName=schedule)
        last = found.get("LastMonitoringExecutionSummary", {"MonitoringExecutionStatus": "Pending"})
        return None if last["MonitoringExecutionStatus"] in ("Pending", "InProgress") else last

    execution: dict[str, Any] = wait_until(summary)
    return execution


def document(s3: Any, uri: str) -> Any:
    """Read a JSON file of results."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
