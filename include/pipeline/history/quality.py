"""The gate: what a model has to reach."""

from typing import TYPE_CHECKING

from include.pipeline.errors import QualityError

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.documents.params import RunParams

# Of 0.8 less 0.1, which is more than 0.7 in binary.
_ROUNDING = 1e-9


def missed(evaluation: "Evaluation", params: "RunParams") -> list[tuple[str, str]]:
    """Hold a model to the Params' minimum, and to the last accepted model where the Params ask for it.

    Returns:
        Of each miss, the figure found and the rule for it; empty for a good model.
    """
    found, previous = [], evaluation.previous
    if evaluation.roc_auc < params.min_roc_auc:
        found.append(
            (f"roc_auc = {evaluation.roc_auc:.5f}", f"it is at least min_roc_auc = {params.min_roc_auc}")
        )
    if params.must_beat_baseline and evaluation.accuracy <= evaluation.baseline_accuracy:
        found.append(
            (
                f"accuracy = {evaluation.accuracy:.5f}",
                f"it is above the baseline's {evaluation.baseline_accuracy:.5f}",
            )
        )
    if previous and params.max_roc_auc_drop is not None:
        limit = f"max_roc_auc_drop = {params.max_roc_auc_drop}"
        if previous.roc_auc is None:
            found.append(
                (
                    f"the model of {previous.run_id} takes other columns, or cannot be read",
                    f"{limit} holds a model to the last accepted one, on the same rows",
                )
            )
        elif evaluation.roc_auc < previous.roc_auc - params.max_roc_auc_drop - _ROUNDING:
            found.append(
                (
                    f"roc_auc = {evaluation.roc_auc:.5f}",
                    f"it is at most {limit} below {previous.roc_auc:.5f}, that of {previous.run_id}",
                )
            )
    return found


def check_quality(evaluation: "Evaluation", params: "RunParams") -> None:
    """Let a good model pass.

    Raises:
        QualityError: It is not good enough. The message names each figure that it misses.
    """
    if misses := missed(evaluation, params):
        found, rules = zip(*misses, strict=True)
        raise QualityError(
            " and ".join(found),
            " and ".join(rules),
            "Look at the data and the hyperparameters, or change the gate's Params",
        )
