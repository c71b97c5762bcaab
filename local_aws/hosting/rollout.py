"""How an endpoint's variants start, take over, change and end. It runs in the background."""

import logging
import time

from local_aws.errors import DeploymentError, FailureReasonError
from local_aws.hosting.alarms import settle_alarms, tripped_alarm
from local_aws.hosting.deployment import Deployment
from local_aws.hosting.endpoint import Endpoint, VariantStage
from local_aws.hosting.metrics import publish
from local_aws.hosting.serving.variant import EndpointVariant, start_variant
from local_aws.hosting.traffic import TrafficPlan
from local_aws.state.resources import Region

_LOG = logging.getLogger(__name__)
# Between two looks at the alarms.
_LOOK_SECONDS = 0.2
_AT_ONCE = TrafficPlan()


def deploy(
    region: Region, endpoint: Endpoint, deployment: Deployment, traffic: TrafficPlan = _AT_ONCE
) -> None:
    """Start new variants, and let them take over as planned; or leave everything as it was.

    Args:
        region: The endpoint's.
        endpoint: Its old variants, where it has some, serve until the new ones do.
        deployment: What is to be served.
        traffic: In which steps the new variants get the traffic. A first deployment has none.
    """
    rollout = _Rollout(region, endpoint, deployment, traffic)
    try:
        rollout.start()
        if endpoint.variants:
            rollout.shift()
    except Exception as error:
        if not isinstance(error, FailureReasonError):
            _LOG.exception("endpoint %s failed inside local AWS", endpoint.name)
        rollout.roll_back(str(error))
    else:
        rollout.finish()


class _Rollout:
    """One deployment, from its start to its end or to the old state."""

    def __init__(
        self, region: Region, endpoint: Endpoint, deployment: Deployment, traffic: TrafficPlan
    ) -> None:
        self._region = region
        self._endpoint = endpoint
        self._deployment = deployment
        self._traffic = traffic
        self._began = time.monotonic()
        self._fleet: list[EndpointVariant] = []

    def start(self) -> None:
        """Start the new fleet, and wait until it is healthy.

        Raises:
            FailureReasonError: It is not.
        """
        # An endpoint that served before a restart comes back without waiting.
        if self._endpoint.status != "SystemUpdating":
            background = self._region.background
            background.pause(background.latency.creating, lambda: False)
        for spec, model in zip(self._deployment.variants, self._deployment.models, strict=True):
            self._fleet.append(start_variant(self._region, self._endpoint.name, spec, model))
        for spec, model in zip(self._deployment.shadows, self._deployment.shadow_models, strict=True):
            self._fleet[0].shadow = start_variant(self._region, self._endpoint.name, spec, model)
        for variant in self._fleet:
            variant.await_health(self._left())
        for variant in self._fleet:
            variant.keep_alive()

    def shift(self) -> None:
        """Move the traffic to the new fleet, step by step, and watch the alarms.

        Raises:
            DeploymentError: An alarm tripped, or the time is over.
        """
        with self._region.lock:
            self._endpoint.new_variants = self._fleet
            settle_alarms(self._region, self._traffic.alarms, self._endpoint.name)
        for share in self._traffic.shares:
            self._enter("ActivatingTraffic", share)
            self._enter("Baking", share)
            self._watch(self._traffic.baking_seconds)
        self._watch(self._traffic.termination_seconds)
        self._enter("Deleting", self._traffic.shares[-1])

    def finish(self) -> None:
        """Let the new fleet be the endpoint's, and end the old one."""
        endpoint = self._endpoint
        with self._region.lock:
            replaced, endpoint.variants = endpoint.variants, self._fleet
            endpoint.deployment = self._deployment
            self._settle()
            endpoint.enter("InService")
        _end(self._region, endpoint, replaced)

    def roll_back(self, reason: str) -> None:
        """Give all traffic back to the old fleet, where there is one, and end the new one."""
        endpoint = self._endpoint
        with self._region.lock:
            self._settle()
            if endpoint.variants:
                endpoint.enter("RollingBack")
        _end(self._region, endpoint, self._fleet)
        with self._region.lock:
            endpoint.fail(reason)

    def _settle(self) -> None:
        self._endpoint.new_share = 0.0
        self._endpoint.new_variants = []
        self._endpoint.pending = None

    def _enter(self, stage: VariantStage, share: float) -> None:
        with self._region.lock:
            self._endpoint.new_share = share
            if self._endpoint.pending is not None:
                self._endpoint.pending.enter(stage)

    def _watch(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            self._check()
            left = end - time.monotonic()
            if left <= 0 or self._region.background.is_closing:
                return
            self._region.background.pause(min(left, _LOOK_SECONDS), lambda: False)

    def _check(self) -> None:
        with self._region.lock:
            alarm = tripped_alarm(self._region, self._traffic.alarms, self._endpoint.name, self._fleet)
        if alarm is not None:
            raise DeploymentError(
                f"The deployment was rolled back: the CloudWatch alarm {alarm} is in the state ALARM."
            )
        if self._left() == 0:
            raise DeploymentError(
                f"The deployment was rolled back: it takes more than {self._traffic.longest_seconds} seconds."
            )

    def _left(self) -> float | None:
        longest = self._traffic.longest_seconds
        return None if longest is None else max(0.0, self._began + longest - time.monotonic())


def _end(region: Region, endpoint: Endpoint, fleet: list[EndpointVariant]) -> None:
    for variant in fleet:
        variant.drain()
        variant.close()
    publish(region, endpoint.name, fleet)


def change(region: Region, endpoint: Endpoint, deployment: Deployment) -> None:
    """Change the weights and capacities of the variants that serve."""
    region.background.pause(region.background.latency.updating, lambda: False)
    with region.lock:
        endpoint.deployment = deployment
        for variant, spec in zip(endpoint.variants, deployment.variants, strict=True):
            variant.spec = spec
        endpoint.enter("InService")


def remove(region: Region, endpoint: Endpoint) -> None:
    """End an endpoint's processes, and remove it from its region."""
    for variant in endpoint.variants:
        variant.close()
    publish(region, endpoint.name, endpoint.variants)
    with region.lock:
        del region.of(Endpoint)[endpoint.name]
