"""A run that an earlier version planned, finished by this one; and an earlier model that the gate asks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowSkipException
from botocore.client import BaseClient

from include import airflow_names
from include.operators import cleanup_tasks, evaluation_tasks, returned, tasks
from include.operators.held_plan import PLAN
from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.aws.object_store import list_objects, read_object, write_object
from include.pipeline.documents import config
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import DocumentError
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.history.accepted import listed_for
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.compatibility import earlier
from tests.pipeline.planned import ROLE
from tests.services.deployment_limits import limits_setting
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

MODEL = Asset("bank_marketing_model")


class Run:
    """What Airflow keeps of a run between its tasks, whose plan is there already."""

    def __init__(self, run_id: str, plan: dict[str, Any]) -> None:
        self.xcoms: dict[str, Any] = {airflow_names.PLAN_RUN: plan}
        self.states = {airflow_names.CHECK_QUALITY: "success", airflow_names.WRITE_REPORT: "success"}
        self.dag_run = SimpleNamespace(
            dag_id="bank_marketing", run_id=run_id, data_interval_start=None, data_interval_end=None
        )
        # What Airflow has of them: those of the form, and what the form does not ask for yet at its default.
        self.params = config.load_config("bank_marketing").params.model_dump() | plan["params"]
        self.task = SimpleNamespace(outlets=[MODEL])
        self.dag_id, self.run_id = "bank_marketing", run_id
        self.told: dict[str, Any] = {}

    def xcom_pull(self, task_ids: str) -> Any:
        return self.xcoms.get(task_ids)

    def xcom_push(self, key: str, value: Any) -> None:
        self.told[key] = value

    def get_task_states(self, **_: Any) -> dict[str, dict[str, str]]:
        return {self.run_id: self.states}

    @property
    def context(self) -> Mapping[str, Any]:
        return {"ti": self, "dag_run": self.dag_run, "params": self.params}

    def call(self, task: Any, *arguments: Any, **named: Any) -> Any:
        """Run a task as Airflow does: what other tasks returned takes the place of the templates."""
        arguments = tuple(self._resolved(argument) for argument in arguments)
        named = {name: self._resolved(value) for name, value in named.items()}
        result = json.loads(json.dumps(task.function(*arguments, **named)))
        self.xcoms[task.function.__name__] = result
        return result

    def execute(self, operator: type, task_id: str, **fields: Any) -> Any:
        """Run an operator, with the same in its fields."""
        made = operator(task_id=task_id, **{name: self._resolved(value) for name, value in fields.items()})
        result = made.execute({"dag_run": self.dag_run})
        self.xcoms[task_id] = result
        return result

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._resolved(member) for name, member in value.items()}
        return value.resolve(self.context) if isinstance(value, returned.Returned) else value

    def until_the_gate(self) -> None:
        """Run the chain from the download to the gate."""
        plan, raw, reused = PLAN, returned.RAW, returned.REUSED
        self.call(tasks.download_data, plan, params=self.params, ti=self)
        self.call(tasks.reuse_model, plan, raw, ti=self)
        self.call(tasks.split_data, plan, raw, reused, ti=self)
        self.execute(
            ResumableSageMakerTrainingOperator,
            airflow_names.TRAIN_MODEL,
            config=plan["training"],
            plan=plan,
            check_interval=1,
        )
        trained = self.xcoms[airflow_names.TRAIN_MODEL]["Training"]
        self.execute(
            RunSageMakerEndpointOperator,
            airflow_names.DEPLOY_ENDPOINT,
            config=plan["deployment"],
            model_data_url=trained["ModelArtifacts"]["S3ModelArtifacts"],
            check_interval=1,
        )
        self.xcoms[airflow_names.TRAIN_MODEL] = {"Training": {"TrainingJobName": trained["TrainingJobName"]}}
        self.call(evaluation_tasks.evaluate_model, plan, returned.SPLIT, returned.TRAINING, reused, ti=self)
        self.call(
            evaluation_tasks.check_quality,
            plan,
            raw=raw,
            split=returned.SPLIT,
            training=returned.TRAINING,
            reused=reused,
            ti=self,
            outlet_events={MODEL: SimpleNamespace(extra=None)},
        )

    def teardown(self) -> None:
        """Run the teardown to its end."""
        kinds = {
            "endpoint": (DeleteSageMakerEndpointOperator, airflow_names.DELETE_ENDPOINT),
            "endpoint configuration": (
                DeleteSageMakerEndpointConfigOperator,
                airflow_names.DELETE_ENDPOINT_CONFIG,
            ),
            "model": (DeleteSageMakerModelOperator, airflow_names.DELETE_MODEL),
        }
        for operator, task_id in kinds.values():
            self.execute(operator, task_id, name=PLAN["key"], keep=PLAN["keep_endpoint"])
        deleted = {kind: returned.Returned(task_id) for kind, (_, task_id) in kinds.items()}
        self.call(evaluation_tasks.write_report, PLAN, deleted, ti=self)
        with pytest.raises(AirflowSkipException, match="delete_data is not set"):
            self.call(cleanup_tasks.delete_data, PLAN)
        self.call(
            cleanup_tasks.verify_teardown,
            returned.PLAN_IF_ANY,
            ti=self,
            dag_run=self.dag_run,
            params=self.params,
        )


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="bank-marketing-source")
        s3.upload_file(str(earlier.DATA), "bank-marketing-source", earlier.DATA.name)
        yield aws


def record_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, str, str | None]]:
    """Record who calls S3 for what of the run's bucket, and which owner each request names."""
    calls: list[tuple[Any, str, str | None]] = []
    send = BaseClient._make_request

    def record(client: Any, operation: Any, request: dict[str, Any], context: Any) -> Any:
        if earlier.BUCKET in request["url"]:
            owner = request["headers"].get("x-amz-expected-bucket-owner")
            calls.append((client, operation.name, owner))
        return send(client, operation, request, context)

    monkeypatch.setattr(BaseClient, "_make_request", record)
    return calls


@pytest.fixture
def s3(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    """The S3 of local AWS, to which Airflow's connection leads, with an empty bucket for the runs."""
    connect(monkeypatch, aws.url)
    role = earlier.returned("plan_run")["training"]["RoleArn"]
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_ROLE", role)
    # Who brings in the version that has limits allows there what its runs use.
    for name, value in limits_setting(tmp_path, s3_sources=["s3://bank-marketing-source/"]).items():
        monkeypatch.setenv(name, value)
    client = aws.client("s3")
    client.create_bucket(Bucket=earlier.BUCKET)
    with monkeypatch.context() as tasks_only:
        calls = record_calls(tasks_only)
        yield client
    # Whatever asks for the run's bucket says whose it has to be; this client is the test's own.
    of_tasks = [call for made_by, *call in calls if made_by is not client]
    assert of_tasks
    assert [operation for operation, owner in of_tasks if owner != "123456789012"] == []
    for uri in list_objects(client, f"s3://{earlier.BUCKET}/"):
        client.delete_object(Bucket=earlier.BUCKET, Key=uri.removeprefix(f"s3://{earlier.BUCKET}/"))


def test_it_ends_well_with_the_figures_of_before(aws: Aws, s3: "S3Client") -> None:
    run = Run(earlier.RUN_ID, earlier.returned("plan_run"))
    run.until_the_gate()
    run.teardown()
    before = Evaluation.read(earlier.objects()[earlier.PLACES.metrics], "metrics.json")
    now = Evaluation.read(read_object(s3, earlier.PLACES.metrics), "metrics.json")
    assert now.model_sha256 == before.model_sha256
    assert now.confusion_matrix == before.confusion_matrix
    known = {name: value for name in FIGURES if (value := getattr(before, name)) is not None}
    assert {"accuracy", "roc_auc", "log_loss"} <= set(known)
    assert {name: getattr(now, name) for name in known} == pytest.approx(known, rel=1e-12)
    assert read_object(s3, earlier.PLACES.report)
    assert len(list(listed_for(s3, earlier.PLACES.models, earlier.KEY))) == 1
    sagemaker = aws.client("sagemaker")
    assert sagemaker.list_endpoints()["Endpoints"] == sagemaker.list_models()["Models"] == []


@pytest.fixture
def with_a_predecessor(s3: "S3Client", monkeypatch: pytest.MonkeyPatch) -> "S3Client":
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_ROLE", ROLE)
    for uri, body in earlier.objects().items():
        write_object(s3, uri, body, "application/octet-stream")
    return s3


def json_of(plan: RunPlan) -> dict[str, Any]:
    document: dict[str, Any] = plan.model_dump(mode="json")
    return document


def test_the_gate_asks_a_model_that_an_earlier_version_accepted(with_a_predecessor: "S3Client") -> None:
    plan = earlier.later_plan(max_roc_auc_drop=0.0, force_retrain=True)
    run = Run(plan.identity.run_id, json_of(plan))
    run.until_the_gate()
    run.teardown()
    found = Evaluation.read(read_object(with_a_predecessor, plan.locations.metrics), "metrics.json")
    before = Evaluation.read(earlier.objects()[earlier.PLACES.metrics], "metrics.json")
    assert found.previous is not None
    # The same rows, the same model.
    assert (found.previous.run_id, found.previous.roc_auc) == (earlier.RUN_ID, pytest.approx(before.roc_auc))


def test_the_gate_fails_where_the_predecessor_cannot_be_read(
    with_a_predecessor: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (accepted,) = listed_for(with_a_predecessor, earlier.PLACES.models, earlier.KEY)
    newer = json.loads(read_object(with_a_predecessor, accepted)) | {"schema_version": 2}
    write_object(with_a_predecessor, accepted, json.dumps(newer).encode(), "application/json")
    # Without limits for its data, the run comes as far as the comparison of the models.
    fields = yaml.safe_load((config.DATASETS / "bank_marketing.yaml").read_text()) | {"drift": None}
    (tmp_path / "bank_marketing.yaml").write_text(yaml.safe_dump(fields))
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    plan = earlier.later_plan("manual__after_a_newer", max_roc_auc_drop=0.0, force_retrain=True)
    plan = plan.model_copy(update={"drift": None})
    run = Run(plan.identity.run_id, json_of(plan))
    with pytest.raises(DocumentError, match="has schema_version 2"):
        run.until_the_gate()
    assert airflow_names.EVALUATE_MODEL not in run.xcoms
