"""Tags of resources of any kind."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.sagemaker_requests import model_request


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
