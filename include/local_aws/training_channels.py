"""A training job's input channels: checked when it is created, downloaded when it runs."""

from include.local_aws.aws_errors import ValidationError
from include.local_aws.opt_ml import OptMl
from include.local_aws.resources import JsonObject
from include.local_aws.s3_input import data_objects, download, no_objects
from include.local_aws.storage import S3Url, Storage


def check_channels(channels: list[JsonObject], storage: Storage) -> None:
    """Checks what AWS checks before it accepts a job, and that local AWS can do what a channel asks for.

    Raises:
        ValidationError: Channel names clash, a channel has no S3 objects, or it needs what we do not have.
    """
    names = [channel["ChannelName"] for channel in channels]
    if len(set(names)) < len(names):
        raise ValidationError("Channel names must be unique within InputDataConfig.")
    for channel in channels:
        name = channel["ChannelName"]
        source = channel["DataSource"].get("S3DataSource")
        if source is None or source["S3DataType"] != "S3Prefix":
            raise ValidationError(
                f"Channel {name}: local AWS reads S3DataSource with S3DataType S3Prefix only."
            )
        if channel.get("CompressionType", "None") != "None":
            raise ValidationError(f"Channel {name}: local AWS reads CompressionType None only.")
        if channel.get("InputMode", "File") == "Pipe":
            raise ValidationError(f"Channel {name}: local AWS has no InputMode Pipe.")
        if not data_objects(storage, S3Url.parse(source["S3Uri"])):
            raise ValidationError(no_objects(source["S3Uri"]))


def download_channel(channel: JsonObject, opt_ml: OptMl, storage: Storage) -> None:
    """Writes a channel's objects below `input/data/<channel>`; raises what `s3_input.download` raises."""
    prefix = S3Url.parse(channel["DataSource"]["S3DataSource"]["S3Uri"])
    download(storage, prefix, opt_ml.channel(channel["ChannelName"]))
