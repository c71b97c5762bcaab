"""The quality gate: what a model has to reach."""

from typing import TYPE_CHECKING

from include.pipeline.errors import QualityError
from include.pipeline.history.drop import drop_verdict
from include.pipeline.history.skill import skills

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation, PreviousModel
    from include.pipeline.documents.params import RunParams
    from include.pipeline.history.skill import Skill

_AN_AMOUNT = 10  # of money, where hundredths are enough


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
    if params.must_beat_baseline:
        found += [_no_skill(skill) for skill in skills(evaluation, params) if not skill.is_shown]
    if previous and params.max_roc_auc_drop is not None:
        limit = f"max_roc_auc_drop = {params.max_roc_auc_drop}"
        if previous.roc_auc is None:
            found.append(
                (
                    f"the model of {previous.run_id} was trained on other columns, or cannot be read",
                    f"{limit} needs its ROC AUC on the same test rows",
                )
            )
        elif told := _drop(previous, evaluation.roc_auc, params, params.max_roc_auc_drop):
            found.append(told)
    return found


def _drop(
    previous: "PreviousModel", roc_auc: float, params: "RunParams", largest: float
) -> tuple[str, str] | None:
    verdict = drop_verdict(previous, roc_auc, largest)
    if verdict == "passed" or (verdict == "undecided" and params.undecided_passes):
        return None
    own = roc_auc if previous.own_roc_auc is None else previous.own_roc_auc
    that = f"{previous.roc_auc:.5f}, that of {previous.run_id}"
    limit = f"max_roc_auc_drop = {largest}"
    if verdict == "failed":
        return f"roc_auc = {own:.5f}", f"it has to be at most {limit} below {that}"
    rows = f"on {previous.unseen_rows} test rows that neither model was trained on"
    return (
        f"whether roc_auc = {own:.5f} is lower by more than {limit} cannot be told {rows}",
        f"undecided_passes = False wants it to be told of {that}",
    )


def _no_skill(skill: "Skill") -> tuple[str, str]:
    side = "above" if skill.higher_is_better else "below"
    rule = f"it has to be {side} {_written(skill.without)}, that of {skill.instead}"
    return f"{skill.name} = {_written(skill.model)}", rule


def _written(figure: float) -> str:
    return f"{figure:.5f}" if abs(figure) < _AN_AMOUNT else f"{figure:,.2f}"


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
            "Look at the data, the hyperparameters and the threshold, or change the gate's Params",
        )
