"""The input channels of the built-in XGBoost, and their content types."""

from collections.abc import Mapping
from typing import Literal

from local_aws.errors import UserError

DataFormat = Literal["csv", "libsvm", "parquet", "recordio-protobuf"]
CONTENT_TYPES: Mapping[str, DataFormat] = {
    "csv": "csv",
    "libsvm": "libsvm",
    "parquet": "parquet",
    "recordio-protobuf": "recordio-protobuf",
    "text/csv": "csv",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "application/x-parquet": "parquet",
    "application/x-recordio-protobuf": "recordio-protobuf",
}
DEFAULT_CONTENT_TYPE = "text/libsvm"
_CHANNELS = ("train", "validation")


def check_channels(channels: Mapping[str, Mapping[str, str]]) -> DataFormat:
    """Check a job's channels. A content type must be spelled as in `CONTENT_TYPES`.

    Args:
        channels: The content of inputdataconfig.json.

    Returns:
        The format of the train channel, which is taken for the format of all.

    Raises:
        UserError: A channel is missing, unknown or not supported. The message is the container's.
    """
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    for name, channel in channels.items():
        if name not in _CHANNELS:
            raise UserError(f"Extraneous channel found: {name}")
        if channel.get("ContentType", DEFAULT_CONTENT_TYPE) not in CONTENT_TYPES:
            raise UserError(f"Channel configuration for '{name}' channel is not supported: {dict(channel)}")
    return CONTENT_TYPES[channels["train"].get("ContentType", DEFAULT_CONTENT_TYPE)]
