"""The cluster of docker-compose.yaml as real processes, with its commands, environment and secrets.

Whoever runs code in one part holds that part's secrets, and can do no other part's work. Two workers that
share no disk share the work of a run, which survives the death of most parts. Each part's health check tells
whether it lives.
"""

import base64
import hashlib
import json
import resource
import shutil
import signal
import time
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import jwt
import psutil
import psycopg2
import pytest
import redis
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from tests.cluster.compose_file import COMPOSE, HOLDS
from tests.cluster.pipeline_run import (
    OnCluster,
    Recovery,
    database_url,
    end_database_connections,
    on_cluster,
    xcoms_in_database,
)
from tests.deploy.metrics.exported import exported, shown
from tests.project import PROJECT
from tests.services.airflow_database import airflow_database
from tests.services.cluster import Cluster, running_cluster
from tests.services.containers import wait_for_containers

ASKED = {name for name in HOLDS if name.startswith("airflow-")} - {"airflow-init"}
"""The parts with a health check: each worker has the first's, by the name of its machine."""
LOGS = "task-logs"
XCOM_BYTES = 2048
HEARTBEAT_SECONDS = 30
RUN_SECONDS = 600
# What docs/cluster.md has users write into .env: for local AWS, for logs and XComs where workers share no
# disk, and for a killed worker that is missed sooner.
SETTINGS = {
    "AIRFLOW_VAR_SAGEMAKER_ROLE": "arn:aws:iam::123456789012:role/sagemaker",
    "AIRFLOW__LOGGING__REMOTE_LOGGING": "true",
    "AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER": f"s3://{LOGS}/logs",
    "AIRFLOW__CORE__XCOM_BACKEND": "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend",
    "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH": f"s3://aws_default@{LOGS}/xcom",
    "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD": str(XCOM_BYTES),
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(HEARTBEAT_SECONDS),
}

DAG = """
from airflow.sdk import Variable, dag, task

@dag(dag_id="looks_around", schedule=None)
def looks_around():
    @task
    def look():
        import os
        Variable.set("kept", "by the worker")
        return {"variable": Variable.get("kept"), "environment": dict(os.environ)}
    look()

looks_around()
"""


def key_id(private: Any) -> str:
    """The name of a key, by which Airflow looks for it: RFC 7638's thumbprint of what Airflow makes of it."""
    public = OKPAlgorithm().to_jwk(private.public_key(), as_dict=True)
    text = json.dumps(public, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def forged(held: dict[str, str], audience: str, subject: str) -> Iterator[str]:
    """Every token that somebody could sign with what a part holds, for whoever the subject is."""
    now = int(time.time())
    claims = {"sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + 600, "jti": uuid4().hex}
    claims |= {"scope": "execution"}
    yield jwt.encode(claims, "", algorithm="none")
    keys = {value for text in held.values() for value in (text, urlsplit(text).password or text)}
    for key in sorted(keys - {""}):
        if "PRIVATE KEY" in key:
            private = load_pem_private_key(key.encode(), password=None)
            yield jwt.encode(claims, private, algorithm="EdDSA", headers={"kid": key_id(private)})
            continue
        with warnings.catch_warnings(action="ignore"):  # of keys shorter than their hash
            for algorithm in ("HS256", "HS512"):
                yield jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "not-used"})


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server on the PATH")
    folder = tmp_path_factory.mktemp("cluster")
    dags = folder / "dags"
    dags.mkdir()
    (dags / "looks_around.py").write_text(DAG)
    shutil.copy(PROJECT / "dags" / "model_pipelines.py", dags)
    began = time.monotonic()
    with (
        airflow_database() as database,
        running_cluster(COMPOSE, folder, dags, database, SETTINGS) as started,
    ):
        # For docs/reliability.md, as what else is printed here.
        print(f"started in {time.monotonic() - began:.0f} s, the migration of an empty database among them")
        started.aws.s3.create_bucket(Bucket=LOGS)
        yield started


@pytest.fixture(scope="module")
def two_workers(cluster: Cluster) -> Iterator[OnCluster]:
    cluster.start("airflow-worker-2")
    with on_cluster(cluster) as user:
        yield user
    cluster.stop("airflow-worker-2")
    del cluster.parts["airflow-worker-2"]


@pytest.fixture(scope="module")
def whole(two_workers: OnCluster) -> dict[str, str]:
    """Checksums of what a run leaves on two workers, none of which dies."""
    began = time.monotonic()
    two_workers.start("whole")
    assert two_workers.user.wait("whole", RUN_SECONDS).state == "success"
    print(f"run in {time.monotonic() - began:.0f} s; megabytes:", two_workers.cluster.memory())
    run = two_workers.aftermath("whole")
    assert run.billing() == []
    return run.checksums()


@pytest.fixture
def admin(cluster: Cluster) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cluster.url("airflow-apiserver"), timeout=60) as client:
        password = (cluster.secrets / "admin_password").read_text()
        answer = client.post("/auth/token", json={"username": "admin", "password": password})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        yield client


def as_administrator(cluster: Cluster, holder: str) -> set[int]:
    """What the API for people says to the tokens that a part can forge; 1 is the administrator's number."""
    url = f"{cluster.url('airflow-apiserver')}/api/v2/connections"
    tokens = forged(cluster.held(holder), "apache-airflow", "1")
    return {httpx.get(url, headers={"Authorization": f"Bearer {t}"}, timeout=60).status_code for t in tokens}


def as_task(cluster: Cluster, holder: str) -> set[int]:
    """What the API of tasks says to the tokens that a part can forge, for a task that is not there."""
    url = f"{cluster.url('airflow-execution')}/execution/variables/absent"
    tokens = forged(cluster.held(holder), "urn:airflow.apache.org:task", str(uuid4()))
    return {httpx.get(url, headers={"Authorization": f"Bearer {t}"}, timeout=60).status_code for t in tokens}


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
def test_a_part_can_forge_the_tokens_only_that_it_signs_by_its_duty(cluster: Cluster) -> None:
    # That these two get through shows that the attack is one.
    assert httpx.codes.OK in as_administrator(cluster, "airflow-apiserver")
    assert httpx.codes.NOT_FOUND in as_task(cluster, "airflow-scheduler")
    for name in {name for name in HOLDS if name.startswith("airflow-")} - {"airflow-apiserver"}:
        assert as_administrator(cluster, name) <= {401, 403}, name
    strangers = {"airflow-apiserver", "airflow-dag-processor", "airflow-triggerer", "airflow-worker"}
    for name in strangers:
        assert as_task(cluster, name) <= {401, 403}, name


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
def test_a_worker_does_its_work_without_database_and_fernet_key(
    cluster: Cluster, admin: httpx.Client
) -> None:
    run = "/api/v2/dags/looks_around/dagRuns"
    cluster.wait("the DAG", lambda: admin.get("/api/v2/dags/looks_around").status_code == httpx.codes.OK)
    admin.patch("/api/v2/dags/looks_around", json={"is_paused": False}).raise_for_status()
    started = admin.post(run, json={"logical_date": None}).raise_for_status().json()
    run = f"{run}/{started['dag_run_id']}"
    cluster.wait("the run's end", lambda: admin.get(run).json()["state"] in {"success", "failed"})
    look = f"{run}/taskInstances/look"
    assert admin.get(run).json()["state"] == "success", admin.get(f"{look}/logs/1").text
    # What it returns is long, hence in S3, and Airflow has its address alone.
    ((place, text),) = xcoms_in_s3(cluster, "looks_around").items()
    assert len(text) >= XCOM_BYTES
    address = f"s3://aws_default@{LOGS}/{place}"
    assert admin.get(f"{look}/xcomEntries/return_value").json()["value"] == address
    seen = json.loads(text)
    assert seen["variable"] == "by the worker"
    others = {name for names in HOLDS.values() for name in names} - HOLDS["airflow-worker"]
    theirs = {name: (cluster.secrets / name).read_text() for name in others}
    environment = "\n".join(seen["environment"].values())
    assert [name for name, secret in theirs.items() if secret in environment] == []
    # The log reaches the UI through S3, without the key that would let a worker serve it.
    cluster.wait("its log", lambda: "looks_around.py" in admin.get(f"{look}/logs/1").text)


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("user", ["scheduler", "worker"])
def test_who_uses_the_queue_cannot_rule_the_redis(user: str, cluster: Cluster) -> None:
    connection = redis.Redis.from_url((cluster.secrets / f"{user}_redis_url").read_text())
    assert connection.ping()
    for order in ("CONFIG GET *", "FLUSHALL", "ACL LIST", "SHUTDOWN", "KEYS *"):
        with pytest.raises(redis.exceptions.NoPermissionError):
            connection.execute_command(*order.split())
    anybody = redis.Redis(port=cluster.redis_port)
    assert anybody.ping()
    with pytest.raises(redis.exceptions.NoPermissionError):
        anybody.get("celery")
    for client in (connection, anybody):
        client.close()


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
def test_a_run_is_shared_by_two_workers_that_share_no_disk(
    two_workers: OnCluster, whole: dict[str, str]
) -> None:
    assert {"metrics.json", "predictions.csv"} <= {place.rpartition("/")[2] for place in whole}
    for worker in ("airflow-worker", "airflow-worker-2"):
        assert "succeeded in" in (two_workers.cluster.folder / f"{worker}.log").read_text()
    cluster, user = two_workers.cluster, two_workers.user
    cluster.wait("the job's log", lambda: "train-logloss" in user.log("whole", "train_model"))
    cluster.wait("the last task's log", lambda: user.log("whole", "verify_teardown") != "")


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
@pytest.mark.usefixtures("whole")
def test_what_the_pipelines_tasks_tell_each_other_is_short(cluster: Cluster) -> None:
    told = xcoms_in_database(cluster, "whole")
    assert "return_value" in told
    assert [text for texts in told.values() for text in texts if "s3://aws_default@" in text] == []
    assert xcoms_in_s3(cluster, "bank_marketing") == {}


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
@pytest.mark.usefixtures("whole")
def test_the_parts_send_what_the_dashboard_shows(two_workers: OnCluster) -> None:
    cluster, seen = two_workers.cluster, two_workers.cluster.statsd
    pipeline = {"dag_id": "bank_marketing"}
    cluster.wait("the run's time", lambda: bool(seen.values("airflow.dagrun.duration.success", **pipeline)))
    cluster.wait("the figures", lambda: bool(seen.values("airflow.model.passed", **pipeline)))
    assert seen.values("airflow.model.passed", **pipeline) == [1]
    sagemaker = cluster.aws.client("sagemaker")
    job = sagemaker.describe_training_job(TrainingJobName=two_workers.aftermath("whole").key)
    billed = job["BillableTimeInSeconds"]
    # One ml.m4.xlarge, at 0.28 USD an hour.
    assert seen.values("airflow.sagemaker.billed_seconds", use="training", **pipeline) == [billed]
    cost = seen.values("airflow.sagemaker.cost_usd", use="training", **pipeline)
    assert cost == [pytest.approx(billed * 0.28 / 3600)]
    (endpoint,) = seen.values("airflow.sagemaker.billed_seconds", use="endpoint", **pipeline)
    assert 0 < endpoint < RUN_SECONDS
    # Nothing has failed.
    assert shown() - {"airflow_ti_failures"} <= {exported(metric) for metric in seen.names()}
    logs = {log.name: log.read_text() for log in cluster.folder.glob("*.log")}
    assert [name for name, text in logs.items() if "stat name" in text or "StatsClient" in text] == []


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
def test_a_run_survives_the_death_of_its_worker_of_scheduler_and_triggerer_and_of_all_connections(
    two_workers: OnCluster, whole: dict[str, str]
) -> None:
    cluster, user = two_workers.cluster, two_workers.user
    two_workers.start("survivor")
    server = psutil.Process(cluster.local_aws.process.pid)
    (container,) = wait_for_containers(server, "train", signal.SIGSTOP, RUN_SECONDS)
    worker = two_workers.worker_of("survivor", "train_model")
    recovery = Recovery(cluster)
    for part in (worker, "airflow-scheduler", "airflow-triggerer"):
        cluster.kill(part)
    assert end_database_connections(cluster) > 0
    healthy = {part: partial(cluster.is_healthy, part) for part in ASKED}
    recovery.wait(healthy | {"train_model": lambda: user.task("survivor", "train_model").try_number == 2})
    container.send_signal(signal.SIGCONT)
    recovery.wait({"end of the run": lambda: user.api.run("bank_marketing", "survivor").is_over})
    print({name: round(seconds) for name, seconds in recovery.seconds.items()})
    assert user.api.run("bank_marketing", "survivor").state == "success"
    run = two_workers.aftermath("survivor")
    assert run.jobs() == ["Completed"]
    assert run.billing() == []
    assert run.checksums() == whole


def xcoms_in_s3(cluster: Cluster, dag_id: str) -> dict[str, str]:
    """Read what is kept of a DAG's XComs in S3, by its key."""
    listed = cluster.aws.s3.list_objects_v2(Bucket=LOGS, Prefix=f"xcom/{dag_id}/").get("Contents", ())
    objects = {entry["Key"]: cluster.aws.s3.get_object(Bucket=LOGS, Key=entry["Key"]) for entry in listed}
    return {key: found["Body"].read().decode() for key, found in objects.items()}


def processor_seconds_of_children() -> float:
    """What processes have taken that this one has started and that have ended."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def health_of_all(cluster: Cluster) -> dict[str, bool]:
    return {name: cluster.is_healthy(name) for name in ASKED}


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(1200)
def test_the_health_checks_tell_who_lives(cluster: Cluster) -> None:
    well = dict.fromkeys(ASKED, True)
    cluster.wait("health", lambda: health_of_all(cluster) == well)
    before = processor_seconds_of_children()
    assert health_of_all(cluster) == well
    spent = processor_seconds_of_children() - before
    print(f"health checks: {spent:.2f} s of a processor in all")
    # Each is asked every 30 seconds: a twentieth of a processor.
    assert spent < 0.05 * 30
    dead = ("airflow-triggerer", "airflow-dag-processor", "airflow-worker")
    for name in dead:
        cluster.stop(name)
    # As if a minute had gone by.
    with psycopg2.connect(database_url(cluster)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET latest_heartbeat = latest_heartbeat - interval '1 minute'"
            " WHERE job_type <> 'SchedulerJob'"
        )
    connection.close()
    assert health_of_all(cluster) == well | dict.fromkeys(dead, False)
