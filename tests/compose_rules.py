"""Rules for a compose file of an Airflow cluster: each function lists what breaks its rule in a document."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import honcho.environ

from local_stack.make_env import cluster_settings
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
                lines = script.replace("\\\n", " ").splitlines()
                yield from (shlex.split(line.rpartition(" | ")[2]) for line in lines)
            else:
                yield words[1:] if words[:1] == ["CMD"] else words


def airflow_commands(document: Document) -> list[list[str]]:
    """Every command line of `airflow`, without that word."""
    return [words[1:] for words in command_lines(document) if words[:1] == ["airflow"]]


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
    pinned = re.compile(r"[a-z./-]+:v?\d+(\.\d+)*(-\w+)*(@sha256:[0-9a-f]{64})?")
    return [image for image in images if not pinned.fullmatch(image)]


def unfenced(document: Document) -> list[str]:
    """Services with more privileges than they need, a root to write to, or no bound on what they use."""
    found = []
    for name, service in document["services"].items():
        fence = {
            "capabilities": service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
            "new privileges": "no-new-privileges:true" in service.get("security_opt", []),
            "root": service.get("read_only") is True,
            "scratch": any(str(place).partition(":")[0] == "/tmp" for place in service.get("tmpfs", [])),  # noqa: S108
            "memory": bool(re.fullmatch(r"\d+[mg]", str(service.get("mem_limit", "")))),
            "processes": int(service.get("pids_limit", 0)) > 0,
            "own user": name.startswith(("airflow-", "local-aws")) or service.get("user") in {name, "nobody"},
            "privileged": not service.get("privileged") and not service.get("devices"),
        }
        found += [f"{name}: {what}" for what, holds in fence.items() if not holds]
    return found


def strangers_in_a_network(document: Document, members: dict[str, set[str]]) -> dict[str, set[str]]:
    """Networks whose members are not the table's; Compose puts who names none into `default`."""
    found: dict[str, set[str]] = {name: set() for name in document["networks"]}
    for name, service in document["services"].items():
        for network in service.get("networks", ["default"]):
            found.setdefault(network, set()).add(name)
    return {network: names for network, names in found.items() if names != members.get(network)}


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
    return needed - set(honcho.environ.parse(cluster_settings()))


def literal_secrets(document: Document, sensitive: set[str]) -> list[str]:
    """Secret settings of Airflow (`sensitive`) and of the images that do not name a secret's file."""
    found = []
    for name, value in environments(document):
        command = name.removesuffix("_CMD")
        is_secret = command in sensitive or re.search(r"PASSWORD|AUTH$|^AIRFLOW_CONN_", name)
        place = r"/run/secrets/[\w.]+"
        places = {
            name.endswith("_CMD"): f"cat {place}",
            name.endswith("_FILE"): place,
            name.endswith("_KWARGS"): rf'\{{"\w+_path": "{place}"\}}',
            # What is in a container goes with it.
            value.startswith("sqlite:"): "sqlite:////tmp/.+",
        }
        if is_secret and not re.fullmatch(places.get(True, "(?!)"), value):
            found.append(name)
    return found


def unknown_options(document: Document, options: set[str]) -> list[str]:
    """Names of Airflow's options in an environment that are not among `options`."""
    names = [name for name, _ in environments(document) if name.startswith("AIRFLOW__")]
    return [name for name in names if name.removesuffix("_CMD") not in options]
