"""The quality gate: what a model has to reach."""

from typing import TYPE_CHECKING

from include.pipeline.errors import QualityError

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.documents.params import RunParams

# In binary, 0.8 - 0.1 is more than 0.7.
_ROUNDING = 1e-9


def missed(evaluation: "Evaluation", params: "RunParams") -> list[tuple[str, str]]:
    """Compare a model with the limits of the Params.

    Returns:
        For each limit that the model misses, the figure found and the rule; empty for a good model.
    """
    found, previous = [], evaluation.previous
    if evaluation.roc_auc < params.min_roc_auc:
        found.append(
            (
                f"roc_auc = {evaluation.roc_auc:.5f}",
                f"it has to be at least min_roc_auc = {params.min_roc_auc}",
            )
        )
    if params.must_beat_baseline and evaluation.accuracy <= evaluation.baseline_accuracy:
        found.append(
            (
                f"accuracy = {evaluation.accuracy:.5f}",
                f"it has to be above the baseline's {evaluation.baseline_accuracy:.5f}",
            )
        )
    if previous and params.max_roc_auc_drop is not None:
        limit = f"max_roc_auc_drop = {params.max_roc_auc_drop}"
        if previous.roc_auc is None:
            found.append(
                (
                    f"the model of {previous.run_id} was trained on other columns, or cannot be read",
                    f"{limit} needs its ROC AUC on the same test rows",
                )
            )
        elif evaluation.roc_auc < previous.roc_auc - params.max_roc_auc_drop - _ROUNDING:
            found.append(
                (
                    f"roc_auc = {evaluation.roc_auc:.5f}",
                    f"it has to be at most {limit} below {previous.roc_auc:.5f}, that of {previous.run_id}",
                )
            )
    return found


def check_quality(evaluation: "Evaluation", params: "RunParams") -> None:
    """Let a good model pass, and refuse any other.

    Raises:
        QualityError: The model is not good enough. The message names each limit that it misses.
    """
    if misses := missed(evaluation, params):
        found, rules = zip(*misses, strict=True)
        raise QualityError(
            " and ".join(found),
            " and ".join(rules),
            "Look at the data and the hyperparameters, or change the gate's Params",
        )
