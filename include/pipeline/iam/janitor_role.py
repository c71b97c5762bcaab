"""For the janitor: it finds, stops and deletes what runs have left, and nothing else."""

from collections.abc import Iterator

from include.pipeline.iam.leftovers import LIST, kinds, look_up, take_away
from include.pipeline.iam.policy import Statement
from include.pipeline.iam.scope import Scope


def janitor_role(scope: Scope) -> Iterator[Statement]:
    """Yield the statements of its policy."""
    yield Statement("List", LIST)
    own = scope.sagemaker(*kinds(scope))
    yield Statement("LookUp", look_up(scope), own)
    yield Statement("TakeAway", take_away(scope), own, scope.resource_tags)
