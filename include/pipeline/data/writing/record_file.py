"""Rows to train on, as an algorithm reads them that takes no CSV."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from include.pipeline.data.writing.buckets import fill_buckets
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.training.recordio import record


def write_records(rows: Rows, label: str, features: Sequence[str], path: Path) -> None:
    """Write rows as records, each with its label.

    Args:
        rows: In the order in which they are written, without gaps.
        label: The column to predict.
        features: The others, in the order of the model.
        path: Of the file.
    """
    with path.open("wb") as file, tempfile.TemporaryDirectory() as folder:
        for bucket in fill_buckets(rows, [label, *features], Path(folder)):
            columns = [column.to_numpy() for column in bucket.take().columns]
            labels, matrix = columns[0], np.column_stack(columns[1:])
            file.writelines(record(row, float(number)) for row, number in zip(matrix, labels, strict=True))
