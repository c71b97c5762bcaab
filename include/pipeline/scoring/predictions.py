"""predictions.csv and predictions.parquet of new rows: sorted by score, the highest first."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from include.pipeline.aws.object_store import put_file
from include.pipeline.data.places import row_number
from include.pipeline.data.reading.raw_file import naming, plain_csv_of
from include.pipeline.data.reading.whole_columns import text_batches
from include.pipeline.data.writing.buckets import Bucket, put_into_buckets
from include.pipeline.documents.scoring.rows import HighestRow
from include.pipeline.errors import DataError
from include.pipeline.source.worker_disk import telling_of_full_disk
from include.work.progress import Progress

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.raw_data import RawData
    from include.pipeline.documents.scoring.model import ScoringModel
    from include.pipeline.documents.scoring.plan import ScorePlan

ROW, SCORE, PREDICTED, MODEL = "row", "score", "predicted", "model"
_HIGHEST = 20
# Of an identifier, about: how large a bucket is need not be known better.
_TEXT_BYTES = 24
_ROWS_AT_ONCE = 2**17


@dataclass(frozen=True)
class WrittenPredictions:
    """What was written."""

    kept: int
    """Rows."""
    csv_sha256: str
    highest: tuple[HighestRow, ...]


def write_predictions(
    s3: "S3Client",
    raw: "RawData",
    plan: "ScorePlan",
    model: "ScoringModel",
    scores: np.ndarray,
    *,
    max_bytes: int,
) -> WrittenPredictions:
    """Join scores with the identifiers of their rows, sort them, and write both files to S3.

    Rows of equal score stay in the file's order. Each row has its identifiers or, where the table has none,
    its number in the file, whose header is row 1.

    Args:
        s3: Has the rows, and gets the predictions.
        raw: The rows.
        plan: Of the run.
        model: Has scored them.
        scores: One for each row, in the file's order.
        max_bytes: That the rows may have once they are unpacked.

    Raises:
        DataError: A column of identifiers is absent, or has other rows.
        ObjectError: The rows are not there, or not what was downloaded.
        WorkerError: There is no room for them here.
    """
    names, kept = plan.table.identifiers, plan.params.kept_of(len(scores))
    shown = tuple(name for name in names if plan.table.shows(name))
    with telling_of_full_disk(), naming(raw), tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        schema = pa.schema(
            [(name, pa.string()) for name in names] + [(ROW, pa.int64()), (SCORE, pa.float64())]
        )
        with plain_csv_of(s3, raw, plan.table, most=max_bytes) as plain:
            buckets = put_into_buckets(
                _scored(plain, names, scores, schema),
                schema,
                _places(scores, kept),
                kept,
                folder,
                row_bytes=_TEXT_BYTES * max(1, len(names)),
            )
        paths = folder / "predictions.csv", folder / "predictions.parquet"
        highest = _write(buckets, model, paths, names=names, shown=shown, kept=kept)
        for path, kind in zip(paths, ("text/csv", "application/vnd.apache.parquet"), strict=True):
            with path.open("rb") as file:
                put_file(s3, file, f"{plan.locations.predictions}{path.suffix}", kind)
        with paths[0].open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return WrittenPredictions(kept, sha256, highest)


def _places(scores: np.ndarray, kept: int) -> np.ndarray:
    """Give each row its place in the order of the scores; `kept` to a row that is not among the highest."""
    places = np.full(len(scores), kept, dtype=np.min_scalar_type(kept))
    places[np.argsort(-scores, kind="stable")[:kept]] = np.arange(kept)
    return places


def _scored(
    plain: BinaryIO, names: tuple[str, ...], scores: np.ndarray, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    first, progress = 0, Progress("Joining", len(scores))
    for columns, rows in _identifiers(plain, names, len(scores)):
        if first + rows > len(scores):
            raise _uneven(names, f"more than {len(scores)}", len(scores))
        at = pa.array(np.arange(first, first + rows) + row_number(0))
        yield pa.RecordBatch.from_arrays(
            [*columns, at, pa.array(scores[first : first + rows])], schema=schema
        )
        first += rows
        progress.reached(first)
    if first != len(scores):
        raise _uneven(names, str(first), len(scores))


def _identifiers(plain: BinaryIO, names: tuple[str, ...], rows: int) -> Iterator[tuple[list[pa.Array], int]]:
    if not names:
        for first in range(0, rows, _ROWS_AT_ONCE):
            yield [], min(_ROWS_AT_ONCE, rows - first)
        return
    for batch in text_batches(plain, names, "an identifier"):
        yield batch.columns, batch.num_rows


def _uneven(names: tuple[str, ...], found: str, rows: int) -> DataError:
    return DataError(
        f"column {names[0]!r}, an identifier, has {found} rows, and {rows} were scored",
        "each row has a cell of it",
        "Remove blank lines",
    )


def _write(
    buckets: list[Bucket],
    model: "ScoringModel",
    paths: tuple[Path, Path],
    *,
    names: tuple[str, ...],
    shown: tuple[str, ...],
    kept: int,
) -> tuple[HighestRow, ...]:
    highest: tuple[HighestRow, ...] = ()
    written, progress = 0, Progress("Writing predictions", kept)
    own = names or (ROW,)
    kinds = {name: pa.string() for name in names} or {ROW: pa.int64()}
    schema = pa.schema([*kinds.items(), (SCORE, pa.float64()), (PREDICTED, pa.int8()), (MODEL, pa.string())])
    with ExitStack() as stack:
        writers = (
            stack.enter_context(
                csv.CSVWriter(str(paths[0]), schema, write_options=csv.WriteOptions(quoting_style="needed"))
            ),
            stack.enter_context(pq.ParquetWriter(str(paths[1]), schema)),
        )
        for bucket in buckets:
            rows = bucket.take()
            scores = rows.column(SCORE)
            if not highest:
                highest = tuple(_highest(rows.slice(0, _HIGHEST), shown))
            predicted = pa.array((scores.to_numpy() >= model.threshold).astype(np.int8))
            of_model = pa.array([model.run_id], pa.string()).take(pa.array(np.zeros(len(rows), np.int8)))
            table = pa.table(
                [*(rows.column(name) for name in own), scores, predicted, of_model], schema=schema
            )
            for writer in writers:
                writer.write_table(table)
            written += len(rows)
            progress.reached(written)
    return highest


def _highest(rows: pa.Table, shown: tuple[str, ...]) -> Iterator[HighestRow]:
    for row in rows.to_pylist():
        identifiers = {name: row[name] or "" for name in shown}
        yield HighestRow(row=row[ROW], identifiers=identifiers, score=row[SCORE])
