"""Opens a model.tar.gz that came from anywhere."""

import io
import tarfile
from pathlib import Path

_LARGEST = 2 * 1024**3


class BadArchiveError(Exception):
    """The archive cannot be opened safely."""


def extract(archive: bytes, directory: Path, largest: int = _LARGEST) -> None:
    """Extracts a model archive.

    tarfile's data filter keeps out paths and links that lead out of the directory, and devices.

    Args:
        archive: A tar file, compressed or not.
        directory: An existing, empty directory.
        largest: How many bytes it may hold in all.

    Raises:
        BadArchiveError: It is no archive, too large, or leads out of the directory.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            total = 0
            for member in packed:
                total += member.size
                if total > largest:
                    raise BadArchiveError(f"it holds more than {largest} bytes")
                packed.extract(member, directory, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchiveError(str(error)) from error
