"""Runs on a table of a number and one of several classes, on local AWS."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
from sklearn import datasets

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.metrics import ModelEvaluation
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.training.algorithm import XGBOOST, AlgorithmName
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.evaluation.evaluate import evaluate_endpoint
from include.pipeline.evaluation.predictions import read_predictions
from include.pipeline.history.manifest import record_run
from include.pipeline.report.contents import ReportContents
from tests.aws.clients import Aws
from tests.pipeline.planned import CONFIG, plan_of
from tests.pipeline.serving_model import serving_model

WINE = datasets.load_wine(as_frame=True).frame.assign(
    target=lambda frame: frame["target"].map({0: "Barolo", 1: "Grignolino", 2: "Barbera"})
)
DIABETES = datasets.load_diabetes(as_frame=True, scaled=False).frame
OF_THE_KIND = {"call_cost": None, "deposit_value": None, "min_roc_auc": 0.0}


@dataclass(frozen=True)
class Run:
    aws: Aws
    frame: pd.DataFrame
    plan: RunPlan
    raw: RawData
    split: Split
    job: CompletedTrainingJob
    evaluation: ModelEvaluation

    @property
    def sides(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows to train and to test on, as pandas shuffles them."""
        shuffled = self.frame.sample(frac=1, random_state=1729)
        cut = int(0.7 * len(shuffled))
        return shuffled[:cut], shuffled[cut:]

    def contents(self) -> ReportContents:
        places, s3 = self.plan.locations, self.aws.client("s3")
        manifest = record_run(
            s3, self.plan, self.evaluation, raw=self.raw, split=self.split, training=self.job
        )
        labels, scores = read_predictions(
            read_object(s3, places.predictions), "predictions.csv", self.plan.table.kind, self.split.classes
        )
        return ReportContents(
            plan=self.plan,
            raw=self.raw,
            split=self.split,
            training=self.job,
            evaluation=self.evaluation,
            missed=manifest.missed,
            labels=labels,
            scores=scores,
            deployed=(),
            reused_from=None,
            written=datetime.now(UTC),
        )


def planned(
    table: TableConfig,
    hyperparameters: dict[str, object],
    algorithm: AlgorithmName = XGBOOST,
    **params: object,
) -> RunPlan:
    own = RunParams.model_validate(CONFIG.params.model_dump() | OF_THE_KIND)
    config = CONFIG.model_copy(update={"table": table, "params": own, "algorithm": algorithm})
    changed = {"bucket": "kinds", "hyperparameters": hyperparameters}
    return plan_of(changed | params, config=config, dag_id=f"{table.kind}-{algorithm}")


def stored(aws: Aws, frame: pd.DataFrame, name: str) -> RawData:
    content = frame.to_csv(index=False).encode()
    raw = RawData(
        uri=f"s3://kinds/{name}.csv",
        url=f"https://data.example.com/{name}.csv",
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        etag=None,
        last_modified=None,
    )
    write_object(aws.client("s3"), raw.uri, content, "text/csv")
    return raw


def ran(aws: Aws, frame: pd.DataFrame, plan: RunPlan) -> Run:
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    raw = stored(aws, frame, plan.table.kind)
    split = split_to_s3(s3, raw, plan)
    job = serving_model(sagemaker, plan, split)
    evaluation = evaluate_endpoint(
        plan, split, job, s3=s3, runtime=aws.client("sagemaker-runtime"), logs=aws.client("logs")
    )
    return Run(aws, frame, plan, raw, split, job, evaluation)
