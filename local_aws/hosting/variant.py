"""A production variant in service: one serving process, and the connections to it."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import urllib3

from local_aws.algorithms.registry import find_algorithm
from local_aws.containers.container import Container
from local_aws.errors import DeploymentError
from local_aws.hosting.model import Model
from local_aws.hosting.model_serving import (
    STARTUP_SECONDS,
    becomes_healthy,
    listen,
    start_serving,
    write_model,
)
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.log_streams import LogStream

# SageMaker's limit (API reference, InvokeEndpoint), and ours.
_RESPONSE_SECONDS = 60
_DRAIN_SECONDS = 60
# The least time between two starts of a process that does not stay up.
_RESTART_SECONDS = 1.0


@dataclass(eq=False)
class EndpointVariant:
    """A running variant. `close` ends it."""

    spec: JsonObject
    """Its ProductionVariant, from the endpoint configuration, with what was changed since."""
    image: str
    """The image URI of its model."""
    container: Container
    """Its serving process."""
    pool: urllib3.HTTPConnectionPool
    """The connections to the process."""
    listener: socket.socket
    """The socket on which its process accepts requests. They wait there while it is started again."""
    log: LogStream
    """Its log stream."""
    _in_flight: int = 0
    _idle: threading.Condition = field(default_factory=threading.Condition)
    _closing: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The VariantName."""
        name: str = self.spec["VariantName"]
        return name

    @property
    def weight(self) -> float:
        """Its share of the traffic, relative to the other variants' weights."""
        return float(self.spec.get("InitialVariantWeight", 1.0))

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

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Send a request to the container.

        Raises:
            urllib3.exceptions.HTTPError: There is no answer within SageMaker's 60 seconds, or no process.
        """
        return self.pool.urlopen(
            "POST", "/invocations", body=body, headers=headers, retries=False, timeout=_RESPONSE_SECONDS
        )

    def await_health(self) -> None:
        """Poll `/ping` until it answers 200.

        Raises:
            DeploymentError: It does not answer so within ContainerStartupHealthCheckTimeoutInSeconds.
        """
        seconds = self.spec.get("ContainerStartupHealthCheckTimeoutInSeconds", STARTUP_SECONDS)
        if becomes_healthy(self.container, self.pool, seconds):
            return
        raise DeploymentError(
            f"The primary container for production variant {self.name} did not pass the ping health check. "
            "Please check CloudWatch logs for this endpoint."
        )

    def keep_alive(self) -> None:
        """Start the process again whenever it ends, from now on."""
        self._keeper = threading.Thread(target=self._restart, name="variant-keeper", daemon=True)
        self._keeper.start()

    def _restart(self) -> None:
        # The container refuses to start once it was killed.
        with suppress(RuntimeError):
            while True:
                begin = time.monotonic()
                exit_code = self.container.wait()
                if self._closing.wait(begin + _RESTART_SECONDS - time.monotonic()):
                    return
                self.log.append(f"Local AWS: the process ended with exit code {exit_code}. It starts again.")
                self.container.start(self.listener)

    def drain(self) -> None:
        """Wait until no request is under way, or the longest time for that is over."""
        with self._idle:
            self._idle.wait_for(lambda: self._in_flight == 0, _DRAIN_SECONDS)

    def close(self) -> None:
        """End the process and remove its files."""
        self._closing.set()
        self.container.kill()
        if self._keeper is not None:
            self._keeper.join()
        self.pool.close()
        self.container.remove()


def start_variant(region: Region, endpoint_name: str, spec: JsonObject, model: Model) -> EndpointVariant:
    """Start a variant's process. It serves once `await_health` has returned.

    Raises:
        ModelDataError: The model's archive is absent, or cannot be opened.
    """
    definition = model.container
    log = region.log_stream(
        f"/aws/sagemaker/Endpoints/{endpoint_name}", f"{spec['VariantName']}/i-{secrets.token_hex(8)}"
    )
    # SageMaker's answers lead to it, also where the container writes nothing.
    log.open_group()
    algorithm = find_algorithm(definition["Image"])
    environment = {**definition.get("Environment", {}), **algorithm.environment}
    container = region.background.container(algorithm.name, "serve", environment, log.append)
    listener = listen()
    try:
        write_model(container, region.storage, definition["ModelDataUrl"])
        pool = start_serving(container, listener)
    except BaseException:
        listener.close()
        container.remove()
        raise
    return EndpointVariant(spec, definition["Image"], container, pool, listener, log)
