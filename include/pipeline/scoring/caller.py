"""A client for programs that ask a kept endpoint about rows as a table has them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from include.pipeline.aws.object_store import read_object, split_uri
from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.training.algorithm import XGBOOST, AlgorithmName, algorithm_of
from include.pipeline.errors import ParamError
from include.pipeline.evaluation.scoring import Answers, score_rows
from include.pipeline.scoring.model import encoding_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


@dataclass(frozen=True)
class Answer:
    """What a model says of a row."""

    score: float
    """How probable the model holds it that the row is positive."""
    is_positive: bool
    """Whether the score is at least the model's threshold."""


@dataclass(frozen=True)
class EndpointCaller:
    """Asks an endpoint about rows."""

    runtime: "SageMakerRuntimeClient"
    endpoint: str
    encoding: Encoding
    threshold: float
    algorithm: AlgorithmName = XGBOOST

    @classmethod
    def of_run(
        cls,
        manifest_uri: str,
        s3: "S3Client",
        runtime: "SageMakerRuntimeClient",
        endpoint: str | None = None,
    ) -> Self:
        """Take endpoint, encoding and threshold from the manifest of a run that has kept its endpoint.

        Args:
            manifest_uri: `s3://` URI of the run's manifest.json.
            s3: Reads it, and the encoding beside it.
            runtime: SageMaker Runtime, which is asked.
            endpoint: Another endpoint that takes the same rows, such as that of `serve`; None for its own.

        Raises:
            DocumentError: The manifest or the encoding cannot be read.
            ObjectError: The encoding is not the one that the model was trained with.
            ParamError: The label is of another kind than binary.
        """
        manifest = RunManifest.read(read_object(s3, manifest_uri), manifest_uri)
        identity, (bucket, _) = manifest.identity, split_uri(manifest_uri)
        places = RunLocations.of(
            bucket, identity.dag_id, manifest.key, deployment_id=identity.deployment_id
        ).of_contender(manifest.contender)
        encoding = Encoding.read(encoding_of(s3, places, manifest), places.encoding)
        if not isinstance(manifest.metrics, Metrics):
            raise ParamError(
                f"the label of {manifest.identity.run_id} is of kind {manifest.metrics.kind}",
                "an endpoint is asked here for the score of a row that is positive or negative",
                "Ask it with boto3, as docs/serving.md says",
            )
        algorithm = algorithm_of(manifest.image_uri)
        return cls(runtime, endpoint or manifest.key, encoding, manifest.metrics.threshold, algorithm)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a row has to have; others are not looked at."""
        return tuple(column.name for column in self.encoding.columns)

    def ask(self, rows: Iterable[Mapping[str, object]]) -> list[Answer]:
        """Encode rows as the training rows were, ask the endpoint, and decide by the threshold.

        Args:
            rows: Cells by the names of their columns, as the table has them; None or empty where there is no
                value.

        Returns:
            An answer for each row, in their order.

        Raises:
            DataError: A column is absent, or a cell is no number or no date.
            EndpointError: The endpoint refused the request, or did not answer one probability for each row.
        """
        written = io.StringIO()
        lines = csv.DictWriter(written, self.columns, extrasaction="ignore", lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
        features = encode_csv(written.getvalue().encode(), self.encoding)
        scores = score_rows(
            io.BytesIO(features),
            endpoint=self.endpoint,
            runtime=self.runtime,
            answers=Answers(algorithm=self.algorithm),
        )
        return [Answer(score, score >= self.threshold) for score in scores.tolist()]
