"""Each part of the cluster holds the secrets of its own work, as files."""

import os
import re
import stat
from pathlib import Path

from local_stack.make_env import write_env
from tests.cluster.compose_file import COMPOSE, HOLDS


def test_each_part_holds_its_own_secrets_and_no_other() -> None:
    services = COMPOSE["services"]
    assert {name: set(service.get("secrets", [])) for name, service in services.items()} == HOLDS
    assert set(COMPOSE["secrets"]) == set().union(*HOLDS.values())


def test_what_a_part_names_it_holds() -> None:
    for name, service in COMPOSE["services"].items():
        text = str([service.get("environment"), service.get("command")])
        named = {secret for secret in COMPOSE["secrets"] if f"/run/secrets/{secret}" in text}
        assert named == HOLDS[name], name


def test_no_secret_stands_in_an_environment_or_on_a_command_line() -> None:
    named = re.compile(
        r"PASSWORD(?!_FILE)|SECRET_KEY(?!_CMD)|FERNET_KEY(?!_CMD)|JWT_SECRET|_CONN_(?!CMD)|_URL(?!_CMD)"
    )
    # The last names a connection.
    without_secret = {
        "AIRFLOW__API__BASE_URL",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
        "AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID",
    }
    for name, service in COMPOSE["services"].items():
        names = {name for name in service.get("environment", {}) if named.search(name)}
        assert names <= without_secret, name
        assert "$" not in str(service.get("environment")), name
        words = str(
            [service.get("command"), service["healthcheck"]["test"] if "healthcheck" in service else ""]
        )
        assert "${" not in words, name
        assert "requirepass" not in words, name


def test_make_env_lets_nobody_else_through_to_the_secrets(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_env(tmp_path)
    finally:
        os.umask(before)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / ".env", tmp_path / ".secrets")
    }
    assert modes == {".env": 0o600, ".secrets": 0o700}
    files = {path.name for path in (tmp_path / ".secrets").iterdir()}
    # The user copies the last to connections.json.
    assert files == {*COMPOSE["secrets"], "local_aws_connections.json"}
    assert COMPOSE["secrets"] == {name: {"file": f".secrets/{name}"} for name in COMPOSE["secrets"]}
