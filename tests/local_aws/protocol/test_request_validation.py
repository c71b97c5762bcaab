"""Requests are refused as AWS refuses them: code, count, member path and wording."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.errors import AwsError
from local_aws.protocol.request_validation import pattern_check, validate
from local_aws.protocol.service_model import service_model
from tests.aws.sagemaker_requests import training_request

VARIANT = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}


def refusal(operation: str, request: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        validate(request, service_model().operation_model(operation).input_shape)
    return caught.value.code, caught.value.message


def variants(**changes: Any) -> dict[str, Any]:
    return {"EndpointConfigName": "c", "ProductionVariants": [VARIANT, {**VARIANT, **changes}]}


def without(request: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name != member}


NAME_PATTERN = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"


@pytest.mark.parametrize(
    ("operation", "request_", "violation"),
    [
        pytest.param(
            "CreateTrainingJob",
            training_request("under_score"),
            "Value 'under_score' at 'trainingJobName' failed to satisfy constraint: Member must satisfy "
            "regular "
            f"expression pattern: {NAME_PATTERN}",
            id="pattern",
        ),
        pytest.param(
            "CreateTrainingJob",
            without(training_request("a"), "RoleArn"),
            "Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
            id="required",
        ),
        pytest.param(
            "CreateEndpointConfig",
            {"EndpointConfigName": "c", "ProductionVariants": [without(VARIANT, "VariantName")]},
            "Value null at 'productionVariants.1.member.variantName' failed to satisfy constraint: "
            "Member must not be null",
            id="required-nested",
        ),
        pytest.param(
            "CreateEndpointConfig",
            variants(InitialInstanceCount=0),
            "Value '0' at 'productionVariants.2.member.initialInstanceCount' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
            id="smallest-number",
        ),
        pytest.param(
            "ListModels",
            {"MaxResults": 101},
            "Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or "
            "equal to 100",
            id="largest-number",
        ),
        pytest.param(
            "ListModels",
            {"SortOrder": "Sideways"},
            "Value 'Sideways' at 'sortOrder' failed to satisfy constraint: Member must satisfy enum "
            "value set: "
            "[Ascending, Descending]",
            id="enum",
        ),
        pytest.param(
            "CreateEndpointConfig",
            {"EndpointConfigName": "c", "ProductionVariants": []},
            "Value '[]' at 'productionVariants' failed to satisfy constraint: Member must have length "
            "greater "
            "than or equal to 1",
            id="shortest-list",
        ),
        pytest.param(
            "AddTags",
            {
                "ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:model/m",
                "Tags": [{"Key": "", "Value": ""}],
            },
            "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length "
            "greater than "
            "or equal to 1",
            id="shortest-string",
        ),
        pytest.param(
            "CreateTrainingJob",
            training_request("a", HyperParameters={"eta": "0" * 2501}),
            "Value '{eta="
            + "0" * 2501
            + "}' at 'hyperParameters' failed to satisfy constraint: Map value must "
            "satisfy constraint: [Member must have length less than or equal to 2500, Member must have "
            "length "
            "greater than or equal to 0, Member must satisfy regular expression pattern: .*]",
            id="map-value",
        ),
        pytest.param(
            "CreateTrainingJob",
            training_request("a", RoleArn="Trainer-role-without-an-arn"),
            "Value 'Trainer-role-without-an-arn' at 'roleArn' failed to satisfy constraint: Member must "
            "satisfy "
            r"regular expression pattern: arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
            id="role-arn",
        ),
    ],
)
def test_one_violation(operation: str, request_: dict[str, Any], violation: str) -> None:
    assert refusal(operation, request_) == (
        "ValidationException",
        f"1 validation error detected: {violation}",
    )


def test_all_violations_come_in_one_message() -> None:
    request = without(training_request("x_y"), "RoleArn")
    assert refusal("CreateTrainingJob", request) == (
        "ValidationException",
        (
            f"2 validation errors detected: Value 'x_y' at 'trainingJobName' failed to satisfy "
            "constraint: Member must "
            f"satisfy regular expression pattern: {NAME_PATTERN}; Value null at 'roleArn' failed to satisfy "
            "constraint: Member must not be null"
        ),
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"MaxResults": "10"}, "STRING_VALUE can not be converted to Integer"),
        ({"MaxResults": True}, "TRUE_VALUE can not be converted to Integer"),
        ({"NameContains": 5}, "NUMBER_VALUE can not be converted to String"),
        ({"NameContains": ["a"]}, "Start of list found where not expected"),
        ({"NameContains": {"a": 1}}, "Start of structure or map found where not expected."),
        ([], "Start of list found where not expected"),
    ],
)
def test_a_wrong_json_type_cannot_be_read(request_: Any, message: str) -> None:
    assert refusal("ListModels", request_) == ("SerializationException", message)


def test_a_null_in_a_list_cannot_be_read() -> None:
    request = {"EndpointConfigName": "c", "ProductionVariants": [None]}
    assert refusal("CreateEndpointConfig", request)[0] == "SerializationException"


def test_unknown_members_are_ignored() -> None:
    request = {**training_request("a"), "Nonsense": 1}
    validate(request, service_model().operation_model("CreateTrainingJob").input_shape)


@pytest.mark.parametrize(("value", "matches"), [("größe 1/2", True), ("tab\there", False)])
def test_unicode_classes_of_javas_patterns(value: str, matches: bool) -> None:
    check = pattern_check(service_model().shape_for("TagKey").metadata["pattern"])
    assert check is not None
    assert check(value) is matches


def test_patterns_that_no_engine_here_can_read() -> None:
    """A short, known list: whatever joins it is no longer checked."""
    model = service_model()
    patterns = {
        pattern
        for name in model.shape_names
        if (pattern := model.shape_for(name).metadata.get("pattern")) is not None
    }
    assert {pattern for pattern in patterns if pattern_check(pattern) is None} == {
        r"[\p{L}\p{M}\p{Z}\p{N}\p{P}]{0,1024}",
        r"arn:[\p{Alnum}\-]+:lambda:[\p{Alnum}\-]+:[0-9]{12}:function:.*",
        r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*",
    }


def test_violations_travel_as_boto3s_client_error(sagemaker: Any) -> None:
    with pytest.raises(ClientError) as caught:
        sagemaker.describe_model(ModelName="under_score")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert caught.value.response["Error"]["Message"].startswith(
        "1 validation error detected: Value 'under_score'"
    )
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
