"""Who decides how a transform job sends its requests."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import urllib3

from local_aws.transform.execution_parameters import ExecutionParameters

OFFERED = {"MaxConcurrentTransforms": 4, "MaxPayloadInMB": 5, "BatchStrategy": "SINGLE_RECORD"}


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@contextmanager
def container(status: str, body: bytes) -> Iterator[urllib3.HTTPConnectionPool]:
    """A container that answers `/execution-parameters`."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        assert environ["PATH_INFO"] == "/execution-parameters"
        start_response(status, [("Content-Type", "application/json")])
        return [body]

    with make_server("127.0.0.1", 0, answer, handler_class=SilentHandler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with urllib3.HTTPConnectionPool("127.0.0.1", server.server_port) as pool:
            yield pool


@pytest.mark.parametrize(
    ("request_members", "offered", "settled"),
    [
        pytest.param({}, None, ExecutionParameters(1, 6, "MULTI_RECORD"), id="aws-defaults"),
        pytest.param({}, OFFERED, ExecutionParameters(4, 5, "SINGLE_RECORD"), id="container"),
        pytest.param(
            {}, {"MaxPayloadInMB": 9}, ExecutionParameters(1, 9, "MULTI_RECORD"), id="container-in-part"
        ),
        pytest.param(
            {"MaxConcurrentTransforms": 2, "MaxPayloadInMB": 3, "BatchStrategy": "MultiRecord"},
            OFFERED,
            ExecutionParameters(2, 3, "MULTI_RECORD"),
            id="request",
        ),
        pytest.param(
            {"MaxConcurrentTransforms": 0, "MaxPayloadInMB": 0},
            OFFERED,
            ExecutionParameters(4, 0, "SINGLE_RECORD"),
            id="zero-is-no-limit-and-no-number",
        ),
    ],
)
def test_the_request_comes_first_then_the_container_then_aws(
    request_members: dict[str, Any], offered: dict[str, Any] | None, settled: ExecutionParameters
) -> None:
    status, body = ("404 Not Found", b"") if offered is None else ("200 OK", json.dumps(offered).encode())
    with container(status, body) as pool:
        assert ExecutionParameters.of(request_members, pool) == settled


def test_an_answer_that_is_no_json() -> None:
    with container("200 OK", b"<html>") as pool, pytest.raises(ValueError, match="Expecting value"):
        ExecutionParameters.of({}, pool)
