"""What an endpoint that is there, or a job that runs, costs a day."""

from datetime import timedelta
from typing import Any

from include.pipeline.aws import prices
from include.pipeline.aws.resources import ENDPOINT, ENDPOINT_CONFIG, describe

_DAY = timedelta(days=1)


def endpoint_cost(sagemaker: Any, name: str) -> float | None:
    """Price an endpoint's instances for a day, in USD; None where a price is not known, or it is gone."""
    endpoint = describe(sagemaker, ENDPOINT, name)
    config = endpoint and describe(sagemaker, ENDPOINT_CONFIG, endpoint["EndpointConfigName"])
    if not config:
        return None
    costs = [
        _usd(sagemaker, "hosting", variant.get("InstanceType"), variant.get("InitialInstanceCount"))
        for variant in (*config["ProductionVariants"], *config.get("ShadowProductionVariants", ()))
    ]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def processing_job_cost(sagemaker: Any, name: str) -> float | None:
    """Price a processing job's instances for a day, as those that train, in USD; None where not known."""
    job = sagemaker.describe_processing_job(ProcessingJobName=name)
    resources = job["ProcessingResources"]["ClusterConfig"]
    return _usd(sagemaker, "training", resources.get("InstanceType"), resources.get("InstanceCount"))


def training_job_cost(sagemaker: Any, name: str) -> float | None:
    """Price a training job's instances for a day, in USD; None where the price is not known."""
    resources = sagemaker.describe_training_job(TrainingJobName=name)["ResourceConfig"]
    return _usd(sagemaker, "training", resources.get("InstanceType"), resources.get("InstanceCount"))


def transform_job_cost(sagemaker: Any, name: str) -> float | None:
    """Price a transform job's instances for a day, as those of an endpoint, in USD; None where not known."""
    resources = sagemaker.describe_transform_job(TransformJobName=name)["TransformResources"]
    return _usd(sagemaker, "hosting", resources["InstanceType"], resources["InstanceCount"])


def one_a_day(cost: float | None) -> str:
    """Say what one thing costs a day."""
    return "price not known" if cost is None else f"{cost:.2f} USD a day"


def a_day(costs: list[float | None]) -> str:
    """Add up in words what several things cost a day, and say of how many the price is not known."""
    known = [cost for cost in costs if cost is not None]
    total = f"{sum(known):.2f} USD a day"
    unknown = len(costs) - len(known)
    return f"{total} and what {unknown} of them cost, whose price is not known" if unknown else total


def _usd(sagemaker: Any, use: prices.Use, instance_type: str | None, count: int | None) -> float | None:
    return prices.usd(sagemaker.meta.region_name, use, instance_type or "", count or 1, _DAY)
