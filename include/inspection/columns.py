"""What each column of a table is taken for, and why."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import pyarrow as pa

from include.inspection.alone import Alone, measure_alone
from include.pipeline.data.encoding.cells import NoDateError, days_of
from include.pipeline.documents.table.columns import DateOrder
from include.pipeline.values.params import LabelKind

MISSING = ("NA", "N/A", "n/a", "NULL", "null", "None", "?", "-")
"""What people write where there is no value, beside nothing."""
CLASSES = 2
"""Values of a label."""

Kind = Literal["number", "category", "date", "identifier", "text", "dropped", "label"]
# The likelier first, where days and months may be either.
_ORDERS: tuple[DateOrder | None, ...] = (None, "day-month-year", "month-day-year", "year-month-day")
_IDENTIFIER = re.compile(r"(?i)(.*[_ ])?(id|key|uuid|guid|number|no|nr)|.*Id|.*ID")
_MOST_ONE_HOT = 20
_WORDS_OF_TEXT = 4
_SHARE_OF_IDENTIFIERS = 0.95


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    kind: Kind
    why: str
    missing: float
    """Share of cells without a value."""
    distinct: int
    many: bool = False
    """Whether a category has more values than a column for each is worth."""
    alone: Alone | None = None
    """How well it tells the answer by itself; None where that is not measured."""
    orders: tuple[DateOrder | None, ...] = ()
    """The orders in which each value of a date is one, the likeliest first."""


def without_missing(cells: pd.Series) -> pd.Series:
    """Return the cells that have a value, trimmed."""
    trimmed = cells.str.strip()
    return trimmed[~trimmed.isin(["", *MISSING])]


def as_numbers(cells: pd.Series, decimal: str) -> pd.Series | None:
    """Return cells as numbers; None where one is none."""
    if decimal == ",":
        if cells.str.contains(".", regex=False).any():
            return None
        cells = cells.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(cells, errors="coerce")
    return None if numbers.isna().any() or not len(cells) else numbers


def decimal_of(table: pd.DataFrame) -> str:
    """Tell the decimal sign: a comma where columns are numbers with it, and none are with a point."""
    with_comma = with_point = False
    for name in table:
        cells = without_missing(table[name])
        points = cells.str.contains(".", regex=False).any() and as_numbers(cells, ".") is not None
        commas = cells.str.contains(",", regex=False).any() and as_numbers(cells, ",") is not None
        with_point, with_comma = with_point or bool(points), with_comma or bool(commas)
    return "," if with_comma and not with_point else "."


def look_at_column(cells: pd.Series, name: str, decimal: str, answers: pd.Series, label: LabelKind) -> Column:
    """Tell what a column is.

    Args:
        cells: As text.
        name: Of the column.
        decimal: Its sign.
        answers: Of each row: whether its label is the one to find, its class, or its number.
        label: The label's kind.
    """
    values = without_missing(cells)
    missing, distinct = 1 - len(values) / len(cells), values.nunique()
    if distinct <= 1:
        why = "it has no values" if not distinct else "it is the same in every row that has a value"
        return Column(name, "dropped", why, missing, distinct)
    numbers = as_numbers(values, decimal)
    orders = date_orders(values) if numbers is None else ()
    kind, why, many = _kind(values, numbers, name, len(cells), is_date=bool(orders))
    alone = None
    if kind in {"number", "date", "category"}:
        alone = measure_alone(values, numbers, answers, label)
    return Column(name, kind, why, missing, distinct, many, alone, orders)


def _kind(
    values: pd.Series, numbers: pd.Series | None, name: str, rows: int, *, is_date: bool
) -> tuple[Kind, str, bool]:
    distinct = values.nunique()
    if numbers is not None:
        is_whole = bool((numbers % 1 == 0).all())
        if distinct == rows and is_whole and (_IDENTIFIER.fullmatch(name) or (numbers.diff()[1:] == 1).all()):
            return (
                "identifier",
                "whole numbers that differ in every row, by name or one after the other",
                False,
            )
        return "number", "every value is a number", False
    if is_date:
        return "date", "every value is a date", False
    words = values.str.count(r"\S+").mean()
    if words >= _WORDS_OF_TEXT and distinct > _MOST_ONE_HOT:
        return "text", f"{distinct} different values of {words:.0f} words on average", False
    if distinct >= _SHARE_OF_IDENTIFIERS * len(values) and distinct > _MOST_ONE_HOT:
        return "identifier", "nearly every row has a value of its own", False
    return "category", f"{distinct} different values that are no numbers", distinct > _MOST_ONE_HOT


def date_orders(values: pd.Series) -> tuple[DateOrder | None, ...]:
    """Tell in which orders each value is a date, as the pipeline reads one; in none where one is no date."""
    text = pa.array(values, pa.string())
    found = []
    for order in _ORDERS:
        with suppress(NoDateError):
            days_of(text, order)
            found.append(order)
    return tuple(found)
