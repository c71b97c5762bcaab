"""Cells of text, as a table has them: which stand for no value, and which for a moment."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from include.pipeline.documents.table.columns import DateOrder

USUAL_MISSING: tuple[str, ...] = tuple(pa.csv.ConvertOptions().null_values)
"""What stands for an empty cell in any column, as pyarrow has it: NA, N/A, NaN, null and others."""
NAMED_MISSING = "?"
"""What does so as well in a column that the YAML names."""
_SECONDS_OF_A_DAY = 86_400


_DAY, _BETWEEN = r"(?P<{}>\d{{1,2}})", "[./-]"
_NUMBERS = {"year": r"(?P<year>\d{4})", "month": _DAY.format("month"), "day": _DAY.format("day")}
_EXAMPLE = {"year": "2026", "month": "11", "day": "27"}


class NoDateError(Exception):
    """A cell is no date.

    Args:
        place: Of the first such cell, from 0 on.
        order: In which a day is written, as `days_of` takes it.
    """

    def __init__(self, place: int, order: DateOrder | None) -> None:
        super().__init__()
        self.place = place
        day = ".".join(_EXAMPLE[part] for part in order.split("-")) if order else "2026-11-27"
        self.written = f"as {day}, or with its time as {day} 13:45"


def clean(text: pa.StringArray, missing: Collection[str] = ()) -> pa.StringArray:
    """Return cells without blanks around them, null where they stand for no value.

    Args:
        text: As it is written.
        missing: Words for no value, beside the usual ones.
    """
    trimmed = pc.utf8_trim_whitespace(text)
    words = pa.array([*USUAL_MISSING, NAMED_MISSING, *missing], pa.string())
    return pc.if_else(pc.is_in(trimmed, words), None, trimmed)


def days_of(text: pa.StringArray, order: DateOrder | None = None) -> pa.DoubleArray:
    """Return days since 1970-01-01, with the share of the day that has gone by; NaN where a cell is null.

    Args:
        text: Dates with or without a time to the second.
        order: In which a day is written, in numbers with . / or - between them; None as ISO 8601 has it.

    Raises:
        NoDateError: A cell is another text. It names the first.
    """
    written = _as_iso(text, order) if order else text
    try:
        moments = written.cast(pa.timestamp("s"))
    except pa.ArrowInvalid:
        raise NoDateError(_first_no_date(written), order) from None
    return pc.divide(moments.cast(pa.int64()).cast(pa.float64()), float(_SECONDS_OF_A_DAY)).fill_null(
        float("nan")
    )


def moments_of(days: pa.DoubleArray) -> pa.TimestampArray:
    """Turn days into moments again, null where they are NaN."""
    seconds = pc.round(pc.multiply(pc.if_else(pc.is_nan(days), None, days), float(_SECONDS_OF_A_DAY)))
    return seconds.cast(pa.int64()).cast(pa.timestamp("s"))


def _as_iso(text: pa.StringArray, order: DateOrder) -> pa.StringArray:
    """Write dates as ISO 8601 does; what is no date in this order is none there."""
    # pyarrow's own strptime takes the 31st of February for a day in March.
    day = _BETWEEN.join(_NUMBERS[part] for part in order.split("-"))
    found = pc.extract_regex(text, f"^{day}(?P<time>(?:[T ].*)?)$")
    year, month, day_of_month, time = (
        pc.struct_field(found, name) for name in ("year", "month", "day", "time")
    )
    padded = (pc.utf8_lpad(part, 2, "0") for part in (month, day_of_month))
    written = pc.binary_join_element_wise(pc.binary_join_element_wise(year, *padded, "-"), time, "")
    return pc.if_else(pc.is_null(text), None, pc.fill_null(written, "no date"))


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
