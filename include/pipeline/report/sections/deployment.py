"""What was deployed, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from include.pipeline.report.costs import endpoint_cost, price_list, time_up

if TYPE_CHECKING:
    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class DeploymentRow:
    """What became of one resource."""

    resource: "Deployed"
    """The resource."""
    state: str
    """What became of it, in words."""
    up: timedelta | None
    """How long it existed, or has existed so far; None where that is not known."""
    cost: float | None
    """Cost in USD for that time; None where it is not billed or its price is not known."""


@dataclass(frozen=True)
class DeploymentSection:
    """Endpoint, endpoint configuration and model, as they were when the report was written."""

    rows: list[DeploymentRow]
    written: datetime
    """When the report was written."""
    prices: str
    """The price list that the costs are computed from, in words."""


def gather(contents: "ReportContents") -> DeploymentSection:
    """Gather the section."""
    return DeploymentSection(
        rows=_rows(contents), written=contents.written, prices=price_list(contents.plan.identity.region)
    )


def _rows(contents: "ReportContents") -> list[DeploymentRow]:
    """Tell what became of each resource. Only the endpoint is billed."""
    rows = []
    for resource in contents.deployed:
        up = time_up(resource, contents)
        billed = resource.kind == "endpoint" and up is not None
        rows.append(
            DeploymentRow(
                resource=resource,
                state=_state(resource, contents),
                up=up,
                cost=endpoint_cost(contents, up) if billed and up else None,
            )
        )
    return rows


def _state(resource: "Deployed", contents: "ReportContents") -> str:
    keep = contents.plan.keep_endpoint
    if resource.is_there:
        return "There, kept as asked" if keep else "Still there"
    if resource.deleted:
        return "Deleted"
    # A model that is used again is deployed only in order to be kept.
    return "Not deployed: model used again" if contents.reused_from and not keep else "Was gone already"
