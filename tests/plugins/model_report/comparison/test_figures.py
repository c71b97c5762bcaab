import numpy as np
import pytest

from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.documents.table.words import Words
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.paired_rows import PairedRows
from include.pipeline.figures.scored_rows import ScoredRows
from plugins.model_report.comparison.figures import FigureCell, compare_figures, figure_tables
from plugins.model_report.comparison.params_and_features import ProfitBy
from tests.plugins.model_report.evaluations import LABELS, STRONG, WEAK, evaluated

COSTS = ProfitBy(OutcomeValues.of_action(5.0, 50.0), Words(act="call"))


def pair_of(first: np.ndarray, second: np.ndarray, *thresholds: float) -> PairedRows:
    one, other = thresholds or (0.5, 0.5)
    return PairedRows(ScoredRows(LABELS, first, one), ScoredRows(LABELS, second, other))


def compared(first: np.ndarray, second: np.ndarray) -> dict[str, FigureCell]:
    rows = compare_figures([evaluated(first)[0], evaluated(second)[0]], [pair_of(first, second)])
    return {row.name: row.cells[1] for row in rows}


def test_the_difference_is_the_second_less_the_first() -> None:
    row = compared(WEAK, STRONG)["roc_auc"]
    first, second = (evaluated(scores)[0].roc_auc for scores in (WEAK, STRONG))
    assert row.value == second
    assert row.difference == second - first
    assert row.difference_interval == pair_of(WEAK, STRONG).roc_auc


def test_better_is_higher_but_for_a_loss() -> None:
    there, back = compared(WEAK, STRONG), compared(STRONG, WEAK)
    for name in ("roc_auc", "average_precision", "log_loss", "brier_score", "reach"):
        assert (there[name].verdict, back[name].verdict) == ("better", "worse")
    assert there["log_loss"].difference is not None
    assert there["log_loss"].difference < 0


def test_a_difference_that_chance_explains_is_not_told() -> None:
    noise = np.random.default_rng(1).normal(size=len(LABELS))
    found = compared(STRONG, np.clip(STRONG + 0.02 * noise, 0, 1))
    row = found["roc_auc"]
    assert row.difference_interval is not None
    assert row.difference_interval.low <= 0 <= row.difference_interval.high
    assert row.verdict == "undecided"


def test_equal_models_are_the_same() -> None:
    assert {row.verdict for row in compared(STRONG, STRONG).values()} == {"same"}


def test_what_is_not_comparable_has_no_difference() -> None:
    rows = compare_figures([evaluated(WEAK)[0], evaluated(STRONG)[0]])
    cells = [cell for row in rows for cell in row.cells]
    assert {(cell.difference, cell.difference_interval, cell.verdict) for cell in cells} == {
        (None, None, "unknown")
    }


def test_of_three_runs_two_are_compared_with_the_first() -> None:
    runs = [
        evaluated(scores, threshold)[0] for scores, threshold in ((WEAK, 0.5), (STRONG, 0.5), (WEAK, 0.4))
    ]
    pairs = [pair_of(WEAK, STRONG), pair_of(WEAK, WEAK, 0.5, 0.4)]
    scores, own, at_one = figure_tables(runs, pairs, COSTS)
    roc_auc = next(row for row in scores.rows if row.name == "roc_auc")
    assert [cell.verdict for cell in roc_auc.cells] == ["unknown", "better", "same"]
    assert own.title == "At each run's own threshold, 0.5, 0.5, 0.4"
    assert at_one.title == "At one threshold for all, 0.5, that of run 1"
    assert at_one.rows[0].cells[2].verdict == "same"


def test_a_run_that_is_not_comparable_stands_beside_those_that_are() -> None:
    runs = [evaluated(scores)[0] for scores in (WEAK, STRONG, WEAK)]
    tables = figure_tables(runs, [pair_of(WEAK, STRONG), None], COSTS)
    cells = {row.name: row.cells for table in tables for row in table.rows}
    assert [cell.verdict for cell in cells["roc_auc"]] == ["unknown", "better", "unknown"]
    assert cells["roc_auc"][2].value == runs[2].roc_auc
    assert cells["profit"][2].value is None


def test_the_number_of_calls_is_that_of_the_confusion_matrix() -> None:
    tables = figure_tables([evaluated(WEAK)[0], evaluated(STRONG)[0]])
    calls = next(row for row in tables[1].rows if row.name == "calls")
    assert [cell.value for cell in calls.cells] == [(scores >= 0.5).sum() for scores in (WEAK, STRONG)]


def test_at_one_threshold_both_are_counted_there() -> None:
    first, second = evaluated(STRONG, 0.5)[0], evaluated(STRONG, 0.2)[0]
    scores, own, at_one = figure_tables([first, second], [pair_of(STRONG, STRONG, 0.5, 0.2)], COSTS)
    assert own.title == "At each run's own threshold, 0.5, 0.2"
    assert at_one.title == "At one threshold for both, 0.5, that of run 1"
    assert [row.name for row in scores.rows][:2] == ["roc_auc", "average_precision"]
    assert [row.name for row in own.rows] == [
        *("accuracy", "precision", "recall", "f1", "mcc", "calls", "profit")
    ]
    assert {row.name: row.cells[1].verdict for row in own.rows}["recall"] == "better"
    # The same model, so the threshold alone told them apart.
    assert {row.cells[1].verdict for row in at_one.rows} == {"same"}
    assert at_one.rows[0].cells[0].value == first.accuracy


def test_a_run_that_calls_nobody_is_compared_at_the_threshold_of_the_other() -> None:
    first, second = evaluated(WEAK, 0.5)[0], evaluated(STRONG, 0.4)[0]
    tables = figure_tables(
        [first.model_copy(update={"threshold": 2.0}), second], [pair_of(WEAK, STRONG, 2.0, 0.4)], COSTS
    )
    assert tables[2].title == "At one threshold for both, 0.4, that of run 2"


def test_at_equal_thresholds_there_is_no_third_table() -> None:
    tables = figure_tables([evaluated(WEAK)[0], evaluated(STRONG)[0]], [pair_of(WEAK, STRONG)], COSTS)
    assert [table.title for table in tables] == [
        "The scores, without a threshold",
        "At the threshold of both, 0.5",
    ]


def test_the_profit_is_that_of_the_costs() -> None:
    tables = figure_tables([evaluated(WEAK)[0], evaluated(STRONG)[0]], [pair_of(WEAK, STRONG)], COSTS)
    row = tables[1].rows[-1]
    earned = [
        float((50 * LABELS[scores >= 0.5]).sum() - 5 * (scores >= 0.5).sum()) for scores in (WEAK, STRONG)
    ]
    assert [cell.value for cell in row.cells] == earned
    assert row.cells[1].difference == earned[1] - earned[0]
    assert isinstance(row.cells[1].difference_interval, Interval)
    assert "each call costs 5, each true positive is worth 50" in row.meaning


@pytest.mark.parametrize(("few_rows_shown", "tables"), [(True, 3), (False, 2)])
def test_figures_of_a_few_rows_are_told_only_where_they_may_be(few_rows_shown: bool, tables: int) -> None:
    # At the first run's threshold the second calls fewer than ten.
    high = float(np.sort(STRONG)[-5])
    assert (high <= WEAK).sum() > 10
    first = evaluated(WEAK, high, few_rows_shown=few_rows_shown)[0]
    second = evaluated(STRONG, 0.3, few_rows_shown=few_rows_shown)[0]
    assert len(figure_tables([first, second], [pair_of(WEAK, STRONG, high, 0.3)], COSTS)) == tables
