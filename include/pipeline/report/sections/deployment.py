"""What was deployed, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from include.pipeline.report.costs import endpoint_cost, price_list, time_up
from include.pipeline.report.endpoint_call import EndpointCall, endpoint_call

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
class KeptSection:
    """The endpoint that is there because the run was asked to keep it."""

    endpoint: "Deployed"
    usd_per_day: float | None
    """What it costs until somebody deletes it; None where the price is not known."""
    call: EndpointCall
    """How it is asked and deleted."""
    beside: tuple[str, ...]
    """Those that other runs were asked to keep."""


@dataclass(frozen=True)
class DeploymentSection:
    """Endpoint, endpoint configuration and model, as they were when the report was written."""

    rows: list[DeploymentRow]
    written: datetime
    """When the report was written."""
    prices: str
    """The price list that the costs are computed from, in words."""
    kept: KeptSection | None
    """None where no endpoint is kept."""


def gather(contents: "ReportContents") -> DeploymentSection:
    """Gather the section."""
    return DeploymentSection(
        rows=_rows(contents),
        written=contents.written,
        prices=price_list(contents.plan.identity.region),
        kept=_kept(contents),
    )


def _kept(contents: "ReportContents") -> KeptSection | None:
    there = (one for one in contents.deployed if one.kind == "endpoint" and one.is_there)
    endpoint = next(there, None)
    if endpoint is None or not contents.plan.keep_endpoint:
        return None
    region, columns = contents.plan.identity.region, contents.split.feature_names
    return KeptSection(
        endpoint=endpoint,
        usd_per_day=endpoint_cost(contents, timedelta(days=1)),
        call=endpoint_call(
            endpoint.name,
            region,
            columns,
            contents.example_row,
            contents.split.classes,
            algorithm=contents.plan.algorithm,
        ),
        beside=contents.kept_beside,
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
