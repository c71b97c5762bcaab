"""Which of the resources that a run deployed still exist."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.resources import ALL_KINDS, describe, owner_of
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
        there = describe(sagemaker, kind, plan.key)
        if there and not owner.is_same_run(owner_of(sagemaker, there[kind.arn_member])):
            there = None
        made = deletion.created if deletion else None
        found.append(
            Deployed(
                kind=kind.title,
                name=plan.key,
                created=there["CreationTime"] if there else made,
                deleted=deletion.deleted if deletion else None,
                is_there=there is not None,
                state=there.get("EndpointStatus") if there else None,
            )
        )
    return tuple(found)
