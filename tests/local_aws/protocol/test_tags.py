"""Tags of resources of any kind."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.sagemaker_requests import ROLE, model_request


@pytest.fixture
def model_arn(sagemaker: Any, model_data: str) -> Any:
    request = model_request("tagged", model_data, Tags=[{"Key": "run", "Value": "1"}])
    arn = sagemaker.create_model(**request)["ModelArn"]
    yield arn
    sagemaker.delete_model(ModelName="tagged")


def tags_of(sagemaker: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"]}


def test_tags_are_added_changed_and_removed(sagemaker: Any, model_arn: str) -> None:
    assert tags_of(sagemaker, model_arn) == {"run": "1"}
    tags = [{"Key": "run", "Value": "2"}, {"Key": "team", "Value": "data"}]
    assert sagemaker.add_tags(ResourceArn=model_arn, Tags=tags)["Tags"] == tags
    assert tags_of(sagemaker, model_arn) == {"run": "2", "team": "data"}
    sagemaker.delete_tags(ResourceArn=model_arn, TagKeys=["run", "absent"])
    assert tags_of(sagemaker, model_arn) == {"team": "data"}


def test_there_are_at_most_fifty(sagemaker: Any, model_arn: str) -> None:
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refused(sagemaker.add_tags, ResourceArn=model_arn, Tags=tags)[0] == "ValidationException"
    assert tags_of(sagemaker, model_arn) == {"run": "1"}


def test_a_key_stands_once_in_a_request(sagemaker: Any, model_arn: str) -> None:
    tags = [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]
    assert refused(sagemaker.add_tags, ResourceArn=model_arn, Tags=tags)[0] == "ValidationException"


def test_an_absent_resource(sagemaker: Any) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/absent"
    assert refused(sagemaker.list_tags, ResourceArn=arn)[0] == "ValidationException"


@pytest.fixture(params=["notebook-instance", "experiment", "model-card"])
def record_arn(sagemaker: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A record of moto's that is made with a tag."""
    tags = [{"Key": "run", "Value": "1"}]
    if request.param == "notebook-instance":
        yield sagemaker.create_notebook_instance(
            NotebookInstanceName="tagged", InstanceType="ml.t2.medium", RoleArn=ROLE, Tags=tags
        )["NotebookInstanceArn"]
        sagemaker.stop_notebook_instance(NotebookInstanceName="tagged")
        sagemaker.delete_notebook_instance(NotebookInstanceName="tagged")
    elif request.param == "experiment":
        yield sagemaker.create_experiment(ExperimentName="tagged", Tags=tags)["ExperimentArn"]
        sagemaker.delete_experiment(ExperimentName="tagged")
    else:
        yield sagemaker.create_model_card(
            ModelCardName="tagged", Content="{}", ModelCardStatus="Draft", Tags=tags
        )["ModelCardArn"]
        sagemaker.delete_model_card(ModelCardName="tagged")


def test_records_of_moto_have_tags(sagemaker: Any, record_arn: str) -> None:
    assert tags_of(sagemaker, record_arn) == {"run": "1"}
    more = [{"Key": "run", "Value": "2"}, {"Key": "team", "Value": "data"}]
    assert sagemaker.add_tags(ResourceArn=record_arn, Tags=more)["Tags"] == more
    sagemaker.delete_tags(ResourceArn=record_arn, TagKeys=["run", "absent"])
    assert tags_of(sagemaker, record_arn) == {"team": "data"}
    absent = record_arn.replace("/tagged", "/absent")
    assert refused(sagemaker.add_tags, ResourceArn=absent, Tags=more) == (
        "ValidationException",
        f'Could not find resource "{absent}".',
    )


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({}, True),
        ({"ResourceTypeFilters": ["sagemaker"]}, True),
        ({"ResourceTypeFilters": ["sagemaker:model", "s3"]}, True),
        ({"ResourceTypeFilters": ["sagemaker:endpoint"]}, False),
        ({"TagFilters": [{"Key": "run"}]}, True),
        ({"TagFilters": [{"Key": "run", "Values": ["1", "2"]}]}, True),
        ({"TagFilters": [{"Key": "run", "Values": ["2"]}]}, False),
        ({"TagFilters": [{"Key": "run"}, {"Key": "team"}]}, False),
    ],
    ids=["all", "service", "kind", "other-kind", "key", "value", "other-value", "other-key"],
)
def test_the_tagging_api_finds_them(
    client: Any, model_arn: str, asked: dict[str, Any], is_found: bool
) -> None:
    found = client("resourcegroupstaggingapi").get_resources(**asked)["ResourceTagMappingList"]
    tags = {one["ResourceARN"]: one["Tags"] for one in found}
    assert tags.get(model_arn) == ([{"Key": "run", "Value": "1"}] if is_found else None)


def test_the_tagging_api_finds_buckets_beside_them(client: Any, model_arn: str) -> None:
    client("s3").create_bucket(Bucket="tagged-bucket")
    client("s3").put_bucket_tagging(
        Bucket="tagged-bucket", Tagging={"TagSet": [{"Key": "team", "Value": "data"}]}
    )
    found = client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    assert {"arn:aws:s3:::tagged-bucket", model_arn} <= {one["ResourceARN"] for one in found}
