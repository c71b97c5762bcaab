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
# What the image that has no Pipe mode any more says of a format (data_utils.py at 3.2-0).
_IN_PIPE_MODE: Mapping[DataFormat, str] = {
    "csv": "CSV",
    "parquet": "Parquet",
    "recordio-protobuf": "RecordIO-Protobuf",
}


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
    for name, given in channels.items():
        if name not in _CHANNELS:
            raise UserError(f"Extraneous channel found: {name}")
        channel = {**given}
        content_type = channel.setdefault("ContentType", DEFAULT_CONTENT_TYPE)
        kind = CONTENT_TYPES.get(content_type)
        if kind is None or (_is_piped(channel) and kind not in _IN_PIPE_MODE):
            raise UserError(f"Channel configuration for '{name}' channel is not supported: {channel}")
    data_format = CONTENT_TYPES[channels["train"].get("ContentType", DEFAULT_CONTENT_TYPE)]
    if _is_piped(channels["train"]):
        raise UserError(
            f"Pipe mode for {_IN_PIPE_MODE[data_format]} is no longer supported. Please use Fast File mode "
            "(default) instead. Set input_mode='File' in your SageMaker Estimator or TrainingInput."
        )
    return data_format


def _is_piped(channel: Mapping[str, str]) -> bool:
    return channel.get("TrainingInputMode") == "Pipe"
