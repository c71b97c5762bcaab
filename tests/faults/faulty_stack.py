"""Airflow on PostgreSQL and local AWS, with a proxy between them, each of which a test may kill."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import PROJECT, REGION, LocalStack
from tests.airflow_database import airflow_database
from tests.faults.airflow_user import AirflowUser
from tests.faults.aws_proxy import Answer, AwsProxy, Exchange
from tests.faults.injection import Injection
from tests.local_aws_server import LocalAwsServer, start_local_aws, stop_local_aws

SOURCE = "s3://fault-source/bank_marketing_sample.csv"

# A fault is noticed within seconds, not within the five minutes that suit production.
_AIRFLOW_CFG = """
[scheduler]
task_instance_heartbeat_timeout = 20
task_instance_heartbeat_timeout_detection_interval = 3
scheduler_health_check_threshold = 15
orphaned_tasks_check_interval = 5

[workers]
min_heartbeat_interval = 1
"""
_CLUSTER_POLICY = """
from datetime import timedelta

from include.processes.process_start import tune_process

tune_process()


def dag_policy(dag):
    dag.max_active_runs = 16


def task_policy(task):
    task.retry_delay = timedelta(seconds=1)
    if task.task_id == "deploy_endpoint":
        task.execution_timeout = timedelta(seconds=60)
"""


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
    _scheduler: "subprocess.Popen[bytes]"

    def restart_local_aws(self) -> None:
        """Kill local AWS and all that it runs, and start it again on what it kept."""
        self._server.process.kill()
        stop_local_aws(self._server)
        self._server = start_local_aws("--data-dir", str(self._data_dir), stderr=self._log)
        self._proxy.upstream = urlsplit(self._server.url).netloc

    def restart_scheduler(self) -> None:
        """Kill the scheduler, its executor's workers and their tasks, and start another."""
        children = psutil.Process(self._scheduler.pid).children(recursive=True)
        self._scheduler.kill()
        self._scheduler.wait()
        for child in children:
            if child.is_running():
                child.kill()
        self._scheduler = _start_scheduler(self._local)

    def sweep(self) -> None:
        """Let the janitor pass once."""
        run_id = f"sweep__{uuid.uuid4().hex}"
        self.user.trigger(run_id, {"dry_run": False}, "sagemaker_janitor")
        assert self.user.wait(run_id, 300, "sagemaker_janitor").state == "success"

    @property
    def local_aws_process(self) -> psutil.Process:
        return psutil.Process(self._server.process.pid)

    def close(self) -> None:
        self._scheduler.terminate()
        self._scheduler.wait(timeout=60)
        stop_local_aws(self._server)


@contextmanager
def faulty_stack(folder: Path) -> Iterator[FaultyStack]:
    """Runs the stack until the block is left."""
    with airflow_database() as database_url, (folder / "local_aws.log").open("ab") as log:
        server = start_local_aws("--data-dir", str(folder / "aws"), stderr=log.fileno())
        injections: list[Injection] = []

        def answer(exchange: Exchange) -> Answer:
            return injections[0].answer(exchange) if injections else exchange.forward()

        proxy = AwsProxy(urlsplit(server.url).netloc, answer)
        home = folder / "airflow"
        local = LocalStack(
            home,
            local_aws_port=proxy.server_port,
            database_url=database_url,
            # Without the stack's own airflow_local_settings.
            settings={"PYTHONPATH": str(PROJECT)},
        )
        (home / "config").mkdir(parents=True)
        (home / "airflow.cfg").write_text(_AIRFLOW_CFG)
        (home / "config" / "airflow_local_settings.py").write_text(_CLUSTER_POLICY)
        with proxy.running():
            local.prepare()
            scheduler = _start_scheduler(local)
            stack = None
            try:
                with local.running("api_server", "dag_processor", dag_id=DAG_ID) as airflow:
                    user = AirflowUser(airflow)
                    injections.append(Injection(user))
                    aws = LocalAwsClient(proxy_url(proxy), REGION)
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
                        scheduler,
                    )
                    yield stack
            finally:
                if stack:
                    stack.close()
                else:
                    scheduler.kill()
                    stop_local_aws(server)


def proxy_url(proxy: AwsProxy) -> str:
    return f"http://127.0.0.1:{proxy.server_port}"


def _start_scheduler(local: LocalStack) -> "subprocess.Popen[bytes]":
    with (local.home / "scheduler.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "airflow", "scheduler", "--skip-serve-logs"],
            env=local.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
