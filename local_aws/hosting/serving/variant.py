"""A variant in service: the servers of its model's containers."""

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from local_aws.errors import DeploymentError
from local_aws.hosting.model import Model
from local_aws.hosting.serving.answered import Answered
from local_aws.hosting.serving.model_serving import STARTUP_SECONDS
from local_aws.hosting.serving.serving_process import ServingProcess, start_process
from local_aws.hosting.serving.target_models import TargetModels
from local_aws.model_registry.container_definition import is_multi_model
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.log_streams import LogStream

_DRAIN_SECONDS = 60


@dataclass(eq=False)
class EndpointVariant:
    """A running variant. `close` ends it, and its shadow with it."""

    spec: JsonObject
    """Its ProductionVariant, from the endpoint configuration, with what was changed since."""
    servers: list[ServingProcess | TargetModels]
    """Its servers: of an inference pipeline one a container, in the order in which they answer."""
    shadow: "EndpointVariant | None" = None
    """The shadow variant, which gets copies of its requests."""
    copies: ThreadPoolExecutor | None = None
    """Of a shadow: the queue of these."""
    answered: Answered = field(default_factory=Answered)
    _in_flight: int = 0
    _idle: threading.Condition = field(default_factory=threading.Condition)

    @property
    def name(self) -> str:
        """The VariantName."""
        name: str = self.spec["VariantName"]
        return name

    @property
    def weight(self) -> float:
        """Its share of the traffic, relative to the other variants' weights."""
        return float(self.spec.get("InitialVariantWeight", 1.0))

    @property
    def with_shadow(self) -> "list[EndpointVariant]":
        """It, and its shadow where it has one."""
        return [self, self.shadow] if self.shadow else [self]

    @property
    def log(self) -> LogStream:
        """The log stream of its first container."""
        return self.servers[0].log

    @property
    def is_multi_model(self) -> bool:
        """Whether a request has to name the model that is to answer."""
        return any(isinstance(server, TargetModels) for server in self.servers)

    @contextmanager
    def processes(self, target: str | None) -> Iterator[list[ServingProcess]]:
        """Use its serving processes for a request, in the order in which they answer.

        Args:
            target: The request's TargetModel. None where it has none.

        Raises:
            AwsError, ModelError: A container of several models does not have it.
        """
        with ExitStack() as stack:
            yield [stack.enter_context(server.taken(target)) for server in self.servers]

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Keep the variant open for a request: `drain` waits until no request is under way."""
        with self._idle:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._idle:
                self._in_flight -= 1
                self._idle.notify_all()

    def await_health(self, longest_seconds: float | None = None) -> None:
        """Poll `/ping` until it answers 200.

        Args:
            longest_seconds: Wait no longer; None for no limit but the variant's own.

        Raises:
            DeploymentError: It does not answer so within ContainerStartupHealthCheckTimeoutInSeconds.
        """
        seconds = self.spec.get("ContainerStartupHealthCheckTimeoutInSeconds", STARTUP_SECONDS)
        if longest_seconds is not None:
            seconds = min(seconds, longest_seconds)
        for server in self.servers:
            if not server.await_health(seconds):
                raise DeploymentError(
                    f"The {server.name} container for production variant {self.name} did not pass the ping "
                    "health check. Please check CloudWatch logs for this endpoint."
                )
        if self.shadow:
            self.shadow.await_health(longest_seconds)

    def keep_alive(self) -> None:
        """Start each process again whenever it ends, from now on."""
        for variant in self.with_shadow:
            for server in variant.servers:
                server.keep_alive()

    def drain(self) -> None:
        """Wait until no request is under way, or the longest time for that is over."""
        with self._idle:
            self._idle.wait_for(lambda: self._in_flight == 0, _DRAIN_SECONDS)
        if self.shadow:
            self.shadow.drain()

    def close(self) -> None:
        """End the processes and remove their files."""
        for variant in self.with_shadow:
            for server in variant.servers:
                server.close()


def start_variant(region: Region, endpoint_name: str, spec: JsonObject, model: Model) -> EndpointVariant:
    """Start a variant's processes. It serves once `await_health` has returned.

    Raises:
        ModelDataError: The archive of a model, or of a script, is absent, or cannot be opened.
    """
    instance = f"{spec['VariantName']}/i-{secrets.token_hex(8)}"
    variant = EndpointVariant(spec, [])
    try:
        for name, definition in zip(model.container_names, model.containers, strict=True):
            log = region.log_stream(
                f"/aws/sagemaker/Endpoints/{endpoint_name}",
                f"{instance}/{name}" if model.is_pipeline else instance,
            )
            # SageMaker's answers lead to it, also where the container writes nothing.
            log.open_group()
            environment = definition.get("Environment", {})
            start = TargetModels if is_multi_model(definition) else start_process
            variant.servers.append(start(region, definition, environment, log, name))
    except BaseException:
        variant.close()
        raise
    return variant
