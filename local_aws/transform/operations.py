"""The operations on transform jobs."""

from local_aws.errors import ValidationError
from local_aws.hosting.model import Model
from local_aws.hosting.resource import find_hosted
from local_aws.jobs.operations import free_arn, operations_of, start_job
from local_aws.protocol import tags
from local_aws.state.resources import JsonObject, Region
from local_aws.transform.data_processing import DataProcessing
from local_aws.transform.job import TransformJob
from local_aws.transform.run import TransformRun

# API reference, CreateTransformJob: MaxPayloadInMB.
_LARGEST_PAYLOAD = 100


def create_transform_job(region: Region, request: JsonObject) -> JsonObject:
    """Start a transform job, after checks of its name, model and input."""
    name = request["TransformJobName"]
    arn = free_arn(region, TransformJob, name)
    model = find_hosted(region, Model, request["ModelName"])
    if model.is_multi_model:
        raise ValidationError(
            f"Local AWS cannot transform by model {model.name}: it is of several models, and a transform job "
            "names none of them. Make a model of the one archive."
        )
    _check_input(request["TransformInput"])
    DataProcessing.of(request)
    payload = request.get("MaxPayloadInMB", 1)
    if max(payload, request.get("MaxConcurrentTransforms", 1) * payload) > _LARGEST_PAYLOAD:
        raise ValidationError(
            f"MaxPayloadInMB, and MaxConcurrentTransforms * MaxPayloadInMB, cannot exceed {_LARGEST_PAYLOAD}."
        )
    job = TransformJob(
        name=name,
        arn=arn,
        request=request,
        tags=tags.from_request(request),
        definition=model.container,
        next_definitions=model.next_containers,
        container_names=model.container_names,
    )
    start_job(region, job, TransformRun(region, job))
    return {"TransformJobArn": arn}


def _check_input(transform_input: JsonObject) -> None:
    source = transform_input["DataSource"]["S3DataSource"]
    if source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
        raise ValidationError(
            f"Local AWS has no S3DataType {source['S3DataType']} for transform jobs; it reads S3Prefix and "
            "ManifestFile."
        )
    if (split_type := transform_input.get("SplitType", "None")) not in ("None", "Line"):
        raise ValidationError(f"Local AWS has no SplitType {split_type}; it splits input by None or Line.")


OPERATIONS = {
    "CreateTransformJob": create_transform_job,
    **operations_of(TransformJob, "Descending", has_delete=False),
}
