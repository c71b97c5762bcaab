"""A run of the bundled pipeline on the cluster: who works on it, and how soon the cluster recovers."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

import psutil
import psycopg2

from include.pipeline.documents.plan import PlanReference
from local_stack.airflow_api import AirflowApi
from tests.faults.aftermath import Aftermath
from tests.faults.airflow_user import AirflowUser
from tests.services.airflow_database import without_driver
from tests.services.cluster import Cluster

SAMPLE = "/opt/airflow/include/datasets/bank_marketing_sample.csv"


@dataclass(frozen=True)
class OnCluster:
    """A user of a cluster, and what the user's runs leave."""

    cluster: Cluster
    user: AirflowUser
    deployment: str

    def start(self, run_id: str) -> None:
        """Trigger a run that trains."""
        data_url = self.cluster.here("airflow-worker", SAMPLE)
        self.user.trigger(run_id, {"data_url": data_url, "force_retrain": True})

    def aftermath(self, run_id: str) -> Aftermath:
        """What there is of a run, once it has a plan."""
        plan = PlanReference.model_validate(self.user.xcom(run_id, "plan_run"))
        return Aftermath(self.cluster.aws, run_id, plan.bucket, self.deployment)

    def worker_of(self, run_id: str, task_id: str) -> str:
        """Name the worker that works on a task."""
        asked = "SELECT id::text FROM task_instance WHERE run_id = %s AND task_id = %s"
        database = psycopg2.connect(database_url(self.cluster))
        with closing(database), database.cursor() as cursor:
            cursor.execute(asked, (run_id, task_id))
            ((instance,),) = cursor.fetchall()
        title = f"airflow worker -- {instance}"
        (name,) = (part for part, process in self.cluster.parts.items() if title in titles_below(process.pid))
        return name


def titles_below(pid: int) -> list[str]:
    """What all processes call themselves that one has started, and what these have."""
    titles = []
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            titles.append(" ".join(process.cmdline()).strip())
    return titles


@contextmanager
def on_cluster(cluster: Cluster) -> Iterator[OnCluster]:
    """Log in as the administrator, until the block is left."""
    password = (cluster.secrets / "admin_password").read_text()
    with AirflowApi(cluster.url("airflow-apiserver"), "admin", password) as api:
        cluster.wait("the pipeline's DAG", lambda: api.is_ready("bank_marketing"))
        variable = api._client.get("/api/v2/variables/sagemaker_deployment_id").raise_for_status().json()
        yield OnCluster(cluster, AirflowUser(api), variable["value"])


def database_url(cluster: Cluster) -> str:
    """Name Airflow's database as PostgreSQL's own library takes it."""
    return without_driver((cluster.secrets / "database_url").read_text())


def xcoms_in_database(cluster: Cluster, run_id: str) -> dict[str, list[str]]:
    """Read what Airflow's database keeps of a run's XComs, by key: texts as they are, others as JSON."""
    found: dict[str, list[str]] = {}
    with closing(psycopg2.connect(database_url(cluster))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT key, value #>> '{}' FROM xcom WHERE run_id = %s", (run_id,))
        for key, value in cursor.fetchall():
            found.setdefault(key, []).append(value)
    return found


def end_database_connections(cluster: Cluster) -> int:
    """End every connection to Airflow's database.

    Returns:
        How many there were.
    """
    with closing(psycopg2.connect(database_url(cluster))) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(cursor.fetchall())


@dataclass
class Recovery:
    """How long after a moment each thing was there, in seconds."""

    cluster: Cluster
    _began: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def wait(self, things: dict[str, Callable[[], bool]]) -> None:
        """Wait for each of some things, and note when it was there; start what has ended meanwhile."""

        def look() -> bool:
            self.cluster.start_what_has_ended()
            for name in things.keys() - self.seconds.keys():
                if things[name]():
                    self.seconds[name] = time.monotonic() - self._began
            return things.keys() <= self.seconds.keys()

        self.cluster.wait(", ".join(things), look)
