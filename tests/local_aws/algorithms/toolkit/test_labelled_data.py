"""Channels of Amazon's own algorithms are read and refused in their words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local_aws.algorithms.toolkit.labelled_data import DataForm, check_feature_dim, read_channels
from local_aws.errors import ClientError
from tests.local_aws.algorithms.records import dense, sparse
from tests.local_aws.algorithms.training_inputs import CSV, RECORDIO, prepare

NAMES = ("train", "validation", "test")
CONFIGURATION = (
    "Unable to initialize the algorithm. Failed to validate input data configuration. "
    "(caused by ValidationError)\n\nCaused by: "
)


@pytest.mark.parametrize(
    ("content", "config"),
    [
        (b"1,0.5,2\n0,1.5,-4\n", CSV),
        (b"1,0.5,2\n0,1.5,-4\n", {"ContentType": "text/csv;label_size=1"}),
        (dense([[0.5, 2.0], [1.5, -4.0]], [1.0, 0.0]), RECORDIO),
        (dense([[0.5, 2.0], [1.5, -4.0]], [1.0, 0.0]), {}),
        (sparse([{0: 0.5, 1: 2.0}, {0: 1.5, 1: -4.0}], 2, [1.0, 0.0]), RECORDIO),
    ],
)
def test_formats(tmp_path: Path, content: bytes, config: dict[str, str]) -> None:
    data = read_channels(prepare(tmp_path, {}, {"train": content}, config), NAMES)["train"]
    np.testing.assert_array_equal(data.features, [[0.5, 2], [1.5, -4]])
    np.testing.assert_array_equal(data.labels, [1, 0])


def test_all_files_of_a_channel_are_read(tmp_path: Path) -> None:
    opt_ml = prepare(tmp_path, {}, {"train": b"1,2\n"})
    (opt_ml.channel("train") / "more").write_bytes(b"3,4\n5,6\n")
    assert read_channels(opt_ml, NAMES)["train"].labels.tolist() == [1, 3, 5]


@pytest.mark.parametrize(
    ("config", "cause"),
    [
        ({}, "'train' is a required property"),
        ({"test": CSV}, "'train' is a required property"),
        ({"train": CSV, "foo": CSV}, "Additional properties are not allowed ('foo' was unexpected)"),
        *[
            (
                {"train": {"ContentType": content_type}},
                f"'{content_type}' is not one of ['application/x-recordio-protobuf', 'text/csv']",
            )
            for content_type in ("text/libsvm", "csv", "text/csv;label_size=0", "application/json")
        ],
    ],
)
def test_channels_that_are_refused(tmp_path: Path, config: dict[str, Any], cause: str) -> None:
    opt_ml = prepare(tmp_path, {}, {"train": b"1,2\n"})
    opt_ml.input_data_config.write_text(json.dumps(config))
    with pytest.raises(ClientError) as caught:
        read_channels(opt_ml, NAMES)
    assert str(caught.value) == CONFIGURATION + cause


@pytest.mark.parametrize(
    ("content", "config", "cause"),
    [
        (b"", CSV, "there is no data"),
        (b"label,a\n1,2\n", CSV, "could not convert string 'label' to float64 at row 0, column 1."),
        (b"1,2\n1,2,3\n", CSV, "the number of columns changed from 2 to 3 at row 2"),
        (b"1,\n", CSV, "could not convert string '' to float64 at row 0, column 2."),
        (b"1,nan\n", CSV, "a value is missing or infinite"),
        (b"1\n", CSV, "the rows have no features"),
        (b"1,2,3,4\n", RECORDIO, "Invalid RecordIO magic at offset 0"),
        (dense([[1.0]]), RECORDIO, "the records have no labels"),
    ],
)
def test_data_that_is_refused(tmp_path: Path, content: bytes, config: dict[str, str], cause: str) -> None:
    with pytest.raises(ClientError) as caught:
        read_channels(prepare(tmp_path, {}, {"train": content}, config), NAMES)
    assert str(caught.value).startswith(
        f"Unable to read data channel 'train'. Requested content-type is '{config['ContentType']}'. Please "
        f"verify the data matches the requested content-type. (caused by {cause}"
    )


def test_an_algorithm_has_a_form_of_its_own(tmp_path: Path) -> None:
    form = DataForm(label_sizes=("0",), has_labels=False, is_sparse=True)
    config = {"ContentType": "text/csv;label_size=0"}
    data = read_channels(prepare(tmp_path / "csv", {}, {"train": b"1,2\n3,4\n"}, config), NAMES, form)[
        "train"
    ]
    np.testing.assert_array_equal(data.features.toarray(), [[1, 2], [3, 4]])
    assert data.labels.shape == (0,)
    opt_ml = prepare(tmp_path / "records", {}, {"train": dense([[0.5, 2.0]])}, RECORDIO)
    np.testing.assert_array_equal(read_channels(opt_ml, NAMES, form)["train"].features.toarray(), [[0.5, 2]])
    with pytest.raises(ClientError, match="a value is a float32_tensor, and has to be one of int32_tensor"):
        read_channels(opt_ml, NAMES, DataForm(tensors=("int32_tensor",)))


def test_numbers_of_features_must_agree(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="The channels have different numbers of features"):
        read_channels(prepare(tmp_path / "a", {}, {"train": b"1,2\n", "test": b"1,2,3\n"}), NAMES)
    data = read_channels(prepare(tmp_path / "b", {}, {"train": b"1,2\n"}), NAMES)
    with pytest.raises(ClientError, match="'feature_dim' has value 3 but the data has 1 features"):
        check_feature_dim(data, 3)
