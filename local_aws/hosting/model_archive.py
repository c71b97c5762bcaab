"""Extract a model.tar.gz of unknown origin."""

import gzip
import io
import tarfile
import zlib
from pathlib import Path

from local_aws.errors import BadArchiveError, LargeArchiveError

_LARGEST = 2 * 1024**3
_CHUNK = 1024**2


def extract(archive: bytes, directory: Path, largest: int = _LARGEST) -> None:
    """Extract a model archive.

    The data filter of tarfile refuses devices, and paths and links that lead out of the directory.

    Args:
        archive: A tar file, compressed with gzip.
        directory: An existing, empty directory.
        largest: The largest size of all files together, in bytes.

    Raises:
        LargeArchiveError: The files are larger.
        BadArchiveError: It is not an archive, or it leads out of the directory.
    """
    try:
        with gzip.open(io.BytesIO(archive)) as content, tarfile.open(fileobj=content, mode="r:") as packed:
            total = 0
            for member in packed:
                total += member.size
                if total > largest:
                    raise LargeArchiveError(f"it holds more than {largest} bytes")
                packed.extract(member, directory, filter="data")
            # The checksum is at the very end, after the last member.
            while content.read(_CHUNK):
                pass
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BadArchiveError(str(error)) from error
