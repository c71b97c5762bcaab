import io
import math

import numpy as np
import pandas as pd
import pytest
import xgboost
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import Evaluation, FeatureImportance
from include.pipeline.evaluation.evaluate import evaluate, intervals, score_metrics
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.scored_rows import ScoredRows
from tests.tutorial_data import HYPERPARAMETERS, needs_bank_clean, tutorial_split

PARAMS = load_config("bank_marketing").params
LABELS = np.array([0, 0, 0, 0, 1, 1])
SCORES = np.array([0.1, 0.4, 0.5, 0.2, 0.5, 0.3])


def test_a_small_evaluation_worked_out_by_hand() -> None:
    metrics = score_metrics(ScoredRows(LABELS, SCORES, 0.5))
    assert metrics.confusion_matrix == ConfusionMatrix(tn=3, fp=1, fn=1, tp=1)
    assert metrics.rows == 6
    assert metrics.positives == 2
    assert metrics.accuracy == pytest.approx(4 / 6)
    assert metrics.baseline_accuracy == pytest.approx(4 / 6)
    assert metrics.precision == pytest.approx(1 / 2)
    assert metrics.recall == pytest.approx(1 / 2)
    assert metrics.f1 == pytest.approx(1 / 2)
    # Of the 8 pairs of a yes and a no, the yes of 0.5 beats three and ties one, that of 0.3 beats two.
    assert metrics.roc_auc == pytest.approx((3 + 0.5 + 2) / 8)
    # Going down the scores: at 0.5 one of two is a yes, at 0.3 two of four.
    assert metrics.average_precision == pytest.approx(1 / 2 * 1 / 2 + 1 / 2 * 2 / 4)
    given = [0.9, 0.6, 0.5, 0.8, 0.5, 0.3]  # to what was observed
    assert metrics.log_loss == pytest.approx(-sum(math.log(score) for score in given) / 6)
    assert metrics.brier_score == pytest.approx(sum((1 - score) ** 2 for score in given) / 6)


def test_a_model_that_never_says_yes_has_no_precision() -> None:
    metrics = score_metrics(ScoredRows(LABELS, np.full(6, 0.1), 0.5))
    assert (metrics.precision, metrics.recall, metrics.f1) == (None, 0, 0)
    assert metrics.accuracy == metrics.baseline_accuracy
    found = intervals(ScoredRows(LABELS, np.full(6, 0.1), 0.5))
    assert "precision" not in found
    # None of two: not certain that there is none.
    assert (found["recall"].low, found["recall"].high) == (0, pytest.approx(0.6576, abs=1e-4))


def test_two_rows_have_intervals_that_say_how_little_is_known() -> None:
    found = intervals(ScoredRows(np.array([0, 1]), np.array([0.2, 0.9]), 0.5))
    for name in ("accuracy", "precision", "recall", "f1", "roc_auc", "average_precision"):
        assert (found[name].low < 0.5, found[name].high) == (True, 1), name
    # All of one kind are right: Matthews' correlation is 1, and has no spread.
    assert set(found) == set(FIGURES) - {"mcc", "ks"}


@pytest.mark.long
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1, width=32)), min_size=2, max_size=60).filter(
        lambda rows: len({label for label, _ in rows}) == 2
    ),
    st.floats(0.01, 0.99),
)
def test_the_figures_agree_with_their_definitions(rows: list[tuple[bool, float]], threshold: float) -> None:
    labels, scores = np.array([int(label) for label, _ in rows]), np.array([score for _, score in rows])
    metrics = score_metrics(ScoredRows(labels, scores, threshold))
    counted = {
        (label, answer): sum(1 for seen, score in rows if seen == label and (score >= threshold) == answer)
        for label in (False, True)
        for answer in (False, True)
    }
    assert metrics.confusion_matrix == ConfusionMatrix(
        tn=counted[False, False], fp=counted[False, True], fn=counted[True, False], tp=counted[True, True]
    )
    assert metrics.accuracy == pytest.approx((counted[False, False] + counted[True, True]) / len(rows))
    yes = [score for label, score in rows if label]
    no = [score for label, score in rows if not label]
    wins = sum((a > b) + (a == b) / 2 for a in yes for b in no)
    assert metrics.roc_auc == pytest.approx(wins / (len(yes) * len(no)))
    assert metrics.gini == pytest.approx(2 * wins / (len(yes) * len(no)) - 1)
    farthest = max(
        sum(a >= cut for a in yes) / len(yes) - sum(b >= cut for b in no) / len(no) for cut in scores
    )
    assert metrics.ks == pytest.approx(max(farthest, 0))
    constant = sum((label - len(yes) / len(rows)) ** 2 for label in labels)
    assert metrics.brier_skill == pytest.approx(1 - sum((scores - labels) ** 2) / constant)
    answers = (scores >= threshold).astype(int)
    if len(set(answers)) == 1:
        assert metrics.mcc is None
    else:
        assert metrics.mcc == pytest.approx(np.corrcoef(labels, answers)[0, 1])


def test_the_headline_is_at_the_threshold_of_the_params() -> None:
    evaluation = evaluate((LABELS, SCORES), PARAMS.model_copy(update={"threshold": 0.3}))
    assert evaluation.threshold == 0.3
    assert evaluation.confusion_matrix == ConfusionMatrix(tn=2, fp=2, fn=0, tp=2)
    assert (evaluation.validation_rows, evaluation.features, evaluation.training_curve) == (0, (), {})
    assert (evaluation.best_f1.chosen_on, evaluation.best_f1.test.threshold) == ("test", 0.3)


@pytest.mark.parametrize(
    ("rule", "threshold"),
    [
        ("best_f1", 0.7),  # above the no of 0.6: all right
        ("best_profit", 0.6),  # a call costs little: the yes of 0.7 and that of 0.6 would both be called
    ],
)
def test_a_threshold_is_chosen_on_the_validation_rows(rule: str, threshold: float) -> None:
    labels, scores = np.array([0, 0, 0, 1, 1]), np.array([0.2, 0.4, 0.6, 0.7, 0.8])
    params = PARAMS.model_copy(update={"threshold_rule": rule, "validation_fraction": 0.2})
    if rule == "best_profit":
        labels = np.array([0, 0, 1, 1, 1])
    evaluation = evaluate((LABELS, SCORES), params, validation=(labels, scores))
    assert evaluation.validation_rows == 5
    assert evaluation.threshold == threshold
    assert evaluation.best_f1.chosen_on == evaluation.best_profit.chosen_on == "validation"
    # The figures are the test rows' all the same.
    assert evaluation.rows == 6
    assert evaluation.confusion_matrix == ScoredRows(LABELS, SCORES, threshold).confusion_matrix


def test_an_evaluation_is_the_same_when_read_again() -> None:
    feature = FeatureImportance(name="age", gain=1.5, mean_abs_contribution=0.25)
    made = evaluate(
        (LABELS, SCORES), PARAMS, features=(feature,), training_curve={"train-logloss": (0.5, 0.4)}
    )
    assert Evaluation.model_validate_json(made.model_dump_json()) == made


@needs_bank_clean
@pytest.mark.slow
def test_every_figure_of_the_tutorials_model_is_what_its_definition_gives() -> None:
    train_csv, features, labels = tutorial_split()
    rows = pd.read_csv(io.BytesIO(train_csv), header=None)
    parameters = {name: value for name, value in HYPERPARAMETERS.items() if name != "num_round"}
    booster = xgboost.train(parameters, xgboost.DMatrix(rows[rows.columns[1:]].to_numpy(), rows[0]), 100)
    was = labels.to_numpy() == 1
    scores = booster.predict(xgboost.DMatrix(features.to_numpy(dtype=float))).astype(float)
    found = evaluate((labels.to_numpy(), scores), PARAMS)

    assert found.confusion_matrix == ConfusionMatrix(tn=10789, fp=147, fn=1138, tp=283)
    assert found.accuracy == pytest.approx(0.89601, abs=5e-6)
    assert found.roc_auc == pytest.approx(0.77681, abs=5e-6)
    assert found.average_precision == pytest.approx(0.42611, abs=5e-6)

    assert (found.rows, found.positives) == (12357, 1421)
    assert found.accuracy == (10789 + 283) / 12357
    assert found.baseline_accuracy == (12357 - 1421) / 12357
    assert found.precision == 283 / (147 + 283)
    assert found.recall == 283 / (1138 + 283)
    assert found.f1 == pytest.approx(2 / (1 / found.precision + 1 / found.recall))
    ranks = pd.Series(scores).rank()  # the Mann-Whitney statistic from mean ranks
    yes, no = was.sum(), (~was).sum()
    assert found.roc_auc == pytest.approx((ranks[was].sum() - yes * (yes + 1) / 2) / (yes * no))
    ordered = pd.DataFrame({"score": scores, "yes": was}).groupby("score")["yes"].agg(["sum", "count"])[::-1]
    precisions = ordered["sum"].cumsum() / ordered["count"].cumsum()
    assert found.average_precision == pytest.approx((precisions * ordered["sum"]).sum() / yes)
    assert found.log_loss == pytest.approx(-np.log(np.where(was, scores, 1 - scores)).mean())
    assert found.brier_score == pytest.approx(((scores - was) ** 2).mean())

    for figures in found.thresholds:
        called = scores >= figures.threshold
        assert figures.confusion_matrix == ConfusionMatrix(
            tn=(~called & ~was).sum(),
            fp=(called & ~was).sum(),
            fn=(~called & was).sum(),
            tp=(called & was).sum(),
        )
        assert figures.precision == (was[called].mean() if called.any() else None)
        assert figures.recall == pytest.approx(called[was].mean())
        assert figures.profit == 50 * (called & was).sum() - 5 * called.sum()
    # Known of this data: F1 is best near 0.2, and there far above that at 0.5.
    assert found.best_f1.test.threshold == pytest.approx(0.2, abs=0.05)
    assert found.best_f1.test.f1 == pytest.approx(0.47, abs=0.005)
    by_score = pd.DataFrame({"score": scores, "yes": was}).groupby("score")["yes"].agg(["sum", "count"])[::-1]
    called, reached = by_score["count"].cumsum(), by_score["sum"].cumsum()
    assert found.best_f1.test.f1 == pytest.approx((2 * reached / (called + yes)).max())
    assert found.best_profit.test.profit == (50 * reached - 5 * called).max()
    assert found.break_even is not None
    assert found.break_even.threshold == 0.1
    assert found.break_even.profit == 50 * was[scores >= 0.1].sum() - 5 * (scores >= 0.1).sum()

    ends = np.cumsum([decile.rows for decile in found.deciles])
    # Any order of equal scores, on average: each row counts as many positives as its score has.
    expected = np.repeat((by_score["sum"] / by_score["count"]).to_numpy(), by_score["count"])
    assert [decile.gain for decile in found.deciles] == pytest.approx(
        [expected[:end].sum() / yes for end in ends]
    )
    assert found.deciles[0].lift == pytest.approx(expected[: ends[0]].mean() / was.mean())
    profit = found.intervals["profit"]
    assert profit.low < 283 * 50 - 430 * 5 < profit.high
    for name, interval in found.intervals.items():
        assert name == "profit" or interval.low < getattr(found, name) < interval.high
