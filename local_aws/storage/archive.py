"""Extract a tar.gz of unknown origin: a model, or a source.

`tarfile` follows links out of its folder before Python 3.11.13, and reads some headers in a time that grows
by the square before 3.11.10 (CVE-2025-4517, CVE-2024-6232). So it is only asked what one header says, and
links are refused.
"""

import gzip
import io
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from local_aws.errors import BadArchiveError, LargeArchiveError

_LARGEST = 2 * 1024**3
_LARGEST_HEADER = 64 * 1024
_MOST_MEMBERS = 10_000
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1024**2


def extract(archive: bytes, directory: Path, largest: int = _LARGEST) -> None:
    """Extract an archive: its files and folders. Permissions, owners and times are not taken over.

    Args:
        archive: A tar file, compressed with gzip.
        directory: An existing, empty directory.
        largest: The largest size of all files together, in bytes.

    Raises:
        LargeArchiveError: The files are larger.
        BadArchiveError: It is not an archive, it leads out of the directory, or holds a link or a device.
    """
    try:
        with gzip.open(io.BytesIO(archive)) as content:
            _extract(content, directory, largest)
            # The checksum is at the very end, after the last member.
            left = largest
            while piece := content.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise LargeArchiveError(f"it holds more than {largest} bytes")
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise BadArchiveError(str(error)) from error


def _extract(content: gzip.GzipFile, directory: Path, largest: int) -> None:
    total = 0
    named: dict[str, str] = {}
    for number in range(_MOST_MEMBERS):
        block = content.read(_BLOCK)
        if block == bytes(_BLOCK) or (not block and number):
            return
        member = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        size = int(named.get("size", member.size))
        if size < 0:
            raise tarfile.ReadError(f"a member has the size {size}")
        if member.type in {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME}:
            header = _header(content, size)
            if member.type == tarfile.GNUTYPE_LONGNAME:
                named["path"] = header.rstrip(b"\0").decode("utf-8", "surrogateescape")
            elif member.type == tarfile.XHDTYPE:
                named |= _records(header)
            continue
        total += size
        if total > largest:
            raise LargeArchiveError(f"it holds more than {largest} bytes")
        path = _inside(directory, named.get("path", member.name))
        if member.type == tarfile.DIRTYPE:
            path.mkdir(parents=True, exist_ok=True)
        elif member.type in {tarfile.REGTYPE, tarfile.AREGTYPE}:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                _copy(content, size, file)
        else:
            raise tarfile.ReadError(f"{path.name!r} is neither a file nor a folder")
        named = {}
    raise tarfile.ReadError(f"it holds more than {_MOST_MEMBERS} members")


def _header(content: gzip.GzipFile, size: int) -> bytes:
    if size > _LARGEST_HEADER:
        raise tarfile.ReadError(f"a header has {size} bytes, above {_LARGEST_HEADER}")
    header = io.BytesIO()
    _copy(content, size, header)
    return header.getvalue()


def _records(header: bytes) -> dict[str, str]:
    """Read the records `<length> <name>=<value>`, each with a new line. The length counts all of it."""
    found, at = {}, 0
    while at < len(header):
        # A length has a few digits: no more are looked at.
        digits, space, _ = header[at : at + 10].partition(b" ")
        length = int(digits) if space else 0
        record = header[at + len(digits) + 1 : at + length]
        name, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise tarfile.ReadError("a PAX header has a record that is none")
        found[name.decode()] = value[:-1].decode("utf-8", "surrogateescape")
        at += length
    return found


def _inside(directory: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise tarfile.ReadError(f"{name[:100]!r} leads out of the folder")
    return directory / path


def _copy(content: gzip.GzipFile, size: int, file: BinaryIO) -> None:
    padding = -size % _BLOCK
    while size:
        piece = content.read(min(_CHUNK, size))
        if not piece:
            raise EOFError("it ends within a file")
        file.write(piece)
        size -= len(piece)
    if len(content.read(padding)) != padding:
        raise EOFError("it ends within a file")
