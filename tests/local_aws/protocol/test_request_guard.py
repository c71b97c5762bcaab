"""Who may call: programs on this machine, and no web page in its browser."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from local_aws.errors import AwsError
from local_aws.protocol.request_guard import RequestGuard
from tests.local_aws_server import LocalAwsServer, local_aws_server
from tests.raw_http import raw_status

GUARD = RequestGuard(["Local-AWS"])


def request(**headers: str) -> Request:
    return Request(EnvironBuilder(headers=headers).get_environ())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:5555",
        "127.0.0.1",
        "127.1.2.3:1",
        "localhost:5555",
        "LOCALHOST",
        "localhost.",
        "[::1]:5555",
        "local-aws:5555",
        "LOCAL-AWS",
    ],
)
def test_hosts_that_are_ours(host: str) -> None:
    GUARD.check(request(Host=host))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5555",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1:5555",
        "0.0.0.0:5555",
        "",
        "user@evil.example",
        "127.0.0.1@evil.example",
        "[::2]:5555",
        "[broken",
        "local",
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    with pytest.raises(AwsError, match="does not answer to the host name") as caught:
        GUARD.check(request(Host=host))
    assert (caught.value.code, caught.value.status) == ("AccessDeniedException", 403)


@pytest.mark.parametrize(
    "origin", ["http://localhost:8080", "http://127.0.0.1", "https://[::1]:3000", "http://local-aws"]
)
def test_a_page_of_our_own_may_call(origin: str) -> None:
    GUARD.check(request(Host="127.0.0.1:5555", Origin=origin))


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost.evil.example", "null", "", "http://192.168.0.7", "file://"],
)
def test_any_other_page_is_refused(origin: str) -> None:
    with pytest.raises(AwsError, match="does not answer to web pages") as caught:
        GUARD.check(request(Host="127.0.0.1:5555", Origin=origin))
    assert (caught.value.code, caught.value.status) == ("AccessDeniedException", 403)


SIGNED = "Authorization: AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/{service}/aws4_request\r\n"
CONTROL = "POST / HTTP/1.1\r\nX-Amz-Target: SageMaker.ListModels\r\n" + SIGNED.format(service="sagemaker")
INVOKE = "POST /endpoints/e/invocations HTTP/1.1\r\n" + SIGNED.format(service="sagemaker")


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        pytest.param(CONTROL, 200, id="control-plane"),
        pytest.param(INVOKE, 400, id="runtime"),
        pytest.param("PUT /bucket-of-a-page HTTP/1.1\r\n", 200, id="s3"),
        pytest.param("GET /moto-api/ HTTP/1.1\r\n", 200, id="moto"),
        pytest.param("OPTIONS / HTTP/1.1\r\nAccess-Control-Request-Method: PUT\r\n", 200, id="preflight"),
    ],
)
def test_no_part_of_the_server_answers_a_page(server: LocalAwsServer, request_: str, allowed: int) -> None:
    assert raw_status(server.url, f"{request_}Host: evil.example\r\n") == 403
    assert raw_status(server.url, f"{request_}Host: 127.0.0.1\r\nOrigin: https://evil.example\r\n") == 403
    assert raw_status(server.url, f"{request_}Host: 127.0.0.1\r\n") == allowed


def test_a_request_without_a_host_is_refused(server: LocalAwsServer) -> None:
    assert raw_status(server.url, "GET / HTTP/1.0\r\n") == 403


def test_a_host_name_is_allowed_on_the_command_line() -> None:
    with local_aws_server("--allow-host", "local-aws") as server:
        assert raw_status(server.url, "GET / HTTP/1.1\r\nHost: local-aws:5555\r\n") == 200
        assert raw_status(server.url, "GET / HTTP/1.1\r\nHost: evil.example\r\n") == 403
