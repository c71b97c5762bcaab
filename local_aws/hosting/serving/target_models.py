"""A container in MultiModel mode: each of its models is loaded when it is first asked for.

Source: "Multi-model endpoints" in the SageMaker developer guide.
"""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from local_aws.errors import AwsError, ModelDataError, ModelError
from local_aws.hosting.serving.serving_process import ServingProcess, start_process
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.log_streams import LogStream
from local_aws.storage.objects import S3Url

# On AWS the memory of the instance is the limit. Here each model is a process.
_MOST_LOADED = 8
# Developer guide, "Invoke a Multi-Model Endpoint": the longest wait of a request for its model.
_LOADING_SECONDS = 60.0


@dataclass(eq=False)
class _Target:
    """One model."""

    process: ServingProcess | None = None
    is_ready: bool = False
    users: int = 0
    """The requests that wait for it or are answered by it."""
    loading: threading.Lock = field(default_factory=threading.Lock)


class TargetModels:
    """The models of one container. `close` ends those that are loaded.

    The arguments are those of `start_process`; the definition's ModelDataUrl is a prefix.
    """

    def __init__(
        self,
        region: Region,
        definition: JsonObject,
        environment: Mapping[str, str],
        log: LogStream,
        name: str,
    ) -> None:
        self.name = name
        self.image: str = definition["Image"]
        self.log = log
        self._region = region
        self._definition = definition
        self._environment = {**environment, "SAGEMAKER_MULTI_MODEL": "true"}
        caching = definition.get("MultiModelConfig", {}).get("ModelCacheSetting", "Enabled")
        self._is_caching = caching == "Enabled"
        # The one that was asked for last is at the end.
        self._targets: OrderedDict[str, _Target] = OrderedDict()
        self._lock = threading.Lock()
        self._is_closed = False

    @contextmanager
    def taken(self, target: str | None) -> Iterator[ServingProcess]:
        """Load a model where it is not loaded, and keep it so while a request uses it.

        Args:
            target: The request's TargetModel, a path below the prefix. None where it has none.

        Raises:
            AwsError: `ValidationError`: the request names no model, or one that is not there;
                `ModelNotReadyException`: it is still being loaded.
            ModelError: It cannot be loaded.
        """
        if target is None:
            raise AwsError("ValidationError", f"Request {uuid.uuid4()} is missing a target model header.")
        with self._lock:
            entry = self._targets.setdefault(target, _Target())
            self._targets.move_to_end(target)
            entry.users += 1
            surplus = self._take_surplus()
        try:
            _close(surplus)
            yield self._loaded(target, entry)
        finally:
            with self._lock:
                entry.users -= 1
                is_done = entry.users == 0 and not (self._is_caching and entry.process)
                if is_done and self._targets.get(target) is entry:
                    del self._targets[target]
            if is_done:
                _close([entry])

    def _take_surplus(self) -> list[_Target]:
        """Take out the models that were not asked for the longest, where there are too many."""
        idle = [name for name, entry in self._targets.items() if not entry.users]
        surplus = max(len(self._targets) - _MOST_LOADED, 0)
        return [self._targets.pop(name) for name in idle[:surplus]]

    def _loaded(self, target: str, entry: _Target) -> ServingProcess:
        if not entry.loading.acquire(timeout=_LOADING_SECONDS):
            raise _not_ready(target)
        try:
            if entry.process is None:
                entry.process = self._start(target)
            if not entry.is_ready:
                self._await(target, entry, entry.process)
            return entry.process
        finally:
            entry.loading.release()

    def _start(self, target: str) -> ServingProcess:
        prefix = S3Url.parse(self._definition["ModelDataUrl"])
        key = f"{prefix.key.rstrip('/')}/{target.lstrip('/')}".lstrip("/")
        definition = {**self._definition, "ModelDataUrl": str(S3Url(prefix.bucket, key))}
        self.log.append(f"Local AWS loads the model {target}.")
        try:
            process = start_process(self._region, definition, self._environment, self.log, self.name)
        except ModelDataError as error:
            raise AwsError("ValidationError", str(error)) from error
        if self._is_closed:
            process.close()
            raise _not_ready(target)
        return process

    def _await(self, target: str, entry: _Target, process: ServingProcess) -> None:
        if process.await_health(_LOADING_SECONDS):
            entry.is_ready = True
            process.keep_alive()
            return
        if not process.container.has_ended:
            raise _not_ready(target)
        entry.process = None
        process.close()
        raise ModelError(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            f"The model {target} cannot be loaded; the container's log says why.",
            self.name,
        )

    def await_health(self, seconds: float) -> bool:
        """Return at once: it has no model yet that could be healthy."""
        del seconds
        return True

    def keep_alive(self) -> None:
        """Do nothing: a model is kept alive once it is loaded."""

    def close(self) -> None:
        """End all its processes, and start none any more."""
        with self._lock:
            self._is_closed = True
            targets, self._targets = list(self._targets.values()), OrderedDict()
        _close(targets)


def _not_ready(target: str) -> AwsError:
    return AwsError(
        "ModelNotReadyException",
        f"The model {target} is being loaded. Retry the request.",
        HTTPStatus.TOO_MANY_REQUESTS,
    )


def _close(targets: list[_Target]) -> None:
    for target in targets:
        if target.process is not None:
            target.process.close()
