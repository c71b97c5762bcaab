"""Text in another encoding, written in UTF-8."""

import codecs
from typing import BinaryIO

from include.pipeline.errors import DataError

_PIECE = 2**20
_MARK = "\ufeff"


def write_utf8(file: BinaryIO, target: BinaryIO, encoding: str) -> None:
    """Write a text as UTF-8, without byte order mark.

    Args:
        file: The text.
        target: Gets it.
        encoding: As Python calls it.

    Raises:
        DataError: The text is not in that encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, is_start, piece = 1, True, b"-"
    file.seek(0)
    while piece:
        piece = file.read(_PIECE)
        try:
            text = decoder.decode(piece, final=not piece)
        # Of what is cut off at the end, UTF-32 says so in a way of its own.
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else 0
            lines += piece[:start].count(b"\n")
            raise DataError(
                f"line {lines} holds bytes that are none of {encoding}",
                f"the file is text in {encoding}",
                "Correct encoding below table and file in the pipeline's YAML, or save the file as UTF-8",
            ) from None
        lines += text.count("\n")
        target.write((text.removeprefix(_MARK) if is_start else text).encode())
        is_start = is_start and not text
