import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator
from airflow.providers.amazon.aws.operators.sagemaker import (
    SageMakerEndpointOperator,
    SageMakerTrainingOperator,
)
from airflow.sdk import DAG
from airflow.sdk.bases.decorator import DecoratedOperator

from include.operators.retries import RETRY_POLICY
from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.watching import source_asset
from include.pipeline.documents.config import load_config
from include.pipeline.documents.params import RunParams
from tests.project import PROJECT

CHAIN = [
    "plan_run",
    "create_bucket",
    "download_data",
    "reuse_model",
    "split_data",
    "train_model",
    "deploy_endpoint",
    "evaluate_model",
    "check_quality",
    "delete_endpoint",
    "delete_endpoint_config",
    "delete_model",
    "write_report",
    "delete_data",
    "verify_teardown",
]
GROUPS = {
    "prepare_data": ["download_data", "reuse_model", "split_data"],
    "evaluate": ["evaluate_model", "check_quality"],
    "teardown": CHAIN[9:],
}


@pytest.fixture(scope="module")
def bag() -> DagBag:
    return DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests")


@pytest.fixture(scope="module")
def dag(bag: DagBag) -> DAG:
    return bag.dags["bank_marketing"]


def test_the_folder_holds_these_dags_and_no_broken_one(bag: DagBag) -> None:
    assert not bag.import_errors
    assert set(bag.dags) == {"bank_marketing", "bank_marketing_source", "sagemaker_janitor"}


@pytest.mark.parametrize(
    ("task_id", "operator"),
    [
        ("plan_run", DecoratedOperator),
        ("create_bucket", S3CreateBucketOperator),
        ("download_data", DecoratedOperator),
        ("reuse_model", DecoratedOperator),
        ("split_data", DecoratedOperator),
        ("train_model", ResumableSageMakerTrainingOperator),
        ("train_model", SageMakerTrainingOperator),
        ("deploy_endpoint", RunSageMakerEndpointOperator),
        ("deploy_endpoint", SageMakerEndpointOperator),
        ("evaluate_model", DecoratedOperator),
        ("check_quality", DecoratedOperator),
        ("delete_endpoint", DeleteSageMakerEndpointOperator),
        ("delete_endpoint_config", DeleteSageMakerEndpointConfigOperator),
        ("delete_model", DeleteSageMakerModelOperator),
        ("write_report", DecoratedOperator),
        ("delete_data", DecoratedOperator),
        ("verify_teardown", DecoratedOperator),
    ],
)
def test_each_step_has_its_operator(dag: DAG, task_id: str, operator: type) -> None:
    assert isinstance(dag.get_task(task_id), operator)


def test_the_edges_are_the_chains_and_those_of_setup_and_teardown(dag: DAG) -> None:
    edges = {(task.task_id, after) for task in dag.tasks for after in task.downstream_task_ids}
    assert {task.task_id for task in dag.tasks} == set(CHAIN)
    assert edges == {*pairwise(CHAIN), *(("create_bucket", task) for task in CHAIN[9:])}
    assert len(edges) <= 24


def test_with_its_groups_closed_the_graph_is_the_tutorials_steps(dag: DAG) -> None:
    groups = {
        name: list(group.children) for name, group in dag.task_group.get_task_group_dict().items() if name
    }
    assert groups == GROUPS
    assert list(dag.task_group.children) == [
        *("plan_run", "create_bucket", "prepare_data", "train_model", "deploy_endpoint"),
        *("evaluate", "teardown"),
    ]


def test_what_makes_the_first_thing_is_the_setup_of_every_teardown(dag: DAG) -> None:
    teardowns = CHAIN[9:]
    assert {task.task_id for task in dag.tasks if task.is_setup} == {"create_bucket"}
    assert {task.task_id for task in dag.tasks if task.is_teardown} == set(teardowns)


def test_what_comes_after_a_step_that_may_be_left_out_goes_on_without_it(dag: DAG) -> None:
    rules = {task.task_id: task.trigger_rule for task in dag.tasks if task.trigger_rule == "none_failed"}
    assert set(rules) == {"train_model", "deploy_endpoint", "evaluate_model", "check_quality"}


def test_a_model_that_passes_the_gate_updates_its_asset(dag: DAG) -> None:
    outlets = {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks if task.outlets}
    assert outlets == {"check_quality": ["bank_marketing_model"]}


def test_tasks_link_to_the_report_and_to_what_they_made(dag: DAG) -> None:
    links = {
        task.task_id: [link.name for link in task.operator_extra_links]
        for task in dag.tasks
        if task.operator_extra_links
    }
    assert links == {
        "train_model": ["SageMaker training job"],
        "deploy_endpoint": ["SageMaker endpoint"],
        "evaluate_model": ["Model report"],
        "check_quality": ["Model report"],
        "write_report": ["Model report"],
    }


def test_every_task_is_bounded_and_retried_where_that_helps(dag: DAG) -> None:
    for task in dag.tasks:
        assert task.execution_timeout is not None
        assert task.retries == 2
        assert task.retry_policy == RETRY_POLICY
        assert task.owner == "data-science"
    # It would skip the teardowns.
    assert dag.dagrun_timeout is None


def test_the_dags_settings_are_the_yamls(dag: DAG) -> None:
    config = load_config("bank_marketing")
    assert dag.timetable.timetable.expression == config.schedule
    assert not dag.catchup
    assert dag.max_active_runs == config.max_active_runs
    assert dag.tags == set(config.tags)
    assert dag.doc_md


def test_a_new_version_of_its_source_starts_it_too(dag: DAG) -> None:
    assert dag.timetable.asset_condition == source_asset("bank_marketing")


def test_the_form_asks_for_every_param_with_its_default(dag: DAG) -> None:
    assert dag.params.dump() == load_config("bank_marketing").params.model_dump()
    assert set(dag.params) == set(RunParams.model_fields)
    for name in dag.params:
        param = dag.params.get_param(name)
        assert param.schema["title"]
        assert param.description
        assert param.schema["type"]


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("train_fraction", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        ("seed", {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}),
        ("bucket", {"type": ["string", "null"]}),
        ("role", {"type": ["string", "null"]}),
        ("training_instance_count", {"type": "integer", "minimum": 1, "maximum": 20}),
        ("threshold", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        ("min_roc_auc", {"type": "number", "minimum": 0, "maximum": 1}),
        ("hyperparameters", {"type": "object"}),
        ("keep_endpoint", {"type": "boolean"}),
    ],
)
def test_the_form_knows_type_and_bounds(dag: DAG, name: str, bounds: dict[str, Any]) -> None:
    assert dag.params.get_param(name).schema.items() >= bounds.items()


PARSE = """
import json, sys
from airflow.sdk.execution_time import context

def refuse(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo"} and not str(arguments[-1]).startswith("/"):
        raise RuntimeError(f"{event}{arguments}")

def no_variable(key, **_):
    raise RuntimeError(f"Variable {key}")

sys.addaudithook(refuse)
context._get_variable = no_variable
context._get_connection = no_variable
import dags.bank_marketing, dags.bank_marketing_source
print(json.dumps(sorted(sys.modules)))
"""


def test_parsing_imports_nothing_heavy_calls_nobody_and_reads_no_variable() -> None:
    parsed = subprocess.run(
        [sys.executable, "-c", PARSE], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert parsed.returncode == 0, parsed.stderr
    loaded = set(json.loads(parsed.stdout.splitlines()[-1]))
    assert {"include.operators.tasks", "include.operators.watching"} <= loaded
    heavy = {"pandas", "numpy", "pyarrow", "sklearn", "scipy", "xgboost", "sagemaker", "matplotlib"}
    assert not loaded & heavy
