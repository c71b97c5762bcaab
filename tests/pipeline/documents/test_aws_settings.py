from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from pydantic import ValidationError

from include.pipeline.documents.aws_settings import AwsSettings, KeySettings, VpcSettings
from include.pipeline.documents.config import DATASETS, PipelineConfig
from include.pipeline.documents.plan import RunPlan
from tests.compatibility.earlier import returned
from tests.project import PROJECT

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
SUBNETS, GROUPS = [f"subnet-{n}" for n in range(17)], [f"sg-{n}" for n in range(6)]
KEY_ARN = f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}"
MODEL = botocore.session.get_session().get_service_model("sagemaker")


def fault_of(**settings: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        AwsSettings.model_validate(settings)
    error, *_ = refused.value.errors()
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def test_without_the_section_there_is_no_network_and_sagemakers_defaults_else() -> None:
    fields = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())
    assert "aws" not in fields
    settings = PipelineConfig.model_validate(fields).aws
    assert settings == AwsSettings()
    assert settings.stopping_condition == {"MaxRuntimeInSeconds": 3600}
    assert (settings.network_isolation, settings.encrypt_between_instances) == (True, True)
    assert (settings.volume_gb, settings.tags, settings.spot, settings.vpc) == (10, {}, None, None)


def test_a_plan_of_before_there_was_the_section_had_a_network() -> None:
    before = AwsSettings(network_isolation=False, encrypt_between_instances=False)
    assert RunPlan.read(returned("plan_run"), "plan_run").aws == before


@pytest.mark.parametrize(
    "settings",
    [
        {"vpc": {"subnets": ["subnet-0a1b2c3d"], "security_groups": ["sg-0a1b2c3d"]}},
        {"vpc": {"subnets": SUBNETS[:16], "security_groups": GROUPS[:5]}},
        {"keys": {"model": KEY}},
        {"keys": {"training_volume": KEY_ARN, "objects": "alias/data", "endpoint_volume": KEY}},
        {"keys": {"model": "arn:aws-cn:kms:cn-north-1:123456789012:alias/team/data"}},
        {"keys": {"model": f"mrk-{'0a' * 16}"}},
        {"network_isolation": False, "encrypt_between_instances": False},
        {"spot": {"max_wait_seconds": 3600}},
        {"spot": {"max_wait_seconds": 7200}, "max_runtime_seconds": 7200},
        {"tags": {"team": "data science", "cost-center": "", "Größe": "ß +-=._:/@"}},
        {"tags": {f"tag-{n}": "value" for n in range(43)}},
        {"volume_gb": 16_384, "max_runtime_seconds": 28 * 24 * 3600},
        {"keep_alive_seconds": 21_600},
    ],
)  # fmt: skip
def test_what_sagemaker_takes_is_taken_and_told_again(settings: dict[str, Any]) -> None:
    read = AwsSettings.model_validate(settings)
    assert AwsSettings.model_validate_json(read.model_dump_json()) == read
    assert read.model_dump(mode="json", exclude_unset=True) == settings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"vpc": {"subnets": ["subnet-1"]}}, "vpc.security_groups: Field required"),
        ({"vpc": {"security_groups": ["sg-1"]}}, "vpc.subnets: Field required"),
        ({"vpc": {"subnets": [], "security_groups": ["sg-1"]}}, "vpc.subnets: Tuple should have at least 1"),
        (
            {"vpc": {"subnets": SUBNETS, "security_groups": ["sg-1"]}},
            "vpc.subnets: Tuple should have at most 16",
        ),
        (
            {"vpc": {"subnets": ["subnet-1"], "security_groups": GROUPS}},
            "vpc.security_groups: Tuple should have at most 5",
        ),
        ({"vpc": {"subnets": ["subnet_1"], "security_groups": ["sg-1"]}}, "subnets.0: String should match"),
        ({"vpc": {"subnets": ["s" * 33], "security_groups": ["sg-1"]}}, "subnets.0: String should have at"),
        ({"keys": {"model": "my key"}}, "keys.model: String should match pattern"),
        ({"keys": {"model": KEY.upper()}}, "keys.model: String should match pattern"),
        ({"keys": {"model": KEY_ARN.replace("kms", "s3")}}, "keys.model: String should match pattern"),
        ({"keys": {"training_volume": "alias/data"}}, "keys.training_volume: String should match pattern"),
        ({"keys": {"volume": KEY}}, "keys.volume: Extra inputs are not permitted"),
        ({"network_isolation": "yes"}, "network_isolation: Input should be a valid boolean"),
        ({"spot": True}, "spot: Input should be a valid dictionary"),
        ({"spot": {}}, "spot.max_wait_seconds: Field required"),
        (
            {"spot": {"max_wait_seconds": 3599}},
            ": spot.max_wait_seconds = 3599 is below max_runtime_seconds = 3600, a part of it",
        ),
        (
            {"spot": {"max_wait_seconds": 3600}, "keep_alive_seconds": 60},
            ": keep_alive_seconds = 60 and spot: a warm pool keeps no spot instances",
        ),
        ({"tags": {"aws:team": "x"}}, "tags: the tag 'aws:team' begins with aws:, which is kept for AWS"),
        ({"tags": {"AWS:team": "x"}}, "tags: the tag 'AWS:team' begins with aws:, which is kept for AWS"),
        (
            {"tags": {"airflow:run_id": "x"}},
            "tags: the tag 'airflow:run_id' begins with airflow:, which is kept for this project",
        ),
        ({"tags": {"Team": "a", "team": "b"}}, "takes 'team' in upper and in lower case for one"),
        ({"tags": {f"tag-{n}": "" for n in range(44)}}, "tags: Dictionary should have at most 43 items"),
        ({"tags": {"": "x"}}, "tags..[key]: String should have at least 1"),
        ({"tags": {"k" * 129: "x"}}, "String should have at most 128"),
        ({"tags": {"team": "v" * 257}}, "tags.team: String should have at most 256"),
        ({"tags": {"team": "a#b"}}, "tags.team: String should match pattern"),
        ({"tags": {"year": 2026}}, "tags.year: Input should be a valid string"),
        ({"volume_gb": 0}, "volume_gb: Input should be greater than or equal to 1"),
        ({"volume_gb": 16_385}, "volume_gb: Input should be less than or equal to 16384"),
        ({"volume_gb": 10.0}, "volume_gb: Input should be a valid integer"),
        ({"max_runtime_seconds": 0}, "max_runtime_seconds: Input should be greater than or equal to 1"),
        ({"max_runtime_seconds": 28 * 86_400 + 1}, "max_runtime_seconds: Input should be less"),
        ({"keep_alive_seconds": -1}, "keep_alive_seconds: Input should be greater than or equal to 0"),
        ({"keep_alive_seconds": 21_601}, "keep_alive_seconds: Input should be less than or equal to 21600"),
        ({"subnets": ["subnet-1"]}, "subnets: Extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_sagemaker_refuses_is_refused_by_name(settings: dict[str, Any], said: str) -> None:
    assert said in fault_of(**settings)


@pytest.mark.parametrize(
    ("member", "shape", "low", "high"),
    [
        ("keep_alive_seconds", "KeepAlivePeriodInSeconds", 0, 21_600),
        ("max_runtime_seconds", "MaxRuntimeInSeconds", 1, None),
        ("volume_gb", "OptionalVolumeSizeInGB", 0, None),
    ],
)
def test_the_limits_are_botocores_or_narrower(member: str, shape: str, low: int, high: int | None) -> None:
    limits = MODEL.shape_for(shape).metadata
    assert (limits.get("min"), limits.get("max")) == (low, high)
    schema = AwsSettings.model_json_schema()["properties"][member]
    assert schema["minimum"] >= low
    assert high is None or schema["maximum"] <= high


def test_the_vpc_is_one_that_sagemaker_takes() -> None:
    vpc = VpcSettings(subnets=("subnet-1", "subnet-2"), security_groups=("sg-1",))
    assert vpc.to_aws() == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
    assert not ParamValidator().validate(vpc.to_aws(), MODEL.shape_for("VpcConfig")).has_errors()


def test_the_example_of_the_docs_is_valid_and_its_table_names_every_setting() -> None:
    page = (PROJECT / "docs" / "aws-settings.md").read_text()
    example = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["aws"]
    assert AwsSettings.model_validate(example).keys.model == "alias/models"
    assert set(example) == set(AwsSettings.model_fields)
    settings = {*AwsSettings.model_fields, *(f"keys.{key}" for key in KeySettings.model_fields)} - {"keys"}
    assert {row.split("`")[1] for row in page.splitlines() if row.startswith("| `")} == settings
