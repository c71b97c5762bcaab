"""An accepted model as a version of its pipeline's group in SageMaker's model registry."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerRegisterModelVersionOperator
from airflow.providers.amazon.aws.utils.sagemaker import ApprovalStatus
from airflow.sdk import Asset, Context, task

from include.airflow_names import REGISTER_MODEL
from include.operators.connection import hook
from include.operators.dag.links import report_url
from include.operators.deployment import own_deployment_id
from include.operators.failures.left_out import LeftOutError
from include.operators.held_plan import identity_of
from include.operators.returned import Returned
from include.pipeline.aws.tags import tag_value
from include.pipeline.documents.config import REGISTRY, PipelineConfig, load_config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.history.listed import ListedModels
    from include.pipeline.history.registry import RegisteredModel

REGISTERED: Any = Returned(REGISTER_MODEL)
"""`arn`, `group`, `version` and `side_by_side` of the version on which somebody is to decide."""
OPTIONS = APPROVE, REJECT = "Approve", "Reject"
"""What a person chooses among."""
_RUN = "run"
"""Key, in the asset's events and in `REGISTERED`, of the run whose model it is."""
NOTE = "note"
"""What a person may say to it."""
_PENDING = ApprovalStatus.PENDING_MANUAL_APPROVAL.value

log = logging.getLogger(__name__)


class RegisterAcceptedModelOperator(SageMakerRegisterModelVersionOperator):
    """Registers the model of the run that has updated the pipeline's asset, or that the form names.

    What the provider's operator lacks: a retry finds the version that an earlier try made; which model it is,
    is read from the list of accepted models, and its archive held to its hash and its job; the version tells
    its figures, data and code.

    Args:
        pipeline: Whose models.
        approval: Of a new version.
    """

    template_fields: Sequence[str] = ()

    def __init__(self, *, pipeline: str, approval: ApprovalStatus, **kwargs: Any) -> None:
        super().__init__(image_uri="", model_url="", package_group_name="", model_approval=approval, **kwargs)
        self.pipeline = pipeline

    def execute(self, context: Context) -> dict[str, Any]:
        """Register the model.

        Returns:
            What `REGISTERED` says.

        Raises:
            ParamError: There is no such accepted model.
            AirflowSkipException: The model is registered, and decided on or about to be, by another run.
        """
        # They would cost seconds at every parse of a DAG.
        from include.pipeline.history.accepted import places_of
        from include.pipeline.history.registry import (
            describe_version,
            known_version,
            registered_models,
            registration,
            side_by_side,
        )

        config = load_config(self.pipeline)
        models, manifest = _accepted(self.pipeline, config, context)
        places = places_of(models, manifest)
        group = self.package_group_name = _group(self.pipeline, config)
        self.package_desc = f"Accepted models of the pipeline {config.title}"
        self.hook.create_model_package_group(group, self.package_desc)
        found = known_version(self.hook.conn, group, manifest)
        if found:
            self._refuse_decided(found, manifest)
        else:
            self.extras = registration(manifest, places, config)
            found = describe_version(self.hook.conn, super().execute(context))
        self.log.info("Version %d of %s is %s", found.version, group, found.approval)
        champion = next(registered_models(self.hook.conn, group, "Approved"), None)
        report = report_url(manifest.identity.dag_id, manifest.identity.run_id)
        return {
            "arn": found.arn,
            "group": group,
            "version": found.version,
            _RUN: manifest.identity.run_id,
            "side_by_side": side_by_side(found, champion, report),
        }

    def _refuse_decided(self, known: "RegisteredModel", manifest: "RunManifest") -> None:
        is_own = known.run_id == tag_value(manifest.identity.run_id) and known.approval == _PENDING
        if not is_own and self.model_approval.value != known.approval:
            raise LeftOutError(f"The model is version {known.version} already, and {known.approval}")


def _accepted(pipeline: str, config: PipelineConfig, context: Context) -> "tuple[ListedModels, RunManifest]":
    """Find the accepted model: of the run that is asked for, or the newest."""
    from include.pipeline.errors import ParamError
    from include.pipeline.history.accepted import accepted_models
    from include.pipeline.history.listed import is_whole
    from include.pipeline.history.provenance import is_made_by_its_run

    s3, models = listed_models(pipeline, config, context["dag_run"])
    bucket, is_genuine = models.bucket, partial(is_made_by_its_run, hook("sagemaker").conn)
    wanted = context["params"]["run"] or next(iter(reversed(source_runs(pipeline, context))), None)
    for manifest in accepted_models(s3, models):
        is_asked = wanted in (None, manifest.identity.run_id)
        if is_asked and is_whole(s3, manifest) and is_genuine(manifest):
            return models, manifest
    raise ParamError(
        f"run = {wanted!r}: {pipeline} has no such accepted model in {bucket}",
        "a run of the pipeline has passed the gate, and its model is there",
        "Name a run that the page Models lists as accepted",
    )


def listed_models(pipeline: str, config: PipelineConfig, dag_run: Any) -> "tuple[S3Client, ListedModels]":
    """Find the list of a pipeline's accepted models, in the bucket that its YAML names, and its client."""
    from include.pipeline.aws.own_bucket import OwnBucket
    from include.pipeline.history.listed import ListedModels
    from include.pipeline.planning.names import default_bucket

    own = identity_of(dag_run, deployment_id=own_deployment_id(), planned_at=datetime.now(UTC))
    bucket = config.params.bucket or default_bucket(own.account_id, own.region)
    owned = OwnBucket.of_run(bucket, config.params.bucket_owner, own.account_id, own.region)
    return owned.guard(hook("s3").conn), ListedModels.of(bucket, pipeline, own)


def source_runs(pipeline: str, context: Context) -> list[str]:
    """Tell of which runs the models are that have updated the asset, the last at the end; none by hand."""
    return [
        (event.extra or {}).get(_RUN) or event.source_run_id
        for events in context["triggering_asset_events"].values()
        for event in events
        if event.source_dag_id in {pipeline, f"{pipeline}{REGISTRY}"}
    ]


def is_usable(pipeline: str, config: PipelineConfig, deployment_id: str) -> "Callable[[RunManifest], bool]":
    """Ask whether a model is its run's own job's and, where a person decides on models, approved."""
    from include.pipeline.history.provenance import is_made_by_its_run
    from include.pipeline.history.registry import approved_jobs, is_approved
    from include.pipeline.planning.names import model_package_group

    sagemaker, registry = hook("sagemaker").conn, config.registry
    is_genuine = partial(is_made_by_its_run, sagemaker)
    if registry is None or registry.approval == "automatic":
        return is_genuine
    jobs = approved_jobs(sagemaker, model_package_group(deployment_id, pipeline, registry.group))
    return lambda manifest: is_approved(manifest, jobs) and is_genuine(manifest)


def _group(pipeline: str, config: PipelineConfig) -> str:
    from include.pipeline.planning.names import model_package_group

    named = config.registry.group if config.registry else None
    return model_package_group(own_deployment_id(), pipeline, named)


@task
def record_decision(
    registered: dict[str, Any], answer: dict[str, Any], ti: Any = None, outlet_events: Any = None
) -> str:
    """Write a person's decision, or that nobody answered, into the registry.

    Args:
        registered: What `RegisterAcceptedModelOperator` returned.
        answer: What the human-in-the-loop operator returned.
        ti: Filled in by Airflow. The task's outlets are aliases of the asset of approved models.
        outlet_events: Filled in by Airflow.

    Returns:
        The decision, in a line.
    """
    from include.pipeline.history.registry import decide

    user, said = answer["responded_by_user"], (answer["params_input"].get(NOTE) or "").strip()
    who = f"{user['name']}" if user else "Nobody answered in time"
    found = decide(
        hook("sagemaker").conn,
        registered["arn"],
        registered["group"],
        is_approved=bool(user) and answer["chosen_options"] == [APPROVE],
        note=f"{who}: {said}" if said else who,
    )
    told = f"Version {found.version} of {registered['group']} is {found.approval} ({who})"
    log.info("%s", told)
    # Of a rejected model nobody is told.
    for alias in ti.task.outlets if ti and found.approval == "Approved" else ():
        approved = Asset(alias.name, group="model")
        outlet_events[alias].add(approved, extra={_RUN: registered[_RUN], "summary": told})
    return told
