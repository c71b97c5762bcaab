"""What the column to predict is: which it may be, and of which kind."""

import re
from dataclasses import dataclass

import pandas as pd

from include.inspection.columns import CLASSES, as_numbers, without_missing
from include.pipeline.errors import DataError
from include.pipeline.values.params import LabelKind

_LABEL = re.compile(
    r"(?i)y|label|target|class|outcome|response|churn(ed)?|default(ed)?|(is_)?fraud|survived|price|demand|sales"
)
_YES = ("1", "yes", "true", "y", "t", "positive")
_NO = ("0", "no", "false", "n", "f", "negative")
_MOST_CLASSES = 50
_MOST_NUMBERED_CLASSES = 20
_FEWEST_IN_A_CLASS = 5


@dataclass(frozen=True)
class Answer:
    """What the label is."""

    kind: LabelKind
    values: int
    """How many different ones there are."""
    rows: pd.Series
    """Of each row, whether its value is the one to find, its class, or its number."""
    positive: str | None = None
    """The value to find, where there are two which are not 0 and 1."""
    told: str = ""
    """Its values, in words."""


def likely_label(table: pd.DataFrame) -> tuple[str | None, str]:
    """Choose the column to predict, and say why; None where there is none.

    It is one that is called as labels are, with two values before others; else the last of two values; else
    the last of all.
    """
    counts = {str(name): without_missing(table[name]).nunique() for name in table}
    two = [name for name, count in counts.items() if count == CLASSES]
    named = [name for name, count in counts.items() if count > 1 and _LABEL.fullmatch(name.strip())]
    for some, why in (
        ([name for name in named if name in two], "its name is one that labels have, and it has two values"),
        (named, "its name is one that labels have"),
        (two, "it is the last column of two values"),
    ):
        if some:
            return some[-1], why
    *_, last = table
    return (str(last), "it is the last column") if counts[str(last)] > 1 else (None, "")


def look_at_answer(cells: pd.Series, name: str, decimal: str) -> tuple[Answer, list[str]]:
    """Tell of which kind a label is, and what is unsure of it.

    Args:
        cells: Trimmed, as text.
        name: Of the column.
        decimal: Its sign.

    Raises:
        DataError: A row has no value, or all have the same, or they are text of too many classes.
    """
    known = without_missing(cells)
    counts = known.value_counts()
    values = sorted(counts.index)
    if len(values) < CLASSES or len(known) < len(cells):
        raise DataError(
            f"column {name!r}, the label, has {len(values)} different values, "
            f"and none in {len(cells) - len(known)} rows",
            "a label has two values or more, and one in every row",
            "Name another column: LABEL=column",
        )
    if len(values) == CLASSES:
        return _binary(cells, values)
    numbers = as_numbers(known, decimal)
    rarest = int(counts.min())
    if numbers is not None and not _are_classes(numbers, rarest):
        told = f"a number from {numbers.min():g} to {numbers.max():g}, {numbers.mean():g} on average"
        doubt = []
        if len(values) <= _MOST_NUMBERED_CLASSES:
            doubt = [
                f"{name!r} is taken for a number; for one of {len(values)} classes, write kind: multiclass"
            ]
        return Answer("regression", len(values), numbers, told=told), doubt
    if len(values) > _MOST_CLASSES:
        raise DataError(
            f"column {name!r}, the label, is text of {len(values)} different values",
            f"a label is a number, or one of at most {_MOST_CLASSES} classes",
            "Name another column: LABEL=column, or put rare classes together",
        )
    doubt = []
    if numbers is not None:
        doubt.append(
            f"{name!r} is taken for one of {len(values)} classes; if it is an amount, kind: regression"
        )
    if rarest < _FEWEST_IN_A_CLASS:
        doubt.append(
            f"the class {counts.index[-1]!r} has {rarest} rows: the split may leave none to train on"
        )
    told = ", ".join(f"{value!r} {count / len(cells):.0%}" for value, count in counts.head(5).items())
    return Answer("multiclass", len(values), known, told=f"one of {len(values)} classes: {told}"), doubt


def _are_classes(numbers: pd.Series, rarest: int) -> bool:
    """Tell whether numbers are few whole ones without a gap, and none so rare as amounts may be."""
    values = sorted(numbers.unique())
    is_whole = all(value % 1 == 0 for value in values)
    is_run = is_whole and values[-1] - values[0] == len(values) - 1
    return is_run and len(values) <= _MOST_NUMBERED_CLASSES and rarest >= _FEWEST_IN_A_CLASS


def _binary(cells: pd.Series, values: list[str]) -> tuple[Answer, list[str]]:
    for value, other in (values, values[::-1]):
        if value.lower() in _YES and other.lower() in _NO:
            positive, doubt = value, []
            break
    else:
        positive = str(cells.value_counts().index[-1])
        doubt = [f"the value to find is taken to be {positive!r}, the rarer one"]
    is_positive = cells == positive
    named = None if set(values) == {"0", "1"} else positive
    told = f"{is_positive.mean():.1%} positive"
    return Answer("binary", len(values), is_positive, named, told), doubt
