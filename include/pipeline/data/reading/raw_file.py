"""A run's file from S3, held to its hash, and given as plain CSV."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.aws.object_store import receive_object
from include.pipeline.errors import DataError, DriftError, ObjectError
from include.pipeline.source.download import Received
from include.pipeline.source.forms.plain_csv import as_plain_csv
from include.pipeline.source.forms.several import as_one_csv
from include.pipeline.source.s3 import is_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.table.config import TableConfig


@contextmanager
def plain_csv_of(s3: "S3Client", raw: "RawData", table: "TableConfig", *, most: int) -> Iterator[BinaryIO]:
    """Fetch a run's file, and give it as CSV with commas in UTF-8, below a header, until the block is left.

    Args:
        s3: Has the file.
        raw: The file.
        table: Says how it is written, and which columns are no numbers.
        most: Bytes that it may have once it is unpacked.

    Raises:
        ObjectError: It is not there, cannot be read, or is not what was downloaded.
        DataError: It is of no form that is read.
    """
    with tempfile.TemporaryFile() as file:
        receive_object(s3, raw.uri, file)
        with plain_csv(file, raw, table, most=most) as plain:
            yield plain


@contextmanager
def plain_csv(file: BinaryIO, raw: "RawData", table: "TableConfig", *, most: int) -> Iterator[BinaryIO]:
    """Give a run's file that is here, as `plain_csv_of` gives that of S3.

    Raises:
        ObjectError: It is not what was downloaded.
        DataError: It is of no form that is read.
    """
    _check_sha256(file, raw)
    opened = as_one_csv if is_prefix(raw.url) else as_plain_csv
    with opened(file, table.file, most=most, texts=table.as_text) as plain:
        yield plain


@contextmanager
def naming(raw: "RawData") -> Iterator[None]:
    """Have what is wrong with a table say of which file that is: with dated data each run has another."""
    try:
        yield
    except (DataError, DriftError) as error:
        raise type(error)(f"{raw.name}: {error.found}", error.rule, error.mend) from None


def _check_sha256(file: BinaryIO, raw: "RawData") -> None:
    found = Received.of(file, etag=None, last_modified=None).sha256
    if found != raw.sha256:
        raise ObjectError(
            f"{raw.uri} has the SHA-256 {found}",
            f"it is what was downloaded, with {raw.sha256}",
            "Delete it, then clear download_data and what follows it",
        )
