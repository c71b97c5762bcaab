"""What is counted beside the index: missing and unseen values, equal rows, rows that were appended."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from include.pipeline.data.comparison.compare import compare
from include.pipeline.data.drift import failures, warned_columns, warnings
from include.pipeline.data.profile import profile
from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits
from include.pipeline.documents.profile import DataProfile
from include.pipeline.documents.table.config import TableConfig
from tests.pipeline.data.tables import stored

SHOWN = TableConfig(label="y", show_values=True)
HIDDEN = TableConfig(label="y")
LIMITS = DriftLimits()
NAN = float("nan")
ROWS = 1000


def table(rows: int = ROWS, seed: int = 1, **columns: object) -> pd.DataFrame:
    """Draw customers; a tenth is positive."""
    random = np.random.RandomState(seed)
    fields = {
        "age": random.randint(18, 90, rows).astype("float64"),
        "children": random.choice(4, rows, p=[0.5, 0.3, 0.15, 0.05]).astype("float64"),
        "balance": random.normal(size=rows),
        "y": (random.random_sample(rows) < 0.1).astype("int64"),
    }
    return pd.DataFrame(fields | columns)


def drift(new: pd.DataFrame, previous: pd.DataFrame, config: TableConfig = SHOWN) -> Drift:
    return compare(stored(new), config, profile(stored(previous), config))


def column(found: Drift, name: str) -> ColumnDrift:
    return next(column for column in found.columns if column.name == name)


@pytest.mark.parametrize("config", [SHOWN, HIDDEN], ids=["shown", "hidden"])
def test_another_draw_of_the_same_population_is_told_of_in_no_word(config: TableConfig) -> None:
    assert warnings(drift(table(seed=2), table(), config), LIMITS) == []


def test_the_label_rate_is_compared_by_itself() -> None:
    before, after = table(y=np.arange(ROWS) % 20 == 0), table(y=np.arange(ROWS) % 9 == 0)
    found = drift(after.astype({"y": "int64"}), before.astype({"y": "int64"}))
    assert found.label_psi < 0.1
    assert found.label_chance == pytest.approx(stats.fisher_exact([[112, 888], [50, 950]]).pvalue)
    assert warnings(found, LIMITS) == ["label rate of 'y': 11.20 %, was 5.00 %"]


@pytest.mark.parametrize("config", [SHOWN, HIDDEN], ids=["shown", "hidden"])
def test_missing_values_are_told(config: TableConfig) -> None:
    after = table(seed=2)
    after.loc[after.index % 25 == 0, "balance"] = NAN
    found = column(drift(after, table(), config), "balance")
    assert found.missing is not None
    assert (found.missing.share, found.missing.previous) == (0.04, 0)
    said = warnings(drift(after, table(), config), LIMITS)
    assert "missing values: 'balance' (4.00 %, was 0.00 %)" in said


def test_values_beyond_the_range_are_told_though_the_index_is_small() -> None:
    before = table()
    after = before.assign(age=before["age"] + 1000 * (before["age"] > 82))
    found = drift(after, before)
    assert column(found, "age").psi < 0.01
    share = (before["age"] > 82).mean()
    unseen = column(found, "age").unseen
    assert unseen is not None
    assert (unseen.share, unseen.previous) == (share, 0)
    assert warnings(found, LIMITS) == [f"values not seen before: 'age' ({share * 100:.2f} % of the rows)"]
    assert warned_columns(found, LIMITS) == {"age"}


def test_of_a_hidden_column_the_range_leaves_nine_rows_out_on_either_side() -> None:
    before = table()
    (age,) = (known for known in profile(stored(before), HIDDEN).columns if known.name == "age")
    ascending = np.sort(before["age"])
    assert age.highest is not None
    assert age.highest >= ascending[-10]
    assert (before["age"] > age.highest).sum() <= age.beyond == 9
    after = before.assign(age=before["age"] + 1000 * (before["age"] > 82))
    (said,) = warnings(drift(after, before, HIDDEN), LIMITS)
    assert said.startswith("values not seen before: 'age' (")


def test_a_new_category_is_told() -> None:
    before = table()
    after = table(seed=2)
    after.loc[after.index % 40 == 0, "children"] = 7
    found = column(drift(after, before), "children")
    assert found.unseen is not None
    assert found.unseen.share == 0.025
    said = warnings(drift(after, before), LIMITS)
    unseen = "values not seen before"
    assert f"{unseen}: 'children' (2.50 % of the rows)" in said


def test_a_value_that_one_row_has_may_be_new_by_chance() -> None:
    after = table(seed=2)
    after.loc[0, "children"] = 7
    assert warnings(drift(after, table()), LIMITS) == []


@pytest.mark.parametrize("config", [SHOWN, HIDDEN], ids=["shown", "hidden"])
def test_rows_that_are_there_twice_are_told(config: TableConfig) -> None:
    twice = pd.concat([table(seed=2)] * 2, ignore_index=True)
    found = drift(twice, table(), config)
    assert found.duplicates is not None
    # Among 1,000 of the 2,000 rows: whole pairs are about a quarter of 1,000.
    assert 0.2 < found.duplicates.share < 0.3
    assert found.duplicates.previous == 0
    (said,) = warnings(found, LIMITS)
    assert said.startswith("rows equal to an earlier one: 2")


def test_more_rows_have_more_equal_ones_by_chance() -> None:
    few, many = (table(rows)[["children", "y"]] for rows in (50, 5000))
    found = drift(many, few)
    assert found.duplicates is not None
    assert found.duplicates.share == pytest.approx(found.duplicates.previous, abs=0.05)


def test_what_was_appended_is_looked_at_by_itself() -> None:
    before = table(9000)
    below = table(1000, seed=3)
    below["balance"] += 0.5
    both = pd.concat([before, below], ignore_index=True)
    found = drift(both, before)
    assert column(found, "balance").psi < 0.1
    assert found.appended is not None
    assert (found.appended.rows, found.appended.previous_rows) == (1000, 9000)
    alone = drift(below, before)
    assert column(found.appended, "balance") == column(alone, "balance")
    (said,) = warnings(found, LIMITS)
    assert said.startswith("appended rows: PSI at or above psi_warn = 0.1: 'balance' (")


def test_rows_in_another_order_were_not_appended() -> None:
    before = table()
    assert drift(pd.concat([table(10, seed=3), before], ignore_index=True), before).appended is None
    assert drift(before, before).appended is None


def test_few_appended_rows_are_told_of_only_where_rows_may_be_seen() -> None:
    before = table()
    both = pd.concat([before, table(9, seed=3)], ignore_index=True)
    assert drift(both, before, HIDDEN).appended is None
    assert drift(both, before, SHOWN).appended is not None
    assert drift(pd.concat([both, table(1)], ignore_index=True), before, HIDDEN).appended is not None


def test_a_misfit_in_appended_rows_has_its_row_in_the_file() -> None:
    before = table()
    below = table(100, seed=3)
    below.loc[7, "children"] = 1.5
    found = drift(pd.concat([before, below], ignore_index=True), before, HIDDEN)
    assert found.appended is not None
    assert column(found.appended, "children").misfit_row == column(found, "children").misfit_row == 1009


def test_a_count_that_was_0_or_1_by_chance_fails_no_run_of_a_small_table() -> None:
    few = table(100, children=np.arange(100) % 2)
    more = table(100, children=np.where(np.arange(100) == 3, 2, np.arange(100) % 2))
    assert failures(drift(more, few), LIMITS) == []
    many = table(1000, children=np.arange(1000) % 2)
    ((said, _),) = failures(drift(more, many), LIMITS)
    assert said == "column 'children' holds 2.0"


def test_a_profile_of_an_earlier_version_is_compared_as_far_as_it_goes() -> None:
    newer = {"duplicates", "content_sha256"}
    written = profile(stored(table()), SHOWN).model_dump(mode="json", exclude=newer)
    for known in written["columns"]:
        for name in ("lowest", "highest", "beyond", "of_kind"):
            del known[name]
    earlier = DataProfile.read(written, "an earlier profile")
    found = compare(stored(table(seed=2)), SHOWN, earlier)
    assert (found.duplicates, found.appended) == (None, None)
    assert {column.unseen for column in found.columns} == {None}
    assert all(column.chance is not None for column in found.columns)
    assert warnings(found, LIMITS) == []
