"""S3's buckets and objects in files. An object and its metadata are one file, so that neither is ever alone.

An object is kept with all that a reader gets: content, metadata, ETag, checksum, version and tags. A bucket
is kept with its region, versioning and tags. Older versions, policies and unfinished uploads are not kept.
"""

import json
import threading
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, S3Backend, s3_backends

from local_aws.errors import DataDirError
from local_aws.storage.data_dir import DataDir

_BUCKET = "bucket.json"
_ATTRIBUTES = (
    "checksum_algorithm",
    "checksum_parts",
    "checksum_type",
    "checksum_value",
    "encryption",
    "kms_key_id",
)


class ObjectFiles:
    """The objects of moto's S3 in a data directory, as `s3/<bucket>/objects/<SHA-256 of the key>`."""

    def __init__(self, data_dir: DataDir) -> None:
        self._data_dir = data_dir
        self._base = data_dir.path / "s3"
        # Only one thread at a time reads an object and writes its file. So the file has the latest content.
        self._lock = threading.Lock()
        # By bucket and key: when the object in the file was modified.
        self._kept: dict[str, dict[str, datetime]] = {}

    def sync(self, bucket_name: str, key: str | None = None) -> None:
        """Write to the files what changed in moto.

        Args:
            bucket_name: A bucket that was made, changed or deleted.
            key: The key of its one object that was made, changed or deleted. Without it, any object may have
                been.
        """
        with self._lock:
            account = s3_backends.bucket_accounts.get(bucket_name, (None, None))[1]
            if account is None:
                self._data_dir.remove(self._base / bucket_name)
                self._kept.pop(bucket_name, None)
                return
            backend = s3_backends[account]["aws"]
            bucket = backend.buckets[bucket_name]
            if key is not None:
                self._sync_object(backend, bucket, key)
                return
            document = json.dumps(_bucket_document(backend, bucket)).encode()
            self._data_dir.write(self._base / bucket_name / _BUCKET, document)
            kept = self._kept.setdefault(bucket_name, {})
            for name in {*kept, *list(bucket.keys)}:
                found = bucket.keys.get(name)
                if (found.last_modified if isinstance(found, FakeKey) else None) != kept.get(name):
                    self._sync_object(backend, bucket, name)

    def sync_account(self, account: str) -> None:
        """Write to the files what changed in any bucket of an account, whoever changed it.

        Args:
            account: The account's number.
        """
        for name in {*list(s3_backends[account]["aws"].buckets), *list(self._kept)}:
            self.sync(name)

    def _path(self, bucket_name: str, key: str) -> Path:
        return self._base / bucket_name / "objects" / sha256(key.encode()).hexdigest()

    def _sync_object(self, backend: S3Backend, bucket: FakeBucket, key: str) -> None:
        path = self._path(bucket.name, key)
        kept = self._kept.setdefault(bucket.name, {})
        while isinstance(found := bucket.keys.get(key), FakeKey):
            try:
                content = found.value
            except ValueError:
                # It was replaced in the meantime, which closes its buffer.
                continue
            header = json.dumps(_object_document(backend, found)).encode()
            self._data_dir.write(path, header, b"\n", content)
            kept[key] = found.last_modified
            return
        self._data_dir.remove(path)
        kept.pop(key, None)

    def load(self) -> None:
        """Fill moto's S3 from the files.

        Raises:
            DataDirError: A file is not one that `sync` wrote.
        """
        for directory in sorted(self._base.glob("*")):
            path = directory / _BUCKET
            try:
                backend, bucket = _load_bucket(json.loads(path.read_bytes()))
                kept = self._kept.setdefault(bucket.name, {})
                for path in sorted((directory / "objects").glob("*")):
                    loaded = _load_object(backend, bucket, path)
                    kept[loaded.name] = loaded.last_modified
            except (KeyError, TypeError, ValueError, OSError) as error:
                raise DataDirError(f"cannot read {path}: {error!r}") from error


def _bucket_document(backend: S3Backend, bucket: FakeBucket) -> dict[str, Any]:
    return {
        "account": bucket.account_id,
        "name": bucket.name,
        "region": bucket.region_name,
        "created": bucket.creation_date.isoformat(),
        "versioning": bucket.versioning_status,
        "tags": backend.tagger.get_tag_dict_for_resource(bucket.arn),
    }


def _load_bucket(document: dict[str, Any]) -> tuple[S3Backend, FakeBucket]:
    backend = s3_backends[document["account"]]["aws"]
    bucket = backend.create_bucket(document["name"], document["region"])
    bucket.creation_date = datetime.fromisoformat(document["created"])
    bucket.versioning_status = document["versioning"]
    backend.tagger.tag_resource(bucket.arn, backend.tagger.convert_dict_to_tags_input(document["tags"]))
    return backend, bucket


def _object_document(backend: S3Backend, found: FakeKey) -> dict[str, Any]:
    return {
        "key": found.name,
        "etag": found.etag.strip('"'),
        "modified": found.last_modified.isoformat(),
        "storage_class": found.storage_class,
        "version": found.version_id,
        "metadata": dict(found.metadata),
        "tags": backend.tagger.get_tag_dict_for_resource(found.arn),
        **{name: getattr(found, name) for name in _ATTRIBUTES},
    }


def _load_object(backend: S3Backend, bucket: FakeBucket, file: Path) -> FakeKey:
    header, content = _split(file)
    loaded = backend.put_object(
        bucket.name,
        header["key"],
        content,
        storage=header["storage_class"],
        etag=header["etag"],
        disable_notification=True,
    )
    loaded.last_modified = datetime.fromisoformat(header["modified"])
    loaded._version_id = header["version"]  # noqa: SLF001 - moto has no setter
    loaded.set_metadata(header["metadata"])
    for name in _ATTRIBUTES:
        setattr(loaded, name, header[name])
    backend.tagger.tag_resource(loaded.arn, backend.tagger.convert_dict_to_tags_input(header["tags"]))
    return loaded


def _split(file: Path) -> tuple[dict[str, Any], bytes]:
    with file.open("rb") as stream:
        header: dict[str, Any] = json.loads(stream.readline())
        return header, stream.read()
