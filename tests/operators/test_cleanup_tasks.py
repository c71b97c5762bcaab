"""The last task: what it takes away, and which runs it fails."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from include.operators.cleanup_tasks import verify_teardown
from include.operators.held_plan import KEPT_AFTER_GATE
from include.pipeline.aws.object_store import write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import CleanupError, PlanError
from include.pipeline.planning.names import job_name, run_key
from include.pipeline.teardown.cleanup import find_data
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_jobs import finished, trained_model
from tests.operators.sagemaker.training_jobs import ENDLESS, jobs, planned_config
from tests.pipeline.planned import CONFIG, ROLE, plan_of
from tests.project import DEPLOYMENT_ID

pytestmark = pytest.mark.slow

LATER = datetime.now(UTC) + timedelta(hours=1)
PASSED = {"check_quality": "success", "write_report": "success"}


@dataclass
class TaskInstance:
    """What the task asks of its task instance: which run it is of, and the states of the run's tasks."""

    run_id: str
    states: dict[str, str | None] = field(default_factory=lambda: dict(PASSED))
    dag_id: str = "bank_marketing"

    def get_task_states(self, **_: Any) -> dict[str, dict[str, str | None]]:
        return {self.run_id: self.states}


def verify(ti: TaskInstance, plan: dict[str, Any] | None = None, **params: Any) -> None:
    dag_run = SimpleNamespace(
        dag_id=ti.dag_id, run_id=ti.run_id, data_interval_start=None, data_interval_end=None
    )
    verify_teardown.function(plan, ti=ti, dag_run=dag_run, params=CONFIG.params.model_dump() | params)


@pytest.fixture(autouse=True)
def role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_ROLE", ROLE)


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    return trained_model(aws.client("sagemaker"), "for-cleanup")


def tags(run_id: str, expires: datetime | None = LATER) -> list[dict[str, str]]:
    return RunTags(
        deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id=run_id, expires=expires
    ).to_aws()


def make_all(aws: Aws, archive: str, name: str, owner: list[dict[str, str]]) -> None:
    """Make an endpoint, which is being created when this returns, and what it needs."""
    create_deployment(aws.client("sagemaker"), deployment_requests(name, archive, owner))


def left(aws: Aws, name: str) -> list[int]:
    sagemaker, named = aws.client("sagemaker"), {"NameContains": name}
    return [
        len(listed(sagemaker, "list_endpoints", **named)),
        len(listed(sagemaker, "list_endpoint_configs", **named)),
        len(listed(sagemaker, "list_models", **named)),
    ]


@pytest.mark.parametrize("is_planned", [True, False])
def test_what_a_task_made_after_the_other_teardowns_is_taken_away(
    aws: Aws, archive: str, is_planned: bool
) -> None:
    plan = plan_of({}, run_id=f"manual__late-{is_planned}")
    make_all(aws, archive, plan.key, tags(plan.identity.run_id))
    ti = TaskInstance(plan.identity.run_id)
    verify(ti, plan.model_dump(mode="json") if is_planned else None)
    assert left(aws, plan.key) == [0, 0, 0]


def test_a_job_that_still_runs_is_stopped_whichever_of_the_runs_it_is(aws: Aws) -> None:
    sagemaker, key = aws.client("sagemaker"), run_key(DEPLOYMENT_ID, "bank_marketing", "manual__training")
    running = job_name(key, 2)
    for name, owner in ((key, "manual__other"), (running, "manual__training")):
        request = planned_config(
            name,
            RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id=owner, expires=LATER),
            **ENDLESS,
        )
        sagemaker.create_training_job(**request)
    verify(TaskInstance("manual__training"))
    finished(sagemaker, running)
    assert jobs(aws, key) == {key: "InProgress", running: "Stopped"}
    sagemaker.stop_training_job(TrainingJobName=key)


def test_what_is_to_be_kept_and_what_is_anothers_stays(aws: Aws, archive: str) -> None:
    kept = plan_of({"keep_endpoint": True}, run_id="manual__kept")
    own = plan_of({}, run_id="manual__own")
    make_all(aws, archive, kept.key, tags(kept.identity.run_id, expires=None))
    make_all(aws, archive, own.key, tags("manual__other"))
    for plan in (kept, own):
        asked = {"keep_endpoint": plan.keep_endpoint}
        verify(TaskInstance(plan.identity.run_id), plan.model_dump(mode="json"), **asked)
        assert left(aws, plan.key) == [1, 1, 1]


def test_data_that_an_ended_deletion_has_left_is_deleted(aws: Aws) -> None:
    plan, s3 = plan_of({"delete_data": True}, run_id="manual__half_deleted"), aws.client("s3")
    s3.create_bucket(Bucket=plan.bucket)
    write_object(s3, f"{plan.locations.run}/manifest.json", b"{}", "application/json")
    planned = plan.model_dump(mode="json")
    with pytest.raises(CleanupError, match=r"manifest\.json"):
        verify(TaskInstance(plan.identity.run_id), planned, delete_data=True)
    ti = TaskInstance(plan.identity.run_id, PASSED | {"delete_data": "failed"})
    verify(ti, planned, delete_data=True)
    assert find_data(s3, plan.locations) == []


REJECTED = {"check_quality": "failed", "write_report": "success"}


@pytest.mark.parametrize(("asked", "there"), [({}, 0), ({"keep_rejected": True}, 1)], ids=["no", "even so"])
def test_an_endpoint_of_a_rejected_model_is_kept_only_where_the_params_say_even_if_rejected(
    aws: Aws, archive: str, asked: dict[str, bool], there: int
) -> None:
    params = {"keep_endpoint": True, **asked}
    plan = plan_of(params, run_id=f"manual__rejected_{there}")
    make_all(aws, archive, plan.key, tags(plan.identity.run_id, expires=None))
    verify(TaskInstance(plan.identity.run_id, dict(REJECTED)), plan.model_dump(mode="json"), **params)
    assert left(aws, plan.key) == [there] * 3


@pytest.mark.parametrize(
    ("params", "gate", "kept"),
    [
        ({"keep_endpoint": True}, "success", True),
        ({"keep_endpoint": True}, "failed", False),
        ({"keep_endpoint": True}, "upstream_failed", False),
        ({"keep_endpoint": True, "keep_rejected": True}, "failed", True),
        ({"keep_endpoint": False, "keep_rejected": True}, "success", False),
        ({"keep_endpoint": "yes"}, "success", False),
    ],
)
def test_the_teardown_keeps_what_the_params_keep_and_the_gate_has_accepted(
    params: dict[str, Any], gate: str, *, kept: bool
) -> None:
    ti = TaskInstance("manual__kept", {"check_quality": gate})
    assert KEPT_AFTER_GATE.resolve({"ti": ti, "params": params}) is kept


def test_what_is_left_is_taken_away_before_a_plan_that_is_not_the_runs_is_refused(
    aws: Aws, archive: str
) -> None:
    plan = plan_of({}, run_id="manual__tampered")
    make_all(aws, archive, plan.key, tags(plan.identity.run_id))
    changed = plan.model_dump(mode="json") | {"bucket": "mallorys-bucket", "keep_endpoint": True}
    with pytest.raises(PlanError, match="bucket of the plan"):
        verify(TaskInstance(plan.identity.run_id), changed)
    assert left(aws, plan.key) == [0, 0, 0]


@pytest.mark.parametrize(
    "states",
    [
        PASSED,
        {"check_quality": "failed", "write_report": "success"},
        {"check_quality": "failed", "write_report": "skipped"},
        {"check_quality": "upstream_failed", "write_report": "skipped"},
        {"check_quality": "upstream_failed", "write_report": "upstream_failed"},
    ],
)
def test_a_gate_that_has_passed_or_failed_decides_by_itself(states: dict[str, str | None]) -> None:
    verify(TaskInstance("manual__judged", states))


@pytest.mark.parametrize(
    "states",
    [
        # The run was marked between two tasks, or in its first.
        {"check_quality": "skipped", "write_report": "skipped"},
        # The run was marked as a success during the gate, before it had judged.
        {"check_quality": "success", "write_report": "skipped"},
        # Of what a user did to single tasks.
        {"check_quality": "skipped", "write_report": "success"},
        {"check_quality": "removed", "write_report": "success"},
        {"write_report": "success"},
    ],
)
def test_a_run_whose_gate_has_not_judged_fails(states: dict[str, str | None]) -> None:
    with pytest.raises(AirflowFailException, match=r"^The run was ended by hand: check_quality is"):
        verify(TaskInstance("manual__ended", states))


@pytest.mark.parametrize("gate", ["success", "failed"])
def test_a_report_that_could_not_be_written_fails_the_run(gate: str) -> None:
    with pytest.raises(AirflowFailException, match=r"^The report could not be written"):
        verify(TaskInstance("manual__unwritten", {"check_quality": gate, "write_report": "failed"}))
