"""The scale of each feature among the training rows, for algorithms that take none other, and no gaps."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from sklearn.preprocessing import StandardScaler

from include.pipeline.data.encoding.apply import features_of, is_missing
from include.pipeline.data.encoding.record import Category, Encoding, Scaling


def fit_scaling(encoding: Encoding, train: Iterable[pa.RecordBatch], *, is_sparse: bool = False) -> Encoding:
    """Add to an encoding how features are scaled, and which columns are told where they are missing.

    Args:
        encoding: As `fit` made it.
        train: All training rows, some at a time, as `encode` takes them. Each feature has a value in one.
        is_sparse: Whether the columns that mark a category's values stay 0 and 1, most of them 0.
    """
    scaler, missing = StandardScaler(), dict.fromkeys((column.name for column in encoding.columns), False)
    for rows in train:
        if not rows.num_rows:
            continue
        made = features_of(rows, encoding)
        scaler.partial_fit(
            np.column_stack([column.to_numpy(zero_copy_only=False) for column in made.columns])
        )
        for column in encoding.columns:
            missing[column.name] |= bool(column.features) and bool(is_missing(made, column.features).any())
    scales = zip(_are_marks(encoding), scaler.mean_.tolist(), scaler.scale_.tolist(), strict=True)
    means, deviations = zip(
        *((0.0, 1.0) if is_mark and is_sparse else scale for is_mark, *scale in scales), strict=True
    )
    scaling = Scaling(
        means=means,
        deviations=deviations,
        indicators=tuple(name for name, is_there in missing.items() if is_there),
    )
    return encoding.model_copy(update={"scaling": scaling})


def _are_marks(encoding: Encoding) -> Iterator[bool]:
    for column in encoding.columns:
        is_mark = isinstance(column, Category) and column.encode == "onehot"
        yield from (is_mark for _ in column.features)
