"""Runs that use a model again: which steps are left out, and what answers in their place."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import Asset
from airflow.sdk.exceptions import (
    AirflowRescheduleException,
    AirflowRuntimeError,
    AirflowSkipException,
    ErrorType,
)
from airflow.sdk.execution_time.comms import ErrorResponse

from include.operators import evaluation_tasks, tasks
from include.operators.reuse import skip_for
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.manifest import ReusedModel, RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.errors import QualityError
from include.pipeline.history.accepted import find_same, listed_for
from include.pipeline.history.manifest import read_manifest
from include.pipeline.history.training_claim import claims_of
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests
from tests.operators.sagemaker.training_jobs import jobs, planned_config
from tests.pipeline.accepted_runs import DATA, OTHER_DATA, accepted, day, plan_of, train
from tests.pipeline.report.example import contents_of
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

RUN = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="scheduled__2", expires=None)
LENIENT = {"min_roc_auc": 0.0, "must_beat_baseline": False}
FIRST = plan_of("scheduled__1", of=day(1), **LENIENT)
JOB = FIRST.key
SECOND = plan_of("scheduled__2", of=day(2), **LENIENT)
RAW = contents_of().raw.model_copy(update={"sha256": DATA})
MODEL = Asset("a_model")


class TaskInstance:
    """What a step asks of its task instance: it takes an answer, and knows the task's assets and state."""

    dag_id, run_id, task_id, map_index = "bank_marketing", "scheduled__2", "a_step", -1

    def __init__(self) -> None:
        self.pushed: dict[str, Any] = {}
        self.task = SimpleNamespace(outlets=[MODEL])
        self.runs: dict[str, dict[str, str | None]] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        # As XCom keeps it.
        self.pushed[key] = json.loads(json.dumps(value))

    def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
        assert dag_id == self.dag_id
        if run_id not in self.runs:
            raise AirflowRuntimeError(ErrorResponse(error=ErrorType.GENERIC_ERROR))
        return self.runs[run_id]["the run itself"] or ""

    def get_task_states(self, *, run_ids: list[str], **_: Any) -> dict[str, dict[str, str | None]]:
        own: dict[str, dict[str, str | None]] = {self.run_id: {self.task_id: "running"}}
        return {run_id: (self.runs | own)[run_id] for run_id in run_ids}


@pytest.fixture
def ti() -> TaskInstance:
    return TaskInstance()


@pytest.fixture
def made(s3: "S3Client") -> dict[str, Any]:  # noqa: ARG001 - its bucket is there
    """What the task returned that made the model: the job of the first test is taken by the others."""
    first = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="scheduled__1", expires=None)
    config = planned_config(JOB, first) | {"OutputDataConfig": {"S3OutputPath": FIRST.locations.model}}
    task = ResumableSageMakerTrainingOperator(task_id="train_model", config=config, check_interval=1)
    result: dict[str, Any] = task.execute({})
    return result


@pytest.fixture
def s3(aws: Aws) -> Iterator["S3Client"]:
    """The S3 of local AWS, with a bucket for the runs that holds nothing but the first one's model."""
    client = aws.client("s3")
    client.create_bucket(Bucket="bucket")
    yield client
    for uri in list_objects(client, "s3://bucket/"):
        if uri.startswith(FIRST.locations.model):
            continue
        client.delete_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/"))


@pytest.fixture
def first(aws: Aws, s3: "S3Client", made: dict[str, Any]) -> RunManifest:  # noqa: ARG001 - the job is there
    """The run that made the model, and passed the gate."""
    return accepted(s3, FIRST, job=CompletedTrainingJob.describe(aws.client("sagemaker"), JOB))


def json_of(plan: RunPlan) -> dict[str, Any]:
    return plan.model_dump(mode="json")


def search(plan: RunPlan, data: str = DATA, **runs: dict[str, str | None]) -> Any:
    """Run the task that looks for a model; what Airflow has of other runs are their tasks' states."""
    ti = TaskInstance()
    ti.runs = runs
    return tasks.reuse_model.function(json_of(plan), {"sha256": data}, ti=ti)


def reused_of(manifest: RunManifest) -> dict[str, Any]:
    return ReusedModel.of(manifest).model_dump(mode="json")


def training(reused: dict[str, Any] | None) -> ResumableSageMakerTrainingOperator:
    return ResumableSageMakerTrainingOperator(
        task_id="train_model", config=planned_config("made-anew"), reused=reused, check_interval=1
    )


def endpoint(name: str, made: dict[str, Any], **options: Any) -> RunSageMakerEndpointOperator:
    archive = made["Training"]["ModelArtifacts"]["S3ModelArtifacts"]
    return RunSageMakerEndpointOperator(
        task_id="deploy_endpoint",
        config=deployment_requests(name, archive, RUN.to_aws()),
        model_data_url=archive,
        check_interval=1,
        **options,
    )


@pytest.mark.parametrize("answer", [None, {"rows": 3}])
def test_a_step_that_is_left_out_says_why_and_answers(ti: TaskInstance, answer: object) -> None:
    with pytest.raises(AirflowSkipException, match=r"^because of that$"):
        skip_for({"reason": "because of that"}, ti, answer)
    assert ti.pushed == {"return_value": answer}


def test_the_search_finds_the_accepted_model_and_takes_its_figures_over(
    s3: "S3Client", first: RunManifest
) -> None:
    found = search(SECOND)
    assert found == reused_of(first)
    assert read_object(s3, SECOND.locations.metrics) == read_object(s3, FIRST.locations.metrics)


@pytest.mark.parametrize(
    ("changed", "data"), [({}, OTHER_DATA), ({"force_retrain": True}, DATA), ({"seed": 1}, DATA)]
)
@pytest.mark.usefixtures("first")
def test_the_search_finds_nothing_for_a_run_that_has_to_train(changed: dict[str, Any], data: str) -> None:
    plan = plan_of("scheduled__2", of=day(2), **LENIENT, **changed)
    assert search(plan, data) is None


def under_way(**states: str | None) -> dict[str, str | None]:
    return {"the run itself": "running", **states}


@pytest.mark.usefixtures("made")
def test_a_run_waits_without_a_worker_for_the_one_that_trains_the_same_and_uses_its_model(
    aws: Aws, s3: "S3Client"
) -> None:
    assert search(FIRST) is None
    now = datetime.now(UTC)
    for states in (under_way(), under_way(check_quality=None), under_way(check_quality="running")):
        with pytest.raises(AirflowRescheduleException) as waits:
            search(SECOND, scheduled__1=states)
        assert timedelta(seconds=9) < waits.value.reschedule_date - now < timedelta(seconds=30)
    first = accepted(s3, FIRST, job=CompletedTrainingJob.describe(aws.client("sagemaker"), JOB))
    assert search(SECOND, scheduled__1=under_way(check_quality="success")) == reused_of(first)


@pytest.mark.parametrize(
    "first",
    [
        under_way() | {"the run itself": "failed"},
        # It may itself wait for the end of the second, where no more runs may be active.
        under_way() | {"the run itself": "queued"},
        under_way(check_quality="failed"),
        under_way(check_quality="upstream_failed"),
        # It has passed, and its data was deleted.
        under_way(check_quality="success"),
        None,
    ],
)
@pytest.mark.usefixtures("s3")
def test_a_run_trains_where_the_one_that_was_to_will_bring_no_model(
    first: dict[str, str | None] | None,
) -> None:
    assert search(FIRST) is None
    assert search(SECOND, **({"scheduled__1": first} if first else {})) is None
    # And is now the one that others wait for, the first among them.
    for waiting in (FIRST, plan_of("scheduled__3", of=day(3), **LENIENT)):
        with pytest.raises(AirflowRescheduleException):
            search(waiting, scheduled__2=under_way())


@pytest.mark.usefixtures("s3")
def test_a_run_that_is_to_train_again_waits_for_nobody() -> None:
    assert search(FIRST) is None
    anew = plan_of("scheduled__2", of=day(2), **LENIENT, force_retrain=True)
    assert search(anew, scheduled__1=under_way()) is None


def test_the_split_is_that_of_the_accepted_run(s3: "S3Client", first: RunManifest, ti: TaskInstance) -> None:
    with pytest.raises(AirflowSkipException, match="The model of scheduled__1 is used again"):
        tasks.split_data.function(json_of(SECOND), RAW.model_dump(mode="json"), reused_of(first), ti=ti)
    assert ti.pushed == {"return_value": first.split.model_dump(mode="json")}
    assert list_objects(s3, f"{SECOND.locations.run}/") == []


def test_no_job_is_bought_and_the_answer_is_the_first_ones(
    aws: Aws, made: dict[str, Any], first: RunManifest, ti: TaskInstance
) -> None:
    task = training(reused_of(first))
    with pytest.raises(AirflowSkipException, match="The model of scheduled__1 is used again"):
        task.execute({"ti": ti})
    answer = ti.pushed["return_value"]["Training"]
    # Beside what AWS says of the job stand the headers of its answer, with the time of day.
    assert answer | {"ResponseMetadata": ...} == made["Training"] | {"ResponseMetadata": ...}
    assert jobs(aws, "made-anew") == {}
    assert task.console_name == JOB


def test_killing_a_task_that_bought_nothing_leaves_the_job_as_it_ended(
    aws: Aws, first: RunManifest, ti: TaskInstance
) -> None:
    task = training(reused_of(first))
    with pytest.raises(AirflowSkipException):
        task.execute({"ti": ti})
    task.on_kill()
    assert jobs(aws, JOB) == {JOB: "Completed"}


def test_a_task_without_a_model_to_use_again_trains(aws: Aws) -> None:
    result = training(None).execute({})
    assert result["Training"]["TrainingJobStatus"] == "Completed"
    assert jobs(aws, "made-anew") == {"made-anew": "Completed"}


def test_no_endpoint_is_made_that_nobody_would_keep(
    aws: Aws, made: dict[str, Any], first: RunManifest, ti: TaskInstance
) -> None:
    with pytest.raises(AirflowSkipException, match="The model of scheduled__1 is used again"):
        endpoint("left-out", made, reused=reused_of(first), keep=False).execute({"ti": ti})
    assert ti.pushed == {"return_value": None}
    sagemaker = aws.client("sagemaker")
    assert listed(sagemaker, "list_models", NameContains="left-out") == []
    assert listed(sagemaker, "list_endpoint_configs", NameContains="left-out") == []
    assert listed(sagemaker, "list_endpoints", NameContains="left-out") == []


def test_an_endpoint_that_is_to_be_kept_serves_the_model_that_is_used_again(
    aws: Aws, made: dict[str, Any], first: RunManifest, ti: TaskInstance
) -> None:
    result = endpoint("to-keep", made, reused=reused_of(first), keep=True).execute({"ti": ti})
    assert result["Endpoint"]["EndpointStatus"] == "InService"
    served = aws.client("sagemaker").describe_model(ModelName="to-keep")["PrimaryContainer"]["ModelDataUrl"]
    assert served == f"{FIRST.locations.model}/{JOB}/output/model.tar.gz" == first.training.model_uri
    assert ti.pushed == {}


@pytest.mark.parametrize("keep", [False, True])
def test_a_new_model_is_deployed_whether_or_not_it_is_kept(
    made: dict[str, Any], ti: TaskInstance, keep: bool
) -> None:
    result = endpoint(f"new-{keep}".lower(), made, reused=None, keep=keep).execute({"ti": ti})
    assert result["Endpoint"]["EndpointStatus"] == "InService"


def test_the_metrics_are_those_of_the_accepted_run(
    made: dict[str, Any], first: RunManifest, ti: TaskInstance
) -> None:
    with pytest.raises(AirflowSkipException, match="The model of scheduled__1 is used again"):
        # There is no endpoint to ask.
        evaluation_tasks.evaluate_model.function(
            json_of(SECOND), first.split.model_dump(mode="json"), made, reused_of(first), ti=ti
        )
    assert ti.pushed == {"return_value": first.metrics.model_dump(mode="json")}


def judge(
    plan: RunPlan,
    made: dict[str, Any],
    reused: dict[str, Any] | None,
    instance: TaskInstance | None = None,
) -> dict[str, Any]:
    """Run the gate; what the asset's event tells."""
    events = {MODEL: SimpleNamespace(extra=None)}
    evaluation_tasks.check_quality.function(
        json_of(plan),
        raw=RAW.model_dump(mode="json"),
        split=contents_of().split.model_dump(mode="json"),
        training=made,
        reused=reused,
        ti=instance or TaskInstance(),
        outlet_events=events,
    )
    extra: dict[str, Any] = events[MODEL].extra
    return extra


def test_a_model_that_is_used_again_passes_the_gate_as_the_runs_own(
    s3: "S3Client", made: dict[str, Any], first: RunManifest
) -> None:
    reused = search(SECOND)
    event = judge(SECOND, made, reused)
    manifest = read_manifest(s3, SECOND)
    assert manifest is not None
    assert manifest.reused_from == event["reused_from"] == "scheduled__1"
    assert manifest.training == first.training
    assert manifest.metrics == first.metrics
    assert event["model"] == first.training.model_uri
    assert event["manifest"] == SECOND.locations.manifest
    assert claims_of(s3, SECOND.locations) == []
    # The next run of the same finds it, and who made it.
    third = plan_of("scheduled__3", of=day(3), **LENIENT)
    assert find_same(s3, third, DATA) == manifest
    found = search(third)
    assert found == reused | {"reason": found["reason"]}
    assert found["run_id"] == "scheduled__1"


def test_a_model_of_the_runs_own_is_listed_as_such(aws: Aws, s3: "S3Client", made: dict[str, Any]) -> None:
    train(s3, FIRST, job=CompletedTrainingJob.describe(aws.client("sagemaker"), JOB))
    event = judge(FIRST, made, None)
    assert event["reused_from"] is None
    roc_auc = contents_of().evaluation.roc_auc
    assert event["summary"] == f"ROC AUC {roc_auc:.3f}, passed, bank_clean.csv, sha256 5a5a5a..."
    assert len(list(listed_for(s3, FIRST.locations.models, FIRST.key))) == 1
    # Cleared, it meets its own model.
    reused = search(FIRST)
    assert reused["run_id"] == "scheduled__1"
    assert judge(FIRST, made, reused)["reused_from"] is None


def test_a_model_that_fails_the_gate_is_told_of_but_not_listed(
    aws: Aws, s3: "S3Client", made: dict[str, Any]
) -> None:
    strict = plan_of("scheduled__1", of=day(1), min_roc_auc=0.99)
    train(s3, strict, job=CompletedTrainingJob.describe(aws.client("sagemaker"), JOB))
    ti = TaskInstance()
    with pytest.raises(QualityError, match=r"min_roc_auc = 0\.99"):
        judge(strict, made, None, ti)
    assert ", failed, bank_clean.csv, sha256 5a5a5a..." in ti.pushed["summary"]
    manifest = read_manifest(s3, strict)
    assert manifest is not None
    assert manifest.missed
    assert list_objects(s3, f"{strict.locations.models}/") == []


@pytest.mark.usefixtures("first")
def test_a_model_that_is_used_again_has_to_pass_the_runs_own_gate(
    s3: "S3Client", made: dict[str, Any]
) -> None:
    strict = plan_of("scheduled__2", of=day(2), min_roc_auc=0.99)
    reused = search(strict)
    assert reused is not None
    with pytest.raises(QualityError, match=r"min_roc_auc = 0\.99"):
        judge(strict, made, reused)
    assert list(listed_for(s3, strict.locations.models, strict.key)) == []
