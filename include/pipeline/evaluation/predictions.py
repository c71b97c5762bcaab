"""predictions.csv: label and prediction of each test row, written by the evaluation and read by others."""

import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from include.pipeline.errors import DocumentError
from include.pipeline.values.params import LabelKind

_SCORE = "score_"


def write_predictions(
    labels: np.ndarray,
    scores: np.ndarray,
    identifiers: bytes | None = None,
    *,
    kind: LabelKind = "binary",
    classes: Sequence[str] = (),
) -> bytes:
    """Write the file.

    Args:
        labels: Shape `(rows,)`: 0 or 1, a number, or the place of the class.
        scores: Probabilities of 1, or predictions, shape `(rows,)`; of classes `(rows, classes)`.
        identifiers: CSV with a header, a line a row: columns that say whose a row is.
        kind: Of the label.
        classes: What they are called, in their order.
    """
    match kind:
        case "binary":
            found = pd.DataFrame({"label": labels, "score": scores})
        case "regression":
            found = pd.DataFrame({"label": labels, "prediction": scores})
        case "multiclass":
            names = np.array(classes, dtype=object)
            found = pd.DataFrame({"label": names[labels], "prediction": names[scores.argmax(axis=1)]})
            columns = [f"{_SCORE}{name}" for name in classes]
            found = pd.concat([found, pd.DataFrame(scores, columns=columns)], axis="columns")
    if identifiers is not None:
        whose = pd.read_csv(io.BytesIO(identifiers), dtype="str", keep_default_na=False)
        found = pd.concat([found, whose], axis="columns")
    return found.to_csv(index=False).encode()


def read_predictions(
    content: bytes, where: str, kind: LabelKind = "binary", classes: Sequence[str] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Read the file.

    Args:
        content: Of the file.
        where: It was found, for the message.
        kind: Of the label.
        classes: What they are called, in their order.

    Returns:
        Labels and scores, as they were given to `write_predictions`.

    Raises:
        DocumentError: It is not what an evaluation writes.
    """
    try:
        match kind:
            case "binary":
                return _numbers(content, ("label", "score"), where)
            case "regression":
                return _numbers(content, ("label", "prediction"), where)
            case "multiclass":
                return _classes(content, classes, where)
    except ValueError as error:  # pandas' own errors are such
        raise _wrong(where, f"cannot be read: {error}") from None


def _numbers(content: bytes, columns: tuple[str, str], where: str) -> tuple[np.ndarray, np.ndarray]:
    # From text: pandas 3.0, which MWAA has, otherwise reads some numbers a digit off.
    found = pd.read_csv(io.BytesIO(content), usecols=list(columns), dtype="str").astype("float64")
    labels, scores = (found[name].to_numpy() for name in columns)
    if "score" in columns:
        if not (np.isin(labels, (0, 1)).all() and ((scores >= 0) & (scores <= 1)).all()):
            raise _wrong(where, "holds other labels than 0 and 1, or scores that are no probabilities")
        return labels.astype("int64"), scores
    if not (np.isfinite(labels).all() and np.isfinite(scores).all()):
        raise _wrong(where, "holds labels or predictions that are no numbers")
    return labels, scores


def _classes(content: bytes, classes: Sequence[str], where: str) -> tuple[np.ndarray, np.ndarray]:
    names = [f"{_SCORE}{name}" for name in classes]
    found = pd.read_csv(
        io.BytesIO(content),
        usecols=["label", *names],
        dtype="str",
        keep_default_na=False,
    )
    place = {name: number for number, name in enumerate(classes)}
    labels, scores = found["label"].map(place), found[names].astype("float64").to_numpy()
    if labels.isna().any() or not ((scores >= 0) & (scores <= 1)).all():
        raise _wrong(where, "holds other classes than its evaluation, or scores that are no probabilities")
    return labels.to_numpy(dtype="int64"), scores


def _wrong(where: str, what: str) -> DocumentError:
    return DocumentError(
        f"{where} {what}",
        "it has label and prediction of each test row",
        "Find out who wrote it, then clear evaluate_model and what follows it",
    )
