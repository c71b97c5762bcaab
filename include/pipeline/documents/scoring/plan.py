"""plan.json of a run that scores new rows: every name, place and request."""

from typing import Any

from include.pipeline.aws.own_bucket import OwnBucket
from include.pipeline.document import Document
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.plan import RunIdentity, RunLocations
from include.pipeline.documents.scoring.params import ScoreParams
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.training.algorithm import XGBOOST, AlgorithmName


class ScoreLocations(Document):
    """Where on S3 a run keeps what: `s3://` URIs."""

    raw: str
    """Folder of the files to score, which all runs share."""
    runs_by_fingerprint: str
    """Folder of what says which run has scored which rows with which model."""
    run: str
    """Folder of all that is the run's own."""
    plan: str
    rows: str
    """Prefix of the encoded rows; it ends with a slash."""
    answers: str
    """Prefix below which each transform job writes, in a folder of its name."""
    predictions: str
    """Prefix of predictions.csv and predictions.parquet, without what follows the dot."""
    scoring: str
    """What the run scored, by which model, and how that looks: JSON."""
    report: str

    @classmethod
    def of(cls, bucket: str, dag_id: str, key: str, *, deployment_id: str) -> "ScoreLocations":
        """Lay out one run, its report where the page of any run's report looks for it."""
        places = RunLocations.of(bucket, dag_id, key, deployment_id=deployment_id)
        return cls(
            raw=places.raw,
            runs_by_fingerprint=f"{places.run.rpartition('/runs/')[0]}/scored",
            run=places.run,
            plan=places.plan,
            rows=f"{places.run}/rows/",
            answers=f"{places.run}/answers",
            predictions=places.predictions.removesuffix(".csv"),
            scoring=f"{places.run}/evaluation/scoring.json",
            report=places.report,
        )


class ScorePlan(Document):
    """All that later steps need to know. It travels between tasks as JSON."""

    key: str
    """The run's name, and that of its model on SageMaker and of its transform job."""
    pipeline: str
    """Whose model scores."""
    identity: RunIdentity
    """Of the run, whose DAG is the one that scores."""
    params: ScoreParams
    table: TableConfig
    algorithm: AlgorithmName = XGBOOST
    """Of the pipeline."""
    drift: DriftLimits | None
    aws: AwsSettings
    images: tuple[str, ...]
    """The images that a model may be served by, as the pipeline's limits allow them."""
    archives: tuple[str, ...]
    """`s3://` prefixes, below one of which the archive of a model of the pipeline lies."""
    bucket: str
    locations: ScoreLocations
    transform: dict[str, Any]
    """The requests of `CreateModel`, without image and archive, and of `CreateTransformJob`: `Model` and
    `Transform`."""
    own_source: str
    """`data_url` of the pipeline's own training data, without what is secret in it."""
    max_runtime_seconds: int
    """After that the transform job is stopped."""

    @property
    def data_url(self) -> str:
        """The file to score, which every plan has."""
        return self.params.data_url or ""

    @property
    def own_bucket(self) -> OwnBucket:
        """The bucket, whose it has to be, and where."""
        return OwnBucket.of_run(
            self.bucket, self.params.bucket_owner, self.identity.account_id, self.identity.region
        )
