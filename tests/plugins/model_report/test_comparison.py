import pytest

from include.pipeline.documents.params import RunParams
from plugins.model_report.comparison import (
    ParamRow,
    compare_features,
    compare_figures,
    compare_params,
    have_same_test_rows,
)
from tests.pipeline.planned import CONFIG
from tests.plugins.model_report.evaluations import evaluation_of


def test_the_difference_is_the_second_less_the_first() -> None:
    rows = {row.name: row for row in compare_figures(evaluation_of(), evaluation_of(roc_auc=0.79))}
    assert (rows["roc_auc"].first, rows["roc_auc"].second) == (0.77681, 0.79)
    assert rows["roc_auc"].difference == pytest.approx(0.01319)
    assert rows["accuracy"].difference == 0


@pytest.mark.parametrize(
    ("figure", "value", "verdict"),
    [
        ("roc_auc", 0.8, "better"),
        ("roc_auc", 0.7, "worse"),
        ("log_loss", 0.2, "better"),
        ("log_loss", 0.3, "worse"),
        ("brier_score", 0.07, "better"),
        ("f1", 0.5, "better"),
        ("f1", 2 * 283 / (2 * 283 + 147 + 1138), "same"),
    ],
)
def test_better_is_higher_but_for_a_loss(figure: str, value: float, verdict: str) -> None:
    rows = {row.name: row for row in compare_figures(evaluation_of(), evaluation_of(**{figure: value}))}
    assert rows[figure].verdict == verdict


@pytest.mark.parametrize(
    ("interval", "overlap"),
    [((0.80, 0.82), False), ((0.7901, 0.81), True), ((0.70, 0.76), False), ((0.77, 0.78), True)],
)
def test_intervals_overlap_where_they_share_a_value(interval: tuple[float, float], overlap: bool) -> None:
    other = evaluation_of(intervals={"roc_auc": interval})
    rows = {row.name: row for row in compare_figures(evaluation_of(), other)}
    assert rows["roc_auc"].overlap is overlap


def test_different_test_rows_are_noticed() -> None:
    assert have_same_test_rows(evaluation_of(), evaluation_of(roc_auc=0.5))
    assert not have_same_test_rows(evaluation_of(), evaluation_of(positives=1420))
    assert not have_same_test_rows(evaluation_of(), evaluation_of(rows=12356))


def test_features_are_those_that_contribute_most_to_either() -> None:
    first = evaluation_of(features={"age": 0.1, "pdays": 0.4} | {f"f{i}": 0.01 for i in range(20)})
    second = evaluation_of(features={"age": 0.5, "only_here": 0.3})
    rows = compare_features(first, second)
    assert [(row.name, row.first, row.second) for row in rows[:3]] == [
        ("age", 0.1, 0.5),
        ("pdays", 0.4, None),
        ("only_here", None, 0.3),
    ]
    assert len(rows) == 10


def compared(first: RunParams, second: RunParams) -> list[ParamRow]:
    return compare_params(first.model_dump(), second.model_dump())


def test_only_params_that_differ_are_listed() -> None:
    first = CONFIG.params
    second = first.model_copy(
        update={
            "seed": 7,
            "bucket": "a-bucket",
            "hyperparameters": {**first.hyperparameters, "max_depth": 6, "alpha": 1},
        }
    )
    assert [(row.name, row.first, row.second) for row in compared(first, second)] == [
        ("bucket", "not set", "a-bucket"),
        ("seed", "1729", "7"),
        ("hyperparameters.max_depth", "5", "6"),
        ("hyperparameters.alpha", "not set", "1"),
    ]
    assert compared(first, first) == []


def test_of_a_url_only_what_may_be_logged_is_shown() -> None:
    first = CONFIG.params.model_copy(update={"data_url": "https://example.org/a.csv?signature=1"})
    second = CONFIG.params.model_copy(update={"data_url": "https://example.org/a.csv?signature=2"})
    third = CONFIG.params.model_copy(update={"data_url": "https://example.org/b.csv?signature=2"})
    (row,) = compared(first, second)
    assert row.first == "https://example.org/a.csv"
    assert row.second == "https://example.org/a.csv (differs in a part that is not shown)"
    (row,) = compared(first, third)
    assert row.second == "https://example.org/b.csv"
