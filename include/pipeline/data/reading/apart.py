"""Whole numbers that XGBoost cannot tell apart, as those of identifiers."""

import logging
from collections.abc import Callable, Iterator
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.pipeline.data.places import row_number
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.errors import DataError
from include.pipeline.figures.few_rows import is_few

log = logging.getLogger(__name__)

# Up to here each whole number is a 32-bit float of its own; or a 64-bit one.
_EXACT_IN_32_BITS = 2**24
_EXACT_IN_64_BITS = 2**53
# Of no more bits are no larger numbers.
_NARROW = 16


def check_apart(
    table: StoredTable,
    name: str,
    text: Callable[[], Iterator[pa.StringArray]],
    quoted: Callable[[int], str] | None,
) -> None:
    """Refuse a column of whole numbers of which the model would make one of two.

    Of a measure, rounding is expected: of fractions any, of large whole numbers where most stay apart.

    Args:
        table: The numbers.
        name: The column.
        text: Reads it again as it is written, a block at a time.
        quoted: Quotes a cell by its place; None where its values may not be seen.

    Raises:
        DataError: Two numbers become one.
    """
    distinct = _large(table, name)
    if distinct is None or not len(distinct):
        return
    single = distinct.astype(np.float32)
    same = np.flatnonzero(single[1:] == single[:-1])
    if 0 < 2 * len(same) < len(distinct):
        log.warning(
            "Column %s: %s whole numbers above %d are rounded to another's: XGBoost holds numbers in 32 bits",
            name,
            f"{len(same)} of {len(distinct)}" if quoted or not is_few(len(same)) else "some",
            _EXACT_IN_32_BITS,
        )
        return
    if len(same):
        pair = tuple(_first_place(table, name, value) for value in distinct[same[0] : same[0] + 2])
    elif pa.types.is_floating(table.schema.field(name).type):
        pair = _same_in_64_bits(text())
    else:
        return
    if not pair:
        return
    earlier, later = sorted(pair)
    one, other = (quoted(earlier), quoted(later)) if quoted else ("one number", "another")
    raise DataError(
        f"column {name!r} is {one} in row {row_number(earlier)} and {other} in row {row_number(later)}",
        "numbers differ in 32 bits, in which XGBoost holds them: above "
        f"{_EXACT_IN_32_BITS} neighbours become one",
        "Drop a column of identifiers; give other numbers in a larger unit, or from a nearer start",
    )


def _large(table: StoredTable, name: str) -> np.ndarray | None:
    """Return the distinct large numbers, ascending; None where the column has fractions."""
    kind = table.schema.field(name).type
    if kind.bit_width <= _NARROW:
        return None
    found = np.array([], dtype=kind.to_pandas_dtype())
    for batch in table.batches([name]):
        values = batch.column(0).to_numpy()
        if pa.types.is_floating(kind) and (values % 1 > 0).any():
            return None
        # Not by their size: the least number of 64 bits has none.
        large = values[(values >= _EXACT_IN_32_BITS) | (values <= -_EXACT_IN_32_BITS)]
        if len(large):
            found = np.union1d(found, large)
    return found


def _first_place(table: StoredTable, name: str, value: float) -> int:
    rows = 0
    for batch in table.batches([name]):
        equal = batch.column(0).to_numpy() == value
        if equal.any():
            return rows + int(equal.argmax())
        rows += len(equal)
    raise LookupError(value)


def _same_in_64_bits(text: Iterator[pa.StringArray]) -> tuple[int, int] | tuple[()]:
    """Find two cells whose digits differ beyond what 64 bits hold."""
    seen: dict[float, tuple[Decimal, int]] = {}
    rows = 0
    for cells in text:
        trimmed = pc.utf8_trim_whitespace(cells)
        for cell in pc.unique(trimmed.filter(_is_beyond(trimmed))).to_pylist():
            exact, place = Decimal(cell), rows + pc.index(trimmed, cell).as_py()
            known, known_at = seen.setdefault(float(cell), (exact, place))
            if known != exact:
                return known_at, place
        rows += len(cells)
    return ()


def _is_beyond(text: pa.StringArray) -> pa.BooleanArray:
    numbers = text.cast(pa.float64())
    return pc.greater_equal(pc.abs(numbers), float(_EXACT_IN_64_BITS))
