"""How good the model's answers on the test rows are."""

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn import metrics as scikit

from include.pipeline.metrics import ConfusionMatrix, Metrics
from include.pipeline.object_store import read_object, write_object
from include.pipeline.scoring import score_rows

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

    from include.pipeline.plan import RunPlan


def evaluate(labels: np.ndarray, scores: np.ndarray, threshold: float) -> Metrics:
    """Compare scores with labels.

    Args:
        labels: 0 or 1, shape `(rows,)`, both present.
        scores: Probabilities of 1, shape `(rows,)`.
        threshold: A score of at least this counts as 1.
    """
    answers = (scores >= threshold).astype(int)
    tn, fp, fn, tp = (int(count) for count in scikit.confusion_matrix(labels, answers, labels=[0, 1]).ravel())
    positives = int(labels.sum())
    return Metrics(
        rows=len(labels),
        positives=positives,
        threshold=threshold,
        confusion_matrix=ConfusionMatrix(tn=tn, fp=fp, fn=fn, tp=tp),
        accuracy=float(scikit.accuracy_score(labels, answers)),
        baseline_accuracy=max(positives, len(labels) - positives) / len(labels),
        # A model that never says yes has no precision: 0, as scikit-learn counts it.
        precision=float(scikit.precision_score(labels, answers, zero_division=0)),
        recall=float(scikit.recall_score(labels, answers)),
        f1=float(scikit.f1_score(labels, answers)),
        roc_auc=float(scikit.roc_auc_score(labels, scores)),
        average_precision=float(scikit.average_precision_score(labels, scores)),
    )


def evaluate_endpoint(plan: "RunPlan", *, s3: "S3Client", runtime: "SageMakerRuntimeClient") -> Metrics:
    """Score a run's test rows on its endpoint; keep predictions.csv and metrics.json on S3.

    Raises:
        EndpointError: The endpoint did not answer one probability for each row.
    """
    places = plan.locations
    labels = np.loadtxt(io.BytesIO(read_object(s3, places.test_labels)), dtype=int, ndmin=1)
    features = io.BytesIO(read_object(s3, places.test_features))
    scores = score_rows(features, endpoint=plan.key, runtime=runtime)
    predictions = pd.DataFrame({"label": labels, "score": scores})
    write_object(s3, places.predictions, predictions.to_csv(index=False).encode(), "text/csv")
    metrics = evaluate(labels, scores, plan.params.threshold)
    write_object(s3, places.metrics, metrics.model_dump_json(indent=2).encode(), "application/json")
    return metrics
