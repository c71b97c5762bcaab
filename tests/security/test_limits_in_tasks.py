"""Who may write XComs, and changes the plan that the tasks of a run hand to each other."""

import copy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from include.operators import tasks
from include.operators.returned import Returned
from include.pipeline.aws.object_store import list_objects
from include.pipeline.documents.config import load_config
from include.pipeline.documents.plan import RunLocations, RunPlan
from include.pipeline.errors import ParamError, PipelineError, SourceError
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.pipeline.planned import ROLE, plan_of
from tests.project import DEPLOYMENT_ID, PROJECT
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

ATTACKERS = "arn:aws:iam::123456789012:role/Admin"
STRANGER = "210987654321"
REGISTRY = f"{STRANGER}.dkr.ecr.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def dag() -> DAG:
    return DagBag(PROJECT / "dags", bundle_path=PROJECT, bundle_name="tests").dags["bank_marketing"]


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        yield Aws(server.url)


@pytest.fixture(autouse=True)
def connection(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, aws.url)
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_ROLE", ROLE)


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    made: dict[str, Any] = plan_of({}).model_dump(mode="json")
    return made


def context_of(plan: dict[str, Any], **params: Any) -> dict[str, Any]:
    """What Airflow hands to a task: the Params are its own, the plan is what XCom has."""
    return {
        "ti": SimpleNamespace(
            xcom_pull=lambda task_ids: plan if task_ids == "plan_run" else {"Training": {}}
        ),
        "dag_run": SimpleNamespace(
            dag_id="bank_marketing",
            run_id="manual__1",
            data_interval_start=None,
            data_interval_end=None,
        ),
        "params": load_config("bank_marketing").params.model_dump() | params,
    }


def takes(dag: DAG, task_id: str, context: dict[str, Any]) -> list[Any]:
    """Resolve what a task takes of the plan, as Airflow does before it runs."""
    task: Any = dag.get_task(task_id)
    values: list[Any] = [getattr(task, field) for field in task.template_fields]
    values += [*getattr(task, "op_args", ()), *getattr(task, "op_kwargs", {}).values()]
    of_plan = [value for value in values if isinstance(value, Returned) and value.task_id == "plan_run"]
    return [value.resolve(context) for value in of_plan]


def changed(plan: dict[str, Any], **places: Any) -> dict[str, Any]:
    """Change members of a plan, each named by its path with two underscores between."""
    tampered = copy.deepcopy(plan)
    for place, value in places.items():
        inner: Any = tampered
        *way, last = place.split("__")
        for name in way:
            inner = inner[name]
        inner[last] = value
    return tampered


def elsewhere(folder: str) -> dict[str, Any]:
    return RunLocations.of("mallorys-bucket", folder, "key", deployment_id=DEPLOYMENT_ID).model_dump()


WHOLE = ("create_bucket", "download_data", "reuse_model", "split_data", "train_model", "evaluate_model")
LATER = ("check_quality", "write_report", "delete_data")
ATTACKS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "the worker's own file": ({"params__data_url": "/etc/hostname"}, WHOLE + LATER),
    "payroll": ({"params__data_url": "s3://hr-payroll/salaries.csv"}, WHOLE + LATER),
    "another bucket": ({"bucket": "mallorys-bucket"}, WHOLE + LATER),
    "another bucket, by the Param": ({"params__bucket": "mallorys-bucket"}, WHOLE + LATER),
    "the bucket of another account": ({"params__bucket_owner": STRANGER}, WHOLE + LATER),
    "another account": ({"identity__account_id": STRANGER}, WHOLE + LATER),
    "the run of another pipeline": ({"identity__dag_id": "payroll"}, WHOLE + LATER),
    "all objects elsewhere": ({"locations": elsewhere("bank_marketing")}, WHOLE + LATER),
    "raw data of another pipeline": (
        {"locations__raw": "s3://airflow-sagemaker-us-east-1-123456789012/payroll/raw"},
        ("delete_data", "download_data"),
    ),
    "another run's folder": (
        {"locations__run": "s3://airflow-sagemaker-us-east-1-123456789012/bank_marketing/runs/other"},
        ("delete_data",),
    ),
    "data that is not to be deleted": ({"params__delete_data": True}, ("delete_data",)),
    "a gate that lets all pass": ({"params__min_roc_auc": 0.0}, ("check_quality",)),
    "the label as a feature": ({"table__drop": []}, ("split_data",)),
    "another role": ({"training__RoleArn": ATTACKERS}, ("train_model",)),
    "the role of the model": ({"deployment__Model__ExecutionRoleArn": ATTACKERS}, ("deploy_endpoint",)),
    "another image": (
        {"training__AlgorithmSpecification__TrainingImage": f"{REGISTRY}/mallory:1"},
        ("train_model",),
    ),
    "the same image of another registry": (
        {
            "image_uri": f"{REGISTRY}/sagemaker-xgboost:3.2-0",
            "training__AlgorithmSpecification__TrainingImage": (f"{REGISTRY}/sagemaker-xgboost:3.2-0"),
        },
        ("train_model", "deploy_endpoint"),
    ),
    "code": (
        {
            "training__HyperParameters__sagemaker_program": "attack.py",
            "training__HyperParameters__sagemaker_submit_directory": "s3://mallory/code.tar.gz",
        },
        ("train_model",),
    ),
    "code, by the Param": ({"params__hyperparameters__sagemaker_program": "attack.py"}, WHOLE),
    "twenty of the dearest": (
        {"training__ResourceConfig": {"InstanceType": "ml.p5.48xlarge", "InstanceCount": 20}},
        ("train_model",),
    ),
    "a job of weeks": ({"training__StoppingCondition__MaxRuntimeInSeconds": 2_419_200}, ("train_model",)),
    "a model elsewhere": ({"training__OutputDataConfig__S3OutputPath": "s3://mallory/"}, ("train_model",)),
    "input from elsewhere": ({"training__InputDataConfig": []}, ("train_model",)),
    "an environment": ({"training__Environment": {"X": "y"}}, ("train_model",)),
    "another's endpoint": (
        {"key": "endpoint-of-others"},
        ("delete_endpoint", "delete_endpoint_config", "delete_model"),
    ),
}


@pytest.mark.parametrize(
    ("places", "task_id"),
    [(places, task_id) for places, task_ids in ATTACKS.values() for task_id in task_ids],
    ids=[f"{name}-{task_id}" for name, (_, task_ids) in ATTACKS.items() for task_id in task_ids],
)
def test_no_task_acts_on_a_plan_that_is_not_the_runs(
    places: dict[str, Any], task_id: str, dag: DAG, plan: dict[str, Any]
) -> None:
    with pytest.raises(PipelineError) as refused:
        takes(dag, task_id, context_of(changed(plan, **places)))
    assert type(refused.value).__name__ == "PlanError"


@pytest.mark.parametrize("task_id", [*WHOLE, "deploy_endpoint", *LATER, "delete_endpoint", "delete_model"])
def test_each_takes_that_of_its_own_run(task_id: str, dag: DAG, plan: dict[str, Any]) -> None:
    assert takes(dag, task_id, context_of(plan))


@pytest.mark.parametrize("protection", ["EnableNetworkIsolation", "RoleArn", "StoppingCondition"])
def test_what_is_left_out_of_a_request_is_there_all_the_same(
    protection: str, dag: DAG, plan: dict[str, Any]
) -> None:
    without = copy.deepcopy(plan)
    without["training"].pop(protection, None)
    config, _ = sorted(takes(dag, "train_model", context_of(without)), key=lambda taken: "training" in taken)
    assert config == RunPlan.read(plan, "plan").training


def test_a_plan_without_the_param_keeps_no_endpoint(dag: DAG, plan: dict[str, Any]) -> None:
    kept = changed(plan, keep_endpoint=True, params__keep_endpoint=True)
    states = {"manual__1": {"check_quality": "success"}}
    ti = SimpleNamespace(dag_id="bank_marketing", run_id="manual__1", get_task_states=lambda **_: states)
    task: Any = dag.get_task("delete_endpoint")
    for asked in (False, True):
        context = context_of(kept, keep_endpoint=asked)
        assert takes(dag, "delete_endpoint", context) == [plan["key"]]
        assert task.keep.resolve(context | {"ti": ti}) is asked


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"role": ATTACKERS}, "role = "),
        ({"training_instance_type": "ml.p5.48xlarge"}, "training_instance_type = "),
        ({"bucket": "mallorys-bucket"}, "bucket = "),
        ({"data_url": "s3://hr-payroll/salaries.csv"}, "data_url = "),
    ],
)
@pytest.mark.parametrize("task_id", ["download_data", "train_model", "deploy_endpoint"])
def test_who_writes_a_plan_in_place_of_plan_run_is_held_to_the_limits(
    params: dict[str, Any], said: str, task_id: str, dag: DAG
) -> None:
    # plan_run was marked as a success before it ran.
    own = plan_of(params).model_dump(mode="json")
    with pytest.raises(ParamError, match=said):
        takes(dag, task_id, context_of(own, **params))


def test_limits_that_were_narrowed_since_hold_at_once(
    dag: DAG, plan: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text("bank_marketing: {instance_types: [ml.m5.large]}")
    monkeypatch.setenv("PIPELINE_LIMITS_FILE", str(file))
    with pytest.raises(ParamError, match=r"training_instance_type = 'ml.m4.xlarge' \(ml.m5.large alone\)"):
        takes(dag, "train_model", context_of(plan))


def test_a_plans_own_source_policy_opens_no_file_of_the_worker(aws: Aws, plan: dict[str, Any]) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=plan["bucket"])
    tampered = changed(
        plan,
        params__data_url="/etc/hostname",
        source_policy={"local_folder": "/", "http_hosts": [], "max_bytes": 1_000_000},
    )
    with pytest.raises(SourceError, match="local files are not allowed here"):
        tasks.download_data.function(tampered, params=tampered["params"])
    assert [uri for uri in list_objects(s3, f"s3://{plan['bucket']}/") if "/raw/" in uri] == []
