"""Plans of the bundled pipeline, made as its first task makes them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.documents.limits import Limits
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.planning.plan import make_plan
from include.pipeline.source.policy import SourcePolicy
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

CONFIG = load_config("bank_marketing")
ROLE = "arn:aws:iam::123456789012:role/sagemaker"


def allowing(config: PipelineConfig, params: dict[Any, Any]) -> PipelineConfig:
    """Widen a pipeline's limits to what these Params choose: for tests of what comes after the limits."""
    bucket, owner = params.get("bucket"), params.get("bucket_owner")
    types = [params.get(name) for name in ("training_instance_type", "endpoint_instance_type")]
    jobs = [config.processing] if config.processing else []
    # Not validated, as what they allow may be what the Params are refused for.
    limits = Limits.model_construct(
        buckets=(bucket,),
        partner_buckets={bucket: owner} if isinstance(bucket, str) and isinstance(owner, str) else {},
        roles=(params.get("role"),),
        s3_sources=("s3://",),
        image_versions=(*config.limits.image_versions, params.get("image_version")),
        instance_types=(*(config.limits.instance_types or ()), *types, *(job.instance_type for job in jobs)),
        max_training_instances=20,
        max_endpoint_instances=10,
        max_runtime_seconds=max(each.max_runtime_seconds for each in (config.aws, *jobs)),
        keep_endpoint=True,
        delete_data=True,
    )
    return config.model_copy(update={"limits": limits})


def plan_of(
    params: dict[Any, Any],
    iam: "IAMClient | None" = None,
    *,
    config: PipelineConfig = CONFIG,
    policy: SourcePolicy | None = None,
    **identity: Any,
) -> RunPlan:
    """Plan a run, within limits that allow its Params.

    Args:
        params: Those that are given; the YAML has the rest.
        iam: Where the name of a role is looked up. An ARN, as these plans have it, is not.
        config: The pipeline's YAML.
        policy: Where data may come from; by default anywhere that no Variable has to allow.
        identity: Fields of the run's identity.
    """
    usual = {
        "deployment_id": DEPLOYMENT_ID,
        "dag_id": "bank_marketing",
        "run_id": "manual__1",
        "account_id": "123456789012",
        "region": "us-east-1",
        "planned_at": datetime(2026, 11, 23, tzinfo=UTC),
    }
    return make_plan(
        config.params.model_dump() | params,
        identity=RunIdentity(**usual | identity),
        config=allowing(config, params),
        default_role=ROLE,
        source_policy=policy or SourcePolicy(max_bytes=config.max_source_bytes),
        iam=lambda: iam,  # type: ignore[arg-type, return-value]
    )
