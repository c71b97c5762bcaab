"""How good the model's predictions of the test rows are."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.documents import metrics
from include.pipeline.documents.metrics import (
    Evaluation,
    FeatureImportance,
    Metrics,
    ModelEvaluation,
    PreviousModel,
)
from include.pipeline.documents.table.columns import CategoryColumn
from include.pipeline.evaluation.binary.gains import deciles
from include.pipeline.evaluation.binary.groups import Group, find_groups, group_figures
from include.pipeline.evaluation.binary.thresholds import GRID, best_threshold, break_even, threshold_figures
from include.pipeline.evaluation.explanation import explain, explained_rows
from include.pipeline.evaluation.other_kinds.multiclass import evaluate_classes
from include.pipeline.evaluation.other_kinds.regression import evaluate_numbers
from include.pipeline.evaluation.predictions import write_predictions
from include.pipeline.evaluation.previous_model import ask_previous
from include.pipeline.evaluation.score_drift import compare_scores
from include.pipeline.evaluation.scoring import Answers, score_rows
from include.pipeline.evaluation.training_log import read_training_curve
from include.pipeline.evaluation.written_rows import check_training_rows, read_rows
from include.pipeline.figures.business.profit import profit_interval
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.history.model_archive import read_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

    from include.pipeline.documents.drift import Drift
    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.split import Split
    from include.pipeline.documents.table.costs import OutcomeValues
    from include.pipeline.documents.training.job import CompletedTrainingJob

    Rows = tuple[np.ndarray, np.ndarray]


def score_metrics(rows: ScoredRows) -> Metrics:
    """Compute the headline figures: compare scores with labels."""
    positives, count = rows.positives, len(rows.labels)
    return Metrics(
        rows=count,
        positives=positives,
        threshold=rows.threshold,
        confusion_matrix=rows.confusion_matrix,
        baseline_accuracy=max(positives, count - positives) / count,
        **{name: figure.of(rows) for name, figure in FIGURES.items()},
    )


def intervals(rows: ScoredRows) -> dict[str, Interval]:
    """Compute the 95 % interval of each headline figure that has one, by its name."""
    found = {name: figure.interval(rows) for name, figure in FIGURES.items()}
    return {name: interval for name, interval in found.items() if interval}


def evaluate(
    test: "Rows",
    params: "RunParams",
    *,
    costs: "OutcomeValues | None" = None,
    validation: "Rows | None" = None,
    model_sha256: str | None = None,
    archive_sha256: str | None = None,
    features: tuple[FeatureImportance, ...] = (),
    explained_rows: int | None = None,
    previous: PreviousModel | None = None,
    best_accepted: PreviousModel | None = None,
    drift: "Drift | None" = None,
    training_curve: "Mapping[str, tuple[float, ...]] | None" = None,
    groups: "Sequence[Group]" = (),
    few_rows_shown: bool = False,
) -> Evaluation:
    """Work out all of metrics.json.

    Args:
        test: Labels, 0 or 1 and both present, and scores, probabilities of 1; each of shape `(rows,)`.
        params: Have the threshold, or the rule by which it is chosen on the validation rows.
        costs: What each outcome of a row is worth; without, the params may say.
        validation: Labels and scores of the validation rows, where there are any.
        model_sha256: SHA-256 of the model file.
        archive_sha256: SHA-256 of the archive that it was in.
        features: How much each column contributes.
        explained_rows: By how many rows; None for all.
        previous: The last accepted model beside this one.
        best_accepted: The best of the last ten accepted, where it is another.
        drift: Drift from that model's data.
        training_curve: Metrics of each round in the job's log.
        groups: Of the test rows, to be told by themselves.
        few_rows_shown: Whether a page may count fewer than ten rows.
    """
    rows = ScoredRows(*test, params.threshold)
    deciding = ScoredRows(*validation, params.threshold) if validation else None
    costs = costs or params.costs
    best = {"best_f1": best_threshold("f1", test=rows, validation=deciding, costs=costs)}
    if costs:
        best["best_profit"] = best_threshold("profit", test=rows, validation=deciding, costs=costs)
    chosen = best.get(params.threshold_rule)
    if chosen:
        rows = rows.at(chosen.test.threshold)
    return Evaluation(
        **dict(score_metrics(rows)),
        intervals=intervals(rows) | _of_profit(rows, costs),
        validation_rows=len(validation[0]) if validation else 0,
        thresholds=threshold_figures(rows, GRID, costs),
        **best,
        break_even=costs and break_even(rows, costs),
        deciles=deciles(rows),
        groups=group_figures(rows, groups),
        model_sha256=model_sha256,
        archive_sha256=archive_sha256,
        features=features,
        explained_rows=explained_rows,
        previous=previous,
        best_accepted=best_accepted,
        drift=drift,
        training_curve=dict(training_curve or {}),
        few_rows_shown=few_rows_shown,
    )


def _of_profit(rows: ScoredRows, costs: "OutcomeValues | None") -> dict[str, Interval]:
    found = profit_interval(rows, costs) if costs else None
    return {"profit": found} if found else {}


def evaluate_endpoint(
    plan: "RunPlan",
    split: "Split",
    job: "CompletedTrainingJob",
    *,
    s3: "S3Client",
    runtime: "SageMakerRuntimeClient",
    logs: "CloudWatchLogsClient",
) -> ModelEvaluation:
    """Score a run's test rows on its endpoint; keep predictions.csv and metrics.json on S3.

    Args:
        plan: Plan of the run, whose endpoint answers.
        split: Has the names of the columns.
        job: Training job that made the model.
        s3: Has the rows and the model, gets the results.
        runtime: SageMaker Runtime.
        logs: CloudWatch Logs, with the job's log.

    Raises:
        ObjectError: Rows are not those that were split.
        EndpointError: The endpoint did not answer what a model of this kind predicts for each row.
        DocumentError: What is stored of the last accepted model cannot be read.
    """
    places, kind = plan.locations, plan.table.kind
    check_training_rows(s3, plan, split)
    features = read_rows(s3, places.test_features, split.test_features_sha256)
    written = read_rows(s3, places.test_labels, split.test_labels_sha256)
    labels: np.ndarray = np.loadtxt(io.BytesIO(written), dtype=_label_type(plan), ndmin=1)
    archive = read_object(s3, job.model_uri)
    model = read_model(archive)
    with ThreadPoolExecutor(1) as beside:
        # Each model that is asked is a process, most of whose time is its start.
        families = _families(plan, split)
        explained = model and beside.submit(explain, model, features, split.feature_names, families=families)
        scores = _score(plan, split, runtime, features, len(labels))
        predictions = write_predictions(
            labels,
            scores,
            _read_beside(s3, places.test_identifiers, split.identifiers_sha256),
            kind=kind,
            classes=split.classes,
        )
        write_object(s3, places.predictions, predictions, "text/csv")
        previous, best_accepted = (
            ask_previous(plan, split, s3, labels=labels, scores=scores, features=features)
            if kind == "binary"
            else (None, None)
        )
    common: dict[str, Any] = {
        "model_sha256": hashlib.sha256(model).hexdigest() if model else None,
        "archive_sha256": hashlib.sha256(archive).hexdigest(),
        "features": explained.result() if explained else (),
        "explained_rows": explained_rows(len(labels)),
        "drift": split.drift
        and split.drift.model_copy(update={"scores": compare_scores(s3, plan, split, features)}),
        "training_curve": read_training_curve(logs, job.name),
        "few_rows_shown": plan.table.shows(plan.table.label),
    }
    evaluation: ModelEvaluation
    match kind:
        case "binary":
            evaluation = evaluate(
                (labels, scores),
                plan.params,
                costs=plan.outcome_values,
                validation=score_validation(plan, split, s3, runtime) if split.validation_rows else None,
                previous=previous,
                best_accepted=best_accepted,
                groups=find_groups(
                    features,
                    split.feature_names,
                    plan.table.groups,
                    _read_beside(s3, places.test_groups, split.groups_sha256),
                ),
                **common,
            )
        case "multiclass":
            rows = ClassifiedRows(labels, scores)
            evaluation = evaluate_classes(rows, split.classes, **common | _without_comparison(split))
        case "regression":
            evaluation = evaluate_numbers(
                PredictedRows(labels, scores), **common | _without_comparison(split)
            )
    test_rows = hashlib.sha256(features)
    test_rows.update(written)
    evaluation = evaluation.model_copy(
        update={
            "test_rows_sha256": test_rows.hexdigest(),
            "predictions_sha256": hashlib.sha256(predictions).hexdigest(),
        }
    )
    write_object(s3, places.metrics, evaluation.model_dump_json(indent=2).encode(), "application/json")
    return evaluation


def _without_comparison(split: "Split") -> dict[str, Any]:
    # The last accepted model judges by its ROC AUC, which only a label of 0 and 1 has.
    return {"previous": None, "validation_rows": split.validation_rows}


def read_evaluation(s3: "S3Client", plan: "RunPlan") -> ModelEvaluation:
    """Read a run's metrics.json.

    Raises:
        DocumentError: It cannot be read.
    """
    return metrics.read_evaluation(read_object(s3, plan.locations.metrics), plan.locations.metrics)


def _read_beside(s3: "S3Client", uri: str, sha256: str | None) -> bytes | None:
    return None if sha256 is None else read_rows(s3, uri, sha256)


def _families(plan: "RunPlan", split: "Split") -> dict[str, tuple[str, ...]] | None:
    """Name the one-hot columns of each category; None where nothing was encoded, and names have to tell."""
    if split.encoding is None:
        return None
    return {
        name: split.encoding.features[name]
        for name, column in plan.table.encoded.items()
        if isinstance(column, CategoryColumn) and column.encode == "onehot"
    }


def score_validation(
    plan: "RunPlan", split: "Split", s3: "S3Client", runtime: "SageMakerRuntimeClient"
) -> "Rows":
    """Score the validation rows on the plan's endpoint.

    Returns:
        Labels and scores, as `write_predictions` takes them.

    Raises:
        ObjectError: Rows are not those that were split.
        EndpointError: The endpoint did not answer what a model of this kind predicts for each row.
    """
    # Label first, as the training job reads them.
    content = read_rows(s3, plan.locations.validation, split.validation_sha256)
    rows = content.splitlines(keepends=True)
    labels, _, features = zip(*(row.partition(b",") for row in rows), strict=True)
    scores = _score(plan, split, runtime, b"".join(features), len(labels))
    return np.array(labels, dtype=_label_type(plan)), scores


def _score(
    plan: "RunPlan", split: "Split", runtime: "SageMakerRuntimeClient", features: bytes, rows: int
) -> np.ndarray:
    answers = Answers(plan.table.kind, len(split.classes) or 1, plan.algorithm)
    return score_rows(io.BytesIO(features), endpoint=plan.key, runtime=runtime, answers=answers, count=rows)


def _label_type(plan: "RunPlan") -> type:
    return float if plan.table.kind == "regression" else int
