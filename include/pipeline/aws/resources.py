"""Models, endpoint configurations and endpoints alike: is it there, delete it, wait until it is gone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from include.pipeline.aws.polling import looks
from include.pipeline.aws.tags import RunTags, UnreadableTags
from include.pipeline.errors import OwnerError

T = TypeVar("T")

# SageMaker's answer for what is not there; its codes do not tell that from other bad requests.
_ABSENT = "Could not find"
_BUSY = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(frozen=True)
class ResourceKind:
    """One kind of SageMaker resource, by the names that its API uses."""

    title: str
    """As people say it: `endpoint configuration`."""
    name_member: str
    """Its name in requests: `EndpointConfigName`."""
    arn_member: str
    """Its ARN in descriptions: `EndpointConfigArn`."""
    create: str
    """Client method that makes one."""
    describe: str
    """Client method that describes one."""
    delete: str
    """Client method that deletes one."""
    list: str
    """Client method, and paginator, that lists them."""
    list_member: str
    """The member of lists that holds them: `EndpointConfigs`."""


MODEL = ResourceKind(
    "model",
    "ModelName",
    "ModelArn",
    "create_model",
    "describe_model",
    "delete_model",
    "list_models",
    "Models",
)
ENDPOINT_CONFIG = ResourceKind(
    "endpoint configuration",
    "EndpointConfigName",
    "EndpointConfigArn",
    "create_endpoint_config",
    "describe_endpoint_config",
    "delete_endpoint_config",
    "list_endpoint_configs",
    "EndpointConfigs",
)
ENDPOINT = ResourceKind(
    "endpoint",
    "EndpointName",
    "EndpointArn",
    "create_endpoint",
    "describe_endpoint",
    "delete_endpoint",
    "list_endpoints",
    "Endpoints",
)
# In the order of deletion: an endpoint is never left without its configuration. They are made in the reverse.
ALL_KINDS = (ENDPOINT, ENDPOINT_CONFIG, MODEL)


def describe(sagemaker: Any, kind: ResourceKind, name: str) -> dict[str, Any] | None:
    """Describe a resource, or answer None when it is not there."""
    return _unless_absent(lambda: getattr(sagemaker, kind.describe)(**{kind.name_member: name}))


def is_busy(description: dict[str, Any]) -> bool:
    """Tell whether SageMaker is at work on an endpoint, and neither updates nor deletes it meanwhile."""
    return description.get("EndpointStatus") in _BUSY


def owner_of(sagemaker: Any, arn: str) -> RunTags | UnreadableTags | None:
    """Read from its tags whose a resource is; None for what no run of this project made, or is not there."""
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    return _unless_absent(lambda: RunTags.from_aws(tag for page in pages for tag in page["Tags"]))


def is_of_run(sagemaker: Any, kind: ResourceKind, name: str, run: RunTags) -> bool:
    """Tell whether there is such a resource, and it is the run's."""
    description = describe(sagemaker, kind, name)
    return description is not None and run.is_same_run(owner_of(sagemaker, description[kind.arn_member]))


def check_owner(sagemaker: Any, kind: ResourceKind, name: str, run: RunTags) -> None:
    """Refuse to touch what bears a run's name and is not tagged as its own.

    Raises:
        OwnerError: It is somebody else's.
    """
    description = describe(sagemaker, kind, name)
    if description is None:
        return
    owner = owner_of(sagemaker, description[kind.arn_member])
    # It may have gone since the first look.
    if not run.is_same_run(owner) and describe(sagemaker, kind, name):
        raise OwnerError(
            f"{kind.title} {name!r} is there already, and of {_whose(owner)}",
            "a run touches only what it made",
            "Delete it or give it another name, then clear this task",
        )


def create(sagemaker: Any, kind: ResourceKind, request: dict[str, Any], run: RunTags) -> None:
    """Make a resource of a run.

    Raises:
        ClientError: SageMaker refuses it.
    """
    try:
        getattr(sagemaker, kind.create)(**request)
    except ClientError:
        # Where AWS's answer is lost, boto3 asks again, and meets what it has made.
        if not is_of_run(sagemaker, kind, request[kind.name_member], run):
            raise


def delete(sagemaker: Any, kind: ResourceKind, name: str, longest_pause: float) -> dict[str, Any] | None:
    """Delete a resource and see that it is gone.

    An endpoint that is being created or updated cannot be deleted: that is waited out. The caller's time
    limit bounds the wait.

    Args:
        sagemaker: The client.
        kind: What it is.
        name: Which one.
        longest_pause: Seconds between two looks at it, at the most.

    Returns:
        What SageMaker told of it before; None where there was nothing to delete.
    """
    found = None
    for _ in looks(longest_pause):
        description = describe(sagemaker, kind, name)
        if description is None:
            return found
        found = found or description
        if not is_busy(description):
            try:
                _unless_absent(lambda: getattr(sagemaker, kind.delete)(**{kind.name_member: name}))
            except ClientError:
                # Another, the janitor or a teardown, may have begun to delete it since the look.
                if (since := describe(sagemaker, kind, name)) and not is_busy(since):
                    raise
            # A model and a configuration are gone as soon as SageMaker answers.
            if kind is not ENDPOINT and describe(sagemaker, kind, name) is None:
                return found
    raise AssertionError("unreachable: looks() does not end")


def _whose(owner: RunTags | UnreadableTags | None) -> str:
    return str(owner) if isinstance(owner, RunTags) else f"somebody else{f' ({owner})' if owner else ''}"


def _unless_absent(call: Callable[[], T]) -> T | None:
    try:
        return call()
    except ClientError as error:
        if error.response["Error"].get("Message", "").startswith(_ABSENT):
            return None
        raise
