"""Parts of the cluster in docker-compose.yaml as processes on this machine, without Docker.

Each part gets the command, the environment and the secret files that the compose file gives it, with what
`.env` says, and nothing else. Only places differ: folders, ports, and where PostgreSQL, Redis and local AWS
are. Parts share no folder but the code's: each keeps its task logs to itself. A part has the name of its
service, with a number where it is a further one: `airflow-worker-2`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import honcho.environ
import httpx
import psutil

from local_stack.aws_key import read_key
from local_stack.make_env import write_env
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, free_port
from tests.project import PROJECT
from tests.services.local_aws_server import LocalAwsServer, local_aws_server
from tests.services.statsd_listener import StatsdListener, statsd_listener

_SECONDS_TO_START = 300.0
_SERVERS = ("airflow-apiserver", "airflow-execution")
_PARTS = ("scheduler", "dag-processor", "triggerer", "worker")


@dataclass(frozen=True)
class Cluster:
    """A cluster's folder and addresses."""

    document: dict[str, Any]
    folder: Path
    dags: Path
    redis_port: int
    ports: dict[str, int]
    """Of each part that answers HTTP, by its name."""
    local_aws: LocalAwsServer
    statsd: StatsdListener
    """In place of statsd-exporter."""
    parts: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    """What runs, by its name."""

    @property
    def secrets(self) -> Path:
        """The folder that `make env` fills."""
        return self.folder / ".secrets"

    @property
    def aws(self) -> LocalAwsClient:
        """Local AWS, asked as the connection `aws_default` asks it."""
        return LocalAwsClient(self.local_aws.url, REGION, read_key(self.secrets / "local_aws_key"))

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
        places = {"/run/secrets": self.secrets, "/tmp": home, "/opt/airflow": PROJECT}  # noqa: S108 - a container's own
        return re.sub("|".join(places), lambda found: str(places[found[0]]), text)

    def run(self, service: str) -> "subprocess.Popen[bytes]":
        """Start a part as the compose file does."""
        (self.folder / service).mkdir(exist_ok=True)
        words = [self.here(service, word).replace("$$", "$") for word in self._about(service)["command"]]
        with (self.folder / f"{service}.log").open("ab") as log:
            return subprocess.Popen(
                [*words, *self._options(service)],
                cwd=self.folder / service,
                env=self._environment(service),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, part: str) -> None:
        """Start a part that goes on running."""
        self.parts[part] = self.run(part)

    def stop(self, part: str) -> None:
        """End a part and what it has started, which is a session of its own."""
        stop(self.parts[part])

    def kill(self, part: str) -> None:
        """Kill a part and all that it has started, as a machine's end does."""
        process = psutil.Process(self.parts[part].pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.parts[part].wait()

    def memory(self) -> dict[str, int]:
        """Megabytes of each part and what it has started, pages that several share counted once in all."""
        parts = {part: psutil.Process(process.pid) for part, process in self.parts.items()}
        return {
            part: round(sum(proportional_size(one) for one in (root, *root.children(recursive=True))) / 1e6)
            for part, root in parts.items()
        }

    def start_what_has_ended(self) -> list[str]:
        """Start again the parts that have ended, as `restart: unless-stopped` does.

        Returns:
            Their names.
        """
        ended = [part for part, process in self.parts.items() if process.poll() is not None]
        for part in ended:
            self.start(part)
        return ended

    def is_healthy(self, service: str) -> bool:
        """Run a part's health check as the compose file does."""
        kind, *words = self._about(service)["healthcheck"]["test"]
        assert kind == "CMD"
        asked = subprocess.run(
            [self.here(service, word) for word in words],
            cwd=self.folder / service,
            env=self._environment(service),
            capture_output=True,
            check=False,
        )
        return asked.returncode == 0

    def _options(self, part: str) -> list[str]:
        """What stands in for a container's own address and name."""
        if part in _SERVERS:
            return ["--host", "127.0.0.1", "--port", str(self.ports[part]), "--workers", "1"]
        return [] if part in self.document["services"] else ["--celery-hostname", f"celery@{part}"]

    def _about(self, part: str) -> dict[str, Any]:
        about: dict[str, Any] = self.document["services"][re.sub(r"-\d+$", "", part)]
        return about

    def _environment(self, service: str) -> dict[str, str]:
        about, home = self._about(service), self.folder / service
        settings = honcho.environ.parse((self.folder / ".env").read_text())
        # As Compose does: a name without a value is given what .env says, or left out.
        given = {
            name: settings.get(name) if value is None else value
            for name, value in about["environment"].items()
        }
        environment = {
            name: self.here(service, str(value)) for name, value in given.items() if value is not None
        }
        return environment | {
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(self.statsd.port),
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
    document: dict[str, Any], folder: Path, dags: Path, database_url: str, settings: Mapping[str, str]
) -> Iterator[Cluster]:
    """Run all parts, on a database, a Redis and a local AWS of their own, until the block is left.

    Args:
        document: The compose file.
        folder: Of all that the parts keep.
        dags: The folder of DAG files.
        database_url: Of an empty database.
        settings: What a user adds to `.env`.
    """
    write_env(folder)
    with (folder / ".env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in settings.items())
    secrets = folder / ".secrets"
    (secrets / "database_url").write_text(database_url)
    # All parts are this user here.
    os.chown(secrets / "local_aws_key", os.getuid(), -1)
    ports = {name: free_port() for name in (*_SERVERS, "airflow-scheduler")}
    with (
        local_aws_server("--credentials-file", str(secrets / "local_aws_key")) as server,
        statsd_listener() as statsd,
        ExitStack() as stack,
    ):
        cluster = Cluster(document, folder, dags, free_port(), ports=ports, local_aws=server, statsd=statsd)
        for user in ("scheduler", "worker"):
            _replace_in(secrets / f"{user}_redis_url", "redis:6379", f"127.0.0.1:{cluster.redis_port}")
        connections = shutil.copy(secrets / "local_aws_connections.json", secrets / "connections.json")
        _replace_in(connections, "http://local-aws:5555", server.url)
        stack.callback(lambda: [stop(part) for part in cluster.parts.values()])
        redis = [cluster.here("redis", word) for word in document["services"]["redis"]["command"]]
        # Of this machine, where there is no volume: nothing on disk.
        place = ["--port", str(cluster.redis_port), "--bind", "127.0.0.1", "--appendonly", "no", "--save", ""]
        with (folder / "redis.log").open("wb") as log:
            queue = subprocess.Popen([*redis, *place], cwd=folder, stdout=log, start_new_session=True)
        stack.callback(stop, queue)
        assert cluster.run("airflow-init").wait(timeout=_SECONDS_TO_START) == 0, (
            folder / "airflow-init.log"
        ).read_text()
        for service in (*_SERVERS, *(f"airflow-{name}" for name in _PARTS)):
            cluster.start(service)
        cluster.wait("the UI", lambda: cluster.answers("airflow-apiserver", "/api/v2/version"))
        cluster.wait("the execution API", lambda: cluster.answers("airflow-execution", "/execution/health"))
        yield cluster


def _replace_in(file: Path, name: str, place: str) -> None:
    """Put an address of this machine in place of a container's."""
    text = file.read_text()
    assert name in text
    file.write_text(text.replace(name, place))


def proportional_size(process: psutil.Process) -> int:
    """Bytes of a process, of shared pages its share; 0 of one that has just ended."""
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_full_info().pss)
    return 0


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a part and what it has started, which is a session of its own."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
