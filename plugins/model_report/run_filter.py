"""Which runs the page of all models lists: by state, verdict of the gate, and date, as its address says."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import exists

from include.airflow_names import CHECK_QUALITY
from plugins.model_report.runs import VERDICTS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def _none_if_empty(value: object) -> object:
    # A form sends the fields that nobody has filled in, too.
    return value or None


_OrNone = BeforeValidator(_none_if_empty)


class RunFilter(BaseModel):
    """What a run has to be to be listed; None is anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Annotated[Literal["success", "failed", "running", "queued"] | None, _OrNone] = None
    gate: Annotated[Literal["passed", "failed"] | None, _OrNone] = None
    since: Annotated[date | None, _OrNone] = None
    """The first day, in UTC."""
    until: Annotated[date | None, _OrNone] = None
    """The last day, in UTC."""

    @property
    def chosen(self) -> dict[str, str]:
        """What is not just anything, as it stands in an address."""
        values = {name: getattr(self, name) for name in RunFilter.model_fields}
        return {name: str(value) for name, value in values.items() if value is not None}

    def conditions(self) -> "list[ColumnElement[bool]]":
        """Say the same to Airflow's database."""
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(DagRun.state == self.state)
        if self.since:
            found.append(DagRun.run_after >= _midnight(self.since))
        if self.until:
            found.append(DagRun.run_after < _midnight(self.until) + timedelta(days=1))
        if self.gate:
            found.append(
                exists().where(
                    TaskInstance.dag_id == DagRun.dag_id,
                    TaskInstance.run_id == DagRun.run_id,
                    TaskInstance.task_id == CHECK_QUALITY,
                    TaskInstance.state.in_(state for state, found in VERDICTS.items() if found == self.gate),
                )
            )
        return found


class ModelsQuery(RunFilter):
    """What the address of the page may say."""

    pipeline: Annotated[str | None, _OrNone] = None
    """The only one; None lists all."""
    page: int = Field(default=1, ge=1, le=1000)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
