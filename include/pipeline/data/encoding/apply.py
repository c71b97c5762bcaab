"""Rows made into what the model takes: the one piece of code that does it, whoever asks.

The rows to train, to validate and to test on are encoded here, and so are those of callers of an endpoint.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.pipeline.data.encoding.cells import moments_of
from include.pipeline.data.encoding.record import Category, Date, Encoding
from include.pipeline.data.places import row_number
from include.pipeline.documents.table.columns import DatePart
from include.pipeline.errors import DataError


def encode(rows: pa.RecordBatch, encoding: Encoding) -> pa.RecordBatch:
    """Encode rows.

    A missing value is missing in all that is made of it, and left to XGBoost; for an algorithm that cannot do
    with it, it is the mean. A value that has no column of its own is 0 in all of them, and 1 in the one of
    other values, where there is one; it has no place in the alphabet, and so is missing there.

    Args:
        rows: A column for each of the encoding: numbers, NaN where missing; categories as strings, plain or
            in a dictionary, null where missing; dates as days since 1970-01-01, NaN where missing.
        encoding: As `fit` made it.

    Returns:
        The features, in their order: whole numbers, or float64 with NaN where nothing is scaled.
    """
    made = features_of(rows, encoding)
    return scaled(made, encoding) if encoding.scaling else made


def features_of(rows: pa.RecordBatch, encoding: Encoding) -> pa.RecordBatch:
    """Make features of the columns, as `encode` does before it scales them."""
    arrays: list[pa.Array] = []
    for column in encoding.columns:
        match column:
            case Category():
                arrays += _category(rows.column(column.name), column)
            case Date():
                arrays += _date(rows, column)
            case _:
                arrays.append(rows.column(column.name))
    names = [feature for column in encoding.columns for feature in column.features]
    return pa.RecordBatch.from_arrays(arrays, names=names)


def scaled(made: pa.RecordBatch, encoding: Encoding) -> pa.RecordBatch:
    """Scale features, fill their gaps, and say where they were.

    Args:
        made: As `features_of` returns them.
        encoding: With a scaling.
    """
    scaling = encoding.scaling
    if scaling is None:
        raise ValueError("the encoding has no scaling")
    arrays = [
        pa.array(np.nan_to_num((_floats(array) - mean) / deviation, copy=False))
        for array, mean, deviation in zip(made.columns, scaling.means, scaling.deviations, strict=True)
    ]
    of_column = {column.name: column.features for column in encoding.columns}
    arrays += [pa.array(is_missing(made, of_column[name]).astype(np.int8)) for name in scaling.indicators]
    return pa.RecordBatch.from_arrays(arrays, names=list(encoding.features))


def is_missing(made: pa.RecordBatch, features: Sequence[str]) -> np.ndarray:
    """Tell in which rows one of these features has no value: shape `(rows,)`."""
    return np.asarray(np.any([np.isnan(_floats(made.column(name))) for name in features], axis=0))


def _floats(array: pa.Array) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)


def check_blank_lines(encoded: pa.RecordBatch, first: int) -> None:
    """See that no row is one empty cell.

    Args:
        encoded: Rows.
        first: The place of the first of them in the table, from 0 on.

    Raises:
        DataError: One is.
    """
    # A row of one empty cell is written as a blank line, which readers of CSV skip.
    if encoded.num_columns > 1:
        return
    missing = np.isnan(encoded.column(0).to_numpy())
    if missing.any():
        raise DataError(
            f"row {row_number(first + int(missing.argmax()))}, column {encoded.schema.names[0]!r}",
            "the only feature is never empty, nor another value than those of the training rows",
            "Remove the row, or bring another column",
        )


def _category(cells: pa.Array, column: Category) -> Iterator[pa.Array]:
    values = pa.array(column.values, pa.string())
    if isinstance(cells, pa.DictionaryArray):
        places = pc.index_in(cells.dictionary, value_set=values).take(cells.indices)
    else:
        places = pc.index_in(cells, value_set=values)
    if column.encode == "ordinal":
        yield _numbers(places.cast(pa.int32()))
        return
    missing = np.asarray(cells.is_null())
    of_none = len(values)
    found = np.asarray(places.fill_null(of_none))
    for place in range(len(values) + column.has_other):
        marks = (found == place).astype(np.int8)
        yield pa.array(np.where(missing, np.nan, marks) if missing.any() else marks)


def _date(rows: pa.RecordBatch, column: Date) -> Iterator[pa.Array]:
    days = rows.column(column.name)
    moments = moments_of(days)
    for part in column.parts:
        yield _numbers(_part(moments, part).cast(pa.int32()))
    if column.since:
        yield pc.subtract(days, rows.column(column.since))


def _part(moments: pa.TimestampArray, part: DatePart) -> pa.Array:
    match part:
        case "year":
            return pc.year(moments)
        case "quarter":
            return pc.quarter(moments)
        case "month":
            return pc.month(moments)
        case "day":
            return pc.day(moments)
        case "weekday":
            return pc.day_of_week(moments)
        case "hour":
            return pc.hour(moments)


def _numbers(whole: pa.Array) -> pa.Array:
    """Return whole numbers, or floats with NaN where some are null."""
    return whole.cast(pa.float64()).fill_null(float("nan")) if whole.null_count else whole
