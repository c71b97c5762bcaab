"""A source's host leads into the worker's own network, or to where a cloud hands out its credentials.

Who: whoever may trigger a run, and whoever owns a name or a server that `data_url` leads to.
"""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.documents.raw_data import RawData
from include.pipeline.errors import SourceError
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.web import Patience
from tests.services.misbehaving_web import Answer, Handler, MisbehavingWeb, serving

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.usefixtures("_no_proxy")

Bring = Callable[..., RawData]

PUBLIC = "93.184.215.14"
PATIENCE = Patience(connect_seconds=1, read_seconds=1, tries=1)

# What each stands for, and an address of it. Those that hold an IPv4 address hold 10.0.0.1 or a public one.
INNER = {
    "this host": "0.0.0.0",  # noqa: S104 - refused, not bound
    "this network": "0.1.2.3",
    "private": "10.1.2.3",
    "private, 172": "172.31.255.254",
    "private, 192": "192.168.0.1",
    "carrier-grade NAT": "100.64.0.1",
    "loopback": "127.8.9.1",
    "link-local": "169.254.1.1",
    "protocol assignments": "192.0.0.8",
    "documentation": "192.0.2.1",
    "documentation, 198": "198.51.100.1",
    "documentation, 203": "203.0.113.1",
    "6to4 relays": "192.88.99.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "multicast, administrative": "239.1.2.3",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "AWS: metadata": "169.254.169.254",
    "AWS: metadata, IPv6": "fd00:ec2::254",
    "AWS: credentials of ECS": "169.254.170.2",
    "AWS: credentials of EKS": "169.254.170.23",
    "AWS: credentials of EKS, IPv6": "fd00:ec2::23",
    "AWS: name server": "169.254.169.253",
    "Azure: wire server": "168.63.129.16",
    "Alibaba Cloud: metadata": "100.100.100.200",
    "Google Cloud: metadata, IPv6": "fd20:ce::254",
    "Oracle Cloud: metadata": "192.0.0.192",
    "IPv6: unspecified": "::",
    "IPv6: loopback": "::1",
    "IPv6: IPv4-compatible": "::10.0.0.1",
    "IPv6: IPv4-compatible, public": f"::{PUBLIC}",
    "IPv6: IPv4-mapped": "::ffff:10.0.0.1",
    "IPv6: IPv4-mapped, public": f"::ffff:{PUBLIC}",
    "IPv6: IPv4-translated": "::ffff:0:10.0.0.1",
    "IPv6: NAT64": "64:ff9b::10.0.0.1",
    "IPv6: NAT64, metadata": "64:ff9b::a9fe:a9fe",
    "IPv6: NAT64, local": "64:ff9b:1::10.0.0.1",
    "IPv6: discard": "100::1",
    "IPv6: Teredo": "2001:0:53aa:64c:0:fbff:f5ff:fffe",
    "IPv6: ORCHID": "2001:20::1",
    "IPv6: documentation": "2001:db8::1",
    "IPv6: documentation, 3fff": "3fff::1",
    "IPv6: 6to4": "2002:a00:1::1",
    "IPv6: 6to4, public": "2002:5db8:d70e::1",
    "IPv6: ISATAP": "2600:1f18::5efe:10.0.0.1",
    "IPv6: ISATAP, universal": "2600:1f18::200:5efe:10.0.0.1",
    "IPv6: not assigned": "4000::1",
    "IPv6: segment routing": "5f00::1",
    "IPv6: unique local": "fc00::1",
    "IPv6: unique local, fd": "fd12:3456::1",
    "IPv6: link-local": "fe80::1",
    "IPv6: link-local, scoped": "fe80::1%eth0",
    "IPv6: site-local": "fec0::1",
    "IPv6: multicast": "ff02::1",
    "IPv6: multicast, global": "ff0e::1",
}
OUTER = [PUBLIC, "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:2800:21f:cb07::1", "2a00:1450::1"]


@pytest.mark.parametrize("address", INNER.values(), ids=INNER)
@pytest.mark.parametrize("others", [(), (PUBLIC,)])
def test_an_inner_address_is_no_source(address: str, others: tuple[str, ...]) -> None:
    with pytest.raises(SourceError, match=r"https://example.org/a.csv is at (?s:.*)source_http_hosts"):
        SourcePolicy().check_addresses("https://example.org/a.csv?secret", (*others, address))


@pytest.mark.parametrize("address", OUTER)
def test_a_public_address_is(address: str) -> None:
    SourcePolicy().check_addresses("https://example.org/a.csv", [address])


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_no_address_that_python_calls_inner_is_outer(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    try:
        SourcePolicy().check_addresses("https://example.org/a.csv", [str(address)])
    except SourceError:
        return
    assert address.is_global
    assert not address.is_multicast


@given(st.ip_addresses(v=4), st.sampled_from(["::", "::ffff:", "64:ff9b::", "::ffff:0:", "64:ff9b:1::"]))
def test_no_ipv4_address_comes_in_as_ipv6(inner: ipaddress.IPv4Address, prefix: str) -> None:
    with pytest.raises(SourceError):
        SourcePolicy().check_addresses("https://example.org/a.csv", [f"{prefix}{inner}"])


def test_a_host_that_is_listed_may_be_inner_but_not_where_credentials_are() -> None:
    policy = SourcePolicy(http_hosts=("data.corp",))
    policy.check_addresses("https://data.corp/a.csv", ["10.1.2.3", "127.0.0.1", "fd12::1"])
    for address in (
        "169.254.169.254",
        "fd00:ec2::254",
        "fe80::a9fe:a9fe",
        "100.100.100.200",
        "168.63.129.16",
    ):
        with pytest.raises(SourceError, match="no source is where a cloud gives out credentials"):
            policy.check_addresses("https://data.corp/a.csv", [address])


@pytest.mark.parametrize(
    "host",
    [
        *("127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.0.0.1."),
        *("[::ffff:127.0.0.1]", "[::127.0.0.1]", "[0:0::1]", "localhost", "LOCALHOST.", "0", "0x0"),
    ],
)
def test_no_spelling_of_loopback_is_asked(host: str, web: MisbehavingWeb, bring: Bring) -> None:
    with pytest.raises(SourceError):
        bring(f"https://{host}:{web.server_port}/a.csv", policy=SourcePolicy())


class Resolver:
    """Answers each look-up of a name with the next address, the last again and again; counts them."""

    def __init__(self, answers: dict[str, list[str]]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self._real = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in self.answers:
            return self._real(host, port, *args, **kwargs)
        self.asked.append(name)
        known = self.answers[name]
        address = known.pop(0) if len(known) > 1 else known[0]
        return [info for one in address.split() for info in self._real(one, port, *args, **kwargs)]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    resolver = Resolver({})
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are connected to. Only those of this machine are let through."""
    addresses: list[str] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        addresses.append(address[0])
        if not ipaddress.ip_address(address[0]).is_loopback:
            raise OSError("no such way out of this test")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


@pytest.fixture
def bring(s3: "S3Client") -> Bring:
    return partial(fetch, s3=s3, raw_uri="s3://bucket/raw", patience=PATIENCE)


def test_the_name_that_was_judged_is_not_looked_up_again(
    web: MisbehavingWeb, bring: Bring, resolver: Resolver, connected: list[str]
) -> None:
    resolver.answers["rebinding.example"] = [PUBLIC, "127.0.0.1"]
    with pytest.raises(SourceError):
        bring(f"https://rebinding.example:{web.server_port}/a.csv", policy=SourcePolicy())
    assert connected == [PUBLIC]
    assert resolver.asked == ["rebinding.example"]


def test_each_redirect_is_looked_up_and_judged(
    web: MisbehavingWeb, bring: Bring, resolver: Resolver, connected: list[str]
) -> None:
    """The second server's name is that of the first, and leads to a listed host only at the first look."""
    resolver.answers["data.example"] = ["127.0.0.1", "169.254.169.254"]
    web.url("/end.csv")
    web.url("/a.csv", Answer(b"", status=302, headers={"Location": "/end.csv"}))
    with pytest.raises(SourceError, match=r"leads to http://data\.example:[0-9]+/end\.csv is at 169"):
        bring(
            f"http://data.example:{web.server_port}/a.csv", policy=SourcePolicy(http_hosts=("data.example",))
        )
    assert resolver.asked == ["data.example"] * 2
    assert connected == ["127.0.0.1"]
    assert web.asked == {"GET /a.csv": 1}


def test_where_one_address_of_several_does_not_answer_the_next_one_is_asked(
    web: MisbehavingWeb, bring: Bring, resolver: Resolver, connected: list[str]
) -> None:
    resolver.answers["data.example"] = [f"{PUBLIC} 127.0.0.1"]
    web.url("/a.csv")
    policy = SourcePolicy(http_hosts=("data.example",))
    assert bring(f"http://data.example:{web.server_port}/a.csv", policy=policy).bytes
    assert resolver.asked == ["data.example"]
    assert connected == [PUBLIC, "127.0.0.1"]


def test_a_name_with_an_inner_address_among_others_is_refused(
    bring: Bring, resolver: Resolver, connected: list[str]
) -> None:
    resolver.answers["data.example"] = [f"{PUBLIC} 10.0.0.1"]
    with pytest.raises(SourceError, match=r"is at 10\.0\.0\.1"):
        bring("https://data.example/a.csv", policy=SourcePolicy())
    assert connected == []


@contextmanager
def serving_tls(folder: Path, name: str) -> Iterator[MisbehavingWeb]:
    """Serve with TLS, by a certificate for that name; `ca.pem` in the folder is whom to trust for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of a test")])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "ca.pem").write_bytes(pem)
    (folder / "server.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")

    class Server(MisbehavingWeb):
        def get_request(self) -> tuple[socket.socket, Any]:
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True), address

        def handle_error(self, *_: object) -> None:
            """A client that does not trust the certificate leaves: no fault of the server."""

    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_certificate_is_held_against_the_name_not_the_address(
    tmp_path: Path, bring: Bring, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver.answers |= {"data.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    policy = SourcePolicy(http_hosts=("data.example", "other.example", "127.0.0.1"))
    with serving_tls(tmp_path, "data.example") as web:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        web.url("/a.csv")
        assert bring(f"https://data.example:{web.server_port}/a.csv", policy=policy).bytes
        for host in ("other.example", "127.0.0.1"):
            with pytest.raises(SourceError, match="CERTIFICATE_VERIFY_FAILED"):
                bring(f"https://{host}:{web.server_port}/a.csv", policy=policy)
        assert web.asked == {"GET /a.csv": 1}


def test_a_connection_is_not_used_for_another_name_at_the_same_address(
    tmp_path: Path, bring: Bring, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first server keeps its connection open, and redirects to a name that its certificate is not for."""
    monkeypatch.setattr(Handler, "keeps_open", True)
    resolver.answers |= {"data.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    policy = SourcePolicy(http_hosts=("data.example", "other.example"))
    with serving_tls(tmp_path, "data.example") as web:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        web.url("/b.csv")
        there = f"https://other.example:{web.server_port}/b.csv"
        web.url("/a.csv", Answer(b"", status=302, headers={"Location": there}))
        with pytest.raises(SourceError, match="CERTIFICATE_VERIFY_FAILED"):
            bring(f"https://data.example:{web.server_port}/a.csv", policy=policy)
        assert web.asked == {"GET /a.csv": 1}


def test_names_of_this_machine_are_served_only_where_they_are_listed(bring: Bring) -> None:
    with serving() as web:
        web.url("/a.csv")
        url = f"http://localhost:{web.server_port}/a.csv"
        assert bring(url, policy=SourcePolicy(http_hosts=("localhost",))).bytes
        with pytest.raises(SourceError, match="is at 127"):
            bring(url.replace("http", "https", 1), policy=SourcePolicy())
