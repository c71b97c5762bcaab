"""A CSV file in blocks of whole rows, small enough for a processor's cache."""

import codecs
import os
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from include.pipeline.errors import DataError
from include.work.progress import BYTES, Progress

_BLOCK_BYTES = 4 * 2**20
_LONGEST_ROW = 16 * 2**20
_LINE_FEED, _CARRIAGE_RETURN, _QUOTE = b"\n", b"\r", b'"'


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """Cut what stands below the header into blocks of whole rows.

    Args:
        file: Its header is one line, as `columns_of` sees to.

    Raises:
        DataError: A row is longer than 16 MB.
    """
    progress = Progress("Reading", file.seek(0, os.SEEK_END), BYTES)
    file.seek(_below_header(file))
    rest = b""
    while more := file.read(_BLOCK_BYTES):
        progress.reached(file.tell())
        piece = rest + more
        end = _end(piece)
        if not end and len(piece) > _LONGEST_ROW:
            rule = f"a row has at most {_LONGEST_ROW} bytes"
            raise DataError("a row does not end, or is too long", rule, "Close the quotes, or drop columns")
        if end:
            yield piece[:end]
        rest = piece[end:]
    if rest.strip(b"\r\n"):
        yield rest


def _below_header(file: BinaryIO) -> int:
    """Find the end of the first line that is not blank."""
    file.seek(0)
    start = file.read(_LONGEST_ROW)
    mark = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    text = re.compile(rb"[^\r\n]+").search(start, mark)
    return text.end() if text else len(start)


def _end(piece: bytes) -> int:
    """Find where the last whole row ends; 0 where none does."""
    last = max(piece.rfind(_LINE_FEED), piece.rfind(_CARRIAGE_RETURN)) + 1
    if _QUOTE not in piece:
        return last
    # A line may end within quotes, where the row goes on.
    characters = np.frombuffer(piece, dtype=np.uint8)
    quotes = np.flatnonzero(characters == ord(_QUOTE))
    ends = np.flatnonzero((characters == ord(_LINE_FEED)) | (characters == ord(_CARRIAGE_RETURN)))
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    if len(outside):
        return int(outside[-1]) + 1
    # A single quote within a cell opens nothing.
    return last if len(piece) > _LONGEST_ROW else 0
