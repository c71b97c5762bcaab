"""The plan of a run: every name, place and request, worked out before anything is made."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from include.pipeline.aws.object_store import write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.params import parse_params
from include.pipeline.documents.plan import RunIdentity, RunLocations, RunPlan
from include.pipeline.errors import ParamError
from include.pipeline.planning.deployment_request import deployment_request
from include.pipeline.planning.image import xgboost_image
from include.pipeline.planning.names import check_bucket_name, default_bucket, run_key, training_job_name
from include.pipeline.planning.role import resolve_role
from include.pipeline.planning.training_request import training_request
from include.pipeline.source.dated_url import resolve_data_url
from include.pipeline.source.policy import SourcePolicy, without_secrets

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client


def make_plan(
    params: Mapping[str, Any],
    *,
    identity: RunIdentity,
    config: PipelineConfig,
    default_role: str | None,
    source_policy: SourcePolicy,
    iam: "IAMClient",
) -> RunPlan:
    """Work out a run from its Params. Makes nothing, so that a mistake here costs nothing.

    Args:
        params: The run's Params, unchecked.
        identity: The run.
        config: The pipeline's YAML.
        default_role: The Airflow Variable `sagemaker_role`.
        source_policy: Where data may come from.
        iam: Looks up a role that is given by name.

    Raises:
        ParamError: A Param, the role, the region or the image version is not valid.
        SourceError: The data may not come from where `data_url` points.
    """
    checked = parse_params(params)
    checked = checked.model_copy(update={"data_url": resolve_data_url(checked.data_url, identity.interval)})
    if not identity.region:
        raise ParamError(
            "region = None",
            "the AWS connection names the region to work in",
            "Set region_name in the extra of the Airflow connection aws_default",
        )
    source_policy.check(checked.data_url)
    bucket = check_bucket_name(checked.bucket or default_bucket(identity.account_id, identity.region))
    role_arn = resolve_role(checked.role, default_role, iam)
    image_uri = xgboost_image(identity.region, checked.image_version)
    key = run_key(identity.dag_id, identity.run_id)
    locations = RunLocations.of(bucket, identity.dag_id, key)
    tags = RunTags(
        dag_id=identity.dag_id,
        run_id=identity.run_id,
        expires=identity.planned_at + timedelta(hours=config.expires_after_hours),
    )
    kept = tags.model_copy(update={"expires": None}) if checked.keep_endpoint else tags
    return RunPlan(
        key=key,
        identity=identity,
        params=checked,
        table=config.table,
        drift=config.drift,
        image_uri=image_uri,
        bucket=bucket,
        locations=locations,
        training=training_request(
            checked,
            job_name=training_job_name(key, attempt=1),
            image_uri=image_uri,
            role_arn=role_arn,
            train_uri=locations.train,
            validation_uri=locations.validation if checked.validation_fraction else None,
            output_uri=locations.model,
            tags=tags.to_aws(),
        ),
        deployment=deployment_request(
            checked, name=key, image_uri=image_uri, role_arn=role_arn, tags=kept.to_aws()
        ),
        keep_endpoint=checked.keep_endpoint,
    )


def write_plan(s3: "S3Client", plan: RunPlan) -> None:
    """Keep a run's plan.json on S3, its `data_url` without user name, password and query."""
    params = plan.params.model_copy(update={"data_url": without_secrets(plan.params.data_url)})
    kept = plan.model_copy(update={"params": params})
    write_object(s3, plan.locations.plan, kept.model_dump_json(indent=2).encode(), "application/json")
