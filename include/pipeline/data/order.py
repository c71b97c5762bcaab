"""Whether the order of the rows in the file carries the label, and what that does to a model's figures.

A file is often in the order of time. A shuffled split then tests on rows between those that it trains on; a
model that is in use meets rows that come after all of them.
"""

import logging
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.data.bins import told_positives
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.documents.split import HeldOutFigures, RowOrder
from include.pipeline.figures.chance import chance_of_bins
from include.pipeline.figures.changes import effect
from include.work.in_order import in_order

if TYPE_CHECKING:
    from include.pipeline.documents.table.config import TableConfig

log = logging.getLogger(__name__)

_TENTHS = 10
# Rarer than one shuffled file in a hundred; and as far from the rate of all as Cohen calls a small effect.
_RARE = 0.01
_LEAST_EFFECT = 0.2
# What a model of some seconds can be trained on: all of AWS's tutorial. Of more, every n-th row is taken.
_MOST_CELLS = 2_500_000
# Those of AWS's tutorial. They are no run's own: a Param must not decide how long this takes.
_PARAMETERS = {
    "max_depth": 5,
    "eta": 0.2,
    "gamma": 4,
    "min_child_weight": 6,
    "subsample": 0.8,
    "objective": "binary:logistic",
    "seed": 0,
    # Threads that wait for each other take minutes where other tasks want the cores.
    "nthread": 1,
}
_ROUNDS = 100


def measure_order(
    data: StoredTable, table: "TableConfig", *, train_fraction: float, seed: int
) -> RowOrder | None:
    """Compare the label's rate along the file; where it changes, train a small model by order and shuffled.

    Args:
        data: As `read_table` returns it, in the file's order.
        table: Names the label.
        train_fraction: Share of the rows that are trained on.
        seed: Of the shuffle, as the run's split has it.

    Returns:
        None where the label is not 0 or 1, and so has no rate.
    """
    if table.kind != "binary":
        return None
    labels = data.column(table.label)
    parts = np.array_split(labels, min(_TENTHS, len(labels)))
    positives = [int(part.sum()) for part in parts]
    chance = chance_of_bins(
        positives, [len(part) - count for part, count in zip(parts, positives, strict=True)]
    )
    farthest = max(
        effect(count / len(part), labels.mean()) for part, count in zip(parts, positives, strict=True)
    )
    shown = table.shows(table.label)
    order = RowOrder(
        rates=tuple(told_positives(part, shown=shown) / len(part) for part in parts),
        chance=chance,
        carries_label=chance <= _RARE and farthest >= _LEAST_EFFECT,
        train_fraction=train_fraction,
    )
    if not order.carries_label:
        return order
    log.warning("The order of the rows carries the label: see the report")
    features = [name for name in data.names if name != table.label]
    every = -(-len(labels) * len(features) // _MOST_CELLS)
    rows = np.column_stack([_as_float32(data.column(name)[::every]) for name in features])
    taken, size = labels[::every], len(rows)
    shuffle = np.random.RandomState(seed).choice(size, size=size, replace=False)
    cut = int(train_fraction * size)
    ways = np.arange(size), shuffle
    by_order, shuffled = in_order(lambda way: _held_out(rows, taken, way, cut), ways)
    if by_order is None or shuffled is None:
        return order
    log.info("ROC AUC by order %.3f, shuffled %.3f, of a small model", by_order.roc_auc, shuffled.roc_auc)
    return order.model_copy(update={"rows": size, "by_order": by_order, "shuffled": shuffled})


def _as_float32(values: np.ndarray) -> np.ndarray:
    """Make numbers as XGBoost takes them: one that is too large for 32 bits is the largest."""
    most = np.finfo(np.float32).max
    return values.astype(np.float64).clip(-most, most).astype(np.float32)


def _held_out(rows: np.ndarray, labels: np.ndarray, order: np.ndarray, cut: int) -> HeldOutFigures | None:
    train, test = order[:cut], order[cut:]
    if any(len(np.unique(labels[part])) < 2 for part in (train, test)):  # noqa: PLR2004 - both classes
        return None
    # Here, as most files need none of it.
    import xgboost  # noqa: PLC0415

    from include.pipeline.figures.scored_rows import ScoredRows  # noqa: PLC0415

    booster = xgboost.train(_PARAMETERS, xgboost.DMatrix(rows[train], labels[train]), _ROUNDS)
    scored = ScoredRows(labels[test], booster.predict(xgboost.DMatrix(rows[test])), threshold=0.5)
    return HeldOutFigures(roc_auc=scored.roc_auc, log_loss=scored.log_loss)
