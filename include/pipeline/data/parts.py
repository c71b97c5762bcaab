"""What each part of a split table has to hold, for the job to end well and the endpoint to answer."""

import ast
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from include.pipeline.data.places import few, listed, row_number
from include.pipeline.errors import DataError, ParamError

_PIECE_BYTES = 2**24
# https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html: num_classes
_FEWEST_CLASSES_OF_LINEAR_LEARNER = 3

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from include.pipeline.data.writing.rows import Rows
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.table.config import TableConfig


def check_classes(parts: "dict[str, Rows]", whole: "Rows", table: "TableConfig", param: str) -> None:
    """See that each part has rows of both classes; or, of another kind of label, more than one value of it.

    Of a test or validation part of another kind, one row is enough.

    Args:
        parts: By their names.
        whole: What was cut into them.
        table: Names the label, and says whether its values may be seen.
        param: The Param that says where to cut.

    Raises:
        DataError: One has not.
    """
    label, shown = table.label, table.shows(table.label)
    if table.kind != "binary":
        _check_values(parts, whole, label, param)
        return
    for side, part in parts.items():
        positives = int(part.column(label).sum())
        if not 0 < positives < len(part):
            of_part = few(positives, shown=shown)
            of_whole = few(int(whole.column(label).sum()), shown=shown)
            rows = f"{len(part)} of {len(whole)} rows"
            found = f"{side} has {of_part} of {of_whole} rows with {label} = 1, in {rows}"
            rule = f"{' and '.join(parts)} both need rows of both classes"
            raise DataError(found, rule, f"Bring more rows or change {param}")


def _check_values(parts: "dict[str, Rows]", whole: "Rows", label: str, param: str) -> None:
    for side, part in parts.items():
        values = len(np.unique(part.column(label))) if len(part) else 0
        if not values or (side == "train" and values == 1):
            raise DataError(
                f"{side} has {values} different values of {label}, in {len(part)} of {len(whole)} rows",
                "there are rows to train on with more than one value of the label, and rows to test on",
                f"Bring more rows or change {param}",
            )


def check_features(train: "Rows", others: "Iterable[Rows]", features: "Iterable[str]") -> None:
    """See that the training rows have a value of each feature: of one without, a model learns nothing.

    XGBoost's reader of CSV counts the columns up to the last one that has a value. Where the last ones have
    none, the model has fewer columns than the test rows, and the endpoint refuses these.

    Args:
        train: Rows to train on.
        others: Rows to validate and to test on, to say where the values are.
        features: The columns that are meant.

    Raises:
        DataError: A feature is empty in every training row.
    """
    empty = [name for name in features if _is_empty(train, name)]
    if not empty:
        return
    name, *more = empty
    filled = np.concatenate([part.order[~np.isnan(part.column(name))] for part in others])
    where = (
        f"in none of its {len(train)} training rows, though in row {row_number(int(filled.min()))}"
        if len(filled)
        else "in no row"
    )
    also = f" (likewise {listed(more)})" if more else ""
    raise DataError(
        f"column {name!r} has a value {where}{also}",
        "each feature has a value in some training row",
        "Drop the column in the pipeline's YAML, or bring rows that have it",
    )


def _is_empty(rows: "Rows", name: str) -> bool:
    if rows.table.schema.field(name).type != pa.float64():
        return False
    # Of most columns, all rows together miss too few values.
    if np.isnan(rows.table.column(name)).sum() < len(rows):
        return False
    return bool(np.isnan(rows.column(name)).all())


def check_monotone_constraints(hyperparameters: "Mapping[str, object]", features: int) -> None:
    """See that there are no more monotone constraints than features: XGBoost fails in the job on that.

    Args:
        hyperparameters: Of the job, which `plan_run` has checked: the constraints are a tuple as text.
        features: Their number.

    Raises:
        ParamError: There are more.
    """
    given = str(hyperparameters.get("monotone_constraints", "()"))
    constraints = len(ast.literal_eval(given))
    if constraints > features:
        raise ParamError(
            f"hyperparameters: monotone_constraints has {constraints} values",
            f"there is one for each feature at the most, and the table has {features}",
            "Give one for each feature, in the order of the columns, without the label and what is dropped",
        )


def check_for_algorithm(plan: "RunPlan", *, features: int, rows: int, classes: int) -> None:
    """See that the table is none that the algorithm fails on in the job.

    Args:
        plan: Of the run.
        features: Their number.
        rows: Of training.
        classes: Of the label; 0 where it has none.

    Raises:
        DataError: The label has too few classes.
        ParamError: A hyperparameter is not for such a table.
    """
    if plan.algorithm == "linear-learner" and 0 < classes < _FEWEST_CLASSES_OF_LINEAR_LEARNER:
        raise DataError(
            f"column {plan.table.label!r}, the label, has {classes} classes",
            f"Linear Learner tells {_FEWEST_CLASSES_OF_LINEAR_LEARNER} classes or more from each other",
            "Write kind: binary and positive in the pipeline's YAML",
        )
    if plan.algorithm == "knn":
        check_neighbours(plan.training["HyperParameters"], features, rows)


def check_neighbours(hyperparameters: "Mapping[str, str]", features: int, rows: int) -> None:
    """See that k-NN has as many points as it asks, and dimensions to reduce: it fails in the job else.

    Args:
        hyperparameters: Of the job, as the plan's request has them.
        features: Their number.
        rows: Of training.

    Raises:
        ParamError: It has not.
    """
    if (k := int(hyperparameters.get("k", 0))) > rows:
        raise ParamError(
            f"hyperparameters: k = {k}",
            f"there are as many training rows, and the table gives {rows}",
            "Lower k, or bring more rows",
        )
    if (target := int(hyperparameters.get("dimension_reduction_target", 0))) >= features:
        raise ParamError(
            f"hyperparameters: dimension_reduction_target = {target}",
            f"it is below the number of features, {features}",
            "Lower it, or leave it out with dimension_reduction_type",
        )


def check_row_bytes(file: "Path", rows: np.ndarray, most: int, *, label_first: bool = False) -> None:
    """See that each row fits into a request to an endpoint.

    Args:
        file: CSV of features, as the endpoint is sent it.
        rows: Where in the table each line comes from, from 0 on.
        most: Bytes of a request.
        label_first: Whether the label stands before the features, which the endpoint is not sent.

    Raises:
        DataError: A line has more.
    """
    # The label is a digit and a comma.
    before = len("0,") if label_first else 0
    row = start = 0
    with file.open("rb") as lines:
        while piece := lines.read(_PIECE_BYTES):
            breaks = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == ord("\n"))
            ends = breaks + 1 + lines.tell() - len(piece)
            sizes = np.diff(ends, prepend=start) - before
            if (sizes > most).any():
                at = int((sizes > most).argmax())
                lines.seek(int(ends[at] - sizes[at]))
                sent = lines.read(int(sizes[at]))
                raise DataError(
                    f"row {row_number(int(rows[row + at]))} has {len(sent)} bytes "
                    f"in {sent.count(b',') + 1} features",
                    f"an endpoint takes at most {most} bytes in one request",
                    "Drop columns in the pipeline's YAML",
                )
            row, start = row + len(ends), ends[-1] if len(ends) else start
