"""A file of somebody's table, looked at: how it is written, what its columns are, which may be the label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import pandas as pd

from include.inspection.columns import (
    CLASSES,
    LEAKS_ABOVE,
    MISSING,
    Column,
    decimal_of,
    likely_label,
    look_at_column,
    without_missing,
)
from include.inspection.form import look_at_form
from include.pipeline.aws.object_store import MAX_OBJECT_BYTES
from include.pipeline.documents.table.file_form import FileForm
from include.pipeline.errors import DataError
from include.pipeline.source.forms.plain_csv import as_plain_csv

_MOST_ROWS = 100_000
_SHOWN = 20
_YES = ("1", "yes", "true", "y", "t", "positive")
_NO = ("0", "no", "false", "n", "f", "negative")


@dataclass(frozen=True)
class Findings:
    """What a first look has found."""

    form: Mapping[str, Any]
    """Fields of `FileForm` that are not at their default."""
    label: str
    label_why: str
    positive: str | None
    """The label's value to find, where its values are not 0 and 1."""
    positive_share: float
    missing: tuple[str, ...]
    columns: tuple[Column, ...]
    """In the file's order, the label among them."""
    rows: int
    unsure: tuple[str, ...]


def look_at_table(file: BinaryIO, label: str | None = None) -> Findings:
    """Look at the first 100,000 rows of a file.

    Args:
        file: In any form that `as_plain_csv` reads, or text with another encoding or delimiter.
        label: The column to predict; without it, the likely one.

    Raises:
        DataError: It is no table, has no such column, or the label does not have two values.
    """
    with as_plain_csv(file, FileForm(), most=MAX_OBJECT_BYTES) as text:
        found = look_at_form(text)
        form: dict[str, Any] = {"delimiter": found.delimiter} if found.delimiter != "," else {}
        form |= {"encoding": found.encoding} if found.encoding else {}
        form |= {} if found.has_header else {"header": list(found.names)}
        with as_plain_csv(text, FileForm(**form), most=MAX_OBJECT_BYTES, texts=found.names) as plain:
            table = _read(plain)
    decimal = decimal_of(table)
    form |= {"decimal": ","} if decimal == "," else {}
    chosen, why = (label, "as asked for") if label is not None else likely_label(table)
    if chosen is None or chosen not in table:
        raise DataError(
            f"column {chosen!r} is absent" if chosen else "no column has two values",
            f"the label is one of the {len(table.columns)} columns: {', '.join(table.columns[:_SHOWN])}",
            "Name the column to predict: LABEL=column",
        )
    answers = table[chosen].str.strip()
    values = sorted(set(without_missing(table[chosen])))
    if len(values) != CLASSES or len(without_missing(table[chosen])) < len(table):
        raise DataError(
            f"column {chosen!r}, the label, has {len(values)} different values, "
            f"and none in {len(table) - len(without_missing(table[chosen]))} rows",
            "a label has two values, and one in every row",
            "Name another column: LABEL=column",
        )
    unsure = [] if label is not None else [f"the label is taken to be {chosen!r}: {why}"]
    positive, is_sure = _positive(values, answers)
    if not is_sure:
        unsure.append(f"the value to find is taken to be {positive!r}, the rarer one")
    if not found.has_header:
        unsure.append("the first row holds a number: it is taken for a row without a header above it")
    is_positive = answers == positive
    columns = []
    for name in map(str, table):
        if name == chosen:
            columns.append(Column(name, "label", why, 0.0, len(values)))
            continue
        columns.append(look_at_column(table[name], name, decimal, is_positive))
    unsure += [
        f"{column.name!r} alone reaches a ROC AUC of {column.auc:.3f}: it may know the answer"
        for column in columns
        if (column.auc or 0) > LEAKS_ABOVE
    ]
    unsure += [
        f"{column.name!r} is read as {column.orders[0]}, and could be {column.orders[1]}"
        for column in columns
        if len(column.orders) > 1 and column.orders[0]
    ]
    unsure += [
        f"{column.name!r} is taken for an identifier: {column.why}"
        for column in columns
        if column.kind == "identifier"
    ]
    written = {cell.strip() for name in table for cell in table[name].unique()}
    marks = tuple(mark for mark in MISSING if mark in written)
    return Findings(
        form=form,
        label=chosen,
        label_why=why,
        positive=None if set(values) == {"0", "1"} else positive,
        positive_share=float(is_positive.mean()),
        missing=marks,
        columns=tuple(columns),
        rows=len(table),
        unsure=tuple(unsure),
    )


def _read(plain: BinaryIO) -> pd.DataFrame:
    try:
        table = pd.read_csv(
            plain, dtype=str, keep_default_na=False, nrows=_MOST_ROWS, encoding="utf-8-sig", index_col=False
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"the file is no table ({error})", "it has a header and rows", "Correct it") from None
    # Row numbers, as pandas writes them.
    table = table.drop(columns=[name for name in table.columns[:1] if name.startswith("Unnamed: 0")])
    if table.empty:
        raise DataError("the file has no rows", "below a header stand rows", "Check the file")
    return table


def _positive(values: list[str], answers: pd.Series) -> tuple[str, bool]:
    for value, other in (values, values[::-1]):
        if value.lower() in _YES and other.lower() in _NO:
            return value, True
    return str(answers.value_counts().index[-1]), False
