"""What is packed with gzip, or as the one file of a zip archive."""

import gzip
import lzma
import zipfile
import zlib
from typing import BinaryIO, Protocol

from include.pipeline.errors import DataError
from include.pipeline.source.forms.bounded import BoundedFile

_PIECE = 2**20
_FETCH_AGAIN = "Fetch or make the file again"
# What macOS and Windows add by themselves.
_NO_DATA = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def ungzip(file: BinaryIO, target: BoundedFile) -> None:
    """Unpack a gzip file.

    Raises:
        DataError: It is damaged, or has more bytes than the target may.
    """
    try:
        with gzip.GzipFile(fileobj=file) as content:
            _copy(content, target)
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise  # the disk's
        raise DataError(f"the gzip file is damaged ({error})", "it can be unpacked", _FETCH_AGAIN) from None


def unzip(file: BinaryIO, target: BoundedFile) -> None:
    """Unpack the only file of a zip archive.

    Raises:
        DataError: It holds none or several, is encrypted, damaged, or has more bytes than the target may.
    """
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_only_one(archive)) as content:
            _copy(content, target)
    except NotImplementedError as error:
        raise DataError(
            f"the zip archive cannot be unpacked ({error})",
            "it is packed by deflate, bzip2 or LZMA",
            "Unpack it: unzip data.zip",
        ) from None
    except (zipfile.BadZipFile, ValueError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise DataError(f"the zip archive is damaged ({error})", "it can be unpacked", _FETCH_AGAIN) from None


def _only_one(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith(_NO_DATA[0])
        and member.filename.rpartition("/")[2] not in _NO_DATA
    ]  # fmt: skip
    if len(files) != 1:
        raise DataError(
            f"the zip archive holds {len(files)} files",
            "it holds one, the table",
            "Make an archive of the one that is meant, or put several with the same header below a prefix on "
            "S3, and end data_url with it and a slash",
        )
    if files[0].flag_bits & 1:
        raise DataError(
            "the zip archive is encrypted", "it needs no password", "Unpack it, and pack it without"
        )
    return files[0]


def _copy(content: _Readable, target: BoundedFile) -> None:
    while piece := content.read(_PIECE):
        target.write(piece)
