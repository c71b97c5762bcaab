"""A tuning job as the training step: what the provider's operator lacks, and the best trial as its answer."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred

from include.operators.sagemaker.triggers import TuningJobTrigger
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.training.tuning import Tuning
from include.pipeline.errors import OwnerError, TrainingError
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import HYPERPARAMETERS
from tests.aws.training_data import BUCKET, as_csv, noisy_rows
from tests.aws.training_jobs import ENDLESS
from tests.aws.tuning_jobs import trials, tuning_request, value_of
from tests.aws.waiting import wait_until
from tests.operators.sagemaker.training_jobs import NEXT_PLAN, PLAN, TaskStateStore
from tests.operators.sagemaker.triggering import event_of

pytestmark = pytest.mark.slow

NAME, STATUS = "HyperParameterTuningJobName", "HyperParameterTuningJobStatus"


@pytest.fixture(scope="module", autouse=True)
def validation_rows(aws: Aws) -> None:
    aws.client("s3").put_object(
        Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(noisy_rows()[:80])
    )


def operator(
    name: str, plan: RunTags = PLAN, *, static: dict[str, str] | None = None, **arguments: Any
) -> ResumableSageMakerTuningOperator:
    config = tuning_request(name, static=HYPERPARAMETERS | (static or {}), members={"Tags": plan.to_aws()})
    return ResumableSageMakerTuningOperator(
        task_id="train_model", config=config, check_interval=1, **arguments
    )


def jobs(aws: Aws, name: str) -> dict[str, str]:
    """The status of each tuning job with this in its name."""
    found = listed(aws.client("sagemaker"), "list_hyper_parameter_tuning_jobs", NameContains=name)
    return {job[NAME]: job[STATUS] for job in found}


def wait_for(aws: Aws, name: str, status: str) -> None:
    wait_until(lambda: jobs(aws, name).get(name) == status)


def of_trials(aws: Aws, name: str) -> set[str]:
    """The states of its training jobs."""
    return {trial["TrainingJobStatus"] for trial in trials(aws.client("sagemaker"), name)}


def in_training(aws: Aws, name: str) -> None:
    wait_until(lambda: name in jobs(aws, name) and bool(trials(aws.client("sagemaker"), name)))


def test_the_answer_is_the_best_training_job_as_if_it_were_the_only_one(aws: Aws) -> None:
    result = operator("well").execute({})
    best = max(trials(aws.client("sagemaker"), "well"), key=value_of)
    job = aws.client("sagemaker").describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert result["Training"]["TrainingJobName"] == best["TrainingJobName"]
    assert result["Training"]["ModelArtifacts"] == job["ModelArtifacts"]
    assert result["Training"]["BillableTimeInSeconds"] == job["BillableTimeInSeconds"]
    assert result["Tuning"] == {NAME: "well"}


def test_the_log_tells_how_far_it_is_and_which_is_the_best_so_far(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    operator("logged").execute({})
    log = capsys.readouterr().out
    best = max(value_of(trial) for trial in trials(aws.client("sagemaker"), "logged"))
    assert f"Completed: 3 of 3 training jobs have ended; the best validation:auc is {best:.5g}, by " in log


def test_all_trials_are_told_with_what_each_was_billed_for(aws: Aws) -> None:
    sagemaker = aws.client("sagemaker")
    operator("told").execute({})
    told = Tuning.describe(sagemaker, "told")
    found = trials(sagemaker, "told")
    assert [trial.job_name for trial in told.trials] == [trial["TrainingJobName"] for trial in found]
    assert [trial.hyperparameters for trial in told.trials] == [
        each["TunedHyperParameters"] for each in found
    ]
    assert [trial.value for trial in told.trials] == [value_of(trial) for trial in found]
    billed = [
        sagemaker.describe_training_job(TrainingJobName=trial.job_name)["BillableTimeInSeconds"]
        for trial in told.trials
    ]
    assert told.billable_seconds == sum(billed) > 0
    assert (told.metric, told.direction) == ("validation:auc", "Maximize")
    best = max(told.trials, key=lambda trial: trial.value or 0)
    assert (told.best, told.chosen) == (best.job_name, best.hyperparameters)


def test_a_job_of_which_no_training_succeeds_fails_the_task_with_its_reason(aws: Aws) -> None:
    with pytest.raises(TrainingError, match="'failing' ended as Failed: No training job") as refused:
        operator("failing", static={"gamma": "-1"}).execute({})
    # SageMaker's own reason has no cause.
    assert "of failing-001-" in str(refused.value)
    assert "gamma: -1" in str(refused.value)
    assert of_trials(aws, "failing") == {"Failed"}


def test_a_job_stopped_from_outside_is_a_failure(aws: Aws) -> None:
    def stop() -> None:
        in_training(aws, "stopped")
        aws.client("sagemaker").stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")

    outside = threading.Thread(target=stop)
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped"):
        operator("stopped", static=ENDLESS).execute({})
    outside.join()


def test_killing_the_task_stops_the_job_and_its_training_jobs(aws: Aws) -> None:
    task = operator("killed", static=ENDLESS)
    task.submit_job({})
    task.on_kill()
    wait_for(aws, "killed", "Stopped")
    assert of_trials(aws, "killed") == {"Stopped"}


def test_a_retry_follows_the_job_that_a_crashed_try_left_running(aws: Aws) -> None:
    operator("lost-tries", static=ENDLESS).submit_job({})
    retry = operator("lost-tries", static=ENDLESS)

    def stop_once_it_is_followed() -> None:
        while retry._job_name is None:
            time.sleep(0.1)
        aws.client("sagemaker").stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="lost-tries")

    outside = threading.Thread(target=stop_once_it_is_followed)
    outside.start()
    with pytest.raises(TrainingError, match="ended as Stopped"):
        retry.execute({})
    outside.join()
    assert jobs(aws, "lost-tries") == {"lost-tries": "Stopped"}


def test_a_retry_re_attaches_by_the_name_that_airflow_kept(aws: Aws) -> None:
    store = TaskStateStore()
    store.set(ResumableSageMakerTuningOperator.external_id_key, operator("remembered").submit_job({}))
    assert operator("remembered").execute({"task_state_store": store})["Tuning"] == {NAME: "remembered"}
    assert jobs(aws, "remembered") == {"remembered": "Completed"}


@pytest.mark.parametrize("store", [{}, {"task_state_store": TaskStateStore()}], ids=["unknown", "known"])
def test_a_retry_does_not_buy_a_job_again_that_has_succeeded(aws: Aws, store: dict[str, Any]) -> None:
    name = f"paid-{len(store)}"
    first, second = (operator(name).execute(store) for _ in range(2))
    assert first == second
    assert jobs(aws, name) == {name: "Completed"}
    assert len(trials(aws.client("sagemaker"), name)) == 3


def test_a_cleared_task_stops_the_job_that_still_runs_and_starts_another(aws: Aws) -> None:
    operator("superseded", static=ENDLESS).submit_job({})
    assert operator("superseded", NEXT_PLAN).execute({})["Tuning"] == {NAME: "superseded-2"}
    assert jobs(aws, "superseded") == {"superseded": "Stopped", "superseded-2": "Completed"}


def test_the_training_jobs_have_the_runs_tags(aws: Aws) -> None:
    task = operator("tagged")
    result = task.execute({"dag_run": SimpleNamespace(clear_number=3)})["Training"]
    found = aws.client("sagemaker").list_tags(ResourceArn=result["TrainingJobArn"])["Tags"]
    tags = {tag["Key"]: tag["Value"] for tag in found}
    assert (tags["airflow:run_id"], tags["airflow:clear_number"]) == (PLAN.run_id, "3")


def test_a_request_without_the_tags_of_a_run_is_refused(aws: Aws) -> None:
    task = operator("untagged")
    del task.config["Tags"]
    with pytest.raises(OwnerError, match="has no tags of a run"):
        task.execute({})
    assert jobs(aws, "untagged") == {}


def test_a_model_that_is_used_again_tunes_nothing_and_answers_with_its_job(aws: Aws) -> None:
    made = operator("made").execute({})["Training"]
    told = {}
    ti = SimpleNamespace(xcom_push=told.__setitem__)
    reused = {"job_name": made["TrainingJobName"], "reason": "as before"}
    task = operator("unbought", reused=reused)
    with pytest.raises(AirflowSkipException, match="as before"):
        task.execute({"ti": ti})
    # There is no page of a tuning job, and nothing to stop.
    assert task.console_name is None
    task.on_kill()
    assert told["return_value"] == {"Training": made}
    assert jobs(aws, "unbought") == {}


def test_a_deferred_task_is_woken_at_the_end_and_goes_on(aws: Aws) -> None:
    task = operator("deferred", deferrable=True)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute({})
    assert isinstance(deferred.value.trigger, TuningJobTrigger)
    event = event_of(deferred.value.trigger)
    assert task.execute_complete({}, event)["Tuning"] == {NAME: "deferred"}
    assert jobs(aws, "deferred") == {"deferred": "Completed"}
