"""Two Airflows in one AWS account, whose runs have the same ids: neither touches what is the other's.

Both are here: the Variable tells which of them a task runs in.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError, AirflowSkipException
from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from include.operators import cleanup_tasks, evaluation_tasks, tasks
from include.operators.held_plan import held_plan
from include.operators.sagemaker.deletion import (
    DeleteSageMakerEndpointConfigOperator,
    DeleteSageMakerEndpointOperator,
    DeleteSageMakerModelOperator,
)
from include.operators.sagemaker.endpoint import RunSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.triggers import TrainingJobTrigger
from include.pipeline.aws.object_store import is_there, list_objects, read_object, write_object
from include.pipeline.aws.resources import ENDPOINT, ENDPOINT_CONFIG, MODEL, delete
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import OwnerError, ParamError
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.aws.endpoints import create_deployment, settled
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests, model_request, training_request
from tests.aws.training_data import put_training_data, separable_rows
from tests.aws.training_jobs import ENDLESS, finished, trained_model
from tests.operators.sagemaker.training_jobs import TaskStateStore
from tests.pipeline.planned import CONFIG, ROLE
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

SHARED = "airflow-sagemaker-us-east-1-123456789012"
RUN_ID = "scheduled__2026-01-05T06:00:00+00:00"
PASSED = {"check_quality": "success", "write_report": "success"}
EARLIER, LATER = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))


class TaskInstance(SimpleNamespace):
    """What the tasks ask of Airflow."""

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value

    def get_task_states(self, **_: Any) -> dict[str, dict[str, str]]:
        return {self.run_id: PASSED}

    def get_dag(self, dag_id: str) -> SimpleNamespace:
        return SimpleNamespace(dag_id=dag_id, is_paused=False)

    def get_dagrun_state(self, dag_id: str, run_id: str) -> str:
        try:
            state: str = self.runs[dag_id, run_id]
        except KeyError:
            raise AirflowRuntimeError(SimpleNamespace(error=SimpleNamespace(value=404), detail={})) from None
        return state


def instance(run_id: str = RUN_ID, **runs: str) -> TaskInstance:
    known = {("bank_marketing", name): state for name, state in runs.items()}
    return TaskInstance(dag_id="bank_marketing", run_id=run_id, pushed={}, runs=known)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        put_training_data(aws.client("s3"), separable_rows())
        aws.client("s3").create_bucket(Bucket=SHARED)
        yield aws


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    return trained_model(aws.client("sagemaker"), "for-deployments")


@pytest.fixture
def sagemaker(aws: Aws) -> Iterator[Any]:
    """SageMaker, without endpoints and models again afterwards."""
    client = aws.client("sagemaker")
    yield client
    for endpoint in client.list_endpoints()["Endpoints"]:
        delete(client, ENDPOINT, endpoint["EndpointName"], 1)
    for config in client.list_endpoint_configs()["EndpointConfigs"]:
        delete(client, ENDPOINT_CONFIG, config["EndpointConfigName"], 1)
    for name in models(client):
        delete(client, MODEL, name, 1)


@pytest.fixture
def s3(aws: Aws) -> Iterator["S3Client"]:
    client = aws.client("s3")
    yield client
    for uri in list_objects(client, f"s3://{SHARED}/"):
        client.delete_object(Bucket=SHARED, Key=uri.removeprefix(f"s3://{SHARED}/"))


@pytest.fixture
def become(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes this process the workers of one Airflow: `become("dev")`."""
    connect(monkeypatch, aws.url)
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_ROLE", ROLE)
    return lambda name: monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID", name)


@pytest.fixture
def planned(become: Callable[[str], None]) -> Callable[..., RunPlan]:
    """Plans a run as an Airflow's first task does: `planned("prod")`."""

    def plan(deployment_id: str, run_id: str = RUN_ID, **params: Any) -> RunPlan:
        become(deployment_id)
        given = CONFIG.params.model_dump() | params
        dag_run = SimpleNamespace(
            dag_id="bank_marketing", run_id=run_id, data_interval_start=None, data_interval_end=None
        )
        made = tasks.plan_run.function("bank_marketing", dag_run=dag_run, params=given, ti=instance(run_id))
        return held_plan(made, dag_run=dag_run, params=given)

    return plan


def stored(plan: RunPlan) -> dict[str, Any]:
    document: dict[str, Any] = plan.model_dump(mode="json")
    return document


def training(plan: RunPlan, **request: Any) -> ResumableSageMakerTrainingOperator:
    """The task, whose job takes a second where the request does not say otherwise."""
    config = training_request(plan.key, Tags=plan.training["Tags"], **request)
    return ResumableSageMakerTrainingOperator(
        task_id="train_model", config=config, plan=stored(plan), check_interval=1
    )


def run(operator: Any, run_id: str = RUN_ID) -> Any:
    dag_run = SimpleNamespace(dag_id="bank_marketing", run_id=run_id, clear_number=0)
    return operator.execute({"dag_run": dag_run, "task_state_store": TaskStateStore()})


def deploy(sagemaker: Any, plan: RunPlan, archive: str) -> None:
    tags = plan.deployment["Endpoint"]["Tags"]
    create_deployment(sagemaker, deployment_requests(plan.key, archive, tags))
    assert settled(sagemaker, plan.key)["EndpointStatus"] == "InService"


def verify(plan: RunPlan, ti: TaskInstance) -> None:
    """Run the last task of a run."""
    dag_run = SimpleNamespace(
        dag_id="bank_marketing", run_id=ti.run_id, data_interval_start=None, data_interval_end=None
    )
    params = plan.params.model_dump()
    cleanup_tasks.verify_teardown.function(stored(plan), ti=ti, dag_run=dag_run, params=params)


def left_of(sagemaker: Any, plan: RunPlan) -> int:
    named = {"NameContains": plan.key}
    return (
        len(listed(sagemaker, "list_endpoints", **named))
        + len(listed(sagemaker, "list_endpoint_configs", **named))
        + len(listed(sagemaker, "list_models", **named))
    )


def status_of(sagemaker: Any, job: str) -> str:
    status: str = sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"]
    return status


def test_the_same_run_of_two_airflows_has_nothing_in_common(planned: Callable[..., RunPlan]) -> None:
    prod, dev = planned("prod"), planned("dev")
    places = [set(plan.locations.model_dump().values()) for plan in (prod, dev)]
    assert not places[0] & places[1]
    assert not [one for one in places[0] for other in places[1] if one.startswith(other)]
    assert prod.key != dev.key
    assert all(uri.startswith(f"s3://{SHARED}/prod/") for uri in places[0])


def test_it_has_the_same_names_again_when_it_is_tried_again(planned: Callable[..., RunPlan]) -> None:
    assert planned("prod").key == planned("prod").key


def test_an_airflow_without_an_id_plans_nothing(
    planned: Callable[..., RunPlan], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ParamError, match="sagemaker_deployment_id is 'Pr/od'"):
        planned("Pr/od")
    # As `planned` sets it first, a Variable that is not there is one of another name.
    monkeypatch.setattr("include.operators.deployment.DEPLOYMENT_ID", "no_such_variable")
    with pytest.raises(ParamError, match="the Variable no_such_variable is not there"):
        planned("prod")


def test_neither_stops_or_adopts_the_others_training_job(
    planned: Callable[..., RunPlan], sagemaker: Any
) -> None:
    prod = planned("prod")
    sagemaker.create_training_job(**training(prod, HyperParameters=ENDLESS).config)
    dev = planned("dev")
    found = run(training(dev))
    assert found["Training"]["TrainingJobName"] == dev.key != prod.key
    assert status_of(sagemaker, prod.key) == "InProgress"
    sagemaker.stop_training_job(TrainingJobName=prod.key)


def test_a_job_of_another_run_under_its_name_goes_on(planned: Callable[..., RunPlan], sagemaker: Any) -> None:
    dev = planned("dev", "manual__taken-name")
    owner = RunTags(deployment_id="prod", dag_id="bank_marketing", run_id=dev.identity.run_id, expires=LATER)
    sagemaker.create_training_job(**training_request(dev.key, HyperParameters=ENDLESS, Tags=owner.to_aws()))
    assert run(training(dev))["Training"]["TrainingJobName"] == f"{dev.key}-2"
    assert status_of(sagemaker, dev.key) == "InProgress"
    sagemaker.stop_training_job(TrainingJobName=dev.key)


def test_neither_deletes_the_others_endpoint_or_data(
    planned: Callable[..., RunPlan], sagemaker: Any, s3: "S3Client", archive: str
) -> None:
    prod = planned("prod")
    deploy(sagemaker, prod, archive)
    for uri in (prod.locations.metrics, f"{prod.locations.raw}/5a5a/bank.csv"):
        write_object(s3, uri, b"prod's", "text/csv")
    dev = planned("dev", delete_data=True)
    write_object(s3, dev.locations.metrics, b"dev's", "text/csv")
    for operator in (
        DeleteSageMakerEndpointOperator,
        DeleteSageMakerEndpointConfigOperator,
        DeleteSageMakerModelOperator,
    ):
        run(operator(task_id="delete", name=dev.key, check_interval=1))
    cleanup_tasks.delete_data.function(stored(dev))
    verify(dev, instance())
    assert left_of(sagemaker, prod) == 3
    assert list_objects(s3, f"s3://{SHARED}/dev/") == []
    assert read_object(s3, prod.locations.metrics) == b"prod's"
    # The raw data goes with the last run that needs it: of the same Airflow.
    assert is_there(s3, f"{prod.locations.raw}/5a5a/bank.csv")


class TestACopyOfProductionsDatabase:
    """Development's Airflow works with production's database: the plans in it are production's."""

    @pytest.fixture
    def copied(self, planned: Callable[..., RunPlan], become: Callable[[str], None]) -> RunPlan:
        plan = planned("prod", "manual__copied", delete_data=True)
        become("dev")
        return plan

    def test_its_teardown_takes_nothing_away(
        self, copied: RunPlan, sagemaker: Any, s3: "S3Client", archive: str
    ) -> None:
        deploy(sagemaker, copied, archive)
        write_object(s3, copied.locations.metrics, b"prod's", "application/json")
        for operator in (DeleteSageMakerEndpointOperator, DeleteSageMakerModelOperator):
            with pytest.raises(AirflowSkipException, match="is there already, and of the run"):
                run(operator(task_id="delete", name=copied.key, check_interval=1), "manual__copied")
        for task, arguments in (
            (cleanup_tasks.delete_data, {}),
            (cleanup_tasks.verify_teardown, {"ti": instance("manual__copied")}),
            (evaluation_tasks.write_report, {"deletions": {}, "ti": instance("manual__copied")}),
        ):
            with pytest.raises(OwnerError, match="is of deployment 'prod'\nExpected: this Airflow is"):
                task.function(stored(copied), **arguments)
        assert left_of(sagemaker, copied) == 3
        assert read_object(s3, copied.locations.metrics) == b"prod's"

    def test_its_tasks_neither_take_nor_end_what_runs(self, copied: RunPlan, sagemaker: Any) -> None:
        request = training(copied, HyperParameters=ENDLESS).config
        sagemaker.create_training_job(**request)
        task = training(copied, HyperParameters=ENDLESS)
        with pytest.raises(OwnerError, match="this Airflow is deployment 'dev'"):
            run(task, "manual__copied")
        store = TaskStateStore({"training_job_name": copied.key})
        with pytest.raises(OwnerError, match="this Airflow is deployment 'dev'"):
            task.resume_execution("execute_complete", {"event": None}, {"task_state_store": store})
        task.on_kill()
        assert status_of(sagemaker, copied.key) == "InProgress"
        sagemaker.stop_training_job(TrainingJobName=copied.key)

    def test_its_triggers_end_nothing(
        self, copied: RunPlan, sagemaker: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = f"{copied.key}-2"
        sagemaker.create_training_job(
            **training_request(job, HyperParameters=ENDLESS, Tags=copied.training["Tags"])
        )
        trigger = TrainingJobTrigger(job_name=job, job_type="training", waiter_delay=15)
        trigger.task_instance = SimpleNamespace(
            dag_id="bank_marketing", task_id="train_model", run_id="manual__copied", map_index=-1
        )
        monkeypatch.setattr(
            RuntimeTaskInstance, "get_task_states", lambda **_: {"manual__copied": {"train_model": "failed"}}
        )
        asyncio.run(trigger.on_kill())
        assert status_of(sagemaker, job) == "InProgress"
        sagemaker.stop_training_job(TrainingJobName=job)

    def test_its_endpoint_task_deploys_and_deletes_nothing(
        self, copied: RunPlan, sagemaker: Any, archive: str
    ) -> None:
        sagemaker.create_model(**model_request(copied.key, archive, Tags=copied.deployment["Model"]["Tags"]))
        task = RunSageMakerEndpointOperator(
            task_id="deploy_endpoint", config=copied.deployment, model_data_url=archive, check_interval=1
        )
        with pytest.raises(OwnerError, match="this Airflow is deployment 'dev'"):
            run(task)
        with pytest.raises(OwnerError, match="this Airflow is deployment 'dev'"):
            task.resume_execution("execute_complete", {"event": None}, {})
        task.on_kill()
        assert models(sagemaker) == {copied.key}


def test_runs_that_differ_only_in_what_tags_do_not_hold_are_two(
    planned: Callable[..., RunPlan], sagemaker: Any, archive: str
) -> None:
    one, other = planned("dev", "manual__(1"), planned("dev", "manual__)1")
    assert one.key != other.key
    sagemaker.create_model(**model_request(one.key, archive, Tags=other.deployment["Model"]["Tags"]))
    with pytest.raises(AirflowSkipException, match="is there already"):
        run(DeleteSageMakerModelOperator(task_id="delete", name=one.key), "manual__(1")
    assert models(sagemaker) == {one.key}


AS_EVER = {"action": "as the Variable says"}


def sweep(**runs: str) -> list[str]:
    found: list[str] = cleanup_tasks.sweep_leftovers.function(ti=instance(**runs), params=AS_EVER)
    return found


def tags_of(deployment_id: str, run_id: str, expires: datetime | None) -> list[dict[str, str]]:
    tags = RunTags(deployment_id=deployment_id, dag_id="bank_marketing", run_id=run_id, expires=expires)
    return tags.to_aws()


def make_models(sagemaker: Any, archive: str, owners: Mapping[str, list[dict[str, str]]]) -> None:
    for name, tags in owners.items():
        sagemaker.create_model(**model_request(name, archive, Tags=tags))


def models(sagemaker: Any) -> set[str]:
    return {model["ModelName"] for model in sagemaker.list_models(MaxResults=100)["Models"]}


@pytest.fixture
def janitor(become: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The janitor of the deployment `dev`, who may delete: `janitor(run_id="success")`."""
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_JANITOR_DRY_RUN", "false")
    become("dev")
    return sweep


def test_the_janitor_removes_only_its_own_deployments_leftovers(
    janitor: Callable[..., list[str]], sagemaker: Any, archive: str, caplog: pytest.LogCaptureFixture
) -> None:
    owners = {
        "own": tags_of("dev", "over", LATER),
        "others": tags_of("prod", "over", LATER),
        "others-expired": tags_of("prod", "gone", EARLIER),
        "before": tags_of("", "over", LATER),
        "before-expired": tags_of("", "gone", EARLIER),
        "nobodys": [],
    }
    make_models(sagemaker, archive, owners)
    with caplog.at_level(logging.INFO):
        found = janitor(over="success")
    assert [line.split(" (")[0] for line in found] == ["model own"]
    assert models(sagemaker) == set(owners) - {"own"}
    # What an earlier version has left costs money, and nobody else looks for it.
    assert "Left alone: model before-expired (0.00 USD a day): it has expired" in caplog.text
    assert "others" not in caplog.text


def test_what_it_may_not_look_at_is_anothers_and_does_not_end_its_sweep(
    janitor: Callable[..., list[str]], sagemaker: Any, archive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the policies of `include.pipeline.iam` have it, which name what is the deployment's."""
    names = ("dev-own", "prod-theirs", "somebodys")
    make_models(sagemaker, archive, dict.fromkeys(names, tags_of("dev", "gone", EARLIER)))
    make_call, denied = BaseClient._make_api_call, ["prod-", "somebodys"]

    def answer(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "ListTags" and parameters["ResourceArn"].rpartition("/")[2].startswith(tuple(denied)):
            error = {"Code": "AccessDeniedException", "Message": "not authorized"}
            raise ClientError({"Error": error}, operation)  # type: ignore[typeddict-item]
        return make_call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    janitor()
    assert models(sagemaker) == {"prod-theirs", "somebodys"}
    denied.append("dev-")
    make_models(sagemaker, archive, {"dev-own": tags_of("dev", "gone", EARLIER)})
    with pytest.raises(ClientError, match="AccessDenied"):
        janitor()
    denied.clear()


def test_it_does_not_take_a_run_for_over_that_has_almost_the_id_of_one(
    janitor: Callable[..., list[str]], sagemaker: Any, archive: str
) -> None:
    make_models(
        sagemaker, archive, {"at-work": tags_of("dev", "a(b", LATER), "done": tags_of("dev", "a_b", LATER)}
    )
    janitor(**{"a_b": "success", "a(b": "running"})
    assert models(sagemaker) == {"at-work"}


def spoilt(name: str, value: str | None, expires: datetime = EARLIER) -> list[dict[str, str]]:
    """Give the tags of an expired resource of `dev`, one of which is another, or is gone."""
    tags = {tag["Key"]: tag["Value"] for tag in tags_of("dev", "spoilt", expires)}
    del tags[name]
    if value is not None:
        tags[name] = value
    return [{"Key": key, "Value": value} for key, value in tags.items()]


SPOILT = {
    f"{name.partition(':')[2]} {word}".replace("_", "-").replace(" ", "-"): spoilt(name, value)
    for name in (
        "airflow:expires",
        "airflow:dag_id",
        "airflow:run_id",
        "airflow:clear_number",
        "airflow:deployment_id",
        "airflow:run_digest",
    )
    for word, value in {
        "missing": None,
        "empty": "",
        "no date": "no date",
        "day": "2026-11-24",
        "not ASCII": "\u0662\u0660\u0662\u0666",
        "long": "9" * 256,
    }.items()
    # Ids of DAGs and runs are anything but empty; without a count, it was never cleared.
    if word in {"missing", "empty"} or name not in {"airflow:dag_id", "airflow:run_id"}
    if (name, word) != ("airflow:clear_number", "missing")
}


def test_no_malformed_tag_ends_its_sweep(
    janitor: Callable[..., list[str]], sagemaker: Any, archive: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_models(sagemaker, archive, SPOILT | {"own": tags_of("dev", "gone", EARLIER)})
    with caplog.at_level(logging.INFO):
        janitor()
    assert models(sagemaker) == set(SPOILT)
    for name in SPOILT:
        assert f"Left alone: model {name} (0.00 USD a day): the tag airflow:" in caplog.text


def test_neither_does_one_of_another_kind_of_resource(
    janitor: Callable[..., list[str]], sagemaker: Any, archive: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = SPOILT["expires-no-date"]
    requests = deployment_requests("spoilt", archive, bad)
    create_deployment(sagemaker, requests)
    settled(sagemaker, "spoilt")
    sagemaker.create_training_job(**training_request("spoilt", HyperParameters=ENDLESS, Tags=bad))
    make_models(sagemaker, archive, {"own": tags_of("dev", "gone", EARLIER)})
    own_job = training_request("own", HyperParameters=ENDLESS, Tags=tags_of("dev", "gone", EARLIER))
    sagemaker.create_training_job(**own_job)
    arns = (
        sagemaker.describe_endpoint(EndpointName="spoilt")["EndpointArn"],
        sagemaker.describe_endpoint_config(EndpointConfigName="spoilt")["EndpointConfigArn"],
        sagemaker.describe_training_job(TrainingJobName="spoilt")["TrainingJobArn"],
    )
    for value in ("soon", "", "2026-11-24", "\u0662\u0660", "9" * 256):
        for arn in arns:
            sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "airflow:expires", "Value": value}])
        caplog.clear()
        with caplog.at_level(logging.INFO):
            janitor()
        for kind in ("endpoint", "endpoint configuration", "training job"):
            assert f"Left alone: {kind} spoilt (" in caplog.text
    assert finished(sagemaker, "own")["TrainingJobStatus"] == "Stopped"
    assert models(sagemaker) == {"spoilt"}
    assert status_of(sagemaker, "spoilt") == "InProgress"
    sagemaker.stop_training_job(TrainingJobName="spoilt")


def test_what_bears_a_runs_name_and_malformed_tags_is_somebody_elses(
    planned: Callable[..., RunPlan], sagemaker: Any, archive: str
) -> None:
    plan = planned("dev", "manual__spoilt")
    sagemaker.create_model(**model_request(plan.key, archive, Tags=SPOILT["expires-no-date"]))
    with pytest.raises(
        AirflowSkipException, match=r"of somebody else \(the tag airflow:expires is 'no date'"
    ):
        run(DeleteSageMakerModelOperator(task_id="delete", name=plan.key), "manual__spoilt")
    verify(plan, instance("manual__spoilt"))
    assert models(sagemaker) == {plan.key}
