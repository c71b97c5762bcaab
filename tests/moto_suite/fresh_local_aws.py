"""A plugin of pytest for moto's suite: every test has a local AWS of its own, behind one port.

moto's tests expect a server that forgets everything between them, as its own does at `/moto-api/reset`. The
plugin is loaded by its path, as `tests` is moto's there.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from moto.moto_api._internal.models import moto_api_backend

from local_aws.containers.limits import JobLimits
from local_aws.protocol.signatures.authentication import AnySignature
from local_aws.server.application import LocalAws
from local_aws.state.latency import Latency

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return

    def get_environ(self) -> dict[str, Any]:
        # As local AWS's own server tells it.
        return super().get_environ() | {"REQUEST_URI": self.path}


class _Behind:
    """The local AWS of the test that runs."""

    application: LocalAws

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # As local AWS's own server hands it on: to be read again.
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        return self.application(environ, start_response)


_behind = _Behind()
_server = make_server("127.0.0.1", int(os.environ["LOCAL_AWS_PORT"]), _behind, handler_class=_SilentHandler)
threading.Thread(target=_server.serve_forever, daemon=True).start()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    moto_api_backend.reset()
    _behind.application = LocalAws(Latency(starting=0), JobLimits(), AnySignature())
    yield
    _behind.application.close()
