"""The table shuffled, split, and written for SageMaker."""

import hashlib
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.aws.object_store import MAX_OBJECT_BYTES, put_file, write_object
from include.pipeline.aws.request_limits import MAX_BODY_BYTES
from include.pipeline.data.order import measure_order
from include.pipeline.data.parts import (
    check_classes,
    check_features,
    check_monotone_constraints,
    check_row_bytes,
)
from include.pipeline.data.places import listed
from include.pipeline.data.reading.raw_file import naming, plain_csv_of
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.data.table import read_table
from include.pipeline.data.versions import compare_with_previous
from include.pipeline.data.writing.beside import read_groups, read_identifiers, write_beside
from include.pipeline.data.writing.csv_file import write_rows
from include.pipeline.data.writing.forms import Forms
from include.pipeline.data.writing.line import Line, places_on_the_line
from include.pipeline.data.writing.record_file import write_records
from include.pipeline.data.writing.rows import Rows, shuffled
from include.pipeline.data.writing.sides import split_by_place
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import ContenderSplit, Split
from include.pipeline.documents.training.algorithm import ALGORITHMS, CSV, RECORDIO
from include.pipeline.errors import DataError
from include.pipeline.source.worker_disk import telling_of_full_disk

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.table.config import TableConfig

log = logging.getLogger(__name__)


def split_table(
    data: StoredTable, table: "TableConfig", *, train_fraction: float, seed: int
) -> tuple[Rows, Rows]:
    """Shuffle the rows and cut them in two, exactly as AWS's tutorial does.

    Args:
        data: As `read_table` returns it.
        table: Names the label.
        train_fraction: Share of the rows to train on; their number is rounded down.
        seed: Seed of numpy's `RandomState`.

    Returns:
        The rows to train on and the rows to test on.

    Raises:
        DataError: One side does not have rows of both classes.
    """
    whole = shuffled(data, seed)
    cut = int(train_fraction * len(whole))
    train, test = whole[:cut], whole[cut:]
    check_classes({"train": train, "test": test}, whole, table, "train_fraction")
    return train, test


def hold_out_validation(train: Rows, table: "TableConfig", fraction: float) -> tuple[Rows, Rows]:
    """Keep the last of the shuffled training rows from training. The test rows stay the same.

    Args:
        train: As `split_table` returns it.
        table: Names the label.
        fraction: Share of the training rows to validate on; their number is rounded down.

    Returns:
        The rows to train on and the rows to validate on. The latter are none where the fraction is 0.

    Raises:
        DataError: The fraction is above 0, and one side does not have rows of both classes.
    """
    cut = len(train) - int(fraction * len(train))
    kept, validation = train[:cut], train[cut:]
    if fraction:
        check_classes({"train": kept, "validation": validation}, train, table, "validation_fraction")
    return kept, validation


def line_of(data: StoredTable, file: BinaryIO, table: "TableConfig", seed: int) -> Line | None:
    """Give each row a place on a line, by the table's way to split; None where rows are shuffled and cut.

    Raises:
        DataError: As `places_on_the_line`.
    """
    return None if table.split == "shuffle" else places_on_the_line(data, file, table, seed)


def cut_table(
    data: StoredTable, line: Line | None, table: "TableConfig", params: "RunParams"
) -> tuple[Rows, Rows, Rows]:
    """Cut the rows in three: to train, to validate and to test on; on the line, where there is one.

    Raises:
        DataError: One side does not have rows of both classes.
    """
    if line:
        return split_by_place(
            data,
            line,
            table,
            train_fraction=params.train_fraction,
            validation_fraction=params.validation_fraction,
            seed=params.seed,
        )
    train, test = split_table(data, table, train_fraction=params.train_fraction, seed=params.seed)
    return *hold_out_validation(train, table, params.validation_fraction), test


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


def split_to_s3(s3: "S3Client", raw: RawData, plan: "RunPlan", *, max_bytes: int = MAX_OBJECT_BYTES) -> Split:
    """Read the raw data from S3, check and split it, and write the parts to the places of the plan.

    What is no number is encoded, and how is written beside them.

    Args:
        s3: Has the data, and gets the parts.
        raw: The data.
        plan: Of the run.
        max_bytes: That the data may have once it is unpacked.

    Raises:
        ObjectError: The raw data is not there, cannot be read, or is not what was downloaded.
        DataError: It is not a table that a model can be trained on.
        ParamError: A hyperparameter is not for a table with so many columns.
        DriftError: It is not like the data of the last accepted model.
        DocumentError: What is stored of that model cannot be read.
        WorkerError: There is no room for it here.
    """
    with telling_of_full_disk(), naming(raw), tempfile.TemporaryDirectory() as folder:
        written, params = Path(folder), plan.params
        with plain_csv_of(s3, raw, plan.table, most=max_bytes) as plain:
            data = read_table(plain, plan.table, written)
            line = line_of(data, plain, plan.table, params.seed)
            beside = {
                "identifiers": read_identifiers(plain, plan.table, data.rows),
                "groups": read_groups(plain, plan.table, data.rows),
            }
        _tell_left_out(plan.table)
        if not plan.table.is_encoded:
            check_monotone_constraints(params.hyperparameters, len(data.names) - 1)
        drift = compare_with_previous(s3, plan, data, raw.sha256)
        order = measure_order(data, plan.table, train_fraction=params.train_fraction, seed=params.seed)
        train, validation, test = cut_table(data, line, plan.table, params)
        sides = line.sides(train, test) if line else None
        if sides:
            log.info("Split: %s", sides)
        forms = Forms(data, (train, validation, test), plan.table, written)
        plans = [plan.contending(each.algorithm) for each in plan.contenders] or [plan]
        splits = [_write_to_s3(s3, one, forms, beside) for one in plans]
        split = splits[0]
        if plan.contenders:
            own = {
                one.algorithm: ContenderSplit(**dict(of_one))
                for one, of_one in zip(plans, splits, strict=True)
            }
            split = split.model_copy(update={"contenders": own})
    return split.model_copy(update={"drift": drift, "order": order, "sides": sides})


def _write_to_s3(
    s3: "S3Client", plan: "RunPlan", forms: Forms, beside: "Mapping[str, pa.Table | None]"
) -> Split:
    """Write the rows in the form that the plan's algorithm takes, and how they were encoded."""
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
                put_file(s3, part, uri, algorithm.request_type if path.suffix == ".pbr" else CSV)
        if taken.encoding:
            write_object(s3, places.encoding, taken.encoding.content, "application/json")
            split = split.model_copy(update={"encoding": taken.told, "classes": taken.classes})
        for kind, columns in beside.items():
            if columns is not None:
                path = folder / f"{kind}.csv"
                write_beside(columns, taken.test, path)
                with path.open("rb") as part:
                    put_file(s3, part, f"{places.of_the_model}/test/{path.name}")
                split = split.model_copy(update={f"{kind}_sha256": _sha256(path)})
    return split


def _tell_left_out(table: "TableConfig") -> None:
    if table.texts:
        log.info("Left out, as free text: %s", listed(table.texts))
    if table.leaks:
        log.info("Left out, as known only after what is predicted: %s", listed(table.leaks))


def _sha256(*files: Path) -> str:
    """Hash files, one after the other."""
    found = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while piece := file.read(2**20):
                found.update(piece)
    return found.hexdigest()
