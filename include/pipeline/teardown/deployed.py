"""Which of the resources that a run deployed still exist."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.resources import ALL_KINDS, is_of_run
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.deployed import Deletion, Deployed

if TYPE_CHECKING:
    from include.pipeline.documents.plan import RunPlan


def look_up_deployed(
    sagemaker: Any, plan: "RunPlan", deletions: Mapping[str, Deletion]
) -> tuple[Deployed, ...]:
    """Look up which of a run's resources exist.

    Args:
        sagemaker: The client.
        plan: Plan of the run.
        deletions: What its teardown deleted, by kind.
    """
    run = plan.identity
    owner = RunTags(deployment_id=run.deployment_id, dag_id=run.dag_id, run_id=run.run_id, expires=None)
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
