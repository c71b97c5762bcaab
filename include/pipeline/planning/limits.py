"""The Params of a run, held to the limits of its pipeline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from include.pipeline.aws import prices
from include.pipeline.errors import ParamError
from include.pipeline.planning.names import default_bucket
from include.pipeline.source.url import scheme_of, without_secrets

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.limits import Limits
    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.plan import RunIdentity
    from include.pipeline.documents.scoring.params import ScoreParams

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class _Wanted:
    """Instances that Params choose."""

    param: str
    """What the Params' names begin with: `endpoint_instance`, of `endpoint_instance_type` and `_count`."""
    use: prices.Use
    instance_type: str
    count: int
    most: int
    at_once: int = 1
    """How many jobs or endpoints have so many, side by side."""


class _Placed(Protocol):
    """The Params that say where a run reads and writes, and under which role."""

    @property
    def data_url(self) -> str | None: ...
    @property
    def bucket(self) -> str | None: ...
    @property
    def bucket_owner(self) -> str | None: ...
    @property
    def role(self) -> str | None: ...


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
        *_image_and_purchases(params, config, identity.region),
        *_switches(params, limits),
    ]
    times = {"aws": config.aws.max_runtime_seconds}
    if job := config.processing:
        times["processing"] = job.max_runtime_seconds
        wanted = _Wanted("processing.instance", "training", job.instance_type, count=1, most=1)
        faults += _instances(wanted, limits, identity.region)
    faults += [
        f"{section}.max_runtime_seconds = {longest} (at most {limits.max_runtime_seconds})"
        for section, longest in times.items()
        if longest > limits.max_runtime_seconds
    ]
    _refuse(faults, identity)


def check_score_limits(
    params: "ScoreParams", config: "PipelineConfig", *, identity: "RunIdentity", default_role: str | None
) -> None:
    """Refuse Params of a run that scores new rows, which choose what the pipeline's limits do not allow.

    Its transform job is held to what an endpoint is held to: it serves the model in the same way.

    Args:
        params: The run's, whose `data_url` is no template any more.
        config: The pipeline's.
        identity: The run: its account and region.
        default_role: The Airflow Variable `sagemaker_role`.

    Raises:
        ParamError: One message for all that is beyond the limits.
    """
    limits, kind, count = config.limits, params.instance_type, params.instance_count
    longest = config.score.max_runtime_seconds if config.score else 0
    faults = [
        *_places(params, limits, identity),
        *_role(params, limits, default_role),
        *_instances(
            _Wanted("instance", "hosting", kind, count, limits.max_endpoint_instances),
            limits,
            identity.region,
        ),
    ]
    if longest > limits.max_runtime_seconds:
        faults.append(f"score.max_runtime_seconds = {longest} (at most {limits.max_runtime_seconds})")
    if limits.max_cost is not None:
        cost = prices.usd(identity.region, "hosting", kind, count, timedelta(seconds=longest))
        if cost is None or cost > limits.max_cost:
            told = "nobody knows what it costs" if cost is None else f"it may cost {cost:.2f} USD"
            faults.append(f"{count} {kind} for {longest} s ({told}, at most {limits.max_cost:.2f})")
    _refuse(faults, identity)


def _refuse(faults: list[str], identity: "RunIdentity") -> None:
    if faults:
        raise ParamError(
            "; ".join(faults),
            f"a run of {identity.dag_id} is within the limits of its pipeline",
            "Choose what they allow, or ask an administrator to change them: docs/limits.md",
        )


def _places(params: _Placed, limits: "Limits", identity: "RunIdentity") -> Iterator[str]:
    own = (default_bucket(identity.account_id, identity.region), *limits.buckets)
    owner = limits.partner_buckets.get(params.bucket or "")
    if owner is None and params.bucket is not None and params.bucket not in own:
        yield f"bucket = {params.bucket!r} ({_one_of((*own, *limits.partner_buckets))})"
    if owner is not None and params.bucket_owner != owner:
        yield f"bucket_owner = {params.bucket_owner!r} ({params.bucket} is of {owner})"
    if owner is None and params.bucket_owner not in (None, identity.account_id):
        yield f"bucket_owner = {params.bucket_owner!r} (the bucket is of the run's own account)"
    url = params.data_url or ""
    if scheme_of(url) == "s3" and not _is_below(url, limits.s3_sources):
        places = f"below {' or '.join(limits.s3_sources)}" if limits.s3_sources else "not on S3"
        yield f"data_url = {without_secrets(url)!r} ({places})"


def _is_below(url: str, prefixes: tuple[str, ...]) -> bool:
    # An HTTP client may take such a segment for a step up in the tree, which a key on S3 does not have.
    if {".", ".."} & set(url.split("/")):
        return False
    return url.startswith(prefixes)


def _role(params: _Placed, limits: "Limits", default_role: str | None) -> Iterator[str]:
    if params.role and params.role not in (default_role, *limits.roles):
        allowed = f"{_one_of(limits.roles)}, or empty" if limits.roles else "empty"
        yield f"role = {params.role!r} ({allowed}: the Airflow Variable sagemaker_role)"


def _image_and_purchases(params: "RunParams", config: "PipelineConfig", region: str) -> Iterator[str]:
    limits, several = config.limits, len(config.algorithms or (None,))
    if params.image_version not in limits.image_versions:
        yield f"image_version = {params.image_version!r} ({_one_of(limits.image_versions)})"
    for wanted in (
        _Wanted(
            "training_instance",
            "training",
            params.training_instance_type,
            params.training_instance_count,
            limits.max_training_instances,
            config.tune.parallel if config.tune else several,
        ),
        _Wanted(
            "endpoint_instance",
            "hosting",
            params.endpoint_instance_type,
            params.endpoint_instance_count,
            limits.max_endpoint_instances,
            several,
        ),
    ):
        yield from _instances(wanted, limits, region)


def _instances(wanted: _Wanted, limits: "Limits", region: str) -> Iterator[str]:
    kind, count = wanted.instance_type, wanted.count
    if limits.instance_types is not None and kind not in limits.instance_types:
        yield f"{wanted.param}_type = {kind!r} ({_one_of(limits.instance_types)})"
    if count > wanted.most:
        yield f"{wanted.param}_count = {count} (at most {wanted.most})"
    if limits.max_usd_per_hour is not None:
        price = prices.usd(region, wanted.use, kind, count * wanted.at_once, _HOUR)
        if price is None or price > limits.max_usd_per_hour:
            costs = "is not known" if price is None else f"is {price:.2f} USD an hour"
            what = wanted.param.removesuffix("instance").rstrip("_.") or "transform job"
            each = f", {wanted.at_once} times side by side" if wanted.at_once > 1 else ""
            yield (
                f"{count} {kind} for the {what}{each} "
                f"(their price {costs}, at most {limits.max_usd_per_hour:.2f})"
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
