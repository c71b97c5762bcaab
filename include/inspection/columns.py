"""What each column of a table is taken for, and why."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import pyarrow as pa
from sklearn.metrics import roc_auc_score

from include.pipeline.data.encoding.cells import NoDateError, days_of
from include.pipeline.documents.table.columns import DateOrder

MISSING = ("NA", "N/A", "n/a", "NULL", "null", "None", "?", "-")
"""What people write where there is no value, beside nothing."""
LEAKS_ABOVE = 0.95
"""A column that reaches this ROC AUC by itself may know the answer."""

CLASSES = 2
"""Values of a label."""

Kind = Literal["number", "category", "date", "identifier", "text", "dropped", "label"]
# The likelier first, where days and months may be either.
_ORDERS: tuple[DateOrder | None, ...] = (None, "day-month-year", "month-day-year", "year-month-day")
_IDENTIFIER = re.compile(r"(?i)(.*[_ ])?(id|key|uuid|guid|number|no|nr)|.*Id|.*ID")
_MOST_ONE_HOT = 20
_WORDS_OF_TEXT = 4
_SHARE_OF_IDENTIFIERS = 0.95
_FEW_IN_GROUP = 5


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
    auc: float | None = None
    """ROC AUC that the column reaches by itself; None where it is not measured."""
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


def look_at_column(cells: pd.Series, name: str, decimal: str, positive: pd.Series | None) -> Column:
    """Tell what a column is.

    Args:
        cells: As text.
        name: Of the column.
        decimal: Its sign.
        positive: Of each row, whether its label is the one to find; None where there is no label.
    """
    values = without_missing(cells)
    missing, distinct = 1 - len(values) / len(cells), values.nunique()
    if distinct <= 1:
        why = "it has no values" if not distinct else "it is the same in every row that has a value"
        return Column(name, "dropped", why, missing, distinct)
    numbers = as_numbers(values, decimal)
    orders = date_orders(values) if numbers is None else ()
    kind, why, many = _kind(values, numbers, name, len(cells), is_date=bool(orders))
    measured = None
    if positive is not None and kind in {"number", "date", "category"}:
        measured = _auc(values, numbers, positive)
    return Column(name, kind, why, missing, distinct, many, measured, orders)


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


def _auc(values: pd.Series, numbers: pd.Series | None, positive: pd.Series) -> float | None:
    """Measure how well a column orders the rows; of categories, by the positives of other rows."""
    answers = positive[values.index]
    if answers.nunique() < CLASSES:
        return None
    scores = numbers
    if scores is None:
        groups = answers.groupby(values)
        others = groups.transform("size") - 1
        if (others < _FEW_IN_GROUP).all():
            return None
        # Without its own answer, as each value that is there once would know it.
        scores = ((groups.transform("sum") - answers) / others.where(others > 0)).fillna(answers.mean())
    found = float(roc_auc_score(answers, scores))
    return max(found, 1 - found)
