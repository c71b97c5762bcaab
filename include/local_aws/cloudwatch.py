"""Log streams of the CloudWatch Logs beside us, written in moto's memory."""

import re
import time
from dataclasses import dataclass

from moto.logs.models import logs_backends

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class LogStream:
    """A stream of CloudWatch Logs, made with its first line."""

    account: str
    region: str
    group: str
    name: str

    def append(self, line: str) -> None:
        """Appends one event, now. Control characters are shown as SageMaker's logs show them (tab: #011)."""
        message = _CONTROL_CHARACTER.sub(lambda found: f"#{ord(found[0]):03o}", line)
        backend = logs_backends[self.account][self.region]
        backend.ensure_log_group(self.group)
        backend.ensure_log_stream(self.group, self.name)
        event = {"timestamp": time.time_ns() // 1_000_000, "message": message}
        backend.put_log_events(self.group, self.name, [event])
