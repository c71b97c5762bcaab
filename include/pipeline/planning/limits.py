"""The Params of a run, held to the limits of its pipeline."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from include.pipeline.aws import prices
from include.pipeline.errors import ParamError
from include.pipeline.planning.names import default_bucket
from include.pipeline.source.url import scheme_of, without_secrets

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.limits import Limits
    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.plan import RunIdentity

_HOUR = timedelta(hours=1)


def check_limits(
    params: "RunParams", config: "PipelineConfig", *, identity: "RunIdentity", default_role: str | None
) -> None:
    """Refuse Params that choose what the pipeline's limits do not allow.

    Args:
        params: The run's, whose `data_url` is no template any more.
        config: The pipeline's.
        identity: The run: its account and region.
        default_role: The Airflow Variable `sagemaker_role`.

    Raises:
        ParamError: One message for all that is beyond the limits.
    """
    limits = config.limits
    faults = [
        *_places(params, limits, identity),
        *_role(params, limits, default_role),
        *_purchases(params, limits, identity.region),
        *_switches(params, limits),
    ]
    if config.aws.max_runtime_seconds > limits.max_runtime_seconds:
        longest = config.aws.max_runtime_seconds
        faults.append(f"aws.max_runtime_seconds = {longest} (at most {limits.max_runtime_seconds})")
    if faults:
        raise ParamError(
            "; ".join(faults),
            f"a run of {identity.dag_id} is within the limits of its pipeline",
            "Choose what they allow, or ask an administrator to change them: docs/limits.md",
        )


def _places(params: "RunParams", limits: "Limits", identity: "RunIdentity") -> Iterator[str]:
    own = (default_bucket(identity.account_id, identity.region), *limits.buckets)
    owner = limits.partner_buckets.get(params.bucket or "")
    if owner is None and params.bucket is not None and params.bucket not in own:
        yield f"bucket = {params.bucket!r} ({_one_of((*own, *limits.partner_buckets))})"
    if owner is not None and params.bucket_owner != owner:
        yield f"bucket_owner = {params.bucket_owner!r} ({params.bucket} is of {owner})"
    if owner is None and params.bucket_owner not in (None, identity.account_id):
        yield f"bucket_owner = {params.bucket_owner!r} (the bucket is of the run's own account)"
    if scheme_of(params.data_url) == "s3" and not _is_below(params.data_url, limits.s3_sources):
        places = f"below {' or '.join(limits.s3_sources)}" if limits.s3_sources else "not on S3"
        yield f"data_url = {without_secrets(params.data_url)!r} ({places})"


def _is_below(url: str, prefixes: tuple[str, ...]) -> bool:
    # An HTTP client may take such a segment for a step up in the tree, which a key on S3 does not have.
    if {".", ".."} & set(url.split("/")):
        return False
    return url.startswith(prefixes)


def _role(params: "RunParams", limits: "Limits", default_role: str | None) -> Iterator[str]:
    if params.role and params.role not in (default_role, *limits.roles):
        allowed = f"{_one_of(limits.roles)}, or empty" if limits.roles else "empty"
        yield f"role = {params.role!r} ({allowed}: the Airflow Variable sagemaker_role)"


def _purchases(params: "RunParams", limits: "Limits", region: str) -> Iterator[str]:
    if params.image_version not in limits.image_versions:
        yield f"image_version = {params.image_version!r} ({_one_of(limits.image_versions)})"
    uses: tuple[tuple[str, prices.Use, str, int, int], ...] = (
        (
            "training", "training",
            params.training_instance_type, params.training_instance_count, limits.max_training_instances,
        ),
        (
            "endpoint", "hosting",
            params.endpoint_instance_type, params.endpoint_instance_count, limits.max_endpoint_instances,
        ),
    )  # fmt: skip
    for name, use, instance_type, count, most in uses:
        if limits.instance_types is not None and instance_type not in limits.instance_types:
            yield f"{name}_instance_type = {instance_type!r} ({_one_of(limits.instance_types)})"
        if count > most:
            yield f"{name}_instance_count = {count} (at most {most})"
        if limits.max_usd_per_hour is not None:
            price = prices.usd(region, use, instance_type, count, _HOUR)
            if price is None or price > limits.max_usd_per_hour:
                costs = "is not known" if price is None else f"is {price:.2f} USD an hour"
                yield (
                    f"{count} {instance_type} for the {name} (their price {costs}, at most "
                    f"{limits.max_usd_per_hour:.2f})"
                )


def _switches(params: "RunParams", limits: "Limits") -> Iterator[str]:
    if limits.max_cost is not None and params.max_cost is not None and params.max_cost > limits.max_cost:
        yield f"max_cost = {params.max_cost:g} (at most {limits.max_cost:g})"
    if params.keep_endpoint and not limits.keep_endpoint:
        yield "keep_endpoint = true (an endpoint is not kept)"
    if params.delete_data and not limits.delete_data:
        yield "delete_data = true (data is not deleted)"


def _one_of(allowed: tuple[str, ...]) -> str:
    return f"one of {', '.join(allowed)}" if len(allowed) > 1 else f"{allowed[0]} alone"
