"""The tags of moto's records.

Its own operations on tags fail for absent records, and add a key twice; some of Create forget the tags.
"""

import json
from collections.abc import Mapping
from typing import Any, Self

from moto.sagemaker.models import sagemaker_backends

from local_aws.protocol.caller import Caller

# By the kind in the ARN: moto's registers of the records that local AWS lets it make (moto_operations.toml).
_REGISTERS = {
    "notebook-instance": "notebook_instances",
    "experiment": "experiments",
    "experiment-trial": "trials",
    "experiment-trial-component": "trial_components",
    "model-card": "model_cards",
    "data-quality-job-definition": "data_quality_job_definitions",
    "model-quality-job-definition": "model_quality_job_definitions",
    "model-bias-job-definition": "model_bias_job_definitions",
    "model-explainability-job-definition": "model_explainability_job_definitions",
}


class TaggedRecord:
    """A record of moto's, with its tags."""

    def __init__(self, record: Any) -> None:
        self._record = record

    @classmethod
    def find(cls, account: str, region: str, arn: str) -> Self | None:
        """Return the record that has an ARN. None where moto has none."""
        kind, _, name = arn.rpartition(":")[2].partition("/")
        if kind not in _REGISTERS:
            return None
        backend = sagemaker_backends[account][region]
        record = getattr(backend, _REGISTERS[kind]).get(name)
        # Of a model card it keeps all versions.
        return None if not record else cls(record[0] if isinstance(record, list) else record)

    @property
    def tags(self) -> dict[str, str]:
        """The tags, by key."""
        return {tag["Key"]: tag["Value"] for tag in self._record.tags or []}

    @tags.setter
    def tags(self, tags: dict[str, str]) -> None:
        self._record.tags = [{"Key": key, "Value": value} for key, value in tags.items()]


def keep_tags(caller: Caller, answer: bytes, tags: Mapping[str, str]) -> None:
    """Give the record that a Create operation has made the tags of its request.

    Args:
        caller: Who asked for it.
        answer: The answer, which holds the record's ARN.
        tags: The tags.
    """
    for value in json.loads(answer).values():
        record = TaggedRecord.find(caller.account, caller.region, value) if isinstance(value, str) else None
        if record is not None:
            record.tags = dict(tags)
