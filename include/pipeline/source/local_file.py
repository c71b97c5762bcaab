"""A source that is a file of the worker's own disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from io import BufferedReader

from include.pipeline.errors import SourceError
from include.pipeline.source.policy import SourcePolicy


@dataclass(frozen=True)
class LocalFile:
    """A file that is open for reading, with its size and when it was last modified, as in an HTTP header."""

    content: BufferedReader
    bytes: int
    last_modified: str


@contextmanager
def local_file(url: str, policy: SourcePolicy) -> Iterator[LocalFile]:
    """Open a local source until the block is left.

    Raises:
        SourceError: It is not allowed, too large, or cannot be opened or read.
    """
    path = policy.local_path(url)
    try:
        status = path.stat()
        policy.check_size(url, status.st_size)
        with path.open("rb") as content:
            yield LocalFile(content, status.st_size, formatdate(status.st_mtime, usegmt=True))
    except OSError as error:
        raise SourceError(
            f"{url} cannot be read ({error})", "the worker can read it", "Check its permissions"
        ) from None
