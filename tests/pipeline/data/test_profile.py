"""Distributions of a table and of the next one on the same bins, against loops that do it by hand."""

import math
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from include.pipeline.data.comparison.compare import compare
from include.pipeline.data.drift import check_drift, warnings
from include.pipeline.data.profile import profile
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.documents.drift import ColumnDrift, Drift, DriftLimits
from include.pipeline.documents.profile import DataProfile
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DriftError
from include.pipeline.figures.changes import population_stability_index
from tests.pipeline.data.tables import read_frame, stored
from tests.tutorial_data import BANK_CLEAN, needs_bank_clean

TABLE = TableConfig(show_values=True, label="y")
NAN = float("nan")

# With infinities left out, as `read_table` refuses them.
cells = st.just(NAN) | st.integers(-3, 3).map(float) | st.floats(allow_nan=False, allow_infinity=False)
columns = st.lists(cells, min_size=1, max_size=60)


def frame(label: Sequence[int] | None = None, **features: Sequence[float]) -> pd.DataFrame:
    table = pd.DataFrame({name: np.array(values, dtype="float64") for name, values in features.items()})
    table["y"] = np.zeros(len(table), dtype="int64") if label is None else np.array(label, dtype="int64")
    return table


def stored_frame(**features: Sequence[float]) -> StoredTable:
    return stored(frame(**features))


def drift(new: pd.DataFrame, previous: pd.DataFrame) -> Drift:
    return compare(stored(new), TABLE, profile(stored(previous), TABLE))


def column_drift(new: Sequence[float], previous: Sequence[float]) -> ColumnDrift:
    (column,) = drift(frame(a=new), frame(a=previous)).columns
    return column


def psi_by_hand(new: Sequence[float], previous: Sequence[float]) -> float:
    """Names the bin of each value, counts the names, and sums the formula up."""
    known = sorted(value for value in previous if not math.isnan(value))
    if len(set(known)) <= 10:
        edges = alone = sorted(set(known))
    else:
        deciles = [
            next(
                value for value in known if 10 * sum(other <= value for other in known) >= tenth * len(known)
            )
            for tenth in range(1, 10)
        ]
        edges = sorted(set(deciles))
        alone = [value for value in edges if deciles.count(value) > 1]

    def bin_of(value: float) -> tuple[str, int]:
        if math.isnan(value):
            return "missing", 0
        if value in alone:
            return "value", edges.index(value)
        return "between", sum(edge < value for edge in edges)

    new_bins, previous_bins = [bin_of(value) for value in new], [bin_of(value) for value in previous]
    total = 0.0
    for name in {*new_bins, *previous_bins}:
        actual = max(new_bins.count(name) / len(new), 0.0001)
        expected = max(previous_bins.count(name) / len(previous), 0.0001)
        total += (actual - expected) * math.log(actual / expected)
    return total


def test_the_index_is_the_formula_worked_out_by_hand() -> None:
    # (0.3 - 0.5) ln(0.3 / 0.5) + (0.7 - 0.5) ln(0.7 / 0.5)
    assert population_stability_index((30, 70), (5, 5)) == pytest.approx(0.169459572077)
    assert population_stability_index((5, 5), (30, 70)) == pytest.approx(0.169459572077)


def test_an_empty_bin_counts_as_one_of_ten_thousand_rows() -> None:
    # (0.0001 - 0.5) ln(0.0001 / 0.5) + (1 - 0.5) ln(1 / 0.5)
    assert population_stability_index((0, 8), (4, 4)) == pytest.approx(4.604318468)
    assert population_stability_index((0, 8), (0, 3)) == 0


def test_few_values_have_a_bin_each_and_missing_ones_theirs() -> None:
    (a,) = profile(stored_frame(a=[3, 1, 3, NAN, 3]), TABLE).columns
    assert (a.name, a.kind, a.missing) == ("a", "integer", 1)
    assert a.edges == (np.nextafter(1, 0), 1, np.nextafter(3, 0), 3)
    assert a.counts == (0, 1, 0, 3, 0)


def test_many_values_are_cut_at_their_deciles() -> None:
    (a,) = profile(stored_frame(a=range(100, 0, -1)), TABLE).columns
    assert a.edges == (10, 20, 30, 40, 50, 60, 70, 80, 90)
    assert a.counts == (10,) * 10


def test_a_frequent_value_is_told_from_its_neighbours() -> None:
    previous = [999.0] * 88 + list(range(12))
    assert column_drift([998.0] * 88 + list(range(12)), previous).psi > 10
    (a,) = profile(stored_frame(a=previous), TABLE).columns
    assert a.edges == (9, np.nextafter(999, 0), 999)
    assert a.counts == (10, 2, 88, 0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([NAN, NAN], "empty"),
        ([5, 5, NAN], "constant"),
        ([0, 0], "constant"),
        ([1.5], "constant"),
        ([0, 1, NAN], "indicator"),
        ([0, 2], "integer"),
        ([-1e300, 1e300], "integer"),
        ([0, 1, 0.5], "float"),
    ],
)
def test_a_kind_is_what_the_values_show(values: list[float], kind: str) -> None:
    assert profile(stored_frame(a=values), TABLE).columns[0].kind == kind


@pytest.mark.parametrize(
    ("previous", "new", "misfit"),
    [
        ([0, 1], [3, 0, 2, 1], 2),
        ([0, 1], [0.5, 1], 0.5),
        ([0, 1], [7, 7], 7),
        ([1, 2, 3], [1, 2.5, -0.5], -0.5),
        ([1, 2, 3], [0, 1], None),
        ([0.5, 1], [4, 5], None),
        ([0, 0], [0, 5.5], None),
        ([NAN], [0, 5.5], None),
        ([0, 1], [NAN, NAN], None),
        ([1, 2], [NAN, -3e12], None),
    ],
)
def test_a_column_is_of_another_type_when_values_do_not_fit_the_previous_one(
    previous: list[float], new: list[float], misfit: float | None
) -> None:
    assert column_drift(new, previous).misfit == misfit


def test_columns_come_and_go() -> None:
    found = drift(frame(a=[1], c=[1], d=[1]), frame(e=[1], a=[1], b=[1]))
    assert (found.added, found.missing) == (("c", "d"), ("e", "b"))
    assert [column.name for column in found.columns] == ["a"]


def test_what_the_yaml_drops_or_takes_back_has_not_changed_in_the_data() -> None:
    taken_back = compare(
        stored_frame(a=[1], b=[1]),
        TABLE,
        profile(stored_frame(a=[1]), TableConfig(show_values=True, label="y", drop=("b",))),
    )
    assert (taken_back.added, taken_back.missing) == ((), ())
    dropped = compare(
        stored_frame(a=[1]),
        TableConfig(show_values=True, label="y", drop=("b",)),
        profile(stored_frame(a=[1], b=[1]), TABLE),
    )
    assert (dropped.added, dropped.missing) == ((), ())


def test_another_label_of_the_same_columns_adds_and_misses_none() -> None:
    table = frame(a=[0, 1, 1, 1], label=[0, 0, 0, 1])
    found = compare(stored(table), TableConfig(show_values=True, label="a"), profile(stored(table), TABLE))
    assert (found.added, found.missing, found.columns) == ((), (), ())
    assert (found.label, found.label_rate, found.previous_label_rate) == ("a", 0.75, 0.25)


def test_the_order_of_columns_is_no_drift() -> None:
    found = drift(frame(b=[1, 2], a=[3, 4]), frame(a=[3, 4], b=[1, 2]))
    assert (found.added, found.missing) == ((), ())
    assert [column.psi for column in found.columns] == [0, 0]


def test_the_label_is_compared_by_its_rate() -> None:
    found = drift(frame(a=[1] * 10, label=[1] * 7 + [0] * 3), frame(a=[1] * 4, label=[1, 0, 1, 0]))
    assert (found.rows, found.previous_rows) == (10, 4)
    assert (found.label, found.label_rate, found.previous_label_rate) == ("y", 0.7, 0.5)
    assert found.label_psi == pytest.approx(0.169459572077)


def test_the_most_drifted_column_is_the_first() -> None:
    found = drift(frame(a=[1, 2], b=[1, 1], c=[9, 9]), frame(a=[1, 2], b=[1, 2], c=[1, 2]))
    assert [column.name for column in found.columns] == ["c", "b", "a"]
    assert found.columns[0].psi > found.columns[1].psi > found.columns[2].psi == 0


def test_one_row_against_itself_and_against_another() -> None:
    assert column_drift([4], [4]).psi == 0
    assert column_drift([5], [4]).psi == pytest.approx(2 * (1 - 0.0001) * math.log(10_000))


def test_a_column_without_values_differs_from_one_with_values_only() -> None:
    assert column_drift([NAN], [NAN, NAN]).psi == 0
    whole = pytest.approx(2 * (1 - 0.0001) * math.log(10_000))
    assert column_drift([1, 2], [NAN, NAN]).psi == whole
    assert column_drift([NAN, NAN], [1, 1]).psi == whole


def test_a_constant_column_drifts_when_its_constant_changes() -> None:
    assert column_drift([7] * 5, [7] * 90).psi == 0
    assert column_drift([7] * 90 + [8] * 10, [7] * 90).psi == pytest.approx(
        (0.1 - 0.0001) * math.log(1000) + (0.9 - 1) * math.log(0.9)
    )


def test_the_index_grows_with_the_shift() -> None:
    values = np.random.RandomState(1).normal(size=2000)
    indices = [column_drift(values + shift, values).psi for shift in np.arange(0, 2, 0.1)]
    assert indices[0] == 0
    assert indices == sorted(indices)
    # Of two normal distributions a standard deviation apart, Jeffreys' divergence is 1, and bins lose of it.
    assert 0.85 < indices[10] < 1.02


@pytest.mark.long
def test_of_one_population_the_index_is_as_large_as_the_limits_say() -> None:
    random = np.random.RandomState(2)
    indices = [column_drift(random.random_sample(500), random.random_sample(1000)).psi for _ in range(300)]
    assert np.mean(indices) == pytest.approx(9 * (1 / 500 + 1 / 1000), rel=0.1)


def test_a_table_without_rows_has_no_profile() -> None:
    with pytest.raises(ValidationError, match="rows"):
        profile(stored_frame(a=[]), TABLE)


@pytest.mark.long
@given(columns)
def test_a_version_does_not_drift_from_itself(values: list[float]) -> None:
    found = column_drift(values, values)
    assert (found.psi, found.misfit, found.kind) == (0, None, found.previous_kind)


@pytest.mark.long
@given(columns, columns)
def test_the_index_is_what_a_loop_finds(new: list[float], previous: list[float]) -> None:
    assert column_drift(new, previous).psi == pytest.approx(psi_by_hand(new, previous), abs=1e-12)


@pytest.mark.long
@given(columns, columns)
def test_the_index_is_finite_and_never_below_0(new: list[float], previous: list[float]) -> None:
    assert 0 <= column_drift(new, previous).psi < math.inf


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=20))
def test_the_index_is_symmetric(bins: list[tuple[int, int]]) -> None:
    new, previous = [1 + one for one, _ in bins], [1 + other for _, other in bins]
    there, back = population_stability_index(new, previous), population_stability_index(previous, new)
    assert there == pytest.approx(back, abs=1e-12)


@pytest.mark.long
@given(columns, st.data())
def test_every_row_is_counted_once_whatever_the_order(values: list[float], data: st.DataObject) -> None:
    found = profile(stored_frame(a=values), TABLE)
    (a,) = found.columns
    assert sum(a.counts) + a.missing == found.rows == len(values)
    assert list(a.edges) == sorted(set(a.edges))
    shuffled = data.draw(st.permutations(values))
    unordered = {"content_sha256"}
    assert profile(stored_frame(a=shuffled), TABLE).model_dump(exclude=unordered) == found.model_dump(
        exclude=unordered
    )
    previous = frame(a=data.draw(columns))
    # What it begins with depends on the order, and so which rows were appended.
    whole = {"appended"}
    assert drift(frame(a=shuffled), previous).model_dump(exclude=whole) == drift(
        frame(a=values), previous
    ).model_dump(exclude=whole)


@pytest.mark.long
@given(columns)
def test_a_profile_survives_json(values: list[float]) -> None:
    found = profile(stored_frame(a=values), TABLE)
    assert DataProfile.model_validate_json(found.model_dump_json()) == found


@pytest.fixture(scope="module")
def bank() -> pd.DataFrame:
    return read_frame(BANK_CLEAN.read_bytes(), BANK_TABLE)


BANK_TABLE = TableConfig(show_values=True, label="y_yes", drop=("y_no",))


@needs_bank_clean
def test_the_tutorials_customers_change_from_the_first_half_to_the_second(bank: pd.DataFrame) -> None:
    # The file is in the order of the calls: later ones are to mobile phones, to customers who are known, in
    # other months.
    first, second = bank.iloc[:20594], bank.iloc[20594:]
    found = compare(stored(second), BANK_TABLE, profile(stored(first), BANK_TABLE))
    assert (found.added, found.missing, len(found.columns)) == ((), (), 59)
    assert (found.previous_label_rate, found.label_rate) == (963 / 20594, 3677 / 20594)
    # From a count of the file's lines by the text of their cells, and the formula.
    assert found.label_psi == pytest.approx(0.19617525592274448)
    assert {column.name: column.psi for column in found.columns[:11]} == pytest.approx(
        {
            "previous": 2.2475644335242135,
            "poutcome_nonexistent": 2.2475644335242135,
            "poutcome_failure": 1.62289853269213,
            "contact_cellular": 1.5639722316948412,
            "contact_telephone": 1.5639722316948412,
            "month_nov": 1.5562095004663508,
            "month_apr": 0.9309551758321303,
            "month_jul": 0.8976863206059258,
            "pdays": 0.49054653064767567,
            "no_previous_contact": 0.49054653064767567,
            "poutcome_success": 0.43746004327549587,
        }
    )
    with pytest.raises(DriftError) as refused:
        check_drift(found, DriftLimits(psi_fail=0.25))
    assert refused.value.found.count("has a PSI of") == 12
    label, columns, values = warnings(found, DriftLimits())
    assert label == "label rate of 'y_yes': 17.85 %, was 4.68 %"
    assert columns.startswith("PSI at or above psi_warn = 0.1: 'previous' (2.2476), ")
    assert columns.endswith(" and 13 more")  # of 18
    # The first half is from May to November of one year, and before the bank called anybody twice.
    assert "'month_apr' (12.78 % of the rows)" in values


@needs_bank_clean
def test_the_tutorials_columns_are_as_far_apart_as_a_loop_finds(bank: pd.DataFrame) -> None:
    few, more = bank.iloc[:600], bank.iloc[30000:30400]
    found = {
        column.name: column.psi
        for column in compare(stored(more), BANK_TABLE, profile(stored(few), BANK_TABLE)).columns
    }
    assert len(found) == 59
    for name, psi in found.items():
        assert psi == pytest.approx(psi_by_hand(more[name].tolist(), few[name].tolist()), abs=1e-12), name


@pytest.mark.long
@needs_bank_clean
def test_shuffled_halves_of_the_tutorials_file_are_alike(bank: pd.DataFrame) -> None:
    rows = bank.sample(frac=1, random_state=1729)
    whole, half = stored(rows), stored(rows.iloc[:20594])
    found = compare(stored(rows.iloc[20594:]), BANK_TABLE, profile(half, BANK_TABLE))
    assert found.columns[0].psi < 0.002
    assert warnings(found, DriftLimits()) == []
    check_drift(found, DriftLimits(psi_fail=0.1))
    with pytest.raises(DriftError, match="column 'age' is missing"):
        check_drift(
            compare(stored(rows.drop(columns="age")), BANK_TABLE, profile(whole, BANK_TABLE)), DriftLimits()
        )


@needs_bank_clean
def test_the_tutorials_file_takes_well_below_a_second_and_its_profile_a_few_kilobytes(
    bank: pd.DataFrame,
) -> None:
    table = stored(bank)
    started = time.process_time()
    found = profile(table, BANK_TABLE)
    compare(table, BANK_TABLE, found)
    assert time.process_time() - started < 1
    assert len(found.model_dump_json()) < 20_000
