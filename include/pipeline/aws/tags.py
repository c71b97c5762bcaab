"""The tags by which everything of a run on SageMaker tells whose it is, and until when."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from include.pipeline.aws import deployment_id as deployments
from include.pipeline.errors import OwnerError

PROJECT = "airflow-sagemaker-pipeline"
RESERVED_PREFIX = "airflow:"

# https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+\-@]")
_LONGEST_VALUE = 256
_NEVER = "never"
# What the tags hold, by their names; a `RunTags` of an earlier version has neither deployment nor digest.
_FORMS = {
    "dag_id": (re.compile(r".+"), "a DAG's id"),
    "run_id": (re.compile(r".+"), "a run's id"),
    "clear_number": (re.compile(r"[0-9]{1,9}"), "a whole number"),
    "deployment_id": (deployments.FORM, deployments.FORM_IN_WORDS),
    "run_digest": (re.compile(r"[0-9a-f]{64}"), "64 hex digits"),
}


class UnreadableTags(BaseModel):
    """Tags of this project that do not tell whose a resource is: nobody's run may take it for its own."""

    model_config = ConfigDict(frozen=True)

    fault: str
    """Which tag, what it holds, and what it has to hold."""

    def __str__(self) -> str:
        return self.fault


def _digest(ids: Mapping[str, Any]) -> str:
    if not ids["deployment_id"]:
        return ""
    return deployments.run_digest(ids["deployment_id"], ids["dag_id"], ids["run_id"]).hex()


class RunTags(BaseModel):
    """Whose a resource is."""

    model_config = ConfigDict(frozen=True)

    deployment_id: str
    """Which Airflow the run is of; empty for a run of a version that did not tell."""
    dag_id: str
    run_id: str
    expires: datetime | None
    """When nobody should need it any more; None for what is to be kept."""
    clear_number: int = 0
    """How often the run, or tasks of it, had been cleared when it was made."""
    digest: str = Field(default_factory=_digest)
    """Of deployment, DAG and run: a tag does not hold every character of their ids. Empty where the
    deployment is."""

    def __str__(self) -> str:
        whose = f"deployment {self.deployment_id}" if self.deployment_id else "an earlier version"
        return f"the run {self.run_id} of {self.dag_id}, {whose}"

    def to_aws(self) -> list[dict[str, str]]:
        """Write them as SageMaker takes them."""
        values = {
            "airflow:project": PROJECT,
            "airflow:dag_id": tag_value(self.dag_id),
            "airflow:run_id": tag_value(self.run_id),
            "airflow:expires": self.expires.astimezone(UTC).isoformat(timespec="seconds")
            if self.expires
            else _NEVER,
            "airflow:clear_number": str(self.clear_number),
        }
        if self.deployment_id:
            values |= {"airflow:deployment_id": self.deployment_id, "airflow:run_digest": self.digest}
        return [{"Key": key, "Value": value} for key, value in values.items()]

    @classmethod
    def from_aws(cls, tags: Iterable[Mapping[str, str]]) -> "Self | UnreadableTags | None":
        """Read them from what SageMaker lists; None for what no run of this project made."""
        values = {
            tag["Key"].removeprefix(RESERVED_PREFIX): tag["Value"]
            for tag in tags
            if tag["Key"].startswith(RESERVED_PREFIX)
        }
        if values.get("project") != PROJECT:
            return None
        values = {"clear_number": "0", **values}
        is_of_before = not {"deployment_id", "run_digest"} & set(values)
        for name, (form, in_words) in _FORMS.items():
            if is_of_before and name in {"deployment_id", "run_digest"}:
                values[name] = ""
            elif not form.fullmatch(values.get(name, "")):
                return _unreadable(values, name, in_words)
        try:
            expires = _moment(values.get("expires", ""))
        except (ValueError, OverflowError):
            return _unreadable(values, "expires", f"{_NEVER}, or a moment with its time zone")
        return cls(
            deployment_id=values["deployment_id"],
            dag_id=values["dag_id"],
            run_id=values["run_id"],
            expires=expires,
            clear_number=int(values["clear_number"]),
            digest=values["run_digest"],
        )

    @classmethod
    def of_request(cls, request: Mapping[str, Any]) -> Self:
        """Read them from a request that creates something.

        Raises:
            OwnerError: It has none.
        """
        tags = cls.from_aws(request.get("Tags", []))
        if not isinstance(tags, cls):
            raise OwnerError(
                f"a request with the members {', '.join(sorted(request))} has no tags of a run"
                + (f" that can be read: {tags}" if tags else ""),
                "what a run makes tells whose it is",
                "Take the request from the run's plan",
            )
        return tags

    def put_into(self, tags: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        """Put them in the place of another run's, and keep the tags that are nobody's here.

        Args:
            tags: Of a request, in SageMaker's form.
        """
        others = [dict(tag) for tag in tags if not tag["Key"].startswith(RESERVED_PREFIX)]
        return [*self.to_aws(), *others]

    def is_same_run(self, other: "RunTags | UnreadableTags | None") -> bool:
        """Tell whether another resource is of the same run of the same deployment."""
        return isinstance(other, RunTags) and self.owner == other.owner

    @property
    def tells_its_run(self) -> bool:
        """Whether `dag_id` and `run_id` are the run's own, and not what a tag could hold of them."""
        return self.digest != "" and self.digest == _digest(dict(self))

    @property
    def owner(self) -> tuple[str, ...]:
        """What the same run's tags have alike, whenever they were written."""
        return self.deployment_id, tag_value(self.dag_id), tag_value(self.run_id), self.digest


def tag_value(text: str) -> str:
    """Write text so that a tag holds it, as does other metadata of SageMaker."""
    return _NOT_IN_A_TAG.sub("_", text)[:_LONGEST_VALUE]


def _moment(written: str) -> datetime | None:
    if written == _NEVER:
        return None
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment.astimezone(UTC)


def _unreadable(values: Mapping[str, str], name: str, in_words: str) -> UnreadableTags:
    found = f"is {values[name]!r}" if name in values else "is not there"
    return UnreadableTags(fault=f"the tag {RESERVED_PREFIX}{name} {found}: it holds {in_words}")
