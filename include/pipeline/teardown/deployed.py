"""What a run deployed, and what became of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.resources import ALL_KINDS, is_of_run
from include.pipeline.aws.tags import RunTags

if TYPE_CHECKING:
    from include.pipeline.documents.plan import RunPlan


class Deletion(BaseModel):
    """What was found and deleted."""

    model_config = ConfigDict(frozen=True)

    created: datetime
    deleted: datetime

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Self:
        """Say of a resource, by what SageMaker told before, that it has just been deleted."""
        return cls(created=description["CreationTime"], deleted=datetime.now(UTC))


class Deployed(BaseModel):
    """One of the run's endpoint, endpoint configuration and model."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """As people say it: `endpoint configuration`."""
    name: str
    created: datetime | None
    """None where the teardown did not find it, or left it."""
    deleted: datetime | None
    """None where it was not deleted."""
    is_there: bool
    """Whether it is there now."""


def look_up_deployed(
    sagemaker: Any, plan: "RunPlan", deletions: Mapping[str, Deletion]
) -> tuple[Deployed, ...]:
    """See which of a run's resources are there.

    Args:
        sagemaker: The client.
        plan: Of the run.
        deletions: What its teardown deleted, by kind.
    """
    owner = RunTags(dag_id=plan.identity.dag_id, run_id=plan.identity.run_id, expires=None)
    found = []
    for kind in ALL_KINDS:
        deletion = deletions.get(kind.title)
        found.append(
            Deployed(
                kind=kind.title,
                name=plan.key,
                created=deletion.created if deletion else None,
                deleted=deletion.deleted if deletion else None,
                is_there=is_of_run(sagemaker, kind, plan.key, owner),
            )
        )
    return tuple(found)
