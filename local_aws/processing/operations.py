"""The operations on processing jobs."""

from local_aws.errors import ValidationError
from local_aws.jobs.operations import free_arn, operations_of, start_job
from local_aws.processing.image import check_application
from local_aws.processing.job import ProcessingJob
from local_aws.processing.run import ProcessingRun
from local_aws.protocol import tags
from local_aws.state.resources import JsonObject, Region

_LOCAL_ROOT = "/opt/ml/processing"


def create_processing_job(region: Region, request: JsonObject) -> JsonObject:
    """Start a processing job, after checks of its name, image, inputs and outputs."""
    name = request["ProcessingJobName"]
    arn = free_arn(region, ProcessingJob, name)
    check_application(request["AppSpecification"])
    inputs = request.get("ProcessingInputs", [])
    outputs = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    for source in inputs:
        _check_input(source)
    for target in outputs:
        _check_output(target)
    # AWS refuses two inputs with one LocalPath, with an empty message.
    places = [source["S3Input"]["LocalPath"] for source in inputs]
    for kind, names in (
        ("Input names", [source["InputName"] for source in inputs]),
        ("Output names", [target["OutputName"] for target in outputs]),
        ("LocalPaths of inputs", places),
    ):
        if len(set(names)) < len(names):
            raise ValidationError(f"{kind} must be unique within a processing job.")
    job = ProcessingJob(name=name, arn=arn, request=request, tags=tags.from_request(request))
    start_job(region, job, ProcessingRun(region, job))
    return {"ProcessingJobArn": arn}


def _check_input(source: JsonObject) -> None:
    name = source["InputName"]
    s3_input = source.get("S3Input")
    if s3_input is None:
        raise ValidationError(f"Input {name}: local AWS has no input but S3Input.")
    if s3_input.get("S3InputMode", "File") != "File":
        raise ValidationError(f"Input {name}: local AWS has no S3InputMode Pipe; it has File.")
    if s3_input.get("S3CompressionType", "None") != "None":
        # API reference, ProcessingS3Input: Gzip is for Pipe mode alone.
        raise ValidationError(f"Input {name}: S3CompressionType Gzip needs S3InputMode Pipe, and it is File.")
    check_local_path(f"Input {name}", s3_input.get("LocalPath"))


def _check_output(target: JsonObject) -> None:
    name = target["OutputName"]
    s3_output = target.get("S3Output")
    if s3_output is None:
        raise ValidationError(f"Output {name}: local AWS has no output but S3Output.")
    if s3_output["S3UploadMode"] != "EndOfJob":
        raise ValidationError(f"Output {name}: local AWS has no S3UploadMode Continuous; it has EndOfJob.")
    check_local_path(f"Output {name}", s3_output.get("LocalPath"))


def check_local_path(what: str, path: str | None) -> None:
    """Check where the container finds an input, or leaves an output.

    Raises:
        ValidationError: It is elsewhere than below /opt/ml/processing.
    """
    if path is None or not path.startswith(f"{_LOCAL_ROOT}/") or ".." in path.split("/"):
        raise ValidationError(f"{what}: LocalPath must be a path below {_LOCAL_ROOT}.")


# The API reference says Ascending in the words that it has of training jobs. Those, AWS lists newest first.
OPERATIONS = {"CreateProcessingJob": create_processing_job, **operations_of(ProcessingJob, "Descending")}
