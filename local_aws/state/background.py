"""The work in the background, between requests: jobs, deployments, and their containers."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, ParamSpec
from weakref import WeakSet

from local_aws.containers.container import Container
from local_aws.containers.limits import JobLimits
from local_aws.state.latency import Latency

_LOG = logging.getLogger(__name__)
_DEPLOYMENT_THREADS = 8
_P = ParamSpec("_P")


class Background:
    """The threads of jobs and deployments, and all their containers, so that all can be ended.

    Args:
        latency: How long states last.
        limits: What a job may take of the machine.
    """

    def __init__(self, latency: Latency, limits: JobLimits | None = None) -> None:
        self.latency = latency
        self._limits = limits or JobLimits()
        # One job for each core. Further jobs wait for their turn.
        self._jobs = ThreadPoolExecutor(os.cpu_count(), "job")
        self._deployments = ThreadPoolExecutor(_DEPLOYMENT_THREADS, "deployment")
        # A queue goes with the endpoint that it is of.
        self._queues: WeakSet[ThreadPoolExecutor] = WeakSet()
        self._lock = threading.Lock()
        self._containers: set[Container] = set()
        self._closing = False
        self._awake = threading.Condition()

    def run_job(self, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs) -> Future[None]:
        """Run a job when a core is free."""
        return self._submit(self._jobs, work, *args, **kwargs)

    def run_deployment(self, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs) -> Future[None]:
        """Run a deployment, or a later change of it."""
        return self._submit(self._deployments, work, *args, **kwargs)

    def queue(self, workers: int) -> ThreadPoolExecutor:
        """Make a queue that `close` ends, with the number of those who work on it."""
        made = ThreadPoolExecutor(workers, "queue")
        self._queues.add(made)
        return made

    def run_queued(
        self, queue: ThreadPoolExecutor, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[None]:
        """Run what waits in a queue when its turn comes."""
        return self._submit(queue, work, *args, **kwargs)

    def _submit(
        self, pool: ThreadPoolExecutor, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[None]:
        future = pool.submit(work, *args, **kwargs)
        future.add_done_callback(self._report)
        return future

    def _report(self, future: Future[None]) -> None:
        if not future.cancelled() and not self._closing and (error := future.exception()) is not None:
            _LOG.error("work in the background failed", exc_info=error)

    @property
    def is_closing(self) -> bool:
        """Whether everything is about to end, so that nothing new can be started."""
        return self._closing

    def pause(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Wait for some seconds. End earlier where `is_over` is true at a call of `wake`."""
        with self._awake:
            self._awake.wait_for(lambda: self._closing or is_over(), seconds)

    def wake(self) -> None:
        """Let every pause check whether it is over."""
        with self._awake:
            self._awake.notify_all()

    def container(
        self,
        algorithm: str,
        role: Literal["train", "serve", "process"],
        environment: Mapping[str, str],
        log: Callable[[str], None],
    ) -> Container:
        """Make a container that `close` ends. The arguments are those of Container.

        Raises:
            RuntimeError: The server is closing.
        """
        with self._lock:
            if self._closing:
                raise RuntimeError("local AWS is closing")
            self._containers = {known for known in self._containers if not known.removed}
            made = Container(algorithm, role, environment, log, self._limits)
            self._containers.add(made)
            return made

    def close(self) -> None:
        """End every container and thread, and remove the files of all containers."""
        with self._lock:
            self._closing = True
        self.wake()
        for container in self._containers:
            container.kill()
        for pool in (self._jobs, self._deployments, *self._queues):
            pool.shutdown(cancel_futures=True)
        for container in self._containers:
            container.remove()
