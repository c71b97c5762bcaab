import pytest

from include.pipeline.config import load_config
from include.pipeline.errors import QualityError
from include.pipeline.metrics import PreviousModel
from include.pipeline.quality import check_quality, missed
from tests.pipeline.figures import metrics

PARAMS = load_config("bank_marketing").params


def test_lets_a_good_model_pass() -> None:
    check_quality(metrics(), PARAMS)


def test_the_minimum_itself_passes() -> None:
    check_quality(metrics(roc_auc=PARAMS.min_roc_auc), PARAMS)


def test_stops_a_model_below_the_minimum() -> None:
    with pytest.raises(QualityError, match=r"roc_auc = 0.69999: it is at least min_roc_auc = 0.7"):
        check_quality(metrics(roc_auc=0.69999), PARAMS)


def test_stops_a_model_that_only_equals_the_baseline() -> None:
    with pytest.raises(QualityError, match=r"accuracy = 0.88000: it is above the baseline's 0.88000"):
        check_quality(metrics(accuracy=0.88), PARAMS)


def test_the_baseline_counts_only_where_the_params_say_so() -> None:
    lenient = PARAMS.model_copy(update={"must_beat_baseline": False})
    check_quality(metrics(accuracy=0.5), lenient)


def test_names_everything_that_is_missed() -> None:
    with pytest.raises(QualityError, match=r"roc_auc = 0.50000 and accuracy = 0.80000"):
        check_quality(metrics(roc_auc=0.5, accuracy=0.8), PARAMS)


def test_a_good_model_misses_nothing() -> None:
    assert missed(metrics(), PARAMS) == []


def test_a_miss_is_told_as_figure_and_rule() -> None:
    assert missed(metrics(roc_auc=0.5), PARAMS) == [
        ("roc_auc = 0.50000", "it is at least min_roc_auc = 0.7"),
    ]


@pytest.mark.parametrize(("before", "passes"), [(0.78, True), (0.79, True), (0.7901, False), (0.5, True)])
def test_a_model_may_be_worse_than_the_last_accepted_one_by_the_margin(before: float, passes: bool) -> None:
    params = PARAMS.model_copy(update={"max_roc_auc_drop": 0.01})
    previous = PreviousModel(run_id="before", roc_auc=before)
    misses = missed(metrics(roc_auc=0.78), params, previous)
    expected = [
        ("roc_auc = 0.78000", "it is at most max_roc_auc_drop = 0.01 below the last accepted model's 0.79010")
    ]
    assert misses == ([] if passes else expected)


def test_the_last_accepted_model_counts_only_where_the_params_say_so() -> None:
    check_quality(metrics(roc_auc=0.78), PARAMS, PreviousModel(run_id="before", roc_auc=0.99))


def test_a_model_that_cannot_be_compared_does_not_pass_the_comparison() -> None:
    params = PARAMS.model_copy(update={"max_roc_auc_drop": 0.5})
    with pytest.raises(QualityError, match="the model of before takes other columns, or cannot be read"):
        check_quality(metrics(), params, PreviousModel(run_id="before", roc_auc=None))


def test_the_first_model_has_nothing_to_be_compared_with() -> None:
    check_quality(metrics(), PARAMS.model_copy(update={"max_roc_auc_drop": 0.0}))
