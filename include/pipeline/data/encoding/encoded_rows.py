"""A stored table encoded: fitted on its training rows, applied to all, a piece at a time."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from include.pipeline.data.bins import told_rows
from include.pipeline.data.encoding.apply import check_blank_lines, encode
from include.pipeline.data.encoding.classes import all_classes, in_order
from include.pipeline.data.encoding.fit import check_features_differ, fit
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.encoding.scaling import fit_scaling
from include.pipeline.data.stored_table import Categories, StoredTable, TableWriter
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.split import EncodedFeatures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from include.pipeline.documents.table.config import TableConfig

log = logging.getLogger(__name__)


def fit_rows(
    train: Rows, table: "TableConfig", *, is_scaled: bool = False, is_sparse: bool = False
) -> Encoding:
    """Fit the encoding of a table on its training rows, and on no others.

    Args:
        train: The rows.
        table: Says what the columns are.
        is_scaled: Whether the algorithm needs features of one scale, without gaps.
        is_sparse: Whether of these the columns of a category stay 0 and 1.

    Raises:
        DataError: A category has no value there; or two features would be called the same.
    """
    counts = {
        name: dict(zip(found.in_order, _rows_of_each(train, name).tolist(), strict=True))
        for name, found in train.table.categories.items()
    }
    encoding = fit([name for name in train.table.names if name != table.label], table, counts)
    check_features_differ(encoding)
    if is_scaled:
        encoding = fit_scaling(encoding, _training_rows(train, encoding), is_sparse=is_sparse)
        check_features_differ(encoding)
    classes = in_order(value for value, rows in counts.get(table.label, {}).items() if rows)
    return encoding.model_copy(update={"classes": classes})


def encode_table(
    data: StoredTable, encoding: Encoding, label: str, folder: Path | None = None
) -> StoredTable:
    """Encode all rows, in their order, a piece at a time.

    Args:
        data: As `read_table` returns it.
        encoding: As `fit_rows` made it of some of its rows.
        label: The column to predict, which stays; of classes, by their places in the order of the scores.
        folder: Gets what is encoded, in files. Without one it is held in memory.

    Raises:
        DataError: The only feature is empty in a row.
    """
    writer = TableWriter(folder)
    numbers = _numbers_of_classes(data, encoding, label) if encoding.classes else None
    rows = 0
    for batch in _batches(data, encoding, label):
        encoded = encode(batch, encoding)
        check_blank_lines(encoded, rows)
        labels = batch.column(label)
        if numbers is not None:
            labels = pa.array(numbers[labels.to_numpy()])
        writer.append(encoded.add_column(0, label, labels))
        rows += batch.num_rows
    return writer.finish()


def _batches(data: StoredTable, encoding: Encoding, *others: str) -> "Iterator[pa.RecordBatch]":
    """Return the columns of an encoding as it takes them, and others, some rows at a time."""
    names = [*others, *(column.name for column in encoding.columns)]
    texts = [name for name in data.categories if name in names and name not in others]
    for batch in data.batches(names):
        found = {name: _text_of(batch.column(name), data.categories[name]) for name in texts}
        columns = [found[name] if name in found else batch.column(name) for name in names]
        yield pa.RecordBatch.from_arrays(columns, names=names)


def _training_rows(train: Rows, encoding: Encoding) -> "Iterator[pa.RecordBatch]":
    """Return the training rows, as an encoding takes them, in the file's order: it decides no figure."""
    chosen = np.zeros(train.table.rows, dtype=bool)
    chosen[train.order] = True
    first = 0
    for batch in _batches(train.table, encoding):
        yield batch.filter(pa.array(chosen[first : first + batch.num_rows]))
        first += batch.num_rows


def encoded_features(encoding: Encoding, table: "TableConfig", unseen: dict[str, int]) -> EncodedFeatures:
    """Say what became of categories and dates, and warn of values that no training row has.

    Args:
        encoding: Of the table.
        table: Says what may be seen.
        unseen: As `unseen_rows` counts them.
    """
    told = {name: told_rows(rows, shown=table.shows(name)) for name, rows in unseen.items()}
    for name, rows in told.items():
        log.warning(
            "Column %r: %s rows to validate or test on have a value that no training row has",
            name,
            rows or "fewer than ten",
        )
    made = {column.name: column.features for column in encoding.columns if column.name in table.encoded}
    return EncodedFeatures(sha256=encoding.sha256, features=made, unseen_rows=told)


def unseen_rows(train: Rows, others: "Iterable[Rows]") -> dict[str, int]:
    """Count, of each category and the classes, the other rows whose value no training row has."""
    found = {}
    for name in train.table.categories:
        is_known = _rows_of_each(train, name) > 0
        rows = sum(int(_rows_of_each(part, name)[~is_known].sum()) for part in others)
        if rows:
            found[name] = rows
    return found


def _numbers_of_classes(data: StoredTable, encoding: Encoding, label: str) -> np.ndarray:
    """Tell the number that the model has for each class, by the number that the table has for it."""
    place = {name: number for number, name in enumerate(all_classes(data, encoding, label))}
    return np.array([place[name] for name in data.categories[label].in_order], dtype=np.int32)


def _text_of(numbers: pa.Array, categories: Categories) -> pa.DictionaryArray:
    places = numbers.to_numpy()
    return pa.DictionaryArray.from_arrays(
        pa.array(places, mask=places == Categories.missing), pa.array(categories.in_order, pa.string())
    )


def _rows_of_each(rows: Rows, name: str) -> np.ndarray:
    """Count the rows that have each value, in the order of the alphabet."""
    return np.bincount(rows.column(name) + 1, minlength=len(rows.table.categories[name].in_order) + 1)[1:]
