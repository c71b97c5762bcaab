"""The project with another YAML, so that Airflow schedules and reads what a test says."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from local_stack.demo import DAG_ID
from local_stack.stack import PROJECT, LocalStack, python_path
from tests.services.misbehaving_web import MisbehavingWeb


def changed_project(folder: Path, change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    """Copy the project's code to a folder, and change its YAML.

    Args:
        folder: Gets dags, include, local_stack and plugins.
        change: Changes the fields of the YAML.

    Returns:
        The settings by which Airflow reads the copy.
    """
    for part in ("dags", "include", "local_stack", "plugins"):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "include" / "datasets" / f"{DAG_ID}.yaml"
    fields = yaml.safe_load(file.read_text())
    change(fields)
    file.write_text(yaml.safe_dump(fields))
    return {
        "PYTHONPATH": python_path(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
    }


def changed_stack(
    folder: Path,
    web: MisbehavingWeb,
    database_url: str,
    data_url: str,
    limits: Mapping[str, Any] = MappingProxyType({}),
    **fields: Any,
) -> LocalStack:
    """Copy the project's code to a folder, change its YAML, and describe a stack that runs the copy.

    Args:
        folder: Gets dags, include, local_stack, plugins and Airflow's home.
        web: Where data may come from.
        database_url: Of a database that is of Airflow's version.
        data_url: The Params' default.
        limits: Others than the bundled pipeline's.
        fields: Of the YAML's top level.
    """

    def change(known: dict[str, Any]) -> None:
        known |= fields
        known["params"]["data_url"] = data_url
        known["limits"] |= limits

    return LocalStack(
        folder / "airflow",
        variables={"source_http_hosts": json.dumps([web.host])},
        settings=changed_project(folder, change),
        database_url=database_url,
    )
