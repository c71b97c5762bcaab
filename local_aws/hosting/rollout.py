"""How an endpoint's variants start, take over, change and end. It runs in the background."""

import logging

from local_aws.errors import FailureReasonError
from local_aws.hosting.deployment import Deployment
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.variant import EndpointVariant, start_variant
from local_aws.state.resources import Region

_LOG = logging.getLogger(__name__)


def deploy(region: Region, endpoint: Endpoint, deployment: Deployment) -> None:
    """Start new variants. Once all are healthy, let them take over; otherwise leave everything as it was."""
    started: list[EndpointVariant] = []
    # An endpoint that served before a restart comes back without waiting.
    if endpoint.status != "SystemUpdating":
        region.background.pause(region.background.latency.creating, lambda: False)
    try:
        for spec, model in zip(deployment.variants, deployment.models, strict=True):
            started.append(start_variant(region, endpoint.name, spec, model))
        for variant in started:
            variant.await_health()
    except Exception as error:
        if not isinstance(error, FailureReasonError):
            _LOG.exception("endpoint %s failed inside local AWS", endpoint.name)
        _roll_back(region, endpoint, started, str(error))
        return
    with region.lock:
        replaced, endpoint.variants = endpoint.variants, started
        endpoint.deployment = deployment
        endpoint.enter("InService")
        for variant in started:
            variant.keep_alive()
    for variant in replaced:
        variant.drain()
        variant.close()


def _roll_back(region: Region, endpoint: Endpoint, started: list[EndpointVariant], reason: str) -> None:
    with region.lock:
        if endpoint.variants:
            endpoint.enter("RollingBack")
    for variant in started:
        variant.close()
    with region.lock:
        endpoint.fail(reason)


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
    with region.lock:
        del region.of(Endpoint)[endpoint.name]
