"""Rules for a compose file of an Airflow cluster: each function lists what breaks its rule in a document."""

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import honcho.environ

from local_stack.make_env import cluster_env
from tests.project import PROJECT

Document = dict[str, Any]


# Compose's interpolation: $$ is a dollar sign; ${NAME}, ${NAME:-default} and ${NAME:?message} are variables.
INTERPOLATION = re.compile(r"\$\$|\$\{(?P<name>\w+)(?P<default>:?-[^}]*)?(?::?\?[^}]*)?\}")


def variables(node: object) -> Iterator["re.Match[str]"]:
    """Every variable that Compose fills in below a node of the document."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from variables(value)
    elif isinstance(node, str):
        yield from (found for found in INTERPOLATION.finditer(node) if found["name"])


def environments(document: Document) -> Iterator[tuple[str, str]]:
    """Every (name, value) in a service's environment; a name without a value is left out."""
    for service in document["services"].values():
        settings = service.get("environment", {})
        yield from ((name, str(value)) for name, value in settings.items() if value is not None)


def command_lines(document: Document) -> Iterator[list[str]]:
    """Every command that a service or its health check runs, scripts line by line."""
    for service in document["services"].values():
        words: list[str]
        for words in (service.get("command", []), service.get("healthcheck", {}).get("test", [])):
            if words[:2] == ["bash", "-ec"] or words[:1] == ["CMD-SHELL"]:
                script = INTERPOLATION.sub(lambda found: "$" if found[0] == "$$" else "value", words[-1])
                yield from (shlex.split(line) for line in script.replace("\\\n", " ").splitlines())
            else:
                yield words[1:] if words[:1] == ["CMD"] else words


def airflow_commands(document: Document) -> list[list[str]]:
    """Every command line of `airflow`, without that word."""
    return [words[1:] for words in command_lines(document) if words[:1] == ["airflow"]]


def celery_apps(document: Document) -> list[str]:
    """Dotted name of every Celery application that a command line of `celery` names."""
    return [words[2] for words in command_lines(document) if words[:2] == ["celery", "--app"]]


def ports_open_to_others(document: Document) -> list[str]:
    ports = [str(port) for service in document["services"].values() for port in service.get("ports", [])]
    return [port for port in ports if not port.startswith("127.0.0.1:")]


def without_health_check(document: Document) -> list[str]:
    services = document["services"].items()
    return [name for name, service in services if name != "airflow-init" and "healthcheck" not in service]


def without_restart_policy(document: Document) -> list[str]:
    return [name for name, service in document["services"].items() if "restart" not in service]


def unpinned_images(document: Document) -> list[str]:
    images = [service["image"] for service in document["services"].values()]
    return [image for image in images if not re.fullmatch(r"[a-z-]+:\d+(\.\d+)*(-\w+)*", image)]


def not_built_once(document: Document) -> list[str]:
    """Images that Compose may not pull and that no service builds, or several at once."""
    services = document["services"].values()
    local = {service["image"] for service in services if service.get("pull_policy") == "never"}
    return [image for image in local if sum(s["image"] == image and "build" in s for s in services) != 1]


def dangling_references(document: Document) -> list[str]:
    """Services to wait for, volumes and folders that do not exist, and folders a container could write to."""
    found = []
    for service in document["services"].values():
        found += [name for name in service.get("depends_on", {}) if name not in document["services"]]
        for volume in service.get("volumes", []):
            source, _, target = volume.partition(":")
            if source.startswith("."):
                sound = (PROJECT / source).is_dir() and target == f"/opt/airflow/{Path(source)}:ro"
            else:
                sound = source in document["volumes"]
            found += [] if sound else [volume]
    return found


def not_waiting_for_init(document: Document) -> list[str]:
    done = {"airflow-init": {"condition": "service_completed_successfully"}}
    return [
        name
        for name, service in document["services"].items()
        if name.startswith("airflow-") and name != "airflow-init"
        if not done.items() <= service["depends_on"].items()
    ]


def unset_variables(document: Document) -> set[str]:
    """Variables without a default that a new `.env` does not have."""
    needed = {found["name"] for found in variables(document) if not found["default"]}
    return needed - set(honcho.environ.parse(cluster_env()))


def literal_secrets(document: Document, sensitive: set[str]) -> list[str]:
    """Secrets that do not come from `.env`: of Airflow (`sensitive`), of the images, on a command line."""
    secrets = [
        value
        for name, value in environments(document)
        if name in sensitive or re.search(r"PASSWORD|AUTH$|^AIRFLOW_CONN_", name)
    ]
    for words in command_lines(document):
        secrets += [word for option, word in itertools.pairwise(words) if option == "--requirepass"]
    return [secret for secret in secrets if not _is_from_env(secret)]


def _is_from_env(secret: str) -> bool:
    """Whether a secret, or the password in it if it is a URL, is one variable without a default."""
    if "://" in secret:
        # A variable holds characters that would end the password.
        marked = INTERPOLATION.sub(lambda found: "default" if found["default"] else "variable", secret)
        return urlsplit(marked).password == "variable"  # pragma: allowlist secret - a placeholder
    found = INTERPOLATION.fullmatch(secret)
    return found is not None and found["name"] is not None and not found["default"]


def unknown_options(document: Document, options: set[str]) -> list[str]:
    """Names of Airflow's options in an environment that are not among `options`."""
    return [
        name for name, _ in environments(document) if name.startswith("AIRFLOW__") and name not in options
    ]
