"""How the traffic of an endpoint moves from its old fleet to its new one: what a DeploymentConfig asks for.

https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

# API reference, TrafficRoutingConfig: shares of a variant's total instance count, in percent.
_MOST, _LEAST_OF_A_STEP = 50, 10
_SIZE_OF = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}
_WHOLE = 1.0


@dataclass(frozen=True, kw_only=True)
class TrafficPlan:
    """The steps in which a new fleet gets the traffic."""

    shares: tuple[float, ...] = (_WHOLE,)
    """What the new fleet has of the traffic after each step."""
    baking_seconds: float = 0
    """The time after each step in which the alarms are watched."""
    termination_seconds: float = 0
    """The time after the last of them until the old fleet ends."""
    longest_seconds: float | None = None
    """All of it takes no longer; None where nobody said."""
    alarms: tuple[str, ...] = ()
    """The alarms that roll it back, by name."""

    @classmethod
    def of(cls, config: JsonObject | None, variants: list[JsonObject]) -> Self:
        """Read a DeploymentConfig.

        Args:
            config: Of the request; None where there is none.
            variants: The production variants that are to be deployed.

        Raises:
            ValidationError: It contradicts itself, or the variants.
        """
        if config is None:
            return cls()
        rollback = config.get("AutoRollbackConfiguration") or {}
        alarms = tuple(alarm["AlarmName"] for alarm in rollback.get("Alarms", ()) if "AlarmName" in alarm)
        policy = config.get("BlueGreenUpdatePolicy")
        if policy is None:
            return cls(alarms=alarms)
        routing = policy["TrafficRoutingConfiguration"]
        plan = cls(
            shares=_shares(routing, variants),
            baking_seconds=routing["WaitIntervalInSeconds"],
            termination_seconds=policy.get("TerminationWaitInSeconds", 0),
            longest_seconds=policy.get("MaximumExecutionTimeoutInSeconds"),
            alarms=alarms,
        )
        waits = len(plan.shares) * plan.baking_seconds + plan.termination_seconds
        if plan.longest_seconds is not None and waits >= plan.longest_seconds:
            raise ValidationError(
                f"MaximumExecutionTimeoutInSeconds is {plan.longest_seconds}: it has to be larger than the "
                f"total waiting time, which is {waits} seconds."
            )
        # Deployment guardrails are for instances alone. All else falls back to this.
        return plan if all("InstanceType" in variant for variant in variants) else cls()


def _shares(routing: Mapping[str, Any], variants: list[JsonObject]) -> tuple[float, ...]:
    kind = routing["Type"]
    given = {name: size for name in _SIZE_OF.values() if (size := routing.get(name)) is not None}
    wanted = _SIZE_OF.get(kind)
    if given.keys() != {wanted} - {None}:
        what = f"{wanted}, and nothing else of the two" if wanted else "neither CanarySize nor LinearStepSize"
        raise ValidationError(f"Traffic routing of type {kind} has {what}.")
    if wanted is None:
        return (_WHOLE,)
    size = given[wanted]
    least = _LEAST_OF_A_STEP if kind == "LINEAR" else 0
    percents = [_percent(size, variant.get("InitialInstanceCount", 1)) for variant in variants]
    for percent in percents:
        if not least <= percent <= _MOST:
            raise ValidationError(
                f"{wanted} is {size['Value']} of type {size['Type']}, {percent:g}% of a variant's instances. "
                f"It has to be {f'{least} to ' if least else 'at most '}{_MOST}%."
            )
    share = min(percents) / 100
    if kind == "CANARY":
        return (share, _WHOLE)
    steps = int(_WHOLE / share + 1e-9)
    between = tuple(share * step for step in range(1, steps + 1))
    return (*(one for one in between if one < _WHOLE - 1e-9), _WHOLE)


def _percent(size: Mapping[str, Any], instances: int) -> float:
    value = float(size["Value"])
    return value if size["Type"] == "CAPACITY_PERCENT" else 100 * value / instances
