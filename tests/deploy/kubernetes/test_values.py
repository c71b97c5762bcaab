"""The values for Airflow's Helm chart say what docker-compose.yaml does, and hold no secret.

The chart's own schema has 770 kB and is not here: `make kubernetes CHART=folder` holds the values to it.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.cluster.compose_file import COMPOSE
from tests.deploy.metrics.exported import RULES
from tests.project import PROJECT

VALUES: dict[str, Any] = yaml.safe_load((PROJECT / "deploy" / "kubernetes" / "values.yaml").read_text())
PARTS = {
    "airflow-worker": VALUES["workers"]["celery"],
    "airflow-triggerer": VALUES["triggerer"],
    "airflow-scheduler": VALUES["scheduler"],
    "airflow-dag-processor": VALUES["dagProcessor"],
}
SERVICES = COMPOSE["services"]


def options() -> dict[str, str]:
    """The options of Airflow's configuration, named as in an environment."""
    return {
        f"AIRFLOW__{section}__{name}".upper().replace(".", "_"): str(value).lower()
        for section, section_options in VALUES["config"].items()
        for name, value in section_options.items()
    }


def words(node: Any) -> Iterator[str]:
    """Every text below a node."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from words(one)
    else:
        yield str(node)


def test_it_is_the_same_image_and_the_same_airflow() -> None:
    image = VALUES["images"]["airflow"]
    assert f"{image['repository'].rpartition('/')[2]}:{image['tag']}" == SERVICES["airflow-worker"]["image"]
    lock = (PROJECT / "requirements-production.txt").read_text()
    assert re.findall(r"^apache-airflow==(\S+)", lock, re.MULTILINE) == [VALUES["airflowVersion"]]
    (uid,) = re.findall(r"^ARG AIRFLOW_UID=(\d+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    pod = VALUES["securityContexts"]["pod"]
    assert {VALUES["uid"], pod["runAsUser"], pod["runAsGroup"], pod["fsGroup"]} == {int(uid)}


def test_settings_are_those_of_the_compose_file() -> None:
    own = {
        "AIRFLOW__LOGGING__REMOTE_LOGGING",
        "AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER",
        "AIRFLOW__CORE__XCOM_BACKEND",
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH",
        "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD",
        "AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY",
    }
    composed: dict[str, str] = {}
    for service in SERVICES.values():
        composed |= {name: str(value).lower() for name, value in service.get("environment", {}).items()}
    found = options()
    assert own <= set(composed), "they are the user's in .env"
    assert {name: found[name] for name in set(found) - own} == {
        name: composed[name] for name in set(found) - own
    }
    assert VALUES["executor"] == SERVICES["airflow-worker"]["environment"]["AIRFLOW__CORE__EXECUTOR"]
    # What the chart sets itself, and names, passwords and places.
    of_chart = re.compile(
        r"__CORE__(EXECUTOR|AUTH_MANAGER|LOAD_EXAMPLES|EXECUTION_API)|STATSD_(ON|HOST|PORT)"
        r"|_CMD$|_KEY_PATH$|BASE_URL$|SECRETS__|_VAR_|SQL_ALCHEMY|HEARTBEAT_TIMEOUT|AIRFLOW_CONFIG"
    )
    airflows = {name for name in composed if name.startswith("AIRFLOW_")}
    assert {name for name in airflows - set(found) if not of_chart.search(name)} == set()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_asked_as_in_the_compose_file(part: str) -> None:
    kind, *composed = SERVICES[part]["healthcheck"]["test"]
    assert kind == "CMD"
    asked = PARTS[part]["livenessProbe"]["command"]
    if part == "airflow-scheduler":
        assert asked == composed == VALUES["scheduler"]["startupProbe"]["command"]
        return
    shell, option, line = asked
    assert (shell, option) == ("bash", "-c")
    # There the address lies in a file, here in the environment.
    *same, place = composed
    assert place.startswith("/run/secrets/")
    assert re.fullmatch(rf'exec {re.escape(" ".join(same))} <\(printf %s "\$AIRFLOW__[A-Z_]+"\)', line)


def test_no_script_of_airflows_own_image_is_called() -> None:
    assert [name for name, part in PARTS.items() if part["logGroomerSidecar"] != {"enabled": False}] == []
    assert [text for text in words(VALUES) if "/entrypoint" in text or "/clean-logs" in text] == []


def test_secrets_are_in_secrets() -> None:
    assert set(VALUES["data"]) == {"metadataSecretName", "brokerUrlSecretName", "resultBackendSecretName"}
    assert {"fernetKeySecretName", "apiSecretKeySecretName", "jwtSecretName"} <= set(VALUES)
    assert not {"fernetKey", "apiSecretKey", "jwtSecret"} & set(VALUES)
    assert VALUES["createUserJob"] == VALUES["postgresql"] == VALUES["redis"] == {"enabled": False}
    assert [set(one) for one in VALUES["secret"]] == [{"envName", "secretName", "secretKey"}]
    assert [one["name"] for one in VALUES["env"] if "CONN" in one["name"] or "KEY" in one["name"]] == []


def test_a_container_may_do_little_and_has_a_bound() -> None:
    assert VALUES["securityContexts"]["pod"]["runAsNonRoot"] is True
    container = VALUES["securityContexts"]["container"]
    assert container == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    limits = {part: about["resources"]["limits"]["memory"] for part, about in PARTS.items()}
    for part, limit in limits.items():
        assert limit.lower() == f"{SERVICES[part]['mem_limit']}i", part
    assert VALUES["apiServer"]["resources"] == VALUES["scheduler"]["resources"]


def test_workers_come_and_go_and_keep_nothing() -> None:
    workers = VALUES["workers"]["celery"]
    assert workers["keda"]["enabled"] is True
    assert workers["persistence"] == VALUES["triggerer"]["persistence"] == {"enabled": False}
    assert (
        f"{workers['terminationGracePeriodSeconds'] // 60}m"
        == SERVICES["airflow-worker"]["stop_grace_period"]
    )


def test_prometheus_is_given_the_names_that_the_dashboard_asks_for() -> None:
    assert VALUES["statsd"]["overrideMappings"] == RULES


# Not a skip, which CI takes for a failure: the chart is no part of the project.
if CHART := os.environ.get("AIRFLOW_CHART"):
    SCHEMA: dict[str, Any] = json.loads((Path(CHART) / "values.schema.json").read_text())

    def test_the_charts_own_schema_takes_them() -> None:
        chart = yaml.safe_load((Path(CHART) / "Chart.yaml").read_text())
        assert (
            f"Helm chart, {chart['version']}:"
            in (PROJECT / "deploy" / "kubernetes" / "values.yaml").read_text()
        )
        jsonschema.Draft7Validator(SCHEMA).validate(VALUES)
        for misspelt in ({"executer": "CeleryExecutor"}, {"workers": {"celery": {"kedaa": {}}}}):
            assert not jsonschema.Draft7Validator(SCHEMA).is_valid(VALUES | misspelt)
