"""Whether the ROC AUC has dropped since the last accepted model: yes, no, or it cannot be told."""

from typing import TYPE_CHECKING, Literal

from include.pipeline.figures.interval import FEW_OF_A_CLASS

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import PreviousModel

Verdict = Literal["passed", "failed", "undecided"]
# In binary, 0.8 - 0.1 is more than 0.7.
_ROUNDING = 1e-9


def drop_verdict(previous: "PreviousModel", roc_auc: float, largest: float) -> Verdict:
    """Judge the drop by its interval, on the rows that neither model was trained on.

    Args:
        previous: The last accepted model, which has a figure.
        roc_auc: Of the run's own model on all test rows, on which earlier versions compared.
        largest: The drop that is allowed.
    """
    largest += _ROUNDING
    if previous.unseen_rows is None:
        return "failed" if (previous.roc_auc or 0) - roc_auc > largest else "passed"
    if previous.change is None or (previous.unseen_rarer or 0) < FEW_OF_A_CLASS:
        return "undecided"
    if -previous.change.high > largest:
        return "failed"
    return "passed" if -previous.change.low <= largest else "undecided"
