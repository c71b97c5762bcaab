"""The models that an endpoint has served: each is an endpoint configuration, whose tags tell which."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.pipeline.aws.resources import ENDPOINT_CONFIG, MODEL, delete, describe
from include.pipeline.aws.tags import RunTags
from include.pipeline.planning.names import key_prefix

_MODEL_TAG, _BEFORE_TAG, _NONE = "airflow:model_key", "airflow:version_before", "none"
_LONGEST_PAUSE = 15


@dataclass(frozen=True)
class ServedVersion:
    """One of them."""

    name: str
    """Of its endpoint configuration and its model on SageMaker: the key of the run that promoted it."""
    model_key: str
    """Run key of the run whose accepted model it is."""
    before: str | None
    """The version whose place it took; None for the first."""
    made: datetime

    @property
    def tags(self) -> list[dict[str, str]]:
        """What its tags tell beside whose it is."""
        told = {_MODEL_TAG: self.model_key, _BEFORE_TAG: self.before or _NONE}
        return [{"Key": key, "Value": value} for key, value in told.items()]


def find_version(sagemaker: Any, name: str, own: RunTags) -> ServedVersion | None:
    """Read a version; None where there is none of that name, or it is not of the DAG that promotes.

    Args:
        sagemaker: The client.
        name: Of the version.
        own: Tags of a run of that DAG.
    """
    found = describe(sagemaker, ENDPOINT_CONFIG, name)
    if found is None:
        return None
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=found["EndpointConfigArn"])
    tags = [tag for page in pages for tag in page["Tags"]]
    told = {tag["Key"]: tag["Value"] for tag in tags}
    owner = RunTags.from_aws(tags)
    if not isinstance(owner, RunTags) or _dag(owner) != _dag(own) or _MODEL_TAG not in told:
        return None
    before = told.get(_BEFORE_TAG, _NONE)
    return ServedVersion(name, told[_MODEL_TAG], None if before == _NONE else before, found["CreationTime"])


def list_versions(sagemaker: Any, own: RunTags) -> list[ServedVersion]:
    """List the versions of the DAG that promotes, the newest first."""
    pages = sagemaker.get_paginator("list_endpoint_configs").paginate(
        NameContains=key_prefix(own.deployment_id, own.dag_id), SortBy="CreationTime", SortOrder="Descending"
    )
    names = (item["EndpointConfigName"] for page in pages for item in page["EndpointConfigs"])
    found = (find_version(sagemaker, name, own) for name in names)
    return [version for version in found if version]


def delete_version(sagemaker: Any, name: str) -> None:
    """Delete the endpoint configuration and the model of a version. The archive on S3 stays."""
    for kind in (ENDPOINT_CONFIG, MODEL):
        delete(sagemaker, kind, name, _LONGEST_PAUSE)


def prune(sagemaker: Any, own: RunTags, current: str, keep: int) -> list[str]:
    """Delete the oldest versions, but neither the one that is served nor the one before it.

    Args:
        sagemaker: The client.
        own: Tags of a run of the DAG that promotes.
        current: The version that is served.
        keep: How many stay.

    Returns:
        The names of those that were deleted.
    """
    versions = list_versions(sagemaker, own)
    needed = {current} | {one.before for one in versions if one.name == current and one.before}
    kept = {one.name for one in versions[:keep]} | needed
    old = [one.name for one in versions if one.name not in kept]
    for name in old:
        delete_version(sagemaker, name)
    return old


def _dag(tags: RunTags) -> tuple[str, str]:
    return tags.deployment_id, tags.dag_id
