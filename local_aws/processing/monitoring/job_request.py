"""The processing job of an execution: what it reads, what it is told, and where its results go.

Sources: developer guide, "Container Contract Inputs" and "Interpret captured data"; names, paths and
variables are those of the jobs that AWS makes.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from local_aws.errors import JobFailedError
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.invocations.data_capture import DataCapture
from local_aws.processing.job import ProcessingJob
from local_aws.processing.monitoring.plan import MonitoringPlan
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url, Storage

_BASELINE = PurePosixPath("/opt/ml/processing/baseline")
_TRUTH = "/opt/ml/processing/groundtruth"
_HOUR = timedelta(hours=1)


def job_request(
    region: Region,
    plan: MonitoringPlan,
    schedule_name: str,
    scheduled: datetime,
    data: tuple[datetime, datetime],
) -> JsonObject:
    """Return the request of an execution's job, without its name.

    Args:
        region: Where it runs.
        plan: What it does.
        schedule_name: The schedule that it is of.
        scheduled: The time that the schedule says.
        data: The first moment of its data, and the first after it.

    Raises:
        JobFailedError: There is no such data.
    """
    start, end = data
    captured = list(_captured(region, plan, start, end))
    if not captured:
        # AWS's words.
        raise JobFailedError("Job inputs had no data")
    truths = list(_truths(region, plan, start, scheduled))
    if plan.truth is not None and not truths:
        raise JobFailedError(
            f"Job inputs had no data: there is no ground truth below {plan.truth} since {start}."
        )
    baseline = _baseline(region, plan)
    output = {**plan.output, "S3UploadMode": plan.output.get("S3UploadMode", "Continuous")}
    folder = (
        f"{plan.output['S3Uri'].rstrip('/')}/{plan.endpoint_name}/{schedule_name}/{scheduled:%Y/%m/%d/%H}"
    )
    output_config: JsonObject = {
        "Outputs": [{"OutputName": "result", "S3Output": {**output, "S3Uri": folder}}]
    }
    if plan.kms_key:
        output_config["KmsKeyId"] = plan.kms_key
    return {
        **plan.job,
        "AppSpecification": {"ImageUri": plan.application["ImageUri"]},
        "ProcessingInputs": [
            *captured,
            *truths,
            *(_input(name, uri, str(_BASELINE / name)) for name, uri in baseline.items()),
        ],
        "ProcessingOutputConfig": output_config,
        "Environment": {
            "publish_cloudwatch_metrics": "Disabled",
            **plan.application.get("Environment", {}),
            **{
                f"baseline_{name}": str(_BASELINE / name / PurePosixPath(uri).name)
                for name, uri in baseline.items()
            },
            "dataset_format": json.dumps(
                {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}
            ),
            "dataset_source": plan.endpoint["LocalPath"],
            "output_path": plan.output["LocalPath"],
            "monitoring_input_type": "ENDPOINT_INPUT",
            "sagemaker_endpoint_name": plan.endpoint_name,
            "sagemaker_monitoring_schedule_name": schedule_name,
            "start_time": _written(start),
            "end_time": _written(end),
            "metric_time": _written(start),
            **({"ground_truth_source": _TRUTH} if truths else {}),
            **plan.analysis,
        },
    }


def data_capture(region: Region, endpoint_name: str) -> DataCapture | None:
    """Return what an endpoint captures. None where there is no such endpoint, or it captures nothing."""
    endpoint = region.of(Endpoint).get(endpoint_name)
    return DataCapture.of(endpoint.deployment.config) if endpoint else None


def _hour_folders(
    storage: Storage, place: S3Url, start: datetime, end: datetime, depth: int
) -> Iterator[str]:
    """Yield the folders of hours, `.../yyyy/mm/dd/hh`, that have objects of a time, in their order.

    Args:
        storage: The S3 that holds them.
        place: The folder above them.
        start: The first moment of the time.
        end: The first moment after it.
        depth: The number of folders between this folder and that of the year.
    """
    prefix = S3Url(place.bucket, f"{place.key.rstrip('/')}/")
    names = {key.removeprefix(prefix.key).rpartition("/")[0] for key in storage.keys(prefix)}
    for name in sorted(names):
        try:
            hour = datetime.strptime("/".join(name.split("/")[depth:]), "%Y/%m/%d/%H").replace(tzinfo=UTC)
        except ValueError:
            continue
        if start < hour + _HOUR and hour < end:
            yield name


def _captured(region: Region, plan: MonitoringPlan, start: datetime, end: datetime) -> Iterator[JsonObject]:
    capture = data_capture(region, plan.endpoint_name)
    if capture is None:
        return
    key = f"{capture.destination.key.rstrip('/')}/{plan.endpoint_name}".removeprefix("/")
    place = S3Url(capture.destination.bucket, key)
    for number, name in enumerate(_hour_folders(region.storage, place, start, end, depth=1), 1):
        local = f"{plan.endpoint['LocalPath'].rstrip('/')}/{plan.endpoint_name}/{name}"
        yield _input(f"endpoint_input_{number}", f"{place}/{name}", local)


def _truths(
    region: Region, plan: MonitoringPlan, start: datetime, scheduled: datetime
) -> Iterator[JsonObject]:
    """Yield the inputs of ground truth, by the hours at which it was collected, up to the run itself."""
    if plan.truth is not None:
        place = S3Url.parse(plan.truth.rstrip("/"))
        for number, name in enumerate(_hour_folders(region.storage, place, start, scheduled, depth=0), 1):
            yield _input(f"ground_truth_input_{number}", f"{place}/{name}", f"{_TRUTH}/{name}")


def _input(name: str, uri: str, local_path: str) -> JsonObject:
    s3_input = {"S3Uri": uri, "LocalPath": local_path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": {**s3_input, "S3DataDistributionType": "FullyReplicated"}}


def _baseline(region: Region, plan: MonitoringPlan) -> dict[str, str]:
    """Return where statistics and constraints are: as given, or what the baselining job has written."""
    members = {"statistics": "StatisticsResource", "constraints": "ConstraintsResource"}
    found = {
        name: plan.baseline[member]["S3Uri"] for name, member in members.items() if member in plan.baseline
    }
    job = region.of(ProcessingJob).get(plan.baseline.get("BaseliningJobName", ""))
    if not found and job is not None and job.outputs:
        folder = job.outputs[0]["S3Uri"].rstrip("/")
        return {name: f"{folder}/{name}.json" for name in members}
    return found


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
