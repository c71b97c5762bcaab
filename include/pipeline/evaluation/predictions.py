"""predictions.csv: label and score of each test row, written by the evaluation and read by others."""

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from include.pipeline.errors import DocumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Predictions = tuple[NDArray[np.int64], NDArray[np.float64]]


def write_predictions(labels: np.ndarray, scores: np.ndarray, identifiers: bytes | None = None) -> bytes:
    """Write the file.

    Args:
        labels: 0 or 1, shape `(rows,)`.
        scores: Probabilities of 1, shape `(rows,)`.
        identifiers: CSV with a header, a line a row: columns that say whose a row is.
    """
    found = pd.DataFrame({"label": labels, "score": scores})
    if identifiers is not None:
        whose = pd.read_csv(io.BytesIO(identifiers), dtype="str", keep_default_na=False)
        found = pd.concat([found, whose], axis="columns")
    return found.to_csv(index=False).encode()


def read_predictions(content: bytes, where: str) -> "Predictions":
    """Read the file.

    Args:
        content: Of the file.
        where: It was found, for the message.

    Returns:
        Labels and scores, as they were written: shape `(rows,)` each.

    Raises:
        DocumentError: It is not what an evaluation writes.
    """
    try:
        found = pd.read_csv(io.BytesIO(content), usecols=["label", "score"], dtype="float64")
    except ValueError as error:  # pandas' own errors are such
        raise _wrong(where, f"cannot be read: {error}") from None
    labels, scores = found["label"].to_numpy(), found["score"].to_numpy()
    if not (np.isin(labels, (0, 1)).all() and ((scores >= 0) & (scores <= 1)).all()):
        raise _wrong(where, "holds other labels than 0 and 1, or scores that are no probabilities")
    return labels.astype("int64"), scores


def _wrong(where: str, what: str) -> DocumentError:
    return DocumentError(
        f"{where} {what}",
        "it has label and score of each test row",
        "Find out who wrote it, then clear evaluate_model and what follows it",
    )
