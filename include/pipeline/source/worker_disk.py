"""A full disk of the worker, told in words."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from include.pipeline.errors import WorkerError

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def telling_of_full_disk() -> Iterator[None]:
    """Refuse to go on where a block that writes temporary files finds no room for them.

    Raises:
        WorkerError: The disk, or what of it the user may have, is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise WorkerError(
            f"{tempfile.gettempdir()} of the worker is full ({error})",
            "a worker has room for the data, and twice that for its split",
            "Make room there, or set TMPDIR of the worker to a larger disk, then clear this task",
        ) from None
