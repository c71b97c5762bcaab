import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator
from airflow.providers.amazon.aws.operators.sagemaker import (
    SageMakerEndpointOperator,
    SageMakerTrainingOperator,
)
from airflow.sdk import DAG
from airflow.sdk.bases.decorator import DecoratedOperator
from airflow.sdk.definitions.context import _AIRFLOW_PARSING_CONTEXT_DAG_ID
from airflow.sdk.exceptions import AirflowFailException

from include.datasets.make_examples import EXAMPLES
from include.operators.create_bucket import CreateOwnBucketOperator
from include.operators.dag.documentation import TASKS
from include.operators.failures.retries import RETRY_POLICY
from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.source.watching import source_asset
from include.pipeline.documents import config
from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ConfigError
from include.pipeline.planning.cost import ENDPOINT_AT_MOST
from include.pipeline.source.dated_url import resolve_data_url
from include.pipeline.values.data_interval import DataInterval
from tests.faults.matrix import TARGETS, documented
from tests.pipeline import several_algorithms
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
TEARDOWN = CHAIN[CHAIN.index("delete_endpoint") :]
OTHERS = {"sagemaker_janitor", "delete_kept_endpoint"}
GROUPS = {
    "prepare_data": ["download_data", "reuse_model", "split_data"],
    "evaluate": ["evaluate_model", "check_quality"],
    "teardown": TEARDOWN,
}


def parsed() -> dict[str, DAG]:
    bag = DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests")
    assert not bag.import_errors
    return dict(bag.dags)


@pytest.fixture(scope="module")
def dags() -> dict[str, DAG]:
    return parsed()


@pytest.fixture(scope="module")
def dag(dags: dict[str, DAG]) -> DAG:
    return dags["bank_marketing"]


def test_each_yaml_has_its_pipeline_and_its_watcher(dags: dict[str, DAG]) -> None:
    pipelines = {file.stem for file in DATASETS.glob("*.yaml")}
    assert "bank_marketing" in pipelines
    # Nothing watches the table of an example, which lies beside its YAML file.
    watched = {f"{name}_source" for name in pipelines - set(EXAMPLES)}
    assert set(dags) == pipelines | watched | OTHERS


def test_examples_are_tagged_run_by_hand_alone_and_can_be_hidden(
    dags: dict[str, DAG], monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged = {dag_id for dag_id, dag in dags.items() if "example" in dag.tags}
    assert tagged == set(EXAMPLES)
    assert {load_config(name).schedule for name in tagged} == {None}
    monkeypatch.setenv("PIPELINE_EXAMPLES", "no")
    assert set(parsed()) == set(dags) - tagged
    # A run that is under way goes on to its end.
    monkeypatch.setenv(_AIRFLOW_PARSING_CONTEXT_DAG_ID, "fraud")
    assert "fraud" in parsed()


def test_jobs_take_slots_of_the_pool_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_JOB_POOL", "sagemaker_jobs")
    tasks = [task for dag in parsed().values() for task in dag.tasks]
    assert {task.task_id for task in tasks if task.pool == "sagemaker_jobs"} == {"train_model"}
    assert {task.pool for task in tasks if task.task_id == "train_model"} == {"sagemaker_jobs"}


OTHER = {
    "title": "Churn",
    "description": "Who leaves.",
    "about": "Which {customers} will leave?",
    "owner": "us",
}


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's YAML files with another one, `churn`, whose words and table are its own."""
    shutil.copy(DATASETS / "bank_marketing.yaml", tmp_path)
    fields = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text()) | OTHER
    fields |= {"schedule": None, "table": {"label": "left"}}
    (tmp_path / "churn.yaml").write_text(yaml.safe_dump(fields))
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("datasets")
def test_another_yaml_is_another_pipeline_of_the_same_chain(dag: DAG) -> None:
    dags = parsed()
    assert set(dags) == {
        "bank_marketing",
        "bank_marketing_source",
        "churn",
        "churn_source",
        *OTHERS,
    }
    other = dags["churn"]
    assert {task.task_id: (type(task), task.downstream_task_ids) for task in other.tasks} == {
        task.task_id: (type(task), task.downstream_task_ids) for task in dag.tasks
    }
    assert (other.dag_display_name, other.description, other.owner) == ("Churn", "Who leaves.", "us")
    assert "Which {customers} will leave?" in other.doc_md
    assert other.timetable.asset_condition == source_asset("churn")
    (gate,) = (task for task in other.tasks if task.outlets)
    assert [asset.name for asset in gate.outlets] == ["churn_model"]
    assert other.get_task("plan_run").op_args == ("churn",)
    assert dags["churn_source"].get_task("look_at_source").op_args == ("churn",)


def test_a_yaml_may_hold_a_dated_url_so_that_a_backfill_needs_no_param(datasets: Path) -> None:
    fields = yaml.safe_load((datasets / "churn.yaml").read_text()) | {"schedule": "0 6 * * *"}
    fields["params"]["data_url"] = "https://data.example.com/bank_{interval_start:%Y-%m-%d}.csv"
    (datasets / "churn.yaml").write_text(yaml.safe_dump(fields))
    default = parsed()["churn"].params.dump()["data_url"]
    for day in (5, 6):
        tick = datetime(2026, 11, day, 6, tzinfo=UTC)
        told = resolve_data_url(default, DataInterval(tick, tick))
        assert told == f"https://data.example.com/bank_2026-11-0{day}.csv"


@pytest.mark.usefixtures("datasets")
@pytest.mark.parametrize("dag_id", ["churn", "bank_marketing_source"])
def test_the_process_of_a_task_makes_the_tasks_dag_alone(
    monkeypatch: pytest.MonkeyPatch, dag_id: str
) -> None:
    # As Airflow tells it to the process.
    monkeypatch.setenv(_AIRFLOW_PARSING_CONTEXT_DAG_ID, dag_id)
    assert set(parsed()) - OTHERS == {dag_id}


def test_owner_and_documents_are_links_where_the_yaml_says(datasets: Path) -> None:
    assert parsed()["churn"].owner_links == {}
    assert "folder `docs/` of the project" in parsed()["churn"].doc_md
    fields = yaml.safe_load((datasets / "churn.yaml").read_text())
    fields |= {"owner_link": "mailto:us@example.com", "documents": "https://example.com/docs"}
    (datasets / "churn.yaml").write_text(yaml.safe_dump(fields))
    dags = parsed()
    for dag_id in ("churn", "churn_source"):
        assert dags[dag_id].owner_links == {"us": "mailto:us@example.com"}
        assert "[documents](https://example.com/docs)" in dags[dag_id].doc_md
        assert "/plugin/models)" in dags[dag_id].doc_md
        assert "/dags/churn/runs)" in dags[dag_id].doc_md


@pytest.mark.parametrize("link", ["javascript:alert(1)", "us@example.com", "mailto:", "https://a b"])
def test_what_is_no_link_is_refused(datasets: Path, link: str) -> None:
    fields = yaml.safe_load((datasets / "churn.yaml").read_text()) | {"owner_link": link}
    (datasets / "churn.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match="owner_link"):
        load_config("churn")


def test_no_param_of_any_dag_is_a_switch_with_three_meanings(dags: dict[str, DAG]) -> None:
    """Airflow draws one for true, false or nothing, of which two look alike."""
    asked = {
        (dag.dag_id, name): set(dag.params.get_param(name).schema.get("type", ()))
        for dag in dags.values()
        for name in dag.params
        if isinstance(dag.params.get_param(name).schema.get("type"), list)
    }
    assert asked
    assert [param for param, types in asked.items() if "boolean" in types] == []


def test_each_task_of_each_dag_has_two_sentences_for_people(datasets: Path) -> None:
    (datasets / "churn.yaml").write_text("title: [")
    with (datasets / "bank_marketing.yaml").open("a") as file:
        file.write("score: {}\nregistry: {approval: by a person}\nserve: {shadow: {}}\n")
    (datasets / "several.yaml").write_text(yaml.safe_dump(several_algorithms.fields()))
    tasks = [task for dag in parsed().values() for task in dag.tasks]
    assert {task.task_id for task in tasks} == set(TASKS)
    for task in tasks:
        sentences = re.findall(r"[A-Z`][^.]*(?:\.\w[^.]*)*\.(?= |$)", task.doc_md)
        assert " ".join(sentences) == task.doc_md
        assert len(sentences) == 2, task.doc_md


@pytest.mark.parametrize("text", ["title: [", "title: Churn", "schedule: never"])
def test_a_yaml_that_is_not_valid_tells_so_in_its_place_and_takes_no_others(
    datasets: Path, text: str
) -> None:
    (datasets / "churn.yaml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_config("churn")
    dags = parsed()
    assert set(dags) == {"bank_marketing", "bank_marketing_source", "churn", *OTHERS}
    broken = dags["churn"]
    assert str(refused.value) in broken.doc_md
    assert (broken.tags, broken.schedule) == ({"not valid"}, None)
    (task,) = broken.tasks
    with pytest.raises(AirflowFailException, match=re.escape(str(refused.value))):
        task.python_callable(*task.op_args)


def test_a_yaml_with_the_name_of_a_watcher_tells_so_beside_the_watcher(datasets: Path) -> None:
    (datasets / "bank_marketing_source.yaml").write_text("title: Watch")
    dags = parsed()
    assert dags["bank_marketing_source"].get_task("look_at_source")
    assert "Give the file another name" in dags["bank_marketing_source.yaml"].doc_md


@pytest.mark.parametrize(
    ("task_id", "operator"),
    [
        ("plan_run", DecoratedOperator),
        ("create_bucket", CreateOwnBucketOperator),
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
    assert edges == {*pairwise(CHAIN), *(("create_bucket", task) for task in TEARDOWN[:-1])}
    assert len(edges) <= 24


def test_every_task_is_in_the_matrix_of_faults() -> None:
    # Those that may wait in the triggerer are in it a second time.
    assert [row for row in TARGETS if ", " not in row] == CHAIN
    assert {cell.task_id for cell in documented()} == set(CHAIN)


def test_with_its_groups_closed_the_graph_is_the_tutorials_steps(dag: DAG) -> None:
    groups = {
        name: list(group.children) for name, group in dag.task_group.get_task_group_dict().items() if name
    }
    assert groups == GROUPS
    assert list(dag.task_group.children) == [
        *("plan_run", "create_bucket", "prepare_data", "train_model", "deploy_endpoint"),
        *("evaluate", "teardown"),
    ]


def test_what_makes_the_first_thing_is_the_setup_of_every_teardown_but_the_last(dag: DAG) -> None:
    assert {task.task_id for task in dag.tasks if task.is_setup} == {"create_bucket"}
    assert {task.task_id for task in dag.tasks if task.is_teardown} == set(TEARDOWN)


def test_the_last_task_is_never_skipped_and_may_fail_the_run(dag: DAG) -> None:
    assert dag.get_task("verify_teardown").upstream_task_ids == {"delete_data"}
    failing = {task.task_id for task in dag.tasks if getattr(task, "on_failure_fail_dagrun", False)}
    assert failing == {"verify_teardown"}


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


def test_training_is_waited_for_as_long_as_the_yaml_lets_it_take(dag: DAG) -> None:
    # An hour, and what comes before and after it.
    assert dag.get_task("train_model").execution_timeout == timedelta(minutes=75)


def test_an_endpoint_is_there_for_no_longer_than_the_estimate_of_its_cost_says(dag: DAG) -> None:
    steps = ("deploy_endpoint", "evaluate_model", "check_quality", "delete_endpoint")
    limits = [dag.get_task(task_id).execution_timeout for task_id in steps]
    assert sum(limits, timedelta(0)) == ENDPOINT_AT_MOST


def test_the_dags_settings_are_the_yamls(dag: DAG) -> None:
    config = load_config("bank_marketing")
    assert dag.timetable.timetable.expression == config.schedule
    assert not dag.catchup
    assert dag.max_active_runs == config.max_active_runs
    # Airflow's pages show the asset alone: the clock stands beside it as a tag.
    assert dag.tags == {*config.tags, "cron: 0 6 * * 1 UTC"}
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
        ("bucket", {"type": ["string", "null"], "enum": [None]}),
        ("bucket_owner", {"type": ["string", "null"], "enum": [None]}),
        ("role", {"type": ["string", "null"], "enum": [None]}),
        ("image_version", {"type": "string", "enum": ["3.2-0", "3.0-5", "1.7-1"]}),
        (
            "training_instance_type",
            {"type": "string", "enum": ["ml.m4.xlarge", "ml.m5.large", "ml.m5.xlarge"]},
        ),
        ("training_instance_count", {"type": "integer", "minimum": 1, "maximum": 2}),
        ("endpoint_instance_count", {"type": "integer", "minimum": 1, "maximum": 1}),
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
import dags.model_pipelines, dags.source_watchers
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.slow
def test_parsing_imports_nothing_heavy_calls_nobody_and_reads_no_variable() -> None:
    parsed = subprocess.run(
        [sys.executable, "-c", PARSE], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert parsed.returncode == 0, parsed.stderr
    loaded = set(json.loads(parsed.stdout.splitlines()[-1]))
    assert {"include.operators.tasks", "include.operators.source.watching"} <= loaded
    heavy = {"pandas", "numpy", "pyarrow", "sklearn", "scipy", "xgboost", "sagemaker", "matplotlib"}
    assert not loaded & heavy
