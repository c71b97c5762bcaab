"""Whether SageMaker may take on the role that runs give it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from include.pipeline.errors import ParamError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_SAGEMAKER = "sagemaker.amazonaws.com"
_TAKE_ON = frozenset({"sts:AssumeRole", "sts:*", "*"})


def check_role(arn: str, account: str, iam: "IAMClient") -> str:
    """See that the role is there, and lets SageMaker take it on.

    Args:
        arn: Of the role.
        account: The run's.
        iam: Needs `iam:GetRole`.

    Returns:
        What is right.

    Raises:
        ParamError: It is another account's, is not there, or does not trust SageMaker.
        ClientError: IAM answers otherwise.
    """
    if arn.split(":")[4] != account:
        raise ParamError(
            f"role = {arn!r}",
            f"SageMaker takes on a role of the run's own account, {account}",
            "Set the Airflow Variable sagemaker_role to a role of that account",
        )
    name = arn.rpartition("/")[2]
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"].get("Code") != "NoSuchEntity":
            raise
        raise ParamError(
            f"role = {arn!r}, which is not there",
            "a role that SageMaker works under",
            "Make it (docs/aws.md, step 4), or correct the Airflow Variable sagemaker_role",
        ) from None
    if role["Arn"] != arn:
        raise ParamError(
            f"role = {arn!r}",
            f"the role of that name is {role['Arn']}",
            "Set the Airflow Variable sagemaker_role to that ARN",
        )
    trust: Any = role["AssumeRolePolicyDocument"]
    if not any(_is_sagemakers(statement) for statement in _list(trust.get("Statement", []))):
        raise ParamError(
            f"role = {arn!r}, whose trust policy names no {_SAGEMAKER}",
            f"{_SAGEMAKER} may sts:AssumeRole",
            "Give it the trust policy sagemaker-role-trust.json: docs/iam/README.md says how it is written",
        )
    return f"{arn}, which SageMaker may take on"


def _is_sagemakers(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = _list(principal.get("Service", [])) if isinstance(principal, Mapping) else ()
    return (
        statement.get("Effect") == "Allow"
        and _SAGEMAKER in services
        and not _TAKE_ON.isdisjoint(_list(statement.get("Action", [])))
    )


def _list(one_or_many: Any) -> Iterator[Any]:
    yield from one_or_many if isinstance(one_or_many, list) else [one_or_many]
