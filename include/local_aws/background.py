"""The work that goes on between requests: training jobs, deployments, and their containers."""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal, ParamSpec

from include.local_aws.container import Container

_LOG = logging.getLogger(__name__)
_DEPLOYMENT_THREADS = 8
_P = ParamSpec("_P")


class Background:
    """Runs jobs and deployments in threads, and knows every container, so that all can be ended."""

    def __init__(self) -> None:
        # One training process a core; further jobs wait their turn.
        self._jobs = ThreadPoolExecutor(os.cpu_count(), "job")
        self._deployments = ThreadPoolExecutor(_DEPLOYMENT_THREADS, "deployment")
        self._lock = threading.Lock()
        self._containers: set[Container] = set()
        self._closing = False

    def run_job(self, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs) -> Future[None]:
        """Runs a job when a core is free."""
        return self._submit(self._jobs, work, *args, **kwargs)

    def run_deployment(self, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs) -> Future[None]:
        """Runs a deployment, or what follows one."""
        return self._submit(self._deployments, work, *args, **kwargs)

    def _submit(
        self, pool: ThreadPoolExecutor, work: Callable[_P, None], *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[None]:
        future = pool.submit(work, *args, **kwargs)
        future.add_done_callback(self._report)
        return future

    def _report(self, future: Future[None]) -> None:
        if not future.cancelled() and not self._closing and (error := future.exception()) is not None:
            _LOG.error("work in the background failed", exc_info=error)

    def container(
        self,
        algorithm: str,
        role: Literal["train", "serve"],
        environment: Mapping[str, str],
        log: Callable[[str], None],
    ) -> Container:
        """Makes a container that ends with us; the arguments are Container's.

        Raises:
            RuntimeError: We are closing.
        """
        with self._lock:
            if self._closing:
                raise RuntimeError("local AWS is closing")
            self._containers = {known for known in self._containers if not known.removed}
            made = Container(algorithm, role, environment, log)
            self._containers.add(made)
            return made

    def close(self) -> None:
        """Ends every container and thread, and removes all files."""
        with self._lock:
            self._closing = True
        for container in self._containers:
            container.kill()
        for pool in (self._jobs, self._deployments):
            pool.shutdown(cancel_futures=True)
        for container in self._containers:
            container.remove()
