"""The shuffled rows cut in three by their places on a line: to train on, to validate on, to test on."""

from typing import TYPE_CHECKING

from include.pipeline.data.parts import check_classes
from include.pipeline.data.writing.rows import Rows, shuffled

if TYPE_CHECKING:
    from include.pipeline.data.stored_table import StoredTable
    from include.pipeline.data.writing.line import Line
    from include.pipeline.documents.table.config import TableConfig


def split_by_place(
    data: "StoredTable",
    line: "Line",
    table: "TableConfig",
    *,
    train_fraction: float,
    validation_fraction: float,
    seed: int,
) -> tuple[Rows, Rows, Rows]:
    """Cut the shuffled rows in three: to train on, to validate on, to test on.

    Their sizes are about the fractions.

    Args:
        data: As `read_table` returns it.
        line: With a place for each row.
        table: Names the label.
        train_fraction: A row below is not tested on.
        validation_fraction: Share of these that is kept from training.
        seed: Of the shuffle.

    Raises:
        DataError: One side does not have rows of both classes.
    """
    whole = shuffled(data, seed)
    on_line, end = line.places[whole.order], train_fraction * (1 - validation_fraction)
    train, validation, test = (
        Rows(data, whole.order[chosen])
        for chosen in (
            on_line < end,
            (on_line >= end) & (on_line < train_fraction),
            on_line >= train_fraction,
        )
    )
    check_classes({"train": train, "test": test}, whole, table, "train_fraction")
    if validation_fraction:
        check_classes({"validation": validation}, whole, table, "validation_fraction")
    return train, validation, test
