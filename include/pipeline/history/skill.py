"""Whether a model is better than none: what the gate asks, whichever rule chose the threshold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.table.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from include.pipeline.documents.metrics import ModelEvaluation
    from include.pipeline.documents.table.costs import OutcomeValues
    from include.pipeline.values.params import LabelKind

# They judge the scores themselves, and no model without skill betters the constant in either:
# T. Gneiting, A. Raftery, Strictly proper scoring rules, prediction, and estimation (2007).
_OF_SCORES: "Mapping[LabelKind, tuple[str, ...]]" = {
    "binary": ("log_loss", "brier_score"),
    "multiclass": ("log_loss",),
    "regression": ("rmse",),
}
_CONSTANT: "Mapping[LabelKind, str]" = {
    "binary": "the share of positives as the score of every row",
    "multiclass": "the share of each class as its score in every row",
    "regression": "the mean of the labels as the prediction of every row",
}


@dataclass(frozen=True)
class Skill:
    """A figure of a model beside what can be had without one."""

    name: str
    """Of the figure, as in metrics.json."""
    title: str
    """How it is called where people read it."""
    model: float
    """Its value with the model."""
    without: float
    """Its value without."""
    instead: str
    """What gives this value: `acting on every row`, say."""
    higher_is_better: bool

    @property
    def is_shown(self) -> bool:
        """Whether the model is better than none."""
        return self.model > self.without if self.higher_is_better else self.model < self.without


def skills(
    evaluation: "ModelEvaluation", costs: "OutcomeValues | None", words: Words | None = None
) -> list[Skill]:
    """Hold a model against none.

    What it answers is held against the best constant, the profit against the better of acting on every row
    and on none. Profit counts where that depends on the row: where there are costs, and the chance from which
    on to act pays is between 0 and 1.
    """
    held = [
        Skill(
            name=name,
            title=evaluation.FIGURES[name].title,
            model=getattr(evaluation, name),
            without=evaluation.without_model(name),
            instead=_CONSTANT[evaluation.kind],
            higher_is_better=False,
        )
        for name in _OF_SCORES[evaluation.kind]
    ]
    if isinstance(evaluation, Evaluation) and costs and 0 < (costs.break_even or 0) < 1:
        counts = evaluation.positives, evaluation.rows - evaluation.positives
        everybody, nobody = costs.of_everybody(*counts), costs.of_nobody(*counts)
        called = words or Words()
        held.append(
            Skill(
                name="profit",
                title="Profit",
                model=costs.profit(evaluation.confusion_matrix),
                without=max(everybody, nobody),
                instead=f"{called.acting} {called.everybody if everybody > nobody else called.nobody}",
                higher_is_better=True,
            )
        )
    return held
