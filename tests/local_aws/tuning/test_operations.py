"""Tuning jobs through the API: their training jobs, the best of them, limits, refusals and ends."""

from contextlib import closing
from typing import Any

import boto3
import numpy as np
import pytest
from moto import mock_aws

from local_aws.state.background import Background
from local_aws.state.latency import LATENCIES
from local_aws.state.resources import Region
from local_aws.tuning.job import TuningJob
from local_aws.tuning.operations import create_tuning_job
from tests.aws.answers import refused
from tests.aws.clients import CREDENTIALS
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import HYPERPARAMETERS, IMAGE, channel
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.training_jobs import ENDLESS, in_training
from tests.aws.tuning_jobs import described, trials, tuned, tuning_request, value_of
from tests.aws.waiting import end_of_job, wait_until

NOT_FOUND = "Amazon SageMaker can't find a tuning job called absent. Type another name."


@pytest.fixture(scope="module", autouse=True)
def validation_data(s3: Any, rows: np.ndarray) -> None:
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(rows[:80]))


@pytest.fixture(scope="module")
def done(sagemaker: Any) -> dict[str, Any]:
    """A completed tuning job, described."""
    return tuned(sagemaker, "done", members={"Tags": [{"Key": "team", "Value": "growth"}]})


def test_every_training_job_completes_and_is_counted(done: dict[str, Any]) -> None:
    assert done["HyperParameterTuningJobStatus"] == "Completed"
    assert done["TrainingJobStatusCounters"] == {
        "Completed": 3,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 0,
        "Stopped": 0,
    }
    assert done["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 0, "Failed": 0}
    assert done["CreationTime"] < done["HyperParameterTuningEndTime"]


def test_the_best_training_job_has_the_highest_metric(sagemaker: Any, done: dict[str, Any]) -> None:
    found = trials(sagemaker, "done")
    assert [trial["TrainingJobName"][:9] for trial in found] == ["done-001-", "done-002-", "done-003-"]
    best = max(found, key=value_of)
    assert {name: done["BestTrainingJob"][name] for name in best} == best
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["MetricName"] == "validation:auc"
    by_value = trials(
        sagemaker, "done", SortBy="FinalObjectiveMetricValue", SortOrder="Descending", MaxResults=1
    )
    assert by_value == [best]


def test_pages_by_metric_hold_every_training_job_once(sagemaker: Any, done: dict[str, Any]) -> None:
    pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=done["HyperParameterTuningJobName"],
        SortBy="FinalObjectiveMetricValue",
        PaginationConfig={"PageSize": 1},
    )
    values = [value_of(trial) for page in pages for trial in page["TrainingJobSummaries"]]
    assert values == sorted(values)
    assert len(values) == 3


def test_a_metric_is_the_last_of_its_kind_in_the_log(
    sagemaker: Any, client: Any, done: dict[str, Any]
) -> None:
    name = done["BestTrainingJob"]["TrainingJobName"]
    logs, group = client("logs"), "/aws/sagemaker/TrainingJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
    events = logs.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
    )
    (last,) = (event["message"] for event in events["events"] if event["message"].startswith("[4]#011"))
    train, _, validation = last.partition("#011train-auc:")[2].partition("#011validation-auc:")
    expected = float(validation)
    assert value_of(done["BestTrainingJob"]) == expected
    job = sagemaker.describe_training_job(TrainingJobName=name)
    metrics = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
    assert metrics == pytest.approx({"train:auc": float(train), "validation:auc": expected})


def test_a_training_job_has_static_and_tuned_hyperparameters(sagemaker: Any, done: dict[str, Any]) -> None:
    trial = trials(sagemaker, "done")[0]
    job = sagemaker.describe_training_job(TrainingJobName=trial["TrainingJobName"])
    assert job["HyperParameters"] == {
        **HYPERPARAMETERS,
        "_tuning_objective_metric": "validation:auc",
        **trial["TunedHyperParameters"],
    }
    assert job["TuningJobArn"] == done["HyperParameterTuningJobArn"]
    assert 0.01 <= float(trial["TunedHyperParameters"]["eta"]) <= 1
    assert 1 <= int(trial["TunedHyperParameters"]["max_depth"]) <= 6
    tags = sagemaker.list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "growth"}]


def test_describe_repeats_the_request(done: dict[str, Any]) -> None:
    request = tuning_request("done")
    assert done["HyperParameterTuningJobConfig"] == request["HyperParameterTuningJobConfig"]
    static = done["TrainingJobDefinition"]["StaticHyperParameters"]
    assert static == {**HYPERPARAMETERS, "_tuning_objective_metric": "validation:auc"}
    assert done["HyperParameterTuningJobArn"] == (
        "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/done"
    )


def test_the_name_is_the_seed_unless_there_is_one(sagemaker: Any, done: dict[str, Any]) -> None:
    assert done["HyperParameterTuningJobStatus"] == "Completed"
    first = [trial["TunedHyperParameters"] for trial in trials(sagemaker, "done")]
    tuned(sagemaker, "seeded", RandomSeed=7)
    seeded = [trial["TunedHyperParameters"] for trial in trials(sagemaker, "seeded")]
    sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="seeded")
    tuned(sagemaker, "seeded", RandomSeed=7)
    assert [trial["TunedHyperParameters"] for trial in trials(sagemaker, "seeded")] == seeded
    assert seeded != first


def test_a_metric_to_minimize(sagemaker: Any) -> None:
    objective = {"Type": "Minimize", "MetricName": "validation:logloss"}
    limits = {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1}
    job = tuned(
        sagemaker,
        "minimized",
        HyperParameterTuningJobObjective=objective,
        ResourceLimits=limits,
        Strategy="Random",
    )
    best = min(trials(sagemaker, "minimized"), key=value_of)
    assert job["BestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]


@pytest.mark.parametrize(
    ("name", "static", "objective", "data", "ranges"),
    [
        pytest.param(
            "knn",
            {"feature_dim": "3", "predictor_type": "classifier", "sample_size": "200"},
            {"Type": "Maximize", "MetricName": "test:accuracy"},
            "test",
            # The test rows are training rows too: the nearest is always right.
            {"IntegerParameterRanges": [{"Name": "k", "MinValue": "1", "MaxValue": "2"}]},
            id="knn",
        ),
        pytest.param(
            "linear-learner",
            {"predictor_type": "binary_classifier"},
            {"Type": "Minimize", "MetricName": "validation:objective_loss"},
            "validation",
            # A penalty keeps a model from fitting the validation rows, which are training rows too.
            {
                "ContinuousParameterRanges": [
                    {"Name": "wd", "MinValue": "1e-7", "MaxValue": "100", "ScalingType": "Logarithmic"}
                ]
            },
            id="linear-learner",
        ),
    ],
)
def test_amazons_own_algorithms_are_tuned_by_their_metrics(  # noqa: PLR0917 - a table's columns
    sagemaker: Any,
    name: str,
    static: dict[str, str],
    objective: dict[str, str],
    data: str,
    ranges: dict[str, Any],
) -> None:
    image = f"382416733822.dkr.ecr.us-east-1.amazonaws.com/{name}:1"
    job = tuned(
        sagemaker,
        name,
        static=static,
        definition={
            "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
            "InputDataConfig": [channel(), channel(data, f"s3://{BUCKET}/validation/")],
        },
        HyperParameterTuningJobObjective=objective,
        ParameterRanges=ranges,
        ResourceLimits={"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 2
    worst, best = sorted(trials(sagemaker, name), key=value_of, reverse=objective["Type"] == "Minimize")
    assert value_of(worst) != value_of(best)
    assert job["BestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    (low,), (high,) = (trial["TunedHyperParameters"].values() for trial in (best, worst))
    assert float(low) < float(high)


def test_grid_tries_every_combination_one_after_the_other(sagemaker: Any) -> None:
    categories = [
        {"Name": "max_depth", "Values": ["1", "3"]},
        {"Name": "booster", "Values": ["gbtree"]},
    ]
    job = tuned(
        sagemaker,
        "grid",
        Strategy="Grid",
        ParameterRanges={"CategoricalParameterRanges": categories},
        ResourceLimits={"MaxParallelTrainingJobs": 1},
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    found = trials(sagemaker, "grid")
    assert [trial["TunedHyperParameters"]["max_depth"] for trial in found] == ["1", "3"]
    assert found[0]["TrainingEndTime"] <= found[1]["TrainingStartTime"]


@pytest.mark.parametrize(
    ("name", "criteria", "expected"),
    [
        ("target", {"TargetObjectiveMetricValue": 0.5}, 1),
        ("plateau", {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}, 4),
    ],
)
def test_it_ends_early_when_it_is_satisfied(
    sagemaker: Any, name: str, criteria: dict[str, Any], expected: int
) -> None:
    # Without rounds that differ there is never anything better than the first.
    ranges = {"IntegerParameterRanges": [{"Name": "seed", "MinValue": "1", "MaxValue": "1000"}]}
    job = tuned(
        sagemaker,
        name,
        ParameterRanges=ranges,
        TuningJobCompletionCriteria=criteria,
        ResourceLimits={"MaxNumberOfTrainingJobs": 10, "MaxParallelTrainingJobs": 1},
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == expected


@pytest.mark.slow
def test_when_its_time_is_over_it_stops_its_training_jobs() -> None:
    # The API takes 120 s at the least, so this comes in behind its validation.
    limits = {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 2, "MaxRuntimeInSeconds": 1}
    request = tuning_request(
        "timed", static=ENDLESS, definition={"InputDataConfig": [channel()]}, ResourceLimits=limits
    )
    background = Background(LATENCIES["none"])
    region = Region("123456789012", "us-east-1", background)
    with mock_aws(), closing(boto3.client("s3", **CREDENTIALS)) as s3:
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="train/train.csv", Body=b"1,2\n0,1\n" * 20)
        try:
            with region.lock:
                create_tuning_job(region, request)
            job = region.of(TuningJob)["timed"]
            wait_until(lambda: job.is_over, 10)
        finally:
            background.close()
    assert [trial.job.status for trial in job.trials] == ["Stopped", "Stopped"]
    assert job.status == "Failed"
    assert job.end_time is not None
    assert 1 <= job.end_time - job.creation_time < 5


def test_no_more_run_at_once_than_allowed_and_a_stop_stops_all(sagemaker: Any) -> None:
    limits = {"MaxNumberOfTrainingJobs": 6, "MaxParallelTrainingJobs": 3}
    sagemaker.create_hyper_parameter_tuning_job(
        **tuning_request("stopped", static=ENDLESS, ResourceLimits=limits)
    )
    first = described(sagemaker, "stopped")
    assert first["HyperParameterTuningJobStatus"] == "InProgress"
    assert first["TrainingJobStatusCounters"]["InProgress"] == 3
    assert first["ObjectiveStatusCounters"]["Pending"] == 3
    in_training(sagemaker, trials(sagemaker, "stopped")[0]["TrainingJobName"])
    assert len(trials(sagemaker, "stopped")) == 3
    sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")
    job = end_of_job(lambda: described(sagemaker, "stopped"), "HyperParameterTuningJobStatus")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 3
    assert "BestTrainingJob" not in job
    assert refused(sagemaker.stop_hyper_parameter_tuning_job, HyperParameterTuningJobName="stopped") == (
        "ValidationException",
        "The request was rejected because the hyperparameter tuning job is in status Stopped.",
    )


@pytest.mark.parametrize(("name", "most", "attempts"), [("fails", 2, 2), ("gives-up", 9, 5)])
def test_without_a_success_it_fails(sagemaker: Any, name: str, most: int, attempts: int) -> None:
    limits = {"MaxNumberOfTrainingJobs": most, "MaxParallelTrainingJobs": 1}
    broken = {**HYPERPARAMETERS, "silent": "0"}
    job = tuned(sagemaker, name, static=broken, ResourceLimits=limits)
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f"No training job succeeded after {attempts} attempts. Please take a look at the training job "
        "failures to get more details."
    )
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == attempts
    reasons = {trial["FailureReason"] for trial in trials(sagemaker, name)}
    assert reasons == {"AlgorithmError: Extraneous hyperparameter found: silent"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:beauty"}},
            "The objective metric for the hyperparameter tuning job, [validation:beauty], isn't valid for "
            f"the [{IMAGE}] algorithm. Choose a valid objective metric.",
            id="metric",
        ),
        pytest.param(
            {"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:auc"}},
            "The objective metric type, [Minimize], that you specified for objective metric, "
            f"[validation:auc], isn't valid for the [{IMAGE}] algorithm. Choose a valid objective metric "
            "type.",
            id="direction",
        ),
        pytest.param(
            {
                "definition": {
                    "AlgorithmSpecification": {
                        "TrainingImage": IMAGE,
                        "TrainingInputMode": "File",
                        "MetricDefinitions": [{"Name": "mine", "Regex": "mine=(.*)"}],
                    }
                }
            },
            "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the "
            "request without specifying metric definitions.",
            id="metric-definitions",
        ),
        pytest.param(
            {"ParameterRanges": {"CategoricalParameterRanges": [{"Name": "booster", "Values": ["a", "b"]}]}},
            "You don't have enough combinations of hyperparameter ranges. The total number of hyperparameter "
            "combinations for the provided ranges [2.0] must be equal or greater than the value of "
            "MaxNumberOfJobs, [3]. Provide additional ranges.",
            id="combinations",
        ),
        pytest.param(
            {"static": {**HYPERPARAMETERS, "eta": "0.1"}},
            "Hyperparameters ['eta'] have a range, and cannot be static as well.",
            id="static-and-tuned",
        ),
        pytest.param(
            {"ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 2}},
            "MaxParallelTrainingJobs must not be above MaxNumberOfTrainingJobs.",
            id="parallel",
        ),
        pytest.param(
            {"ResourceLimits": {"MaxParallelTrainingJobs": 2}},
            "1 validation error detected: Value null at "
            "'hyperParameterTuningJobConfig.resourceLimits.maxNumberOfTrainingJobs' failed to satisfy "
            "constraint: Member must not be null",
            id="no-limit",
        ),
        pytest.param(
            {"Strategy": "Hyperband"},
            "Hyperband needs a number as StrategyConfig.HyperbandStrategyConfig.MaxResource, or as one "
            "of the static hyperparameters epochs, numepochs, n-epochs, n_epochs, num_epochs.",
            id="hyperband",
        ),
        pytest.param(
            {"Strategy": "Grid"},
            "The strategy Grid supports CategoricalParameterRanges only.",
            id="grid-of-numbers",
        ),
        pytest.param(
            {"members": {"Autotune": {"Mode": "Enabled"}}},
            "Local AWS has no Autotune; ranges, objective and limits are the request's.",
            id="autotune",
        ),
        pytest.param(
            {"members": {"TrainingJobDefinitions": [tuning_request("never-tuned")["TrainingJobDefinition"]]}},
            "Local AWS has no TrainingJobDefinitions; it tunes the one of TrainingJobDefinition.",
            id="several-definitions",
        ),
        pytest.param(
            {
                "definition": {
                    "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe"},
                }
            },
            "Channel train: local AWS has no input mode Pipe; it has File, and FastFile as File.",
            id="pipe",
        ),
        pytest.param(
            {"definition": {"InputDataConfig": [channel(uri=f"s3://{BUCKET}/nothing/")]}},
            f'No S3 objects found under S3 URL "s3://{BUCKET}/nothing/" given in input data source. Please '
            "ensure that the bucket exists in the selected region, that objects exist under that S3 prefix, "
            'and that the role has "s3:ListBucket" permissions on the bucket.',
            id="no-objects",
        ),
    ],
)
def test_refused_before_it_starts(sagemaker: Any, changes: dict[str, Any], message: str) -> None:
    request = tuning_request("never-tuned", **changes)
    answer = refused(sagemaker.create_hyper_parameter_tuning_job, **request)
    assert answer == ("ValidationException", message)
    assert not listed(sagemaker, "list_training_jobs", NameContains="never-tuned-")


@pytest.mark.parametrize(
    "operation",
    [
        "describe_hyper_parameter_tuning_job",
        "stop_hyper_parameter_tuning_job",
        "delete_hyper_parameter_tuning_job",
        "list_training_jobs_for_hyper_parameter_tuning_job",
    ],
)
def test_an_absent_job(sagemaker: Any, operation: str) -> None:
    answer = refused(getattr(sagemaker, operation), HyperParameterTuningJobName="absent")
    assert answer == ("ResourceNotFound", NOT_FOUND)


def test_a_name_is_used_once_and_jobs_are_listed_by_name(sagemaker: Any, done: dict[str, Any]) -> None:
    assert refused(sagemaker.create_hyper_parameter_tuning_job, **tuning_request("done")) == (
        "ResourceInUse",
        "A hyperparameter tuning job with the name, done, already exists. Choose a different name.",
    )
    found = sagemaker.list_hyper_parameter_tuning_jobs(MaxResults=100)["HyperParameterTuningJobSummaries"]
    names = [job["HyperParameterTuningJobName"] for job in found]
    assert names == sorted(names)
    (summary,) = (job for job in found if job["HyperParameterTuningJobName"] == "done")
    assert summary["Strategy"] == "Bayesian"
    assert summary["TrainingJobStatusCounters"] == done["TrainingJobStatusCounters"]
