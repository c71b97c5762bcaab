"""Local AWS and a real Airflow on this machine's loopback, started together and stopped together."""

import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from cryptography.fernet import Fernet

from local_stack.airflow_api import AirflowApi
from local_stack.aws_key import AwsKey, new_key, read_key, write_key
from local_stack.supervision.services import PROJECT, Services

LOCAL = Path(os.environ.get("LOCAL_STACK_FOLDER", PROJECT / ".local"))
USER = "admin"
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole-local"

_START_SECONDS = 300


class StackError(Exception):
    """The stack did not get ready, or the demo could not be brought to its end."""


def free_port() -> int:
    """Find a port that nothing on 127.0.0.1 listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def python_path(project: Path) -> str:
    """List where Airflow finds a copy of the project, and its `airflow_local_settings`."""
    return os.pathsep.join([str(project), str(project / "local_stack" / "airflow_settings")])


@dataclass(frozen=True)
class LocalStack:
    """Where the stack's parts live and listen."""

    home: Path
    """AIRFLOW_HOME: database, logs, password."""
    airflow_port: int = field(default_factory=free_port)
    local_aws_port: int = field(default_factory=free_port)
    variables: Mapping[str, str] = field(default_factory=dict)
    """Airflow Variables beside `sagemaker_role`."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Airflow's settings beside the stack's own: `{"AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE": "true"}`."""
    database_url: str | None = None
    """URL of a PostgreSQL for many runs at once; without it, SQLite in AIRFLOW_HOME."""
    aws_data: Path | None = None
    """Where local AWS keeps what outlives it; without it, that ends with the stack."""

    @property
    def airflow_url(self) -> str:
        """URL of the UI and the REST API."""
        return f"http://127.0.0.1:{self.airflow_port}"

    @property
    def aws_url(self) -> str:
        """URL of local AWS."""
        return f"http://127.0.0.1:{self.local_aws_port}"

    @property
    def password(self) -> str:
        """Password of the user `admin`: made on first use, kept in AIRFLOW_HOME."""
        file = self.home / "simple_auth_manager_passwords.json.generated"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps({USER: secrets.token_urlsafe(12)}), encoding="utf-8")
        password: str = json.loads(file.read_text(encoding="utf-8"))[USER]
        return password

    @property
    def aws_key(self) -> AwsKey:
        """Local AWS's access key: made on first use, kept in AIRFLOW_HOME until `renew_aws_key`."""
        if not self.aws_credentials.exists():
            self.renew_aws_key()
        return read_key(self.aws_credentials)

    @property
    def aws_credentials(self) -> Path:
        """The file of that key, for local AWS, SDKs and the AWS CLI."""
        return self.home / "aws_credentials"

    def renew_aws_key(self) -> None:
        """Make another key for the next start of local AWS."""
        write_key(self.aws_credentials, new_key(), REGION, self.aws_url)

    @property
    def _database(self) -> Path:
        return self.home / "airflow.db"

    def environment(self) -> dict[str, str]:
        """Build the environment of the stack's processes: nothing of the caller's AWS account or Airflow."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AIRFLOW", "AWS_", "PYTHONDONTWRITEBYTECODE"))
        }
        connection = {
            "conn_type": "aws",
            "login": self.aws_key.key_id,
            "password": self.aws_key.secret,
            "extra": {"region_name": REGION, "endpoint_url": self.aws_url},
        }
        # Airflow's parts know each other by it, and a browser that has logged in before.
        secret = self._kept("secret.key", lambda: secrets.token_hex(32).encode())
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": python_path(PROJECT),
            "PYTHONUNBUFFERED": "1",
            # Airflow reads plugins/.airflowignore in a way that a library of its own no longer likes.
            "PYTHONWARNINGS": "ignore:GitWildMatchPattern:DeprecationWarning",
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW_PORT": str(self.airflow_port),
            "LOCAL_AWS_PORT": str(self.local_aws_port),
            "LOCAL_AWS_CREDENTIALS": str(self.aws_credentials),
            "LOCAL_AWS_DATA": str(self.aws_data or ""),
            "AIRFLOW__API__BASE_URL": self.airflow_url,
            "AIRFLOW__API__SECRET_KEY": secret,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": secret,
            "AIRFLOW__AWS__SESSION_FACTORY": "include.processes.aws_sessions.SharedModelsSessionFactory",
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.airflow_url}/execution/",
            "AIRFLOW__CORE__EXECUTOR": "include.processes.prompt_executor.PromptExecutor",
            "AIRFLOW__CORE__FERNET_KEY": self._kept("fernet.key", Fernet.generate_key),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            # To read files anew that nobody changes takes a third of the processor while a run goes on.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.database_url
            or f"sqlite:///{self._database}?timeout=60",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0",
            # Only then a task hears that it has to stop; its default is 5 s.
            "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(connection),
            "AIRFLOW_VAR_SAGEMAKER_ROLE": ROLE,
            **{f"AIRFLOW_VAR_{name.upper()}": value for name, value in self.variables.items()},
            **self.settings,
        }

    def prepare(self) -> None:
        """Bring the database to Airflow's version; SQLite's is a copy of one that is migrated only once."""
        if self.database_url:
            self._migrate()
            return
        if self._database.exists():
            return
        template = LOCAL / f"airflow-{version('apache-airflow')}.db"
        self.home.mkdir(parents=True, exist_ok=True)
        if not template.exists():
            LOCAL.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=LOCAL) as folder:
                fresh = LocalStack(Path(folder))
                fresh._migrate()
                # Kept in the file: readers no longer lock out the one who writes.
                with closing(sqlite3.connect(fresh._database)) as connection:
                    connection.execute("PRAGMA journal_mode=WAL")
                fresh._database.rename(template)
        shutil.copyfile(template, self._database)

    def _migrate(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=self.environment(),
            check=True,
            capture_output=True,
        )

    def services(self, *names: str) -> Services:
        """Describe processes of the stack.

        Args:
            names: Names in the Procfile; none for all.
        """
        return Services(self.environment(), self.service_logs, names)

    @property
    def service_logs(self) -> Path:
        """Folder of their logs, a file each."""
        return self.home / "services"

    @contextmanager
    def running(self, *processes: str, dag_id: str) -> Iterator[AirflowApi]:
        """Run processes of the Procfile until the block is left, however it is left.

        Their output goes to `service_logs`.

        Args:
            processes: Names in the Procfile, the API server, scheduler and DAG processor among them.
            dag_id: The DAG that Airflow has to know before the block is entered.

        Yields:
            Airflow, ready for a run of the DAG.

        Raises:
            StackError: It did not get ready.
        """
        with (
            self.services(*processes).running() as keeper,
            AirflowApi(self.airflow_url, USER, self.password) as airflow,
        ):
            deadline = time.monotonic() + _START_SECONDS
            while not airflow.is_ready(dag_id):
                if keeper.poll() is not None or time.monotonic() > deadline:
                    raise StackError(f"Airflow did not start: see the logs in {self.service_logs}")
                time.sleep(0.3)
            yield airflow

    def _kept(self, name: str, make: Callable[[], bytes]) -> str:
        file = self.home / name
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_bytes(make())
        return file.read_text(encoding="ascii")
