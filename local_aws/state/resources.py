"""What an account owns in one region, and the lock that guards it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, TypeVar, cast

from local_aws.state.background import Background
from local_aws.storage.log_files import LogFiles
from local_aws.storage.log_streams import LogStream
from local_aws.storage.object_files import ObjectFiles
from local_aws.storage.objects import Storage

# Marks a dataclass field as one that ends with the process: a thread, a container, a future.
LIVE: Mapping[str, bool] = MappingProxyType({"live": True})
# A request or an answer, as its JSON carries it. Requests are validated before they come this far.
JsonObject = dict[str, Any]


@dataclass(kw_only=True, eq=False)
class Resource:
    """Something with a name and an ARN. Times are epoch seconds.

    Its fields are kept where the server has a data directory, but for those marked LIVE. An assignment to an
    attribute tells that it changed; so assign to one last, when changing what is inside another.
    """

    KIND: ClassVar[str]
    """The resource type in its ARN."""
    name: str
    arn: str
    request: JsonObject
    tags: dict[str, str]
    status: str | None = None
    creation_time: float = field(default_factory=time.time)
    last_modified_time: float = field(default_factory=time.time)

    def __setattr__(self, attribute: str, value: object) -> None:
        super().__setattr__(attribute, value)
        if (register := self.__dict__.get("_register")) is not None:
            register.note(self.name)


R = TypeVar("R", bound=Resource)


class Keeper(Protocol):
    """Where resources outlive the server."""

    def keep(self, account: str, region: str, resource: Resource) -> None:
        """Keeps a resource as it is now."""

    def drop(self, account: str, region: str, kind: type[Resource], name: str) -> None:
        """Keeps a resource no longer."""


@dataclass(frozen=True)
class Kept:
    """What outlives the server."""

    objects: ObjectFiles
    """S3's objects."""
    resources: Keeper
    """SageMaker's resources."""
    logs: LogFiles
    """The log lines of jobs and endpoints."""


class _Register(dict[str, Resource]):
    """The resources of one kind, by name. Knows which of them were set, changed or deleted."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: set[str] = set()

    def __setitem__(self, name: str, resource: Resource) -> None:
        super().__setitem__(name, resource)
        resource.__dict__["_register"] = self
        self.note(name)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self.note(name)

    def note(self, name: str) -> None:
        """Notes that a resource changed."""
        self._changed.add(name)

    def take_changed(self) -> set[str]:
        """Returns the names that were noted since the last call."""
        changed, self._changed = self._changed, set()
        return changed


class _Transaction:
    """A reentrant lock. What changed while it was held is kept before anybody else holds it."""

    def __init__(self, keep: Callable[[], None]) -> None:
        self._lock = threading.RLock()
        self._keep = keep
        self._depth = 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        try:
            if self._depth == 1:
                self._keep()
        finally:
            self._depth -= 1
            self._lock.release()


class Region:
    """One account's SageMaker in one region.

    An operation runs with `lock` held from its beginning to its end; work in the background takes it for
    each look at a resource and each change of one, and never while it waits.
    """

    def __init__(
        self,
        account: str,
        name: str,
        background: Background,
        kept: Kept | None = None,
    ) -> None:
        self.account = account
        self.name = name
        self.background = background
        self.lock = _Transaction(self._keep)
        self.storage = Storage(account, kept.objects if kept else None)
        self._kept = kept
        self._resources: dict[type[Resource], _Register] = {}

    def of(self, kind: type[R]) -> dict[str, R]:
        """Returns the resources of one kind, by name: the register itself, not a copy."""
        return cast("dict[str, R]", self._resources.setdefault(kind, _Register()))

    def _keep(self) -> None:
        for kind, register in self._resources.items():
            for name in register.take_changed():
                if self._kept is None:
                    continue
                if name in register:
                    self._kept.resources.keep(self.account, self.name, register[name])
                else:
                    self._kept.resources.drop(self.account, self.name, kind, name)

    def arn(self, kind: type[Resource], name: str) -> str:
        """Returns the ARN for a name. SageMaker writes names in ARNs in lower case."""
        return f"arn:aws:sagemaker:{self.name}:{self.account}:{kind.KIND}/{name.lower()}"

    def with_arn(self, arn: str) -> Resource | None:
        """Returns the resource of any kind that has this ARN."""
        for resource in self.all():
            if resource.arn == arn:
                return resource
        return None

    def all(self) -> Iterator[Resource]:
        """Goes through the resources of every kind."""
        for register in self._resources.values():
            yield from register.values()

    def log_stream(self, group: str, name: str) -> LogStream:
        """Returns a CloudWatch log stream of this account and region."""
        return LogStream(self.account, self.name, group, name, self._kept.logs if self._kept else None)


class Regions:
    """Every account's regions, made when first asked for.

    Args:
        background: Where their work is done.
        kept: What outlives us, if anything.
    """

    def __init__(
        self,
        background: Background,
        kept: Kept | None = None,
    ) -> None:
        self._background = background
        self._kept = kept
        self._lock = threading.Lock()
        self._regions: dict[tuple[str, str], Region] = {}

    def get(self, account: str, name: str) -> Region:
        """Returns an account's region."""
        with self._lock:
            if (account, name) not in self._regions:
                self._regions[account, name] = Region(account, name, self._background, self._kept)
            return self._regions[account, name]

    def all(self) -> list[Region]:
        """Returns every region there is."""
        with self._lock:
            return list(self._regions.values())
