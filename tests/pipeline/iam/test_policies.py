"""The policies that the command writes, by what the pipeline's YAML file asks for."""

import json
from pathlib import Path
from typing import Any

import pytest

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.documents.limits import Limits
from include.pipeline.iam.__main__ import main, policies
from include.pipeline.iam.scope import Scope
from tests.pipeline.several_algorithms import CHURN

BUNDLED = load_config("bank_marketing")
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST_MANAGED_POLICY = 6144


def written(aws: dict[str, Any], config: PipelineConfig = BUNDLED) -> dict[str, dict[str, dict[str, Any]]]:
    """Write the policies of a pipeline with these settings; returns their statements by file and name."""
    config = config.model_copy(update={"aws": AwsSettings.model_validate(aws)})
    scope = Scope(
        "prod",
        "bank_marketing",
        config,
        account="123456789012",
        region="eu-west-1",
        partition="aws",
        buckets=("data",),
        roles=("arn:aws:iam::123456789012:role/sagemaker",),
    )
    return {
        file: {statement["Sid"]: statement for statement in json.loads(document)["Statement"]}
        for file, document in policies(scope).items()
    }


def test_keys_of_objects_are_used_by_airflow_and_sagemaker() -> None:
    statements = written({"keys": {"objects": KEY, "model": OTHER_KEY}})
    for file, actions in {
        "airflow-role.json": ["kms:Decrypt", "kms:GenerateDataKey"],
        "sagemaker-role.json": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
    }.items():
        keys = [statement for sid, statement in statements[file].items() if sid.startswith("UseKey")]
        assert [statement["Action"] for statement in keys] == [actions] * 2
        assert {resource for statement in keys for resource in statement["Resource"]} == {
            f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}",
            OTHER_KEY,
        }


def test_keys_of_volumes_are_sagemakers_alone() -> None:
    statements = written({"keys": {"training_volume": KEY, "endpoint_volume": KEY}})
    grant = statements["sagemaker-role.json"]["GrantKey1"]
    assert grant["Action"] == ["kms:CreateGrant", "kms:DescribeKey"]
    assert grant["Resource"] == [f"arn:aws:kms:eu-west-1:123456789012:key/{KEY}"]
    assert not any("Key" in sid for sid in statements["airflow-role.json"])


@pytest.mark.parametrize("alias", ["alias/models", "arn:aws:kms:eu-west-1:123456789012:alias/models"])
def test_an_alias_is_a_condition_of_its_keys(alias: str) -> None:
    use = written({"keys": {"model": alias}})["airflow-role.json"]["UseKey1"]
    assert use["Resource"] == ["arn:aws:kms:eu-west-1:123456789012:key/*"]
    assert use["Condition"] == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/models"]}}


def test_only_a_pipeline_with_a_vpc_is_connected_to_one() -> None:
    vpc = {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}
    assert "ConnectToVpc" in written({"vpc": vpc})["sagemaker-role.json"]
    assert "ConnectToVpc" not in written({})["sagemaker-role.json"]


@pytest.mark.parametrize(
    ("limits", "types"),
    [
        (Limits(instance_types=("ml.m5.xlarge", "ml.c5.large")), ["ml.c5.large", "ml.m5.xlarge"]),
        (Limits(instance_types=None, max_usd_per_hour=1.0), None),
    ],
)
def test_instances_are_those_that_the_limits_allow(limits: Limits, types: list[str] | None) -> None:
    config = BUNDLED.model_copy(update={"limits": limits})
    for sid in ("Train", "ConfigureEndpoint"):
        conditions = written({}, config)["airflow-role.json"][sid]["Condition"]
        found = conditions.get("ForAllValues:StringEquals", {}).get("sagemaker:InstanceTypes")
        assert (found, "Null" in conditions) == (types, types is not None)


@pytest.mark.parametrize("isolated", [True, False])
def test_isolation_is_demanded_where_the_pipeline_asks_for_it(isolated: bool) -> None:
    for sid in ("Train", "MakeModel"):
        conditions = written({"network_isolation": isolated})["airflow-role.json"][sid]["Condition"]
        assert ("Bool" in conditions) is isolated


def test_every_policy_fits_into_a_managed_policy() -> None:
    vpc = {"subnets": ["subnet-1"], "security_groups": ["sg-1"]}
    keys = {"objects": KEY, "model": OTHER_KEY, "training_volume": KEY, "endpoint_volume": KEY}
    for statements in written({"vpc": vpc, "keys": keys}).values():
        assert len("".join(json.dumps(list(statements.values())).split())) < LONGEST_MANAGED_POLICY


def test_no_action_has_a_wildcard() -> None:
    for statements in written({}).values():
        for statement in statements.values():
            assert statement["Effect"] == "Allow"
            assert not any("*" in action for action in statement["Action"])


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_the_command_writes_the_partition_of_the_region(
    region: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    of_airflow = ["bank_marketing", "--deployment", "prod", "--account", "123456789012"]
    arguments = [*of_airflow, "--region", region, "--to", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["iam", *arguments])
    main()
    files = sorted(tmp_path.iterdir(), key=lambda file: file.stem)
    assert capsys.readouterr().out.split() == [str(file) for file in files]
    assert [file.stem for file in files] == [
        "airflow-role",
        "janitor-role",
        "sagemaker-role",
        "sagemaker-role-trust",
    ]
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov"
    for file in files:
        assert f"arn:{partition}:" in file.read_text() or file.stem == "sagemaker-role-trust"
        assert '"arn:aws:' not in file.read_text()


def test_a_pipeline_that_is_not_there_and_an_id_that_is_none_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = {
        ("nothing", "prod"): "there is no file nothing.yaml",
        (
            "bank_marketing",
            "Pr/od",
        ): "--deployment is 'Pr/od': an id has 1 to 16 lower-case letters and digits",
    }
    for (pipeline, deployment), said in refused.items():
        of_airflow = [pipeline, "--deployment", deployment, "--account", "123456789012"]
        arguments = [*of_airflow, "--region", "us-east-1", "--to", str(tmp_path / "x")]
        monkeypatch.setattr("sys.argv", ["iam", *arguments])
        with pytest.raises(SystemExit):
            main()
        assert said in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_several_algorithms_have_the_images_and_the_names_of_all() -> None:
    several = CHURN.model_copy(update={"aws": BUNDLED.aws})
    statements = written({}, several)
    images = statements["sagemaker-role.json"]["PullImage"]["Resource"]
    assert images == [
        f"arn:aws:ecr:eu-west-1:*:repository/{name}"
        for name in ("sagemaker-xgboost", "linear-learner", "knn")
    ]
    (trains,) = statements["airflow-role.json"]["Train"]["Resource"]
    assert trains == "arn:aws:sagemaker:eu-west-1:123456789012:training-job/prod-bank-marketing-*"
