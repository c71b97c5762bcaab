"""Which file of a channel comes from which S3 key."""

from pathlib import Path
from typing import Any

import pytest

from local_aws.opt_ml import OptMl
from local_aws.storage.objects import Storage
from local_aws.training.channels import download_channel
from tests.aws.sagemaker_requests import channel


def downloaded(uri: str, tmp_path: Path) -> dict[str, bytes]:
    opt_ml = OptMl(tmp_path)
    download_channel(channel(uri=uri), opt_ml, Storage("123456789012"))
    directory = opt_ml.channel("train")
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize(
    ("uri", "files"),
    [
        ("s3://bucket/data/", {"a.csv": b"1", "deep/b.csv": b"2"}),
        ("s3://bucket/data", {"a.csv": b"1", "deep/b.csv": b"2", "data-2.csv": b"3"}),
        ("s3://bucket/data/a.csv", {"a.csv": b"1"}),
        ("s3://bucket/data/deep/b", {"b.csv": b"2"}),
        ("s3://bucket", {"data/a.csv": b"1", "data/deep/b.csv": b"2", "data-2.csv": b"3"}),
    ],
)
def test_paths_below_the_prefix(bucket: Any, tmp_path: Path, uri: str, files: dict[str, bytes]) -> None:
    for key, content in {
        "data/": b"",
        "data/a.csv": b"1",
        "data/deep/b.csv": b"2",
        "data-2.csv": b"3",
    }.items():
        bucket.put_object(Key=key, Body=content)
    assert downloaded(uri, tmp_path) == files


@pytest.mark.parametrize("key", ["data/../../../outside.csv", "data//etc/outside.csv"])
def test_no_key_leads_out_of_the_channel(bucket: Any, tmp_path: Path, key: str) -> None:
    bucket.put_object(Key=key, Body=b"x")
    with pytest.raises(ValueError, match="leads out of the channel's directory"):
        downloaded("s3://bucket/data/", tmp_path)
