"""The plan of a run: every name, place and request, worked out before anything is made."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.params import RunParams, parse_params
from include.pipeline.documents.plan import RunIdentity, RunLocations, RunPlan
from include.pipeline.documents.table.kind import kind_faults
from include.pipeline.errors import ParamError
from include.pipeline.planning.contenders import check_validation_rows, with_contenders
from include.pipeline.planning.cost import check_cost_limit
from include.pipeline.planning.deployment_request import deployment_request
from include.pipeline.planning.hyperparameters.check import check_algorithm, check_hyperparameters
from include.pipeline.planning.image import built_in_image
from include.pipeline.planning.limits import check_limits
from include.pipeline.planning.names import check_bucket_name, default_bucket, job_name, run_key
from include.pipeline.planning.processing_request import with_processing
from include.pipeline.planning.role import resolve_role
from include.pipeline.planning.training_request import training_request
from include.pipeline.planning.tuning_request import with_tuning
from include.pipeline.planning.volume_keys import check_volume_keys
from include.pipeline.source.dated_url import resolve_data_url
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.url import without_secrets

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client


def make_plan(
    params: Mapping[str, Any],
    *,
    identity: RunIdentity,
    config: PipelineConfig,
    default_role: str | None,
    source_policy: SourcePolicy | None,
    iam: Callable[[], "IAMClient"],
) -> RunPlan:
    """Work out a run from its Params. Makes nothing, so that a mistake here costs nothing.

    Args:
        params: The run's Params, unchecked.
        identity: The run.
        config: The pipeline's YAML.
        default_role: The Airflow Variable `sagemaker_role`.
        source_policy: Where data may come from; None where that does not matter any more.
        iam: Makes the client that looks up a role that is given by name.

    Raises:
        ParamError: A Param, the role, the source's connection, the region or the image version is not valid
            or not within the pipeline's limits, or an instance type does not take the key that the pipeline's
            YAML file names for its volume.
        SourceError: The data may not come from where `data_url` points.
    """
    checked = parse_params(params)
    data_url = resolve_data_url(checked.data_url, identity.interval)
    if not identity.region:
        raise ParamError(
            "region = None",
            "the AWS connection names the region to work in",
            "Set region_name in the extra of the Airflow connection aws_default",
        )
    if source_policy:
        source_policy.check(data_url)
        if checked.source_connection:
            source_policy.check_connection(checked.source_connection)
    # A plan is stored, and many may read it. What needs the signature of a URL reads the Params themselves.
    source = without_secrets(checked.data_url)
    checked = checked.model_copy(update={"data_url": without_secrets(data_url)})
    check_limits(checked, config, identity=identity, default_role=default_role)
    bucket = check_bucket_name(checked.bucket or default_bucket(identity.account_id, identity.region))
    role_arn = resolve_role(checked.role, default_role, iam)
    image_uri = built_in_image(config.algorithm, identity.region, checked.image_version)
    check_algorithm(checked, config.algorithm)
    check_hyperparameters(checked, config.table.kind, config.algorithm, config.tune)
    check_validation_rows(checked, config)
    _check_kind(checked, config)
    key = run_key(identity.deployment_id, identity.dag_id, identity.run_id)
    locations = RunLocations.of(bucket, identity.dag_id, key, deployment_id=identity.deployment_id)
    tags = RunTags(
        deployment_id=identity.deployment_id,
        dag_id=identity.dag_id,
        run_id=identity.run_id,
        expires=identity.planned_at + timedelta(hours=config.expires_after_hours),
    )
    kept = tags.model_copy(update={"expires": None}) if checked.keep_endpoint else tags
    own_tags = [{"Key": key, "Value": value} for key, value in config.aws.tags.items()]
    check_volume_keys(checked, config.aws.keys)
    plan = RunPlan(
        key=key,
        identity=identity,
        params=checked,
        table=config.table,
        algorithm=config.algorithm,
        drift=config.drift,
        aws=config.aws,
        card=config.card,
        words=config.words,
        costs=config.costs,
        image_uri=image_uri,
        bucket=bucket,
        locations=locations,
        training=training_request(
            checked,
            config.aws,
            config.algorithm,
            config.table.kind,
            job_name=job_name(key, attempt=1),
            image_uri=image_uri,
            role_arn=role_arn,
            train_uri=locations.train,
            validation_uri=locations.validation if checked.validation_fraction else None,
            output_uri=locations.model,
            checkpoints_uri=locations.checkpoints,
            tags=tags.put_into(own_tags),
        ),
        deployment=deployment_request(
            checked,
            config.aws,
            name=key,
            image_uri=image_uri,
            role_arn=role_arn,
            tags=kept.put_into(own_tags),
        ),
        source=source,
        keep_endpoint=checked.keep_endpoint,
    )
    plan = with_contenders(plan, config, role_arn=role_arn, tags=tags.put_into(own_tags))
    plan = with_processing(with_tuning(plan, config), config)
    check_cost_limit(plan, config.limits.max_cost)
    return plan


def _check_kind(params: RunParams, config: PipelineConfig) -> None:
    if wrong := "; ".join(kind_faults(params, config.table.kind)):
        raise ParamError(wrong, "Params are those of the label's kind", "Leave them out, or correct them")
    if params.threshold_rule == "best_profit" and not (params.costs or config.costs):
        raise ParamError(
            "threshold_rule = best_profit",
            "a profit needs costs: what each of the four outcomes of a row is worth",
            "Write costs into the pipeline's YAML file, or choose best_f1 or fixed",
        )


def source_of(params: Mapping[str, Any], plan: RunPlan) -> str:
    """Return the whole URL of a run's data, with what signs it: a plan does not hold that.

    Args:
        params: The run's Params, as Airflow has them.
        plan: Plan of the run.

    Raises:
        ParamError: They lead to another file than the plan.
    """
    url = resolve_data_url(parse_params(params).data_url, plan.identity.interval)
    if without_secrets(url) != without_secrets(plan.params.data_url):
        raise ParamError(
            f"data_url = {without_secrets(url)}",
            f"the run was planned for {without_secrets(plan.params.data_url)}",
            "Clear plan_run and what follows it",
        )
    return url


def write_plan(s3: "S3Client", plan: RunPlan) -> None:
    """Keep a run's plan.json on S3."""
    write_object(s3, plan.locations.plan, plan.model_dump_json(indent=2).encode(), "application/json")
