"""The KMS keys that the YAML file names, as statements."""

from collections.abc import Iterator

from include.pipeline.iam.policy import Conditions, Statement
from include.pipeline.iam.scope import Scope


def use_of_keys(scope: Scope, actions: tuple[str, ...], *keys: str | None) -> Iterator[Statement]:
    """Yield a statement for each key that there is: by its id, its ARN, or an alias.

    An alias is no resource of a policy: a condition names it.
    Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    for number, key in enumerate(sorted({key for key in keys if key})):
        arn, conditions = _resource(scope, key)
        yield Statement(f"{_verb(actions)}Key{number + 1}", actions, (arn,), conditions)


def _verb(actions: tuple[str, ...]) -> str:
    return "Grant" if "kms:CreateGrant" in actions else "Use"


def _resource(scope: Scope, key: str) -> tuple[str, Conditions]:
    prefix = f"arn:{scope.partition}:kms:{scope.region}:{scope.account}:"
    if key.startswith("arn:"):
        prefix, key = key.rsplit(":", 1)[0] + ":", key.rsplit(":", 1)[1]
    if key.startswith("alias/"):
        return f"{prefix}key/*", {"ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)}}
    return f"{prefix}key/{key.removeprefix('key/')}", {}
