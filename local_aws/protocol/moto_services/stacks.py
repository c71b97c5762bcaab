"""Mend what moto's CloudFormation leaves undone of a stack.

It deletes no managed policies, no route tables and no ways to S3, and so no networks. It lists what a
condition left out as a resource without a name. It tells no outputs of a stack that a change set made, as
`aws cloudformation deploy` does.
"""

from functools import cache
from typing import Any


@cache
def mend_stacks() -> None:
    """Mend it once, at the first request for a stack: the import takes two seconds."""
    from moto.cloudformation.models import ChangeSet, Stack
    from moto.cloudformation.parsing import OutputMap
    from moto.ec2.exceptions import DependencyViolationError
    from moto.ec2.models.route_tables import RouteTable
    from moto.ec2.models.vpcs import VPCEndPoint
    from moto.iam.models import ManagedPolicy, iam_backends

    apply = ChangeSet.apply

    def apply_with_outputs(change_set: Any) -> None:
        apply(change_set)
        stack = change_set.stack
        stack.template_dict, stack.parameters = change_set.template_dict, change_set.parameters
        stack.description = change_set.template_dict.get("Description")
        stack.output_map = OutputMap(stack.resource_map, stack.template_dict, stack.stack_id)

    def delete_routes(table: Any, _account: str, _region: str) -> None:
        # moto tries again once it has deleted something else.
        if any(
            table.id in one.route_table_ids and one.state != "deleted"
            for one in table.ec2_backend.vpc_end_points.values()
        ):
            raise DependencyViolationError(f"The routeTable '{table.id}' has dependencies.")
        table.ec2_backend.delete_route_table(table.id)

    def delete_endpoint(endpoint: Any, _account: str, _region: str) -> None:
        endpoint.ec2_backend.delete_vpc_endpoints([endpoint.id])

    def delete_policy(policy: Any, account: str, _region: str) -> None:
        iam_backends[account][policy.partition].delete_policy(policy.arn)

    mended: tuple[tuple[type, str, object], ...] = (
        (ChangeSet, "apply", apply_with_outputs),
        (ManagedPolicy, "delete", delete_policy),
        (RouteTable, "delete", delete_routes),
        (VPCEndPoint, "delete", delete_endpoint),
        (
            Stack,
            "stack_resources",
            property(lambda stack: [one for one in stack.resource_map.values() if one]),
        ),
    )
    for owner, name, does in mended:
        setattr(owner, name, does)
