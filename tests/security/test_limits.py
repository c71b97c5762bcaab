"""Who may only trigger, and chooses by Param what the pipeline's limits do not allow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.errors import PipelineError
from include.pipeline.planning.plan import make_plan
from include.pipeline.source.policy import SourcePolicy

ROLE = "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole"
CONFIG = load_config("bank_marketing")
STRANGER = "210987654321"


def plan_of(config: PipelineConfig = CONFIG, **params: Any) -> RunPlan:
    return make_plan(
        CONFIG.params.model_dump() | params,
        identity=RunIdentity(
            dag_id="bank_marketing",
            run_id="manual__attack",
            account_id="123456789012",
            region="us-east-1",
            planned_at=datetime(2026, 11, 23, tzinfo=UTC),
        ),
        config=config,
        default_role=ROLE,
        source_policy=SourcePolicy(max_bytes=CONFIG.max_source_bytes),
        iam=None,  # type: ignore[arg-type]  # an ARN is not looked up
    )


ATTACKS: dict[str, tuple[dict[str, Any], str]] = {
    "payroll from another bucket": (
        {"data_url": "s3://hr-payroll/2026/salaries.csv"},
        "data_url = 's3://hr-payroll/2026/salaries.csv' (not on S3)",
    ),
    "a bucket of one's own": (
        {"bucket": "mallorys-bucket"},
        "bucket = 'mallorys-bucket' (airflow-sagemaker-us-east-1-123456789012 alone)",
    ),
    "a bucket of another account": (
        {"bucket": "mallorys-bucket", "bucket_owner": STRANGER},
        f"bucket_owner = '{STRANGER}' (the bucket is of the run's own account)",
    ),
    "the default bucket, as another account has it": (
        {"bucket_owner": STRANGER},
        f"bucket_owner = '{STRANGER}' (the bucket is of the run's own account)",
    ),
    "the role of an administrator": (
        {"role": "arn:aws:iam::123456789012:role/Admin"},
        "role = 'arn:aws:iam::123456789012:role/Admin' (empty: the Airflow Variable sagemaker_role)",
    ),
    "training on twenty of the dearest": (
        {"training_instance_type": "ml.p5.48xlarge", "training_instance_count": 20},
        "training_instance_count = 20 (at most 2)",
    ),
    "an endpoint of ten of the dearest, kept": (
        {
            "endpoint_instance_type": "ml.p5.48xlarge",
            "endpoint_instance_count": 10,
            "keep_endpoint": True,
        },
        "endpoint_instance_type = 'ml.p5.48xlarge' (one of ml.m4.xlarge, ml.m5.large, ml.m5.xlarge)",
    ),
    "the legacy image, whose rules nobody knows": (
        {"image_version": "latest"},
        "image_version = 'latest' (one of 3.2-0, 3.0-5, 1.7-1)",
    ),
    "the same by its number": ({"image_version": "1"}, "image_version = '1' (one of"),
}


@pytest.mark.parametrize(("params", "said"), ATTACKS.values(), ids=ATTACKS)
def test_a_param_chooses_within_the_limits_alone(params: dict[str, Any], said: str) -> None:
    with pytest.raises(PipelineError) as refused:
        plan_of(**params)
    assert said in str(refused.value)
    assert "ask an administrator" in str(refused.value)


def test_a_run_without_a_highest_cost_of_its_own_is_held_to_that_of_the_limits() -> None:
    dear = CONFIG.model_copy(update={"limits": CONFIG.limits.model_copy(update={"max_cost": 0.5})})
    with pytest.raises(PipelineError, match=r"limits.max_cost = 0.5, and the run may cost 0.63 USD"):
        plan_of(dear)
    with pytest.raises(PipelineError, match=r"max_cost = 100 \(at most 0.5\)"):
        plan_of(dear, max_cost=100.0)


SCRIPT_MODE = (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_requirements",
    "SageMaker_Program",
)


@pytest.mark.parametrize("version", ["3.2-0", "3.0-5", "1.7-1"])
@pytest.mark.parametrize("name", SCRIPT_MODE)
def test_no_hyperparameter_runs_code_under_the_role_of_sagemaker(name: str, version: str) -> None:
    usual = CONFIG.params.hyperparameters
    with pytest.raises(PipelineError) as refused:
        plan_of(image_version=version, hyperparameters=usual | {name: "attack.py"})
    assert f"{name} = 'attack.py' (belongs to the image's script mode" in str(refused.value)


@pytest.mark.parametrize("name", ["sagemaker", "program", "PYTHONPATH", "SM_USER_ENTRY_POINT", " num_round"])
def test_a_hyperparameter_has_a_name_of_the_algorithms_own(name: str) -> None:
    with pytest.raises(PipelineError, match="hyperparameters: "):
        plan_of(hyperparameters=CONFIG.params.hyperparameters | {name: "1"})


def test_the_tutorial_is_within_the_limits() -> None:
    plan = plan_of()
    assert plan.bucket == "airflow-sagemaker-us-east-1-123456789012"
    assert plan.training["RoleArn"] == ROLE
    # What its page does at its end, and what the README shows.
    assert plan_of(keep_endpoint=True, delete_data=True).keep_endpoint


def test_code_that_got_into_a_container_reaches_nobody_and_is_not_listened_to() -> None:
    plan = plan_of(training_instance_count=2)
    assert plan.training["EnableNetworkIsolation"] is True
    assert plan.training["EnableInterContainerTrafficEncryption"] is True
    assert plan.deployment["Model"]["EnableNetworkIsolation"] is True
