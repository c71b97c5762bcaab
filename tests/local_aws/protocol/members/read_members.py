"""Requests that note which of their members are read, by path, while an operation and its job act on them."""

import threading
from collections.abc import Callable
from typing import Any

from local_aws.state.resources import JsonObject, Region

Operation = Callable[[Region, JsonObject], JsonObject]


class ReadMembers:
    """The members that were read, of all requests.

    What merely tells a request back does not count: neither a copy (`{**request}`), nor what Describe and
    List operations read of the request of another one.
    """

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self._answering = threading.local()

    def note(self, path: str) -> None:
        """Note that a member was read, by the operation that this thread answers or in the background."""
        answering = getattr(self._answering, "operation", "")
        if not answering.startswith(("Describe", "List")) or path.startswith(f"{answering}."):
            self.paths.add(path)

    def of(self, name: str, operation: Operation) -> Operation:
        """Return an operation whose requests note what is read of them."""

        def answer(region: Region, request: JsonObject) -> JsonObject:
            self._answering.operation = name
            try:
                # Rendering the answer reads all that is told back.
                told: JsonObject = _plain(operation(region, self._noting(request, name)))
                return told
            finally:
                self._answering.operation = ""

        return answer

    def _noting(self, value: Any, path: str) -> Any:
        if isinstance(value, dict):
            noting = {name: self._noting(element, f"{path}.{name}") for name, element in value.items()}
            return _NotingRequest(noting, path, self)
        if isinstance(value, list):
            return [self._noting(element, path) for element in value]
        return value


class _NotingRequest(dict[str, Any]):
    def __init__(self, members: JsonObject, path: str, reads: ReadMembers) -> None:
        super().__init__(members)
        self._path = path
        self._reads = reads

    def __getitem__(self, name: str) -> Any:
        self._reads.note(f"{self._path}.{name}")
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            # To ask for it does not act on a member that is not there.
            return default
        return self[name]

    def __or__(self, changes: Any) -> Any:
        # What is only changed in parts goes on noting, as it does not when it is copied.
        return _NotingRequest(super().__or__(changes), self._path, self._reads)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(element) for name, element in value.items()}
    return [_plain(element) for element in value] if isinstance(value, list) else value
