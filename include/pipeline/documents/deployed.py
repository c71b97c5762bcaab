"""What became of a run's endpoint, endpoint configuration and model."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

from include.pipeline.document import Document


class Deletion(Document):
    """What was found and deleted."""

    created: datetime
    deleted: datetime

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Self:
        """Record that a resource has just been deleted.

        Args:
            description: What SageMaker told of it before.
        """
        return cls(created=description["CreationTime"], deleted=datetime.now(UTC))


class Deployed(Document):
    """One of the run's endpoint, endpoint configuration and model."""

    kind: str
    """As people say it: `endpoint configuration`."""
    name: str
    created: datetime | None
    """None where it is not there, and the teardown did not find it."""
    deleted: datetime | None
    """None where it was not deleted."""
    is_there: bool
    """Whether it is there now."""
    state: str | None = None
    """Of an endpoint that is there, as SageMaker tells it: `InService`."""
