"""A training job's input channels: checked when it is created, downloaded when it runs."""

from local_aws.errors import ValidationError
from local_aws.jobs.s3_input import download, has_objects, no_objects, source_objects
from local_aws.opt_ml import OptMl
from local_aws.state.resources import JsonObject
from local_aws.storage.objects import Storage


def check_channels(request: JsonObject, storage: Storage) -> None:
    """Checks what AWS checks before it accepts a job, and that local AWS can do what a channel asks for.

    Args:
        request: Of a training job, or a tuning job's definition of one.
        storage: The S3 that holds the channels' objects.

    Raises:
        ValidationError: Channel names clash, a channel has no S3 objects, or it needs what we do not have.
    """
    channels = request.get("InputDataConfig", [])
    names = [channel["ChannelName"] for channel in channels]
    if len(set(names)) < len(names):
        raise ValidationError("Channel names must be unique within InputDataConfig.")
    for channel in channels:
        name, mode = channel["ChannelName"], input_mode(channel, request)
        source = channel["DataSource"].get("S3DataSource")
        if source is None or source["S3DataType"] not in ("S3Prefix", "ManifestFile"):
            asked = "source but S3DataSource" if source is None else f"S3DataType {source['S3DataType']}"
            raise ValidationError(
                f"Channel {name}: local AWS has no {asked}; it reads S3DataType S3Prefix and ManifestFile."
            )
        if mode == "Pipe":
            raise ValidationError(
                f"Channel {name}: local AWS has no input mode Pipe; it has File, and FastFile as File."
            )
        if (compression := channel.get("CompressionType", "None")) != "None":
            # AWS's words: it decompresses in Pipe mode alone.
            raise ValidationError(
                f"Invalid compression type for channel {name}: {mode} mode only supports NONE, got "
                f"{compression} instead"
            )
        if not has_objects(storage, source):
            raise ValidationError(no_objects(source["S3Uri"]))


def input_mode(channel: JsonObject, request: JsonObject) -> str:
    """Returns a channel's own input mode, or else its training job's."""
    mode: str = channel.get("InputMode") or request["AlgorithmSpecification"]["TrainingInputMode"]
    return mode


def download_channel(channel: JsonObject, opt_ml: OptMl, storage: Storage) -> None:
    """Writes a channel's objects below `input/data/<channel>`.

    Raises:
        NoSuchObjectError, ValueError: As `s3_input` raises them.
    """
    objects = source_objects(storage, channel["DataSource"]["S3DataSource"])
    download(storage, objects, opt_ml.channel(channel["ChannelName"]))
