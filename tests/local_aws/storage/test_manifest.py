"""Which objects a manifest lists, and which manifests are none."""

import json
from typing import Any

import pytest

from local_aws.errors import BadManifestError, NoSuchObjectError
from local_aws.storage.manifest import manifest_objects
from local_aws.storage.objects import S3Url, Storage

MANIFEST = S3Url("bucket", "a.manifest")
PREFIX = {"prefix": "s3://bucket/data/"}


@pytest.fixture
def bucket(bucket: Any) -> Any:
    for key in ("data/a.csv", "data/deep/b.csv", "data/c.csv"):
        bucket.put_object(Key=key, Body=b"1")
    return bucket


def test_lists_objects_by_their_path_below_the_prefix(bucket: Any) -> None:
    bucket.put_object(Key="a.manifest", Body=json.dumps([PREFIX, "deep/b.csv", "a.csv"]).encode())
    assert manifest_objects(Storage("123456789012"), MANIFEST) == {
        "deep/b.csv": S3Url("bucket", "data/deep/b.csv"),
        "a.csv": S3Url("bucket", "data/a.csv"),
    }


def test_the_prefix_need_not_be_a_folder(bucket: Any) -> None:
    bucket.put_object(Key="a.manifest", Body=b'[{"prefix": "s3://bucket/da"}, "ta/c.csv"]')
    assert manifest_objects(Storage("123456789012"), MANIFEST) == {"ta/c.csv": S3Url("bucket", "data/c.csv")}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"a.csv\nb.csv\n", "JSONDecodeError"),
        (b"\xff", "UnicodeDecodeError"),
        (b"", "JSONDecodeError"),
        (b"[]", "not enough values"),
        (b"null", "TypeError"),
        (b'{"prefix": "s3://bucket/data/"}', "TypeError"),
        (b'["a.csv"]', "TypeError"),
        (b'[{"Prefix": "s3://bucket/data/"}, "a.csv"]', "KeyError"),
        (b'[{"prefix": "data/"}, "a.csv"]', "the prefix is 'data/'"),
        (b'[{"prefix": null}, "a.csv"]', "the prefix is None"),
        (b'[{"prefix": "s3://bucket/data/"}]', "one relative path or more"),
        (b'[{"prefix": "s3://bucket/data/"}, {"prefix": "s3://bucket/"}, "a.csv"]', "nothing else"),
    ],
)
def test_another_form_is_refused(bucket: Any, content: bytes, why: str) -> None:
    bucket.put_object(Key="a.manifest", Body=content)
    with pytest.raises(
        BadManifestError, match=r"the manifest s3://bucket/a.manifest is not of the form"
    ) as caught:
        manifest_objects(Storage("123456789012"), MANIFEST)
    assert why in str(caught.value)


@pytest.mark.parametrize("path", ["b.csv", "deep/", "a", "../data/a.csv"])
def test_an_object_that_is_not_there_is_named(bucket: Any, path: str) -> None:
    bucket.put_object(Key="a.manifest", Body=json.dumps([PREFIX, "a.csv", path]).encode())
    with pytest.raises(BadManifestError) as caught:
        manifest_objects(Storage("123456789012"), MANIFEST)
    assert str(caught.value) == (
        f"the manifest s3://bucket/a.manifest lists s3://bucket/data/{path}, which does not exist"
    )


@pytest.mark.usefixtures("bucket")
def test_no_manifest() -> None:
    with pytest.raises(NoSuchObjectError, match=r"s3://bucket/a\.manifest"):
        manifest_objects(Storage("123456789012"), MANIFEST)
