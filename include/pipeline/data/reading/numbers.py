"""Numbers that XGBoost would not train on as they are written, and the messages that name them."""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

# XGBoost holds numbers as 32-bit floats. Of those at the ends of their range its reader of CSV makes others:
# https://github.com/dmlc/dmlc-core/blob/main/include/dmlc/strtonum.h, ParseFloat.
LARGEST = 3.4e38
SMALLEST = 1.2e-38
_ENCODE = "Name it as category, date, identifier or text under columns of the pipeline's YAML, or drop it"
_MENDS = (
    (r"(?i)(true|false|yes|no|t|f|y|n)", "Write 1 and 0 for it"),
    (r"(?i)(\?|-+|\.|none|missing|unknown|undefined|void)", "Leave a cell without a value empty"),
    (r"[+-]?\d{1,3}([,.' _\u00a0\u2009\u202f]\d{3})+(,\d+|\.\d+)?", "Write it without thousands separators"),
    (r"[+-]?\d*,\d+", "Write a point before decimals"),
    (r"[+-]?0[xob][0-9a-fA-F]+", "Write it in decimal digits"),
    (r"\d{4}-\d\d?-\d\d?.*|\d\d?[./]\d\d?[./]\d{2,4}.*", "Name it as a date under columns, or drop it"),
    (r"[+-]?[\d.,]+ ?%", "Write a share without its sign"),
    (r"[$€£¥] ?[+-]?[\d.,]+|[+-]?[\d.,]+ ?[$€£¥]", "Write an amount without its currency"),
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What a cell has to be."""

    rule: str
    """In words."""
    mend: str
    """What to do where it is not."""


_RANGE = f"XGBoost's numbers are 0, or from {SMALLEST:g} to {LARGEST:g} in size"
LABEL = Rule("the label is 0 or 1", "Correct the cell")
TEXT_LABEL = Rule(LABEL.rule, "Write 1 for the rows to find, and 0 for the others")
NUMBER_LABEL = Rule(
    "the label is a number in every row",
    "Correct the cell, or leave the row out; of classes, write kind: multiclass into the pipeline's YAML",
)
FINITE = Rule("a number is finite", "Correct the cell")
NOT_TOO_LARGE = Rule(_RANGE, "Leave a cell without a value empty; drop a column of identifiers")
NOT_TOO_SMALL = Rule(_RANGE, "Write 0 for it, or the column in a smaller unit")
RULES = (LABEL, FINITE, NOT_TOO_LARGE, NOT_TOO_SMALL)
"""In the order in which a column is held to them."""


def first_breaches(numbers: pa.Array, *, is_label: bool, vanished: int | None) -> dict[Rule, int]:
    """Find the first cell of a column that breaks a rule, for each rule.

    Args:
        numbers: Whole, or float64 with NaN in empty cells.
        is_label: Whether they are to be 0 or 1, and not only numbers.
        vanished: The first place with a number that 64 bits have as 0.
    """
    if is_label:
        return _firsts({LABEL: ~np.isin(numbers.to_numpy(), (0, 1))})
    if not pa.types.is_floating(numbers.type):
        return {}
    size = np.abs(numbers.to_numpy())
    too_small = (size > 0) & (size < SMALLEST)
    if vanished is not None:
        too_small[vanished] = True
    infinite = np.isinf(size)
    return _firsts({FINITE: infinite, NOT_TOO_LARGE: size > LARGEST, NOT_TOO_SMALL: too_small})


def mend_of_text(cell: str) -> str:
    """Say what to do with a cell that is no number."""
    return next((mend for pattern, mend in _MENDS if re.fullmatch(pattern, cell)), _ENCODE)


def _firsts(broken: dict[Rule, np.ndarray]) -> dict[Rule, int]:
    return {rule: int(where.argmax()) for rule, where in broken.items() if where.any()}
