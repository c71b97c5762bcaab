"""Templates that CloudFormation refuses, in its own words, before moto sees them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from moto.cloudformation.parsing import get_model_map

from local_aws.protocol.moto_services.templates import LEFT_OUT, MADE
from tests.aws.answers import refused

BUCKET = "Resources: {A: {Type: 'AWS::S3::Bucket'}}"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("Resources: {A: [", "Template format error: YAML not well-formed."),
        ("- 1", "At least one Resources member must be defined."),
        ("Resources: {A: {}}", "[/Resources/A] Every Resources object must contain a Type member."),
        (
            "Resources: {A: {Type: 'AWS::SageMaker::Endpoint'}}",
            "Unrecognized resource types: [AWS::SageMaker::Endpoint]",
        ),
        # Its template would be read unseen.
        ("Resources: {A: {Type: 'AWS::CloudFormation::Stack'}}", "[AWS::CloudFormation::Stack]"),
    ],
)
@pytest.mark.parametrize(
    "operation", ["create_stack", "update_stack", "create_change_set", "create_stack_set"]
)
def test_a_template_that_is_none_or_asks_for_what_nobody_makes(
    client: Callable[..., Any], template: str, told: str, operation: str
) -> None:
    name = {"StackSetName" if operation == "create_stack_set" else "StackName": "refused"}
    if operation == "create_change_set":
        name["ChangeSetName"] = "change"
    code, message = refused(getattr(client("cloudformation"), operation), **name, TemplateBody=template)
    assert code == "ValidationError"
    assert told in message


def test_a_template_runs_no_code(client: Callable[..., Any], tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for tag in ("!!python/object/apply:os.mkdir", "!<tag:yaml.org,2002:python/object/apply:os.mkdir>"):
        template = f"{BUCKET}\nMetadata: {tag} ['{mark}']"
        code, message = refused(
            client("cloudformation").create_stack, StackName="code", TemplateBody=template
        )
        assert (code, "YAML not well-formed" in message) == ("ValidationError", True)
    assert not mark.exists()


def test_a_template_elsewhere_is_not_read(client: Callable[..., Any]) -> None:
    code, message = refused(
        client("cloudformation").create_stack,
        StackName="url",
        TemplateURL="https://bucket.s3.amazonaws.com/a",
    )
    assert (code, "TemplateURL" in message) == ("ValidationError", True)


def test_short_forms_are_taken(client: Callable[..., Any]) -> None:
    stacks = client("cloudformation")
    template = """
    Parameters: {Name: {Type: String, Default: short-forms}}
    Resources:
      A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${Name}-bucket'}}
    Outputs: {Arn: {Value: !GetAtt A.Arn}, Joined: {Value: !Join ['-', [!Ref A, b]]}}
    """
    stacks.create_stack(StackName="short", TemplateBody=template)
    told = {
        one["OutputKey"]: one["OutputValue"]
        for one in stacks.describe_stacks(StackName="short")["Stacks"][0]["Outputs"]
    }
    assert told == {"Arn": "arn:aws:s3:::short-forms-bucket", "Joined": "short-forms-bucket-b"}
    stacks.delete_stack(StackName="short")


def test_what_is_made_is_what_moto_makes() -> None:
    assert set(get_model_map()) >= MADE
    assert not LEFT_OUT & set(get_model_map())
