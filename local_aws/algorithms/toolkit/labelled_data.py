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
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from werkzeug.http import parse_options_header

from local_aws.algorithms.toolkit import recordio
from local_aws.algorithms.toolkit.hyperparameter_schema import refusal
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl

_CSV = "text/csv"
_Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class DataForm:
    """What an algorithm reads."""

    content_types: tuple[str, ...] = (recordio.CONTENT_TYPE, _CSV)
    """The content types."""
    tensors: tuple[str, ...] = recordio.TENSORS
    """The kinds of tensors in RecordIO."""
    label_sizes: tuple[str, ...] = ("1",)
    """How many columns of CSV may be labels. Without label_size it is one, whether or not it is read."""
    has_labels: bool = True
    """Whether each row must have a label."""
    is_sparse: bool = False
    """Whether the features are to be a CSR matrix."""


LABELLED = DataForm()
UNLABELLED = DataForm(label_sizes=("0",), has_labels=False)


@dataclass(frozen=True)
class LabelledData:
    """A channel's rows."""

    features: Any
    """The features, of shape (rows, features): an array, or a CSR matrix where the form is sparse."""
    labels: _Array
    """The label of each row, of shape (rows,). Of shape (0,) where the rows have none."""


def read_channels(opt_ml: OptMl, names: Sequence[str], form: DataForm = LABELLED) -> dict[str, LabelledData]:
    """Read a job's channels, of which `train` is required.

    Args:
        opt_ml: The container's directories.
        names: The channels that the algorithm knows.
        form: What it reads.

    Raises:
        ClientError: A channel is missing or unknown, or its type is not supported, or not that of its data.
    """
    config: Mapping[str, Mapping[str, str]] = json.loads(opt_ml.input_data_config.read_text())
    if "train" not in config:
        raise bad_configuration("'train' is a required property")
    if unknown := sorted(set(config) - set(names)):
        raise bad_configuration(f"Additional properties are not allowed ('{unknown[0]}' was unexpected)")
    data = {}
    for name, channel in config.items():
        content_type = channel.get("ContentType", recordio.CONTENT_TYPE)
        kind, options = parse_options_header(content_type)
        label_size = options.get("label_size", "1")
        if kind not in form.content_types or label_size not in (*form.label_sizes, "1"):
            raise bad_configuration(f"'{content_type}' is not one of {list(form.content_types)}")
        try:
            data[name] = _read(opt_ml.channel(name), kind, int(label_size), form)
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


def bad_configuration(cause: str) -> ClientError:
    """Return the error for channels that the algorithm does not take."""
    return refusal("Unable to initialize the algorithm. Failed to validate input data configuration.", cause)


def _read(directory: Path, kind: str, label_size: int, form: DataForm) -> LabelledData:
    files = sorted(file for file in directory.rglob("*") if file.is_file())
    payload = [content for file in files if (content := file.read_bytes())]
    if not payload:
        raise ValueError("there is no data")
    if kind == _CSV:
        table = np.vstack([np.loadtxt(io.BytesIO(content), delimiter=",", ndmin=2) for content in payload])
        features: Any = table[:, label_size:]
        labels = table[:, 0] if label_size else np.empty(0)
    else:
        rows = recordio.read_rows(b"".join(payload), form.tensors)
        features, labels = rows.features, np.empty(0) if rows.labels is None else rows.labels
    if form.has_labels and not labels.size:
        raise ValueError("the records have no labels")
    if not features.shape[1]:
        raise ValueError("the rows have no features")
    if form.is_sparse:
        features = csr_matrix(features)
    elif not isinstance(features, np.ndarray):
        features = features.toarray()
    values = features.data if form.is_sparse else features
    if not (np.isfinite(values).all() and np.isfinite(labels).all()):
        raise ValueError("a value is missing or infinite")
    return LabelledData(features, labels)
