"""A source of several files below a prefix on S3: one archive, one table, one version."""

import gzip
import io
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import pytest

from include.pipeline.documents.table.file_form import FileForm
from include.pipeline.errors import DataError, SourceError
from include.pipeline.source.download import fetch
from include.pipeline.source.forms.several import as_one_csv
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.version import has_changed, look_up_version

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

URL = "s3://bucket/bank/2026/"
POLICY = SourcePolicy(max_bytes=10_000)
FILES = {
    "b.csv": b"age,y\n2,1",
    "a.csv": b'\xef\xbb\xbf\n"age",y\r\n1,0\r\n',
    "c/d.csv.gz": gzip.compress(b"age,y\n3,0\n"),
}
NO_DATA = {"_SUCCESS": b"x", ".a.crc": b"x", "_temporary/0.csv": b"x", "empty.csv": b"", "c/": b""}


@pytest.fixture
def prefix(s3: "S3Client") -> "S3Client":
    for name, content in {**FILES, **NO_DATA}.items():
        s3.put_object(Bucket="bucket", Key=f"bank/2026/{name}", Body=content)
    s3.put_object(Bucket="bucket", Key="bank/2026.csv", Body=b"another")
    return s3


bring = partial(fetch, URL, policy=POLICY, raw_uri="s3://bucket/raw")
look = partial(look_up_version, URL, policy=POLICY)


def content_of(s3: "S3Client", uri: str) -> bytes:
    return s3.get_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/"))["Body"].read()


def joined(files: dict[str, bytes], most: int = 10_000) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with as_one_csv(file, FileForm(), most=most) as table:
        return table.read()


def test_its_files_become_one_archive_in_the_order_of_their_keys(prefix: "S3Client") -> None:
    raw = bring(s3=prefix)
    assert (raw.name, raw.url) == ("2026.zip", URL)
    with zipfile.ZipFile(io.BytesIO(content_of(prefix, raw.uri))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert archive.namelist() == ["a.csv", "b.csv", "c/d.csv.gz"]
    assert bring(s3=prefix).sha256 == raw.sha256


def test_its_files_are_read_as_one_table(prefix: "S3Client") -> None:
    archive = io.BytesIO(content_of(prefix, bring(s3=prefix).uri))
    with as_one_csv(archive, FileForm(), most=10_000) as table:
        assert table.read() == b'"age",y\n1,0\r\n2,1\n3,0\n'


def test_the_version_that_is_looked_up_is_that_of_what_is_brought(prefix: "S3Client") -> None:
    raw, version = bring(s3=prefix), look(s3=prefix)
    assert (version.etag, version.last_modified) == (raw.etag, raw.last_modified)
    assert version.bytes == sum(map(len, FILES.values()))


@pytest.mark.parametrize(
    ("name", "content", "changed"),
    [
        ("b.csv", b"age,y\n2,0", True),
        ("e.csv", b"age,y\n4,0", True),
        ("a.csv", None, True),
        ("b.csv", FILES["b.csv"], False),
        ("_SUCCESS", b"y", False),
    ],
)
def test_a_change_of_any_file_is_a_new_version(
    name: str, content: bytes | None, changed: bool, prefix: "S3Client"
) -> None:
    before, raw = look(s3=prefix), bring(s3=prefix)
    if content is None:
        prefix.delete_object(Bucket="bucket", Key=f"bank/2026/{name}")
    else:
        prefix.put_object(Bucket="bucket", Key=f"bank/2026/{name}", Body=content)
    assert has_changed(look(s3=prefix), before) is changed
    assert (bring(s3=prefix).sha256 != raw.sha256) is changed


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://bucket/nothing/", "has no files below it"),
        ("s3://absent/bank/", "S3 answers NoSuchBucket"),
        ("s3://bucket/", "it has to be s3://<bucket>/<key>"),
    ],
)
def test_a_prefix_without_files_is_refused(url: str, said: str, prefix: "S3Client") -> None:
    with pytest.raises(SourceError, match=said):
        fetch(url, policy=POLICY, s3=prefix, raw_uri="s3://bucket/raw")
    with pytest.raises(SourceError, match=said):
        look_up_version(url, policy=POLICY, s3=prefix)


def test_all_of_them_together_are_held_to_the_limit(prefix: "S3Client") -> None:
    for at in range(3):
        prefix.put_object(Bucket="bucket", Key=f"bank/2026/{at}", Body=b"1" * 4000)
    with pytest.raises(SourceError, match="has at least 12"):
        bring(s3=prefix)


def test_a_file_of_another_kind_is_named(prefix: "S3Client") -> None:
    prefix.put_object(Bucket="bucket", Key="bank/2026/z.pdf", Body=b"%PDF-1.7\n")
    with pytest.raises(SourceError, match=r"2026/z\.pdf is a PDF document"):
        bring(s3=prefix)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a": b"age,y\n1,0\n", "b": b"y,age\n0,1\n"}, "b: its header has another column 1"),
        ({"a": b"age,y\n1,0\n", "b": b"age\n0\n"}, "b: its header has 1 columns"),
        ({"a": b"age,y\n1,0\n", "b": b'{"age": []}\n{}\n'}, "b: line 1 has a list or an object"),
        ({"a": b"age,y\n1,0\n", "b": b"age,y\n" + b"1,0\n" * 9000}, "has more than 10000 bytes"),
    ],
)
def test_files_that_do_not_fit_together_are_refused(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(DataError, match=said):
        joined(files)
