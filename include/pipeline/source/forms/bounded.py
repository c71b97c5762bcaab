"""A temporary file that takes no more bytes than it may."""

from typing import BinaryIO

from include.pipeline.errors import DataError


class BoundedFile:
    """Counts what is written: few packed bytes may stand for any number.

    Args:
        file: Takes the bytes.
        most: Of them.
    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._left, self._most = file, most, most

    def write(self, piece: bytes) -> int:
        """Write all of a piece.

        Raises:
            DataError: There is no more room for it.
        """
        self._left -= len(piece)
        if self._left < 0:
            raise DataError(
                f"the file has more than {self._most} bytes once it is unpacked",
                f"max_source_bytes allows {self._most}, however few they are packed into",
                "Raise max_source_bytes in the pipeline's YAML, or bring fewer rows or columns",
            )
        return self._file.write(piece)
