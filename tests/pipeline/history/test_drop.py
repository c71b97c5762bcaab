import pytest

from include.pipeline.documents.metrics import PreviousModel
from include.pipeline.figures.interval import Interval
from include.pipeline.history.drop import Verdict, drop_verdict


def previous(low: float, high: float, *, rarer: int = 400) -> PreviousModel:
    """The change of the ROC AUC is surely between these."""
    return PreviousModel(
        run_id="scheduled__1",
        roc_auc=0.78,
        unseen_rows=4000,
        unseen_rarer=rarer,
        own_roc_auc=0.78 + (low + high) / 2,
        change=Interval(low=low, high=high),
    )


@pytest.mark.parametrize(
    ("low", "high", "largest", "verdict"),
    [
        (-0.03, -0.011, 0.01, "failed"),
        (-0.03, -0.009, 0.01, "undecided"),
        (-0.03, 0.02, 0.01, "undecided"),
        (-0.01, 0.02, 0.01, "passed"),
        (0.001, 0.02, 0.0, "passed"),
        (-0.001, 0.02, 0.0, "undecided"),
        (-0.02, -0.001, 0.0, "failed"),
        (0.0, 0.0, 0.0, "passed"),
    ],
)
def test_the_interval_of_the_drop_decides(low: float, high: float, largest: float, verdict: Verdict) -> None:
    # The figure on all rows, of which the older model remembers some, does not count.
    assert drop_verdict(previous(low, high), 0.5, largest) == verdict


def test_below_fifty_rows_of_a_class_it_is_undecided() -> None:
    assert drop_verdict(previous(-0.3, -0.2, rarer=49), 0.5, 0.01) == "undecided"
    assert drop_verdict(previous(-0.3, -0.2, rarer=50), 0.5, 0.01) == "failed"


def test_without_rows_that_are_new_to_both_it_is_undecided() -> None:
    none = PreviousModel(run_id="scheduled__1", roc_auc=0.99, unseen_rows=0, unseen_rarer=0)
    assert drop_verdict(none, 0.5, 0.01) == "undecided"
