"""What a data directory lets go of when a server starts, so that it stays small."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local_aws.errors import DataDirError
from local_aws.storage.data_dir import DataDir

_DAY = 24 * 3600.0
# What is smaller goes last: reports and figures are small, tables are not.
_BULKY = 1024**2
_S3_URI = re.compile(r's3://[^"]+')


@dataclass(frozen=True)
class Expiry:
    """When an object goes. A model or an endpoint that is there keeps the archive that it names."""

    days: float | None = None
    """Older objects and log streams go; None lets them grow old."""
    size: int | None = None
    """Bytes of all objects together: beyond it the oldest go, those of at least 1 MB first."""


@dataclass(frozen=True)
class _Object:
    path: Path
    uri: str
    modified: float
    size: int


def expire(data_dir: DataDir, expiry: Expiry) -> int:
    """Remove what has expired, before anything is read from the directory.

    Args:
        data_dir: Its only user is this process.
        expiry: What to remove.

    Returns:
        How many objects were removed.

    Raises:
        DataDirError: A file is none of local AWS's.
    """
    oldest = 0.0 if expiry.days is None else time.time() - expiry.days * _DAY
    used = _used(data_dir.path)
    objects = sorted(_objects(data_dir.path), key=lambda one: (one.size < _BULKY, one.modified))
    size = sum(one.size for one in objects)
    removed = 0
    for one in objects:
        is_too_much = expiry.size is not None and size > expiry.size
        if one.uri not in used and (is_too_much or one.modified < oldest):
            data_dir.remove(one.path)
            size -= one.size
            removed += 1
    for log in data_dir.path.glob("logs/*/*/*/*"):
        if log.stat().st_mtime < oldest:
            data_dir.remove(log)
    return removed


def _objects(base: Path) -> Iterator[_Object]:
    for path in base.glob("s3/*/objects/*"):
        try:
            with path.open("rb") as file:
                header = json.loads(file.readline())
            modified = datetime.fromisoformat(header["modified"]).timestamp()
            yield _Object(path, f"s3://{path.parts[-3]}/{header['key']}", modified, path.stat().st_size)
        except (KeyError, TypeError, ValueError) as error:
            raise DataDirError(f"cannot read {path}: {error!r}") from error


def _used(base: Path) -> set[str]:
    documents = (path for kind in ("model", "endpoint") for path in base.glob(f"sagemaker/*/*/{kind}/*.json"))
    texts = (json.dumps(json.loads(document.read_bytes()), ensure_ascii=False) for document in documents)
    return {uri for text in texts for uri in _S3_URI.findall(text)}
