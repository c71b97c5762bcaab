"""What tasks have bought of SageMaker, as metrics of Airflow's: seconds of instances, and what these cost."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal

from airflow.sdk.observability import stats
from botocore.exceptions import ClientError

from include.pipeline.aws import prices
from include.pipeline.aws.resources import ENDPOINT, ENDPOINT_CONFIG, describe

BILLED_SECONDS = "sagemaker.billed_seconds"
"""Counts seconds, of each instance."""
COST = "sagemaker.cost_usd"
"""Counts USD at on-demand prices; not where a price is not known."""

Use = Literal["processing", "training", "transform", "endpoint"]
Instances = tuple[str, int]
"""Their type, and how many there are."""


def count_billed(
    use: Use, instances: Iterable[Instances], time: timedelta, *, dag_id: str, region: str
) -> None:
    """Count what was bought.

    Args:
        use: For what.
        instances: Of each type.
        time: How long each of them is billed for.
        dag_id: Who bought it.
        region: Where.
    """
    tags = {"dag_id": dag_id, "use": use}
    # SageMaker has no prices of their own for processing and transform jobs: they are those of training jobs
    # and of endpoints.
    priced_as: prices.Use = "training" if use in {"processing", "training"} else "hosting"
    for kind, count in instances:
        # Airflow's own type says int; StatsD and OpenTelemetry count fractions, too.
        seconds: Any = time.total_seconds() * count
        stats.incr(BILLED_SECONDS, seconds, tags=tags)
        cost: Any = prices.usd(region, priced_as, kind, count, time)
        if cost is not None:
            stats.incr(COST, cost, tags=tags)


def endpoint_instances(sagemaker: Any, name: str) -> list[Instances]:
    """List the instances of an endpoint; none where it is not there, or may not be asked."""
    try:
        endpoint = describe(sagemaker, ENDPOINT, name)
        config = endpoint and describe(sagemaker, ENDPOINT_CONFIG, endpoint["EndpointConfigName"])
    except ClientError:
        # A figure that is missing keeps no endpoint from being deleted.
        return []
    variants = config["ProductionVariants"] if config else []
    return [(one["InstanceType"], one["InitialInstanceCount"]) for one in variants if "InstanceType" in one]
