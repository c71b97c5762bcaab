"""What the columns of a table hold, where they are not numbers: `table.columns` of a pipeline's YAML."""

from collections.abc import Mapping
from operator import not_
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_KINDS = ("number", "category", "date", "identifier", "text")

DateOrder: TypeAlias = Literal["year-month-day", "day-month-year", "month-day-year"]
DatePart: TypeAlias = Literal["year", "quarter", "month", "day", "weekday", "hour"]
USUAL_PARTS: tuple[DatePart, ...] = ("year", "month", "weekday")
"""What is made of a date of which the YAML asks for nothing."""
PREDICTED = ("label", "score")
"""The columns of predictions.csv, which no identifier may be called after."""


class _Column(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NumberColumn(_Column):
    """A number, as is a column that is not named. Of one that is, `?` is an empty cell, too."""

    kind: Literal["number"]


_A_NUMBER = NumberColumn(kind="number")


class CategoryColumn(_Column):
    """One of several values, as text."""

    kind: Literal["category"]
    most: int = Field(
        default=20,
        ge=1,
        le=1000,
        description="How many values have a column of their own, the most frequent.",
    )
    encode: Literal["onehot", "ordinal"] = Field(
        default="onehot",
        description="A column a value, or one column with the value's place in the alphabet.",
    )


class DateColumn(_Column):
    """A day, or a moment."""

    kind: Literal["date"]
    order: DateOrder | None = Field(
        default=None,
        exclude_if=not_,
        description="How a day is written, in numbers with . / or - between them and the year in four "
        "digits. Without it, as ISO 8601 has it: 2026-11-27.",
    )
    parts: tuple[DatePart, ...] = Field(
        default=USUAL_PARTS, description="What of it the model gets. A weekday is 0 on Mondays."
    )
    since: str | None = Field(
        default=None, min_length=1, description="Another date column: the days from there to this one."
    )


class IdentifierColumn(_Column):
    """Which customer, machine, order: kept out of the model, written beside its predictions."""

    kind: Literal["identifier"]


class TextColumn(_Column):
    """Free text, which the model does not get."""

    kind: Literal["text"]


def _as_mapping(column: Any) -> Any:
    found = {"kind": column} if isinstance(column, str) else column
    # pydantic's own message would repeat the word.
    if isinstance(found, Mapping) and found.get("kind") not in _KINDS:
        raise PydanticCustomError(
            "kind",
            "a column is one of {kinds}, or a mapping that has one as its kind",
            {"kinds": ", ".join(_KINDS)},
        )
    return found


Column: TypeAlias = Annotated[
    NumberColumn | CategoryColumn | DateColumn | IdentifierColumn | TextColumn,
    Field(discriminator="kind"),
    BeforeValidator(_as_mapping),
]
"""A column's kind as text, or a mapping of `kind` and its options."""


def _as_cell(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("quotes", "YAML reads it as true or false: write it in quotes")
    # As whole numbers are written into a table. Of others there are several ways.
    return str(value) if isinstance(value, int) else value


CellText: TypeAlias = Annotated[str, BeforeValidator(_as_cell), Field(min_length=1)]
"""What stands in a cell: YAML's own true, false and null need quotes."""


def check_columns(
    columns: Mapping[str, Column],
    *,
    label: str,
    drop: tuple[str, ...],
    leaks: tuple[str, ...],
    time: str | None = None,
) -> None:
    """See that what is said of the columns does not contradict itself.

    Args:
        columns: By their names.
        label: The column to predict.
        drop: Columns that are left out.
        leaks: Columns that are left out, as they are known only after what is predicted.
        time: The column that tells which rows are newer, where the split needs it.

    Raises:
        PydanticCustomError: It does.
    """
    if label in columns:
        _refuse("columns: {name} is the label, which is 0 or 1, or has positive", label)
    if label in leaks:
        _refuse("leaks: {name} is the label", label)
    for name in leaks:
        if name in drop or name in columns:
            _refuse("leaks: {name} is in drop or columns as well: name it once", name)
    for name, column in columns.items():
        if name in drop:
            _refuse("columns: {name} is dropped as well: name it once", name)
        if isinstance(column, IdentifierColumn) and name in PREDICTED:
            _refuse("columns: {name} is a column of predictions.csv: rename the identifier", name)
        if isinstance(column, DateColumn):
            _check_date(name, column, columns, time)
    if time == label:
        _refuse("time: {name} is the label", label)
    if time is not None and not isinstance(columns.get(time, _A_NUMBER), DateColumn | NumberColumn):
        _refuse("time: {name} is named as something else than a date or a number", time)


def _check_date(name: str, column: DateColumn, columns: Mapping[str, Column], time: str | None) -> None:
    if len(set(column.parts)) < len(column.parts):
        _refuse("columns: {name} has a part twice", name)
    if column.since == name:
        _refuse("columns: {name} is since itself: name another date", name)
    if column.since is not None and not isinstance(columns.get(column.since), DateColumn):
        _refuse("columns: {name} is since a column that is not named as a date", name)
    is_asked = (
        column.parts
        or column.since
        or name == time
        or any(isinstance(other, DateColumn) and other.since == name for other in columns.values())
    )
    if not is_asked:
        _refuse(
            "columns: {name} has no parts, no since, and neither a date nor the split asks for it: put it "
            "into drop",
            name,
        )


def _refuse(message: str, name: str) -> None:
    raise PydanticCustomError("columns", message, {"name": name})
