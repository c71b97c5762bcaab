"""The cells of a column as the numbers that XGBoost trains on, or why they cannot be."""

import logging
import re
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from include.pipeline.data.places import row_number
from include.pipeline.errors import DataError
from include.pipeline.figures.few_rows import is_few

log = logging.getLogger(__name__)

# XGBoost holds numbers as 32-bit floats. Of those at the ends of their range its reader of CSV makes others:
# https://github.com/dmlc/dmlc-core/blob/main/include/dmlc/strtonum.h, ParseFloat.
LARGEST = 3.4e38
SMALLEST = 1.2e-38
# Up to here each whole number is a 32-bit float of its own; or a 64-bit one.
_EXACT_IN_32_BITS = 2**24
_EXACT_IN_64_BITS = 2**53
# How much of a faulty cell a message quotes.
_SHOWN = 80
_ENCODE = "Encode the column as numbers, or drop it"
_MENDS = (
    (r"(?i)(true|false|yes|no|t|f|y|n)", "Write 1 and 0 for it"),
    (r"(?i)(\?|-+|\.|none|missing|unknown|undefined|void)", "Leave a cell without a value empty"),
    (r"[+-]?\d{1,3}([,.' _\u00a0\u2009\u202f]\d{3})+(,\d+|\.\d+)?", "Write it without thousands separators"),
    (r"[+-]?\d*,\d+", "Write a point before decimals"),
    (r"[+-]?0[xob][0-9a-fA-F]+", "Write it in decimal digits"),
    (r"\d{4}-\d\d?-\d\d?.*|\d\d?[./]\d\d?[./]\d{2,4}.*", "Write a date as days since another, or drop it"),
    (r"[+-]?[\d.,]+ ?%", "Write a share without its sign"),
    (r"[$€£¥] ?[+-]?[\d.,]+|[+-]?[\d.,]+ ?[$€£¥]", "Write an amount without its currency"),
)  # fmt: skip


class Column:
    """One column's cells, and the faults that they may have."""

    def __init__(self, name: str, cells: pa.ChunkedArray, *, shown: bool = True) -> None:
        """Take a column's cells as text; `shown` says whether messages may quote them."""
        self.name = name
        self._shown = shown
        self._cells = cells
        self._text = pc.utf8_trim_whitespace(cells)

    @cached_property
    def _floats(self) -> pa.ChunkedArray:
        return self._text.cast(pa.float64())

    def first_text(self) -> DataError | None:
        """Find the first cell that is no number, if there is one."""
        try:
            self._floats  # noqa: B018 - the cast itself tells
        except pa.ArrowInvalid:
            at = next(at for at, cell in enumerate(self._text) if not _is_number(cell))
            cell = self._text[at].as_py()
            mend = "Remove the row, which repeats the header" if cell == self.name else _mend(cell)
            return self.fault(at, "a cell is a number or empty", mend)
        return None

    def as_floats(self) -> pd.Series:
        """Return the numbers as they are, NaN where a cell is empty."""
        return pd.Series(self._floats.to_numpy(), name=self.name)

    def numbers(self) -> pd.Series:
        """Return the numbers, NaN where a cell is empty.

        Raises:
            DataError: XGBoost would make another number of one, or one of two.
        """
        series = self.as_floats()
        size = np.abs(series.to_numpy())
        if np.isinf(size).any():
            raise self.fault(int(np.isinf(size).argmax()), "a number is finite", "Correct the cell")
        rule = f"XGBoost's numbers are 0, or from {SMALLEST:g} to {LARGEST:g} in size"
        if (size > LARGEST).any():
            mend = "Leave a cell without a value empty; drop a column of identifiers"
            raise self.fault(int((size > LARGEST).argmax()), rule, mend)
        # What is too small for 64 bits is read as 0.
        zeros = pc.unique(self._text.filter(pa.array(size == 0)))
        vanished = zeros.filter(pc.match_substring_regex(zeros, "^[^eE]*[1-9]"))
        tiny = ((size > 0) & (size < SMALLEST)) | pc.is_in(self._text, vanished).to_numpy()
        if tiny.any():
            raise self.fault(int(tiny.argmax()), rule, "Write 0 for it, or the column in a smaller unit")
        self._check_apart(series.to_numpy())
        return series

    def _check_apart(self, values: np.ndarray) -> None:
        """Refuse whole numbers that the model cannot tell apart, as those of identifiers.

        Of a measure, rounding is expected: of fractions any, of large whole numbers where most stay apart.
        """
        at = np.flatnonzero(np.abs(values) >= _EXACT_IN_32_BITS)
        if not len(at) or (values % 1 > 0).any():
            return
        distinct, first = np.unique(values[at], return_index=True)
        single = distinct.astype(np.float32)
        same = np.flatnonzero(single[1:] == single[:-1])
        if 0 < 2 * len(same) < len(distinct):
            log.warning(
                "Column %s: %s whole numbers above %d are rounded to another's: XGBoost holds numbers "
                "in 32 bits",
                self.name,
                f"{len(same)} of {len(distinct)}" if self._shown or not is_few(len(same)) else "some",
                _EXACT_IN_32_BITS,
            )
            return
        pair = (
            (first[same[0]], first[same[0] + 1]) if len(same) else self._same_beyond_64_bits(values[at], at)
        )
        if pair is None:
            return
        earlier, later = sorted(int(at[place]) for place in pair)
        one, other = (
            (self._quoted(earlier), self._quoted(later)) if self._shown else ("one number", "another")
        )
        raise DataError(
            f"column {self.name!r} is {one} in row {row_number(earlier)} and "
            f"{other} in row {row_number(later)}",
            "numbers differ in 32 bits, in which XGBoost holds them: above "
            f"{_EXACT_IN_32_BITS} neighbours become one",
            "Drop a column of identifiers; give other numbers in a larger unit, or from a nearer start",
        )

    def _same_beyond_64_bits(self, values: np.ndarray, at: np.ndarray) -> tuple[int, int] | None:
        """Find two cells whose digits differ beyond what 64 bits hold."""
        seen: dict[float, tuple[Decimal, int]] = {}
        for place in np.flatnonzero(np.abs(values) >= _EXACT_IN_64_BITS).tolist():
            exact = Decimal(self._text[int(at[place])].as_py())
            known, known_at = seen.setdefault(float(values[place]), (exact, place))
            if known != exact:
                return known_at, place
        return None

    def fault(self, at: int, rule: str, mend: str) -> DataError:
        """Name a cell at fault, by its row."""
        is_ = f" is {self._quoted(at)}" if self._shown else ""
        return DataError(f"row {row_number(at)}, column {self.name!r}{is_}", rule, mend)

    def _quoted(self, at: int) -> str:
        return repr((self._cells[at].as_py() or "")[:_SHOWN])


def _mend(cell: str) -> str:
    return next((mend for pattern, mend in _MENDS if re.fullmatch(pattern, cell)), _ENCODE)


def _is_number(cell: pa.Scalar) -> bool:
    try:
        cell.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True
