"""The table shuffled, split, and written for SageMaker."""

import logging
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from include.pipeline.aws.object_store import MAX_OBJECT_BYTES, put_file
from include.pipeline.data.comparison.versions import compare_with_previous
from include.pipeline.data.order import measure_order
from include.pipeline.data.parts import check_classes, check_monotone_constraints
from include.pipeline.data.places import listed
from include.pipeline.data.reading.raw_file import naming, plain_csv_of
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.beside import read_groups, read_identifiers
from include.pipeline.data.writing.forms import Forms
from include.pipeline.data.writing.line import Line, places_on_the_line
from include.pipeline.data.writing.objects import Keep, keep_rows
from include.pipeline.data.writing.rows import Rows, shuffled
from include.pipeline.data.writing.sides import split_by_place
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import ContenderSplit, Split
from include.pipeline.source.worker_disk import telling_of_full_disk

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.drift import Drift
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
    return split_file(
        lambda: plain_csv_of(s3, raw, plan.table, most=max_bytes),
        raw,
        plan,
        compare=lambda data: compare_with_previous(s3, plan, data, raw.sha256),
        keep=partial(put_file, s3),
    )


def split_file(
    opened: "Callable[[], AbstractContextManager[BinaryIO]]",
    raw: RawData,
    plan: "RunPlan",
    *,
    compare: "Callable[[StoredTable], Drift | None]",
    keep: Keep,
) -> Split:
    """Check and split a run's file, wherever that is and its parts are kept.

    Args:
        opened: Gives it as CSV with commas in UTF-8, below a header.
        raw: What is known of it.
        plan: Of the run.
        compare: Holds the table against the version before.
        keep: Keeps the parts at the places of the plan.

    Raises:
        PipelineError: As `split_to_s3`.
    """
    with (
        telling_of_full_disk(),
        naming(raw),
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(1) as pool,
    ):
        written, params = Path(folder), plan.params
        with opened() as plain:
            data = read_table(plain, plan.table, written)
            line = line_of(data, plain, plan.table, params.seed)
            beside = {
                "identifiers": read_identifiers(plain, plan.table, data.rows),
                "groups": read_groups(plain, plan.table, data.rows),
            }
        _tell_left_out(plan.table)
        if not plan.table.is_encoded:
            check_monotone_constraints(params.hyperparameters, len(data.names) - 1)
        # Small models are trained for it meanwhile: nothing else waits for what the order tells.
        order = pool.submit(
            measure_order, data, plan.table, train_fraction=params.train_fraction, seed=params.seed
        )
        drift = compare(data)
        train, validation, test = cut_table(data, line, plan.table, params)
        sides = line.sides(train, test) if line else None
        if sides:
            log.info("Split: %s", sides)
        forms = Forms(data, (train, validation, test), plan.table, written)
        plans = [plan.contending(each.algorithm) for each in plan.contenders] or [plan]
        splits = [keep_rows(keep, one, forms, beside) for one in plans]
        split = splits[0]
        if plan.contenders:
            own = {
                one.algorithm: ContenderSplit(**dict(of_one))
                for one, of_one in zip(plans, splits, strict=True)
            }
            split = split.model_copy(update={"contenders": own})
        return split.model_copy(update={"drift": drift, "order": order.result(), "sides": sides})


def _tell_left_out(table: "TableConfig") -> None:
    if table.texts:
        log.info("Left out, as free text: %s", listed(table.texts))
    if table.leaks:
        log.info("Left out, as known only after what is predicted: %s", listed(table.leaks))
