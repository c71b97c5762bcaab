"""Cells of text, as a table has them: which stand for no value, and which for a moment."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

USUAL_MISSING: tuple[str, ...] = tuple(pa.csv.ConvertOptions().null_values)
"""What stands for an empty cell in any column, as pyarrow has it: NA, N/A, NaN, null and others."""
NAMED_MISSING = "?"
"""What does so as well in a column that the YAML names."""
_SECONDS_OF_A_DAY = 86_400


class NoDateError(Exception):
    """A cell is no date."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


def clean(text: pa.StringArray, missing: Collection[str] = ()) -> pa.StringArray:
    """Return cells without blanks around them, null where they stand for no value.

    Args:
        text: As it is written.
        missing: Words for no value, beside the usual ones.
    """
    trimmed = pc.utf8_trim_whitespace(text)
    words = pa.array([*USUAL_MISSING, NAMED_MISSING, *missing], pa.string())
    return pc.if_else(pc.is_in(trimmed, words), None, trimmed)


def days_of(text: pa.StringArray) -> pa.DoubleArray:
    """Return days since 1970-01-01, with the share of the day that has gone by; NaN where a cell is null.

    Args:
        text: Dates as ISO 8601 writes them, with or without a time to the second.

    Raises:
        NoDateError: A cell is another text. It names the first.
    """
    try:
        moments = text.cast(pa.timestamp("s"))
    except pa.ArrowInvalid:
        raise NoDateError(_first_no_date(text)) from None
    return pc.divide(moments.cast(pa.int64()).cast(pa.float64()), float(_SECONDS_OF_A_DAY)).fill_null(
        float("nan")
    )


def moments_of(days: pa.DoubleArray) -> pa.TimestampArray:
    """Turn days into moments again, null where they are NaN."""
    seconds = pc.round(pc.multiply(pc.if_else(pc.is_nan(days), None, days), float(_SECONDS_OF_A_DAY)))
    return seconds.cast(pa.int64()).cast(pa.timestamp("s"))


def _first_no_date(text: pa.StringArray) -> int:
    """Find it by halves."""
    start, end = 0, len(text)
    while end - start > 1:
        half = (start + end) // 2
        try:
            text[start:half].cast(pa.timestamp("s"))
        except pa.ArrowInvalid:
            end = half
        else:
            start = half
    return start
