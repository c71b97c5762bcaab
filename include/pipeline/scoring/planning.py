"""The plan of a run that scores new rows: every name, place and request, before anything is made."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import RunIdentity, RunLocations
from include.pipeline.documents.scoring.params import ScoreParams, parse_score_params
from include.pipeline.documents.scoring.plan import ScoreLocations, ScorePlan
from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.errors import ConfigError, ParamError
from include.pipeline.planning.held_plan import check_moment, refuse_difference
from include.pipeline.planning.image import built_in_image
from include.pipeline.planning.limits import check_score_limits
from include.pipeline.planning.names import check_bucket_name, default_bucket, job_name, run_key
from include.pipeline.planning.role import resolve_role
from include.pipeline.scoring.request import transform_request
from include.pipeline.source.dated_url import resolve_data_url
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.url import without_secrets

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient


def make_score_plan(
    params: Mapping[str, Any],
    *,
    identity: RunIdentity,
    pipeline: str,
    config: PipelineConfig,
    default_role: str | None,
    source_policy: SourcePolicy | None,
    iam: Callable[[], "IAMClient"],
) -> ScorePlan:
    """Work out a run from its Params. Makes nothing, so that a mistake here costs nothing.

    Args:
        params: The run's Params, unchecked.
        identity: The run, of the DAG that scores.
        pipeline: Whose model scores.
        config: Its YAML.
        default_role: The Airflow Variable `sagemaker_role`.
        source_policy: Where rows may come from; None where that does not matter any more.
        iam: Makes the client that looks up a role that is given by name.

    Raises:
        ConfigError: The pipeline's YAML has no section `score` any more.
        ParamError: A Param, the role, the source's connection or the region is not valid, or not within the
            pipeline's limits.
        SourceError: The rows may not come from where `data_url` points.
    """
    if config.score is None:
        raise ConfigError(
            f"{pipeline}.yaml has no section score",
            "it says how new rows are scored",
            "Write it again, or delete this run",
        )
    checked = parse_score_params(params)
    if not identity.region:
        raise ParamError(
            "region = None",
            "the AWS connection names the region to work in",
            "Set region_name in the extra of the Airflow connection aws_default",
        )
    data_url = _resolved_url(checked, identity)
    if source_policy:
        source_policy.check(data_url)
        if checked.source_connection:
            source_policy.check_connection(checked.source_connection)
    checked = checked.model_copy(update={"data_url": without_secrets(data_url)})
    check_score_limits(checked, config, identity=identity, default_role=default_role)
    bucket = check_bucket_name(checked.bucket or default_bucket(identity.account_id, identity.region))
    key = run_key(identity.deployment_id, identity.dag_id, identity.run_id)
    locations = ScoreLocations.of(bucket, identity.dag_id, key, deployment_id=identity.deployment_id)
    tags = RunTags(
        deployment_id=identity.deployment_id,
        dag_id=identity.dag_id,
        run_id=identity.run_id,
        expires=identity.planned_at + timedelta(hours=config.expires_after_hours),
    )
    versions = dict.fromkeys((*config.limits.image_versions, config.params.image_version))
    return ScorePlan(
        key=key,
        pipeline=pipeline,
        identity=identity,
        params=checked,
        table=config.table,
        algorithm=config.algorithm,
        drift=config.drift,
        aws=config.aws,
        images=tuple(built_in_image(config.algorithm, identity.region, version) for version in versions),
        archives=tuple(
            RunLocations.of(bucket, pipeline, "", deployment_id=whose).run
            for whose in (identity.deployment_id, "")
        ),
        bucket=bucket,
        locations=locations,
        transform=transform_request(
            checked,
            config.aws,
            accept=ALGORITHMS[config.algorithm].accept,
            name=job_name(key, attempt=1),
            role_arn=resolve_role(checked.role, default_role, iam),
            rows_uri=locations.rows,
            answers_uri=locations.answers,
            tags=tags.put_into([{"Key": name, "Value": value} for name, value in config.aws.tags.items()]),
        ),
        own_source=without_secrets(config.params.data_url),
        max_runtime_seconds=config.score.max_runtime_seconds,
    )


def _resolved_url(params: ScoreParams, identity: RunIdentity) -> str:
    if params.data_url is None:
        raise ParamError(
            "data_url = None",
            "it names the file of the rows to score",
            "Trigger the run with it, or write it below score in the pipeline's YAML",
        )
    return resolve_data_url(params.data_url, identity.interval)


def source_of(params: Mapping[str, Any], plan: ScorePlan) -> str:
    """Return the whole URL of a run's rows, with what signs it: a plan does not hold that.

    Args:
        params: The run's Params, as Airflow has them.
        plan: Plan of the run.

    Raises:
        ParamError: They lead to another file than the plan.
    """
    url = _resolved_url(parse_score_params(params), plan.identity)
    if without_secrets(url) != without_secrets(plan.data_url):
        raise ParamError(
            f"data_url = {without_secrets(url)}",
            f"the run was planned for {without_secrets(plan.data_url)}",
            "Clear plan_run and what follows it",
        )
    return url


def hold_score_plan(found: Mapping[str, Any], derived: ScorePlan, now: datetime) -> ScorePlan:
    """Refuse a plan that is not the run's, as `hold_plan` does for one that trains.

    Args:
        found: As it came through XCom.
        derived: Worked out again, for the moment at which the found one says that it was planned.
        now: That moment cannot be later.

    Returns:
        The derived plan.

    Raises:
        PlanError: They differ, or the found plan is of the future.
    """
    check_moment(derived.identity.planned_at, now)
    own = derived.model_dump(mode="json")
    refuse_difference(found, own, own)
    return derived
