"""A stored table encoded: fitted on its training rows, applied to all, a piece at a time."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from include.pipeline.data.encoding.apply import check_blank_lines, encode
from include.pipeline.data.encoding.fit import fit
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.stored_table import Categories, StoredTable, TableWriter
from include.pipeline.data.writing.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from include.pipeline.documents.table.config import TableConfig


def fit_rows(train: Rows, table: "TableConfig") -> Encoding:
    """Fit the encoding of a table on its training rows, and on no others.

    Raises:
        DataError: A category has no value there; or two features would be called the same.
    """
    counts = {
        name: dict(zip(found.in_order, _rows_of_each(train, name).tolist(), strict=True))
        for name, found in train.table.categories.items()
    }
    return fit([name for name in train.table.names if name != table.label], table, counts)


def encode_table(
    data: StoredTable, encoding: Encoding, label: str, folder: Path | None = None
) -> StoredTable:
    """Encode all rows, in their order, a piece at a time.

    Args:
        data: As `read_table` returns it.
        encoding: As `fit_rows` made it of some of its rows.
        label: The column to predict, which stays.
        folder: Gets what is encoded, in files. Without one it is held in memory.

    Raises:
        DataError: The only feature is empty in a row.
    """
    writer = TableWriter(folder)
    names = [label, *(column.name for column in encoding.columns)]
    rows = 0
    for batch in data.batches(names):
        texts = {name: _text_of(batch.column(name), data.categories[name]) for name in data.categories}
        columns = [texts[name] if name in texts else batch.column(name) for name in names]
        encoded = encode(pa.RecordBatch.from_arrays(columns, names=names), encoding)
        check_blank_lines(encoded, rows)
        writer.append(encoded.add_column(0, label, batch.column(label)))
        rows += batch.num_rows
    return writer.finish()


def unseen_rows(train: Rows, others: "Iterable[Rows]") -> dict[str, int]:
    """Count, of each category, the other rows with a value that no training row has; none are left out."""
    found = {}
    for name in train.table.categories:
        is_known = _rows_of_each(train, name) > 0
        rows = sum(int(_rows_of_each(part, name)[~is_known].sum()) for part in others)
        if rows:
            found[name] = rows
    return found


def _text_of(numbers: pa.Array, categories: Categories) -> pa.DictionaryArray:
    places = numbers.to_numpy()
    return pa.DictionaryArray.from_arrays(
        pa.array(places, mask=places == Categories.missing), pa.array(categories.in_order, pa.string())
    )


def _rows_of_each(rows: Rows, name: str) -> np.ndarray:
    """Count the rows that have each value, in the order of the alphabet."""
    return np.bincount(rows.column(name) + 1, minlength=len(rows.table.categories[name].in_order) + 1)[1:]
