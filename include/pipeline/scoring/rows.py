"""Rows checked and encoded by a model's own encoding, in files that a transform job reads."""

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.pipeline.aws.object_store import list_objects, put_file, read_object, split_uri
from include.pipeline.data.bins import told_rows
from include.pipeline.data.comparison.compare import compare_features
from include.pipeline.data.drift import feature_warnings
from include.pipeline.data.encoding.callers import EncodedBlock, encoded_blocks
from include.pipeline.data.encoding.record import Category, Encoding, Number
from include.pipeline.data.places import row_number
from include.pipeline.data.reading.numbers import first_breaches
from include.pipeline.data.reading.raw_file import naming, plain_csv_of
from include.pipeline.data.reading.text_columns import TextColumns
from include.pipeline.data.stored_table import StoredTable, TableWriter
from include.pipeline.documents.profile import DataProfile
from include.pipeline.documents.scoring.rows import EncodedFile, EncodedRows
from include.pipeline.errors import DataError
from include.pipeline.scoring.model import read_encoding
from include.pipeline.source.worker_disk import telling_of_full_disk

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.drift import ColumnDrift
    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.scoring.model import ScoringModel
    from include.pipeline.documents.scoring.plan import ScorePlan
    from include.pipeline.documents.table.config import TableConfig

# Several files, so that several instances have something to do, and none has to fit into memory.
_FILE_BYTES = 16 * 2**20

log = logging.getLogger(__name__)


def encode_rows(
    s3: "S3Client", raw: "RawData", plan: "ScorePlan", model: "ScoringModel", *, max_bytes: int
) -> EncodedRows:
    """Read the rows from S3, check and encode them, and write them to the place of the plan.

    A label is not looked at, nor is a column that the model was not trained on.

    Args:
        s3: Has the rows, and gets them encoded.
        raw: The rows.
        plan: Of the run.
        model: Scores them.
        max_bytes: That the rows may have once they are unpacked.

    Raises:
        ObjectError: The rows or the encoding are not there, or not what was written.
        DataError: They are not rows that the model can score.
        WorkerError: There is no room for them here.
    """
    encoding = read_encoding(s3, plan, model)
    delete_below(s3, plan.locations.rows)
    with telling_of_full_disk(), naming(raw), tempfile.TemporaryDirectory() as folder:
        with plain_csv_of(s3, raw, plan.table, most=max_bytes) as plain:
            files, unseen, table = _encode(s3, plain, encoding, plan, Path(folder))
        columns = _compare(s3, table, plan, model)
    told = {name: told_rows(rows, shown=plan.table.shows(name)) for name, rows in unseen.items() if rows}
    for name, rows in told.items():
        log.warning(
            "Column %r: %s rows have a value that no training row has", name, rows or "fewer than ten"
        )
    return EncodedRows(files=files, unseen=told, columns=columns)


def delete_below(s3: "S3Client", prefix_uri: str) -> None:
    """Delete the objects below a prefix: of an earlier try, a job would score them too."""
    for uri in list_objects(s3, prefix_uri):
        bucket, key = split_uri(uri)
        s3.delete_object(Bucket=bucket, Key=key)


def _encode(
    s3: "S3Client", plain: BinaryIO, encoding: Encoding, plan: "ScorePlan", folder: Path
) -> tuple[tuple[EncodedFile, ...], dict[str, int], StoredTable]:
    """Write the encoded rows to S3, and keep the columns as they came for a comparison."""
    table, texts = TableWriter(folder), TextColumns(plan.table)
    categories = [column for column in encoding.columns if isinstance(column, Category)]
    unseen = dict.fromkeys((column.name for column in categories if not column.has_other), 0)
    written = _RowFiles(s3, plan.locations.rows)
    for block in encoded_blocks(plain, encoding):
        _check(block, encoding, plan.table)
        written.append(block)
        cells = block.cells
        for column in categories:
            if column.name in unseen:
                unseen[column.name] += _rows_beyond(cells.column(column.name), column)
        codes = texts.add(
            {column.name: cells.column(column.name).dictionary_encode() for column in categories},
            cells.num_rows,
        )
        columns = [codes.get(name, cells.column(name)) for name in cells.schema.names]
        table.append(pa.RecordBatch.from_arrays(columns, names=cells.schema.names))
    files = written.finish()
    if not files:
        raise DataError("the table has no rows", "below the header stand rows", "Check the file")
    return files, unseen, table.finish(texts.values)


class _RowFiles:
    """Lines on their way to S3, in files of some megabytes."""

    def __init__(self, s3: "S3Client", prefix_uri: str) -> None:
        self._s3, self._prefix_uri = s3, prefix_uri
        self._files: list[EncodedFile] = []
        self._lines: list[pa.Buffer] = []
        self._rows = self._bytes = 0

    def append(self, block: EncodedBlock) -> None:
        lines = block.csv
        self._lines.append(lines)
        self._rows += block.features.num_rows
        self._bytes += lines.size
        if self._bytes >= _FILE_BYTES:
            self._send()

    def finish(self) -> tuple[EncodedFile, ...]:
        if self._rows:
            self._send()
        return tuple(self._files)

    def _send(self) -> None:
        name = f"rows-{len(self._files):06d}.csv"
        with tempfile.TemporaryFile() as file:
            for lines in self._lines:
                file.write(lines)
            put_file(self._s3, file, self._prefix_uri + name)
        self._files.append(EncodedFile(name=name, rows=self._rows))
        self._lines, self._rows, self._bytes = [], 0, 0


def _check(block: EncodedBlock, encoding: Encoding, table: "TableConfig") -> None:
    """Hold numbers to what XGBoost can be given, as those that it was trained on were held."""
    for column in encoding.columns:
        if not isinstance(column, Number):
            continue
        numbers = block.cells.column(column.name)
        breaches = first_breaches(numbers, is_label=False, vanished=block.vanished.get(column.name))
        for rule, place in breaches.items():
            shown = f" is {numbers[place].as_py()}" if table.shows(column.name) else ""
            at = row_number(block.first + place)
            raise DataError(f"row {at}, column {column.name!r}{shown}", rule.rule, rule.mend)


def _rows_beyond(cells: pa.Array, column: Category) -> int:
    known = pc.is_in(cells, value_set=pa.array(column.values, pa.string()))
    return int(np.count_nonzero(~np.asarray(known) & ~np.asarray(cells.is_null())))


def _compare(
    s3: "S3Client", table: StoredTable, plan: "ScorePlan", model: "ScoringModel"
) -> "tuple[ColumnDrift, ...]":
    try:
        known = DataProfile.read(read_object(s3, model.profile_uri), model.profile_uri)
    except s3.exceptions.NoSuchKey:
        log.warning("The data of %s has no profile: drift is not measured", model.run_id)
        return ()
    columns = compare_features(table, plan.table, known)
    if plan.drift:
        for warning in feature_warnings(columns, plan.drift):
            log.warning("%s", warning)
    return columns
