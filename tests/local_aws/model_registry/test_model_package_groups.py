"""Model package groups through the API."""

from typing import Any

from tests.aws.answers import refused

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/"


def test_a_groups_life(sagemaker: Any) -> None:
    made = {"ModelPackageGroupName": "Churn", "ModelPackageGroupDescription": "Who leaves"}
    tags = [{"Key": "team", "Value": "bank"}]
    assert sagemaker.create_model_package_group(**made, Tags=tags)["ModelPackageGroupArn"] == f"{ARN}churn"
    assert sagemaker.list_tags(ResourceArn=f"{ARN}churn")["Tags"] == tags
    for name in ("Churn", f"{ARN}churn"):
        described = sagemaker.describe_model_package_group(ModelPackageGroupName=name)
        assert {member: described[member] for member in made} == made
        assert described["ModelPackageGroupStatus"] == "Completed"
    sagemaker.delete_model_package_group(ModelPackageGroupName="Churn")
    gone = ("ValidationException", f"ModelPackageGroup {ARN}churn does not exist.")
    for operation in ("describe_model_package_group", "delete_model_package_group"):
        assert refused(getattr(sagemaker, operation), ModelPackageGroupName="Churn") == gone


def test_a_name_is_used_once(sagemaker: Any) -> None:
    """Airflow's SageMakerRegisterModelVersionOperator goes by the beginning of this message."""
    sagemaker.create_model_package_group(ModelPackageGroupName="twice")
    answer = refused(sagemaker.create_model_package_group, ModelPackageGroupName="Twice")
    assert answer == ("ValidationException", f"Model Package Group already exists: {ARN}twice")


def test_groups_are_listed_the_oldest_first(client: Any) -> None:
    sagemaker = client("sagemaker", region_name="eu-north-1")
    for name in ("second", "third", "first"):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)

    def listed(**request: str) -> list[str]:
        pages = sagemaker.get_paginator("list_model_package_groups").paginate(
            **request, PaginationConfig={"PageSize": 2}
        )
        return [
            group["ModelPackageGroupName"] for page in pages for group in page["ModelPackageGroupSummaryList"]
        ]

    assert listed() == ["second", "third", "first"]
    assert listed(SortBy="Name") == ["first", "second", "third"]
    assert listed(NameContains="ir") == ["third", "first"]
