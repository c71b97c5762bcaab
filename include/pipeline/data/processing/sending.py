"""What a processing job gets: the code, its order, the file."""

import hashlib
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import write_object
from include.pipeline.data.comparison.versions import find_previous_version
from include.pipeline.data.processing.order import SplitOrder
from include.pipeline.data.processing.source_archive import source_archive
from include.pipeline.documents.table.split_job import CODE, DATA, ORDER, PROCESSING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.raw_data import RawData


def send(s3: "S3Client", plan: "RunPlan", raw: "RawData", *, max_bytes: int) -> dict[str, Any]:
    """Put the code and the order beside the run's objects, each under its SHA-256.

    Args:
        s3: Has the file, and gets them.
        plan: Of the run.
        raw: The file.
        max_bytes: That it may have once it is unpacked.

    Returns:
        What the plan's request lacks: the inputs, and the arguments by which the job knows them.

    Raises:
        DocumentError: What is stored of the last accepted model cannot be read.
    """
    order = SplitOrder(
        plan=plan, raw=raw, max_bytes=max_bytes, previous=find_previous_version(s3, plan, raw.sha256)
    )
    inputs, arguments = [_input(DATA, raw.uri)], []
    for folder, content, kind in (
        (CODE, source_archive(), "zip"),
        (ORDER, order.model_dump_json().encode(), "json"),
    ):
        sha256 = hashlib.sha256(content).hexdigest()
        # Under a name of its own: a job that a try before has started may be about to read another.
        name = f"{sha256}.{kind}"
        uri = f"{plan.locations.processing}/{name}"
        write_object(s3, uri, content, f"application/{kind}")
        inputs.append(_input(folder, uri))
        arguments += [f"{PROCESSING}/{folder}/{name}", sha256]
    return {"ProcessingInputs": inputs, "ContainerArguments": arguments}


def _input(folder: str, uri: str) -> dict[str, Any]:
    return {
        "InputName": folder.rpartition("/")[2],
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": f"{PROCESSING}/{folder}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        },
    }


def completed(request: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Complete the plan's request by what was sent."""
    application = {**request["AppSpecification"], "ContainerArguments": sent["ContainerArguments"]}
    return {**request, "AppSpecification": application, "ProcessingInputs": sent["ProcessingInputs"]}
