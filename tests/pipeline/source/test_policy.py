"""Which URLs a policy allows, before anything is read."""

from pathlib import Path

import pytest

from include.pipeline.errors import SourceError
from include.pipeline.source.policy import SourcePolicy


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/data/bank.csv",
        "HTTPS://example.org/bank.csv?version=1",
        "https://fa\xdf.example/bank.csv",
        "https://\ua66d.example/bank.csv",  # younger than Python's own codec for host names
        "s3://bucket/folder/bank.csv",
        "s3://bucket/folder/",
        "http://plain.example/bank.csv",
        "http://PLAIN.example:8080/bank.csv",
        "http://ported.example:81/bank.csv",
        "http://default.example/bank.csv",
        "http://[::1]:8000/bank.csv",
    ],
)
def test_the_policy_allows(url: str) -> None:
    hosts = ("plain.example", "Ported.example:81", "default.example:80", "[::1]:8000")
    SourcePolicy(http_hosts=hosts).check(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.org/bank.csv", "plain http may reach plain.example:81 only"),
        ("http://plain.example/bank.csv", "plain http may reach plain.example:81 only"),
        ("http://plain.example:81@evil.example/bank.csv", "a URL holds no user and no password"),
        ("ftp://me:PASSWORD@example.org/bank.csv", "ftp:// is not one of https://, s3://, file://, http://"),
        ("https:///bank.csv", "it has to be https://<host>"),
        ("https://me:PASS/WORD@example.org/bank.csv", "a URL holds no user and no password"),
        ("https://example.org/", "its path has to end in a file name"),
        ("https://example.org/data/..", "its path has to end in a file name"),
        ("https://example.org/a\nb.csv", "a URL holds no control characters"),
        ("s3://bucket", "it has to be s3://<bucket>/<key>"),
        ("s3:///bank.csv", "it has to be s3://<bucket>/<key>"),
        ("s3://bucket/", "it has to be s3://<bucket>/<key>"),
        ("/data/bank.csv", "local files are not allowed here"),
        ("file:///data/bank.csv", "local files are not allowed here"),
        ("", "local files are not allowed here"),
    ],
)
def test_the_policy_refuses(url: str, said: str) -> None:
    with pytest.raises(SourceError) as refused:
        SourcePolicy(http_hosts=("plain.example:81",)).check(url)
    assert said in str(refused.value)
    assert "PASS" not in str(refused.value)
    assert "\n" not in refused.value.found


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "::1",
        "fe80::1",
        "fd00::1",
    ],
)
@pytest.mark.parametrize("others", [(), ("93.184.215.14",)])
def test_the_workers_own_network_is_not_a_source(address: str, others: tuple[str, ...]) -> None:
    with pytest.raises(SourceError, match=r"https://example.org/a.csv is at (?s:.*)source_http_hosts"):
        SourcePolicy().check_addresses("https://example.org/a.csv?secret", (*others, address))


def test_public_addresses_and_listed_hosts_are() -> None:
    SourcePolicy().check_addresses("https://example.org/a.csv", ["93.184.215.14", "2606:2800:21f:cb07::1"])
    SourcePolicy(http_hosts=("data.corp",)).check_addresses("https://data.corp/a.csv", ["10.1.2.3"])
    SourcePolicy(http_hosts=("data.corp:443",)).check_addresses("https://data.corp/a.csv", ["10.1.2.3"])


def test_a_policy_survives_its_way_through_json() -> None:
    policy = SourcePolicy(local_folder=Path("/data"), http_hosts=("a", "b:1"), max_bytes=7)
    assert SourcePolicy.model_validate(policy.model_dump(mode="json")) == policy


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../outside.csv", "local files are read below"),
        ("sly.csv", "local files are read below"),
        ("/etc/passwd", "local files are read below"),
        ("file:///etc/passwd", "local files are read below"),
        ("absent.csv", "is no file below"),
        ("a_folder", "is no file below"),
        ("round.csv", "is no file below"),
    ],
)
def test_the_policy_refuses_a_local_file(path: str, said: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "a_folder").mkdir(parents=True)
    (tmp_path / "outside.csv").touch()
    (folder / "sly.csv").symlink_to("../outside.csv")
    (folder / "round.csv").symlink_to("round.csv")
    with pytest.raises(SourceError, match=said):
        SourcePolicy(local_folder=folder).check(path)


def test_a_file_above_the_limit_is_refused() -> None:
    policy = SourcePolicy(max_bytes=16)
    policy.check_size("bank.csv", 16)
    with pytest.raises(SourceError, match=r"has at least 17 bytes\nExpected: a source has at most 16"):
        policy.check_size("bank.csv", 17)
