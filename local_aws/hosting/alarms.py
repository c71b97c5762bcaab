"""CloudWatch's alarms, which are moto's, as an update of an endpoint watches them.

moto evaluates no alarm. So here those on an endpoint's answers are evaluated, over the time of an update, by
what its new fleet has answered. Any other alarm has the state that SetAlarmState gave it.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from local_aws.errors import ValidationError
from local_aws.hosting.metrics import NAMESPACE, STATUSES
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import Region

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}


def check_alarms(region: Region, names: Iterable[str]) -> None:
    """See that alarms are there.

    Raises:
        ValidationError: One is not.
    """
    known = _backend(region).alarms
    for name in names:
        if name not in known:
            raise ValidationError(f"Could not find alarm {name} in {region.name}.")


def settle_alarms(region: Region, names: Iterable[str], endpoint_name: str) -> None:
    """Let the alarms on an endpoint's answers begin anew: a new fleet has not answered yet."""
    backend = _backend(region)
    for name in names:
        alarm = backend.alarms.get(name)
        if alarm is not None and _counted(alarm, endpoint_name) is not None:
            backend.set_alarm_state(name, "Local AWS has no answers of the new fleet yet.", "{}", "OK")


def tripped_alarm(
    region: Region, names: Iterable[str], endpoint_name: str, fleet: Iterable[EndpointVariant]
) -> str | None:
    """Name the first alarm that is in ALARM; None where none is.

    Args:
        region: Whose alarms.
        names: Of the alarms. One that was deleted watches nothing.
        endpoint_name: The endpoint that is updated.
        fleet: Its new variants.
    """
    backend = _backend(region)
    for name in names:
        alarm = backend.alarms.get(name)
        if alarm is None:
            continue
        if _is_tripped(alarm, endpoint_name, fleet):
            backend.set_alarm_state(name, "Local AWS counted the answers of the new fleet.", "{}", "ALARM")
        if alarm.state_value == "ALARM":
            return name
    return None


def _is_tripped(alarm: Any, endpoint_name: str, fleet: Iterable[EndpointVariant]) -> bool:
    statuses = _counted(alarm, endpoint_name)
    if statuses is None:
        return False
    of_variant = _dimensions(alarm).get("VariantName")
    variants = (one for variant in fleet for one in variant.with_shadow)
    count = sum(one.answered.count(statuses) for one in variants if of_variant in (None, one.name))
    return _COMPARISONS[alarm.comparison_operator](count, alarm.threshold)


def _counted(alarm: Any, endpoint_name: str) -> range | None:
    """Tell answers of which HTTP statuses an alarm counts; None where it watches something else."""
    is_counted = (
        alarm.namespace == NAMESPACE
        and alarm.statistic == "Sum"
        and alarm.comparison_operator in _COMPARISONS
        and _dimensions(alarm).get("EndpointName") == endpoint_name
    )
    return STATUSES.get(alarm.metric_name) if is_counted else None


def _dimensions(alarm: Any) -> dict[str, str]:
    return {one.name: one.value for one in alarm.dimensions or ()}


def _backend(region: Region) -> Any:
    return cloudwatch_backends[region.account][region.name]
