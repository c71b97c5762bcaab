"""Whether an accepted model is the one that its run's own training job made.

Whoever may write to the list of models may name any job there, and any archive. So what an entry says is held
against its place, the archive's hash, and what SageMaker itself tells of the job.
"""

import hashlib
import logging
import re
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import read_object
from include.pipeline.aws.resources import owner_of
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.training.contenders import contender_key
from include.pipeline.documents.training.tune import is_trial_of
from include.pipeline.history.model_archive import read_model

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunIdentity

log = logging.getLogger(__name__)


class ModelsOf(Protocol):
    """A pipeline's list of models: the plan of a run is one, for the list that the run adds to."""

    @property
    def bucket(self) -> str:
        """Has the list."""

    @property
    def identity(self) -> "RunIdentity":
        """Pipeline and deployment."""

    @property
    def locations(self) -> RunLocations:
        """Where the list is."""


def is_in_its_place(manifest: "RunManifest", plan: ModelsOf, key: str) -> bool:
    """Tell whether a model's archive lies where a run of this pipeline has its job write it.

    Args:
        manifest: Of the accepted run.
        plan: Of the run that looks for a model, or the pipeline's list.
        key: The run key under which the manifest is listed.
    """
    job, found = manifest.training.name, manifest.training.model_uri
    # Of the run itself, or, where that has used a model again, of the run that made it. `-2`: a second job.
    makers = {job, re.sub(r"-\d{1,2}$", "", job)}
    if manifest.contender:
        # A run of several algorithms has a folder of its own name, and jobs of others.
        runs = re.findall(r"/runs/([a-z0-9-]+)/contenders/", found)
        makers = {run for run in runs if contender_key(run, manifest.contender) in makers}
    elif manifest.tuning:
        # SageMaker names the jobs of a tuning job.
        runs = re.findall(r"/runs/([a-z0-9-]+)/model/", found)
        makers = {run for run in runs if is_trial_of(job, run)}
    own = manifest.reused_from is None
    places = {
        f"{locations.of_contender(manifest.contender).model}/{job}/output/model.tar.gz"
        for maker in makers
        if not own or maker == key
        for deployment_id in _deployments(manifest)
        for locations in [
            RunLocations.of(plan.bucket, plan.identity.dag_id, maker, deployment_id=deployment_id)
        ]
    }
    if (manifest.key, manifest.identity.dag_id) == (key, plan.identity.dag_id) and found in places:
        return True
    log.warning("The accepted model of %s is not taken: %s is not where its run's job writes", key, found)
    return False


def has_accepted_content(s3: "S3Client", manifest: "RunManifest") -> bool:
    """Tell whether a model's archive is the one that was evaluated.

    An entry of an earlier version has no hash of the archive: it is held to that of the model file in it.

    Raises:
        NoSuchKey: There is no such object.
    """
    archive = read_object(s3, manifest.training.model_uri)
    if expected := manifest.training.archive_sha256:
        found = hashlib.sha256(archive).hexdigest()
    else:
        expected, model = manifest.model_sha256, read_model(archive)
        found = hashlib.sha256(model).hexdigest() if model else ""
    if found == expected:
        return True
    log.warning(
        "The accepted model of %s is not taken: %s has the SHA-256 %s, and %s was evaluated",
        manifest.key,
        manifest.training.model_uri,
        found or "of no model",
        expected,
    )
    return False


def is_made_by_its_run(sagemaker: "SageMakerClient", manifest: "RunManifest") -> bool:
    """Ask SageMaker whether the model's job wrote this archive and bears the tags of the run."""
    job = manifest.training.name
    try:
        found = sagemaker.describe_training_job(TrainingJobName=job)
        owner = owner_of(sagemaker, found["TrainingJobArn"])
    except ClientError as error:
        log.warning("The accepted model of %s is not taken: its job %s (%s)", manifest.key, job, error)
        return False
    identity = manifest.identity
    run = {"dag_id": identity.dag_id, "run_id": manifest.reused_from or identity.run_id}
    is_its_own = any(
        RunTags(deployment_id=deployment_id, **run, expires=None).is_same_run(owner)
        for deployment_id in _deployments(manifest)
    )
    written = found.get("ModelArtifacts", {}).get("S3ModelArtifacts")
    if written == manifest.training.model_uri and is_its_own:
        return True
    log.warning(
        "The accepted model of %s is not taken: job %s is of %s and wrote %s",
        manifest.key,
        job,
        owner,
        written,
    )
    return False


def _deployments(manifest: "RunManifest") -> set[str]:
    # A model that was used again may be of a run that a version without deployments has made.
    return {manifest.identity.deployment_id} | ({""} if manifest.reused_from else set())
