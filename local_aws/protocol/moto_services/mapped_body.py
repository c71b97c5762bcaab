"""Objects that are received into a file: moto gets them as memory that is this file, and copies file to file.

By itself it holds a body in memory twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import UnsupportedOperation
from mmap import ACCESS_READ, mmap
from typing import IO, TYPE_CHECKING, Any

from moto.s3.models import FakeKey
from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# moto looks for fields in these, for which it decodes them.
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class _MappedFile:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._views: list[memoryview] = []

    def read(self, size: int = -1) -> bytes | memoryview:
        """Read some of the file, or map all of it."""
        if size >= 0:
            return self._file.read(size)
        self._file.flush()
        self._views.append(memoryview(mmap(self._file.fileno(), 0, access=ACCESS_READ)))
        return self._views[-1]

    def release(self) -> None:
        """Give back memory and file descriptors, which moto would keep for a while."""
        for view in self._views:
            view.release()


@cache
def _mend_objects() -> None:
    """Have moto write what is mapped into a file at once, not into memory first."""
    value: Any = FakeKey.value

    def write(key: Any, content: Any) -> None:
        if isinstance(content, memoryview):
            key._value_buffer.rollover()  # noqa: SLF001 - moto has no other way
        value.fset(key, content)

    FakeKey.value = value.setter(write)  # type: ignore[method-assign]


@contextmanager
def mapped_body(environ: "WSGIEnvironment") -> Iterator[None]:
    """Let the body of a request that puts an object or a part be read as what it lies in, within the block.

    Args:
        environ: The request, whose body is at its beginning. A small one lies in memory, and stays as it is.
    """
    request, body = Request(environ), environ["wsgi.input"]
    if request.method != "PUT" or request.mimetype in _FORMS or not _is_file(body):
        yield
        return
    _mend_objects()
    environ["wsgi.input"] = mapped = _MappedFile(body)
    try:
        yield
    finally:
        mapped.release()


def _is_file(body: IO[bytes]) -> bool:
    try:
        body.fileno()
    except (AttributeError, UnsupportedOperation):
        return False
    return True
