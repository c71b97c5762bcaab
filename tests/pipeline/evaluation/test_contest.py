"""The best of several algorithms, by what each predicted for the validation rows: real files, no endpoint."""

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss, mean_squared_error, r2_score, roc_auc_score

from include.pipeline.aws.object_store import write_object
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.split import ContenderSplit, Split
from include.pipeline.documents.training.contest import Contest, ScoredContender
from include.pipeline.errors import ObjectError, TrainingError
from include.pipeline.evaluation.contest import Candidate, choose_contender
from include.pipeline.evaluation.predictions import write_predictions
from include.pipeline.figures.ranking.roc_auc_difference import roc_auc_difference
from tests.pipeline.several_algorithms import THREE, plan_of_three

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NAMES: tuple[Any, ...] = tuple(each["name"] for each in THREE)
XGBOOST, LINEAR, KNN = NAMES
ROWS = 200
RANDOM = np.random.RandomState(5)
LABELS = RANDOM.randint(0, 2, ROWS)
# The first is the worst, the second the best.
NOISE = {XGBOOST: 2.0, LINEAR: 0.5, KNN: 1.0}
SCORES = {
    name: 1 / (1 + np.exp(-(2 * LABELS - 1 + noise * RANDOM.normal(size=ROWS))))
    for name, noise in NOISE.items()
}


def plan_of(kind: str = "binary") -> RunPlan:
    plan = plan_of_three(bucket="bucket")
    return plan.model_copy(update={"table": plan.table.model_copy(update={"kind": kind})})


def split_of(classes: tuple[str, ...] = ()) -> Split:
    own = ContenderSplit(
        feature_names=("age",),
        train_sha256="",
        validation_sha256=None,
        test_features_sha256=None,
        encoding=None,
        classes=classes,
    )
    return Split(
        rows=1000,
        train_rows=600,
        validation_rows=ROWS,
        test_rows=200,
        feature_names=("age",),
        train_sha256="",
        contenders=dict.fromkeys(NAMES, own),
    )


def chosen_of(
    s3: "S3Client",
    plan: RunPlan,
    labels: np.ndarray,
    scores: dict[Any, np.ndarray],
    classes: tuple[str, ...] = (),
) -> Contest:
    """Have each predict what is given; those without scores have failed."""
    candidates = []
    for name in NAMES:
        if name not in scores:
            candidates.append(Candidate(name, failure="its job ended as Failed"))
            continue
        content = write_predictions(labels, scores[name], kind=plan.table.kind, classes=classes)
        write_object(s3, plan.locations.of_contender(name).validation_predictions, content, "text/csv")
        scored = ScoredContender(predictions_sha256=hashlib.sha256(content).hexdigest(), endpoint_seconds=1)
        candidates.append(Candidate(name, scored=scored))
    return choose_contender(plan, split_of(classes), s3, candidates)


def test_the_highest_roc_auc_is_chosen_and_each_has_its_figures_and_its_paired_difference(
    s3: "S3Client",
) -> None:
    contest = chosen_of(s3, plan_of(), LABELS, SCORES)
    assert (contest.figure, contest.rows, contest.chosen) == ("roc_auc", ROWS, LINEAR)
    for result in contest.results:
        assert result.figures["roc_auc"] == pytest.approx(roc_auc_score(LABELS, SCORES[result.algorithm]))
        assert result.figures["log_loss"] == pytest.approx(log_loss(LABELS, SCORES[result.algorithm]))
        # A threshold is for the chosen one alone.
        assert not {"accuracy", "precision", "recall", "f1"} & result.figures.keys()
    first, best, last = contest.results
    assert best.differences == {}
    found = roc_auc_difference(LABELS, SCORES[KNN], SCORES[LINEAR]).interval
    assert found is not None
    assert last.differences["roc_auc"].low == pytest.approx(found.low)
    assert last.differences["roc_auc"].high == pytest.approx(found.high)
    # Surely worse: of the log loss, more is worse.
    assert first.differences["roc_auc"].high < 0 < first.differences["log_loss"].low


def test_of_several_that_are_as_good_the_first_is_chosen(s3: "S3Client") -> None:
    contest = chosen_of(s3, plan_of(), LABELS, dict.fromkeys(NAMES, SCORES[KNN]))
    assert contest.chosen == XGBOOST
    told = contest.results[1].differences.values()
    assert {(difference.low, difference.high) for difference in told} <= {(0, 0)}


def test_one_that_failed_is_left_out_and_told(s3: "S3Client", caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    others = {name: scores for name, scores in SCORES.items() if name != LINEAR}
    contest = chosen_of(s3, plan_of(), LABELS, others)
    assert contest.chosen == KNN
    failed = contest.results[1]
    assert (failed.figures, failed.differences, failed.failure) == ({}, {}, "its job ended as Failed")
    assert "Linear Learner is left out: its job ended as Failed" in caplog.messages
    area = roc_auc_score(LABELS, SCORES[KNN])
    assert f"k-NN has roc_auc {area:.5f} on 200 validation rows and is chosen" in caplog.messages


def test_classes_are_judged_by_macro_f1(s3: "S3Client") -> None:
    classes = ("a", "b", "c")
    labels = RANDOM.randint(0, 3, ROWS)
    scores = {}
    for name, noise in NOISE.items():
        odds = np.exp(2 * np.eye(3)[labels] + noise * RANDOM.normal(size=(ROWS, 3)))
        scores[name] = odds / odds.sum(axis=1, keepdims=True)
    contest = chosen_of(s3, plan_of("multiclass"), labels, scores, classes)
    expected = {
        name: f1_score(labels, found.argmax(axis=1), average="macro") for name, found in scores.items()
    }
    assert (contest.figure, contest.chosen) == ("macro_f1", max(expected, key=expected.__getitem__))
    assert {result.algorithm: result.figures["macro_f1"] for result in contest.results} == pytest.approx(
        expected
    )


def test_numbers_are_judged_by_the_lowest_rmse(s3: "S3Client") -> None:
    labels = RANDOM.normal(50, 10, ROWS)
    scores = {name: labels + noise * RANDOM.normal(size=ROWS) for name, noise in NOISE.items()}
    contest = chosen_of(s3, plan_of("regression"), labels, scores)
    assert (contest.figure, contest.chosen) == ("rmse", LINEAR)
    for result in contest.results:
        predicted = scores[result.algorithm]
        assert result.figures["rmse"] == pytest.approx(mean_squared_error(labels, predicted) ** 0.5)
        assert result.figures["r2"] == pytest.approx(r2_score(labels, predicted))
    assert contest.results[0].differences["rmse"].low > 0


def test_predictions_that_somebody_has_changed_are_refused(s3: "S3Client") -> None:
    plan = plan_of()
    content = write_predictions(LABELS, SCORES[KNN])
    uri = plan.locations.of_contender(KNN).validation_predictions
    write_object(s3, uri, content.replace(b"0.", b"1.", 1), "text/csv")
    scored = ScoredContender(predictions_sha256=hashlib.sha256(content).hexdigest(), endpoint_seconds=1)
    with pytest.raises(ObjectError, match="has the SHA-256"):
        choose_contender(plan, split_of(), s3, [Candidate(KNN, scored=scored)])


def test_where_none_is_left_what_was_found_of_each_is_told_in_one_line(s3: "S3Client") -> None:
    failed = str(TrainingError("the job ended as Failed", "it ends as Completed", "Read its log"))
    candidates = [
        Candidate(XGBOOST, failure=failed),
        Candidate(KNN, failure="its task train_model is skipped"),
    ]
    with pytest.raises(TrainingError, match="of 2 algorithms is left to choose") as refused:
        choose_contender(plan_of(), split_of(), s3, candidates)
    found, expected, to_do = str(refused.value).splitlines()
    assert found.endswith("XGBoost: the job ended as Failed; k-NN: its task train_model is skipped")
    assert expected.startswith("Expected: one of them or more")
    assert "score_contender" in to_do
