"""Contents of a report, made of labels and scores."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sklearn import metrics as scikit

from include.pipeline.documents.config import load_config
from include.pipeline.documents.deployed import Deployed
from include.pipeline.documents.drift import ColumnDrift, Drift
from include.pipeline.documents.metrics import (
    BestThreshold,
    Decile,
    Evaluation,
    FeatureImportance,
    ThresholdFigures,
)
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.plan import RunIdentity, RunLocations, RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.interval import Interval
from include.pipeline.planning.deployment_request import deployment_request
from include.pipeline.report.contents import ReportContents
from tests.project import DEPLOYMENT_ID

CONFIG = load_config("bank_marketing")
KEY = "bank-marketing-manual-2026-11-23-0a1b2c3d4e"
BUCKET = "airflow-sagemaker-us-east-1-123456789012"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"
START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

LABELS = np.array([0] * 170 + [1] * 30)
# Between 0.02 and 0.91; the positives are higher on the whole.
SCORES = np.concatenate([np.linspace(0.02, 0.65, 170), np.linspace(0.08, 0.91, 30)])
FEATURES = tuple(
    FeatureImportance(name=name, gain=gain, mean_abs_contribution=contribution)
    for name, gain, contribution in (
        ("pdays", 187.5, 0.207),
        ("age", 14.8, 0.1333),
        ("euribor3m", 250.25, 0.0784),
    )
)
CURVE = {"train-logloss": (0.48, 0.4, 0.35), "validation-logloss": (0.5, 0.44, 0.41)}


def plan_of(params: RunParams = CONFIG.params, **identity: str) -> RunPlan:
    """A plan, whose requests have the members that a report tells of."""
    instances = {"InstanceType": params.training_instance_type, "InstanceCount": 1}
    return RunPlan(
        key=KEY,
        identity=RunIdentity(
            deployment_id=DEPLOYMENT_ID,
            dag_id=identity.get("dag_id", "bank_marketing"),
            run_id=identity.get("run_id", "manual__2026-11-23T06:00:00+00:00"),
            account_id="123456789012",
            region="us-east-1",
            planned_at=START,
        ),
        params=params,
        table=CONFIG.table,
        drift=CONFIG.drift,
        aws=CONFIG.aws,
        image_uri=IMAGE,
        bucket=BUCKET,
        locations=RunLocations.of(BUCKET, "bank_marketing", KEY, deployment_id=DEPLOYMENT_ID),
        training={"AlgorithmSpecification": {"TrainingImage": IMAGE}, "ResourceConfig": instances},
        deployment=deployment_request(
            params, CONFIG.aws, name=KEY, image_uri=IMAGE, role_arn="role", tags=[]
        ),
        words=CONFIG.words,
        keep_endpoint=params.keep_endpoint,
    )


def at_threshold(labels: np.ndarray, scores: np.ndarray, threshold: float) -> ThresholdFigures:
    """Count what a threshold gives, a call costing 5 and a deposit worth 50."""
    said = scores >= threshold
    tp, fp = int((said & (labels == 1)).sum()), int((said & (labels == 0)).sum())
    fn, tn = int((~said & (labels == 1)).sum()), int((~said & (labels == 0)).sum())
    return ThresholdFigures(
        threshold=threshold,
        confusion_matrix=ConfusionMatrix(tn=tn, fp=fp, fn=fn, tp=tp),
        precision=tp / (tp + fp) if tp + fp else None,
        recall=tp / (tp + fn),
        f1=2 * tp / (2 * tp + fp + fn),
        profit=50 * tp - 5 * (tp + fp),
    )


def evaluation_of(labels: np.ndarray = LABELS, scores: np.ndarray = SCORES, **changed: Any) -> Evaluation:
    """Evaluate scores at the threshold 0.5; each interval reaches 0.01 to both sides."""
    at_half = at_threshold(labels, scores, 0.5)
    thresholds = tuple(at_threshold(labels, scores, percent / 100) for percent in range(1, 100))
    share = labels.mean()
    figures = {
        "accuracy": float(((scores >= 0.5) == labels).mean()),
        "precision": at_half.precision,
        "recall": at_half.recall,
        "f1": at_half.f1,
        "roc_auc": float(scikit.roc_auc_score(labels, scores)),
        "average_precision": float(scikit.average_precision_score(labels, scores)),
        "log_loss": float(scikit.log_loss(labels, scores)),
        "brier_score": float(((scores - labels) ** 2).mean()),
    }
    tenths = [tenth for tenth in np.array_split(np.argsort(-scores, kind="stable"), 10) if len(tenth)]
    reached_positives = np.cumsum([labels[tenth].sum() for tenth in tenths])
    fields: dict[str, Any] = {
        "rows": len(labels),
        "positives": int(labels.sum()),
        "threshold": 0.5,
        "confusion_matrix": at_half.confusion_matrix,
        "baseline_accuracy": max(share, 1 - share),
        "intervals": {
            name: Interval(low=value - 0.01, high=value + 0.01)
            for name, value in figures.items()
            if value is not None
        },
        "validation_rows": 0,
        "model_sha256": "5e" * 32,
        "previous": None,
        "drift": None,
        "thresholds": thresholds,
        "best_f1": BestThreshold(chosen_on="test", test=max(thresholds, key=lambda row: row.f1)),
        "best_profit": BestThreshold(chosen_on="test", test=max(thresholds, key=lambda row: row.profit)),
        "deciles": tuple(
            Decile(
                decile=number,
                rows=len(tenth),
                positives=int(labels[tenth].sum()),
                lowest_score=float(scores[tenth].min()),
                lift=float(labels[tenth].mean() / share),
                gain=float(reached / labels.sum()),
            )
            for number, (tenth, reached) in enumerate(zip(tenths, reached_positives, strict=True), 1)
        ),
        "features": FEATURES,
        "training_curve": CURVE,
        "few_rows_shown": True,
    }
    return Evaluation(**figures | fields | changed)


def column_of(name: str, psi: float = 0.0, **changed: Any) -> ColumnDrift:
    """A column of whole numbers in both versions of the data."""
    fields = {"kind": "integer", "previous_kind": "integer", "misfit": None}
    return ColumnDrift.model_validate({"name": name, "psi": psi} | fields | changed)


def drift_of(*columns: ColumnDrift, **changed: Any) -> Drift:
    """A new version of the data of 41,188 rows beside one of 40,000."""
    fields = {
        "rows": 41_188,
        "previous_rows": 40_000,
        "added": (),
        "missing": (),
        "columns": columns,
        "label": "y_yes",
        "label_rate": 0.1127,
        "previous_label_rate": 0.1016,
        "label_psi": 0.0012,
    }
    return Drift.model_validate(fields | changed)


def deployment_of(kind: str, *, up: timedelta = timedelta(minutes=7), **changed: Any) -> Deployed:
    """A resource that was made three minutes into the run and deleted some time later."""
    made = START + timedelta(minutes=3)
    fields = {"kind": kind, "name": KEY, "created": made, "deleted": made + up, "is_there": False}
    return Deployed(**fields | changed)


def contents_of(
    labels: np.ndarray = LABELS,
    scores: np.ndarray = SCORES,
    *,
    evaluation: Evaluation | None = None,
    **changed: Any,
) -> ReportContents:
    """All that a report shows of a run that went well."""
    contents = ReportContents(
        plan=plan_of(),
        raw=RawData(
            uri=f"s3://{BUCKET}/bank_marketing/raw/5a5a/bank_clean.csv",
            url="https://data.example.com/bank_clean.csv",
            sha1="27f01fbb",
            sha256="5a5a" * 16,
            bytes=5_005_137,
            etag='"a7c1-5f"',
            last_modified="Mon, 16 Nov 2026 00:00:00 GMT",
        ),
        split=Split(
            rows=41_188,
            train_rows=28_831,
            validation_rows=0,
            test_rows=12_357,
            train_positives=3_219,
            test_positives=1_421,
            feature_names=("age", "pdays", "euribor3m"),
            train_sha256="5427fd79" * 8,
        ),
        training=CompletedTrainingJob(
            name=KEY,
            model_uri=f"s3://{BUCKET}/model.tar.gz",
            started=START,
            ended=START + timedelta(seconds=74),
            billable_seconds=61,
        ),
        evaluation=evaluation or evaluation_of(labels, scores),
        missed=(),
        labels=labels,
        scores=scores,
        deployed=tuple(deployment_of(kind) for kind in ("endpoint", "endpoint configuration", "model")),
        reused_from=None,
        written=START + timedelta(minutes=12),
    )
    return replace(contents, **changed)
