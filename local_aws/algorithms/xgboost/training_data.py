"""Read the files of channels as the built-in XGBoost container reads them."""

import csv
import logging
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from local_aws.algorithms.xgboost.channels import DataFormat
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.errors import UserError

_LOG = logging.getLogger(__name__)
_SNIPPET = 50
_DEEPEST_FOLDER = 3


def read_matrix(channels: Mapping[str, Path], data_format: DataFormat, csv_weights: int = 0) -> Any:
    """Read the files of one or more channels into one DMatrix, with the container's own calls.

    Args:
        channels: The directory of each channel, by name.
        data_format: The format of the files. In CSV and Parquet the label is the first column, in RecordIO it
            is named. CSV has no header.
        csv_weights: 1 where the second column of CSV is the weight.

    Raises:
        UserError: There are no data, or they do not have the format.
    """
    files = [file for name, directory in channels.items() for file in _files(name, directory)]
    if data_format in ("csv", "libsvm"):
        for file in files:
            if not file.name.startswith("_"):
                _FIRST_LINE_CHECKS[data_format](file)
    (directory, *others) = channels.values()
    if not others and all(file.parent == directory for file in files):
        return _load(directory, data_format, csv_weights)
    with tempfile.TemporaryDirectory() as links:
        for number, file in enumerate(files):
            (Path(links) / f"{number:06}-{file.name}").symlink_to(file)
        return _load(Path(links), data_format, csv_weights)


def _files(channel: str, directory: Path) -> list[Path]:
    files = sorted(file for file in directory.rglob("*") if file.is_file())
    if any(file.name.startswith(".") for file in files):
        raise UserError("Hidden file found in the data path! Remove that before training.")
    if not any(file.stat().st_size for file in files):
        shown = "training" if channel == "train" else channel
        raise UserError(f"No data in {shown} channel path {directory}")
    near = [file for file in files if len(file.relative_to(directory).parts) <= _DEEPEST_FOLDER]
    if len(near) < len(files):
        _LOG.warning(
            "The depth of folder %s exceed the limit %d. Files in deeper sub dirs won't be loaded. Please "
            "adjust the folder structure accordingly.",
            directory,
            _DEEPEST_FOLDER,
        )
    return near


def _load(directory: Path, data_format: DataFormat, csv_weights: int) -> Any:
    try:
        matrix = _LOADERS[data_format](directory, csv_weights)
    except (ValueError, TypeError, OSError, xgboost.core.XGBoostError) as error:
        raise UserError(f"Failed to load {data_format} data with exception:\n{error}") from error
    if matrix.get_label().size == 0:
        raise UserError(
            "Got input data without labels. Please check the input data set. If training job is running on "
            "multiple instances, please switch to using single instance if number of records in the data set "
            "is less than number of workers (16 * number of instance) in the cluster."
        )
    return matrix


def _load_csv(directory: Path, csv_weights: int) -> Any:
    delimiter = _sniffed(min(directory.iterdir()))
    _LOG.info("Determined delimiter of CSV input is '%s'", delimiter)
    uri = f"{directory}?format=csv&label_column=0&delimiter={delimiter}"
    return xgboost.DMatrix(f"{uri}&weight_column=1" if csv_weights == 1 else uri)


def _load_libsvm(directory: Path, _: int) -> Any:
    return xgboost.DMatrix(f"{directory}?format=libsvm")


def _load_parquet(directory: Path, _: int) -> Any:
    from pyarrow import parquet  # noqa: PLC0415 - only a job with Parquet should pay for it

    table = parquet.read_table(directory)
    columns = np.column_stack([column.to_numpy() for column in table.columns])
    return xgboost.DMatrix(columns[:, 1:], label=columns[:, 0])


def _load_recordio(directory: Path, _: int) -> Any:
    from local_aws.algorithms.toolkit import recordio  # noqa: PLC0415 - only a job with RecordIO, as above

    payload = b"".join(file.read_bytes() for file in sorted(directory.iterdir()))
    rows = recordio.read_rows(payload)
    return xgboost.DMatrix(rows.features, label=rows.labels)


_LOADERS: Mapping[DataFormat, Callable[[Path, int], Any]] = {
    "csv": _load_csv,
    "libsvm": _load_libsvm,
    "parquet": _load_parquet,
    "recordio-protobuf": _load_recordio,
}


def _first_line(file: Path) -> str:
    with file.open(errors="ignore") as lines:
        return lines.readline()


def _sniffed(file: Path) -> str:
    line = _first_line(file)
    try:
        return csv.Sniffer().sniff(line).delimiter
    except csv.Error as error:
        raise UserError(f"Could not determine delimiter on line {line[:_SNIPPET]}:\n{error}") from error


def _check_csv(file: Path) -> None:
    if any(_is_text(cell) for cell in _first_line(file).split(_sniffed(file))):
        _LOG.warning(
            "Local AWS: the first line of %s is not made of numbers. The container takes a header for one "
            "more row, and text for missing values.",
            file.name,
        )


def _is_text(cell: str) -> bool:
    try:
        float(cell.strip() or "nan")
    except ValueError:
        return True
    return False


def _check_libsvm(file: Path) -> None:
    """Check for `<label>[:<weight>] <index>:<value> ...` up to the first line with more than one feature."""
    with file.open(errors="ignore") as lines:
        for line in lines:
            label, *features = line.split() or [""]
            is_label = label.count(":") <= 1 and not any(_is_text(part or "-") for part in label.split(":"))
            if not is_label or not all(feature.count(":") == 1 for feature in features):
                raise UserError(
                    f"First line '{line[:_SNIPPET]}...' of file '{file.name}' is not 'LIBSVM' format. Please "
                    "ensure the file is in 'LIBSVM' format."
                )
            if len(features) > 1:
                return
    _LOG.warning(
        "File %s is not an invalid LIBSVM file but has no features. Accepting simple validation.", file.name
    )


_FIRST_LINE_CHECKS: Mapping[str, Callable[[Path], None]] = {"csv": _check_csv, "libsvm": _check_libsvm}
