"""Parts of the cluster in docker-compose.yaml as processes on this machine, without Docker.

Each part gets the command, the environment and the secret files that the compose file gives it, and nothing
else. Only places differ: folders, ports, and where PostgreSQL and Redis are.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from local_stack.make_env import write_env
from local_stack.stack import free_port
from tests.project import PROJECT

_SECONDS_TO_START = 300.0


@dataclass(frozen=True)
class Cluster:
    """A cluster's folder and addresses."""

    document: dict[str, Any]
    folder: Path
    dags: Path
    redis_port: int
    ports: dict[str, int]
    """Of each part that answers HTTP, by its service's name."""
    parts: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    """What runs, by its service's name."""

    @property
    def secrets(self) -> Path:
        """The folder that `make env` fills."""
        return self.folder / ".secrets"

    def url(self, service: str) -> str:
        """Address of an API server."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def held(self, service: str) -> dict[str, str]:
        """What a part could tell whoever runs code in it: its environment and its files."""
        about = self.document["services"][service]
        files = {name: (self.secrets / name).read_text() for name in about.get("secrets", [])}
        return {name: str(value) for name, value in about["environment"].items() if value is not None} | files

    def here(self, service: str, text: str) -> str:
        """A setting or a word of a command line, with the places of this machine."""
        text = text.replace("http://airflow-execution:8080", self.url("airflow-execution"))
        if service in self.ports:
            text = re.sub(r"http://127\.0\.0\.1:\d+", self.url(service), text)
        home = self.folder / service
        places = {"/run/secrets": self.secrets, "/tmp": home}  # noqa: S108 - a container's own
        return re.sub("|".join(places), lambda found: str(places[found[0]]), text)

    def run(self, service: str, *options: str) -> "subprocess.Popen[bytes]":
        """Start a part as the compose file does, with further options of its command line."""
        (self.folder / service).mkdir(exist_ok=True)
        words = [self.here(service, word).replace("$$", "$") for word in self._about(service)["command"]]
        with (self.folder / f"{service}.log").open("wb") as log:
            return subprocess.Popen(
                [*words, *options],
                cwd=self.folder / service,
                env=self._environment(service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, service: str, *options: str) -> None:
        """Start a part that goes on running."""
        self.parts[service] = self.run(service, *options)

    def stop(self, service: str) -> None:
        """End a part and what it has started, which is a session of its own."""
        stop(self.parts[service])

    def check(self, service: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a part's health check as the compose file does."""
        kind, *words = self._about(service)["healthcheck"]["test"]
        assert kind == "CMD"
        return subprocess.run(
            [self.here(service, word) for word in words],
            cwd=self.folder / service,
            env=self._environment(service),
            capture_output=True,
            check=False,
        )

    def _about(self, service: str) -> dict[str, Any]:
        about: dict[str, Any] = self.document["services"][service]
        return about

    def _environment(self, service: str) -> dict[str, str]:
        about, home = self._about(service), self.folder / service
        environment = {
            name: self.here(service, str(value))
            for name, value in about["environment"].items()
            if value is not None
        }
        return environment | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.folder / "logs"),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST": "127.0.0.1",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(self.ports["airflow-scheduler"]),
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
        }

    def wait(self, what: str, is_there: Callable[[], bool]) -> None:
        """Wait until something is there; fail with the logs of the parts where it does not come."""
        deadline = time.monotonic() + _SECONDS_TO_START
        while not is_there():
            if time.monotonic() > deadline:
                logs = {log.name: log.read_text()[-2000:] for log in self.folder.glob("*.log")}
                raise AssertionError(f"{what} did not come: {logs}")
            time.sleep(0.5)

    def answers(self, service: str, path: str) -> bool:
        """Whether an API server answers."""
        try:
            return httpx.get(f"{self.url(service)}{path}", timeout=10).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


@contextmanager
def running_cluster(
    document: dict[str, Any], folder: Path, dags: Path, database_url: str
) -> Iterator[Cluster]:
    """Run all parts, on a database and a Redis of their own, until the block is left."""
    servers = ("airflow-apiserver", "airflow-execution")
    ports = {name: free_port() for name in (*servers, "airflow-scheduler")}
    cluster = Cluster(document, folder, dags, redis_port=free_port(), ports=ports)
    write_env(folder)
    (cluster.secrets / "database_url").write_text(database_url)
    for user in ("scheduler", "worker"):
        url = cluster.secrets / f"{user}_redis_url"
        url.write_text(url.read_text().replace("redis:6379", f"127.0.0.1:{cluster.redis_port}"))
    with ExitStack() as stack:
        stack.callback(lambda: [stop(part) for part in cluster.parts.values()])
        redis = [cluster.here("redis", word) for word in document["services"]["redis"]["command"]]
        # Of this machine, where there is no volume: nothing on disk.
        place = ["--port", str(cluster.redis_port), "--bind", "127.0.0.1", "--appendonly", "no", "--save", ""]
        with (folder / "redis.log").open("wb") as log:
            server = subprocess.Popen([*redis, *place], cwd=folder, stdout=log, start_new_session=True)
        stack.callback(stop, server)
        assert cluster.run("airflow-init").wait(timeout=_SECONDS_TO_START) == 0, (
            folder / "airflow-init.log"
        ).read_text()
        for service in servers:
            cluster.start(service, "--host", "127.0.0.1", "--port", str(ports[service]), "--workers", "1")
        for service in ("scheduler", "dag-processor", "triggerer", "worker"):
            cluster.start(f"airflow-{service}")
        cluster.wait("the UI", lambda: cluster.answers("airflow-apiserver", "/api/v2/version"))
        cluster.wait("the execution API", lambda: cluster.answers("airflow-execution", "/execution/health"))
        yield cluster


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a part and what it has started, which is a session of its own."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
