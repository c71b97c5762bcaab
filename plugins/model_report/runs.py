"""Runs, their tasks and their buckets, from Airflow's database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XCOM_RETURN_KEY, XComModel
from airflow.utils.session import create_session
from sqlalchemy import select

from include.airflow_names import (
    BUCKET,
    BUCKET_OWNER,
    CHECK_QUALITY,
    DATA,
    DELETE_DATA,
    DEPLOYMENT_ID,
    DOWNLOAD_DATA,
    EVALUATE_MODEL,
    FAILURE,
    FIGURES,
    PLAN_RUN,
    WRITE_REPORT,
)
from plugins.xcom_text import json_of, text_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

VERDICTS = {"success": "passed", "failed": "failed"}
"""What the quality gate found, by the state of its task."""
# Names no bucket and no account, so that S3 is not asked.
_NO_NAME = "(no text)"
_NEVER = datetime.max.replace(tzinfo=UTC)
_RANKS = {"upstream_failed": 0, "skipped": 0, "removed": 0, "failed": 1, "success": 2}
_AT_WORK = 3


@dataclass(frozen=True)
class Run:
    """A run of a pipeline's DAG, as Airflow knows it."""

    dag_id: str
    run_id: str
    state: str
    run_after: datetime
    tasks: Mapping[str, str | None]
    """State of each task, in the order in which the tasks started; None before a task has a state."""
    bucket: str | None
    """Where it keeps its objects; None before `plan_run` has told."""
    bucket_owner: str | None = None
    """The account to which the bucket has to belong; None before `plan_run` has told, or where it was of a
    version that did not."""
    deployment_id: str | None = None
    """Which Airflow has planned it; None before `plan_run` has told, or where it was of a version that did
    not."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """The error of each task that has failed and said why, in three lines."""
    data: str | None = None
    """Which file it used: its name and hash; None before `download_data` has told, or where it was of a
    version that did not."""
    figures: object = None
    """What its tasks told for a list of runs, as plain JSON; None where they told nothing."""

    @property
    def has_deleted(self) -> bool:
        """Whether it has deleted what it had stored on S3."""
        return self.tasks.get(DELETE_DATA) == "success"

    @property
    def has_report(self) -> bool:
        """Whether its last task but one has written its report, and it has not deleted it."""
        return self.tasks.get(WRITE_REPORT) == "success" and not self.has_deleted

    @property
    def is_over(self) -> bool:
        """Whether it has succeeded or failed."""
        return self.state in {"success", "failed"}

    @property
    def failed(self) -> tuple[str, ...]:
        """The tasks that have failed."""
        return tuple(task for task, state in self.tasks.items() if state == "failed")

    @property
    def fault(self) -> tuple[str, str] | None:
        """The first task that has failed and said why, and its error; None where there is none."""
        return next(
            # What a task told before the run was cleared is still there.
            ((task, self.failures[task]) for task in self.failed if task in self.failures),
            None,
        )

    @property
    def gate(self) -> str | None:
        """What the quality gate found: `passed`, `failed`, or None so far."""
        return VERDICTS.get(self.tasks.get(CHECK_QUALITY) or "")


def find_run(dag_id: str, run_id: str) -> Run | None:
    """Look up one run."""
    with create_session(scoped=False) as session:
        query = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        found = _runs(session, dag_id, session.scalars(query).all())
        return found[0] if found else None


def newest_runs(
    dag_id: str, conditions: "Sequence[ColumnElement[bool]]" = (), *, limit: int, offset: int = 0
) -> list[Run]:
    """List runs of a DAG, the newest first, or those of them that meet some conditions."""
    with create_session(scoped=False) as session:
        newest = select(DagRun).where(DagRun.dag_id == dag_id, *conditions)
        newest = newest.order_by(DagRun.run_after.desc(), DagRun.id.desc()).limit(limit).offset(offset)
        return _runs(session, dag_id, session.scalars(newest).all())


def named_runs(dag_id: str, run_ids: Sequence[str]) -> list[Run]:
    """Look up runs of a DAG, in the order of their ids; those that are not there are left out."""
    with create_session(scoped=False) as session:
        query = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id.in_(run_ids))
        found = {run.run_id: run for run in session.scalars(query)}
        return _runs(session, dag_id, [found[each] for each in run_ids if each in found])


def figures_of_runs(
    dag_id: str, conditions: "Sequence[ColumnElement[bool]]" = (), *, limit: int
) -> dict[str, object]:
    """Read what the tasks of a DAG's newest runs told of their figures, by run id."""
    with create_session(scoped=False) as session:
        return _figures(session, dag_id, _newest_ids(session, dag_id, conditions, limit))


def newest_ids(dag_id: str, conditions: "Sequence[ColumnElement[bool]]" = (), *, limit: int) -> list[str]:
    """List the ids of a DAG's newest runs."""
    with create_session(scoped=False) as session:
        return _newest_ids(session, dag_id, conditions, limit)


def _newest_ids(
    session: "Session", dag_id: str, conditions: "Sequence[ColumnElement[bool]]", limit: int
) -> list[str]:
    newest = select(DagRun.run_id).where(DagRun.dag_id == dag_id, *conditions)
    return list(session.scalars(newest.order_by(DagRun.run_after.desc(), DagRun.id.desc()).limit(limit)))


def _together(one: str | None, other: str | None) -> str | None:
    """Tell the state of a task that several algorithms have an instance of: one that failed is left out."""
    return max((one, other), key=lambda state: _RANKS.get(state or "", _AT_WORK))


def _runs(session: "Session", dag_id: str, found: Sequence[DagRun]) -> list[Run]:
    run_ids = [run.run_id for run in found]
    columns = (TaskInstance.run_id, TaskInstance.task_id, TaskInstance.state, TaskInstance.start_date)
    of_runs = (TaskInstance.dag_id == dag_id, TaskInstance.run_id.in_(run_ids))
    instances = session.execute(select(*columns).where(*of_runs)).all()
    tasks: dict[str, dict[str, str | None]] = {run_id: {} for run_id in run_ids}
    # Sorted here, because databases differ in where they put a date that is absent.
    for row in sorted(instances, key=lambda row: (row.start_date or _NEVER, row.task_id)):
        of_run = tasks[row.run_id]
        of_run[row.task_id] = _together(of_run.get(row.task_id, row.state), row.state)
    told = {
        (row.run_id, row.key): text_of(row.value, _NO_NAME)
        for row in session.execute(
            select(XComModel.run_id, XComModel.key, XComModel.value).where(
                XComModel.dag_id == dag_id,
                XComModel.run_id.in_(run_ids),
                XComModel.task_id.in_((PLAN_RUN, DOWNLOAD_DATA)),
                XComModel.key.in_((BUCKET, BUCKET_OWNER, DEPLOYMENT_ID, DATA)),
            )
        )
    }
    failures: dict[str, dict[str, str]] = {run_id: {} for run_id in run_ids}
    of_failures = select(XComModel.run_id, XComModel.task_id, XComModel.value).where(
        XComModel.dag_id == dag_id, XComModel.run_id.in_(run_ids), XComModel.key == FAILURE
    )
    for row in session.execute(of_failures):
        failures[row.run_id][row.task_id] = text_of(row.value, _NO_NAME)
    figures = _figures(session, dag_id, run_ids)
    return [
        Run(
            dag_id=dag_id,
            run_id=run.run_id,
            state=str(run.state),
            run_after=run.run_after,
            tasks=tasks[run.run_id],
            bucket=told.get((run.run_id, BUCKET)),
            bucket_owner=told.get((run.run_id, BUCKET_OWNER)),
            deployment_id=told.get((run.run_id, DEPLOYMENT_ID)),
            data=told.get((run.run_id, DATA)),
            failures=failures[run.run_id],
            figures=figures.get(run.run_id),
        )
        for run in found
    ]


def _figures(session: "Session", dag_id: str, run_ids: Sequence[str]) -> dict[str, object]:
    """Read what the gate's task told, or, in a version where it did not, what the evaluation returned."""
    told = (XComModel.task_id == CHECK_QUALITY) & (XComModel.key == FIGURES)
    returned = (XComModel.task_id == EVALUATE_MODEL) & (XComModel.key == XCOM_RETURN_KEY)
    of_figures = select(XComModel.run_id, XComModel.task_id, XComModel.value).where(
        XComModel.dag_id == dag_id, XComModel.run_id.in_(run_ids), told | returned
    )
    rows = sorted(session.execute(of_figures).all(), key=lambda row: row.task_id == CHECK_QUALITY)
    return {row.run_id: json_of(row.value) for row in rows}
