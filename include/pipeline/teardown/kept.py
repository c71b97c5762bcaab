"""The endpoints that runs were asked to keep: which there are, what they cost, and their end."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.resources import ALL_KINDS, ENDPOINT, check_owner, delete, owner_of
from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import CleanupError
from include.pipeline.teardown.daily_cost import a_day, endpoint_cost, one_a_day

_LONGEST_PAUSE = 15


class KeptEndpoint(BaseModel):
    """An endpoint that is kept."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Also that of its configuration and its model."""
    run: RunTags
    """The run that was asked to keep it."""
    state: str
    """As SageMaker tells it: `InService`."""
    since: datetime
    """When it was made."""
    usd_per_day: float | None
    """What it costs a day; None where the price is not known."""

    def __str__(self) -> str:
        since = f"{self.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        cost = one_a_day(self.usd_per_day)
        return f"{self.name}, {self.state}, of {self.run.dag_id} {self.run.run_id}, since {since}, {cost}"


def kept_endpoints(sagemaker: Any, deployment_id: str) -> list[KeptEndpoint]:
    """List what runs of a deployment were asked to keep, the oldest first.

    Args:
        sagemaker: The client.
        deployment_id: Which Airflow.
    """
    found = []
    by_age = {"SortBy": "CreationTime", "SortOrder": "Ascending", "NameContains": deployment_id}
    for page in sagemaker.get_paginator(ENDPOINT.list).paginate(**by_age):
        for item in page[ENDPOINT.list_member]:
            name = item[ENDPOINT.name_member]
            if not name.startswith(f"{deployment_id}-"):
                continue
            owner = owner_of(sagemaker, item[ENDPOINT.arn_member])
            if not isinstance(owner, RunTags) or owner.deployment_id != deployment_id or owner.expires:
                continue
            found.append(
                KeptEndpoint(
                    name=name,
                    run=owner,
                    state=item["EndpointStatus"],
                    since=item["CreationTime"],
                    usd_per_day=endpoint_cost(sagemaker, name),
                )
            )
    return found


def sum_up(kept: list[KeptEndpoint]) -> str:
    """Say in a few words how many are kept, and what they cost."""
    return f"kept as asked: {len(kept)}, {a_day([each.usd_per_day for each in kept])}"


def delete_kept(sagemaker: Any, name: str, kept: list[KeptEndpoint]) -> KeptEndpoint:
    """Delete an endpoint that is kept, its configuration and its model, and see that they are gone.

    Args:
        sagemaker: The client.
        name: Of the endpoint.
        kept: All that are kept.

    Returns:
        The endpoint, as it was.

    Raises:
        CleanupError: It is none of these.
        OwnerError: What bears its name is another run's.
    """
    endpoint = next((each for each in kept if each.name == name), None)
    if endpoint is None:
        names = ", ".join(each.name for each in kept) or "there is none"
        raise CleanupError(
            f"endpoint = {name!r}",
            f"it is one that runs of this Airflow were asked to keep: {names}",
            "Copy the name from the page Models",
        )
    for kind in ALL_KINDS:
        check_owner(sagemaker, kind, name, endpoint.run)
        delete(sagemaker, kind, name, _LONGEST_PAUSE)
    return endpoint
