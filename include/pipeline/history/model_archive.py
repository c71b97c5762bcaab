"""The model in the archive that a training job of SageMaker's XGBoost leaves.

An archive may be anybody's. `tarfile` follows links out of its folder before Python 3.11.13, and reads some
headers in a time that grows by the square before 3.11.10 (CVE-2025-4517, CVE-2024-6232). So it is only asked
what one header says; nothing is written, and no link is followed.
"""

import gzip
import io
import logging
import tarfile
import zlib

_MODEL_FILE = "xgboost-model"
_LARGEST_MODEL = 1024**3
_LARGEST_ARCHIVE = 2 * 1024**3  # of all that is in it, unpacked
_MOST_MEMBERS = 1000
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1024**2
_LARGEST_HEADER = 64 * 1024
# They say of the next member what its own header cannot: a time with fractions, a long name.
_EXTENDED_HEADERS = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME})

log = logging.getLogger(__name__)


def read_model(archive: bytes) -> bytes | None:
    """Take the model file out of model.tar.gz.

    Returns:
        Content of the file, at least one byte; None where the archive cannot be opened, has no such file or
        more than one, or is larger than a model's.
    """
    try:
        with gzip.open(io.BytesIO(archive)) as content:
            models = [model for model in _models(content) if model]
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        log.warning("The model's archive cannot be opened: %s", error)
        return None
    if len(models) != 1:
        log.warning("The model's archive holds no %s of 1 to %d bytes", _MODEL_FILE, _LARGEST_MODEL)
        return None
    return models[0]


def _models(content: gzip.GzipFile) -> list[bytes]:
    found: list[bytes] = []
    total, renamed = 0, False
    for _ in range(_MOST_MEMBERS):
        block = content.read(_BLOCK)
        if block in {b"", bytes(_BLOCK)}:
            if not found and not block:
                raise tarfile.ReadError("it ends before a file begins")
            return found
        member = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        padded = -(-member.size // _BLOCK) * _BLOCK
        total += padded
        if member.size < 0 or total > _LARGEST_ARCHIVE:
            raise tarfile.ReadError(f"it holds more than {_LARGEST_ARCHIVE} bytes")
        if member.type in _EXTENDED_HEADERS:
            renamed |= _renames(member, content, padded)
            continue
        if _is_model(member) and not renamed:
            if found:
                raise tarfile.ReadError(f"it holds more than one {_MODEL_FILE}")
            found.append(_read(content, padded)[: member.size])
        elif member.type in tarfile.REGULAR_TYPES:
            _skip(content, padded)
        elif member.size:
            raise tarfile.ReadError(f"it holds a member of type {member.type!r} with content")
        renamed = False
    raise tarfile.ReadError(f"it holds more than {_MOST_MEMBERS} members")


def _renames(header: tarfile.TarInfo, content: gzip.GzipFile, padded: int) -> bool:
    """Tell whether an extended header gives the next member another name."""
    if padded > _LARGEST_HEADER:
        raise tarfile.ReadError(f"a header has {header.size} bytes, above {_LARGEST_HEADER}")
    said = _read(content, padded)[: header.size]
    # A model needs no such header. With one, two readers may find two models in one archive.
    if _MODEL_FILE.encode() in said or b" size=" in said:
        raise tarfile.ReadError(f"a header gives another file the name {_MODEL_FILE}, or another size")
    return header.type == tarfile.GNUTYPE_LONGNAME or b" path=" in said


def _is_model(member: tarfile.TarInfo) -> bool:
    return (
        member.type in {tarfile.REGTYPE, tarfile.AREGTYPE}
        and member.name.removeprefix("./") == _MODEL_FILE
        and member.size <= _LARGEST_MODEL
    )


def _read(content: gzip.GzipFile, size: int) -> bytes:
    # Piece by piece: a size that a header promises need not be there.
    pieces = bytearray()
    while len(pieces) < size:
        piece = content.read(min(_CHUNK, size - len(pieces)))
        if not piece:
            raise EOFError("it ends within a file")
        pieces += piece
    return bytes(pieces)


def _skip(content: gzip.GzipFile, size: int) -> None:
    while size:
        piece = content.read(min(_CHUNK, size))
        if not piece:
            raise EOFError("it ends within a file")
        size -= len(piece)
