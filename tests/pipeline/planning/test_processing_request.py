"""The plan of a run whose large table a processing job splits: its request, its limits, its cost."""

from datetime import UTC, datetime
from typing import Any

import pytest

from include.aws_check.quotas import _needed
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.limits import Limits
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.table.split_job import PROCESSING as FOLDER
from include.pipeline.errors import ParamError, PlanError
from include.pipeline.history.accepted import fingerprint
from include.pipeline.planning.cost import ENDPOINT_AT_MOST, _estimate, check_cost_limit
from include.pipeline.planning.held_plan import hold_plan
from include.pipeline.planning.limits import check_limits
from tests.pipeline.planned import ROLE, plan_of
from tests.pipeline.split_jobs import IMAGE, PROCESSING, fields

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DATA = "5a" * 32
XLARGE, LARGE = 0.23, 0.115  # an hour of an ml.m5.xlarge, and of an ml.m5.large, in us-east-1
VPC = {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}


def planned(processing: Any = PROCESSING, split_on: str = "processing", **others: Any) -> RunPlan:
    config = PipelineConfig.model_validate(fields(processing, split_on, **others))
    return plan_of({}, config=config, dag_id="churn")


PLAN = planned()
REQUEST: dict[str, Any] = PLAN.processing or {}
ON_WORKER = planned(None, "worker")


def test_the_request_is_of_the_runs_name_role_tags_and_places() -> None:
    assert REQUEST["ProcessingJobName"] == PLAN.key
    assert (REQUEST["RoleArn"], REQUEST["Tags"]) == (ROLE, PLAN.training["Tags"])
    assert REQUEST["AppSpecification"]["ImageUri"] == IMAGE
    assert REQUEST["ProcessingResources"]["ClusterConfig"] == {
        "InstanceType": "ml.m5.xlarge",
        "InstanceCount": 1,
        "VolumeSizeInGB": 30,
    }
    assert REQUEST["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}
    outputs = {
        each["S3Output"]["LocalPath"]: each["S3Output"]["S3Uri"]
        for each in REQUEST["ProcessingOutputConfig"]["Outputs"]
    }
    assert outputs == {
        f"{FOLDER}/output/run": PLAN.locations.run,
        f"{FOLDER}/output/profiles": PLAN.locations.profiles,
    }
    assert REQUEST["NetworkConfig"] == {"EnableNetworkIsolation": True}
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AppSpecification.html
    assert max(len(word) for word in REQUEST["AppSpecification"]["ContainerEntrypoint"]) <= 256


def test_what_the_yaml_says_of_aws_and_of_the_job_is_in_it() -> None:
    keys = {"objects": "alias/objects", "training_volume": "1234abcd-12ab-34cd-56ef-1234567890ab"}
    aws = {"vpc": VPC, "keys": keys, "network_isolation": False}
    job = PROCESSING | {"instance_type": "ml.m5.large", "volume_gb": 100, "max_runtime_seconds": 600}
    request = planned(job, aws=aws).processing or {}
    assert request["ProcessingResources"]["ClusterConfig"] == {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 100,
        "VolumeKmsKeyId": keys["training_volume"],
    }
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 600}
    assert request["ProcessingOutputConfig"]["KmsKeyId"] == "alias/objects"
    vpc = AwsSettings.model_validate(aws).vpc
    assert vpc
    assert request["NetworkConfig"] == {"EnableNetworkIsolation": False, "VpcConfig": vpc.to_aws()}


def test_a_plan_without_it_is_as_before_and_makes_the_same_model() -> None:
    told = ON_WORKER.model_dump(mode="json")
    assert "processing" not in told
    assert PLAN.model_dump(mode="json", exclude={"processing"}) == told
    assert fingerprint(PLAN, DATA) == fingerprint(ON_WORKER, DATA)


def test_an_image_of_another_region_is_refused() -> None:
    with pytest.raises(ParamError, match="pulls an image of the run's own region, us-east-1"):
        planned(PROCESSING | {"image": IMAGE.replace("us-east-1", "eu-west-1")})


def test_an_instance_type_that_takes_no_key_is_refused() -> None:
    aws = {"keys": {"training_volume": "1234abcd-12ab-34cd-56ef-1234567890ab"}}
    with pytest.raises(ParamError, match=r"processing\.instance_type = 'ml\.m5d\.xlarge'"):
        planned(PROCESSING | {"instance_type": "ml.m5d.xlarge"}, aws=aws)


@pytest.mark.parametrize(
    ("job", "limits", "said"),
    [
        (
            {"instance_type": "ml.m5.24xlarge"},
            {},
            "processing.instance_type = 'ml.m5.24xlarge' (one of ml.m4.xlarge",
        ),
        (
            {"max_runtime_seconds": 7200},
            {},
            "processing.max_runtime_seconds = 7200 (at most 3600)",
        ),
        ({}, {"max_usd_per_hour": 0.2}, "1 ml.m5.xlarge for the processing (their price is 0.23 USD an hour"),
    ],
)
def test_the_job_is_held_to_the_limits(job: dict[str, Any], limits: dict[str, Any], said: str) -> None:
    made = fields(PROCESSING | job)
    config = PipelineConfig.model_validate(made | {"limits": Limits.model_validate(limits).model_dump()})
    with pytest.raises(ParamError) as refused:
        check_limits(config.params, config, identity=PLAN.identity, default_role=ROLE)
    assert said in str(refused.value)


def test_its_longest_run_is_paid_for() -> None:
    most = XLARGE + LARGE + LARGE * ENDPOINT_AT_MOST.total_seconds() / 3600
    check_cost_limit(PLAN, most + 0.01)
    with pytest.raises(ParamError, match=rf"may cost {most:.2f} USD \(split 0.23, training 0.1"):
        check_cost_limit(PLAN, most - 0.01)
    estimate = _estimate(PLAN, None)
    assert (estimate.split_at_most, estimate.split_about) == (XLARGE, XLARGE)
    assert "split_at_most" not in _estimate(ON_WORKER, None).model_dump(mode="json")


def test_an_instance_without_a_price_is_told() -> None:
    estimate = _estimate(planned(PROCESSING | {"instance_type": "ml.r5.large"}), None)
    assert estimate.at_most is None
    assert estimate.unknown == ("ml.r5.large for processing in us-east-1",)


def test_a_changed_request_is_refused() -> None:
    found = PLAN.model_dump(mode="json")
    hold_plan(found, PLAN, NOW)
    found["processing"]["AppSpecification"]["ImageUri"] = IMAGE.replace("123456789012", "999999999999")
    with pytest.raises(PlanError, match=r"processing\.AppSpecification\.ImageUri"):
        hold_plan(found, PLAN, NOW)


def test_the_account_needs_an_instance_for_it() -> None:
    assert ("ml.m5.xlarge for processing job usage", 1) in set(_needed(PLAN))
    assert not any("processing" in name for name, _ in _needed(ON_WORKER))
