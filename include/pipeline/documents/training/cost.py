"""What a run costs, worked out before it makes anything."""

from include.pipeline.document import Document


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
    kept_endpoint_a_day: float | None
    """Of an endpoint that is to be kept, after the run."""
    unknown: tuple[str, ...]
    """What has no known price."""
    prices_as_of: str | None
    """When the prices held; None where no price of the region is known."""

    @property
    def at_most(self) -> float | None:
        """Training and endpoint together, at the most."""
        return _sum(self.training_at_most, self.endpoint_at_most)

    @property
    def about(self) -> float | None:
        """Training and endpoint together, about."""
        return _sum(self.training_about, self.endpoint_about)


def _sum(training: float | None, endpoint: float | None) -> float | None:
    return None if training is None or endpoint is None else training + endpoint
