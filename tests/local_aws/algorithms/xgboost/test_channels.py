"""Channels and files are refused as the built-in container refuses them."""

import logging
from pathlib import Path

import numpy as np
import pytest

from include.local_aws.algorithms.errors import UserError
from include.local_aws.algorithms.xgboost.channels import check_channels, read_matrix

# A warning of the wheel itself, which the container gives too.
pytestmark = pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated:UserWarning")


@pytest.mark.parametrize(
    ("content_type", "data_format"),
    [
        ({"ContentType": "csv"}, "csv"),
        ({"ContentType": "text/csv"}, "csv"),
        ({"ContentType": "libsvm"}, "libsvm"),
        ({"ContentType": "text/libsvm"}, "libsvm"),
        ({"ContentType": "text/x-libsvm"}, "libsvm"),
        ({}, "libsvm"),
    ],
)
def test_content_types(content_type: dict[str, str], data_format: str) -> None:
    assert check_channels({"train": content_type, "validation": content_type}) == data_format


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ({}, "Missing required channel: train"),
        ({"validation": {}}, "Missing required channel: train"),
        ({"train": {}, "test": {}}, "Extraneous channel found: test"),
        (
            {"train": {"ContentType": "text/csv;label_size=1"}},
            (
                "Channel configuration for 'train' channel is not supported: "
                "{'ContentType': 'text/csv;label_size=1'}"
            ),
        ),
    ],
)
def test_channels_that_are_refused(channels: dict[str, dict[str, str]], message: str) -> None:
    with pytest.raises(UserError) as caught:
        check_channels(channels)
    assert str(caught.value) == message


def test_csv_has_the_label_first(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,0.5,2\n0,,4\n")
    matrix = read_matrix(tmp_path, "csv")
    assert matrix.get_label().tolist() == [1, 0]
    features = matrix.get_data().toarray()
    np.testing.assert_array_equal(features, [[0.5, 2], [0, 4]])
    assert matrix.num_nonmissing() == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "data.csv").write_text(delimiter.join(["1", "0.5", "2.25"]) + "\n")
    assert read_matrix(tmp_path, "csv").num_col() == 2


def test_csv_weights(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,0.25,0.5,2\n0,0.75,1,4\n")
    matrix = read_matrix(tmp_path, "csv", csv_weights=1)
    assert matrix.get_weight().tolist() == [0.25, 0.75]
    assert matrix.num_col() == 2


def test_a_header_is_one_more_row_and_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data.csv").write_text("label,a,b\n1,0.5,2\n")
    with caplog.at_level(logging.WARNING):
        assert read_matrix(tmp_path, "csv").num_row() == 2
    assert "the first line of data.csv is not made of numbers" in caplog.text


def test_libsvm(tmp_path: Path) -> None:
    (tmp_path / "data.libsvm").write_text("1 0:0.5 2:2\n0:0.5 1:4\n")
    matrix = read_matrix(tmp_path, "libsvm")
    assert matrix.get_label().tolist() == [1, 0]
    assert matrix.num_col() == 3


@pytest.mark.parametrize("line", ["a,b,c", "1,0.5,2", "1 2 3", "", "x 1:2", "1:2:3 1:2", "1 1:2:3"])
def test_files_that_are_not_libsvm(tmp_path: Path, line: str) -> None:
    (tmp_path / "data").write_text(f"{line}\n")
    with pytest.raises(UserError, match=r"(?s)^First line '.*\.\.\.' of file 'data' is not 'LIBSVM' format"):
        read_matrix(tmp_path, "libsvm")


def test_hidden_files_are_no_data(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("1,2\n")
    with pytest.raises(UserError, match=r"^No data in "):
        read_matrix(tmp_path, "csv")


def test_a_first_line_without_a_delimiter(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("\n1,2\n")
    with pytest.raises(UserError, match=r"^Could not determine delimiter on line"):
        read_matrix(tmp_path, "csv")
