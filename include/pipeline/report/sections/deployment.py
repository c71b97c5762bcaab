"""What was deployed, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from include.pipeline.report.costs import cost

if TYPE_CHECKING:
    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class DeploymentRow:
    """What became of one resource."""

    resource: "Deployed"
    """Which one."""
    state: str
    """In words."""
    up: timedelta | None
    """How long it was there, or has been so far; None where nobody knows."""
    cost: float | None
    """In USD for that time; None where it is not billed or its price is not known."""


@dataclass(frozen=True)
class DeploymentSection:
    """Endpoint, endpoint configuration and model, as of some time."""

    rows: list[DeploymentRow]
    written: datetime
    """When it was so."""


def gather(contents: "ReportContents") -> DeploymentSection:
    """Gather the section."""
    return DeploymentSection(rows=_rows(contents), written=contents.written)


def _rows(contents: "ReportContents") -> list[DeploymentRow]:
    """Tell of each resource what became of it. The endpoint alone is billed."""
    variant = contents.plan.deployment["EndpointConfig"]["ProductionVariants"][0]
    rows = []
    for resource in contents.deployed:
        up = _up(resource, contents.written)
        billed = resource.kind == "endpoint" and up is not None
        rows.append(
            DeploymentRow(
                resource=resource,
                state=_state(resource, contents),
                up=up,
                cost=cost(variant, up) if billed and up else None,
            )
        )
    return rows


def _up(resource: "Deployed", written: datetime) -> timedelta | None:
    end = written if resource.is_there else resource.deleted
    return end - resource.created if end and resource.created else None


def _state(resource: "Deployed", contents: "ReportContents") -> str:
    keep = contents.plan.keep_endpoint
    if resource.is_there:
        return "There, kept as asked" if keep else "Still there"
    if resource.deleted:
        return "Deleted"
    # A model that is used again is deployed only in order to be kept.
    return "Not deployed: model used again" if contents.reused_from and not keep else "Was gone already"
