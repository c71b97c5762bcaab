"""What the order of the rows tells of the label."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from include.pipeline.data.order import measure_order
from include.pipeline.data.table import read_table
from include.pipeline.documents.split import RowOrder
from include.pipeline.documents.table.config import TableConfig
from tests.pipeline.data.tables import stored
from tests.tutorial_data import BANK_CLEAN, needs_bank_clean

TABLE = TableConfig(label="y", show_values=True)


def measured(label: np.ndarray, table: TableConfig = TABLE, **features: np.ndarray) -> RowOrder:
    given = features or {"a": np.random.RandomState(2).normal(size=len(label))}
    data = stored(pd.DataFrame({**given, "y": label}))
    return measure_order(data, table, train_fraction=0.7, seed=1729)


def rising(rows: int = 2000) -> np.ndarray:
    """Label rows so that ever more of them are positive."""
    return (np.random.RandomState(3).random_sample(rows) < np.linspace(0.02, 0.6, rows)).astype("int64")


def test_a_shuffled_file_has_no_order_and_costs_no_training() -> None:
    found = measured(np.random.RandomState(1).permutation(rising()))
    assert not found.carries_label
    assert (found.rows, found.by_order, found.shuffled) == (0, None, None)


def test_the_rates_are_those_of_tenths() -> None:
    label = rising(1005)
    tenths = np.split(label, [101, 202, 303, 404, 505, 605, 705, 805, 905])
    found = measured(label)
    assert found.rates == pytest.approx([tenth.mean() for tenth in tenths])
    counted = [(tenth.sum(), len(tenth) - tenth.sum()) for tenth in tenths]
    assert found.chance == pytest.approx(stats.chi2_contingency(counted, correction=False).pvalue)
    assert found.carries_label


@pytest.mark.long
def test_of_shuffled_files_hardly_one_in_a_hundred_seems_ordered() -> None:
    random = np.random.RandomState(4)
    for rows in (100, 1000):
        labels = [random.binomial(1, 0.11, rows) for _ in range(300)]
        assert sum(measured(label).carries_label for label in labels) <= 9


def test_what_an_old_model_cannot_know_lowers_the_figure_by_order() -> None:
    label, random = rising(), np.random.RandomState(5)
    # What tells a positive in the first 70 % tells a negative in the rest.
    way = np.where(np.arange(2000) < 1400, 1, -1)
    found = measured(label, a=way * label + random.normal(size=2000), time=np.arange(2000))
    assert found.rows == 2000
    assert found.by_order is not None
    assert found.shuffled is not None
    assert found.by_order.roc_auc < found.shuffled.roc_auc - 0.1


def test_numbers_too_large_for_xgboost_fail_no_run() -> None:
    label = rising()
    found = measured(label, a=np.where(label, 1e300, -1e300), b=np.full(2000, np.nan))
    assert found.by_order is not None
    assert found.by_order.roc_auc == 1


def test_a_file_that_is_sorted_by_the_label_has_no_figure_by_order() -> None:
    found = measured(np.sort(rising()))
    assert found.carries_label
    assert (found.rows, found.by_order, found.shuffled) == (0, None, None)


def test_of_a_hidden_label_few_rows_are_not_told() -> None:
    label = np.concatenate([np.arange(1800) % 200 == 0, np.arange(200) % 2 == 0]).astype("int64")
    hidden = measured(label, TableConfig(label="y"))
    assert hidden.carries_label
    assert hidden.rates == (0,) * 9 + (0.5,)


@pytest.mark.long
def test_of_a_large_table_every_nth_row_is_taken() -> None:
    label, random = rising(30_000), np.random.RandomState(6)
    wide = {f"column {number}": random.binomial(1, 0.5, 30_000).astype("float32") for number in range(100)}
    found = measured(label, **wide)
    assert found.rows == 15_000


@pytest.mark.long
@needs_bank_clean
def test_the_tutorials_table_is_in_the_order_of_time() -> None:
    table = TableConfig(label="y_yes", drop=("y_no",), show_values=True)
    with BANK_CLEAN.open("rb") as file:
        frame = read_table(file, table)
    found = measure_order(frame, table, train_fraction=0.7, seed=1729)
    assert found.carries_label
    assert (found.rates[0], found.rates[-1]) == pytest.approx((0.028, 0.459), abs=0.0005)
    assert found.by_order is not None
    assert found.shuffled is not None
    # The figures of the tutorial's own hyperparameters.
    assert (found.by_order.roc_auc, found.by_order.log_loss) == pytest.approx((0.682, 0.712), abs=0.0005)
    assert (found.shuffled.roc_auc, found.shuffled.log_loss) == pytest.approx((0.777, 0.290), abs=0.0005)
