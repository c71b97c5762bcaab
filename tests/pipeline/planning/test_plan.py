import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import boto3
import botocore.session
import pytest
from botocore.validate import ParamValidator
from moto import mock_aws

from include.pipeline.aws.deployment_id import run_digest
from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.plan import RunLocations, RunPlan
from include.pipeline.errors import ParamError, SourceError
from include.pipeline.history.accepted import fingerprint
from include.pipeline.planning.names import run_key
from include.pipeline.planning.plan import write_plan
from include.pipeline.values.data_interval import DataInterval
from tests.pipeline.planned import CONFIG, ROLE, plan_of
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client

RUN_ID = "manual__2026-11-23T18:30:00.123456+00:00_AbCd"


@pytest.fixture
def iam() -> Iterator["IAMClient"]:
    with mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


def plan(
    iam: "IAMClient",
    region: str = "us-east-1",
    *,
    config: PipelineConfig = CONFIG,
    interval: tuple[datetime, datetime] | None = None,
    **changed: Any,
) -> RunPlan:
    start, end = interval or (None, None)
    identity = {"run_id": RUN_ID, "region": region, "interval_start": start, "interval_end": end}
    planned_at = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    return plan_of(changed, iam, config=config, planned_at=planned_at, **identity)


def requests(made: RunPlan) -> dict[str, dict[str, Any]]:
    return {
        "CreateTrainingJob": made.training,
        "CreateModel": made.deployment["Model"],
        "CreateEndpointConfig": made.deployment["EndpointConfig"],
        "CreateEndpoint": made.deployment["Endpoint"],
    }


def test_every_request_is_one_that_sagemaker_takes(iam: "IAMClient") -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    for operation, request in requests(plan(iam)).items():
        shape = model.operation_model(operation).input_shape
        assert not ParamValidator().validate(request, shape).has_errors()


def test_all_names_come_from_the_run(iam: "IAMClient") -> None:
    made = plan(iam)
    key = run_key(DEPLOYMENT_ID, "bank_marketing", RUN_ID)
    assert made.key == key
    assert made.training["TrainingJobName"] == key
    assert made.deployment["Model"]["ModelName"] == key
    assert made.deployment["EndpointConfig"]["ProductionVariants"][0]["ModelName"] == key
    assert made.deployment["Endpoint"] | {"Tags": ...} == {
        "EndpointName": key,
        "EndpointConfigName": key,
        "Tags": ...,
    }
    assert made.locations.run == f"s3://{made.bucket}/{DEPLOYMENT_ID}/bank_marketing/runs/{key}"
    assert made.locations.raw == f"s3://{made.bucket}/{DEPLOYMENT_ID}/bank_marketing/raw"


def test_the_training_request_says_what_the_params_say(iam: "IAMClient") -> None:
    asked = {"num_round": 7, "eta": 0.3, "objective": "binary:logistic"}
    request = plan(iam, training_instance_type="ml.c5.2xlarge", hyperparameters=asked).training
    assert request["HyperParameters"] == {"num_round": "7", "eta": "0.3", "objective": "binary:logistic"}
    assert request["ResourceConfig"]["InstanceType"] == "ml.c5.2xlarge"
    assert request["RoleArn"] == ROLE
    (channel,) = request["InputDataConfig"]
    assert channel["ChannelName"] == "train"
    assert channel["ContentType"] == "text/csv"
    assert channel["DataSource"]["S3DataSource"]["S3Uri"].startswith("s3://")


def test_several_instances_share_the_training_rows(iam: "IAMClient") -> None:
    (one,) = plan(iam).training["InputDataConfig"]
    (three,) = plan(iam, training_instance_count=3).training["InputDataConfig"]
    assert one["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "FullyReplicated"
    assert three["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "ShardedByS3Key"


@pytest.mark.parametrize(
    ("region", "version", "image"),
    [
        ("us-east-1", "3.2-0", "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0"),
        ("eu-central-1", "1.7-1", "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:1.7-1"),
        ("cn-north-1", "3.2-0", "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:3.2-0"),
    ],
)
def test_the_image_is_the_regions_own(iam: "IAMClient", region: str, version: str, image: str) -> None:
    made = plan(iam, region, image_version=version)
    assert made.training["AlgorithmSpecification"]["TrainingImage"] == image
    assert made.deployment["Model"]["PrimaryContainer"]["Image"] == image


def test_everything_is_tagged_with_its_run(iam: "IAMClient") -> None:
    for request in requests(plan(iam)).values():
        assert {tag["Key"]: tag["Value"] for tag in request["Tags"]} == {
            "airflow:project": "airflow-sagemaker-pipeline",
            "airflow:dag_id": "bank_marketing",
            "airflow:run_id": RUN_ID,
            "airflow:expires": "2026-11-24T18:30:00+00:00",
            "airflow:clear_number": "0",
            "airflow:deployment_id": DEPLOYMENT_ID,
            "airflow:run_digest": run_digest(DEPLOYMENT_ID, "bank_marketing", RUN_ID).hex(),
        }


def test_an_endpoint_that_is_to_be_kept_does_not_expire_but_its_training_job_does(iam: "IAMClient") -> None:
    expiry = {
        operation: {tag["Key"]: tag["Value"] for tag in request["Tags"]}["airflow:expires"]
        for operation, request in requests(plan(iam, keep_endpoint=True)).items()
    }
    assert expiry == {
        "CreateTrainingJob": "2026-11-24T18:30:00+00:00",
        "CreateModel": "never",
        "CreateEndpointConfig": "never",
        "CreateEndpoint": "never",
    }


def test_it_travels_as_json(iam: "IAMClient") -> None:
    made = plan(iam)
    assert RunPlan.model_validate(json.loads(json.dumps(made.model_dump(mode="json")))) == made


def test_the_bucket_is_the_accounts_own_or_the_params(iam: "IAMClient") -> None:
    assert plan(iam).bucket == "airflow-sagemaker-us-east-1-123456789012"
    assert plan(iam, bucket="my-bucket").bucket == "my-bucket"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bucket": "My_Bucket"}, r"bucket = 'My_Bucket'"),
        ({"image_version": "9.9-9"}, r"image_version = '9.9-9'(?s:.*)one of .*3.2-0"),
        ({"region": "mars-1"}, r"in region 'mars-1'(?s:.*)us-east-1"),
        ({"region": ""}, r"region = None(?s:.*)region_name in the extra"),
        ({"role": "arn:aws:s3:::x"}, r"role = 'arn:aws:s3:::x'"),
        ({"colour": "red"}, r"'colour' is unknown"),
        ({"train_fraction": 1.5}, r"train_fraction = 1.5"),
    ],
)
def test_a_bad_param_dies_here(iam: "IAMClient", changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamError, match=message):
        plan(iam, **changed)


@pytest.mark.parametrize(
    "data_url", ["ftp://example.com/data.csv", "http://example.com/data.csv", Path("/etc/passwd").as_uri()]
)
def test_data_from_where_it_may_not_come_dies_here(iam: "IAMClient", data_url: str) -> None:
    with pytest.raises(SourceError):
        plan(iam, data_url=data_url)


NOVEMBER = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
DATED = "https://example.org/bank_{interval_start:%Y-%m}_until_{interval_end:%Y%m%d}.csv"


def test_a_dated_url_is_that_of_the_runs_own_period(iam: "IAMClient") -> None:
    made = plan(iam, interval=NOVEMBER, data_url=DATED)
    assert made.params.data_url == "https://example.org/bank_2026-11_until_20261201.csv"
    assert made.identity.interval == DataInterval(*NOVEMBER)


def test_any_other_url_is_the_same_in_every_period(iam: "IAMClient") -> None:
    assert plan(iam, interval=NOVEMBER).params == plan(iam).params == CONFIG.params


def test_a_run_without_a_period_needs_a_url_without_dates(iam: "IAMClient") -> None:
    assert plan(iam).identity.interval is None
    with pytest.raises(ParamError, match="is dated, and this run has no data interval"):
        plan(iam, data_url=DATED)


def test_the_source_is_known_without_its_dates_and_without_what_signs_it(iam: "IAMClient") -> None:
    made = plan(iam, interval=NOVEMBER, data_url=f"{DATED}?signature=secret")
    assert made.source == DATED
    assert made.params.data_url == "https://example.org/bank_2026-11_until_20261201.csv"


def test_half_a_period_is_none(iam: "IAMClient") -> None:
    half = plan(iam).identity.model_copy(update={"interval_start": NOVEMBER[0]})
    assert half.interval is None


def test_where_a_dated_url_leads_is_checked_once_it_is_known(iam: "IAMClient") -> None:
    with pytest.raises(SourceError):
        plan(iam, interval=NOVEMBER, data_url="http://example.org/{interval_start:%Y}.csv")


def test_a_period_travels_as_json_with_its_time_zone(iam: "IAMClient") -> None:
    tokyo = tuple(moment.astimezone(ZoneInfo("Asia/Tokyo")) for moment in NOVEMBER)
    made = plan(iam, interval=(tokyo[0], tokyo[1]), data_url=DATED)
    again = RunPlan.model_validate(json.loads(json.dumps(made.model_dump(mode="json"))))
    assert again == made
    assert (again.identity.interval_start, again.identity.interval_end) == NOVEMBER
    # In UTC, whatever the clock that the run was planned by.
    assert again.params.data_url == "https://example.org/bank_2026-11_until_20261201.csv"


def test_the_yamls_limits_of_drift_travel_with_the_plan(iam: "IAMClient") -> None:
    assert plan(iam).drift == CONFIG.drift == DriftLimits(psi_warn=0.1)
    unlimited = CONFIG.model_copy(update={"drift": None})
    assert plan(iam, config=unlimited).drift is None


def test_all_runs_of_a_pipeline_share_raw_data_profiles_and_models_and_nothing_else(iam: "IAMClient") -> None:
    made = plan(iam)
    other = RunLocations.of(
        made.bucket, "bank_marketing", "another-run", deployment_id=DEPLOYMENT_ID
    ).model_dump()
    shared = {name for name, uri in made.locations.model_dump().items() if uri == other[name]}
    assert shared == {"raw", "profiles", "models"}


def test_a_kept_plan_is_the_plan_without_secrets(iam: "IAMClient") -> None:
    client: S3Client = boto3.client("s3", region_name="us-east-1")
    made = plan(iam, data_url="https://example.org/bank.csv?X-Amz-Signature=hunter2")
    client.create_bucket(Bucket=made.bucket)
    write_plan(client, made)
    body = read_object(client, made.locations.plan)
    assert b"hunter2" not in body
    kept = RunPlan.model_validate_json(body)
    assert kept.params.data_url == "https://example.org/bank.csv"
    assert kept == made


OWN = {"team": "data-science", "cost-center": "4711"}
VPC = {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}
VPC_CONFIG = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
VOLUME_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


def with_aws(**settings: Any) -> PipelineConfig:
    return CONFIG.model_copy(update={"aws": AwsSettings.model_validate(settings)})


def test_own_tags_are_on_all_that_a_run_makes_beside_its_own(iam: "IAMClient") -> None:
    for request in requests(plan(iam, config=with_aws(tags=OWN))).values():
        tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        assert tags.items() >= OWN.items()
        assert tags["airflow:run_id"] == RUN_ID
        assert len(tags) == len(request["Tags"]) == 9


@pytest.mark.parametrize(
    ("settings", "operation", "member"),
    [
        ({"vpc": VPC}, "CreateModel", {"VpcConfig": VPC_CONFIG}),
        ({"vpc": VPC}, "CreateTrainingJob", {"VpcConfig": VPC_CONFIG}),
        ({"network_isolation": False}, "CreateModel", {}),
        ({"network_isolation": False}, "CreateTrainingJob", {}),
        ({}, "CreateModel", {"EnableNetworkIsolation": True}),
        ({}, "CreateTrainingJob", {"EnableNetworkIsolation": True}),
        ({"keys": {"endpoint_volume": VOLUME_KEY}}, "CreateEndpointConfig", {"KmsKeyId": VOLUME_KEY}),
        ({"keys": {"model": VOLUME_KEY}}, "CreateEndpointConfig", {}),
    ],
)  # fmt: skip
def test_what_the_yaml_sets_is_in_the_requests_and_in_the_plan(
    iam: "IAMClient", settings: dict[str, Any], operation: str, member: dict[str, Any]
) -> None:
    made = plan(iam, config=with_aws(**settings))
    model = botocore.session.get_session().get_service_model("sagemaker")
    for name, request in requests(made).items():
        assert not ParamValidator().validate(request, model.operation_model(name).input_shape).has_errors()
    request = requests(made)[operation]
    names = {"VpcConfig", "EnableNetworkIsolation", "KmsKeyId"}
    if "vpc" in settings:
        member = member | {"EnableNetworkIsolation": True}
    assert {name: value for name, value in request.items() if name in names} == member
    assert made.aws == AwsSettings.model_validate(settings)
    assert RunPlan.read(made.model_dump(mode="json"), "plan_run") == made


def test_settings_change_no_fingerprint(iam: "IAMClient") -> None:
    everything = with_aws(
        vpc=VPC,
        keys={"model": VOLUME_KEY},
        network_isolation=False,
        tags=OWN,
        spot={"max_wait_seconds": 9000},
    )
    assert fingerprint(plan(iam, config=everything), "5a" * 32) == fingerprint(plan(iam), "5a" * 32)


@pytest.mark.parametrize(
    ("key", "param", "instance_type", "is_taken"),
    [
        ("training_volume", "training_instance_type", "ml.m5.xlarge", True),
        ("training_volume", "training_instance_type", "ml.g5.xlarge", False),
        ("training_volume", "training_instance_type", "ml.m5d.xlarge", False),
        ("training_volume", "training_instance_type", "ml.g4dn.xlarge", False),
        ("training_volume", "endpoint_instance_type", "ml.g5.xlarge", True),
        ("endpoint_volume", "endpoint_instance_type", "ml.c6id.large", False),
        ("endpoint_volume", "endpoint_instance_type", "ml.c5.large", True),
        ("model", "training_instance_type", "ml.g5.xlarge", True),
    ],
)
def test_an_instance_with_local_storage_takes_no_key_for_its_volume(
    iam: "IAMClient", key: str, param: str, instance_type: str, is_taken: bool
) -> None:
    config = with_aws(keys={key: VOLUME_KEY})
    if is_taken:
        assert plan(iam, config=config, **{param: instance_type}).aws == config.aws
        return
    with pytest.raises(ParamError, match=rf"{param} = '{instance_type}'\n.*aws\.keys\.{key}"):
        plan(iam, config=config, **{param: instance_type})


def test_checkpoints_lie_in_the_runs_own_folder_which_delete_data_deletes(iam: "IAMClient") -> None:
    made = plan(iam, config=with_aws(spot={"max_wait_seconds": 3600}))
    uri = made.training["CheckpointConfig"]["S3Uri"]
    assert uri == f"{made.locations.run}/checkpoints/{made.training['TrainingJobName']}"
