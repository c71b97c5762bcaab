"""The scores that two runs gave to the same test rows, or why they cannot be compared row by row."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from include.pipeline.documents.metrics import Evaluation
from include.pipeline.errors import DocumentError
from include.pipeline.report import formats
from plugins.model_report.clients import TooLargeError
from plugins.model_report.results import Results
from plugins.model_report.runs import Run

if TYPE_CHECKING:
    from include.pipeline.figures.paired_rows import PairedRows
    from include.pipeline.figures.scored_rows import ScoredRows


class NotComparableError(Exception):
    """Why two runs cannot be compared row by row, in a sentence."""


def pair(runs: Sequence[Run], evaluations: Sequence[Evaluation], results: Results) -> "PairedRows":
    """Read the scores of two runs, each at its own threshold.

    Args:
        runs: The first and the second.
        evaluations: Theirs.
        results: Reads S3.

    Raises:
        NotComparableError: They were tested on different rows, or their scores are not there.
        UnreadableError: S3 does not answer.
    """
    import numpy as np

    from include.pipeline.figures.paired_rows import PairedRows

    first, second = evaluations
    for run, evaluation in zip(runs, evaluations, strict=True):
        if evaluation.test_rows_sha256 is None or evaluation.predictions_sha256 is None:
            raise NotComparableError(
                f"An earlier version of this project evaluated {run.run_id}, and did not note which rows it "
                "was tested on."
            )
    if first.test_rows_sha256 != second.test_rows_sha256:
        raise NotComparableError(
            f"They were tested on different rows: {_rows(first)}, and {_rows(second)}. A difference may come "
            "from the rows, not from the model."
        )
    one, other = (
        _scored(run, evaluation, results) for run, evaluation in zip(runs, evaluations, strict=True)
    )
    if not np.array_equal(one.labels, other.labels):
        raise NotComparableError("Their predictions.csv do not agree on the labels of the test rows.")
    return PairedRows(one, other)


def _scored(run: Run, evaluation: Evaluation, results: Results) -> "ScoredRows":
    # numpy, pandas and scikit-learn, once a page asks for them.
    from include.pipeline.evaluation.predictions import read_predictions
    from include.pipeline.figures.scored_rows import ScoredRows

    try:
        content = results.predictions(run)
    except TooLargeError as error:
        raise NotComparableError(f"{error.what} No page reads so much.") from None
    if content is None:
        raise NotComparableError(f"The scores of {run.run_id}, its predictions.csv, are absent from S3.")
    fault = f"The predictions.csv of {run.run_id} is not the one that its evaluation wrote."
    if hashlib.sha256(content).hexdigest() != evaluation.predictions_sha256:
        raise NotComparableError(fault)
    try:
        labels, scores = read_predictions(content, "predictions.csv")
    except DocumentError:
        raise NotComparableError(fault) from None
    counted = (len(labels), int(labels.sum()))
    if counted != (evaluation.rows, evaluation.positives) or not 0 < evaluation.positives < evaluation.rows:
        raise NotComparableError(fault)
    return ScoredRows(labels, scores, evaluation.threshold)


def _rows(evaluation: Evaluation) -> str:
    positives = formats.rows(evaluation.positives, evaluation.few_rows_shown)
    return f"{formats.count(evaluation.rows)} rows with {positives} positives"
