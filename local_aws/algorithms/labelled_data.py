"""The training data of Amazon's own algorithms: channels of rows with a label, in CSV or RecordIO.

Source: "Common data formats for training" in the SageMaker developer guide.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from werkzeug.http import parse_options_header

from local_aws.algorithms import recordio
from local_aws.algorithms.hyperparameter_schema import refusal
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_CSV = "text/csv"
_CONTENT_TYPES = (recordio.CONTENT_TYPE, _CSV)
_Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class LabelledData:
    """A channel's rows."""

    features: _Array
    """The features, of shape (rows, features)."""
    labels: _Array
    """The label of each row, of shape (rows,)."""


def read_channels(opt_ml: OptMl, names: Sequence[str]) -> dict[str, LabelledData]:
    """Read a job's channels, of which `train` is required.

    Args:
        opt_ml: The container's directories.
        names: The channels that the algorithm knows.

    Raises:
        ClientError: A channel is missing or unknown, or its type is not supported, or not that of its data.
    """
    config: Mapping[str, Mapping[str, str]] = json.loads(opt_ml.input_data_config.read_text())
    if "train" not in config:
        raise _bad_configuration("'train' is a required property")
    if unknown := sorted(set(config) - set(names)):
        raise _bad_configuration(f"Additional properties are not allowed ('{unknown[0]}' was unexpected)")
    data = {}
    for name, channel in config.items():
        content_type = channel.get("ContentType", recordio.CONTENT_TYPE)
        kind, options = parse_options_header(content_type)
        if kind not in _CONTENT_TYPES or options.get("label_size", "1") != "1":
            raise _bad_configuration(f"'{content_type}' is not one of {list(_CONTENT_TYPES)}")
        try:
            data[name] = _read(opt_ml.channel(name), kind)
        except ValueError as error:
            raise ClientError(
                f"Unable to read data channel '{name}'. Requested content-type is '{content_type}'. Please "
                f"verify the data matches the requested content-type. (caused by {error})"
            ) from error
    widths = {name: rows.features.shape[1] for name, rows in data.items()}
    if len(set(widths.values())) > 1:
        raise ClientError(f"The channels have different numbers of features: {widths}")
    return data


def check_feature_dim(data: Mapping[str, LabelledData], feature_dim: int) -> None:
    """Check the hyperparameter feature_dim against the data.

    Raises:
        ClientError: The rows have another number of features.
    """
    width = data["train"].features.shape[1]
    if width != feature_dim:
        raise ClientError(
            f"The hyperparameter 'feature_dim' has value {feature_dim} but the data has {width} features."
        )


def _bad_configuration(cause: str) -> ClientError:
    return refusal("Unable to initialize the algorithm. Failed to validate input data configuration.", cause)


def _read(directory: Path, kind: str) -> LabelledData:
    files = sorted(file for file in directory.rglob("*") if file.is_file())
    payload = [content for file in files if (content := file.read_bytes())]
    if not payload:
        raise ValueError("there is no data")
    if kind == _CSV:
        table = np.vstack([np.loadtxt(io.BytesIO(content), delimiter=",", ndmin=2) for content in payload])
        features, labels = table[:, 1:], table[:, 0]
    else:
        rows = recordio.read_rows(b"".join(payload))
        if rows.labels is None:
            raise ValueError("the records have no labels")
        features = rows.features if isinstance(rows.features, np.ndarray) else rows.features.toarray()
        labels = rows.labels
    if not features.shape[1]:
        raise ValueError("the rows have no features")
    if not (np.isfinite(features).all() and np.isfinite(labels).all()):
        raise ValueError("a value is missing or infinite")
    return LabelledData(features, labels)
