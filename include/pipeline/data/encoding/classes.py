"""The classes of a label: their order, which is that of the scores, and what they are called."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from include.pipeline.data.encoding.record import Encoding
    from include.pipeline.data.stored_table import StoredTable
    from include.pipeline.documents.table.config import TableConfig


def in_order(classes: Iterable[str]) -> tuple[str, ...]:
    """Put classes into their order: by size where all are numbers, else by the alphabet of Unicode."""
    names = list(classes)
    try:
        return tuple(sorted(names, key=lambda name: (float(name), name)))
    except ValueError:
        return tuple(sorted(names))


def all_classes(data: "StoredTable", encoding: "Encoding", label: str) -> tuple[str, ...]:
    """List the classes of a table: those of the training rows, and then those that no training row has."""
    others = set(data.categories[label].in_order) - set(encoding.classes)
    return (*encoding.classes, *in_order(others))


def told_classes(
    data: "StoredTable", encoding: "Encoding", table: "TableConfig", hyperparameters: Mapping[str, object]
) -> tuple[str, ...]:
    """Name the classes, one for each score of the model; by numbers where the label may not be seen.

    XGBoost is told how many scores it has to give; of other algorithms there are as many as classes.

    Args:
        data: The table.
        encoding: Of its training rows.
        table: Names the label, and says whether its values may be seen.
        hyperparameters: Of the run, which `plan_run` has checked.

    Returns:
        Nothing where the label has no classes.

    Raises:
        DataError: The table has more classes than scores.
    """
    if not encoding.classes:
        return ()
    names = all_classes(data, encoding, table.label)
    scores = int(str(hyperparameters.get("num_class", len(names))))
    if len(names) > scores:
        raise DataError(
            f"column {table.label!r}, the label, has {len(names)} classes",
            f"it has at most as many as the hyperparameter num_class = {scores}",
            "Correct the label, or set num_class to the number of classes",
        )
    numbered = tuple(f"class {number}" for number in range(1, scores + 1))
    return (*names, *numbered[len(names) :]) if table.shows(table.label) else numbered
