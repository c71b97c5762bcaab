"""A pipeline's list of accepted models, for those that are no run of it: to score, to register."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from include.pipeline.aws.object_store import is_there
from include.pipeline.documents.plan import RunIdentity, RunLocations
from include.pipeline.history.provenance import has_accepted_content

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ListedModels:
    """Where the list of a pipeline is."""

    bucket: str
    identity: RunIdentity
    locations: RunLocations

    @classmethod
    def of(cls, bucket: str, pipeline: str, looking: RunIdentity) -> Self:
        """Find the list of a pipeline in the deployment of the run that looks."""
        identity = looking.model_copy(update={"dag_id": pipeline})
        return cls(
            bucket, identity, RunLocations.of(bucket, pipeline, "", deployment_id=identity.deployment_id)
        )


def is_whole(s3: "S3Client", manifest: "RunManifest") -> bool:
    """Tell whether a model's archive is there, and the one that was evaluated."""
    return is_there(s3, manifest.training.model_uri) and has_accepted_content(s3, manifest)
