"""Airflow on PostgreSQL and local AWS, with a proxy between them, each of which a test may kill."""

import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import PlanReference
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, LocalStack
from tests.e2e.changed_project import changed_project
from tests.faults.airflow_user import AirflowUser
from tests.faults.aws_proxy import Answer, AwsProxy, Exchange
from tests.faults.injection import Injection
from tests.faults.pipelines import SOURCE, SOURCES, add_pipelines, use_the_model
from tests.project import DEPLOYMENT_ID
from tests.services.airflow_database import database_lost, migrated_database, without_driver
from tests.services.deployment_limits import limits_setting
from tests.services.local_aws_server import CREDENTIALS_FILE, LocalAwsServer, start_local_aws, stop_local_aws

# A fault is noticed within seconds, not within the five minutes that suit production.
_AIRFLOW_CFG = """
[scheduler]
task_instance_heartbeat_timeout = 20
task_instance_heartbeat_timeout_detection_interval = 3
scheduler_health_check_threshold = 15
orphaned_tasks_check_interval = 5

[workers]
min_heartbeat_interval = 3
"""
_CLUSTER_POLICY = """
from datetime import timedelta

from include.processes.process_start import tune_process

tune_process()


def dag_policy(dag):
    if not dag.dag_id.endswith(("_serve", "_rollback")):
        dag.max_active_runs = 16


def wait_in_the_triggerer(context):
    if "deferred" in context["run_id"]:
        context["task"].deferrable = True


def task_policy(task):
    task.retry_delay = timedelta(seconds=1)
    if hasattr(task, "deferrable"):
        task.on_execute_callback = [wait_in_the_triggerer]
    if task.task_id == "deploy_endpoint":
        task.execution_timeout = timedelta(seconds=60)
"""
# The API server reads the logs from the disk.
_OPTIONS = dict.fromkeys(("scheduler", "triggerer"), ("--skip-serve-logs",))


@dataclass
class FaultyStack:
    """The stack, and the levers to break it."""

    user: AirflowUser
    aws: LocalAwsClient
    injection: Injection
    _local: LocalStack
    _proxy: AwsProxy
    _data_dir: Path
    _log: int
    _server: LocalAwsServer
    _database_url: str
    _scheduler: "subprocess.Popen[bytes]"
    _triggerer: "subprocess.Popen[bytes]"
    _dag_processor: "subprocess.Popen[bytes]"
    _of_triggerer: threading.Lock = field(default_factory=threading.Lock)

    def restart_local_aws(self) -> None:
        """Kill local AWS and all that it runs, and start it again on what it kept."""
        self._server.process.kill()
        stop_local_aws(self._server)
        self._server = start_local_aws("--data-dir", str(self._data_dir), stderr=self._log)
        self._proxy.upstream = urlsplit(self._server.url).netloc

    def restart_scheduler(self) -> None:
        """Kill the scheduler, its executor's workers and their tasks, and start another."""
        _kill(self._scheduler)
        self._scheduler = _start(self._local, "scheduler")

    def restart_triggerer(self) -> None:
        """Kill the triggerer with all that waits in it, and start another."""
        with self.without_triggerer():
            pass

    @contextmanager
    def without_triggerer(self) -> Iterator[None]:
        """Kill the triggerer, and start another when the block is left."""
        # Cells that go on at the same time would each start one, of which all but the last would stay.
        with self._of_triggerer:
            _kill(self._triggerer)
            try:
                yield
            finally:
                self._triggerer = _start(self._local, "triggerer")

    def lose_database(self, seconds: float) -> None:
        """Take the database away from Airflow for a while, and start again what has ended over it.

        So does what watches over Airflow's processes in a cluster: `restart: unless-stopped`.
        """
        with database_lost(self._database_url):
            time.sleep(seconds)
        for name in ("scheduler", "triggerer", "dag_processor"):
            process: subprocess.Popen[bytes] = getattr(self, f"_{name}")
            # What is to end over it does so at its next look at the database.
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                continue
            setattr(self, f"_{name}", _start(self._local, name.replace("_", "-")))

    def manifest(self, run_id: str, dag_id: str) -> RunManifest:
        """Read the manifest of a run that is over."""
        plan = PlanReference.model_validate(self.user.xcom(run_id, "plan_run", dag_id))
        uri = plan.locations.manifest
        return RunManifest.read(read_object(self.aws.s3, uri), uri)

    def sweep(self) -> None:
        """Let the janitor pass once."""
        run_id = f"sweep__{uuid.uuid4().hex}"
        self.user.trigger(run_id, {}, "sagemaker_janitor")
        state = self.user.wait(run_id, 300, "sagemaker_janitor").state
        assert state == "success", self.user.log(run_id, "sweep_leftovers", "sagemaker_janitor")
        # Else the clock would start it, too.
        self.user.pause("sagemaker_janitor")

    @property
    def local_aws_process(self) -> psutil.Process:
        return psutil.Process(self._server.process.pid)

    def close(self) -> None:
        processes = (self._scheduler, self._triggerer, self._dag_processor)
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                # Where a test has failed, there are tasks that still wait for AWS.
                _kill(process)
        stop_local_aws(self._server)


@contextmanager
def faulty_stack(folder: Path, buckets: Collection[str]) -> Iterator[FaultyStack]:
    """Runs the stack until the block is left.

    Args:
        folder: Of all that it keeps.
        buckets: That its runs may have for their own.
    """
    with migrated_database() as database_url, (folder / "local_aws.log").open("ab") as log:
        server = start_local_aws("--data-dir", str(folder / "aws"), stderr=log.fileno())
        injections: list[Injection] = []

        def answer(exchange: Exchange) -> Answer:
            return injections[0].answer(exchange) if injections else exchange.forward()

        proxy = AwsProxy(urlsplit(server.url).netloc, answer)
        home = folder / "airflow"
        limits = limits_setting(
            folder,
            buckets=list(buckets),
            roles=["no-such-role"],
            s3_sources=SOURCES,
            keep_endpoint=True,
            delete_data=True,
        )
        local = LocalStack(
            home,
            local_aws_port=proxy.server_port,
            database_url=database_url,
            variables={"sagemaker_deployment_id": DEPLOYMENT_ID, "sagemaker_janitor_dry_run": "false"},
            # Without the stack's own airflow_local_settings.
            settings=changed_project(folder / "project", use_the_model)
            | {"PYTHONPATH": str(folder / "project")}
            | limits,
        )
        add_pipelines(folder / "project" / "include" / "datasets", buckets)
        (home / "config").mkdir(parents=True)
        # The server is not of the stack's Procfile.
        shutil.copy(CREDENTIALS_FILE, local.aws_credentials)
        (home / "airflow.cfg").write_text(_AIRFLOW_CFG)
        (home / "config" / "airflow_local_settings.py").write_text(_CLUSTER_POLICY)
        with proxy.running():
            started = [_start(local, name) for name in ("scheduler", "triggerer", "dag-processor")]
            stack = None
            try:
                with local.running("api_server", dag_id=DAG_ID) as airflow:
                    # Many ask at the same time, and the server shares its processors with their runs.
                    airflow._client.timeout = 120
                    user = AirflowUser(airflow)
                    injections.append(Injection(without_driver(database_url)))
                    aws = LocalAwsClient(proxy_url(proxy), REGION, local.aws_key)
                    bucket, key = SOURCE.removeprefix("s3://").split("/")
                    aws.s3.create_bucket(Bucket=bucket)
                    aws.s3.put_object(Bucket=bucket, Key=key, Body=SAMPLE.read_bytes())
                    stack = FaultyStack(
                        user,
                        aws,
                        injections[0],
                        local,
                        proxy,
                        folder / "aws",
                        log.fileno(),
                        server,
                        database_url,
                        *started,
                    )
                    yield stack
            finally:
                if stack:
                    stack.close()
                else:
                    for process in started:
                        _kill(process)
                    stop_local_aws(server)


def proxy_url(proxy: AwsProxy) -> str:
    return f"http://127.0.0.1:{proxy.server_port}"


def _kill(process: "subprocess.Popen[bytes]") -> None:
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    for child in children:
        if child.is_running():
            child.kill()


def _start(local: LocalStack, name: str) -> "subprocess.Popen[bytes]":
    with (local.home / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "airflow", name, *_OPTIONS.get(name, ())],
            env=local.environment(),
            # Not the project itself, which would come before its changed copy.
            cwd=local.home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
