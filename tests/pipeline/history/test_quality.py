import pytest

from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import Evaluation, PreviousModel
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import QualityError
from include.pipeline.history.quality import check_quality, missed
from tests.pipeline.made_up_figures import metrics
from tests.pipeline.report.example import evaluation_of

PARAMS = load_config("bank_marketing").params


def judged(previous: PreviousModel | None = None, **changed: float) -> Evaluation:
    return evaluation_of(**dict(metrics(**changed)), previous=previous)


def test_lets_a_good_model_pass() -> None:
    check_quality(judged(), PARAMS)


def test_the_minimum_itself_passes() -> None:
    check_quality(judged(roc_auc=PARAMS.min_roc_auc), PARAMS)


def test_stops_a_model_below_the_minimum() -> None:
    with pytest.raises(QualityError, match=r"0.69999\nExpected: it has to be at least min_roc_auc = 0.7"):
        check_quality(judged(roc_auc=0.69999), PARAMS)


def test_stops_a_model_that_only_equals_the_baseline() -> None:
    with pytest.raises(QualityError, match=r"0.88000\nExpected: it has to be above the baseline's 0.88000"):
        check_quality(judged(accuracy=0.88), PARAMS)


def test_the_baseline_counts_only_where_the_params_say_so() -> None:
    lenient = PARAMS.model_copy(update={"must_beat_baseline": False})
    check_quality(judged(accuracy=0.5), lenient)


def test_names_everything_that_is_missed() -> None:
    with pytest.raises(QualityError, match=r"roc_auc = 0.50000 and accuracy = 0.80000"):
        check_quality(judged(roc_auc=0.5, accuracy=0.8), PARAMS)


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
        "To do: Look at the data and the hyperparameters, or change the gate's Params"
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
