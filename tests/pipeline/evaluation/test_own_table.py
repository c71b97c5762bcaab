"""A table with text from its file to its predictions, on local AWS: a row has one score, whoever asks."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training_job import CompletedTrainingJob
from include.pipeline.errors import ObjectError
from include.pipeline.evaluation.evaluate import evaluate_endpoint
from include.pipeline.history.manifest import record_run
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment, invoke, settled
from tests.aws.training_jobs import finished
from tests.pipeline.data.encoding.churn import TABLE, churn, written
from tests.pipeline.planned import CONFIG, plan_of
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

FRAME = churn(rows=1000, seed=3)
TEST = np.random.RandomState(1729).choice(1000, size=1000, replace=False)[700:]
# Values that no training row has.
FRAME.loc[TEST[:12], "plan"] = "enterprise"


@dataclass(frozen=True)
class Run:
    aws: Aws
    plan: RunPlan
    raw: RawData
    split: Split
    job: CompletedTrainingJob

    def evaluate(self) -> Evaluation:
        clients = {name: self.aws.client(name) for name in ("s3", "logs")}
        return evaluate_endpoint(
            self.plan, self.split, self.job, runtime=self.aws.client("sagemaker-runtime"), **clients
        )


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A run whose endpoint serves."""
    with local_aws_server() as server:
        aws = Aws(server.url)
        s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
        s3.create_bucket(Bucket="churn")
        config = CONFIG.model_copy(update={"table": TABLE, "drift": None})
        plan = plan_of({"bucket": "churn", "validation_fraction": 0.1}, config=config, dag_id="churn")
        content = written(FRAME)
        raw = RawData(
            uri="s3://churn/churn.csv",
            url="https://data.example.com/churn.csv",
            sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
            etag=None,
            last_modified=None,
        )
        write_object(s3, raw.uri, content, "text/csv")
        split = split_to_s3(s3, raw, plan)
        sagemaker.create_training_job(**plan.training)
        assert finished(sagemaker, plan.key)["TrainingJobStatus"] == "Completed"
        job = CompletedTrainingJob.describe(sagemaker, plan.key)
        requests = {**plan.deployment}
        requests["Model"]["PrimaryContainer"]["ModelDataUrl"] = job.model_uri
        create_deployment(sagemaker, requests)
        assert settled(sagemaker, plan.key)["EndpointStatus"] == "InService"
        yield Run(aws, plan, raw, split, job)


def test_a_run_on_text_has_figures_identifiers_and_an_encoding_that_is_told(run: Run) -> None:
    s3, places = run.aws.client("s3"), run.plan.locations
    evaluation = run.evaluate()
    # The plan and the age tell who leaves.
    assert evaluation.roc_auc > 0.65
    assert {feature.family for feature in evaluation.features} == {"plan", "region", None}
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)), keep_default_na=False)
    assert list(predictions.columns) == ["label", "score", "customer"]
    assert predictions["customer"].tolist() == FRAME["customer"].iloc[TEST].tolist()
    assert predictions["label"].tolist() == (FRAME["churned"].iloc[TEST] == "Yes").astype(int).tolist()
    manifest = record_run(s3, run.plan, evaluation, raw=run.raw, split=run.split, training=run.job)
    assert manifest.split.encoding is not None
    kept = read_object(s3, places.encoding)
    assert manifest.split.encoding.sha256 == hashlib.sha256(kept).hexdigest()
    assert manifest.split.encoding.unseen_rows == {"plan": 12}
    assert manifest.split.encoding.features["plan"] == ("plan_basic", "plan_family", "plan_pro")


def test_a_caller_with_the_json_gets_the_scores_of_the_evaluation_to_the_last_bit(run: Run) -> None:
    run.evaluate()
    s3, places = run.aws.client("s3"), run.plan.locations
    encoding = Encoding.read(read_object(s3, places.encoding), places.encoding)
    body = encode_csv(written(FRAME.iloc[TEST].drop(columns="churned")), encoding)
    answer = invoke(run.aws.client("sagemaker-runtime"), run.plan.key, body, Accept="text/csv")
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    asked = np.array([float(line) for line in answer["Body"].split()])
    assert asked.tobytes() == predictions["score"].to_numpy().tobytes()


def test_identifiers_that_somebody_has_changed_are_refused(run: Run) -> None:
    s3, place = run.aws.client("s3"), run.plan.locations.test_identifiers
    own = read_object(s3, place)
    write_object(s3, place, own.replace(b"C0", b"D0"), "text/csv")
    with pytest.raises(ObjectError, match="split_data wrote it with"):
        run.evaluate()
    write_object(s3, place, own, "text/csv")
