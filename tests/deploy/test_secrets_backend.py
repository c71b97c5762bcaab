"""The connection to AWS comes from Secrets Manager, as docs/cluster.md has it; nothing else is asked for."""

import json
import shlex
from typing import Any

import boto3
import pytest
import yaml
from airflow.providers.amazon.aws.secrets.secrets_manager import SecretsManagerBackend
from moto import mock_aws

from tests.cluster.compose_file import COMPOSE
from tests.docs.pages import Page
from tests.project import PROJECT

BLOCKS = Page(PROJECT / "docs" / "cluster.md").blocks
(OVERRIDE,) = (yaml.safe_load(one.text) for one in BLOCKS if "SecretsManagerBackend" in one.text)
(COMMAND,) = (one.text for one in BLOCKS if "create-secret" in one.text)


@pytest.fixture
def settings() -> dict[str, Any]:
    named = {str(service["environment"]) for service in OVERRIDE["services"].values()}
    assert len(named) == 1
    found: dict[str, Any] = OVERRIDE["services"]["airflow-worker"]["environment"]
    return found


def test_the_parts_that_hold_connections_are_those_that_ask(settings: dict[str, Any]) -> None:
    backend = "AIRFLOW__SECRETS__BACKEND"
    parts = {name for name, one in COMPOSE["services"].items() if backend in one.get("environment", {})}
    assert set(OVERRIDE["services"]) == parts
    assert settings[backend] == f"{SecretsManagerBackend.__module__}.{SecretsManagerBackend.__name__}"


def test_a_connection_of_aws_is_found_and_others_are_not_asked_for(
    settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    words = shlex.split(COMMAND.replace("\\\n", " "), comments=True)
    secret = {name: words[words.index(name) + 1] for name in ("--name", "--secret-string")}
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="us-east-1")
        client.create_secret(Name=secret["--name"], SecretString=secret["--secret-string"])
        client.create_secret(Name="airflow/connections/other", SecretString="{}")
        backend = SecretsManagerBackend(**json.loads(settings["AIRFLOW__SECRETS__BACKEND_KWARGS"]))
        found = backend.get_connection("aws_default")
        assert found is not None
        assert (found.conn_type, found.extra_dejson) == ("aws", {"region_name": "us-east-1"})
        assert backend.get_conn_value("other") is None
        assert backend.get_variable("sagemaker_role") is None
        assert backend.get_config("sql_alchemy_conn") is None
