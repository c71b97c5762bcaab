"""A container of a model in service: its process, the connections to it, and its log."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Self

import urllib3

from local_aws.algorithms.registry import find_algorithm
from local_aws.containers.container import Container
from local_aws.hosting.serving.model_serving import becomes_healthy, listen, start_serving, write_container
from local_aws.model_registry.serving_script import ServingScript
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.log_streams import LogStream

# The least time between two starts of a process that does not stay up.
_RESTART_SECONDS = 1.0


@dataclass(eq=False)
class ServingProcess:
    """A process that serves. `close` ends it."""

    name: str
    """The container's name in AWS's messages."""
    image: str
    """The image URI of its container."""
    container: Container
    """What runs it."""
    pool: urllib3.HTTPConnectionPool
    """The connections to it."""
    listener: socket.socket
    """The socket on which it accepts requests. They wait there while it is started again."""
    log: LogStream
    """Its log stream."""
    _closing: threading.Event = field(default_factory=threading.Event)
    _keeper: threading.Thread | None = None

    @contextmanager
    def taken(self, target: str | None) -> Iterator[Self]:
        """Use it for a request.

        Args:
            target: The request's TargetModel, which is for a container of several models.
        """
        del target
        yield self

    def await_health(self, seconds: float) -> bool:
        """Poll `/ping` until it answers 200. Return False where it does not within the given seconds."""
        return becomes_healthy(self.container, self.pool, seconds)

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

    def close(self) -> None:
        """End the process and remove its files."""
        self._closing.set()
        self.container.kill()
        if self._keeper is not None:
            self._keeper.join()
        self.pool.close()
        self.container.remove()


def open_container(
    region: Region, definition: JsonObject, environment: Mapping[str, str], log: LogStream
) -> Container:
    """Make the container of a definition, without starting it.

    Args:
        region: Whose background ends it.
        definition: The container definition.
        environment: What its process is told, beside the image that was asked for.
        log: Its log stream.
    """
    algorithm = find_algorithm(definition["Image"])
    if ServingScript.of(definition.get("Environment", {})) is not None:
        log.append("Local AWS installs nothing: the script has the packages that local AWS runs on.")
        # Only the script gets the environment, from its description.
        return region.background.container("script", "process", {}, log.append)
    told = {**environment, **algorithm.environment}
    return region.background.container(algorithm.name, "serve", told, log.append)


def start_process(
    region: Region, definition: JsonObject, environment: Mapping[str, str], log: LogStream, name: str
) -> ServingProcess:
    """Start the process of a container definition. The arguments are those of `open_container`.

    Raises:
        ModelDataError: The model's archive, or the script's, is absent, or cannot be opened.
    """
    container = open_container(region, definition, environment, log)
    listener = listen()
    try:
        write_container(container, region.storage, definition, environment)
        pool = start_serving(container, listener)
    except BaseException:
        listener.close()
        container.remove()
        raise
    return ServingProcess(name, definition["Image"], container, pool, listener, log)
