"""A training job's input channels: checked when it is created, downloaded when it runs."""

from pathlib import Path

from include.local_aws.aws_errors import ValidationError
from include.local_aws.opt_ml import OptMl
from include.local_aws.resources import JsonObject
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
        if not _data_keys(storage, S3Url.parse(source["S3Uri"])):
            raise ValidationError(
                f'No S3 objects found under S3 URL "{source["S3Uri"]}" given in input data source. Please '
                "ensure that the bucket exists in the selected region, that objects exist under that S3 "
                'prefix, and that the role has "s3:ListBucket" permissions on the bucket.'
            )


def download_channel(channel: JsonObject, opt_ml: OptMl, storage: Storage) -> None:
    """Writes a channel's objects below `input/data/<channel>`.

    Raises:
        NoSuchObjectError: An object vanished since it was listed.
        ValueError: A key would leave the channel's directory.
    """
    prefix = S3Url.parse(channel["DataSource"]["S3DataSource"]["S3Uri"])
    download_objects(prefix, opt_ml.channel(channel["ChannelName"]), storage)


def download_objects(prefix: S3Url, directory: Path, storage: Storage) -> None:
    """Writes the objects below a prefix into a new directory.

    Raises:
        NoSuchObjectError: An object vanished since it was listed.
        ValueError: A key would leave the directory.
    """
    directory.mkdir(parents=True)
    for key in _data_keys(storage, prefix):
        target = (directory / _path_below(prefix.key, key)).resolve()
        if not target.is_relative_to(directory.resolve()):
            raise ValueError(f"the key {key!r} leads out of the channel's directory")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(storage.read(S3Url(prefix.bucket, key)))


def _data_keys(storage: Storage, prefix: S3Url) -> list[str]:
    """The keys below a prefix, without the empty objects that stand for folders."""
    return [key for key in storage.keys(prefix) if not key.endswith("/")]


def _path_below(prefix: str, key: str) -> str:
    """Where an object goes: its path below the prefix, which is a folder, a key, or the start of names."""
    folder = f"{prefix.removesuffix('/')}/" if prefix else ""
    if not key.startswith(folder):
        folder = prefix[: prefix.rfind("/") + 1]
    return key.removeprefix(folder)
