"""Opens a model.tar.gz that came from anywhere."""

import gzip
import io
import tarfile
import zlib
from pathlib import Path

from local_aws.errors import BadArchiveError, LargeArchiveError

_LARGEST = 2 * 1024**3
_CHUNK = 1024**2


def extract(archive: bytes, directory: Path, largest: int = _LARGEST) -> None:
    """Extracts a model archive.

    tarfile's data filter keeps out paths and links that lead out of the directory, and devices.

    Args:
        archive: A tar file, compressed with gzip.
        directory: An existing, empty directory.
        largest: How many bytes it may hold in all.

    Raises:
        LargeArchiveError: It is too large.
        BadArchiveError: It is no archive, or leads out of the directory.
    """
    try:
        with gzip.open(io.BytesIO(archive)) as content, tarfile.open(fileobj=content, mode="r:") as packed:
            total = 0
            for member in packed:
                total += member.size
                if total > largest:
                    raise LargeArchiveError(f"it holds more than {largest} bytes")
                packed.extract(member, directory, filter="data")
            # The checksum stands at the very end, behind the last member.
            while content.read(_CHUNK):
                pass
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BadArchiveError(str(error)) from error
