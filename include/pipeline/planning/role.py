"""The IAM role that SageMaker works under: the counterpart of the tutorial's `get_execution_role()`."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from include.pipeline.errors import ParamError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

# Of RoleName and Path in IAM's API: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
_ROLE_NAME = r"[a-zA-Z0-9_+=,.@-]{1,64}"
_ROLE_ARN = rf"arn:aws[a-z-]*:iam::[0-9]{{12}}:role/([!-~]{{1,510}}/)?{_ROLE_NAME}"


def resolve_role(param: str | None, variable: str | None, iam: Callable[[], "IAMClient"]) -> str:
    """Find the role's ARN: from the Param, else from the Airflow Variable `sagemaker_role`.

    Args:
        param: The Param `role`: a name or an ARN.
        variable: The Variable's value: a name or an ARN.
        iam: Makes the client that looks a name up; not called for an ARN.

    Raises:
        ParamError: Neither is set, it is neither a role's name nor its ARN, or IAM does not show the role.
    """
    role = param or variable
    if not role:
        raise ParamError(
            "role = None",
            "SageMaker needs an IAM role to work under",
            "Set the Param role, or set it for all runs with `airflow variables set sagemaker_role ROLE_ARN`",
        )
    if role.startswith("arn:"):
        if not re.fullmatch(_ROLE_ARN, role):
            raise ParamError(
                f"role = {role!r}",
                "an ARN of a role reads arn:aws:iam::123456789012:role/NAME",
                "Copy the role's ARN from the IAM console",
            )
        return role
    if not re.fullmatch(_ROLE_NAME, role):
        raise ParamError(
            f"role = {role!r}",
            "a role's name has 1 to 64 letters, digits and _+=,.@-, without its path",
            "Correct the name, or give the role's ARN",
        )
    try:
        return iam().get_role(RoleName=role)["Role"]["Arn"]
    except ClientError as error:
        raise ParamError(
            f"role = {role!r}: IAM answers {error.response['Error'].get('Code')}, "
            f"{error.response['Error'].get('Message')}",
            "IAM shows the role of that name",
            "Correct the name, or give the role's ARN, which needs no look-up",
        ) from None
