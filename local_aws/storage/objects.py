"""S3's objects, read and written in the memory of moto, which runs in this process.

An HTTP call to the server's own port could wait for itself.
"""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from moto.core.exceptions import ServiceException
from moto.s3.models import S3Backend, s3_backends

from local_aws.errors import NoSuchObjectError
from local_aws.storage.object_files import ObjectFiles


@dataclass(frozen=True)
class S3Url:
    """`s3://bucket/key`. The key may be a prefix, and may be empty."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse an S3 URL. The URLs of a request are checked against AWS's pattern before."""
        parts = urlsplit(url, allow_fragments=False)
        key = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return cls(parts.netloc, key.removeprefix("/"))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class Storage:
    """One account's S3.

    Args:
        account: The twelve digits of the account.
        files: The files in which objects outlive the server. None where they do not.
    """

    def __init__(self, account: str, files: ObjectFiles | None = None) -> None:
        self._account = account
        self._files = files

    @property
    def _backend(self) -> S3Backend:
        return s3_backends[self._account]["aws"]

    def keys(self, prefix: S3Url) -> list[str]:
        """List the keys that begin with the prefix, sorted: none where there is no such bucket."""
        try:
            bucket = self._backend.get_bucket(prefix.bucket)
        except ServiceException:
            return []
        # list() takes its snapshot in one step, while other requests write to the bucket.
        matching = sorted(key for key in list(bucket.keys) if key.startswith(prefix.key))
        return [key for key in matching if self._backend.get_object(prefix.bucket, key) is not None]

    def region_of(self, bucket: str) -> str | None:
        """Return the name of a bucket's region. None where there is no such bucket."""
        try:
            name: str = self._backend.get_bucket(bucket).region_name
        except ServiceException:
            return None
        return name

    def exists(self, url: S3Url) -> bool:
        """Tell whether there is an object with exactly this key."""
        return url.key in self.keys(url)

    def read(self, url: S3Url) -> bytes:
        """Return an object's content.

        Raises:
            NoSuchObjectError: There is no such bucket or object.
        """
        try:
            found = self._backend.get_object(url.bucket, url.key)
        except ServiceException as error:
            raise NoSuchObjectError(str(url)) from error
        if found is None:
            raise NoSuchObjectError(str(url))
        content: bytes = found.value
        return content

    def write(self, url: S3Url, content: bytes, kms_key: str | None = None) -> None:
        """Store an object.

        Args:
            url: Its place.
            content: All of it.
            kms_key: The key that S3 says it is encrypted with. Nothing is encrypted here.

        Raises:
            NoSuchObjectError: There is no such bucket.
        """
        try:
            self._backend.put_object(
                url.bucket, url.key, content, encryption="aws:kms" if kms_key else None, kms_key_id=kms_key
            )
        except ServiceException as error:
            raise NoSuchObjectError(str(url)) from error
        if self._files is not None:
            self._files.sync(url.bucket, url.key)
