"""Rows as RecordIO, read back by the reader of local AWS, which is built of the guide's own schema."""

import numpy as np
import pytest

from include.pipeline.documents.training.recordio import record, record_of_line
from local_aws.algorithms.toolkit.recordio import FLOAT32, read_rows
from tests.local_aws.algorithms.records import sparse


def test_rows_are_read_back_with_what_is_not_0_alone() -> None:
    random = np.random.RandomState(0)
    # More features than a key of one or two bytes can name.
    rows = random.normal(size=(50, 20_000)) * (random.random_sample((50, 20_000)) < 0.001)
    rows[7] = 0
    labels = random.normal(size=50)
    content = b"".join(record(row, label) for row, label in zip(rows, labels, strict=True))
    found = read_rows(content, (FLOAT32,))
    assert found.features.shape == (50, 20_000)
    assert found.features.nnz == np.count_nonzero(rows)
    assert np.array_equal(found.features.toarray(), rows.astype(np.float32))
    assert found.labels is not None
    assert np.array_equal(found.labels, labels.astype(np.float32))


def test_a_record_is_the_guides_to_the_byte() -> None:
    written = record(np.array([0, 1.5, 0, -2]), 1.0)
    assert written == sparse([{1: 1.5, 3: -2.0}], 4, [1.0])


@pytest.mark.parametrize("line", [b"1.0,0,-3.5,1e-05\n", b"1,0.0,-3.5,0.00001"])
def test_a_line_of_csv_is_a_record_without_label(line: bytes) -> None:
    found = read_rows(record_of_line(line))
    assert found.labels is None
    assert found.features.toarray().tolist() == [[1.0, 0.0, -3.5, float(np.float32(1e-05))]]
