"""The quality gate: what a model has to reach."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

from include.pipeline.documents.metrics import Evaluation
from include.pipeline.errors import QualityError
from include.pipeline.history.drop import drop_verdict
from include.pipeline.history.skill import skills

if TYPE_CHECKING:
    from collections.abc import Iterator

    from include.pipeline.documents.metrics import ModelEvaluation, PreviousModel
    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.table.costs import OutcomeValues
    from include.pipeline.documents.table.words import Words
    from include.pipeline.figures.interval import Interval
    from include.pipeline.history.skill import Skill

_AN_AMOUNT = 10  # of money, where hundredths are enough


@dataclass(frozen=True)
class Business:
    """What a model is for, as far as the gate asks."""

    costs: "OutcomeValues | None" = None
    """What each outcome of a row is worth; None where nobody has said."""
    words: "Words | None" = None
    """How people call what is done."""

    @classmethod
    def of(cls, plan: "RunPlan") -> Self:
        """Take it from a run's plan."""
        return cls(plan.outcome_values, plan.words)


@dataclass(frozen=True)
class Bound:
    """A limit in numbers, as a picture shows it."""

    title: str
    """Of the figure."""
    value: float
    """The figure found."""
    limit: float
    """What it has to be."""
    at_least: bool = True
    """Whether it has to be at least that; at most, otherwise."""
    interval: "Interval | None" = None
    """The figure's 95 % interval."""
    is_money: bool = False


class Judgement(NamedTuple):
    """One limit of the Params, held against a model."""

    found: str
    """The figure found."""
    rule: str
    """What it has to be."""
    is_met: bool
    bound: Bound | None = None
    """The same in numbers; None where it is not two of them."""


def judge(
    evaluation: "ModelEvaluation", params: "RunParams", business: Business | None = None
) -> list[Judgement]:
    """Compare a model with each limit of the Params.

    Args:
        evaluation: Of the model.
        params: Of its run.
        business: Of its plan; without, the params may have costs.
    """
    business = business or Business(params.costs)
    judged = []
    if isinstance(evaluation, Evaluation):
        judged.append(
            Judgement(
                f"roc_auc = {evaluation.roc_auc:.5f}",
                f"it has to be at least min_roc_auc = {params.min_roc_auc}",
                evaluation.roc_auc >= params.min_roc_auc,
                Bound(
                    "ROC AUC",
                    evaluation.roc_auc,
                    params.min_roc_auc,
                    interval=evaluation.intervals.get("roc_auc"),
                ),
            )
        )
    judged += _bounds(evaluation, params)
    if params.must_beat_baseline:
        judged += [_skill(skill, evaluation) for skill in skills(evaluation, business.costs, business.words)]
    if isinstance(evaluation, Evaluation):
        judged += _drops(evaluation, params)
    return judged


def missed(
    evaluation: "ModelEvaluation", params: "RunParams", business: Business | None = None
) -> list[tuple[str, str]]:
    """Compare a model with the limits of the Params.

    Returns:
        For each limit that the model misses, the figure found and the rule; empty for a good model.
    """
    return [(found, rule) for found, rule, is_met, _ in judge(evaluation, params, business) if not is_met]


def _bounds(evaluation: "ModelEvaluation", params: "RunParams") -> "Iterator[Judgement]":
    for name, bounds in params.gate.items():
        value = getattr(evaluation, name)
        found = f"{name} is not defined" if value is None else f"{name} = {_written(value)}"
        for side, bound in bounds.items():
            is_met = value is not None and (value >= bound if side == "at_least" else value <= bound)
            rule = f"it has to be {side.replace('_', ' ')} gate.{name} = {bound}"
            told = evaluation.FIGURES[name].title
            interval = evaluation.intervals.get(name)
            drawn = value is not None and Bound(told, value, bound, side == "at_least", interval)
            yield Judgement(found, rule, is_met, drawn or None)


def _drops(evaluation: Evaluation, params: "RunParams") -> "Iterator[Judgement]":
    """Compare with the last accepted model, and with the best of the last ten."""
    previous, largest = evaluation.previous, params.max_roc_auc_drop
    if previous is None or largest is None:
        return
    judged = _drop(previous, evaluation.roc_auc, params, largest)
    yield judged
    best = evaluation.best_accepted
    # What cannot be told of the best stops nobody: the last one is the first judge.
    if best and judged.is_met and drop_verdict(best, evaluation.roc_auc, largest) != "undecided":
        yield _decided(best, evaluation.roc_auc, largest)


def _drop(previous: "PreviousModel", roc_auc: float, params: "RunParams", largest: float) -> Judgement:
    limit = f"max_roc_auc_drop = {largest}"
    says = "lets it pass" if params.undecided_passes else "wants it to be told"
    if previous.has_other_encoding:
        return Judgement(
            f"whether roc_auc is lower by more than {limit} cannot be told: the model of {previous.run_id} "
            "takes rows that were encoded otherwise",
            f"undecided_passes = {params.undecided_passes} {says}",
            is_met=params.undecided_passes,
        )
    if previous.roc_auc is None:
        return Judgement(
            f"the model of {previous.run_id} was trained on other columns, or cannot be read",
            f"{limit} needs its ROC AUC on the same test rows",
            is_met=False,
        )
    if drop_verdict(previous, roc_auc, largest) != "undecided":
        return _decided(previous, roc_auc, largest)
    own = _own(previous, roc_auc)
    beside = "beside" if params.undecided_passes else "of"
    that = f"{beside} {previous.roc_auc:.5f}, that of {previous.run_id}"
    rows = f"on {previous.unseen_rows} test rows that neither model was trained on"
    return Judgement(
        f"whether roc_auc = {own:.5f} is lower by more than {limit} cannot be told {rows}",
        f"undecided_passes = {params.undecided_passes} {says} {that}",
        is_met=params.undecided_passes,
    )


def _decided(earlier: "PreviousModel", roc_auc: float, largest: float) -> Judgement:
    best = f", the best of the last {earlier.best_of} accepted" if earlier.best_of > 1 else ""
    that = f"{earlier.roc_auc:.5f}, that of {earlier.run_id}{best}"
    return Judgement(
        f"roc_auc = {_own(earlier, roc_auc):.5f}",
        f"it has to be at most max_roc_auc_drop = {largest} below {that}",
        is_met=drop_verdict(earlier, roc_auc, largest) == "passed",
        bound=Bound("ROC AUC beside an earlier model's", _own(earlier, roc_auc), earlier.roc_auc - largest)
        if earlier.roc_auc is not None
        else None,
    )


def _own(earlier: "PreviousModel", roc_auc: float) -> float:
    return roc_auc if earlier.own_roc_auc is None else earlier.own_roc_auc


def _skill(skill: "Skill", evaluation: "ModelEvaluation") -> Judgement:
    side = "above" if skill.higher_is_better else "below"
    rule = f"it has to be {side} {_written(skill.without)}, that of {skill.instead}"
    bound = Bound(
        skill.title,
        skill.model,
        skill.without,
        at_least=skill.higher_is_better,
        interval=evaluation.intervals.get(skill.name),
        is_money=skill.name == "profit",
    )
    return Judgement(f"{skill.name} = {_written(skill.model)}", rule, skill.is_shown, bound)


def _written(figure: float) -> str:
    return f"{figure:.5f}" if abs(figure) < _AN_AMOUNT else f"{figure:,.2f}"


def check_quality(
    evaluation: "ModelEvaluation", params: "RunParams", business: Business | None = None
) -> list[str]:
    """Let a good model pass, and refuse any other.

    Returns:
        A line for each limit: the figure found, and what it has to be.

    Raises:
        QualityError: The model is not good enough. The message names each limit that it misses.
    """
    if misses := missed(evaluation, params, business):
        found, rules = zip(*misses, strict=True)
        raise QualityError(
            " and ".join(found),
            " and ".join(rules),
            "Look at the data, the hyperparameters and the threshold, or change the gate's Params",
        )
    return [f"{found}: {rule}" for found, rule, *_ in judge(evaluation, params, business)]
