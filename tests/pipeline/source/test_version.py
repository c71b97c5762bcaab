"""Asking a source for its version: on the web, on S3, in a folder."""

import hashlib
import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from include.pipeline.documents.raw_data import SourceVersion
from include.pipeline.errors import SourceError
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.version import has_changed, last_known, look_up_version
from include.pipeline.source.web import Patience, UnavailableError
from tests.services.misbehaving_web import CSV, Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Look = Callable[[str], SourceVersion]

EVENING = "Mon, 23 Nov 2026 18:00:00 GMT"
MORNING = "Tue, 24 Nov 2026 06:00:00 GMT"


@pytest.fixture
def look(web: MisbehavingWeb, s3: "S3Client", tmp_path: Path) -> Look:
    """Looks, with a limit of 1,000 bytes."""
    return partial(
        look_up_version,
        policy=SourcePolicy(local_folder=tmp_path, http_hosts=(web.host,), max_bytes=1000),
        s3=s3,
        patience=Patience(connect_seconds=1, read_seconds=0.3),
    )


def version(etag: str | None = None, last_modified: str | None = None, url: str = "u.csv") -> SourceVersion:
    return SourceVersion(url=url, etag=etag, last_modified=last_modified, bytes=16)


@pytest.mark.parametrize(
    "told",
    [
        {"ETag": '"v1"', "Last-Modified": EVENING},
        {"ETag": 'W/"v1"'},
        {"Last-Modified": EVENING},
        {"ETag": "", "Last-Modified": EVENING},
    ],
    ids=str,
)
def test_a_web_server_is_asked_for_its_headers_only(
    told: dict[str, str], web: MisbehavingWeb, look: Look
) -> None:
    url = web.url("/bank.csv", Answer(headers=told))
    assert look(url) == SourceVersion(
        url=url, etag=told.get("ETag") or None, last_modified=told.get("Last-Modified"), bytes=16
    )
    assert web.asked == {"HEAD /bank.csv": 1}


def test_a_size_that_is_not_told_is_not_known(web: MisbehavingWeb, look: Look) -> None:
    assert look(web.url("/bank.csv", Answer(headers={"ETag": '"v1"'}, open_ended=True))).bytes is None


@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_server_that_refuses_head_is_asked_by_get_and_left_before_the_file(
    status: int, web: MisbehavingWeb, look: Look
) -> None:
    # The body that it promises does not come: reading it would fail.
    said = Answer(headers={"ETag": '"v1"'}, promised=900)
    assert look(web.url("/bank.csv", Answer(status=status), said)).etag == '"v1"'
    assert web.asked == {"HEAD /bank.csv": 1, "GET /bank.csv": 1}


def test_a_redirect_leads_to_the_version(web: MisbehavingWeb, look: Look) -> None:
    web.url("/new.csv", Answer(headers={"ETag": '"v1"'}))
    url = web.url("/old.csv", Answer(status=302, headers={"Location": "/new.csv"}))
    assert (look(url).url, look(url).etag) == (url, '"v1"')


def test_size_alone_is_no_version(web: MisbehavingWeb, look: Look) -> None:
    with pytest.raises(SourceError, match=r"answers without ETag and Last-Modified(?s:.*)watch: null"):
        look(web.url("/bank.csv"))


VERSIONED = {"ETag": '"v1"'}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=404, headers=VERSIONED), "404 Not Found\nExpected: a source answers 200"),
        (Answer(status=403, headers=VERSIONED), "403 Forbidden\nExpected: a source answers 200"),
        (Answer(headers=VERSIONED | {"Content-Type": "text/html"}), "a source is a table, not a web page"),
        (Answer(headers=VERSIONED, promised=1001), "has at least 1001 bytes"),
        (
            Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/x"}),
            "leads to http://169.254.169.254/latest/meta-data/x\nExpected: plain http may",
        ),
        (
            Answer(status=302, headers={"Location": "https://127.0.0.1:1/x.csv"}),
            "leads to https://127.0.0.1:1/x.csv is at 127.0.0.1",
        ),
    ],
)
def test_what_would_be_no_data_has_no_version(
    answer: Answer, said: str, web: MisbehavingWeb, look: Look
) -> None:
    with pytest.raises(SourceError) as refused:
        look(web.url("/bank.csv", answer))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/a.csv", "http://example.org/a.csv", "ftp://example.org/a.csv", "/etc/passwd"],
)
def test_what_the_policy_forbids_is_not_asked(url: str, look: Look) -> None:
    with pytest.raises(SourceError):
        look(url)


@pytest.mark.parametrize(
    "fault", [Answer(status=500), Answer(status=503), Answer(status=429), Answer(delay=0.8)]
)
def test_a_fault_that_may_pass_is_no_refusal(fault: Answer, web: MisbehavingWeb, look: Look) -> None:
    url = web.url("/bank.csv", fault, Answer(headers=VERSIONED))
    with pytest.raises(UnavailableError, match=url):
        look(url)
    assert look(url).etag == '"v1"'


def test_a_server_that_is_not_there_may_come_back(web: MisbehavingWeb, look: Look) -> None:
    web.end()
    with pytest.raises(UnavailableError, match="ConnectError"):
        look(f"http://{web.host}/bank.csv")


@pytest.mark.parametrize(
    "answer", [Answer(headers=VERSIONED), Answer(), Answer(status=404), Answer(status=503)]
)
def test_secrets_of_a_url_appear_nowhere(
    answer: Answer, web: MisbehavingWeb, look: Look, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = web.url("/bank.csv", answer) + "?X-Amz-Signature=SECRET"
    try:
        said = look(url).model_dump_json()
    except (SourceError, UnavailableError) as error:
        said = str(error)
    assert said
    assert "SECRET" not in said + caplog.text


def test_an_object_tells_its_version(look: Look, s3: "S3Client") -> None:
    s3.put_object(Bucket="bucket", Key="theirs/bank.csv", Body=CSV)
    first = look("s3://bucket/theirs/bank.csv")
    assert first.etag == f'"{hashlib.md5(CSV, usedforsecurity=False).hexdigest()}"'
    assert first.bytes == len(CSV)
    assert not has_changed(look("s3://bucket/theirs/bank.csv"), first)
    s3.put_object(Bucket="bucket", Key="theirs/bank.csv", Body=CSV + b"1,1\n")
    assert has_changed(look("s3://bucket/theirs/bank.csv"), first)


def test_an_absent_object_is_refused(look: Look) -> None:
    with pytest.raises(SourceError, match="there is no such object"):
        look("s3://bucket/absent.csv")


def test_a_denied_object_is_refused_and_a_fault_of_s3_may_pass(look: Look, s3: "S3Client") -> None:
    with Stubber(s3) as stub:
        stub.add_client_error("head_object", "403", http_status_code=403)
        stub.add_client_error("get_object", "AccessDenied", "Access Denied", http_status_code=403)
        stub.add_client_error("head_object", "403", http_status_code=403)
        stub.add_client_error("get_object", "InvalidAccessKeyId", http_status_code=403)
        stub.add_client_error("head_object", "503", http_status_code=503)
        with pytest.raises(SourceError, match=r"access is denied(?s:.*)Allow s3:GetObject"):
            look("s3://bucket/bank.csv")
        with pytest.raises(SourceError, match="AWS does not know the access key"):
            look("s3://bucket/bank.csv")
        with pytest.raises(ClientError, match="503"):
            look("s3://bucket/bank.csv")


def test_a_local_file_is_told_by_its_content(look: Look, tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_bytes(CSV)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    first = look("bank.csv")
    assert first == SourceVersion(
        url="bank.csv",
        etag=hashlib.sha256(CSV).hexdigest(),
        last_modified="Sun, 09 Sep 2001 01:46:40 GMT",
        bytes=16,
    )
    os.utime(file, (1_100_000_000, 1_100_000_000))
    assert not has_changed(look("bank.csv"), first)
    file.write_bytes(CSV.replace(b"31", b"32"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert has_changed(look("bank.csv"), first)


@pytest.mark.parametrize(
    ("now", "known", "changed"),
    [
        (version('"a"', EVENING), version('"a"', EVENING), False),
        (version('"a"', MORNING), version('"a"', EVENING), False),
        (version('"b"', EVENING), version('"a"', EVENING), True),
        (version('W/"a"'), version('"a"'), False),
        (version('"a"'), version('W/"a"'), False),
        (version('W/"b"'), version('W/"a"'), True),
        (version(None, EVENING), version(None, EVENING), False),
        (version(None, MORNING), version(None, EVENING), True),
        # It may have been put back.
        (version(None, EVENING), version(None, MORNING), True),
        # The server has begun, or ceased, to give an ETag.
        (version('"a"', EVENING), version(None, EVENING), False),
        (version(None, MORNING), version('"a"', EVENING), True),
        (version(None, EVENING), version('"a"'), True),
    ],
)
def test_a_version_is_told_from_another(now: SourceVersion, known: SourceVersion, changed: bool) -> None:
    assert has_changed(now, known) is changed


def test_the_newest_memory_of_the_source_counts() -> None:
    memories = [{"from_rest_api": True}, version("b", url="https://a.org/x.csv"), version("a"), None]
    written = [memory.model_dump() if isinstance(memory, SourceVersion) else memory for memory in memories]
    assert last_known("https://a.org/x.csv?sig=NEW", written) == memories[1]
    assert last_known("u.csv", written) == memories[2]
    assert last_known("https://a.org/y.csv", written) is None
