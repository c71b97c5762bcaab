"""A mail server that keeps what it is sent."""

import email
import email.policy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller

from local_stack.stack import free_port


@dataclass
class MailServer:
    """Where it listens, and what has come."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)

    @property
    def connection(self) -> str:
        """Airflow's connection to it, which gives up at once."""
        extra = {"disable_ssl": True, "disable_tls": True, "retry_limit": 0, "timeout": 5}
        extra["from_email"] = "airflow@example.com"
        return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "extra": extra})

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        """Take a message."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(cast("EmailMessage", message))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Runs one until the block is left."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
