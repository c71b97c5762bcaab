"""The files of a split: written here, and kept where the run keeps its objects."""

import hashlib
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from include.pipeline.aws.request_limits import MAX_BODY_BYTES
from include.pipeline.data.parts import check_features, check_row_bytes
from include.pipeline.data.writing.beside import write_beside
from include.pipeline.data.writing.csv_file import write_rows
from include.pipeline.data.writing.forms import Forms
from include.pipeline.data.writing.record_file import write_records
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.algorithm import ALGORITHMS, CSV, RECORDIO
from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.table.config import TableConfig


class Keep(Protocol):
    """Keeps the whole of a file as an object of the run's."""

    def __call__(self, file: BinaryIO, uri: str, content_type: str) -> None:
        """Keep it at its `s3://` URI."""


def write_split(
    train: Rows,
    test: Rows,
    table: "TableConfig",
    folder: Path,
    *,
    train_files: int = 1,
    validation: Rows | None = None,
    as_records: bool = False,
) -> Split:
    """Write the files that the job and the evaluation read: no header, no index, label first for the job.

    Args:
        train: Rows to train on.
        test: Rows to test on, written as features.csv and labels.csv.
        table: Names the label.
        folder: Gets these files, and the training rows in its folder `train`.
        train_files: Number of files for the training rows: one for each instance that trains. One file is
            `train/train.csv`; several are `train/train-1-of-2.csv` and so on, in the rows' order.
        validation: Rows to validate on, written as validation.csv where there are any.
        as_records: Whether the training rows are written as RecordIO, which makes their files `train.pbr`.

    Raises:
        DataError: There are fewer training rows than files; a feature has no value where XGBoost needs one; a
            row is too long for a request.
    """
    if len(train) < train_files:
        raise DataError(
            f"train has {len(train)} rows for {train_files} instances",
            "each instance needs a row to train on",
            "Bring more rows or lower training_instance_count",
        )
    features = [name for name in train.table.names if name != table.label]
    label_first = [table.label, *features]
    held_out = 0 if validation is None else len(validation)
    check_features(train, [test] if validation is None else [validation, test], features)
    write_rows(test, features, folder / "features.csv")
    check_row_bytes(folder / "features.csv", test.order, MAX_BODY_BYTES)
    write_rows(test, [table.label], folder / "labels.csv")
    if validation is not None and held_out:
        write_rows(validation, label_first, folder / "validation.csv")
        check_row_bytes(folder / "validation.csv", validation.order, MAX_BODY_BYTES, label_first=True)
    (folder / "train").mkdir()
    parts = []
    for number in range(train_files):
        rows = slice(number * len(train) // train_files, (number + 1) * len(train) // train_files)
        name = "train" if train_files == 1 else f"train-{number + 1}-of-{train_files}"
        parts.append(folder / "train" / f"{name}.{'pbr' if as_records else 'csv'}")
        if as_records:
            write_records(train[rows], table.label, features, parts[-1])
        else:
            write_rows(train[rows], label_first, parts[-1])
    return Split(
        rows=len(train) + held_out + len(test),
        train_rows=len(train),
        validation_rows=held_out,
        test_rows=len(test),
        train_positives=int(train.column(table.label).sum()) if table.kind == "binary" else None,
        test_positives=int(test.column(table.label).sum()) if table.kind == "binary" else None,
        feature_names=tuple(features),
        train_sha256=_sha256(*parts),
        validation_sha256=_sha256(folder / "validation.csv") if held_out else None,
        test_features_sha256=_sha256(folder / "features.csv"),
        test_labels_sha256=_sha256(folder / "labels.csv"),
    )


def keep_rows(keep: Keep, plan: "RunPlan", forms: Forms, beside: "Mapping[str, pa.Table | None]") -> Split:
    """Keep the rows in the form that the plan's algorithm takes, and how they were encoded.

    Args:
        keep: Keeps a file at its place of the plan.
        plan: Of the run, or of one of its algorithms.
        forms: The rows.
        beside: What is kept of the test rows beside their features, by its file; None for nothing.

    Raises:
        DataError: As `write_split`, or the rows are none that the algorithm can be trained on.
        ParamError: A hyperparameter is not for a table with so many columns.
    """
    algorithm, places = ALGORITHMS[plan.algorithm], plan.locations
    taken = forms.for_algorithm(plan)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        split = write_split(
            taken.train,
            taken.test,
            plan.table,
            folder,
            train_files=plan.params.training_instance_count,
            validation=taken.validation,
            as_records=algorithm.request_type == RECORDIO,
        )
        for path, uri in (
            (folder / "features.csv", places.test_features),
            (folder / "labels.csv", places.test_labels),
            *([(folder / "validation.csv", places.validation)] if len(taken.validation) else []),
            *((path, f"{places.train}{path.name}") for path in (folder / "train").iterdir()),
        ):
            with path.open("rb") as part:
                keep(part, uri, algorithm.request_type if path.suffix == ".pbr" else CSV)
        if taken.encoding:
            keep(io.BytesIO(taken.encoding.content), places.encoding, "application/json")
            split = split.model_copy(update={"encoding": taken.told, "classes": taken.classes})
        for kind, columns in beside.items():
            if columns is not None:
                path = folder / f"{kind}.csv"
                write_beside(columns, taken.test, path)
                with path.open("rb") as part:
                    keep(part, f"{places.of_the_model}/test/{path.name}", CSV)
                split = split.model_copy(update={f"{kind}_sha256": _sha256(path)})
    return split


def _sha256(*files: Path) -> str:
    """Hash files, one after the other."""
    found = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while piece := file.read(2**20):
                found.update(piece)
    return found.hexdigest()
