"""The split of a table: on the worker, or by a processing job that a retry finds again and a kill stops."""

import hashlib
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred

from include.operators.sagemaker import resumable_job
from include.operators.sagemaker.processing import SplitDataOperator
from include.operators.sagemaker.triggers import ProcessingJobTrigger
from include.pipeline.aws.object_store import write_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.errors import DataError, OwnerError, ProcessingError
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.waiting import wait_until
from tests.operators.sagemaker.training_jobs import TaskStateStore
from tests.operators.sagemaker.triggering import event_of
from tests.pipeline.split_jobs import CONTENT, objects_of_split, plan_of_job

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

BUCKET = "splits"
NAME, STATUS = "ProcessingJobName", "ProcessingJobStatus"


@pytest.fixture(scope="module", autouse=True)
def bucket(aws: Aws) -> None:
    aws.client("s3").create_bucket(Bucket=BUCKET)


def planned(run_id: str, **params: Any) -> RunPlan:
    return plan_of_job(run_id=run_id, bucket=BUCKET, **params)


def raw_of(s3: "S3Client", plan: RunPlan, content: bytes = CONTENT) -> RawData:
    sha256 = hashlib.sha256(content).hexdigest()
    uri = f"{plan.locations.raw}/{sha256}/churn.csv"
    write_object(s3, uri, content, "text/csv")
    return RawData(
        uri=uri,
        url="https://data.example.com/churn.csv",
        sha1="",
        sha256=sha256,
        bytes=len(content),
        etag=None,
        last_modified=None,
    )


def operator(
    aws: Aws, plan: RunPlan, content: bytes = CONTENT, *, above_bytes: int = 1000, **arguments: Any
) -> SplitDataOperator:
    return SplitDataOperator(
        task_id="split_data",
        config=dict(plan.processing or {}),
        plan=plan.model_dump(mode="json"),
        raw=raw_of(aws.client("s3"), plan, content).model_dump(mode="json"),
        above_bytes=above_bytes,
        max_bytes=10**6,
        check_interval=1,
        **arguments,
    )


def jobs(aws: Aws, plan: RunPlan) -> dict[str, str]:
    """The status of each of the run's processing jobs."""
    found = listed(aws.client("sagemaker"), "list_processing_jobs", NameContains=plan.key)
    return {job[NAME]: job[STATUS] for job in found}


def test_a_job_returns_and_writes_what_the_worker_does_to_the_last_byte(aws: Aws) -> None:
    s3 = aws.client("s3")
    plan, elsewhere = planned("same"), planned("same").model_copy()
    split = Split.read(operator(aws, plan).execute({}), "split_data")
    by_job = objects_of_split(s3, plan)
    assert split.job
    assert (split.job.name, split.job.instance_type) == (plan.key, "ml.m5.xlarge")
    described = aws.client("sagemaker").describe_processing_job(ProcessingJobName=plan.key)
    took = described["ProcessingEndTime"] - described["ProcessingStartTime"]
    assert split.job.seconds == took.total_seconds() > 0
    for key in by_job:
        s3.delete_object(Bucket=BUCKET, Key=key)
    on_worker = split_to_s3(s3, raw_of(s3, elsewhere), elsewhere)
    assert split.model_copy(update={"job": None}) == on_worker
    assert by_job == objects_of_split(s3, elsewhere)
    assert len(by_job) == 8


def test_a_small_table_is_split_on_the_worker(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned("small")
    # A pipeline of the tests has no file.
    monkeypatch.setattr(
        "include.pipeline.documents.config.load_config", lambda _: SimpleNamespace(max_source_bytes=10**6)
    )
    split = Split.read(operator(aws, plan, above_bytes=len(CONTENT)).execute({}), "split_data")
    assert split.job is None
    assert objects_of_split(aws.client("s3"), plan)
    assert jobs(aws, plan) == {}


def test_a_table_that_the_job_refuses_is_refused_in_the_same_words(aws: Aws) -> None:
    plan = planned("broken")
    content = CONTENT.replace(b"churned", b"bought")
    s3 = aws.client("s3")
    with pytest.raises(DataError) as by_job:
        operator(aws, plan, content).execute({})
    with pytest.raises(DataError) as on_worker:
        split_to_s3(s3, raw_of(s3, plan, content), plan)
    assert str(by_job.value) == str(on_worker.value)
    assert jobs(aws, plan) == {plan.key: "Failed"}


def test_a_job_stopped_from_outside_is_a_failure(aws: Aws) -> None:
    plan = planned("stopped")

    def stop() -> None:
        wait_until(lambda: plan.key in jobs(aws, plan))
        aws.client("sagemaker").stop_processing_job(ProcessingJobName=plan.key)

    outside = threading.Thread(target=stop)
    outside.start()
    with pytest.raises(ProcessingError, match="ended as Stopped"):
        operator(aws, plan).execute({})
    outside.join()


def test_killing_the_task_stops_the_job(aws: Aws) -> None:
    plan = planned("killed")
    task = operator(aws, plan)
    task.submit_job({})
    task.on_kill()
    wait_until(lambda: jobs(aws, plan) == {plan.key: "Stopped"})


def test_a_retry_follows_the_job_that_a_crashed_try_left_running(aws: Aws) -> None:
    plan = planned("lost")
    operator(aws, plan).submit_job({})
    split = Split.read(operator(aws, plan).execute({}), "split_data")
    assert split.job
    assert split.job.name == plan.key
    assert jobs(aws, plan) == {plan.key: "Completed"}


@pytest.mark.parametrize("store", [{}, {"task_state_store": TaskStateStore()}], ids=["unknown", "known"])
def test_a_retry_does_not_buy_a_job_again_that_has_succeeded(aws: Aws, store: dict[str, Any]) -> None:
    plan = planned(f"paid-{len(store)}")
    first, second = (operator(aws, plan).execute(store) for _ in range(2))
    assert first == second
    assert jobs(aws, plan) == {plan.key: "Completed"}


def test_a_cleared_task_stops_the_job_that_still_runs_and_starts_another(aws: Aws) -> None:
    plan, again = planned("cleared"), planned("cleared", day=24)
    operator(aws, plan).submit_job({})
    split = Split.read(operator(aws, again).execute({}), "split_data")
    assert split.job
    assert split.job.name == f"{plan.key}-2"
    assert jobs(aws, plan) == {plan.key: "Stopped", f"{plan.key}-2": "Completed"}


def test_the_job_has_the_runs_tags_and_no_network(aws: Aws) -> None:
    plan = planned("tagged")
    task = operator(aws, plan)
    task.execute({"dag_run": SimpleNamespace(clear_number=3)})
    sagemaker = aws.client("sagemaker")
    job = sagemaker.describe_processing_job(ProcessingJobName=plan.key)
    tags = sagemaker.list_tags(ResourceArn=job["ProcessingJobArn"])["Tags"]
    own = RunTags.of_request(plan.training)
    assert RunTags.of_request({"Tags": tags}) == own.model_copy(update={"clear_number": 3})
    assert job["NetworkConfig"]["EnableNetworkIsolation"]


def test_a_request_without_the_tags_of_a_run_is_refused(aws: Aws) -> None:
    plan = planned("untagged")
    task = operator(aws, plan)
    del task.config["Tags"]
    with pytest.raises(OwnerError, match="has no tags of a run"):
        task.execute({})
    assert jobs(aws, plan) == {}


def test_a_split_that_the_job_has_not_written_is_not_taken(aws: Aws) -> None:
    plan = planned("changed")
    operator(aws, plan).execute({})
    write_object(aws.client("s3"), f"{plan.locations.processing}/split.json", b"{}", "application/json")
    with pytest.raises(ProcessingError, match="it is what the job has written"):
        operator(aws, plan).execute({})


def test_what_the_job_is_billed_for_is_counted_once(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(resumable_job, "count_billed", lambda *bought, **_: counted.append(bought))
    plan = planned("billed")
    split = Split.read(operator(aws, plan).execute({}), "split_data")
    assert split.job
    ((use, instances, billed),) = counted
    assert (use, instances) == ("processing", [("ml.m5.xlarge", 1)])
    assert billed.total_seconds() == split.job.seconds


def test_a_model_that_is_used_again_splits_nothing_and_answers_with_its_split(aws: Aws) -> None:
    plan = planned("unbought")
    told: dict[str, Any] = {}
    task = operator(aws, plan, reused={"split": {"rows": 9}, "reason": "as before"})
    with pytest.raises(AirflowSkipException, match="as before"):
        task.execute({"ti": SimpleNamespace(xcom_push=told.__setitem__)})
    assert told["return_value"] == {"rows": 9}
    assert jobs(aws, plan) == {}


def test_a_deferred_task_is_woken_at_the_end_and_goes_on(aws: Aws) -> None:
    plan = planned("deferred")
    task = operator(aws, plan, deferrable=True)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute({})
    assert isinstance(deferred.value.trigger, ProcessingJobTrigger)
    event = event_of(deferred.value.trigger)
    split = Split.read(task.execute_complete({}, event), "split_data")
    assert split.job
    assert jobs(aws, plan) == {plan.key: "Completed"}
