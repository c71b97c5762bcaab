"""A file of any form that is read, as CSV with commas, in UTF-8, with a header."""

import codecs
import logging
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.errors import DataError
from include.pipeline.source.file_format import GZIP, JSON_LINES, PARQUET, ZIP, FileFormat, recognise
from include.pipeline.source.forms.bounded import BoundedFile
from include.pipeline.source.forms.delimited import write_with_commas
from include.pipeline.source.forms.encoding import write_utf8
from include.pipeline.source.forms.json_lines import write_json_lines_as_csv
from include.pipeline.source.forms.parquet import write_parquet_as_csv
from include.pipeline.source.forms.unpacking import ungzip, unzip

if TYPE_CHECKING:
    from include.pipeline.documents.table.file_form import FileForm

log = logging.getLogger(__name__)
_READ = "read are CSV, Parquet and JSON Lines, as they are, or packed with gzip or as the one file of a zip"


@contextmanager
def as_plain_csv(
    file: BinaryIO, form: "FileForm", *, most: int, texts: Collection[str] = ()
) -> Iterator[BinaryIO]:
    """Make a file into CSV with commas, in UTF-8, with a header, until the block is left.

    What is such a CSV already is given as it is. Other forms are written to temporary files, in pieces that
    fit into memory, and the log says what they were.

    Args:
        file: Seekable.
        form: What its first bytes do not tell.
        most: Bytes that it may have once it is unpacked, and as CSV.
        texts: Columns that are no numbers: where decimals have a comma, theirs stay.

    Raises:
        DataError: It is of no form that is read, or not of the one that it should be, or is damaged.
    """
    with ExitStack() as stack:

        def temporary() -> BinaryIO:
            return stack.enter_context(tempfile.TemporaryFile())

        found = recognise(file)
        if found in (GZIP, ZIP):
            log.info("The file is %s: it is unpacked", found.name)
            packed, file = file, temporary()
            (ungzip if found is GZIP else unzip)(packed, BoundedFile(file, most))
            inner = recognise(file)
            if inner in (GZIP, ZIP):
                raise DataError(f"the file is {inner.name} within {found.name}", _READ, inner.mend)
            found = inner
        if encoding := _encoding(found, form):
            log.info("The file is text in %s: it is written in UTF-8", encoding)
            text, file = file, temporary()
            write_utf8(text, file, encoding)
            found = recognise(file)
        kind = _kind(found, form)
        if kind == "csv" and (form.delimiter, form.decimal, form.header) != (",", ".", ()):
            told = [f"{form.delimiter!r} between cells"]
            told += ["decimal commas"] if form.decimal == "," else []
            told += ["no header"] if form.header else []
            log.info("The file is read as CSV with %s", ", ".join(told))
            source, file = file, temporary()
            write_with_commas(source, file, form, texts)
        elif kind != "csv":
            log.info("The file is read as %s", kind)
            source, file = file, temporary()
            bounded = BoundedFile(file, most)
            if kind == "parquet":
                write_parquet_as_csv(source, bounded, most)
            else:
                write_json_lines_as_csv(source, bounded)
        file.seek(0)
        yield file


def _encoding(found: FileFormat | None, form: "FileForm") -> str | None:
    """Tell from which encoding a text is to be written in UTF-8; None where it is no text, or UTF-8."""
    told = form.encoding and codecs.lookup(form.encoding).name
    if found and found.encoding:
        # utf-16 of UTF-16LE: the two may differ in what they say of the order of bytes.
        if told and not told.startswith(codecs.lookup(found.encoding).name[:6]):
            raise DataError(
                f"the file is {found.name}",
                f"it is text in {form.encoding}, as encoding below table and file says",
                "Correct encoding in the pipeline's YAML, or leave it out: the file's first bytes tell it",
            )
        return form.encoding or found.encoding
    return None if found or told in {None, "utf-8", "utf-8-sig"} else form.encoding


def _kind(found: FileFormat | None, form: "FileForm") -> str:
    kinds = {None: "csv", PARQUET: "parquet", JSON_LINES: "json-lines"}
    # Of one line alone, JSON Lines are JSON.
    if found and form.format == "json-lines" and found.name == "JSON":
        return form.format
    if found and found not in kinds:
        raise DataError(f"the file is {found.name}", _READ, found.mend)
    kind = kinds[found]
    if form.format and form.format != kind:
        name = found.name if found else "text, of neither Parquet nor JSON Lines"
        raise DataError(
            f"the file is {name}",
            f"it is {form.format}, as format below table and file says",
            "Correct format in the pipeline's YAML, or leave it out: the file's first bytes tell it",
        )
    if kind != "csv" and {"delimiter", "decimal", "header"} & form.model_fields_set:
        raise DataError(
            f"the file is {found.name if found else kind}",
            "the pipeline's YAML says how a CSV is written, below table and file",
            "Take delimiter, decimal and header out of it",
        )
    return kind
