"""A file of somebody's table, looked at: how it is written, what its columns are, which may be the label."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import pandas as pd

from include.inspection.answer import Answer, likely_label, look_at_answer
from include.inspection.columns import MISSING, Column, decimal_of, look_at_column
from include.inspection.form import look_at_form
from include.pipeline.aws.object_store import MAX_OBJECT_BYTES
from include.pipeline.documents.table.file_form import FileForm
from include.pipeline.errors import DataError
from include.pipeline.source.forms.plain_csv import as_plain_csv

_MOST_ROWS = 100_000
_SHOWN = 20
FEW_ROWS = 100
"""Fewer are few."""


@dataclass(frozen=True)
class Findings:
    """What a first look has found."""

    form: Mapping[str, Any]
    """Fields of `FileForm` that are not at their default."""
    label: str
    label_why: str
    answer: Answer
    """What the label is."""
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
        DataError: It is no table, has no such column, or the label is no answer that can be predicted.
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
            f"column {chosen!r} is absent" if chosen else "no column has an answer to predict",
            f"the label is one of the {len(table.columns)} columns: {', '.join(table.columns[:_SHOWN])}",
            "Name the column to predict: LABEL=column",
        )
    cells = table[chosen].str.strip()
    unsure = [] if label is not None else [f"the label is taken to be {chosen!r}: {why}"]
    answer, doubt = look_at_answer(cells, chosen, decimal)
    unsure += doubt
    if len(table) < FEW_ROWS:
        unsure.append(f"{len(table)} rows are few: what the test says of a model is a matter of chance")
    if not found.has_header:
        unsure.append("the first row holds a number: it is taken for a row without a header above it")
    columns = []
    for name in map(str, table):
        if name == chosen:
            columns.append(Column(name, "label", f"{why}; kind: {answer.kind}", 0.0, answer.values))
            continue
        columns.append(look_at_column(table[name], name, decimal, answer.rows, answer.kind))
    unsure += [
        f"{column.name!r} alone reaches {column.alone}: it may know the answer"
        for column in columns
        if column.alone and column.alone.may_know_the_answer
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
        answer=answer,
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
