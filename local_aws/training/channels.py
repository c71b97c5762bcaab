"""The input channels of a training job: their checks at its creation, their download when it runs."""

from local_aws.errors import ValidationError
from local_aws.jobs.s3_input import download, has_objects, no_objects, source_objects
from local_aws.opt_ml import OptMl
from local_aws.state.resources import JsonObject
from local_aws.storage.objects import Storage

_OTHER_SOURCES = {"FileSystemDataSource", "DatasetSource"}


def check_channels(
    request: JsonObject, storage: Storage, region: str, *, has_pipe_mode: bool = False
) -> None:
    """Check channels as AWS does before it accepts a job, and that local AWS has what they ask for.

    Args:
        request: The request of a training job, or a tuning job's definition of one.
        storage: The S3 that holds the channels' objects.
        region: The name of the job's region, in which they have to be.
        has_pipe_mode: Whether a channel may be a pipe.

    Raises:
        ValidationError: Two channels have one name, or a channel has no S3 objects, or needs what local AWS
            does not have.
    """
    channels = request.get("InputDataConfig", [])
    names = [channel["ChannelName"] for channel in channels]
    if len(set(names)) < len(names):
        raise ValidationError("Channel names must be unique within InputDataConfig.")
    for channel in channels:
        name, mode = channel["ChannelName"], input_mode(channel, request)
        source = channel["DataSource"].get("S3DataSource")
        if channel["DataSource"].keys() & _OTHER_SOURCES:
            source = None
        if source is None or source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
            asked = "source but S3DataSource" if source is None else f"S3DataType {source['S3DataType']}"
            raise ValidationError(
                f"Channel {name}: local AWS has no {asked}; it reads S3DataType S3Prefix and ManifestFile."
            )
        if mode == "Pipe" and not has_pipe_mode:
            raise ValidationError(
                f"Channel {name}: local AWS has no input mode Pipe; it has File, and FastFile as File."
            )
        if (compression := channel.get("CompressionType", "None")) != "None" and mode != "Pipe":
            # In AWS's words: it decompresses in Pipe mode only.
            raise ValidationError(
                f"Invalid compression type for channel {name}: {mode} mode only supports NONE, got "
                f"{compression} instead"
            )
        if not has_objects(storage, source, region):
            raise ValidationError(no_objects(source["S3Uri"]))


def input_mode(channel: JsonObject, request: JsonObject) -> str:
    """Return the input mode of a channel, which by default is that of its training job."""
    mode: str = channel.get("InputMode") or request["AlgorithmSpecification"]["TrainingInputMode"]
    return mode


def download_channel(channel: JsonObject, opt_ml: OptMl, storage: Storage) -> None:
    """Write a channel's objects below `input/data/<channel>`.

    Raises:
        NoSuchObjectError: There is no manifest, or an object vanished.
        BadManifestError: The manifest is not usable.
        ValueError: A path would leave the directory.
    """
    objects = source_objects(storage, channel["DataSource"]["S3DataSource"])
    download(storage, objects, opt_ml.channel(channel["ChannelName"]))
