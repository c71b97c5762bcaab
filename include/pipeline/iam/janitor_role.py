"""For the janitor: it finds, stops and deletes what runs have left, and nothing else."""

from collections.abc import Iterator

from include.pipeline.iam.leftovers import KINDS, LIST, LOOK_UP, TAKE_AWAY
from include.pipeline.iam.policy import Statement
from include.pipeline.iam.scope import Scope


def janitor_role(scope: Scope) -> Iterator[Statement]:
    """Yield the statements of its policy."""
    yield Statement("List", LIST)
    yield Statement("LookUp", LOOK_UP, scope.sagemaker(*KINDS))
    yield Statement("TakeAway", TAKE_AWAY, scope.sagemaker(*KINDS), scope.resource_tags)
