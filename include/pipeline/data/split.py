"""The table shuffled, split, and written for SageMaker."""

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from include.pipeline.aws.object_store import put_file, receive_object
from include.pipeline.data.table import read_table
from include.pipeline.data.versions import compare_with_previous
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.errors import DataError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.config import TableConfig
    from include.pipeline.documents.plan import RunPlan


def split_table(
    frame: pd.DataFrame, table: "TableConfig", *, train_fraction: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shuffle the rows and cut them in two, exactly as AWS's tutorial does.

    Args:
        frame: As `read_table` returns it.
        table: Names the label.
        train_fraction: Of the rows, rounded down.
        seed: Of numpy's `RandomState`.

    Returns:
        The rows to train on and the rows to test on.

    Raises:
        DataError: A side is without rows of both classes.
    """
    shuffled = frame.sample(frac=1, random_state=seed)
    cut = int(train_fraction * len(frame))
    train, test = shuffled.iloc[:cut], shuffled.iloc[cut:]
    _check_classes({"train": train, "test": test}, frame, table.label, "train_fraction")
    return train, test


def hold_out_validation(
    train: pd.DataFrame, table: "TableConfig", fraction: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the last of the shuffled training rows from training. The test rows stay what they are.

    Args:
        train: As `split_table` returns it.
        table: Names the label.
        fraction: Of the training rows, rounded down.

    Returns:
        The rows to train on and the rows to validate on: none of these where the fraction is 0.

    Raises:
        DataError: The fraction is not 0 and a side is without rows of both classes.
    """
    cut = len(train) - int(fraction * len(train))
    kept, validation = train.iloc[:cut], train.iloc[cut:]
    if fraction:
        _check_classes({"train": kept, "validation": validation}, train, table.label, "validation_fraction")
    return kept, validation


def _check_classes(parts: dict[str, pd.DataFrame], whole: pd.DataFrame, label: str, param: str) -> None:
    for side, part in parts.items():
        if part[label].nunique() < 2:  # noqa: PLR2004 - both classes
            found = (
                f"{side} has {part[label].sum()} of {whole[label].sum()} rows with "
                f"{label} = 1, in {len(part)} of {len(whole)} rows"
            )
            rule = f"{' and '.join(parts)} both need rows of both classes"
            raise DataError(found, rule, f"Bring more rows or change {param}")


def write_split(
    train: pd.DataFrame,
    test: pd.DataFrame,
    table: "TableConfig",
    folder: Path,
    *,
    train_files: int = 1,
    validation: pd.DataFrame | None = None,
) -> Split:
    """Write what the job and the evaluation read: no header, no index, label first for the job.

    Args:
        train: Rows to train on.
        test: Written as features.csv and labels.csv.
        table: Names the label.
        folder: Gets these files, and in its folder `train` the training rows.
        train_files: `train/train.csv`, or `train/train-1-of-2.csv` and so on, in the rows' order: one for
            each instance that trains.
        validation: Written as validation.csv, where there are any.

    Raises:
        DataError: There are fewer training rows than files.
    """
    if len(train) < train_files:
        raise DataError(
            f"train has {len(train)} rows for {train_files} instances",
            "each instance needs a row to train on",
            "Bring more rows or lower training_instance_count",
        )
    features = [name for name in train.columns if name != table.label]
    _write_csv(test[features], folder / "features.csv")
    _write_csv(test[[table.label]], folder / "labels.csv")
    held_out = 0 if validation is None else len(validation)
    if validation is not None and held_out:
        _write_csv(validation[[table.label, *features]], folder / "validation.csv")
    (folder / "train").mkdir()
    train_sha256 = hashlib.sha256()
    for number in range(train_files):
        rows = slice(number * len(train) // train_files, (number + 1) * len(train) // train_files)
        name = "train.csv" if train_files == 1 else f"train-{number + 1}-of-{train_files}.csv"
        _write_csv(train[[table.label, *features]].iloc[rows], folder / "train" / name)
        train_sha256.update((folder / "train" / name).read_bytes())
    return Split(
        rows=len(train) + held_out + len(test),
        train_rows=len(train),
        validation_rows=held_out,
        test_rows=len(test),
        train_positives=int(train[table.label].sum()),
        test_positives=int(test[table.label].sum()),
        feature_names=tuple(features),
        train_sha256=train_sha256.hexdigest(),
    )


def split_to_s3(s3: "S3Client", raw: RawData, plan: "RunPlan") -> Split:
    """Read the raw data from S3, check and split it, and put the parts where the plan says.

    Raises:
        ObjectError: The raw data is not there or cannot be read.
        DataError: It is not a table that a model can be trained on.
        DriftError: It is not like the data of the last accepted model.
        DocumentError: What is stored of that model cannot be read.
    """
    with tempfile.TemporaryFile() as file:
        receive_object(s3, raw.uri, file)
        frame = read_table(file, plan.table)
    drift = compare_with_previous(s3, plan, frame, raw.sha256)
    train, test = split_table(
        frame, plan.table, train_fraction=plan.params.train_fraction, seed=plan.params.seed
    )
    train, validation = hold_out_validation(train, plan.table, plan.params.validation_fraction)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder)
        split = write_split(
            train,
            test,
            plan.table,
            written,
            train_files=plan.params.training_instance_count,
            validation=validation,
        )
        for path, uri in (
            (written / "features.csv", plan.locations.test_features),
            (written / "labels.csv", plan.locations.test_labels),
            *([(written / "validation.csv", plan.locations.validation)] if len(validation) else []),
            *((part, f"{plan.locations.train}{part.name}") for part in (written / "train").iterdir()),
        ):
            with path.open("rb") as file:
                put_file(s3, file, uri)
    return split.model_copy(update={"drift": drift})


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    # Several times faster than pandas; whole numbers are written without a point, missing ones as nothing.
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    pa.csv.write_csv(rows, path, pa.csv.WriteOptions(include_header=False))
