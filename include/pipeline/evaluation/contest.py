"""Several algorithms on the same validation rows: each is scored, and the best is chosen.

The test rows have no part in it, so that they judge the chosen model as they would one that trained alone.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import write_object
from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName
from include.pipeline.documents.training.contest import ContenderResult, Contest, ScoredContender
from include.pipeline.errors import TrainingError
from include.pipeline.evaluation.evaluate import score_validation
from include.pipeline.evaluation.predictions import read_predictions, write_predictions
from include.pipeline.evaluation.written_rows import read_rows
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
from include.pipeline.figures.other_kinds.multiclass import MULTICLASS_FIGURES
from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES
from include.pipeline.figures.paired_rows import PairedRows
from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.values.params import LabelKind

if TYPE_CHECKING:
    import numpy as np
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split
    from include.pipeline.documents.training.job import CompletedTrainingJob

log = logging.getLogger(__name__)

_DECIDES: Mapping[LabelKind, str] = {"binary": "roc_auc", "multiclass": "macro_f1", "regression": "rmse"}


@dataclass(frozen=True)
class Candidate:
    """One of several algorithms, with what became of it."""

    algorithm: AlgorithmName
    job: "CompletedTrainingJob | None" = None
    """Its training job, where that has made a model."""
    scored: ScoredContender | None = None
    """What it answered; None where it is left out."""
    failure: str | None = None
    """Why it is left out."""


@dataclass(frozen=True)
class _Figure:
    """A figure that needs no threshold, whatever the label is."""

    of: Callable[[Any], float | None]
    difference: Callable[[Any, Any], Interval | None]
    """Of a second model's less that of a first."""
    higher_is_better: bool


def score_contender(
    plan: "RunPlan", split: "Split", s3: "S3Client", runtime: "SageMakerRuntimeClient"
) -> str:
    """Have the endpoint of one of several algorithms score the validation rows, and keep what it answered.

    Args:
        plan: As `RunPlan.contending` gives it.
        split: As `Split.of_contender` gives it.
        s3: Has the rows, gets its predictions.csv.
        runtime: SageMaker Runtime.

    Returns:
        SHA-256 in hex of predictions.csv.

    Raises:
        ObjectError: Rows are not those that were split.
        EndpointError: The endpoint did not answer what a model of this kind predicts for each row.
    """
    labels, scores = score_validation(plan, split, s3, runtime)
    content = write_predictions(labels, scores, kind=plan.table.kind, classes=split.classes)
    write_object(s3, plan.locations.validation_predictions, content, "text/csv")
    return hashlib.sha256(content).hexdigest()


def choose_contender(
    plan: "RunPlan", split: "Split", s3: "S3Client", candidates: Sequence[Candidate]
) -> Contest:
    """Compare several algorithms on the validation rows and choose the best, or the first of the best.

    Args:
        plan: Of the run.
        split: Of the run.
        s3: Has what they predicted.
        candidates: All of them.

    Raises:
        TrainingError: None of them is scored.
        ObjectError: Predictions are not those that were written.
        DocumentError: Predictions cannot be read.
    """
    rows = {
        each.algorithm: _read(plan, split, s3, each.algorithm, each.scored)
        for each in candidates
        if each.scored
    }
    if not rows:
        raise _none_left(candidates)
    figures, decides = _figures(plan.table.kind), _DECIDES[plan.table.kind]
    sign = 1 if figures[decides].higher_is_better else -1
    found = {
        algorithm: {name: figure.of(scored) for name, figure in figures.items()}
        for algorithm, scored in rows.items()
    }
    # Of several that are as good, max() gives the first.
    chosen = max(rows, key=lambda algorithm: sign * (found[algorithm][decides] or 0))
    results = tuple(
        ContenderResult(
            algorithm=each.algorithm,
            job_name=each.job.name if each.job else None,
            billable_seconds=each.job.billable_seconds if each.job else None,
            endpoint_seconds=each.scored.endpoint_seconds if each.scored else None,
            figures=found.get(each.algorithm, {}),
            differences=_differences(figures, rows[chosen], rows[each.algorithm])
            if each.scored and each.algorithm != chosen
            else {},
            failure=each.failure,
        )
        for each in candidates
    )
    contest = Contest(figure=decides, rows=split.validation_rows, chosen=chosen, results=results)
    for line in _told(contest):
        log.info("%s", line)
    return contest


def _read(
    plan: "RunPlan", split: "Split", s3: "S3Client", algorithm: AlgorithmName, scored: ScoredContender
) -> Any:
    uri = plan.locations.of_contender(algorithm).validation_predictions
    content, classes = read_rows(s3, uri, scored.predictions_sha256), split.of_contender(algorithm).classes
    labels, scores = read_predictions(content, uri, plan.table.kind, classes)
    return _rows(plan, labels, scores)


def _rows(plan: "RunPlan", labels: "np.ndarray", scores: "np.ndarray") -> Any:
    match plan.table.kind:
        case "binary":
            return ScoredRows(labels, scores, plan.params.threshold)
        case "multiclass":
            return ClassifiedRows(labels, scores)
        case "regression":
            return PredictedRows(labels, scores)


def _figures(kind: LabelKind) -> dict[str, _Figure]:
    if kind == "binary":
        return {
            name: _Figure(figure.of, _paired(figure.difference), figure.higher_is_better)
            for name, figure in FIGURES.items()
            if not figure.at_threshold
        }
    others: Mapping[str, Any] = MULTICLASS_FIGURES if kind == "multiclass" else REGRESSION_FIGURES
    return {
        name: _Figure(figure.of, figure.difference, figure.higher_is_better)
        for name, figure in others.items()
    }


def _paired(difference: Callable[[PairedRows], Interval | None]) -> Callable[[Any, Any], Interval | None]:
    return lambda first, second: difference(PairedRows(first, second))


def _differences(figures: Mapping[str, _Figure], chosen: Any, other: Any) -> dict[str, Interval]:
    found = {name: figure.difference(chosen, other) for name, figure in figures.items()}
    return {name: interval for name, interval in found.items() if interval}


def _none_left(candidates: Sequence[Candidate]) -> TrainingError:
    """Say what was found of each."""
    reasons = []
    for each in candidates:
        found, *_ = (each.failure or "").splitlines()
        reasons.append(f"{ALGORITHMS[each.algorithm].title}: {found.removeprefix('Found: ')}")
    return TrainingError(
        f"none of {len(candidates)} algorithms is left to choose. {'; '.join(reasons)}",
        "one of them or more is trained, and scores the validation rows",
        "Mend what was found of one or more; the log of each one's train_model or score_contender says how. "
        "Then clear the run",
    )


def _told(contest: Contest) -> list[str]:
    """Tell what became of each, in a line."""
    lines = []
    for result in contest.results:
        title = ALGORITHMS[result.algorithm].title
        if result.failure:
            lines.append(f"{title} is left out: {' '.join(result.failure.split())}")
            continue
        told = " and is chosen" if result.algorithm == contest.chosen else ""
        value = result.figures[contest.figure]
        lines.append(f"{title} has {contest.figure} {value:.5f} on {contest.rows} validation rows{told}")
    return lines
