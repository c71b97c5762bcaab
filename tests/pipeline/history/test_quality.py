import math
from typing import Any

import pytest

from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import Evaluation, PreviousModel, RegressionEvaluation
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import QualityError
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.interval import Interval
from include.pipeline.history.quality import Business, check_quality, missed
from tests.pipeline.made_up_figures import metrics
from tests.pipeline.report.example import evaluation_of

CONFIG = load_config("bank_marketing")
PARAMS = CONFIG.params


def judged(previous: PreviousModel | None = None, **changed: Any) -> Evaluation:
    return evaluation_of(**dict(metrics(**changed)), previous=previous)


def test_lets_a_good_model_pass_and_says_each_figure_with_its_bound() -> None:
    skills = "that of the share of positives as the score of every row"
    limits, *others = check_quality(judged(roc_auc=0.763, log_loss=0.3, brier_score=0.09), PARAMS)
    assert limits == "roc_auc = 0.76300: it has to be at least min_roc_auc = 0.7"
    assert others[:2] == [
        f"log_loss = 0.30000: it has to be below {CONSTANT['log_loss']:.5f}, {skills}",
        f"brier_score = 0.09000: it has to be below {CONSTANT['brier_score']:.5f}, {skills}",
    ]


def accepted(run_id: str, high: float, **changed: Any) -> PreviousModel:
    """An accepted model, below which this one surely is by no less than `high`."""
    fields = {"roc_auc": 0.8, "own_roc_auc": 0.77, "unseen_rows": 4000, "unseen_rarer": 400}
    change = Interval(low=-0.05, high=high)
    return PreviousModel(run_id=run_id, change=change, **fields | changed)


def test_small_drops_do_not_add_up_unseen() -> None:
    params = PARAMS.model_copy(update={"max_roc_auc_drop": 0.01})
    last = accepted("scheduled__9", 0.01)
    for high, passes in ((-0.005, True), (-0.015, False)):
        best = accepted("scheduled__3", high, best_of=10)
        found = missed(judged(last).model_copy(update={"best_accepted": best}), params)
        whose = "0.80000, that of scheduled__3, the best of the last 10 accepted"
        rule = f"it has to be at most max_roc_auc_drop = 0.01 below {whose}"
        assert found == ([] if passes else [("roc_auc = 0.77000", rule)])


def test_what_cannot_be_told_of_the_best_stops_nobody() -> None:
    params = PARAMS.model_copy(update={"max_roc_auc_drop": 0.01, "undecided_passes": False})
    last = accepted("scheduled__9", 0.0).model_copy(update={"change": Interval(low=0, high=0)})
    best = accepted("scheduled__3", -0.2, best_of=3, unseen_rarer=10)
    assert missed(judged(last).model_copy(update={"best_accepted": best}), params) == []


def test_the_minimum_itself_passes() -> None:
    check_quality(judged(roc_auc=PARAMS.min_roc_auc), PARAMS)


def test_stops_a_model_below_the_minimum() -> None:
    with pytest.raises(QualityError, match=r"0.69999\nExpected: it has to be at least min_roc_auc = 0.7"):
        check_quality(judged(roc_auc=0.69999), PARAMS)


# Of 1,000 rows, 120 are positive; calling all of them gives 120 * 50 - 1,000 * 5 = 1,000.
CONSTANT = {
    "log_loss": -(0.12 * math.log(0.12) + 0.88 * math.log(0.88)),
    "brier_score": 0.12 * 0.88,
}


@pytest.mark.parametrize("name", CONSTANT)
def test_stops_a_model_whose_scores_are_no_better_than_the_share_of_positives(name: str) -> None:
    constant = CONSTANT[name]
    with pytest.raises(QualityError) as refused:
        check_quality(judged(**{name: constant + 1e-9}), PARAMS)
    assert str(refused.value).startswith(
        f"Found: {name} = {constant:.5f}\n"
        f"Expected: it has to be below {constant:.5f}, that of the share of positives as the score of every "
        "row\n"
    )
    check_quality(judged(**{name: constant - 1e-6}), PARAMS)


def called(tp: int, fp: int) -> ConfusionMatrix:
    return ConfusionMatrix(tn=880 - fp, fp=fp, fn=120 - tp, tp=tp)


@pytest.mark.parametrize(
    ("matrix", "cost", "found", "instead"),
    [
        # 30 * 50 - 100 * 5, as much as calling all.
        (called(30, 70), 5.0, "1,000.00", "above 1,000.00, that of calling everybody"),
        (called(120, 880), 5.0, "1,000.00", "above 1,000.00, that of calling everybody"),
        # Calling all costs 10,000 for 6,000.
        (called(2, 8), 10.0, "0.00000", "above 0.00000, that of calling nobody"),
        (called(0, 0), 10.0, "0.00000", "above 0.00000, that of calling nobody"),
    ],
)
def test_stops_a_model_that_earns_no_more_than_can_be_had_without_it(
    matrix: ConfusionMatrix, cost: float, found: str, instead: str
) -> None:
    params = PARAMS.model_copy(update={"call_cost": cost})
    business = Business(params.costs, CONFIG.words)
    with pytest.raises(QualityError) as refused:
        check_quality(judged(confusion_matrix=matrix), params, business)
    assert str(refused.value).startswith(f"Found: profit = {found}\nExpected: it has to be {instead}\n")
    better = matrix.model_copy(update={"tp": matrix.tp + 1, "fn": matrix.fn - 1})
    if matrix.fn:
        check_quality(judged(confusion_matrix=better), params, business)


@pytest.mark.parametrize("costs", [(0.0, 50.0), (50.0, 50.0), (0.0, 0.0)])
def test_profit_counts_only_where_it_can_tell_models_apart(costs: tuple[float, float]) -> None:
    params = PARAMS.model_copy(update={"call_cost": costs[0], "deposit_value": costs[1]})
    check_quality(judged(confusion_matrix=called(0, 0)), params)


def test_accuracy_is_not_asked_as_good_thresholds_lower_it() -> None:
    check_quality(judged(accuracy=0.5), PARAMS)


def test_the_baseline_counts_only_where_the_params_say_so() -> None:
    lenient = PARAMS.model_copy(update={"must_beat_baseline": False})
    check_quality(judged(log_loss=5.0, brier_score=0.9, confusion_matrix=called(0, 880)), lenient)


def test_names_everything_that_is_missed() -> None:
    with pytest.raises(QualityError, match=r"roc_auc = 0.50000 and log_loss = 0.40000"):
        check_quality(judged(roc_auc=0.5, log_loss=0.4), PARAMS)


def test_a_good_model_misses_nothing() -> None:
    assert missed(judged(), PARAMS) == []


def test_a_miss_is_told_as_figure_and_rule() -> None:
    assert missed(judged(roc_auc=0.5), PARAMS) == [
        ("roc_auc = 0.50000", "it has to be at least min_roc_auc = 0.7"),
    ]


def held_to(margin: float | None) -> RunParams:
    return PARAMS.model_copy(update={"max_roc_auc_drop": margin})


def previous(roc_auc: float | None) -> PreviousModel:
    return PreviousModel(run_id="scheduled__1", roc_auc=roc_auc)


@pytest.mark.parametrize(
    ("roc_auc", "before", "margin"),
    [
        (0.79, 0.78, 0.0),
        (0.78, 0.78, 0.0),
        (0.775, 0.78, 0.01),
        (0.75, 0.875, 0.125),
        # 0.8 - 0.1 is more than 0.7 in binary.
        (0.7, 0.8, 0.1),
        (0.71, 1.0, 1.0),
    ],
)
def test_a_model_within_the_margin_of_the_last_accepted_one_passes(
    roc_auc: float, before: float, margin: float
) -> None:
    check_quality(judged(roc_auc=roc_auc, previous=previous(before)), held_to(margin))


@pytest.mark.parametrize(
    ("roc_auc", "before", "margin"), [(0.77999, 0.78, 0.0), (0.76999, 0.78, 0.01), (0.7, 0.80001, 0.1)]
)
def test_a_model_below_the_margin_is_stopped(roc_auc: float, before: float, margin: float) -> None:
    with pytest.raises(QualityError) as refused:
        check_quality(judged(roc_auc=roc_auc, previous=previous(before)), held_to(margin))
    assert str(refused.value).startswith(
        f"Found: roc_auc = {roc_auc:.5f}\n"
        f"Expected: it has to be at most max_roc_auc_drop = {margin} below {before:.5f}, "
        "that of scheduled__1\n"
    )


def test_a_model_that_cannot_be_held_to_the_last_accepted_one_is_stopped() -> None:
    with pytest.raises(QualityError) as refused:
        check_quality(judged(previous=previous(None)), held_to(0.01))
    assert str(refused.value) == (
        "Found: the model of scheduled__1 was trained on other columns, or cannot be read\n"
        "Expected: max_roc_auc_drop = 0.01 needs its ROC AUC on the same test rows\n"
        "To do: Look at the data, the hyperparameters and the threshold, or change the gate's Params"
    )


@pytest.mark.parametrize("before", [0.99, None])
def test_the_last_accepted_model_counts_only_where_the_params_say_so(before: float | None) -> None:
    check_quality(judged(previous=previous(before)), held_to(None))


def test_the_first_model_has_none_to_be_held_to() -> None:
    check_quality(judged(), held_to(0.0))


def test_a_drop_is_named_beside_what_else_is_missed() -> None:
    assert [found for found, _ in missed(judged(roc_auc=0.6, previous=previous(0.75)), held_to(0.1))] == [
        "roc_auc = 0.60000",
        "roc_auc = 0.60000",
    ]


def undecided() -> PreviousModel:
    change = Interval(low=-0.05, high=0.03)
    return PreviousModel(
        run_id="scheduled__1", roc_auc=0.79, unseen_rows=400, unseen_rarer=60, own_roc_auc=0.78, change=change
    )


def test_the_params_say_what_becomes_of_an_undecided_drop() -> None:
    check_quality(judged(previous=undecided()), held_to(0.01))
    strict = held_to(0.01).model_copy(update={"undecided_passes": False})
    with pytest.raises(QualityError) as refused:
        check_quality(judged(previous=undecided()), strict)
    assert str(refused.value).startswith(
        "Found: whether roc_auc = 0.78000 is lower by more than max_roc_auc_drop = 0.01 cannot be told on "
        "400 test rows that neither model was trained on\n"
        "Expected: undecided_passes = False wants it to be told of 0.79000, that of scheduled__1\n"
    )


def test_a_drop_is_judged_on_the_rows_that_neither_model_has_seen() -> None:
    # On all test rows, of which it remembers most, the older model is far better.
    same = PreviousModel(
        run_id="scheduled__1",
        roc_auc=0.78,
        unseen_rows=4000,
        unseen_rarer=400,
        own_roc_auc=0.779,
        change=Interval(low=-0.004, high=0.002),
    )
    check_quality(judged(roc_auc=0.75, previous=same), held_to(0.01))
    worse = same.model_copy(update={"own_roc_auc": 0.76, "change": Interval(low=-0.025, high=-0.015)})
    with pytest.raises(QualityError, match=r"roc_auc = 0.76000\nExpected: .* 0.01 below 0.78000, that of"):
        check_quality(judged(roc_auc=0.79, previous=worse), held_to(0.01))


def test_bounds_of_figures_are_told_and_kept() -> None:
    params = PARAMS.model_copy(
        update={"gate": {"recall": {"at_least": 0.3}, "log_loss": {"at_most": 0.4, "at_least": 0.1}}}
    )
    lines = check_quality(judged(), params)
    assert "recall = 0.33333: it has to be at least gate.recall = 0.3" in lines
    assert "log_loss = 0.30000: it has to be at most gate.log_loss = 0.4" in lines
    tight = PARAMS.model_copy(update={"gate": {"recall": {"at_least": 0.34}, "f1": {"at_most": 0.1}}})
    assert missed(judged(), tight) == [
        ("recall = 0.33333", "it has to be at least gate.recall = 0.34"),
        ("f1 = 0.44444", "it has to be at most gate.f1 = 0.1"),
    ]


def test_a_figure_that_is_not_defined_is_in_no_bounds() -> None:
    params = PARAMS.model_copy(update={"gate": {"precision": {"at_least": 0.0}}})
    assert missed(judged(precision=None), params) == [
        ("precision is not defined", "it has to be at least gate.precision = 0.0")
    ]


NUMBERS = RegressionEvaluation(
    rows=100,
    rmse=12.5,
    mae=9.0,
    r2=0.4,
    baseline={"rmse": 16.0, "mae": 12.0, "r2": 0.0},
    intervals={},
    validation_rows=0,
    model_sha256=None,
    features=(),
    previous=None,
    drift=None,
    training_curve={},
)


def test_a_model_of_a_number_is_held_against_the_mean() -> None:
    (line,) = check_quality(NUMBERS, PARAMS)
    mean = "that of the mean of the labels as the prediction of every row"
    assert line == f"rmse = 12.50: it has to be below 16.00, {mean}"
    with pytest.raises(QualityError, match=r"rmse = 16\.00"):
        check_quality(NUMBERS.model_copy(update={"rmse": 16.0}), PARAMS)
    lenient = PARAMS.model_copy(update={"must_beat_baseline": False, "gate": {"rmse": {"at_most": 12.0}}})
    assert missed(NUMBERS, lenient) == [("rmse = 12.50", "it has to be at most gate.rmse = 12.0")]


@pytest.mark.parametrize("passes", [True, False])
def test_beside_a_model_of_another_encoding_a_drop_cannot_be_told(passes: bool) -> None:
    params = PARAMS.model_copy(update={"max_roc_auc_drop": 0.01, "undecided_passes": passes})
    earlier = PreviousModel(run_id="scheduled__1", roc_auc=None, has_other_encoding=True)
    found = missed(judged(earlier), params)
    if passes:
        assert found == []
    else:
        ((told, rule),) = found
        assert told.endswith(
            "cannot be told: the model of scheduled__1 takes rows that were encoded otherwise"
        )
        assert rule == "undecided_passes = False wants it to be told"
