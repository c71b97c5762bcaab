"""Decompress a gzip object of unknown origin."""

import gzip
import io
import zlib

from local_aws.errors import BadGzipError

# A gzip object is held in memory, unlike a model's archive.
_LARGEST = 512 * 1024**2


def decompress(content: bytes, largest: int = _LARGEST) -> bytes:
    """Decompress an object.

    Args:
        content: One or several gzip members, one after the other.
        largest: The largest size of what they hold, in bytes.

    Raises:
        BadGzipError: The object is no gzip, is cut off or damaged, or holds more than that.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as compressed:
            decompressed = compressed.read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadGzipError(f"cannot decompress it as Gzip: {error}") from error
    if len(decompressed) > largest:
        raise BadGzipError(f"it holds more than the {largest} bytes that local AWS decompresses")
    return decompressed
