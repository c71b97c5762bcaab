"""The resources of an account in one region, and the lock that guards them."""

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

# Marks a field of a dataclass that ends with the server: a thread, a container, a future.
LIVE: Mapping[str, bool] = MappingProxyType({"live": True})
# A request or an answer, as parsed from JSON. Requests are validated before they get here.
JsonObject = dict[str, Any]


@dataclass(kw_only=True, eq=False)
class Resource:
    """Something with a name and an ARN. Times are epoch seconds.

    Where the server has a data directory, its fields are kept there, except for those marked LIVE. It counts
    as changed when one of its attributes is assigned. So after a change inside the value of an attribute,
    assign one.
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
    """The place in which resources outlive the server."""

    def keep(self, account: str, region: str, resource: Resource) -> None:
        """Keep the present state of a resource."""

    def drop(self, account: str, region: str, kind: type[Resource], name: str) -> None:
        """Drop a resource that was kept."""


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
    """The resources of one kind, by name. It notes which of them were set, changed or deleted."""

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
        """Note that a resource changed."""
        self._changed.add(name)

    def take_changed(self) -> set[str]:
        """Return the names that were noted since the last call."""
        changed, self._changed = self._changed, set()
        return changed


class _Transaction:
    """A reentrant lock. Changes that are made while it is held are kept before another thread holds it."""

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

    An operation holds `lock` from its beginning to its end. Work in the background holds it for each look at
    a resource and each change of one, and never while it waits.
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
        """Return the resources of one kind, by name. It is the register itself, not a copy."""
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
        """Return the ARN for a name. As in SageMaker, the name is in lower case there."""
        return f"arn:aws:sagemaker:{self.name}:{self.account}:{kind.KIND}/{name.lower()}"

    def with_arn(self, arn: str) -> Resource | None:
        """Return the resource that has this ARN, of whatever kind. None where there is none."""
        for resource in self.all():
            if resource.arn == arn:
                return resource
        return None

    def all(self) -> Iterator[Resource]:
        """Yield the resources of every kind."""
        for register in self._resources.values():
            yield from register.values()

    def log_stream(self, group: str, name: str) -> LogStream:
        """Return a CloudWatch log stream of this account and region."""
        return LogStream(self.account, self.name, group, name, self._kept.logs if self._kept else None)


class Regions:
    """Every account's regions, which are made when they are first asked for.

    Args:
        background: The threads in which their work is done.
        kept: What outlives the server. None where nothing does.
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
        """Return an account's region."""
        with self._lock:
            if (account, name) not in self._regions:
                self._regions[account, name] = Region(account, name, self._background, self._kept)
            return self._regions[account, name]

    def all(self) -> list[Region]:
        """Return every region that was made."""
        with self._lock:
            return list(self._regions.values())
