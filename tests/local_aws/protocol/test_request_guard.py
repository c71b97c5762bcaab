"""Who may call: programs on this machine, and no web page in its browser."""

from urllib.parse import urlsplit

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from local_aws.errors import AwsError
from local_aws.protocol.request_guard import RequestGuard
from tests.aws.signed_requests import signed_headers
from tests.raw_http import raw_status
from tests.services.local_aws_server import LocalAwsServer, local_aws_server

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
    "origin",
    [
        "https://evil.example",
        "http://localhost:8080",
        "http://127.0.0.1:5555",
        "https://[::1]:3000",
        "http://local-aws",
        "null",
        "",
        "file://",
    ],
)
def test_every_page_is_refused(origin: str) -> None:
    with pytest.raises(AwsError, match="does not answer to web pages") as caught:
        GUARD.check(request(Host="127.0.0.1:5555", Origin=origin))
    assert (caught.value.code, caught.value.status) == ("AccessDeniedException", 403)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", ""])
def test_every_fetch_of_a_page_is_refused(site: str) -> None:
    with pytest.raises(AwsError, match="does not answer to fetches of web pages") as caught:
        GUARD.check(request(Host="127.0.0.1:5555", **{"Sec-Fetch-Site": site}))
    assert (caught.value.code, caught.value.status) == ("AccessDeniedException", 403)


def test_an_address_that_a_user_opens_in_a_browser_is_no_pages() -> None:
    GUARD.check(request(Host="127.0.0.1:5555", **{"Sec-Fetch-Site": "none"}))


@pytest.mark.parametrize(
    ("method", "path", "service", "allowed"),
    [
        pytest.param("POST", "/", "sagemaker", 200, id="control-plane"),
        pytest.param("POST", "/endpoints/e/invocations", "sagemaker", 400, id="runtime"),
        pytest.param("PUT", "/bucket-of-a-page", "s3", 200, id="s3"),
        pytest.param("OPTIONS", "/bucket-of-a-page", "s3", 200, id="preflight"),
    ],
)
def test_no_part_of_the_server_answers_a_page(
    server: LocalAwsServer, method: str, path: str, service: str, allowed: int
) -> None:
    target = {"X-Amz-Target": "SageMaker.ListModels"} if path == "/" else {}
    headers = signed_headers(method, f"{server.url}{path}", headers=target, service=service)
    host = urlsplit(server.url).netloc
    lines = f"{method} {path} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in headers.items()
    )
    assert raw_status(server.url, f"{lines}Host: evil.example\r\n") == 403
    assert raw_status(server.url, f"{lines}Host: {host}\r\nOrigin: {server.url}\r\n") == 403
    assert raw_status(server.url, f"{lines}Host: {host}\r\nSec-Fetch-Site: cross-site\r\n") == 403
    assert raw_status(server.url, f"{lines}Host: {host}\r\n") == allowed


def test_a_request_without_a_host_is_refused(server: LocalAwsServer) -> None:
    assert raw_status(server.url, "GET / HTTP/1.0\r\n") == 403


def test_a_host_name_is_allowed_on_the_command_line() -> None:
    with local_aws_server("--allow-host", "local-aws", "--accept-any-signature") as server:
        assert raw_status(server.url, "GET / HTTP/1.1\r\nHost: local-aws:5555\r\n") == 200
        assert raw_status(server.url, "GET / HTTP/1.1\r\nHost: evil.example\r\n") == 403
