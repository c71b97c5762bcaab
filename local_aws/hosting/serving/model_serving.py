"""Serve a model in a container: unpack its archives, start its process, and wait until it is healthy."""

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

import urllib3

from local_aws.algorithms.registry import find_algorithm
from local_aws.containers.container import Container
from local_aws.errors import BadArchiveError, LargeArchiveError, ModelDataError, NoSuchObjectError
from local_aws.model_registry.serving_script import ServingScript
from local_aws.state.resources import JsonObject
from local_aws.storage.archive import extract
from local_aws.storage.objects import S3Url, Storage

# SageMaker's limit (API reference, ProductionVariant: ContainerStartupHealthCheckTimeoutInSeconds).
STARTUP_SECONDS = 600
CONNECTIONS = 16
_PING_SECONDS = 0.5
# SageMaker's words, as public reports of failed endpoints quote them.
_INVALID = "Please ensure that the object located at the URL is a valid tar.gz archive."
_TOO_LARGE = (
    "The model data archive is too large. Please reduce the size of the model data archive or move to an "
    "instance type with more memory."
)


def write_container(
    container: Container, storage: Storage, definition: JsonObject, environment: Mapping[str, str]
) -> None:
    """Extract a model's archive into the container's model directory, and write its script, if it has one.

    Args:
        container: A container that is not started yet.
        storage: The S3 that holds the archives.
        definition: The container definition.
        environment: What the process is told.

    Raises:
        ModelDataError: An archive is absent, or cannot be opened. The log says why.
    """
    url = definition["ModelDataUrl"]
    try:
        extract(storage.read(S3Url.parse(url)), container.opt_ml.model)
        script = ServingScript.of(definition.get("Environment", {}))
        if script is not None:
            url = str(script.source or url)
            script.write(container.opt_ml, storage, environment, find_algorithm(definition["Image"]))
    except NoSuchObjectError as error:
        raise ModelDataError(
            f'Failed to download model data for container "container_1" from URL: "{url}". Please ensure '
            "that there is an object located at the URL and that the role passed to CreateModel has "
            "permissions to download the object."
        ) from error
    except BadArchiveError as error:
        container.log(f"Local AWS: the model archive cannot be extracted: {error}")
        advice = _TOO_LARGE if isinstance(error, LargeArchiveError) else _INVALID
        reason = f'Failed to extract model data archive from URL "{url}". {advice}'
        raise ModelDataError(reason) from error


def listen() -> socket.socket:
    """Open a port on the loopback address for a container to serve on."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def start_serving(container: Container, listener: socket.socket) -> urllib3.HTTPConnectionPool:
    """Start a container that serves.

    Args:
        container: A container that is not started yet.
        listener: The socket that it serves on. While the server holds it open too, requests wait where the
            process is started again.

    Returns:
        The connections to it. They wait until it answers.
    """
    container.start(listener)
    return urllib3.HTTPConnectionPool("127.0.0.1", listener.getsockname()[1], maxsize=CONNECTIONS)


def becomes_healthy(container: Container, pool: urllib3.HTTPConnectionPool, seconds: float) -> bool:
    """Poll `/ping` until it answers 200. Return False where it does not within the given seconds."""
    deadline = time.monotonic() + seconds
    while not container.has_ended and (left := deadline - time.monotonic()) > 0:
        # Without an answer, it is not healthy. The socket listens before the process does: a ping may wait.
        timeout = min(left, _PING_SECONDS)
        with suppress(urllib3.exceptions.HTTPError):
            if pool.urlopen("GET", "/ping", retries=False, timeout=timeout).status == HTTPStatus.OK:
                return True
        time.sleep(0.05)
    return False
