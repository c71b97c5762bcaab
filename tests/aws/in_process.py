"""A local AWS inside the tests' own process, for tests that look into it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from local_aws.containers.limits import JobLimits
from local_aws.protocol.signatures.authentication import AnySignature
from local_aws.server.application import LocalAws
from local_aws.state.latency import Latency


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return

    def get_environ(self) -> dict[str, Any]:
        # As local AWS's own server tells it.
        return super().get_environ() | {"REQUEST_URI": self.path}


@contextmanager
def local_aws_in_process(latency: Latency) -> Iterator[str]:
    """Serve local AWS from a thread, whatever signs its requests; yields its URL.

    Args:
        latency: How long states last.
    """
    application = LocalAws(latency, JobLimits(), AnySignature())
    with make_server("127.0.0.1", 0, application, handler_class=_SilentHandler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            application.close()
            server.shutdown()
            serving.join()
