"""A pipeline's endpoint as a run finds it, and the models that it may serve."""

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.resources import ENDPOINT, delete
from include.pipeline.documents.metrics import Metrics
from include.pipeline.errors import OwnerError
from include.pipeline.history.accepted import accepted_models
from include.pipeline.history.listed import ListedModels, is_whole
from include.pipeline.scoring.champion.endpoint import ChampionEndpoint
from include.pipeline.scoring.champion.known_answers import KnownAnswers
from include.pipeline.scoring.champion.shadow import end_shadow, served_before
from include.pipeline.scoring.champion.versions import ServedVersion, find_version, list_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.scoring.champion import ServeSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Serving:
    """The endpoint, and what it takes to change what it serves."""

    config: "PipelineConfig"
    serve: "ServeSettings"
    """Its section `serve`."""
    endpoint: ChampionEndpoint
    runtime: Any
    """A client of SageMaker Runtime."""
    cloudwatch: Any
    """A client of CloudWatch."""
    s3: "S3Client"
    models: ListedModels
    is_usable: "Callable[[RunManifest], bool]"
    """Says of a model whether its run's own job made it and, where a person decides, approved it."""

    @cached_property
    def accepted(self) -> "dict[str, RunManifest]":
        """The accepted models by their run keys, those of the newest data first."""
        return {manifest.key: manifest for manifest in accepted_models(self.s3, self.models)}

    def current(self) -> ServedVersion | None:
        """Wait until nothing changes the endpoint, and tell what it serves; None where there is none.

        What a run has left in the shadow is taken away first.

        Raises:
            OwnerError: The endpoint is another's, or serves what nobody promoted.
        """
        endpoint, found = self.endpoint, self.endpoint.settled()
        if found is not None and found["EndpointStatus"] == "Failed":
            # It never served: a run that made it was ended before it could take it away.
            delete(endpoint.sagemaker, ENDPOINT, endpoint.name, endpoint.longest_pause)
            found = None
        if found is None:
            return None
        serves = found["EndpointConfigName"]
        version = find_version(endpoint.sagemaker, serves, endpoint.own)
        if version is None and (before := served_before(endpoint.sagemaker, serves)):
            log.warning("%s: a run was ended with its model in the shadow, which is taken away", serves)
            end_shadow(endpoint, serves)
            version = find_version(endpoint.sagemaker, before, endpoint.own)
        if version is None:
            raise OwnerError(
                f"endpoint {endpoint.name!r} serves {serves}",
                f"it serves what a run of {endpoint.own.dag_id} has promoted",
                "Find out who changed it, and set it back, or delete the endpoint",
            )
        return version

    def usable(self, runs: set[str], withdrawn: frozenset[str] = frozenset()) -> "Iterator[RunManifest]":
        """Find the models that may be served, those of the newest data first.

        Args:
            runs: Their runs; empty for any.
            withdrawn: Training jobs whose models may not be.
        """
        for manifest in self.accepted.values():
            if (
                (not runs or manifest.identity.run_id in runs)
                and manifest.training.name not in withdrawn
                and isinstance(manifest.metrics, Metrics)
                and is_whole(self.s3, manifest)
                and self.is_usable(manifest)
            ):
                yield manifest

    def versions(self) -> list[ServedVersion]:
        """List what has been served and is still there, the newest first."""
        return list_versions(self.endpoint.sagemaker, self.endpoint.own)

    def withdrawn(self, current: ServedVersion | None, own: str) -> frozenset[str]:
        """Name the training jobs of models that somebody has taken back: promoted after what is served.

        Args:
            current: What is served.
            own: Name of the run's own version, of which an earlier try may have made a part.
        """
        if current is None:
            return frozenset()
        newer = (one for one in self.versions() if one.made > current.made and one.name != own)
        found = (self.accepted.get(one.model_key) for one in newer)
        return frozenset(manifest.training.name for manifest in found if manifest)

    def check_answers(self, manifest: "RunManifest") -> None:
        """Ask the endpoint about test rows of a model whose scores its evaluation has written.

        Raises:
            EndpointError: It answers otherwise.
        """
        asked = KnownAnswers.of(self.s3, self.models, manifest).check(self.runtime, self.endpoint.name)
        log.info("%d test rows were answered as they were in the evaluation", asked)
