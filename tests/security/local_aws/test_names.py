"""A name of a bucket or a key that leads out of its place, or to what is no object."""

from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import pytest
import urllib3

from tests.aws.clients import Aws
from tests.aws.signed_requests import signed_headers

NAMES = [
    *(
        ".",
        "..",
        "...",
        "%2e",
        "%2E%2e",
        ".%2e",
        "a",
        "ab",
        "-ab",
        "ab-",
        "a..b",
        "a.-b",
        "A-bucket",
        "a_bucket",
    ),
    *(
        "192.168.0.1",
        "xn--bucket",
        "bucket-s3alias",
        "b" * 64,
        "%00ab",
        "moto-api",
        "latest",
        "ab%5c",
        "ab%0acd",
    ),
    *("%2fetc", "", "caf%C3%A9"),
]


def ask(owner: Aws, method: str, path: str, service: str = "s3") -> urllib3.BaseHTTPResponse:
    # What AWS signs is the path with every character encoded in its one way.
    signed = quote(unquote_to_bytes(path), safe="/-_.~")
    headers = signed_headers(method, f"{owner.url}{signed}", service=service)
    # As it is: urllib3 resolves dots in the URLs of a pool manager.
    with urllib3.connection_from_url(owner.url, retries=False) as connection:
        return connection.urlopen(method, path, headers=headers)


@pytest.fixture(scope="module")
def kept(owner: Aws, data_dir: Path) -> list[Path]:
    """What is on the disk, of a bucket with an object."""
    owner.client("s3").create_bucket(Bucket="names")
    owner.client("s3").put_object(Bucket="names", Key="object", Body=b"kept")
    files = [path for path in data_dir.rglob("*") if path.is_file() and "unfinished" not in path.parts]
    assert len(files) > 1
    return files


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_name_of_a_bucket_reaches_nothing(owner: Aws, kept: list[Path], name: str) -> None:
    for method in ("PUT", "GET", "HEAD", "POST", "DELETE"):
        for key in ("", "/", "/key"):
            if f"{name}{key}" in {"", "/"}:
                continue
            answer = ask(owner, method, f"/{name}{key}")
            assert answer.status in {400, 403}, (method, key)
            assert method == "HEAD" or b"<Code>InvalidBucketName</Code>" in answer.data
            assert [path for path in kept if not path.exists()] == []


@pytest.mark.parametrize(
    "key", ["../x", "a/../../x", "./../x", "%2e%2e/x", "..%2fx", "%ff", "k" * 1025, "%C3%A9" * 513]
)
def test_what_is_no_key_reaches_nothing(owner: Aws, kept: list[Path], key: str) -> None:
    for method in ("PUT", "GET", "DELETE"):
        answer = ask(owner, method, f"/names/{key}")
        assert answer.status == 400
        assert b"<Code>InvalidURI</Code>" in answer.data or b"<Code>KeyTooLongError</Code>" in answer.data
    assert [path for path in kept if not path.exists()] == []


@pytest.mark.parametrize("source", ["../etc/passwd", "./object", "names/../../object", "/../names/object"])
def test_nothing_is_copied_from_what_is_no_name(owner: Aws, source: str) -> None:
    url = f"{owner.url}/names/copy"
    headers = signed_headers("PUT", url, headers={"x-amz-copy-source": source}, service="s3")
    answer = urllib3.request("PUT", url, headers=headers)
    assert answer.status == 400
    assert b"<Code>InvalidBucketName</Code>" in answer.data or b"<Code>InvalidURI</Code>" in answer.data


@pytest.mark.parametrize("service", ["lambda", "apigateway", "sagemaker", "logs"])
def test_no_path_of_another_service_is_taken_for_a_bucket(owner: Aws, kept: list[Path], service: str) -> None:
    for path in ("/.", "/..", "/names"):
        ask(owner, "DELETE", path, service)
        assert [path for path in kept if not path.exists()] == []


@pytest.mark.parametrize("key", ["a..b", "..a", "a/../b", "a/./b", "a//b", "ä/+ %", "k" * 1024, "a\\b"])
def test_unusual_keys_that_s3_has_are_no_attack(owner: Aws, key: str) -> None:
    s3 = owner.client("s3")
    s3.put_object(Bucket="names", Key=key, Body=b"x")
    assert s3.get_object(Bucket="names", Key=key)["Body"].read() == b"x", quote(key)
