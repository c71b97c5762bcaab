"""Whether a model is better than none: what the gate asks, whichever rule chose the threshold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import ThresholdFigures
from include.pipeline.figures.model_figures import FIGURES

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.documents.params import RunParams

# They judge the scores themselves, and no model without skill betters the share of positives in either:
# T. Gneiting, A. Raftery, Strictly proper scoring rules, prediction, and estimation (2007).
_OF_SCORES = ("log_loss", "brier_score")


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
    """What gives this value: `calling everybody`, say."""
    higher_is_better: bool

    @property
    def is_shown(self) -> bool:
        """Whether the model is better than none."""
        return self.model > self.without if self.higher_is_better else self.model < self.without


def skills(evaluation: "Evaluation", params: "RunParams") -> list[Skill]:
    """Hold a model against none.

    The scores are held against the share of positives as every row's score, the profit against the better of
    calling everybody and calling nobody. Profit counts where a call costs something and less than a deposit
    is worth: otherwise everybody, or nobody, is called anyway.
    """
    share = evaluation.positives / evaluation.rows
    held = [
        Skill(
            name=name,
            title=FIGURES[name].title,
            model=getattr(evaluation, name),
            without=FIGURES[name].baseline(share),
            instead="the share of positives as the score of every row",
            higher_is_better=False,
        )
        for name in _OF_SCORES
    ]
    if 0 < params.call_cost < params.deposit_value:
        everybody = evaluation.positives * params.deposit_value - evaluation.rows * params.call_cost
        matrix = evaluation.confusion_matrix
        held.append(
            Skill(
                name="profit",
                title="Profit",
                model=ThresholdFigures.of(evaluation.threshold, matrix, params).profit,
                without=max(everybody, 0.0),
                instead="calling everybody" if everybody > 0 else "calling nobody",
                higher_is_better=True,
            )
        )
    return held
