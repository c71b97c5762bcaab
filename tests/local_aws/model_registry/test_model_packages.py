"""Model packages through the API: versions, approval, and models made from them."""

from typing import Any

import pytest

from tests.aws.answers import refused
from tests.aws.endpoints import delete, invoke, settled
from tests.aws.sagemaker_requests import IMAGE, ROLE, variant
from tests.aws.training_data import BUCKET

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/"


def specification(model_data: str, **container: Any) -> dict[str, Any]:
    return {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": model_data, **container}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }


def register(sagemaker: Any, group: str, model_data: str, **members: Any) -> str:
    """Registers a version, in a group that is made where it is absent, and returns its ARN."""
    if not sagemaker.list_model_package_groups(NameContains=group)["ModelPackageGroupSummaryList"]:
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    arn: str = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        **{"InferenceSpecification": specification(model_data), **members},
    )["ModelPackageArn"]
    return arn


def test_versions_are_numbered_and_no_number_is_used_again(sagemaker: Any, model_data: str) -> None:
    arns = [register(sagemaker, "Numbered", model_data) for _ in range(2)]
    assert arns == [f"{ARN}numbered/1", f"{ARN}numbered/2"]
    sagemaker.delete_model_package(ModelPackageName=arns[1])
    assert refused(sagemaker.describe_model_package, ModelPackageName=arns[1]) == (
        "ValidationException",
        f"Model package {arns[1]} not found",
    )
    assert register(sagemaker, "Numbered", model_data) == f"{ARN}numbered/3"


def test_a_version_is_described_by_its_name_and_its_arn(sagemaker: Any, model_data: str) -> None:
    arn = register(sagemaker, "described", model_data, CustomerMetadataProperties={"auc": "0.77"})
    for name in (arn, "described/1"):
        described = sagemaker.describe_model_package(ModelPackageName=name)
        assert described["InferenceSpecification"] == specification(model_data)
        assert described["CustomerMetadataProperties"] == {"auc": "0.77"}
        assert described["ModelPackageArn"] == arn
        assert (described["ModelPackageGroupName"], described["ModelPackageVersion"]) == ("described", 1)
        assert described["ModelApprovalStatus"] == "PendingManualApproval"
        assert described["ModelPackageStatus"] == "Completed"


def test_a_group_with_versions_stays(sagemaker: Any, model_data: str) -> None:
    arn = register(sagemaker, "full", model_data)
    code, message = refused(sagemaker.delete_model_package_group, ModelPackageGroupName="full")
    assert (code, message.rpartition(": ")[2]) == ("ConflictException", "it holds 1 model packages.")
    sagemaker.delete_model_package(ModelPackageName=arn)
    sagemaker.delete_model_package_group(ModelPackageGroupName="full")


def test_approval_and_metadata_are_updated(sagemaker: Any, model_data: str) -> None:
    arn = register(sagemaker, "updated", model_data, CustomerMetadataProperties={"a": "1", "b": "2"})
    assert (
        sagemaker.update_model_package(
            ModelPackageArn=arn,
            ModelApprovalStatus="Rejected",
            ApprovalDescription="too bad",
            CustomerMetadataProperties={"a": "3"},
            CustomerMetadataPropertiesToRemove=["b"],
        )["ModelPackageArn"]
        == arn
    )
    described = sagemaker.describe_model_package(ModelPackageName=arn)
    assert (described["ModelApprovalStatus"], described["ApprovalDescription"]) == ("Rejected", "too bad")
    assert described["CustomerMetadataProperties"] == {"a": "3"}
    assert described["LastModifiedTime"] > described["CreationTime"]
    assert described["InferenceSpecification"] == specification(model_data)


def test_lists(client: Any, model_data: str) -> None:
    sagemaker = client("sagemaker", region_name="eu-west-2")
    alone = {"InferenceSpecification": specification(model_data)}
    sagemaker.create_model_package(ModelPackageName="alone", **alone)
    for group in ("a", "a", "b"):
        register(sagemaker, group, model_data, ModelApprovalStatus="Approved" if group == "b" else "Rejected")

    def listed(**request: str) -> list[str]:
        found = sagemaker.list_model_packages(**request)["ModelPackageSummaryList"]
        return [package["ModelPackageArn"].partition("model-package/")[2] for package in found]

    assert listed() == ["alone"]
    assert listed(ModelPackageType="Versioned") == ["a/1", "a/2", "b/1"]
    assert listed(ModelPackageType="Both", SortOrder="Descending") == ["b/1", "a/2", "a/1", "alone"]
    assert listed(ModelPackageGroupName="a") == ["a/1", "a/2"]
    assert listed(ModelPackageType="Both", ModelApprovalStatus="Approved") == ["b/1"]
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName="a", PaginationConfig={"PageSize": 1}
    )
    assert [p["ModelPackageVersion"] for page in pages for p in page["ModelPackageSummaryList"]] == [1, 2]


@pytest.mark.usefixtures("s3")
def test_a_version_without_metadata_is_updated_more_than_once(sagemaker: Any, model_data: str) -> None:
    arn = register(sagemaker, "twice", model_data)
    for approval in ("Approved", "Rejected"):
        sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=approval)
        assert sagemaker.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"] == approval


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        pytest.param(
            {"ModelPackageName": "a", "ModelPackageGroupName": "b"},
            "ValidationException",
            "Both ModelPackageName and ModelPackageGroupName are provided in the input.",
            id="two-names",
        ),
        pytest.param({}, "ValidationException", "Missing ARN.", id="no-name"),
        pytest.param(
            {"ModelPackageGroupName": "absent"},
            "ValidationException",
            "ModelPackageGroup arn:aws:sagemaker:us-east-1:123456789012:model-package-group/absent does not",
            id="no-group",
        ),
        pytest.param(
            {
                "ModelPackageName": "refused",
                "InferenceSpecification": specification(f"s3://{BUCKET}/none.tar.gz"),
            },
            "ValidationException",
            f"Could not find model data at s3://{BUCKET}/none.tar.gz.",
            id="no-archive",
        ),
        pytest.param(
            {
                "ModelPackageName": "refused",
                "InferenceSpecification": specification(f"s3://{BUCKET}/train/train.csv", Image="busybox"),
            },
            "ValidationException",
            'Local AWS cannot run the image "busybox".',
            id="unknown-image",
        ),
    ],
)
def test_refusals(sagemaker: Any, request_: dict[str, Any], code: str, message: str) -> None:
    answer = refused(sagemaker.create_model_package, **request_)
    assert answer[0] == code
    assert answer[1].startswith(message)


def test_a_name_by_itself_is_used_once(sagemaker: Any, model_data: str) -> None:
    request = {"ModelPackageName": "once", "InferenceSpecification": specification(model_data)}
    sagemaker.create_model_package(**request)
    assert refused(sagemaker.create_model_package, **request) == (
        "ConflictException",
        f"Model Package already exists: {ARN}once",
    )


def test_a_request_that_is_sent_again_makes_no_second_package(sagemaker: Any, model_data: str) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName="sent-again")
    request = {
        "ModelPackageGroupName": "sent-again",
        "InferenceSpecification": specification(model_data),
        "ClientToken": "00000000-0000-4000-8000-000000000001",
    }
    arn = sagemaker.create_model_package(**request)["ModelPackageArn"]
    assert sagemaker.create_model_package(**request)["ModelPackageArn"] == arn
    found = sagemaker.list_model_packages(ModelPackageGroupName="sent-again")["ModelPackageSummaryList"]
    assert [package["ModelPackageArn"] for package in found] == [arn]


def test_a_version_serves_once_it_is_approved(sagemaker: Any, runtime: Any, model_data: str) -> None:
    arn = register(
        sagemaker,
        "served",
        model_data,
        InferenceSpecification=specification(model_data, Environment={"A": "package"}),
    )
    model = {
        "ModelName": "from-package",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {"ModelPackageName": arn},
    }
    code, message = refused(sagemaker.create_model, **model)
    assert code == "ValidationException"
    assert message.startswith(f"Model package {arn} has the approval status PendingManualApproval")
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    sagemaker.create_model(**model)
    described = sagemaker.describe_model(ModelName="from-package")
    assert described["PrimaryContainer"]["ModelPackageName"] == arn
    sagemaker.create_endpoint_config(
        EndpointConfigName="from-package", ProductionVariants=[variant("from-package")]
    )
    sagemaker.create_endpoint(EndpointName="from-package", EndpointConfigName="from-package")
    assert settled(sagemaker, "from-package")["EndpointStatus"] == "InService"
    assert float(invoke(runtime, "from-package", b"0.5,0.1,-0.2")["Body"]) > 0.5
    delete(sagemaker, "from-package")


def test_a_package_without_a_container_cannot_be_served(sagemaker: Any) -> None:
    sagemaker.create_model_package(ModelPackageName="no-container")
    code, message = refused(
        sagemaker.create_model,
        ModelName="no-container",
        PrimaryContainer={"ModelPackageName": "no-container"},
    )
    assert code == "ValidationException"
    assert message == "Local AWS serves model packages of exactly one container, not of 0."
