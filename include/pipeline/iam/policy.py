"""IAM's policies as values: statements, and the document that AWS takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
_VERSION = "2012-10-17"

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]
"""By operator and condition key, as IAM has them: all have to hold."""


@dataclass(frozen=True)
class Statement:
    """Actions that are allowed on resources."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    conditions: Conditions = field(default_factory=dict)
    service: str | None = None
    """Of a trust policy, which has no resources: the service that may take the role on."""

    def to_aws(self) -> dict[str, Any]:
        """Write it as IAM takes it."""
        whom: dict[str, Any] = (
            {"Principal": {"Service": self.service}} if self.service else {"Resource": list(self.resources)}
        )
        conditions = {operator: dict(keys) for operator, keys in self.conditions.items()}
        return {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": sorted(self.actions),
            **whom,
            **({"Condition": conditions} if conditions else {}),
        }


def write_policy(statements: Sequence[Statement]) -> str:
    """Write the document of a policy, as JSON."""
    document = {"Version": _VERSION, "Statement": [statement.to_aws() for statement in statements]}
    return json.dumps(document, indent=2) + "\n"


def both(*conditions: Conditions) -> Conditions:
    """Join conditions, all of which have to hold."""
    joined: dict[str, dict[str, str | Sequence[str]]] = {}
    for each in conditions:
        for operator, keys in each.items():
            joined.setdefault(operator, {}).update(keys)
    return joined
