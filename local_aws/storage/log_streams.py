"""Log streams of CloudWatch Logs, written directly to the memory of moto, which runs in this process."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass

from moto.logs.models import logs_backends

from local_aws.errors import DataDirError
from local_aws.storage.log_files import LogFiles

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


def shown(line: str) -> str:
    """Return a line as SageMaker's logs show it: with the numbers of control characters (tab: #011)."""
    return _CONTROL_CHARACTER.sub(lambda found: f"#{ord(found[0]):03o}", line)


@dataclass(frozen=True)
class LogStream:
    """A stream of CloudWatch Logs, which is made with its first line."""

    account: str
    region: str
    group: str
    name: str
    files: LogFiles | None = None
    """The files in which its lines outlive the server. None where they do not."""

    def open_group(self) -> None:
        """Make its log group, where it is not there, before there is a line."""
        logs_backends[self.account][self.region].ensure_log_group(self.group)

    def append(self, line: str) -> None:
        """Append an event with the present time."""
        backend = logs_backends[self.account][self.region]
        backend.ensure_log_group(self.group)
        backend.ensure_log_stream(self.group, self.name)
        event = {"timestamp": time.time_ns() // 1_000_000, "message": shown(line)}
        backend.put_log_events(self.group, self.name, [event])
        if self.files is not None:
            # What containers still write while the server closes is lost.
            with suppress(DataDirError):
                self.files.append(self.account, self.region, self.group, self.name, event)
