"""The judge of the policies' tests, held to what AWS documents."""

from typing import Any

import pytest

from tests.pipeline.iam.policy_evaluation import AccessRequest, Values, is_allowed


def judged(condition: dict[str, Any], **context: Values) -> bool:
    statement = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": condition}
    keys = {name.replace("_", ":"): value for name, value in context.items()}
    return is_allowed({"Statement": [statement]}, AccessRequest("s3:GetObject", "arn:aws:s3:::b/k", keys))


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        ({"StringEquals": {"a:b": "x"}}, {"a_b": "x"}, True),
        ({"StringEquals": {"a:b": "x"}}, {"a_b": "X"}, False),
        ({"StringEquals": {"a:b": ["x", "y"]}}, {"a_b": "y"}, True),
        ({"StringEquals": {"a:b": "x"}}, {}, False),
        ({"StringEquals": {"a:b": "x", "a:c": "y"}}, {"a_b": "x", "a_c": "z"}, False),
        ({"StringLike": {"a:b": "x/*"}}, {"a_b": "x/y/z"}, True),
        ({"StringLike": {"a:b": "x/*"}}, {"a_b": "y/x/z"}, False),
        ({"Bool": {"a:b": "true"}}, {"a_b": "false"}, False),
        ({"NumericLessThanEquals": {"a:b": "10"}}, {"a_b": "9"}, True),
        ({"NumericLessThanEquals": {"a:b": "10"}}, {"a_b": "11"}, False),
        ({"Null": {"a:b": "false"}}, {}, False),
        ({"Null": {"a:b": "false"}}, {"a_b": "x"}, True),
        ({"ForAllValues:StringEquals": {"a:b": ["x", "y"]}}, {"a_b": ("x", "y")}, True),
        ({"ForAllValues:StringEquals": {"a:b": ["x"]}}, {"a_b": ("x", "y")}, False),
        ({"ForAllValues:StringEquals": {"a:b": ["x"]}}, {}, True),
        ({"ForAnyValue:StringEquals": {"a:b": ["x"]}}, {"a_b": ("x", "y")}, True),
        ({"ForAnyValue:StringEquals": {"a:b": ["x"]}}, {}, False),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, Values], allowed: bool) -> None:
    assert judged(condition, **context) is allowed


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/k/x", True),
        ("S3:getobject", "arn:aws:s3:::b/k", True),
        ("s3:PutObject", "arn:aws:s3:::b/k", False),
        ("s3:GetObject", "arn:aws:s3:::bb/k", False),
    ],
)
def test_actions_and_resources(action: str, resource: str, allowed: bool) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::b/*"]}]}
    assert is_allowed(policy, AccessRequest(action, resource)) is allowed
