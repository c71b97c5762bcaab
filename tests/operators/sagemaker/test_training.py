import re
import threading
import time
from types import SimpleNamespace

import pytest

from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import OwnerError, TrainingError
from tests.aws.clients import Aws
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import in_training
from tests.operators.sagemaker.training_jobs import (
    ENDLESS,
    NEXT_PLAN,
    PLAN,
    TaskStateStore,
    jobs,
    planned_config,
    wait_for,
)

pytestmark = pytest.mark.slow


def operator(name: str, plan: RunTags = PLAN, **hyperparameters: str) -> ResumableSageMakerTrainingOperator:
    return ResumableSageMakerTrainingOperator(
        task_id="train_model", config=planned_config(name, plan, **hyperparameters), check_interval=1
    )


def stop_once_it_trains(aws: Aws, name: str) -> None:
    wait_for(aws, name, "InProgress")
    in_training(aws.client("sagemaker"), name)
    aws.client("sagemaker").stop_training_job(TrainingJobName=name)


def test_a_job_leaves_a_model_and_says_so(aws: Aws) -> None:
    result = operator("well").execute({})
    assert result["Training"]["TrainingJobStatus"] == "Completed"
    artifact = result["Training"]["ModelArtifacts"]["S3ModelArtifacts"]
    assert artifact == f"s3://{BUCKET}/output/well/output/model.tar.gz"
    aws.client("s3").head_object(Bucket=BUCKET, Key="output/well/output/model.tar.gz")


def test_the_jobs_log_is_shown_from_first_line_to_last(capsys: pytest.CaptureFixture[str]) -> None:
    operator("logged").execute({})
    log = capsys.readouterr().out
    assert re.findall(r"\[(\d)\]#011train-logloss", log) == ["0", "1", "2", "3", "4"]
    assert "Completed - Training job completed" in log
    assert len(re.findall("Billable seconds: [1-9]", log)) == 1


def test_the_end_is_seen_soon() -> None:
    started = time.monotonic()
    operator("soon").execute({})
    # The provider's operator looks every 30 s.
    assert time.monotonic() - started < 15


def test_a_failed_job_fails_the_task_with_its_reason() -> None:
    with pytest.raises(TrainingError, match=r"ended as Failed: AlgorithmError.*eta"):
        operator("failing", eta="2").execute({})


def test_a_job_stopped_from_outside_is_a_failure(aws: Aws) -> None:
    outside = threading.Thread(target=stop_once_it_trains, args=(aws, "stopped"))
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped"):
        operator("stopped", **ENDLESS).execute({})
    outside.join()


def test_killing_the_task_stops_the_job(aws: Aws) -> None:
    task = operator("killed", **ENDLESS)
    name = task.submit_job({})
    task.on_kill()
    wait_for(aws, name, "Stopped")


def test_killing_the_task_of_a_job_that_has_ended_does_no_harm(aws: Aws) -> None:
    task = operator("ended")
    task.execute({})
    task.on_kill()
    assert jobs(aws, "ended") == {"ended": "Completed"}


def test_killing_a_task_that_has_no_job_yet_does_nothing(aws: Aws) -> None:
    operator("unborn").on_kill()
    assert jobs(aws, "unborn") == {}


def test_a_retry_follows_the_job_that_a_crashed_try_left_running(aws: Aws) -> None:
    operator("crashed", **ENDLESS).submit_job({})
    retry = operator("crashed", **ENDLESS)

    def stop_once_it_is_followed() -> None:
        while retry._job_name is None:
            time.sleep(0.1)
        stop_once_it_trains(aws, "crashed")

    outside = threading.Thread(target=stop_once_it_is_followed)
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped"):
        retry.execute({})
    outside.join()
    assert jobs(aws, "crashed") == {"crashed": "Stopped"}


def test_a_retry_re_attaches_by_the_name_that_airflow_kept(aws: Aws) -> None:
    store = TaskStateStore()
    store.set(ResumableSageMakerTrainingOperator.external_id_key, operator("kept").submit_job({}))
    result = operator("kept").execute({"task_state_store": store})
    assert result["Training"]["TrainingJobName"] == "kept"
    assert jobs(aws, "kept") == {"kept": "Completed"}


def test_a_retry_does_not_buy_a_job_again_that_has_succeeded(aws: Aws) -> None:
    store = TaskStateStore()
    first = operator("bought").execute({"task_state_store": store})
    second = operator("bought").execute({"task_state_store": store})
    assert first["Training"]["ModelArtifacts"] == second["Training"]["ModelArtifacts"]
    assert jobs(aws, "bought") == {"bought": "Completed"}


def test_a_retry_takes_the_job_that_ended_well_while_its_worker_was_dead(aws: Aws) -> None:
    operator("orphan").execute({})
    result = operator("orphan").execute({})
    assert result["Training"]["TrainingJobName"] == "orphan"
    assert jobs(aws, "orphan") == {"orphan": "Completed"}


@pytest.mark.parametrize("store", [{}, {"task_state_store": TaskStateStore()}], ids=["unknown", "known"])
def test_a_cleared_task_trains_anew(aws: Aws, store: dict[str, TaskStateStore]) -> None:
    name = f"cleared-{len(store)}"
    operator(name).execute(store)
    result = operator(name, NEXT_PLAN).execute(store)
    assert result["Training"]["TrainingJobName"] == f"{name}-2"
    assert jobs(aws, name) == {name: "Completed", f"{name}-2": "Completed"}


def test_a_task_that_is_cleared_without_its_plan_trains_anew(aws: Aws) -> None:
    for cleared, name in ((0, "alone"), (0, "alone"), (1, "alone-2"), (1, "alone-2")):
        run = SimpleNamespace(clear_number=cleared)
        assert operator("alone").execute({"dag_run": run})["Training"]["TrainingJobName"] == name
    assert jobs(aws, "alone") == {"alone": "Completed", "alone-2": "Completed"}


def test_a_cleared_task_stops_the_job_that_still_runs(aws: Aws) -> None:
    operator("outdated", **ENDLESS).submit_job({})
    operator("outdated", NEXT_PLAN).execute({})
    wait_for(aws, "outdated", "Stopped")
    assert jobs(aws, "outdated-2") == {"outdated-2": "Completed"}


def test_after_a_job_that_failed_the_next_bears_a_number(aws: Aws) -> None:
    with pytest.raises(TrainingError):
        operator("again", eta="2").execute({})
    result = operator("again").execute({})
    assert result["Training"]["TrainingJobName"] == "again-2"
    assert jobs(aws, "again") == {"again": "Failed", "again-2": "Completed"}


def test_own_tags_stay_on_the_job_when_the_task_renews_the_runs(aws: Aws) -> None:
    task = operator("tagged")
    task.config["Tags"] = [{"Key": "team", "Value": "data"}, *task.config["Tags"]]
    arn = task.execute({"dag_run": SimpleNamespace(clear_number=3)})["Training"]["TrainingJobArn"]
    tags = {tag["Key"]: tag["Value"] for tag in aws.client("sagemaker").list_tags(ResourceArn=arn)["Tags"]}
    assert (tags["team"], tags["airflow:clear_number"]) == ("data", "3")


def test_a_spot_job_that_is_trained_anew_finds_no_checkpoints_of_the_one_before(aws: Aws) -> None:
    config = {
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 900},
        "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/checkpoints/spot"},
    }
    for plan, name in ((PLAN, "spot"), (NEXT_PLAN, "spot-2")):
        task = operator("spot", plan)
        task.config |= config
        assert task.execute({})["Training"]["TrainingJobName"] == name
        job = aws.client("sagemaker").describe_training_job(TrainingJobName=name)
        assert job["CheckpointConfig"]["S3Uri"] == f"s3://{BUCKET}/checkpoints/{name}"
    kept = aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="checkpoints/spot")["Contents"]
    # Each has made all five rounds itself.
    for name in ("spot", "spot-2"):
        assert f"checkpoints/{name}/xgboost-checkpoint.4" in {item["Key"] for item in kept}
    log = aws.client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs")["events"]
    first_rounds = [e for e in log if e["message"].startswith("[0]") and "spot-2/" in e["logStreamName"]]
    assert len(first_rounds) == 1


def test_a_request_without_the_tags_of_a_run_is_refused(aws: Aws) -> None:
    task = operator("untagged")
    del task.config["Tags"]
    with pytest.raises(OwnerError, match="has no tags of a run"):
        task.execute({})
    assert jobs(aws, "untagged") == {}
