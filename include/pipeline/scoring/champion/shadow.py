"""A challenger in the shadow of the model that serves: asked what that is asked, and nobody gets its answers.

AWS does not say what a canary makes of a shadow variant: the shadow begins and ends by updates of its own,
and the canary comes after them, between two models as ever.
https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.polling import looks
from include.pipeline.aws.resources import ENDPOINT_CONFIG, create, delete, describe
from include.pipeline.errors import EndpointError
from include.pipeline.planning.deployment_request import VARIANT
from include.pipeline.planning.names import run_key
from include.pipeline.scoring.champion.requests import metric_queries, shadow_request, shadow_variant

if TYPE_CHECKING:
    from include.pipeline.documents.scoring.champion import Shadow
    from include.pipeline.scoring.champion.endpoint import ChampionEndpoint
    from include.pipeline.scoring.champion.serving import Serving

log = logging.getLogger(__name__)

_BEHIND_TAG = "airflow:shadow_behind"
_END = "-sh"
# Of fewer requests a mean latency says little: the first ones of a model that has just started are slow.
_FEWEST = 100
_MILLISECOND = 1000


def run_in_shadow(serving: "Serving", shadow: "Shadow", name: str, before: str) -> None:
    """Put a challenger into the shadow for some time, look what becomes of the copies, and take it away.

    Args:
        serving: The endpoint, which serves the version before.
        shadow: For how long, and how slow it may be.
        name: Of the challenger's model on SageMaker.
        before: The version that serves, all along.

    Raises:
        EndpointError: It did not start, failed requests that the served model answers, or is too slow; or
            somebody has changed meanwhile what is served.
    """
    endpoint, config = serving.endpoint, shadow_name(name)
    tags = [*endpoint.own.to_aws(), {"Key": _BEHIND_TAG, "Value": before}]
    request = shadow_request(
        serving.serve, serving.config.aws, name=config, model=name, before=before, tags=tags
    )
    # What an earlier try left.
    delete(endpoint.sagemaker, ENDPOINT_CONFIG, config, endpoint.longest_pause)
    create(endpoint.sagemaker, ENDPOINT_CONFIG, request, endpoint.own)
    try:
        endpoint.change_to(config, None)
        _watch(serving, shadow, name)
    finally:
        serves = end_shadow(endpoint, config)
    if serves != before:
        raise EndpointError(
            f"endpoint {endpoint.name!r} serves {serves} since the challenger was in the shadow",
            f"it serves {before} until the challenger takes over",
            "Find out who changed it, then clear this task",
        )


def shadow_name(version: str) -> str:
    """Name the endpoint configuration by which a version is in the shadow of another."""
    return f"{version}{_END}"


def end_shadow(endpoint: "ChampionEndpoint", config: str) -> str | None:
    """Take a shadow away, where the endpoint has it, and its endpoint configuration.

    Args:
        endpoint: The endpoint.
        config: Name of that configuration.

    Returns:
        The version that serves then; None where there is no endpoint.

    Raises:
        EndpointError: SageMaker has rolled back: the shadow is there still.
    """
    found = endpoint.settled()
    serves: str | None = found["EndpointConfigName"] if found else None
    if serves == config and (before := served_before(endpoint.sagemaker, config)):
        endpoint.change_to(before, None)
        serves = before
    delete(endpoint.sagemaker, ENDPOINT_CONFIG, config, endpoint.longest_pause)
    return serves


def end_own_shadow(serving: "Serving") -> str | None:
    """Take away what a run has left in the shadow, if anything: its task may have been killed there.

    Returns:
        The version that serves then; None where there is no endpoint.
    """
    own = serving.endpoint.own
    serves = end_shadow(serving.endpoint, shadow_name(run_key(own.deployment_id, own.dag_id, own.run_id)))
    log.info("%s serves %s, and has nothing of this run in its shadow", serving.endpoint.name, serves)
    return serves


def served_before(sagemaker: Any, config: str) -> str | None:
    """Tell which version serves by this endpoint configuration; None where it has nothing in the shadow."""
    found = describe(sagemaker, ENDPOINT_CONFIG, config)
    if found is None:
        return None
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=found["EndpointConfigArn"])
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(_BEHIND_TAG)


@dataclass(frozen=True)
class _Figures:
    """What CloudWatch tells of one variant: sums by the minute."""

    asked: dict[datetime, float]
    failed: dict[datetime, float]
    microseconds: dict[datetime, float]

    @property
    def requests(self) -> int:
        return int(sum(self.asked.values()))

    @property
    def milliseconds(self) -> float:
        """The mean latency."""
        return sum(self.microseconds.values()) / max(self.requests, 1) / _MILLISECOND


def _watch(serving: "Serving", shadow: "Shadow", name: str) -> None:
    began = _this_minute()
    for waited in looks(serving.endpoint.longest_pause):
        own, served = (_figures(serving, variant, began) for variant in (shadow_variant(name), VARIANT))
        _check_failures(serving, own, served)
        if waited >= shadow.seconds:
            break
    log.info(
        "In the shadow for %d s: %d copies of requests, %d without an answer; "
        "mean %.1f ms, that of the served model %.1f ms",
        shadow.seconds,
        own.requests,
        sum(own.failed.values()),
        own.milliseconds,
        served.milliseconds,
    )
    if own.requests == 0:
        log.warning("Nobody has asked the endpoint meanwhile: the shadow tells nothing of the challenger")
    if own.requests >= _FEWEST and own.milliseconds > shadow.slower * served.milliseconds:
        raise _broken(
            serving,
            f"answers in {own.milliseconds:.1f} ms, the served model in {served.milliseconds:.1f} ms, "
            f"in the mean of {own.requests} requests",
            f"it takes at most {shadow.slower:g} times as long: serve.shadow.slower",
        )


def _check_failures(serving: "Serving", own: _Figures, served: _Figures) -> None:
    most = serving.serve.errors_a_minute
    for minute, failed in own.failed.items():
        more = failed - served.failed.get(minute, 0)
        if more > most:
            raise _broken(
                serving,
                f"has failed {more:g} requests in a minute, {minute:%H:%M}, that the served model answered",
                f"it fails at most {most} of them: serve.errors_a_minute",
            )


def _figures(serving: "Serving", variant: str, began: datetime) -> _Figures:
    queries = metric_queries(serving.endpoint.name, variant)
    # CloudWatch reads times to the second and refuses a span of none: this minute is asked for as a whole.
    pages = serving.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=list(queries.values()),
        StartTime=began,
        EndTime=_this_minute() + timedelta(minutes=1),
    )
    found: dict[str, dict[datetime, float]] = {each: {} for each in queries}
    for page in pages:
        for result in page["MetricDataResults"]:
            found[result["Id"]] |= dict(zip(result["Timestamps"], result["Values"], strict=True))
    return _Figures(**found)


def _this_minute() -> datetime:
    # CloudWatch's figures are of whole minutes.
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _broken(serving: "Serving", what: str, rule: str) -> EndpointError:
    return EndpointError(
        f"the challenger in the shadow of endpoint {serving.endpoint.name!r} {what}",
        rule,
        "Mend what the container's log tells, in CloudWatch, group "
        f"/aws/sagemaker/Endpoints/{serving.endpoint.name}. The served model serves on",
    )
