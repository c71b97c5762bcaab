"""The input channels of the built-in XGBoost, and the files in them."""

import csv
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from include.local_aws.algorithms.errors import UserError
from include.local_aws.algorithms.xgboost.library import xgboost

_LOG = logging.getLogger(__name__)
_CONTENT_TYPES: Mapping[str, Literal["csv", "libsvm"]] = {
    "csv": "csv",
    "libsvm": "libsvm",
    "text/csv": "csv",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
}
_DEFAULT_CONTENT_TYPE = "text/libsvm"
_CHANNELS = ("train", "validation")
_SNIPPET = 50


def check_channels(channels: Mapping[str, Mapping[str, str]]) -> Literal["csv", "libsvm"]:
    """Checks a job's channels.

    Args:
        channels: inputdataconfig.json.

    Returns:
        The format of the train channel, which is that of all.

    Raises:
        UserError: In the container's words.
    """
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    for name, channel in channels.items():
        if name not in _CHANNELS:
            raise UserError(f"Extraneous channel found: {name}")
        if channel.get("ContentType", _DEFAULT_CONTENT_TYPE) not in _CONTENT_TYPES:
            raise UserError(f"Channel configuration for '{name}' channel is not supported: {dict(channel)}")
    return _CONTENT_TYPES[channels["train"].get("ContentType", _DEFAULT_CONTENT_TYPE)]


def read_matrix(directory: Path, data_format: Literal["csv", "libsvm"], csv_weights: int = 0) -> Any:
    """Reads a channel's files with the container's own DMatrix call.

    Args:
        directory: The channel's files.
        data_format: How they are written. In CSV the first column is the label, and there is no header.
        csv_weights: 1 where CSV's second column is the weight.

    Raises:
        UserError: There are no files, or they do not have the format.
    """
    files = _data_files(directory)
    if not files:
        raise UserError(f"No data in {directory.name} channel path {directory}")
    if data_format == "libsvm":
        for file in files:
            _check_libsvm(file)
        uri = f"{directory}?format=libsvm"
    else:
        delimiters = [_delimiter(file) for file in files]
        uri = f"{directory}?format=csv&label_column=0&delimiter={delimiters[0]}"
        if csv_weights == 1:
            uri += "&weight_column=1"
    try:
        return xgboost.DMatrix(uri)
    except xgboost.core.XGBoostError as error:
        raise UserError(f"Failed to load {data_format} data with exception:\n{error}") from error


def _data_files(directory: Path) -> list[Path]:
    files = sorted(file for file in directory.rglob("*") if file.is_file())
    return [file for file in files if not file.name.startswith((".", "_"))]


def _first_line(file: Path) -> str:
    with file.open(errors="ignore") as lines:
        return lines.readline()


def _delimiter(file: Path) -> str:
    line = _first_line(file)
    try:
        delimiter = csv.Sniffer().sniff(line).delimiter
    except csv.Error as error:
        raise UserError(f"Could not determine delimiter on line {line[:_SNIPPET]}:\n{error}") from error
    _LOG.info("Determined delimiter of CSV input is '%s'", delimiter)
    if any(_is_text(cell) for cell in line.split(delimiter)):
        _LOG.warning(
            "Local AWS: the first line of %s is not made of numbers. The container takes a header for one "
            "more row, and text for missing values.",
            file.name,
        )
    return delimiter


def _is_text(cell: str) -> bool:
    try:
        float(cell.strip() or "nan")
    except ValueError:
        return True
    return False


def _check_libsvm(file: Path) -> None:
    """Checks the first line: `<label>[:<weight>] <index>:<value> ...`."""
    line = _first_line(file)
    label, *features = line.split() or [""]
    is_label = label.count(":") <= 1 and all(part and not _is_text(part) for part in label.split(":"))
    if not is_label or not all(feature.count(":") == 1 for feature in features):
        raise UserError(
            f"First line '{line[:_SNIPPET]}...' of file '{file.name}' is not 'LIBSVM' format. Please ensure "
            "the file is in 'LIBSVM' format."
        )
