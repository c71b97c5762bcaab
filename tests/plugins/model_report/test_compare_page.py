from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.pipeline.planned import CONFIG
from tests.plugins.model_report.browsing import COMPARE, Page, side_by_side
from tests.plugins.model_report.evaluations import (
    STRONG,
    WEAK,
    evaluated,
    evaluation_of,
    of_classes,
    of_numbers,
)
from tests.plugins.model_report.pipeline_runs import PipelineRun, add_run, plan_of_run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_two_runs_side_by_side(admin: httpx.Client, s3: "S3Client") -> None:
    first = add_run(s3, "first_of_two")
    second = add_run(s3, "second_of_two")
    first.keep(
        evaluation=evaluation_of(features={"age": 0.25}),
        plan=plan_of_run(first, data_url="https://example.org/a.csv?token=hunter2"),
    )
    second.keep(
        evaluation=evaluation_of(
            roc_auc=0.81,
            intervals={"roc_auc": (0.80, 0.82)},
            log_loss=0.29,
            features={"age": 0.75},
            rows=12356,
        ),
        plan=plan_of_run(
            second,
            data_url="https://example.org/b.csv?token=hunter2",
            hyperparameters={**CONFIG.params.hyperparameters, "max_depth": 9},
        ),
    )
    answer = admin.get(COMPARE, params=side_by_side(first, second))
    page = Page(answer)
    assert "cannot be told" not in page.words
    for words in (
        "0.7768 0.7627 to 0.7901 0.8100 0.8000 to 0.8200",
        "Not comparable. An earlier version of this project evaluated first_of_two",
        "age 0.2500 0.7500",
        "hyperparameters.max_depth 5 9",
        "data_url https://example.org/a.csv https://example.org/b.csv",
    ):
        assert words in page.words
    for secret in ("hunter2", "made-up", "user:"):
        assert secret not in answer.text


def test_runs_with_the_same_test_rows_are_compared_row_by_row(admin: httpx.Client, s3: "S3Client") -> None:
    runs = [add_run(s3, name) for name in ("weak", "strong")]
    for run, scores, threshold in zip(runs, (WEAK, STRONG), (0.5, 0.3), strict=True):
        evaluation, predictions = evaluated(scores, threshold)
        run.keep(evaluation=evaluation, predictions=predictions, plan=plan_of_run(run, call_cost=2.0))
    page = Page(admin.get(COMPARE, params=side_by_side(*runs)))
    assert "Not comparable" not in page.words
    for words in (
        "Both models scored the same 2,000 test rows",
        "▲ better",
        "At each run's own threshold, 0.5, 0.3",
        "At one threshold for both, 0.5, that of run 1",
        "each call costs 2, each true positive is worth 50.",
    ):
        assert words in page.words


def test_scores_that_are_not_what_was_evaluated_are_not_compared(admin: httpx.Client, s3: "S3Client") -> None:
    runs = [add_run(s3, name) for name in ("whole", "damaged")]
    evaluation, predictions = evaluated(WEAK)
    runs[0].keep(evaluation=evaluation, predictions=predictions)
    runs[1].keep(evaluation=evaluation, predictions=predictions.replace("0,", "1,", 1))
    page = Page(admin.get(COMPARE, params=side_by_side(*runs)))
    assert "Not comparable. The predictions.csv of damaged is not the one that" in page.words


def test_a_run_without_a_plan_is_compared_all_the_same(admin: httpx.Client, reported: PipelineRun) -> None:
    page = Page(admin.get(COMPARE, params=side_by_side(reported, reported)))
    assert "The plan of one of the runs is absent from S3." in page.words
    assert "0.7768 0.7627 to 0.7901 0.7768 0.7627 to 0.7901" in page.words


def test_a_run_without_figures_is_not_compared(
    admin: httpx.Client, s3: "S3Client", reported: PipelineRun
) -> None:
    bare = add_run(s3, "bare")
    answer = admin.get(COMPARE, params=side_by_side(reported, bare))
    assert answer.status_code == 404
    assert "The run bare of bank_marketing has no figures." in Page(answer).words


@pytest.mark.parametrize(
    ("of_kind", "strengths", "figures"),
    [
        (of_numbers, (9.0, 3.0), ("RMSE", "MAE", "R\u00b2")),
        (of_classes, (0.5, 2.5), ("Macro F1", "oak")),
    ],
    ids=["numbers", "classes"],
)
def test_models_of_another_kind_are_compared_by_their_own_figures(
    admin: httpx.Client,
    s3: "S3Client",
    of_kind: Any,
    strengths: tuple[float, float],
    figures: tuple[str, ...],
) -> None:
    runs = [add_run(s3, f"{of_kind.__name__}_{name}") for name in ("weak", "strong")]
    for run, strength in zip(runs, strengths, strict=True):
        evaluation, predictions = of_kind(strength)
        run.keep(evaluation=evaluation, predictions=predictions, plan=plan_of_run(run))
    page = Page(admin.get(COMPARE, params=side_by_side(*runs)))
    assert "Not comparable" not in page.words
    assert "\u25b2 better" in page.words
    for word in figures:
        assert word in page.words
    for word in ("ROC AUC", "threshold", "Profit", "Brier"):
        assert word not in page.words


def test_runs_of_different_kinds_have_no_figures_in_common(admin: httpx.Client, s3: "S3Client") -> None:
    numbers, classes = add_run(s3, "of_a_number"), add_run(s3, "of_a_class")
    numbers.keep(evaluation=of_numbers(1.0)[0])
    classes.keep(evaluation=of_classes(1.0)[0])
    answer = admin.get(COMPARE, params=side_by_side(numbers, classes))
    assert answer.status_code == 404
    assert "different kinds, regression and multiclass" in Page(answer).words


def test_three_runs_side_by_side(admin: httpx.Client, s3: "S3Client") -> None:
    runs = [add_run(s3, name) for name in ("weak_of_three", "strong_of_three", "deep_of_three")]
    for run, scores, depth in zip(runs, (WEAK, STRONG, STRONG), (5, 5, 9), strict=True):
        evaluation, predictions = evaluated(scores)
        hyperparameters = {**CONFIG.params.hyperparameters, "max_depth": depth}
        plan = plan_of_run(run, hyperparameters=hyperparameters)
        run.keep(evaluation=evaluation, predictions=predictions, plan=plan)
    answer = admin.get(COMPARE, params={"run": [f"{run.dag_id}/{run.run_id}" for run in runs]})
    page = Page(answer)
    assert page.words.count("▲ better") >= 2
    assert "hyperparameters.max_depth 5 5 9" in page.words
    assert answer.text.count("<mark>") == 1
    assert "The models scored the same 2,000 test rows" in page.words


@pytest.mark.parametrize("count", [0, 1, 26])
def test_a_comparison_is_of_two_to_25_runs(admin: httpx.Client, s3: "S3Client", count: int) -> None:  # noqa: ARG001
    answer = admin.get(COMPARE, params={"run": [f"bank_marketing/of_{i}" for i in range(count)]})
    assert answer.status_code == 422
