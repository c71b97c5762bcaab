"""The IAM role that SageMaker works under: the counterpart of the tutorial's `get_execution_role()`."""

import re
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from include.pipeline.errors import ParamError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

# The pattern of RoleArn in SageMaker's API.
_ROLE_ARN = re.compile(r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")


def resolve_role(param: str | None, variable: str | None, iam: "IAMClient") -> str:
    """Find the role's ARN: from the Param, else from the Airflow Variable `sagemaker_role`.

    Args:
        param: The Param `role`: a name or an ARN.
        variable: The Variable's value: a name or an ARN.
        iam: Looks a name up; not called for an ARN.

    Raises:
        ParamError: Neither is set, the ARN is not a role's, or IAM does not show the role of that name.
    """
    role = param or variable
    if not role:
        raise ParamError(
            "role = None",
            "SageMaker needs an IAM role to work under",
            "Set the Param role, or set it for all runs with `airflow variables set sagemaker_role ROLE_ARN`",
        )
    if role.startswith("arn:"):
        if not _ROLE_ARN.fullmatch(role):
            raise ParamError(
                f"role = {role!r}",
                "an ARN of a role reads arn:aws:iam::123456789012:role/NAME",
                "Copy the role's ARN from the IAM console",
            )
        return role
    try:
        return iam.get_role(RoleName=role)["Role"]["Arn"]
    except ClientError as error:
        raise ParamError(
            f"role = {role!r}",
            f"IAM shows the role of that name ({error.response['Error'].get('Code')}: "
            f"{error.response['Error'].get('Message')})",
            "Correct the name, or give the role's ARN, which needs no look-up",
        ) from error
