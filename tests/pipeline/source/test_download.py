"""Bringing a file to the bucket: from the web, from a folder, from S3."""

import errno
import hashlib
import io
import logging
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from include.pipeline.documents.raw_data import RawData
from include.pipeline.errors import SourceError, WorkerError
from include.pipeline.source.download import Received, fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.web import Patience
from tests.services.misbehaving_web import CSV, SHA1, SHA256, Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Bring = Callable[[str], RawData]
Refusal = Callable[[str], str]

KEY = f"pipeline/raw/{SHA256}/bank.csv"


def stored(s3: "S3Client") -> dict[str, bytes]:
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="bucket").get("Contents", [])]
    return {key: s3.get_object(Bucket="bucket", Key=key)["Body"].read() for key in keys}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "bank.csv").write_bytes(CSV)
    return folder


@pytest.fixture
def bring(web: MisbehavingWeb, s3: "S3Client", folder: Path) -> Bring:
    """Fetches, with a limit of 1,000 bytes."""
    return partial(
        fetch,
        policy=SourcePolicy(local_folder=folder, http_hosts=(web.host,), max_bytes=1000),
        s3=s3,
        raw_uri="s3://bucket/pipeline/raw",
        patience=Patience(connect_seconds=1, read_seconds=0.3, first_wait_seconds=0.01),
    )


@pytest.fixture
def refusal(bring: Bring, s3: "S3Client") -> Refusal:
    """Fetches what has to be refused; nothing of it may be in the bucket."""

    def refused(url: str) -> str:
        with pytest.raises(SourceError) as caught:
            bring(url)
        assert stored(s3) == {}
        assert url.partition("?")[0] in caught.value.found
        return str(caught.value)

    return refused


def test_a_file_from_the_web_is_kept_under_its_content(
    web: MisbehavingWeb, bring: Bring, s3: "S3Client"
) -> None:
    version = {"ETag": '"v1"', "Last-Modified": "Mon, 23 Nov 2026 18:00:00 GMT"}
    url = web.url("/x/bank.csv", Answer(headers=version))
    assert bring(url) == RawData(
        uri=f"s3://bucket/{KEY}",
        url=url,
        sha1=SHA1,
        sha256=SHA256,
        bytes=16,
        etag='"v1"',
        last_modified="Mon, 23 Nov 2026 18:00:00 GMT",
    )
    assert stored(s3) == {KEY: CSV}


def test_a_large_file_arrives_whole(web: MisbehavingWeb, s3: "S3Client") -> None:
    body = b"a,y\n" + b"1,0\n" * 500_000
    policy = SourcePolicy(http_hosts=("127.0.0.1",), max_bytes=len(body))
    raw = fetch(web.url("/large.csv", Answer(body)), policy=policy, s3=s3, raw_uri="s3://bucket/raw/")
    assert (raw.bytes, raw.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert stored(s3) == {f"raw/{raw.sha256}/large.csv": body}


def test_the_sha1_in_a_name_is_held_to(web: MisbehavingWeb, bring: Bring) -> None:
    assert bring(web.url(f"/bank.{SHA1.upper()}.csv")).sha1 == SHA1


def test_another_content_than_the_name_promises_is_refused(web: MisbehavingWeb, refusal: Refusal) -> None:
    assert f"its name promises {SHA1}" in refusal(web.url(f"/bank.{SHA1}.csv", Answer(CSV + b"1,1\n")))


def test_what_is_there_is_not_sent_again(web: MisbehavingWeb, bring: Bring, s3: "S3Client") -> None:
    sent: list[str] = []
    s3.meta.events.register(
        "before-parameter-build.s3.PutObject", lambda params, **_: sent.append(params["Key"])
    )
    assert bring(web.url("/bank.csv")) == bring(web.url("/bank.csv"))
    assert sent == [KEY]


def test_an_object_of_another_size_is_replaced(web: MisbehavingWeb, bring: Bring, s3: "S3Client") -> None:
    s3.put_object(Bucket="bucket", Key=KEY, Body=CSV[:5])
    bring(web.url("/bank.csv"))
    assert stored(s3) == {KEY: CSV}


@pytest.mark.parametrize(
    ("path", "name"),
    [("/b%C3%A4nk%20(1).csv", "b_nk_1_.csv"), ("/data?sig=SECRET", "data"), ("/x/" + "a" * 300, "a" * 255)],
)
def test_the_name_is_one_that_s3_likes(path: str, name: str, web: MisbehavingWeb, bring: Bring) -> None:
    web.url(path.partition("?")[0])
    assert bring(f"http://{web.host}{path}").uri == f"s3://bucket/pipeline/raw/{SHA256}/{name}"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404, body=b"absent"), "404 Not Found\nExpected: a source answers 200"),
        (Answer(status=403), "403 Forbidden\nExpected: a source answers 200"),
        (Answer(status=304, body=b""), "304 Not Modified\nExpected: a source answers 200"),
        (Answer(headers={"Content-Type": "text/html; charset=utf-8"}), "with text/html\nExpected: a source"),
        (
            Answer(b"\n<!DOCTYPE html><html>"),
            "page\nExpected: a source is CSV, Parquet or JSON Lines\nTo do: Use the URL of the file",
        ),
        (Answer(b"\xef\xbb\xbf<html lang='en'>"), "is an HTML page\nExpected: a source is CSV"),
        (Answer(b""), "is empty\nExpected: a source has a header"),
        (Answer(b"", status=204), "is empty\nExpected: a source has a header"),
        (Answer(promised=1001), "has at least 1001 bytes\nExpected: a source has at most 1000"),
        (Answer(b"1" * 1001, open_ended=True), "has at least 1001 bytes\nExpected: a source has at most"),
    ],
)
def test_an_answer_that_is_no_data_is_refused_at_once(
    answer: Answer, said: str, web: MisbehavingWeb, refusal: Refusal
) -> None:
    assert said in refusal(web.url("/bank.csv", answer))
    assert web.asked["GET /bank.csv"] == 1


TRANSIENT = {
    "503 Service Unavailable": Answer(status=503),
    "429 Too Many Requests": Answer(status=429),
    "ReadTimeout": Answer(delay=0.8),
    "received 40 bytes, expected 50": Answer(b"1" * 40, promised=50),
}


@pytest.mark.parametrize("fault", TRANSIENT.values(), ids=TRANSIENT)
def test_a_passing_fault_is_met_with_another_try(fault: Answer, web: MisbehavingWeb, bring: Bring) -> None:
    raw = bring(web.url("/bank.csv", fault, fault, Answer()))
    assert (raw.bytes, raw.sha256) == (16, SHA256)


@pytest.mark.parametrize(("said", "fault"), TRANSIENT.items(), ids=TRANSIENT)
def test_a_fault_that_stays_is_refused_after_three_tries(
    said: str, fault: Answer, web: MisbehavingWeb, refusal: Refusal
) -> None:
    message = refusal(web.url("/bank.csv", fault))
    assert said in message
    assert "has to answer in full within 3 tries and 600 s" in message
    assert web.asked["GET /bank.csv"] == 3


def test_a_server_that_is_not_there_is_refused(web: MisbehavingWeb, refusal: Refusal) -> None:
    web.end()
    assert "ConnectError" in refusal(web.url("/bank.csv"))


def redirect(to: str) -> Answer:
    return Answer(b"", status=302, headers={"Location": to})


def chain(web: MisbehavingWeb, hops: int) -> str:
    for hop in range(hops):
        web.url(f"/{hop}", redirect(f"/{hop + 1}"))
    web.url(f"/{hops}")
    return f"http://{web.host}/0"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
def test_a_server_in_the_workers_own_network_is_refused_before_it_is_asked(
    host: str, refusal: Refusal
) -> None:
    assert f"https://{host}:1/a.csv is at" in refusal(f"https://{host}:1/a.csv")


def test_five_redirects_are_followed(web: MisbehavingWeb, bring: Bring) -> None:
    raw = bring(chain(web, 5))
    assert (raw.sha256, raw.url) == (SHA256, f"http://{web.host}/0")


def test_a_sixth_redirect_is_refused(web: MisbehavingWeb, refusal: Refusal) -> None:
    assert "redirects at most 5 times" in refusal(chain(web, 6))
    assert web.asked["GET /6"] == 0


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (
            "http://127.0.0.1:9/x.csv?key=SECRET",
            "to http://127.0.0.1:9/x.csv\nExpected: plain http may",
        ),
        ("ftp://example.org/x.csv", "leads to data_url = ftp://...\nExpected: it has to be https://"),
        ("https://xn--/x.csv", "leads to a host that is none (Malformed A-label"),
        ("https://a..org/x.csv", "leads to https://...\nExpected: it has to be a valid URL"),
        ("https://example.org:99999/x.csv", "leads to https://example.org:99999/x.csv\nExpected: a port is"),
        (
            "file://localhost/etc/passwd",
            "leads to file://localhost/etc/passwd\nExpected: it has to be https://",
        ),
    ],
)
def test_a_redirect_to_where_the_policy_forbids_is_refused(
    to: str, said: str, web: MisbehavingWeb, refusal: Refusal
) -> None:
    message = refusal(web.url("/bank.csv", redirect(to)))
    assert said in message
    assert "SECRET" not in message


@pytest.mark.parametrize("answer", [Answer(), Answer(status=404), Answer(status=503), Answer(b"<html>")])
def test_secrets_of_a_url_appear_nowhere(
    answer: Answer, web: MisbehavingWeb, bring: Bring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plain = web.url("/bank.csv", answer)
    try:
        said = bring(plain + "?X-Amz-Signature=SECRET#SECRET").model_dump_json()
    except SourceError as error:
        said = str(error)
    assert plain in said
    assert "SECRET" not in said + caplog.text


def test_local_files_are_read_below_the_folder(folder: Path, bring: Bring) -> None:
    deep = folder / "deep er" / "bank.csv"
    deep.parent.mkdir()
    deep.write_bytes(CSV)
    (folder / "link.csv").symlink_to(deep)
    same = folder.parent / "same"
    same.symlink_to(folder)
    paths = ("bank.csv", f"{folder}/bank.csv", f"{deep.parent}/../bank.csv", "link.csv", f"{same}/bank.csv")
    for url in (*paths, deep.as_uri()):
        assert bring(url).sha256 == SHA256


def test_a_local_file_tells_when_it_changed(folder: Path, bring: Bring) -> None:
    os.utime(folder / "bank.csv", (1_000_000_000, 1_000_000_000))
    assert bring("bank.csv").last_modified == "Sun, 09 Sep 2001 01:46:40 GMT"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1" * 1001, "has at least 1001 bytes"),
        (b"", "is empty"),
        (b"<html>", "is an HTML page"),
        (b"BZh91AY&SY", "is bzip2"),
        (b"SQLite format 3\0", "is an SQLite database"),
    ],
)
def test_a_local_file_that_is_no_data_is_refused(
    content: bytes, said: str, folder: Path, refusal: Refusal
) -> None:
    (folder / "odd.csv").write_bytes(content)
    assert said in refusal("odd.csv")


class FullFile(io.BytesIO):
    """A file on a disk without room."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("source", ["local", "web", "s3"])
def test_a_full_disk_is_told_and_leaves_no_half_object(
    source: str,
    web: MisbehavingWeb,
    bring: Bring,
    s3: "S3Client",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s3.put_object(Bucket="bucket", Key="theirs.csv", Body=CSV)
    url = {"local": "bank.csv", "web": web.url("/bank.csv"), "s3": "s3://bucket/theirs.csv"}[source]
    monkeypatch.setattr(tempfile, "TemporaryFile", FullFile)
    with pytest.raises(WorkerError, match=r"of the worker is full \(\[Errno 28\] No space left on device\)"):
        bring(url)
    assert stored(s3) == {"theirs.csv": CSV}


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EMFILE])
def test_another_fault_of_the_disk_is_not_told_as_a_full_one(
    code: int, bring: Bring, web: MisbehavingWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, "...")

    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    with pytest.raises(OSError, match=f"Errno {code}"):
        bring(web.url("/bank.csv"))


def test_a_file_that_may_not_be_read_is_refused(
    folder: Path, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)  # file modes do not bind root, who runs tests in containers
    assert "cannot be read ([Errno 13] Permission denied)" in refusal(str(folder / "bank.csv"))


def test_an_object_is_copied(bring: Bring, s3: "S3Client") -> None:
    s3.put_object(Bucket="bucket", Key="theirs/bank a&1.csv", Body=CSV)
    raw = bring("s3://bucket/theirs/bank a&1.csv")
    assert (raw.url, raw.sha1) == ("s3://bucket/theirs/bank a&1.csv", SHA1)
    assert stored(s3)[f"pipeline/raw/{SHA256}/bank_a_1.csv"] == CSV


def test_an_absent_object_is_refused(refusal: Refusal) -> None:
    assert "there is no such object" in refusal("s3://bucket/absent.csv")


def test_a_bucket_that_is_not_there_is_no_fault_of_the_source(folder: Path, s3: "S3Client") -> None:
    with pytest.raises(s3.exceptions.NoSuchBucket):
        fetch("bank.csv", policy=SourcePolicy(local_folder=folder), s3=s3, raw_uri="s3://absent/raw")


def test_a_file_is_counted_and_hashed() -> None:
    received = Received.of(io.BytesIO(CSV), etag="v1", last_modified=None)
    assert received == Received(SHA1, SHA256, 16, "v1", None)
