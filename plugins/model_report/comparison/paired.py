"""What runs answered for the same test rows, or why they cannot be compared row by row."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from include.pipeline.documents.metrics import Evaluation, ModelEvaluation, MulticlassEvaluation
from include.pipeline.errors import DocumentError
from include.pipeline.report import formats
from plugins.model_report.clients import TooLargeError
from plugins.model_report.results import Results
from plugins.model_report.runs import Run

if TYPE_CHECKING:
    from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
    from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
    from include.pipeline.figures.paired_rows import PairedRows
    from include.pipeline.figures.scored_rows import ScoredRows


class NotComparableError(Exception):
    """Why two runs cannot be compared row by row, in a sentence."""


@dataclass(frozen=True)
class AnsweredRows:
    """What two models answered for the same rows, where the label is not 0 or 1."""

    first: "PredictedRows | ClassifiedRows"
    second: "PredictedRows | ClassifiedRows"


Pair: TypeAlias = "PairedRows | AnsweredRows"


@dataclass(frozen=True)
class Paired:
    """What a first run answered beside what each later one did."""

    pairs: "tuple[Pair | None, ...]"
    """Of each run but the first; None where the two are not comparable."""
    why_not: dict[int, str]
    """Why they are not, in a sentence, by the number of the later run, which begins with 2."""


def pair_with_first(runs: Sequence[Run], evaluations: Sequence[ModelEvaluation], results: Results) -> Paired:
    """Read what runs answered; scores of a label of 0 and 1 each at its own threshold.

    Args:
        runs: At least two.
        evaluations: Theirs.
        results: Reads S3.

    Raises:
        UnreadableError: S3 does not answer.
    """
    read: dict[int, ScoredRows | PredictedRows | ClassifiedRows] = {}

    def answered(place: int) -> "ScoredRows | PredictedRows | ClassifiedRows":
        if place not in read:
            read[place] = _answered(runs[place], evaluations[place], results)
        return read[place]

    pairs: list[Pair | None] = []
    why_not = {}
    for place in range(1, len(runs)):
        try:
            _check_rows((runs[0], runs[place]), (evaluations[0], evaluations[place]))
            pairs.append(_pair(answered(0), answered(place)))
        except NotComparableError as error:
            pairs.append(None)
            why_not[place + 1] = str(error)
    return Paired(tuple(pairs), why_not)


def _check_rows(runs: Sequence[Run], evaluations: Sequence[ModelEvaluation]) -> None:
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


def _pair(
    one: "ScoredRows | PredictedRows | ClassifiedRows", other: "ScoredRows | PredictedRows | ClassifiedRows"
) -> Pair:
    import numpy as np

    from include.pipeline.figures.paired_rows import PairedRows
    from include.pipeline.figures.scored_rows import ScoredRows

    if not np.array_equal(one.labels, other.labels):
        raise NotComparableError("Their predictions.csv do not agree on the labels of the test rows.")
    if isinstance(one, ScoredRows) and isinstance(other, ScoredRows):
        return PairedRows(one, other)
    if isinstance(one, ScoredRows) or isinstance(other, ScoredRows):
        raise NotComparableError("Their labels are of different kinds.")
    return AnsweredRows(one, other)


def _answered(
    run: Run, evaluation: ModelEvaluation, results: Results
) -> "ScoredRows | PredictedRows | ClassifiedRows":
    # numpy, pandas and scikit-learn, once a page asks for them.
    from include.pipeline.evaluation.predictions import read_predictions
    from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
    from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
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
    classes = (
        [each.name for each in evaluation.classes] if isinstance(evaluation, MulticlassEvaluation) else []
    )
    try:
        labels, scores = read_predictions(content, "predictions.csv", evaluation.kind, classes)
    except DocumentError:
        raise NotComparableError(fault) from None
    if len(labels) != evaluation.rows:
        raise NotComparableError(fault)
    if isinstance(evaluation, Evaluation):
        positives = int(labels.sum())
        if positives != evaluation.positives or not 0 < positives < evaluation.rows:
            raise NotComparableError(fault)
        return ScoredRows(labels, scores, evaluation.threshold)
    return ClassifiedRows(labels, scores) if classes else PredictedRows(labels, scores)


def _rows(evaluation: ModelEvaluation) -> str:
    if not isinstance(evaluation, Evaluation):
        return f"{formats.count(evaluation.rows)} rows"
    positives = formats.rows(evaluation.positives, evaluation.few_rows_shown)
    return f"{formats.count(evaluation.rows)} rows with {positives} positives"
