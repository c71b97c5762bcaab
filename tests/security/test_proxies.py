"""A proxy asks in the worker's place: what it is asked for is within the policy, as far as can be told here.

Who: whoever may trigger a run, or owns a server that redirects.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest

from include.pipeline.documents.raw_data import RawData
from include.pipeline.errors import SourceError, WorkerError
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.web import Patience
from tests.services.misbehaving_web import Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("_no_proxy")]

Bring = Callable[..., RawData]


@pytest.fixture
def proxy(web: MisbehavingWeb, monkeypatch: pytest.MonkeyPatch) -> MisbehavingWeb:
    """A proxy for all requests, which answers in the place of every server."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{web.host}")
    monkeypatch.setenv("HTTP_PROXY", f"http://{web.host}")
    return web


@pytest.fixture
def bring(s3: "S3Client") -> Bring:
    patience = Patience(connect_seconds=1, read_seconds=1, tries=1)
    return partial(fetch, s3=s3, raw_uri="s3://bucket/raw", patience=patience)


@pytest.mark.parametrize(
    "host",
    [
        *("10.1.2.3", "127.0.0.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.168.1.1"),
        *("[::1]", "[fd00:ec2::254]", "[::ffff:10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[fe80::1]"),
        *("2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "10.1.2.3."),
        *("localhost", "LocalHost.", "a.localhost", "metadata", "metadata.google.internal"),
        *("ip-10-0-0-1.ec2.internal", "printer.local", "router.home.arpa", "intranet"),
    ],
)
def test_no_inner_host_is_asked_of_a_proxy(host: str, proxy: MisbehavingWeb, bring: Bring) -> None:
    with pytest.raises(SourceError):
        bring(f"https://{host}/a.csv", policy=SourcePolicy())
    assert not proxy.asked


def test_a_public_name_is_the_proxys_to_look_up(
    proxy: MisbehavingWeb, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[object] = []
    real = socket.getaddrinfo

    def noted(host: object, *args: object, **kwargs: object) -> object:
        looked_up.append(host)
        return real(host, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    with pytest.raises(SourceError, match="ProxyError"):
        bring("https://data.example/a.csv", policy=SourcePolicy())
    assert proxy.asked == {"CONNECT data.example:443": 1}
    assert "data.example" not in [host.decode() if isinstance(host, bytes) else host for host in looked_up]


def test_listed_hosts_may_be_inner_ones(proxy: MisbehavingWeb, bring: Bring) -> None:
    url = "http://data.internal/a.csv"
    proxy.url(url)
    assert bring(url, policy=SourcePolicy(http_hosts=("data.internal",))).bytes
    assert proxy.asked == {f"GET {url}": 1}


def test_the_policy_holds_for_each_hop_of_a_proxied_request(proxy: MisbehavingWeb, bring: Bring) -> None:
    url = "http://data.example/a.csv"
    policy = SourcePolicy(http_hosts=("data.example",))
    for to, said in {
        "https://169.254.169.254/x.csv": "leads to https://169.254.169.254/x.csv is at 169.254.169.254",
        "http://other.example/x.csv": "plain http may reach data.example only",
        "ftp://data.example/x.csv": "it has to be https://",
    }.items():
        proxy.url(url, Answer(b"", status=302, headers={"Location": to}))
        with pytest.raises(SourceError, match=said):
            bring(url, policy=policy)
    assert proxy.asked == {f"GET {url}": 3}


@pytest.fixture
def inner() -> Iterator[tuple[int, list[object]]]:
    """A server of the worker's own network: its port, and who has connected to it."""
    connected: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                connected.append(address)
                connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], connected


@pytest.mark.parametrize(
    "exception",
    ["127.0.0.1:{port}", "all://127.0.0.1", "https://127.0.0.1:{port}", "x.example, 127.0.0.1:{port}"],
)
def test_no_proxy_is_read_as_the_client_reads_it(
    exception: str,
    inner: tuple[int, list[object]],
    proxy: MisbehavingWeb,
    bring: Bring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the client connects to itself is judged as such, however NO_PROXY is written."""
    port, connected = inner
    monkeypatch.setenv("NO_PROXY", exception.format(port=port))
    with pytest.raises(SourceError, match="is at 127"):
        bring(f"https://127.0.0.1:{port}/a.csv", policy=SourcePolicy())
    assert connected == []
    assert not proxy.asked


@pytest.mark.parametrize("proxied", [".data.example", "10.0.0.0/8", "data.example:444"])
def test_what_no_proxy_does_not_name_goes_through_the_proxy(
    proxied: str, proxy: MisbehavingWeb, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", proxied)
    with pytest.raises(SourceError, match="ProxyError"):
        bring("https://data.example/a.csv", policy=SourcePolicy())
    assert proxy.asked == {"CONNECT data.example:443": 1}


def test_a_password_of_the_proxy_is_told_to_it_and_to_nobody_else(
    web: MisbehavingWeb, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:PASSWORD@{web.host}")
    with pytest.raises(SourceError, match="ProxyError") as refused:
        bring("https://data.example/a.csv", policy=SourcePolicy())
    assert "PASSWORD" not in str(refused.value)
    assert web.heard["CONNECT data.example:443"]["Proxy-Authorization"] == "Basic bWU6UEFTU1dPUkQ="


def test_a_proxy_of_another_kind_is_refused_by_name(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://me:PASSWORD@127.0.0.1:1080")
    with pytest.raises(WorkerError, match=r"a proxy of socks5://(?s:.*)http:// or https://") as refused:
        bring("https://data.example/a.csv", policy=SourcePolicy())
    assert "PASSWORD" not in str(refused.value)
