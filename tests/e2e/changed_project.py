"""The project with another YAML, so that Airflow schedules and reads what a test says."""

import shutil
from pathlib import Path
from typing import Any

import yaml

from include.local_stack.demo import DAG_ID
from include.local_stack.stack import PROJECT, python_path


def changed_project(folder: Path, data_url: str, **fields: Any) -> dict[str, str]:
    """Copy the project's code to a folder and change its YAML.

    Args:
        folder: Gets dags, include and plugins.
        data_url: The Params' default.
        fields: Of the YAML's top level.

    Returns:
        The settings by which a `LocalStack` runs the copy.
    """
    for part in ("dags", "include", "plugins"):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "include" / "datasets" / f"{DAG_ID}.yaml"
    changed = yaml.safe_load(file.read_text()) | fields
    changed["params"]["data_url"] = data_url
    file.write_text(yaml.safe_dump(changed))
    return {
        "PYTHONPATH": python_path(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
    }
