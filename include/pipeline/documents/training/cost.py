"""What a run costs, worked out before it makes anything."""

from pydantic import Field

from include.pipeline.document import Document


def _is_zero(cost: float | None) -> bool:
    return cost == 0


class CostEstimate(Document):
    """What a run costs, in USD at on-demand prices; None where a price is not known."""

    training_at_most: float | None
    """Of a job that SageMaker stops at its longest run time, and of its warm pool."""
    training_about: float | None
    """Of a job that takes as long as an earlier run's; without one, the same as the most."""
    training_as_in: str | None
    """The earlier run; None where there is none with the same training instances."""
    endpoint_at_most: float | None
    """Of an endpoint whose tasks take as long as they may."""
    endpoint_about: float | None
    """Of an endpoint that comes up and answers as they mostly do."""
    split_at_most: float | None = Field(default=0.0, exclude_if=_is_zero)
    """Of a processing job that SageMaker stops at its longest run time; 0 where the worker splits all."""
    split_about: float | None = Field(default=0.0, exclude_if=_is_zero)
    """Of a job that takes as long as an earlier run's; without one, the same as the most."""
    kept_endpoint_a_day: float | None
    """Of an endpoint that is to be kept, after the run."""
    unknown: tuple[str, ...]
    """What has no known price."""
    prices_as_of: str | None
    """When the prices held; None where no price of the region is known."""

    @property
    def at_most(self) -> float | None:
        """Split, training and endpoint together, at the most."""
        return sum_of(self.split_at_most, self.training_at_most, self.endpoint_at_most)

    @property
    def about(self) -> float | None:
        """Split, training and endpoint together, about."""
        return sum_of(self.split_about, self.training_about, self.endpoint_about)


def sum_of(*costs: float | None) -> float | None:
    """Add up costs; None where one is not known."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
