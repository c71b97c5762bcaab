"""The section `costs` of a pipeline's YAML: what each of the four outcomes of a row is worth."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.figures.confusion_matrix import ConfusionMatrix

_Amount = Annotated[float, Field(allow_inf_nan=False)]


class OutcomeValues(BaseModel):
    """What a row brings, by what it is and what was predicted, in one currency; below 0, what it costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    true_positive: _Amount = Field(description="Of a positive that is predicted positive.")
    false_positive: _Amount = Field(description="Of a negative that is predicted positive.")
    true_negative: _Amount = Field(default=0, description="Of a negative that is predicted negative.")
    false_negative: _Amount = Field(default=0, description="Of a positive that is predicted negative.")

    @classmethod
    def of_action(cls, cost: float, value: float) -> Self:
        """Tell the values where each predicted positive costs as much, and each true one is worth as much."""
        return cls(true_positive=value - cost, false_positive=0 - cost)

    @property
    def action(self) -> tuple[float, float] | None:
        """Cost of each predicted positive, and value of each true one; None where others count as well."""
        if self.true_negative or self.false_negative:
            return None
        return 0 - self.false_positive, self.true_positive - self.false_positive

    def profit(self, matrix: ConfusionMatrix) -> float:
        """Add up what all rows bring."""
        return (
            matrix.tp * self.true_positive
            + matrix.fp * self.false_positive
            + matrix.tn * self.true_negative
            + matrix.fn * self.false_negative
        )

    def of_everybody(self, positives: int, negatives: int) -> float:
        """Add up what rows bring that are all predicted positive."""
        return positives * self.true_positive + negatives * self.false_positive

    def of_nobody(self, positives: int, negatives: int) -> float:
        """Add up what rows bring that are all predicted negative."""
        return positives * self.false_negative + negatives * self.true_negative

    @property
    def break_even(self) -> float | None:
        """The chance of a positive from which on to predict it pays, 0 or more; None where there is none.

        C. Elkan, The foundations of cost-sensitive learning (2001), equation 2.
        """
        lost, won = self.true_negative - self.false_positive, self.true_positive - self.false_negative
        return max(lost / (lost + won), 0.0) if lost + won > 0 else None


class Costs(OutcomeValues):
    """The four values as a YAML has them: to predict what is observed is worth more than not to."""

    @model_validator(mode="after")
    def _a_right_answer_is_worth_more(self) -> Self:
        for right, wrong in (("true_positive", "false_negative"), ("true_negative", "false_positive")):
            one, other = getattr(self, right), getattr(self, wrong)
            if one <= other:
                raise PydanticCustomError(
                    "costs",
                    "costs: {right} = {one} is no more than {wrong} = {other}; a cost is below 0",
                    {"right": right, "one": one, "wrong": wrong, "other": other},
                )
        return self
