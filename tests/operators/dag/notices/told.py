"""A task that ends, as Airflow hands it to the callbacks of a DAG that was parsed with `notify`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS
from tests.project import PROJECT

RUN_ID = "manual__2026-11-05T00:00:00+00:00"


@dataclass
class Instance:
    """The states and XComs of a run, for one of its tasks."""

    task_id: str
    states: Mapping[str, str | None] = field(default_factory=dict)
    xcoms: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    dag_id: str = ""
    run_id: str = RUN_ID
    map_index: int = -1

    def get_task_states(self, **_: Any) -> dict[str, Mapping[str, str | None]]:
        return {RUN_ID: self.states}

    def xcom_pull(self, task_ids: str | None = None, key: str = "return_value") -> Any:
        return self.xcoms.get((task_ids or self.task_id, key))


def parsed(folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, **sections: Any) -> dict[str, DAG]:
    """Make the DAGs of a file, where there is one pipeline, whose YAML has these sections."""
    known = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())
    (folder / "churn.yaml").write_text(yaml.safe_dump(known | {"title": "Churn"} | sections))
    monkeypatch.setattr(config, "DATASETS", folder)
    bag = DagBag(PROJECT / "dags" / file, bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    return dict(bag.dags)


def end(
    dag: DAG,
    task_id: str,
    error: BaseException | None = None,
    *,
    states: Mapping[str, str | None] | None = None,
    xcoms: Mapping[tuple[str, str], Any] | None = None,
    **context: Any,
) -> None:
    """End a task: Airflow then calls its callbacks."""
    task: Any = dag.get_task(task_id)
    instance = Instance(task_id, states or {}, xcoms or {}, dag.dag_id)
    told = {"ti": instance, "task_instance": instance, "dag": dag, "run_id": RUN_ID, "task": task, **context}
    if error:
        told["exception"] = error
    # The first of those on failure logs the error; it has a test of its own.
    callbacks = task.on_failure_callback[1:] if error else task.on_success_callback
    for callback in callbacks:
        callback(told)
