"""What one value of a Param may be: text without a URL, whole numbers, accounts, instance types."""

import math
import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

# Up to here each whole number is a float of its own.
_LARGEST_WHOLE_FLOAT = 2**53


def _as_whole_number(value: object) -> object:
    # JSON has one kind of number: its schema takes 1729.0 for an integer, and so does Airflow.
    # https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.1
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_WHOLE_FLOAT:
        return int(value)
    return value


# Whatever is written into another Param stands in messages, plans and requests. Where it was meant for
# data_url, it may hold a password: none of the others takes such a text, but for a role's ARN.
_LIKE_URL = re.compile(r"[?#\\\uff20]|//|:/|%40|@.*[:/]|[:/].*@", re.DOTALL)
_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+")


def _no_url(value: str) -> str:
    if _LIKE_URL.search(value) and not _ROLE_ARN.fullmatch(value):
        raise PydanticCustomError("no_url", "data_url alone takes a URL, or text with ? # or a backslash")
    return value


PlainText = Annotated[str, AfterValidator(_no_url)]
WholeNumber = Annotated[int, BeforeValidator(_as_whole_number)]


def _told_once(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    # pydantic would report one fault for each type that the value could have.
    try:
        return validate(_as_whole_number(value))
    except ValidationError:
        rule = "a hyperparameter is a finite number, or text of one line and at most 2500 characters, no URL"
        raise PydanticCustomError("hyperparameter", rule) from None


# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html: HyperParameters
HyperparameterName = Annotated[
    str, Field(min_length=1, max_length=256, pattern=r"^.*$"), AfterValidator(_no_url)
]
HyperparameterValue = Annotated[
    Annotated[str, Field(max_length=2500, pattern=r"^.*$"), AfterValidator(_no_url)]
    | int
    | Annotated[float, Field(allow_inf_nan=False)],
    WrapValidator(_told_once),
]

LabelKind = Literal["binary", "multiclass", "regression"]
"""What a label is: one of two values, one of several classes, or a number."""


def _bounds_something(value: dict[str, float]) -> dict[str, float]:
    if not value or value.get("at_least", -math.inf) > value.get("at_most", math.inf):
        raise PydanticCustomError("bounds", "a figure has at_least, at_most, or both, the first not above")
    return value


FigureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
FigureBounds = Annotated[
    dict[Literal["at_least", "at_most"], Annotated[float, Field(allow_inf_nan=False)]],
    AfterValidator(_bounds_something),
]
"""What a figure has to be."""
ThresholdRule = Literal["fixed", "best_f1", "best_profit"]
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html
_ACCOUNT = re.compile(r"[0-9]{12}")


def _twelve_digits(value: object) -> object:
    # Also a number: YAML takes digits without quotes for one, and drops a zero at its start.
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(value):
        raise PydanticCustomError("account", "an AWS account is twelve digits, in quotes")
    return value


Account = Annotated[str, BeforeValidator(_twelve_digits)]
InstanceType = Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]
