"""The tags by which everything of a run on SageMaker tells whose it is, and until when."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from include.pipeline.errors import OwnerError

PROJECT = "airflow-sagemaker-pipeline"

# https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
_NOT_IN_A_TAG = re.compile(r"[^\w .:/=+\-@]")
_LONGEST_VALUE = 256
_NEVER = "never"


class RunTags(BaseModel):
    """Whose a resource is."""

    model_config = ConfigDict(frozen=True)

    dag_id: str
    run_id: str
    expires: datetime | None
    """When nobody should need it any more; None for what is to be kept."""
    clear_number: int = 0
    """How often the run, or tasks of it, had been cleared when it was made."""

    def to_aws(self) -> list[dict[str, str]]:
        """Write them as SageMaker takes them."""
        values = {
            "airflow:project": PROJECT,
            "airflow:dag_id": _value(self.dag_id),
            "airflow:run_id": _value(self.run_id),
            "airflow:expires": self.expires.astimezone(UTC).isoformat(timespec="seconds")
            if self.expires
            else _NEVER,
            "airflow:clear_number": str(self.clear_number),
        }
        return [{"Key": key, "Value": value} for key, value in values.items()]

    @classmethod
    def from_aws(cls, tags: Iterable[Mapping[str, str]]) -> Self | None:
        """Read them from what SageMaker lists; None for what no run of this project made."""
        values = {tag["Key"]: tag["Value"] for tag in tags}
        if values.get("airflow:project") != PROJECT:
            return None
        expires = values.get("airflow:expires", _NEVER)
        return cls(
            dag_id=values.get("airflow:dag_id", ""),
            run_id=values.get("airflow:run_id", ""),
            expires=None if expires == _NEVER else datetime.fromisoformat(expires),
            clear_number=int(values.get("airflow:clear_number", 0)),
        )

    @classmethod
    def of_request(cls, request: Mapping[str, Any]) -> Self:
        """Read them from a request that creates something.

        Raises:
            OwnerError: It has none.
        """
        tags = cls.from_aws(request.get("Tags", []))
        if tags is None:
            raise OwnerError(
                f"a request with the members {', '.join(sorted(request))} has no tags of a run",
                "what a run makes tells whose it is",
                "Take the request from the run's plan",
            )
        return tags

    def is_same_run(self, other: "RunTags | None") -> bool:
        """Tell whether another resource is of the same run."""
        return other is not None and (_value(self.dag_id), _value(self.run_id)) == (
            other.dag_id,
            other.run_id,
        )


def _value(text: str) -> str:
    return _NOT_IN_A_TAG.sub("_", text)[:_LONGEST_VALUE]
