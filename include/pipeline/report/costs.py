"""What a run did cost: its split, its training job, and its endpoint for as long as it was there."""

from datetime import timedelta
from typing import TYPE_CHECKING

from include.pipeline.aws import prices

if TYPE_CHECKING:
    from include.pipeline.documents.deployed import Deployed
    from include.pipeline.report.contents import ReportContents


def training_cost(contents: "ReportContents") -> float | None:
    """Price the billable seconds, of which spot has taken off what it saves; of several jobs, of all.

    SageMaker bills each instance for them:
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html

    Returns:
        USD; None where the price is not known.
    """
    resources = contents.plan.training["ResourceConfig"]
    seconds = (contents.contest or contents.tuning or contents.training).billable_seconds
    return prices.usd(
        contents.plan.identity.region,
        "training",
        resources["InstanceType"],
        resources["InstanceCount"],
        timedelta(seconds=seconds),
    )


def split_cost(contents: "ReportContents") -> float | None:
    """Price the processing job that split the table, as one that trains; 0 where there was none this time.

    Returns:
        USD; None where the price is not known.
    """
    job = contents.split.job
    if job is None or contents.reused_from:
        return 0.0
    region = contents.plan.identity.region
    return prices.usd(region, "training", job.instance_type, 1, timedelta(seconds=job.seconds))


def time_up(resource: "Deployed", contents: "ReportContents") -> timedelta | None:
    """Tell how long a resource was there, or has been so far; None where nobody knows.

    AWS's clock tells the beginning, the worker's the end: one that is behind makes it no time, not less.
    """
    end = contents.written if resource.is_there else resource.deleted
    return max(end - resource.created, timedelta()) if end and resource.created else None


def endpoint_cost(contents: "ReportContents", time: timedelta) -> float | None:
    """Price the run's endpoint for some time; None where the price is not known."""
    variant = contents.plan.deployment["EndpointConfig"]["ProductionVariants"][0]
    return prices.usd(
        contents.plan.identity.region,
        "hosting",
        variant["InstanceType"],
        variant["InitialInstanceCount"],
        time,
    )


def choice_cost(contents: "ReportContents") -> float | None:
    """Price the endpoints that scored the validation rows for several algorithms; None where nobody knows."""
    results = contents.contest.results if contents.contest else ()
    return endpoint_cost(contents, timedelta(seconds=sum(each.endpoint_seconds or 0 for each in results)))


def price_list(region: str) -> str:
    """Tell which prices a report reckons with."""
    as_of = prices.as_of(region)
    return f"on-demand prices of {region}, as of {as_of}" if as_of else f"no price of {region} is known"
