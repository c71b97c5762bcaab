"""Check a CloudFormation template before moto, whose CloudFormation it is, makes what it can of it.

moto reads YAML with a loader that runs what a tag such as `!!python/object/apply` names, makes records of
SageMaker's that no operation here knows, and says of what it cannot make that it is there. So a template may
have the types that are known here, and no others.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import yaml
from werkzeug.wrappers import Request

from local_aws.errors import AwsError

MADE = frozenset(
    f"AWS::{name}"
    for name in (
        "EC2::RouteTable",
        "EC2::SecurityGroup",
        "EC2::SecurityGroupIngress",
        "EC2::Subnet",
        "EC2::SubnetRouteTableAssociation",
        "EC2::VPC",
        "EC2::VPCEndpoint",
        "IAM::ManagedPolicy",
        "IAM::Role",
        "S3::Bucket",
    )
)
LEFT_OUT = frozenset({"AWS::Budgets::Budget", "AWS::EC2::SecurityGroupEgress", "AWS::S3::BucketPolicy"})
"""Taken, as a stack is of use without them here, and not made: moto's CloudFormation does not have them."""


class _Loader(yaml.SafeLoader):
    """Reads what JSON has, and CloudFormation's short forms, such as `!Ref`, as they stand."""


def _short_form(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    match node:
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
    return node.value


_Loader.add_multi_constructor("!", _short_form)


def check_template(request: Request) -> None:
    """Refuse a request of CloudFormation whose template moto must not see, or would not act on.

    Args:
        request: Its body is left to be read again.

    Raises:
        AwsError: `ValidationError`, as CloudFormation says it.
    """
    members = parse_qs(request.get_data().decode(errors="replace"), keep_blank_values=True)
    request.environ["wsgi.input"].seek(0)
    if "TemplateURL" in members:
        raise _refusal("Local AWS reads no TemplateURL: send the template itself, as TemplateBody.")
    # AWS takes one of each; moto the first.
    for body in members.get("TemplateBody", []):
        _check(body)


def _check(body: str) -> None:
    try:
        document = yaml.load(body, _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _refusal(f"Template format error: YAML not well-formed. ({error})") from error
    resources = document.get("Resources") if isinstance(document, Mapping) else None
    if not isinstance(resources, Mapping) or not resources:
        raise _refusal("Template format error: At least one Resources member must be defined.")
    types = set()
    for name, resource in resources.items():
        if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
            raise _refusal(
                f"Template format error: [/Resources/{name}] Every Resources object must contain a "
                "Type member."
            )
        types.add(resource["Type"])
    if unknown := sorted(types - MADE - LEFT_OUT):
        raise _refusal(
            f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]. Local AWS's "
            "CloudFormation makes S3 buckets, IAM roles and policies, and networks."
        )


def _refusal(message: str) -> AwsError:
    return AwsError("ValidationError", message)
