"""Runs, their tasks and their buckets, from Airflow's database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select

from include.airflow_names import BUCKET, CHECK_QUALITY, PLAN_RUN

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Run:
    """A run of a pipeline's DAG, as Airflow knows it."""

    dag_id: str
    run_id: str
    state: str
    run_after: datetime
    tasks: Mapping[str, str | None]
    """The state of each task, in the order in which they started; None before it has any."""
    bucket: str | None
    """Where it keeps its objects; None before `plan_run` has told."""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in {"success", "failed"}

    @property
    def gate(self) -> str | None:
        """What the quality gate said: `passed`, `failed`, or nothing so far."""
        return {"success": "passed", "failed": "failed"}.get(self.tasks.get(CHECK_QUALITY) or "")


def find_run(dag_id: str, run_id: str) -> Run | None:
    """Look up one run."""
    with create_session(scoped=False) as session:
        query = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        found = _runs(session, dag_id, session.scalars(query).all())
    return found[0] if found else None


def newest_runs(dag_id: str, *, limit: int, offset: int = 0) -> list[Run]:
    """List runs of a DAG, the newest first."""
    with create_session(scoped=False) as session:
        newest = select(DagRun).where(DagRun.dag_id == dag_id)
        newest = newest.order_by(DagRun.run_after.desc(), DagRun.id.desc()).limit(limit).offset(offset)
        return _runs(session, dag_id, session.scalars(newest).all())


def _runs(session: "Session", dag_id: str, found: Sequence[DagRun]) -> list[Run]:
    run_ids = [run.run_id for run in found]
    columns = (TaskInstance.run_id, TaskInstance.task_id, TaskInstance.state, TaskInstance.start_date)
    of_runs = (TaskInstance.dag_id == dag_id, TaskInstance.run_id.in_(run_ids))
    instances = session.execute(select(*columns).where(*of_runs)).all()
    tasks: dict[str, dict[str, str | None]] = {run_id: {} for run_id in run_ids}
    # Here, because databases do not agree on where an absent date belongs.
    for row in sorted(instances, key=lambda row: (row.start_date or _NEVER, row.task_id)):
        tasks[row.run_id][row.task_id] = row.state
    buckets = {
        row.run_id: str(XComModel.deserialize_value(row))
        for row in session.execute(
            select(XComModel.run_id, XComModel.value).where(
                XComModel.dag_id == dag_id,
                XComModel.run_id.in_(run_ids),
                XComModel.task_id == PLAN_RUN,
                XComModel.key == BUCKET,
            )
        )
    }
    return [
        Run(
            dag_id=dag_id,
            run_id=run.run_id,
            state=str(run.state),
            run_after=run.run_after,
            tasks=tasks[run.run_id],
            bucket=buckets.get(run.run_id),
        )
        for run in found
    ]
