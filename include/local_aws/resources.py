"""What an account owns in one region, and the lock that guards it."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, cast

from include.local_aws.background import Background
from include.local_aws.cloudwatch import LogStream
from include.local_aws.storage import Storage

# A request or an answer, as its JSON carries it. Requests are validated before they come this far.
JsonObject = dict[str, Any]


@dataclass(kw_only=True, eq=False)
class Resource:
    """Something with a name and an ARN. Times are epoch seconds.

    Attributes:
        KIND: The resource type of its ARN.
    """

    KIND: ClassVar[str]
    name: str
    arn: str
    request: JsonObject
    tags: dict[str, str]
    status: str | None = None
    creation_time: float = field(default_factory=time.time)
    last_modified_time: float = field(default_factory=time.time)


R = TypeVar("R", bound=Resource)


class Region:
    """One account's SageMaker in one region.

    An operation runs with `lock` held from its beginning to its end; work in the background takes it for
    each look at a resource and each change of one, and never while it waits.
    """

    def __init__(self, account: str, name: str, background: Background) -> None:
        self.account = account
        self.name = name
        self.background = background
        self.lock = threading.RLock()
        self.storage = Storage(account)
        self._resources: dict[type[Resource], dict[str, Resource]] = {}

    def of(self, kind: type[R]) -> dict[str, R]:
        """Returns the resources of one kind, by name: the register itself, not a copy."""
        return cast("dict[str, R]", self._resources.setdefault(kind, {}))

    def arn(self, kind: type[Resource], name: str) -> str:
        """Returns the ARN for a name. SageMaker writes names in ARNs in lower case."""
        return f"arn:aws:sagemaker:{self.name}:{self.account}:{kind.KIND}/{name.lower()}"

    def with_arn(self, arn: str) -> Resource | None:
        """Returns the resource of any kind that has this ARN."""
        for register in self._resources.values():
            for resource in register.values():
                if resource.arn == arn:
                    return resource
        return None

    def log_stream(self, group: str, name: str) -> LogStream:
        """Returns a CloudWatch log stream of this account and region."""
        return LogStream(self.account, self.name, group, name)


class Regions:
    """Every account's regions, made when first asked for."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._lock = threading.Lock()
        self._regions: dict[tuple[str, str], Region] = {}

    def get(self, account: str, name: str) -> Region:
        """Returns an account's region."""
        with self._lock:
            if (account, name) not in self._regions:
                self._regions[account, name] = Region(account, name, self._background)
            return self._regions[account, name]
