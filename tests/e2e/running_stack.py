"""The local stack while it runs, and what a test asks of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from include.pipeline.documents.plan import PlanReference
from local_stack.airflow_api import AirflowApi, RunState, TaskState
from local_stack.demo import DAG_ID
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, LocalStack
from tests.aws.clients import STRANGER
from tests.project import DEPLOYMENT_ID
from tests.services.airflow_database import migrated_database
from tests.services.airflow_runs import end_of_run
from tests.services.deployment_limits import limits_setting

_RUN_SECONDS = 2400
_LIMITS: dict[str, Any] = {
    "buckets": ["bucket-of-one-run", "bucket-with-versions", "bucket-of-a-stranger", "bucket-in-ireland"],
    "partner_buckets": {"bucket-of-a-partner": STRANGER},
    "keep_endpoint": True,
    "delete_data": True,
}


@dataclass(frozen=True)
class FinishedRun:
    """A run that is over."""

    dag_id: str
    state: RunState
    tasks: dict[str, TaskState]
    airflow: AirflowApi

    def xcom(self, task_id: str, key: str = "return_value") -> Any:
        return self.airflow.xcom(self.dag_id, self.state.dag_run_id, task_id, key)

    def returned(self, task_id: str) -> Any:
        """What a task returned; None where that was nothing."""
        try:
            return self.xcom(task_id)
        except httpx.HTTPStatusError as error:
            if error.response.status_code != HTTPStatus.NOT_FOUND:
                raise
            return None

    def log(self, task_id: str) -> str:
        lines = self.airflow.log_tail(self.dag_id, self.state.dag_run_id, self.tasks[task_id], lines=100)
        return "\n".join(lines)

    @property
    def plan(self) -> PlanReference:
        return PlanReference.model_validate(self.xcom("plan_run"))


@dataclass(frozen=True)
class RunningStack:
    """A stack that is ready for runs."""

    airflow: AirflowApi
    aws: LocalAwsClient
    local: LocalStack

    @property
    def logs(self) -> Path:
        """The folder of the tasks' logs."""
        return self.local.home / "logs"

    @property
    def passwords(self) -> tuple[str, ...]:
        """What Airflow is to keep to itself: the connection's, the Fernet key, the administrator's."""
        environment = self.local.environment()
        return (
            json.loads(environment["AIRFLOW_CONN_AWS_DEFAULT"])["password"],
            environment["AIRFLOW__CORE__FERNET_KEY"],
            self.local.password,
        )

    def set_variable(self, name: str, value: str) -> None:
        """Set an Airflow Variable, as an administrator does."""
        self.airflow._client.post("/api/v2/variables", json={"key": name, "value": value}).raise_for_status()

    def run_all(self, confs: Sequence[dict[str, Any]]) -> list[FinishedRun]:
        """Trigger runs by hand at the same time and wait for all."""
        runs = [self.airflow.trigger(DAG_ID, conf) for conf in confs]
        return [self.finish(run) for run in runs]

    def run(self, conf: dict[str, Any], dag_id: str = DAG_ID) -> FinishedRun:
        """Trigger a run by hand and wait for its end."""
        return self.finish(self.airflow.trigger(dag_id, conf), dag_id)

    def finish(self, run: RunState, dag_id: str = DAG_ID) -> FinishedRun:
        """Wait for a run's end."""
        ended = end_of_run(self.airflow, dag_id, run.dag_run_id, _RUN_SECONDS)
        tasks = {task.task_id: task for task in self.airflow.tasks(dag_id, run.dag_run_id)}
        return FinishedRun(dag_id, ended, tasks, self.airflow)


@contextmanager
def running_stack(home: Path, local_data: Path, settings: Mapping[str, str]) -> Iterator[RunningStack]:
    """Start a stack without a triggerer."""
    with migrated_database() as database_url:
        local = LocalStack(
            home,
            variables={
                "source_local_folder": str(local_data),
                "sagemaker_deployment_id": DEPLOYMENT_ID,
            },
            settings={**limits_setting(home, **_LIMITS), **settings},
            database_url=database_url,
        )
        with local.running("local_aws", "api_server", "scheduler", "dag_processor", dag_id=DAG_ID) as airflow:
            yield RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)
