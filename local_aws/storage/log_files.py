"""SageMaker's log streams in files. Each line is an event: its time in milliseconds and its message."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from moto.logs.models import LogsBackend, logs_backends

from local_aws.errors import DataDirError
from local_aws.storage.data_dir import DataDir


class LogFiles:
    """The log streams in a data directory, as `logs/<account>/<region>/<group>/<stream>`.

    Only SageMaker's log streams are kept, and no others of CloudWatch Logs.
    """

    def __init__(self, data_dir: DataDir) -> None:
        self._data_dir = data_dir
        self._base = data_dir.path / "logs"

    def append(self, account: str, region: str, group: str, stream: str, event: dict[str, Any]) -> None:
        """Add an event, whose message is one line, to a stream."""
        path = self._base.joinpath(*(quote(part, safe="") for part in (account, region, group, stream)))
        self._data_dir.append(path, "{timestamp} {message}\n".format_map(event).encode())

    def sync(self) -> None:
        """Remove the streams that moto does not have any more."""
        for path, backend, group, stream in self._files():
            if group not in backend.groups or stream not in backend.groups[group].streams:
                self._data_dir.remove(path)

    def load(self) -> None:
        """Fill moto's CloudWatch Logs from the files.

        Raises:
            DataDirError: A file is not one that `append` wrote.
        """
        for path, backend, group, stream in self._files():
            try:
                events = [_event(line) for line in path.read_bytes().splitlines()]
            except ValueError as error:
                raise DataDirError(f"cannot read {path}: {error!r}") from error
            backend.ensure_log_group(group)
            backend.ensure_log_stream(group, stream)
            # Not through the backend, which refuses events that are older than two weeks.
            backend.groups[group].put_log_events(stream, events)

    def _files(self) -> Iterator[tuple[Path, LogsBackend, str, str]]:
        for path in sorted(self._base.glob("*/*/*/*")):
            account, region, group, stream = map(unquote, path.relative_to(self._base).parts)
            yield path, logs_backends[account][region], group, stream


def _event(line: bytes) -> dict[str, Any]:
    timestamp, _, message = line.decode().partition(" ")
    return {"timestamp": int(timestamp), "message": message}
