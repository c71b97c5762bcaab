"""How traffic moves: what a deployment configuration asks for, and what contradicts itself."""

from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.hosting.traffic import TrafficPlan

ONE = [{"VariantName": "v", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]
FOUR = [{**ONE[0], "InitialInstanceCount": 4}]
SERVERLESS = [{"VariantName": "v", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}}]


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


def instances(value: int) -> dict[str, Any]:
    return {"Type": "INSTANCE_COUNT", "Value": value}


def blue_green(kind: str, wait: int = 5, policy: Any = None, **sizes: Any) -> dict[str, Any]:
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, **sizes}
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing, **(policy or {})}}


@pytest.mark.parametrize(
    ("config", "variants", "shares"),
    [
        (blue_green("ALL_AT_ONCE"), ONE, [1.0]),
        (blue_green("CANARY", CanarySize=percent(10)), ONE, [0.1, 1.0]),
        (blue_green("CANARY", CanarySize=instances(1)), FOUR, [0.25, 1.0]),
        (blue_green("LINEAR", LinearStepSize=percent(25)), ONE, [0.25, 0.5, 0.75, 1.0]),
        (blue_green("LINEAR", LinearStepSize=percent(30)), ONE, [0.3, 0.6, 0.9, 1.0]),
        (blue_green("LINEAR", LinearStepSize=percent(10)), ONE, [n / 10 for n in range(1, 11)]),
        (blue_green("LINEAR", LinearStepSize=instances(2)), FOUR, [0.5, 1.0]),
    ],
)
def test_the_steps(config: dict[str, Any], variants: list[dict[str, Any]], shares: list[float]) -> None:
    assert TrafficPlan.of(config, variants).shares == pytest.approx(shares)


def test_the_waits_and_the_alarms() -> None:
    policy = {"TerminationWaitInSeconds": 7, "MaximumExecutionTimeoutInSeconds": 600}
    config = blue_green("CANARY", 60, policy, CanarySize=percent(10))
    config["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": "errors"}, {"AlarmName": "latency"}]}
    assert TrafficPlan.of(config, ONE) == TrafficPlan(
        shares=(0.1, 1.0),
        baking_seconds=60,
        termination_seconds=7,
        longest_seconds=600,
        alarms=("errors", "latency"),
    )


def test_without_a_policy_all_moves_at_once() -> None:
    assert TrafficPlan.of(None, ONE) == TrafficPlan()
    alarms = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]}}
    assert TrafficPlan.of(alarms, ONE) == TrafficPlan(alarms=("errors",))


def test_serverless_variants_have_no_guardrails() -> None:
    config = blue_green("CANARY", CanarySize=percent(10))
    assert TrafficPlan.of(config, SERVERLESS) == TrafficPlan()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (blue_green("CANARY", CanarySize=percent(51)), "CanarySize is 51 of type CAPACITY_PERCENT, 51%"),
        (blue_green("CANARY", CanarySize=instances(1)), "CanarySize is 1 of type INSTANCE_COUNT, 100%"),
        (blue_green("LINEAR", LinearStepSize=percent(9)), "It has to be 10 to 50%"),
        (blue_green("CANARY"), "type CANARY has CanarySize, and nothing else"),
        (blue_green("LINEAR", CanarySize=percent(10)), "type LINEAR has LinearStepSize"),
        (blue_green("ALL_AT_ONCE", CanarySize=percent(10)), "neither CanarySize nor LinearStepSize"),
        (
            blue_green("ALL_AT_ONCE", 600, {"MaximumExecutionTimeoutInSeconds": 600}),
            "total waiting time, which is 600 seconds",
        ),
    ],
)
def test_what_contradicts_itself(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TrafficPlan.of(config, ONE)
