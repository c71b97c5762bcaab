"""The cluster's compose file and Dockerfile hold what Compose, Airflow and a careful reader expect of them.

No Docker engine is needed. Every rule is shown to find something in a document that breaks it.
"""

import copy
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any

import honcho.environ
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local_stack.aws_key import new_key
from local_stack.make_env import cluster_secrets, cluster_settings
from tests import compose_rules
from tests.compose_rules import PROJECT, Document
from tests.module_imports import imports

Change = Callable[[Document], object]

COMPOSE: Document = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text())
DOCKERFILE = (PROJECT / "Dockerfile").read_text()

# A command of Airflow 2, and an option that no worker has.
REFUSED = [["webserver"], ["celery", "worker", "--no-such-option"]]

ASK_AIRFLOW = """
import contextlib, json, sys
from airflow.cli.cli_parser import get_parser
from airflow.configuration import retrieve_configuration_description
commands, refused = json.load(sys.stdin), []
with contextlib.redirect_stdout(sys.stderr):
    for command in commands:
        try:
            get_parser().parse_args(command)
        except SystemExit:
            refused.append(command)
options = [(section, option, bool(about.get("sensitive")))
           for section, described in retrieve_configuration_description(include_providers=True).items()
           for option, about in described["options"].items()]
print(json.dumps({"refused": refused, "options": options}))
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the installed Airflow, with the cluster's executor and auth manager, says of the compose file."""
    cluster = COMPOSE["services"]["airflow-scheduler"]["environment"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment["AIRFLOW_HOME"] = str(tmp_path_factory.mktemp("airflow"))
    for name in ("AIRFLOW__CORE__EXECUTOR", "AIRFLOW__CORE__AUTH_MANAGER"):
        environment[name] = cluster[name]
    commands = compose_rules.airflow_commands(COMPOSE) + REFUSED
    answer = subprocess.run(
        [sys.executable, "-c", ASK_AIRFLOW],
        input=json.dumps(commands),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, list[Any]] = json.loads(answer.stdout.splitlines()[-1])
    return said


def variable(section: str, option: str) -> str:
    return f"AIRFLOW__{section}__{option}".replace(".", "_").upper()


def broken(change: Change) -> Document:
    document = copy.deepcopy(COMPOSE)
    change(document)
    return document


def setting(service: str, name: str, value: str) -> Change:
    def change(document: Document) -> None:
        document["services"][service]["environment"][name] = value

    return change


def schema_violations(document: Document, folder: Path) -> str:
    path = folder / "docker-compose.yaml"
    path.write_text(yaml.safe_dump(document))
    result = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if result.returncode == 0 else result.stdout + result.stderr


def test_it_keeps_to_the_compose_specification(tmp_path: Path) -> None:
    assert schema_violations(COMPOSE, tmp_path) == ""
    misspelt = broken(lambda d: d["services"]["redis"].update(comand="redis-server"))
    assert "comand" in schema_violations(misspelt, tmp_path)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("ports_open_to_others", lambda s: s["airflow-apiserver"]["ports"].append("8080:8080")),
        ("ports_open_to_others", lambda s: s["redis"].update(ports=["0.0.0.0:6379:6379"])),
        ("without_health_check", lambda s: s["airflow-worker"].pop("healthcheck")),
        ("without_restart_policy", lambda s: s["postgres"].pop("restart")),
        ("unpinned_images", lambda s: s["redis"].update(image="redis:latest")),
        ("unpinned_images", lambda s: s["redis"].update(image="redis")),
        ("unpinned_images", lambda s: s["redis"].update(image="redis:7.2@sha256:1234")),
        ("unfenced", lambda s: s["redis"].pop("cap_drop")),
        ("unfenced", lambda s: s["airflow-worker"].update(cap_add=["SYS_ADMIN"])),
        ("unfenced", lambda s: s["airflow-worker"].update(security_opt=[])),
        ("unfenced", lambda s: s["airflow-apiserver"].update(read_only=False)),
        ("unfenced", lambda s: s["postgres"].pop("mem_limit")),
        ("unfenced", lambda s: s["postgres"].pop("user")),
        ("unfenced", lambda s: s["local-aws"].update(privileged=True)),
        ("unfenced", lambda s: s["airflow-scheduler"].update(pids_limit=0)),
        ("unfenced", lambda s: s["airflow-scheduler"].update(tmpfs=[])),
        ("not_built_once", lambda s: s["airflow-worker"].update(build=".")),
        ("not_built_once", lambda s: s["airflow-init"].pop("build")),
        ("dangling_references", lambda s: s["redis"]["volumes"].append("no-such-volume:/data")),
        ("dangling_references", lambda s: s["local-aws"].update(volumes=["./include:/opt/airflow/include"])),
        ("dangling_references", lambda s: s.pop("redis")),
        ("not_waiting_for_init", lambda s: s["airflow-scheduler"]["depends_on"].pop("airflow-init")),
        ("unset_variables", lambda s: s["redis"]["command"].append("${NO_SUCH_VARIABLE:?run make env}")),
    ],
)
def test_it_keeps_the_rule(rule: str, change: Change) -> None:
    check = getattr(compose_rules, rule)
    assert not check(COMPOSE)
    assert check(broken(lambda document: change(document["services"])))


def test_a_new_env_file_holds_nothing_that_is_not_used() -> None:
    filled_in = {found["name"] for found in compose_rules.variables(COMPOSE)}
    handed_over = {
        name
        for service in COMPOSE["services"].values()
        for name, value in service.get("environment", {}).items()
        if value is None
    }
    used = filled_in | handed_over
    assert set(honcho.environ.parse(cluster_settings())) <= used


@pytest.mark.slow
def test_every_airflow_option_exists(airflow: dict[str, list[Any]]) -> None:
    options = {variable(section, option) for section, option, _ in airflow["options"]}
    assert not compose_rules.unknown_options(COMPOSE, options)
    name_of_airflow_2 = setting("airflow-scheduler", "AIRFLOW__WEBSERVER__SECRET_KEY", "x")
    assert compose_rules.unknown_options(broken(name_of_airflow_2), options)


@pytest.mark.parametrize(
    "change",
    [
        setting("airflow-scheduler", "AIRFLOW__CORE__FERNET_KEY", "aGFsZi1hLXNlY3JldA=="),
        setting("airflow-scheduler", "AIRFLOW__CORE__FERNET_KEY", "${FERNET_KEY:?run make env}"),
        setting("airflow-scheduler", "AIRFLOW__CORE__FERNET_KEY_CMD", "echo aGFsZi1hLXNlY3JldA=="),
        setting("airflow-init", "AIRFLOW__CELERY__BROKER_URL", "redis://:hunter2@redis:6379/0"),
        setting("airflow-init", "AIRFLOW_CONN_AWS_DEFAULT", '{"conn_type":"aws","password":"hunter2"}'),
        setting("airflow-worker", "AIRFLOW__SECRETS__BACKEND_KWARGS", '{"token": "hunter2"}'),
        setting("postgres", "POSTGRES_PASSWORD", "airflow"),
        setting("postgres", "POSTGRES_PASSWORD_FILE", "/etc/passwd"),
    ],
)
def test_no_secret_is_written_down(change: Change, airflow: dict[str, list[Any]]) -> None:
    sensitive = {variable(section, option) for section, option, secret in airflow["options"] if secret}
    assert not compose_rules.literal_secrets(COMPOSE, sensitive)
    assert compose_rules.literal_secrets(broken(change), sensitive)


def test_airflow_takes_every_command(airflow: dict[str, list[Any]]) -> None:
    assert {" ".join(words[:2]) for words in compose_rules.airflow_commands(COMPOSE)} == {
        "api-server --apps",
        "scheduler --skip-serve-logs",
        "dag-processor",
        "triggerer --skip-serve-logs",
        "celery worker",
        "db migrate",
        "users create",
    }
    assert airflow["refused"] == REFUSED


MEMBERS = {
    "database": {
        "postgres",
        "statsd-exporter",
        "airflow-init",
        "airflow-apiserver",
        "airflow-execution",
        "airflow-scheduler",
        "airflow-dag-processor",
        "airflow-triggerer",
    },
    "broker": {"redis", "airflow-scheduler", "airflow-worker"},
    "execution": {"airflow-execution", "airflow-worker", "statsd-exporter"},
    "front": {"airflow-apiserver", "local-aws", "statsd-exporter"},
    "aws": {"airflow-worker", "airflow-triggerer", "local-aws"},
}


def test_each_part_meets_only_those_that_it_works_with() -> None:
    assert not compose_rules.strangers_in_a_network(COMPOSE, MEMBERS)
    stranger = broken(lambda d: d["services"]["airflow-worker"]["networks"].append("database"))
    assert set(compose_rules.strangers_in_a_network(stranger, MEMBERS)) == {"database"}
    in_all = broken(lambda d: d["services"]["redis"].pop("networks"))
    assert set(compose_rules.strangers_in_a_network(in_all, MEMBERS)) == {"broker", "default"}
    closed = {name for name, about in COMPOSE["networks"].items() if (about or {}).get("internal")}
    assert closed == {"database", "broker", "execution"}


def test_only_who_writes_task_logs_can() -> None:
    mounts = {
        name: volume
        for name, service in COMPOSE["services"].items()
        for volume in service.get("volumes", [])
        if volume.startswith("logs:")
    }
    assert mounts == {
        "airflow-apiserver": "logs:/opt/airflow/logs:ro",
        "airflow-triggerer": "logs:/opt/airflow/logs",
        "airflow-worker": "logs:/opt/airflow/logs",
    }


def test_the_example_of_local_aws_points_to_its_service() -> None:
    example = honcho.environ.parse(re.sub("^#(?=[A-Z])", "", cluster_settings(), flags=re.MULTILINE))
    service = COMPOSE["services"]["local-aws"]
    port = service["command"][service["command"].index("--port") + 1]
    connections = cluster_secrets(new_key())["local_aws_connections.json"]
    assert json.loads(connections)["aws_default"]["extra"]["endpoint_url"] == f"http://local-aws:{port}"
    assert [example["COMPOSE_PROFILES"]] == service["profiles"]
    # No value: Compose hands over what .env says, and sets nothing when it says nothing.
    worker = COMPOSE["services"]["airflow-worker"]["environment"]
    assert worker["AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE"] is worker["AIRFLOW_VAR_SAGEMAKER_ROLE"] is None


def test_every_part_that_reads_a_pipeline_has_the_deployments_limits() -> None:
    services = COMPOSE["services"].items()
    parts = {name: one["environment"] for name, one in services if "dags" in str(one)}
    assert {"airflow-apiserver", "airflow-dag-processor", "airflow-scheduler", "airflow-worker"} <= set(parts)
    # No value, as above; the file lies in what is mounted at /opt/airflow/include.
    assert {name: settings["PIPELINE_LIMITS_FILE"] for name, settings in parts.items()} == dict.fromkeys(
        parts
    )


def test_the_images_are_this_version_of_the_project_on_its_python() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    services = COMPOSE["services"]
    assert services["airflow-init"]["image"] == f"{project['name']}:{project['version']}"
    assert services["local-aws"]["image"] == f"{project['name']}-local-aws:{project['version']}"
    (base, *stages) = re.findall(r"^FROM (.+) AS .+$", DOCKERFILE, re.MULTILINE)
    assert base.startswith(f"python:{project['requires-python'].removeprefix('>=').partition(',')[0]}-")
    assert stages == ["base", "base"]


@pytest.mark.parametrize(
    ("target", "builder", "runner"),
    [("airflow", "airflow-init", "airflow-worker"), ("local-aws", "local-aws", "local-aws")],
)
def test_each_image_holds_the_code_of_its_services_and_does_not_run_as_root(
    target: str, builder: str, runner: str
) -> None:
    assert COMPOSE["services"][builder]["build"]["target"] == target
    (stage,) = re.findall(rf"^FROM base AS {target}$(.+?)(?=^FROM|\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL)
    copied = re.findall(r"^COPY \S+ (\S+) (\S+)$", stage, re.MULTILINE)
    mounted = {v for v in COMPOSE["services"][runner]["volumes"] if v.startswith("./")}
    assert {f"./{source}:/opt/airflow/{name}:ro" for source, name in copied} == mounted
    # By number, which Kubernetes can tell from root's.
    assert re.findall(r"^USER (.+)$", stage, re.MULTILINE) == ["${AIRFLOW_UID}"]


def test_the_images_are_built_of_what_they_copy_and_nothing_else() -> None:
    copied = re.findall(r"^COPY \S+ (\S+) \S+$", DOCKERFILE, re.MULTILINE)
    allowed = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    bound = re.findall(r"type=bind,source=([\w.-]+),", DOCKERFILE)
    assert {*copied, *bound} == allowed


def locked(name: str) -> set[str]:
    """The packages that a lock has for this Python."""
    lines = re.findall(r"^([a-z0-9].*==.*) \\$", (PROJECT / name).read_text(), re.MULTILINE)
    found = [Requirement(line) for line in lines]
    return {one.name for one in found if one.marker is None or one.marker.evaluate()}


@pytest.mark.long
def test_the_image_of_production_has_what_its_code_imports_and_nothing_that_checks() -> None:
    modules = {file for folder in ("dags", "include", "plugins") for file in (PROJECT / folder).rglob("*.py")}
    # Run by hand, with a package that is not for production.
    modules.remove(PROJECT / "include" / "sagemaker_images" / "write_registries.py")
    imported = {name.partition(".")[0] for file in modules for name in imports(file)}
    of_whom = packages_distributions()
    # Stubs are imported for the types alone.
    needed = [of_whom[name] for name in imported if name in of_whom and not name.startswith("mypy_boto3")]
    production = locked("requirements-production.txt")
    assert len(needed) > 20
    assert [names for names in needed if not {canonicalize_name(name) for name in names} & production] == []
    assert production < locked("requirements.txt")
    assert not {"moto", "sagemaker", "pytest", "mypy", "ruff", "selenium"} & production


@pytest.mark.slow
def test_the_image_of_production_stays_small() -> None:
    """Below 1.2 GB with Debian and Python, 0.13, and bytecode, about a fifth of what is installed."""
    (left_out,) = re.findall(r"-regex '(.+?)' -prune", DOCKERFILE)
    pruned = re.compile(rf"{left_out}(/|$)")
    blocks = 0
    for name in locked("requirements-production.txt"):
        for file in distribution(name).files or ():
            place = Path(str(file.locate()))
            if place.suffix != ".pyc" and not pruned.match(str(place)) and place.exists():
                blocks += place.stat().st_blocks
    megabytes = blocks * 512 / 1e6
    print(f"{megabytes:.0f} MB of packages")
    assert 500 < megabytes < 880
