"""The plan of a run: every name, place and request, worked out before anything is made."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from include.pipeline.aws.object_store import write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.config import PipelineConfig, TableConfig
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.params import RunParams, parse_params
from include.pipeline.errors import ParamError
from include.pipeline.planning.deployment_request import deployment_request
from include.pipeline.planning.image import xgboost_image
from include.pipeline.planning.names import check_bucket_name, default_bucket, run_key, training_job_name
from include.pipeline.planning.role import resolve_role
from include.pipeline.planning.training_request import training_request
from include.pipeline.source.dated_url import DataInterval, resolve_data_url
from include.pipeline.source.policy import SourcePolicy, shown

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client


class RunIdentity(BaseModel):
    """Which run this is, and where it runs."""

    model_config = ConfigDict(frozen=True)

    dag_id: str
    run_id: str
    account_id: str
    region: str
    planned_at: datetime
    interval_start: datetime | None = None
    """Of the run's data interval, where it has one."""
    interval_end: datetime | None = None

    @property
    def interval(self) -> DataInterval | None:
        """The period whose data the run is for."""
        if self.interval_start is None or self.interval_end is None:
            return None
        return DataInterval(self.interval_start, self.interval_end)


class RunLocations(BaseModel):
    """Where on S3 a run keeps what: `s3://` URIs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raw: str
    profiles: str
    models: str
    run: str
    plan: str
    train: str
    validation: str
    test_features: str
    test_labels: str
    model: str
    predictions: str
    metrics: str
    report: str
    manifest: str

    @classmethod
    def of(cls, bucket: str, pipeline: str, key: str) -> "RunLocations":
        """Lay out one run: raw data, profiles of it, and the list of models are shared by all runs."""
        run = f"s3://{bucket}/{pipeline}/runs/{key}"
        return cls(
            raw=f"s3://{bucket}/{pipeline}/raw",
            profiles=f"s3://{bucket}/{pipeline}/profiles",
            models=f"s3://{bucket}/{pipeline}/models",
            run=run,
            plan=f"{run}/plan.json",
            train=f"{run}/train/",
            validation=f"{run}/validation/validation.csv",
            test_features=f"{run}/test/features.csv",
            test_labels=f"{run}/test/labels.csv",
            model=f"{run}/model",
            predictions=f"{run}/evaluation/predictions.csv",
            metrics=f"{run}/evaluation/metrics.json",
            report=f"{run}/evaluation/report.html",
            manifest=f"{run}/manifest.json",
        )


class RunPlan(BaseModel):
    """All that later steps need to know. It travels between tasks as JSON.

    Attributes:
        key: The run's name, and that of its training job, model, endpoint configuration and endpoint.
        keep_endpoint: The Param, for a DAG file: that can take single members of the plan, not of `params`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    identity: RunIdentity
    params: RunParams
    table: TableConfig
    drift: DriftLimits | None
    source_policy: SourcePolicy
    bucket: str
    locations: RunLocations
    training: dict[str, Any]
    deployment: dict[str, Any]
    keep_endpoint: bool


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
        source_policy=source_policy,
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
    params = plan.params.model_copy(update={"data_url": shown(plan.params.data_url)})
    kept = plan.model_copy(update={"params": params})
    write_object(s3, plan.locations.plan, kept.model_dump_json(indent=2).encode(), "application/json")
