import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local_aws.errors import DataDirError
from local_aws.storage.data_dir import DataDir
from local_aws.storage.expiry import Expiry, expire

MEGABYTE = 1024**2


def put(data_dir: DataDir, key: str, *, days: float, size: int = 10) -> Path:
    """Write an object as a server does, of this age and about this size."""
    modified = datetime.now(UTC) - timedelta(days=days)
    path = data_dir.path / "s3" / "bucket" / "objects" / key
    header = {"key": key, "modified": modified.isoformat()}
    data_dir.write(path, json.dumps(header).encode(), b"\n", bytes(size))
    return path


def kept(data_dir: DataDir) -> set[str]:
    return {path.name for path in (data_dir.path / "s3" / "bucket" / "objects").iterdir()}


def test_without_limits_nothing_goes(data_dir: DataDir) -> None:
    put(data_dir, "old", days=10_000, size=2 * MEGABYTE)
    assert expire(data_dir, Expiry()) == 0
    assert kept(data_dir) == {"old"}


def test_old_objects_and_logs_go(data_dir: DataDir) -> None:
    put(data_dir, "old", days=31)
    put(data_dir, "young", days=29)
    logs = data_dir.path / "logs" / "123456789012" / "us-east-1" / "group"
    for name, days in (("old", 31), ("young", 29)):
        data_dir.append(logs / name, b"1 line\n")
        moment = time.time() - days * 24 * 3600
        os.utime(logs / name, (moment, moment))
    assert expire(data_dir, Expiry(days=30)) == 1
    assert kept(data_dir) == {"young"}
    assert [path.name for path in logs.iterdir()] == ["young"]


def test_of_too_much_the_oldest_large_ones_go_first_and_no_more_than_needed(data_dir: DataDir) -> None:
    put(data_dir, "report", days=9)
    for days in (1, 2, 3):
        put(data_dir, f"table-{days}", days=days, size=2 * MEGABYTE)
    assert expire(data_dir, Expiry(size=5 * MEGABYTE)) == 1
    assert kept(data_dir) == {"report", "table-1", "table-2"}
    assert expire(data_dir, Expiry(size=5 * MEGABYTE)) == 0
    assert expire(data_dir, Expiry(size=0)) == 3


@pytest.mark.parametrize("kind", ["model", "endpoint"])
def test_the_archive_that_a_model_or_endpoint_names_stays(kind: str, data_dir: DataDir) -> None:
    for key in ("jäger-model.tar.gz", "other"):
        put(data_dir, key, days=99, size=MEGABYTE)
    document = {"containers": [{"ModelDataUrl": "s3://bucket/jäger-model.tar.gz"}]}
    path = data_dir.path / "sagemaker" / "123456789012" / "us-east-1" / kind / "one.json"
    data_dir.write(path, json.dumps(document).encode())
    assert expire(data_dir, Expiry(days=30, size=0)) == 1
    assert kept(data_dir) == {"jäger-model.tar.gz"}


def test_a_file_that_is_none_of_ours_is_named(data_dir: DataDir) -> None:
    path = put(data_dir, "object", days=1)
    path.write_text("{}\n")
    with pytest.raises(DataDirError, match=str(path)):
        expire(data_dir, Expiry(days=30))
