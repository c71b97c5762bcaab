"""Plans of the bundled pipeline, made as its first task makes them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from include.pipeline.documents.config import load_config
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.planning.plan import make_plan
from include.pipeline.source.policy import SourcePolicy

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

CONFIG = load_config("bank_marketing")


def plan_of(params: dict[Any, Any], iam: "IAMClient", policy: SourcePolicy | None = None) -> RunPlan:
    """Plan a run whose Params are these, and the YAML's for the rest."""
    return make_plan(
        CONFIG.params.model_dump() | params,
        identity=RunIdentity(
            dag_id="bank_marketing",
            run_id="manual__bad_input",
            account_id="123456789012",
            region="us-east-1",
            planned_at=datetime(2026, 11, 23, tzinfo=UTC),
        ),
        config=CONFIG,
        default_role="arn:aws:iam::123456789012:role/sagemaker",
        source_policy=policy or SourcePolicy(max_bytes=CONFIG.max_source_bytes),
        iam=iam,
    )
