import configparser
import json
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from local_stack.stack import LocalStack


def test_nothing_of_the_callers_account_or_airflow_reaches_the_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "AIRFLOW__CORE__FERNET_KEY", "AIRFLOW_CONN_OTHER"):
        monkeypatch.setenv(name, "the caller's")
    assert "the caller's" not in LocalStack(tmp_path).environment().values()


def test_airflow_is_pointed_to_local_aws(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, local_aws_port=5555)
    connection = json.loads(stack.environment()["AIRFLOW_CONN_AWS_DEFAULT"])
    assert connection["extra"]["endpoint_url"] == "http://127.0.0.1:5555"


def test_local_aws_and_airflow_have_the_key_of_this_start(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path)

    def keys() -> list[str]:
        environment = stack.environment()
        file = configparser.ConfigParser()
        file.read(environment["LOCAL_AWS_CREDENTIALS"])
        connection = json.loads(environment["AIRFLOW_CONN_AWS_DEFAULT"])
        profile = file["local-aws"]
        found = [profile["aws_access_key_id"], profile["aws_secret_access_key"]]
        assert [connection["login"], connection["password"]] == found
        assert profile["endpoint_url"] == stack.aws_url
        return found

    first = keys()
    assert keys() == first
    stack.renew_aws_key()
    assert not set(keys()) & set(first)
    assert stat.S_IMODE(stack.aws_credentials.stat().st_mode) == 0o600


def test_local_aws_keeps_its_state_where_the_stack_says_so_and_else_forgets_it(tmp_path: Path) -> None:
    assert LocalStack(tmp_path).environment()["LOCAL_AWS_DATA"] == ""
    kept = LocalStack(tmp_path, aws_data=tmp_path / "aws")
    assert kept.environment()["LOCAL_AWS_DATA"] == str(tmp_path / "aws")


def test_variables_are_passed_as_airflow_reads_them(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, variables={"source_local_folder": "/data"})
    assert stack.environment()["AIRFLOW_VAR_SOURCE_LOCAL_FOLDER"] == "/data"


def test_password_and_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    first, second, other = (LocalStack(tmp_path / name) for name in ("home", "home", "other"))
    assert first.password == second.password
    keys, again, others = (stack.environment() for stack in (first, second, other))
    for name in ("AIRFLOW__CORE__FERNET_KEY", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET"):
        assert keys[name] == again[name] != others[name]
    Fernet(keys["AIRFLOW__CORE__FERNET_KEY"])
    for file in (tmp_path / "home").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_port_is_its_own(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path)
    assert stack.airflow_port != stack.local_aws_port
