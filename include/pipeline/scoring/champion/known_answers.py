"""Test rows whose scores an evaluation has written, held against what an endpoint answers."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.training.algorithm import algorithm_of
from include.pipeline.errors import EndpointError
from include.pipeline.evaluation.predictions import read_predictions
from include.pipeline.evaluation.scoring import Answers, score_rows
from include.pipeline.history.accepted import places_of
from include.pipeline.planning.names import run_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.history.listed import ListedModels

# The container answers in single precision, and the same each time.
_SAME = 1e-6


@dataclass(frozen=True)
class KnownAnswers:
    """The test rows of a run, and what its model answered to them."""

    features: bytes
    """CSV lines."""
    labels: np.ndarray
    scores: np.ndarray
    answers: Answers
    """Of the model's algorithm."""

    @classmethod
    def of(cls, s3: "S3Client", models: "ListedModels", manifest: "RunManifest") -> "KnownAnswers":
        """Read them. A model that was used again has its features where the run that trained it keeps them.

        Raises:
            NoSuchKey: The run has deleted them.
            DocumentError: The predictions are not what an evaluation writes.
        """
        places, maker = places_of(models, manifest), manifest.reused_from
        features_uri = places.test_features
        if maker:
            deployment_id, dag_id = manifest.identity.deployment_id, models.identity.dag_id
            key = run_key(deployment_id, dag_id, maker)
            of_maker = RunLocations.of(models.bucket, dag_id, key, deployment_id=deployment_id)
            features_uri = of_maker.test_features
        labels, scores = read_predictions(read_object(s3, places.predictions), places.predictions)
        answers = Answers(algorithm=algorithm_of(manifest.image_uri))
        return cls(read_object(s3, features_uri), labels, scores, answers)

    def check(self, runtime: "SageMakerRuntimeClient", endpoint: str, rows: int = 200) -> int:
        """Ask an endpoint about the first rows.

        Returns:
            How many were asked.

        Raises:
            EndpointError: It answers otherwise than the evaluation.
        """
        asked = b"".join(self.features.splitlines(keepends=True)[:rows])
        found = score_rows(io.BytesIO(asked), endpoint=endpoint, runtime=runtime, answers=self.answers)
        known = self.scores[: len(found)]
        if len(known) < len(found) or (np.abs(found - known) > _SAME).any():
            raise EndpointError(
                f"endpoint {endpoint!r} answers {found[:3].tolist()} to test rows whose scores are "
                f"{known[:3].tolist()}",
                "a model that is served answers as it did when it was evaluated",
                "Look at the endpoint's log, and at who else changes it",
            )
        return len(found)
