"""A run on a table with text, on local AWS: its endpoint serves, and it may be evaluated."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.aws.object_store import write_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.evaluation.evaluate import evaluate_endpoint
from tests.aws.clients import Aws
from tests.pipeline.data.encoding.churn import TABLE, churn, written
from tests.pipeline.planned import CONFIG, plan_of
from tests.pipeline.serving_model import serving_model
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FRAME = churn(rows=1000, seed=3)
TEST = np.random.RandomState(1729).choice(1000, size=1000, replace=False)[700:]
# A category; a column that the model does not get; and a feature.
GROUPS: dict[str, tuple[float, ...]] = {"plan": (), "refund": (1.0,), "age": (40.0,)}
# Values that no training row has.
FRAME.loc[TEST[:12], "plan"] = "enterprise"


@dataclass(frozen=True)
class ChurnRun:
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


@contextmanager
def churn_run() -> Iterator[ChurnRun]:
    """Start local AWS, and make the run there."""
    with local_aws_server() as server:
        aws = Aws(server.url)
        s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
        s3.create_bucket(Bucket="churn")
        table = TABLE.model_copy(update={"groups": GROUPS})
        config = CONFIG.model_copy(update={"table": table, "drift": None})
        plan = plan_of({"bucket": "churn", "validation_fraction": 0.1}, config=config, dag_id="churn")
        content = written(FRAME)
        raw = kept_raw(s3, content, "churn.csv")
        split = split_to_s3(s3, raw, plan)
        job = serving_model(sagemaker, plan, split)
        yield ChurnRun(aws, plan, raw, split, job)


def kept_raw(s3: "S3Client", content: bytes, name: str) -> RawData:
    """Put a file into the bucket, as `download_data` does."""
    raw = RawData(
        uri=f"s3://churn/{name}",
        url=f"https://data.example.com/{name}",
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        etag=None,
        last_modified=None,
    )
    write_object(s3, raw.uri, content, "text/csv")
    return raw
