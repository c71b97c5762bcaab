"""RecordIO-protobuf, against bytes written by hand from the format's description."""

import struct

import numpy as np
import pytest

from local_aws.algorithms.toolkit import recordio
from tests.local_aws.algorithms.records import dense, framed, sparse


def test_dense_records() -> None:
    rows = recordio.read_rows(dense([[0.5, 2.0], [1.5, -4.0]], [1.0, 0.0]))
    np.testing.assert_array_equal(rows.features, [[0.5, 2.0], [1.5, -4.0]])
    assert rows.labels is not None
    assert rows.labels.tolist() == [1, 0]


def test_records_without_labels() -> None:
    assert recordio.read_rows(dense([[0.5]])).labels is None


def test_sparse_records_have_the_width_of_their_shape() -> None:
    rows = recordio.read_rows(sparse([{0: 0.5, 300: 2.0}, {1: 1.0}], 400, [1.0, 0.0]))
    assert rows.features.shape == (2, 400)
    assert rows.features[0, 300] == 2.0
    assert rows.features.nnz == 3


def test_other_numbers_than_float32() -> None:
    record = recordio.Record()
    record.features["values"].int32_tensor.values.extend([1, -2])
    record.label["values"].float64_tensor.values.append(0.1)
    rows = recordio.read_rows(framed(record.SerializeToString()))
    assert rows.features.tolist() == [[1, -2]]
    assert rows.labels is not None
    assert rows.labels.tolist() == [0.1]


def test_answers_have_the_frame_and_tensors_of_the_description() -> None:
    answer = recordio.write_labels([{"score": [0.25]}])
    tensor = b"\x12\x08" + b"\x12\x06" + b"\x0a\x04" + struct.pack("<f", 0.25)
    value = b"\x12\x11" + b"\x0a\x05score" + tensor
    assert answer == struct.pack("<II", 0xCED7230A, len(value)) + value + b"\0" * (-len(value) % 4)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"", "No records found in RecordIO-Protobuf data"),
        (b"1,2,3,4\n", "Invalid RecordIO magic at offset 0"),
        (b"123", "Truncated record at offset 0"),
        (dense([[1.0]])[:-8], "Truncated record at offset 8"),
        (framed(b"\xff\xff"), "a record is not protobuf"),
        (framed(b""), 'a record has no feature "values"'),
        (dense([[1.0], [1.0, 2.0]]), "the records have different numbers of features"),
        (dense([[1.0], [2.0]], [1.0]), "there are 1 labels for 2 records"),
        (sparse([{7: 1.0}], 3, [1.0]), "a sparse record has a key beyond its shape"),
    ],
)
def test_bytes_that_are_no_records(payload: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recordio.read_rows(payload)
