"""Whether the account's quotas let a run have its instances."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from include.pipeline.documents.training.tune import TrainingJobs
from include.pipeline.errors import ParamError

if TYPE_CHECKING:
    from include.pipeline.documents.plan import RunPlan


def check_quotas(plan: "RunPlan", quotas: Any) -> str:
    """See that each quota is at least what one run takes.

    Args:
        plan: Of a run with the pipeline's own Params.
        quotas: A client for Service Quotas. Needs `servicequotas:ListServiceQuotas`.

    Returns:
        What is right.

    Raises:
        ParamError: One is too small, or AWS knows no such instance type.
        ClientError: Service Quotas answers otherwise.
    """
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    found = {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}
    told = []
    for name, count in _needed(plan):
        if name not in found:
            raise ParamError(
                f"AWS has no quota {name!r} in {plan.identity.region}",
                "the instance type is there",
                "Choose another instance type, or another region",
            )
        if found[name] < count:
            raise ParamError(
                f"{name}: {found[name]:g}",
                f"{count} for one run",
                "Ask for more in Service Quotas (docs/aws.md, step 6), or choose another instance type",
            )
        told.append(f"{name}: {found[name]:g}")
    return ", ".join(told)


def _needed(plan: "RunPlan") -> Iterator[tuple[str, int]]:
    """Yield each quota by its name in Service Quotas, and how many instances one run takes."""
    params, several = plan.params, max(1, len(plan.contenders))
    trainings = params.training_instance_count * TrainingJobs.of(plan).at_once
    if plan.processing:
        instances = plan.processing["ProcessingResources"]["ClusterConfig"]
        yield f"{instances['InstanceType']} for processing job usage", instances["InstanceCount"]
    job = "spot training job" if plan.aws.spot else "training job"
    yield f"{params.training_instance_type} for {job} usage", trainings
    yield f"{params.endpoint_instance_type} for endpoint usage", params.endpoint_instance_count * several
