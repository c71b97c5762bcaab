"""The DAGs of bank_marketing as it is, and of the example `churn` with other sections in its YAML."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS
from tests.project import PROJECT


def parsed(folder: Path, fields: dict[str, Any]) -> dict[str, DAG]:
    """Read all DAG files, with a folder of datasets that has these two.

    Args:
        folder: Of the datasets, empty.
        fields: Of churn's YAML.
    """
    shutil.copy(DATASETS / "bank_marketing.yaml", folder)
    (folder / "churn.yaml").write_text(yaml.safe_dump(fields))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "DATASETS", folder)
        bag = DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    return dict(bag.dags)


def edges(dag: DAG) -> set[tuple[str, str]]:
    """Each task with each that comes right after it."""
    return {(task.task_id, after) for task in dag.tasks for after in task.downstream_task_ids}
