"""The files of a source that is several, joined to one table."""

import codecs
import csv
import re
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.errors import DataError
from include.pipeline.source.forms.bounded import BoundedFile
from include.pipeline.source.forms.plain_csv import as_plain_csv

if TYPE_CHECKING:
    from include.pipeline.documents.table.file_form import FileForm

_PIECE = 2**20
_LONGEST_ROW = 16 * 2**20


@contextmanager
def as_one_csv(
    archive: BinaryIO, form: "FileForm", *, most: int, texts: Collection[str] = ()
) -> Iterator[BinaryIO]:
    """Make CSV of each file of an archive, and join them below one header, until the block is left.

    Args:
        archive: As `receive_below` writes it.
        form: Of each file, as for `as_plain_csv`; the rest too.
        most: Bytes of all of them as CSV.
        texts: Columns that are no numbers.

    Raises:
        DataError: One cannot be read, or has another header than the first.
    """
    with tempfile.TemporaryFile() as joined, zipfile.ZipFile(archive) as files:
        target = BoundedFile(joined, most)
        first: list[str] | None = None
        for member in files.infolist():
            try:
                with tempfile.TemporaryFile() as packed:
                    with files.open(member) as content:
                        shutil.copyfileobj(content, packed)
                    with as_plain_csv(packed, form, most=most, texts=texts) as table:
                        first = _append(table, target, first)
            except DataError as error:
                raise DataError(f"{member.filename}: {error.found}", error.rule, error.mend) from None
        joined.seek(0)
        yield joined


def _append(table: BinaryIO, target: BoundedFile, first: list[str] | None) -> list[str]:
    """Write a table's rows, and the header of the first one; return the first one's names."""
    start = table.read(_LONGEST_ROW).removeprefix(codecs.BOM_UTF8)
    line = re.compile(rb"[^\r\n]+").search(start)
    header = line[0] if line else b""
    names = next(csv.reader([header.decode("utf-8", "replace")]), [])
    if first is None:
        target.write(header + b"\n")
    elif names != first:
        other = next(
            (at for at, pair in enumerate(zip(names, first, strict=False)) if pair[0] != pair[1]), None
        )
        found = f"has {len(names)} columns" if other is None else f"has another column {other + 1}"
        raise DataError(
            f"its header {found}",
            f"all files below a prefix have the header of the first one, with {len(first)} columns",
            "Put tables of another kind below another prefix; name the columns in the same order",
        )
    piece, last = start[line.end() if line else 0 :].lstrip(b"\r\n"), b"\n"
    while piece:
        target.write(piece)
        last = piece[-1:]
        piece = table.read(_PIECE)
    if last not in b"\r\n":
        target.write(b"\n")
    return names if first is None else first
