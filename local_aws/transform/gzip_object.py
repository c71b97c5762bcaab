"""Opens a gzip object that came from anywhere."""

import gzip
import io
import zlib

from local_aws.errors import BadGzipError

# It is held in memory, unlike a model's archive.
_LARGEST = 512 * 1024**2


def decompress(content: bytes, largest: int = _LARGEST) -> bytes:
    """Decompresses an object.

    Args:
        content: One gzip member, or several one after the other.
        largest: How many bytes it may hold.

    Raises:
        BadGzipError: It is no gzip, cut off, damaged, or holds more.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as compressed:
            decompressed = compressed.read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadGzipError(f"cannot decompress it as Gzip: {error}") from error
    if len(decompressed) > largest:
        raise BadGzipError(f"it holds more than the {largest} bytes that local AWS decompresses")
    return decompressed
