"""Files are read and refused as the built-in container reads and refuses them."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from local_aws.algorithms.xgboost.channels import DataFormat
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.training_data import read_matrix
from local_aws.errors import UserError
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.records import dense, sparse

# A warning of the wheel itself, which the container gives too.
pytestmark = pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated:UserWarning")


def read(directory: Path, data_format: DataFormat, csv_weights: int = 0) -> Any:
    return read_matrix({"train": directory}, data_format, csv_weights)


def test_csv_has_the_label_first(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,0.5,2\n0,,4\n")
    matrix = read(tmp_path, "csv")
    assert matrix.get_label().tolist() == [1, 0]
    features = matrix.get_data().toarray()
    np.testing.assert_array_equal(features, [[0.5, 2], [0, 4]])
    assert matrix.num_nonmissing() == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "data.csv").write_text(delimiter.join(["1", "0.5", "2.25"]) + "\n")
    assert read(tmp_path, "csv").num_col() == 2


def test_csv_weights(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,0.25,0.5,2\n0,0.75,1,4\n")
    matrix = read(tmp_path, "csv", csv_weights=1)
    assert matrix.get_weight().tolist() == [0.25, 0.75]
    assert matrix.num_col() == 2


def test_a_header_is_one_more_row_and_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data.csv").write_text("label,a,b\n1,0.5,2\n")
    with caplog.at_level(logging.WARNING):
        assert read(tmp_path, "csv").num_row() == 2
    assert "the first line of data.csv is not made of numbers" in caplog.text


def test_libsvm(tmp_path: Path) -> None:
    (tmp_path / "data.libsvm").write_text("1 0:0.5 2:2\n0:0.5 1:4\n")
    matrix = read(tmp_path, "libsvm")
    assert matrix.get_label().tolist() == [1, 0]
    assert matrix.num_col() == 3


def test_libsvm_with_the_groups_of_a_ranking(tmp_path: Path) -> None:
    (tmp_path / "data.libsvm").write_text("1 qid:1 0:0.5\n0 qid:1 0:4\n2 qid:2 0:1\n")
    assert read(tmp_path, "libsvm").get_uint_info("group_ptr").tolist() == [0, 2, 3]


def test_parquet_has_the_label_first_and_its_nulls_are_missing(tmp_path: Path) -> None:
    table = pa.table({"y": [1, 0, 1], "a": [0.5, None, 1.5], "b": [1, 2, 3]})
    parquet.write_table(table, tmp_path / "data.parquet")
    matrix = read(tmp_path, "parquet")
    assert matrix.get_label().tolist() == [1, 0, 1]
    np.testing.assert_array_equal(matrix.get_data().toarray(), [[0.5, 1], [0, 2], [1.5, 3]])
    assert matrix.num_nonmissing() == 5


def test_recordio_dense(tmp_path: Path) -> None:
    (tmp_path / "a.pbr").write_bytes(dense([[0.5, 2.0]], [1.0]))
    (tmp_path / "b.pbr").write_bytes(dense([[1.5, 4.0]], [0.0]))
    matrix = read(tmp_path, "recordio-protobuf")
    assert matrix.get_label().tolist() == [1, 0]
    np.testing.assert_array_equal(matrix.get_data().toarray(), [[0.5, 2], [1.5, 4]])


def test_recordio_sparse_leaves_out_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "data.pbr").write_bytes(sparse([{0: 0.5, 3: 2.0}, {1: 1.0}], 5, [1.0, 0.0]))
    matrix = read(tmp_path, "recordio-protobuf")
    assert (matrix.num_row(), matrix.num_col(), matrix.num_nonmissing()) == (2, 5, 3)


@pytest.mark.parametrize("line", ["a,b,c", "1,0.5,2", "1 2 3", "", "x 1:2", "1:2:3 1:2", "1 1:2:3"])
def test_files_that_are_not_libsvm(tmp_path: Path, line: str) -> None:
    (tmp_path / "data").write_text(f"{line}\n")
    with pytest.raises(UserError, match=r"(?s)^First line '.*\.\.\.' of file 'data' is not 'LIBSVM' format"):
        read(tmp_path, "libsvm")


def test_libsvm_is_checked_up_to_the_first_line_with_features(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("1\n0 0:1\nno\n")
    with pytest.raises(UserError, match=r"^First line 'no"):
        read(tmp_path, "libsvm")
    (tmp_path / "data").write_text("1 0:1\n0 0:2\n")
    assert read(tmp_path, "libsvm").num_row() == 2
    assert "File data is not an invalid LIBSVM file but has no features" in caplog.text


def _parquet_of_text(path: Path) -> None:
    parquet.write_table(pa.table({"y": [1.0], "a": ["x"]}), path)


@pytest.mark.parametrize(
    ("data_format", "content", "message"),
    [
        ("csv", b"\n1,2\n", "Could not determine delimiter on line"),
        ("csv", b"", "No data in training channel path "),
        ("libsvm", b"", "No data in training channel path "),
        ("parquet", b"1,2,3\n", "Failed to load parquet data with exception:\n"),
        ("parquet", _parquet_of_text, "Failed to load parquet data with exception:\n"),
        ("recordio-protobuf", b"1,2,3\n", "Failed to load recordio-protobuf data with exception:\n"),
        ("recordio-protobuf", dense([[1.0], [2.0]], [1.0]), "Failed to load recordio-protobuf data with"),
        ("recordio-protobuf", dense([[1.0, 2.0]]), "Got input data without labels. Please check the input"),
    ],
)
def test_data_that_is_refused(tmp_path: Path, data_format: DataFormat, content: Any, message: str) -> None:
    path = tmp_path / "data"
    path.write_bytes(content) if isinstance(content, bytes) else content(path)
    with pytest.raises(UserError) as caught:
        read(tmp_path, data_format)
    assert str(caught.value).startswith(message)


def test_no_files_and_hidden_files(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"^No data in validation channel path {tmp_path}$"):
        read_matrix({"validation": tmp_path}, "csv")
    (tmp_path / ".hidden").write_text("1,2\n")
    with pytest.raises(
        UserError, match=r"^Hidden file found in the data path! Remove that before training\."
    ):
        read(tmp_path, "csv")


def test_folders_are_read_to_the_third(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for depth, folder in enumerate(("", "a", "a/b", "a/b/c")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "same.csv").write_text(f"{depth},1,2\n")
    assert sorted(read(tmp_path, "csv").get_label().tolist()) == [0, 1, 2]
    assert "exceed the limit 3. Files in deeper sub dirs won't be loaded" in caplog.text


def test_two_channels_are_read_into_one_matrix(tmp_path: Path) -> None:
    for name, label in (("train", 1), ("validation", 0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.csv").write_text(f"{label},0.5,2\n" * 2)
    channels = {name: tmp_path / name for name in ("train", "validation")}
    assert sorted(read_matrix(channels, "csv").get_label().tolist()) == [0, 0, 1, 1]


def test_every_format_makes_the_same_model(tmp_path: Path, rows: np.ndarray) -> None:
    exact = rows.astype(np.float32)
    formats: dict[DataFormat, bytes] = {
        "csv": as_csv(rows),
        "recordio-protobuf": dense(exact[:, 1:].tolist(), exact[:, 0].tolist()),
        "libsvm": "".join(
            f"{row[0]} " + " ".join(f"{column}:{value}" for column, value in enumerate(row[1:])) + "\n"
            for row in rows.tolist()
        ).encode(),
    }
    models = set()
    for data_format, content in formats.items():
        (tmp_path / data_format).mkdir()
        (tmp_path / data_format / "data").write_bytes(content)
    (tmp_path / "parquet").mkdir()
    table = pa.table({str(column): rows[:, column] for column in range(rows.shape[1])})
    parquet.write_table(table, tmp_path / "parquet" / "data")
    for data_format in (*formats, "parquet"):
        booster = xgboost.train(
            {"objective": "binary:logistic"}, read(tmp_path / data_format, data_format), 3
        )
        models.add(booster.predict(xgboost.DMatrix(rows[:, 1:])).tobytes())
    assert len(models) == 1
