"""Tuning jobs that stop the worse training jobs early, and those that go on from tuning jobs before them."""

from typing import Any

import numpy as np
import pytest

from tests.aws.answers import refused
from tests.aws.sagemaker_requests import HYPERPARAMETERS, channel
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.tuning_jobs import trials, tuned, tuning_request, value_of


@pytest.fixture(scope="module", autouse=True)
def validation_data(s3: Any, rows: np.ndarray) -> None:
    s3.put_object(Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(rows[:80]))


@pytest.fixture(scope="module")
def parent(sagemaker: Any) -> dict[str, Any]:
    """A completed tuning job, described."""
    return tuned(sagemaker, "parent")


def test_hyperband_stops_the_worse_ones_early(sagemaker: Any) -> None:
    """Of thousands of rounds, what learns nothing has a few, and the best the most that there may be."""
    limits = {"MinResource": 10, "MaxResource": 2000}
    rates = [{"Name": "eta", "MinValue": "1e-9", "MaxValue": "0.3", "ScalingType": "Logarithmic"}]
    job = tuned(
        sagemaker,
        "hyperband",
        static={**HYPERPARAMETERS, "num_round": "5000"},
        Strategy="Hyperband",
        StrategyConfig={"HyperbandStrategyConfig": limits},
        HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "validation:logloss"},
        ParameterRanges={"ContinuousParameterRanges": rates},
        ResourceLimits={"MaxNumberOfTrainingJobs": 5, "MaxParallelTrainingJobs": 1},
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    # None has all its rounds: the best are stopped at the most.
    assert job["TrainingJobStatusCounters"]["Stopped"] == 5
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 5
    found = trials(sagemaker, "hyperband")
    assert job["BestTrainingJob"]["TrainingJobName"] == min(found, key=value_of)["TrainingJobName"]


def warm(kind: str, *parents: str) -> dict[str, Any]:
    names = [{"HyperParameterTuningJobName": name} for name in parents]
    return {"WarmStartConfig": {"ParentHyperParameterTuningJobs": names, "WarmStartType": kind}}


def test_a_warm_start_goes_on_from_what_its_parents_found(sagemaker: Any, parent: dict[str, Any]) -> None:
    depths = [{"Name": "max_depth", "MinValue": "1", "MaxValue": "6"}]
    # The parent's eta is static here: the number of hyperparameters stays.
    eta = parent["BestTrainingJob"]["TunedHyperParameters"]["eta"]
    job = tuned(
        sagemaker,
        "warm",
        static={**HYPERPARAMETERS, "eta": eta},
        members=warm("IdenticalDataAndAlgorithm", "parent"),
        ParameterRanges={"IntegerParameterRanges": depths},
        ResourceLimits={"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
    )
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    (own,) = trials(sagemaker, "warm")
    best = max([parent["BestTrainingJob"], own], key=value_of)
    assert job["OverallBestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    assert job["OverallBestTrainingJob"]["TuningJobName"] == ("warm" if best is own else "parent")
    assert job["WarmStartConfig"] == warm("IdenticalDataAndAlgorithm", "parent")["WarmStartConfig"]
    assert "OverallBestTrainingJob" not in parent


def test_what_its_parents_have_tried_is_not_tried_again(sagemaker: Any) -> None:
    depths = {
        "ParameterRanges": {
            "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "3"}]
        }
    }
    two = {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2}
    tuned(sagemaker, "tried", **depths, ResourceLimits=two)
    for name, kind, count in (
        ("identical", "IdenticalDataAndAlgorithm", 1),
        ("transfer", "TransferLearning", 2),
    ):
        tuned(sagemaker, name, members=warm(kind, "tried"), **depths, ResourceLimits=two)
        assert len(trials(sagemaker, name)) == count
    tried = [
        trial["TunedHyperParameters"]["max_depth"]
        for name in ("tried", "identical")
        for trial in trials(sagemaker, name)
    ]
    assert sorted(tried) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        (
            "TransferLearning",
            {"static": {}},
            "The parent tuning job parent has 4 hyperparameters, static and tuned,",
        ),
        (
            "TransferLearning",
            {
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:logloss"},
            },
            "The parent tuning job parent has the objective metric validation:auc, this one validation:log",
        ),
        (
            "IdenticalDataAndAlgorithm",
            {"definition": {"InputDataConfig": [channel()]}},
            "WarmStartType IdenticalDataAndAlgorithm needs the TrainingImage and the InputDataConfig of the",
        ),
    ],
    ids=["number", "metric", "data"],
)
def test_parents_that_do_not_fit(
    sagemaker: Any, parent: dict[str, Any], kind: str, changes: dict[str, Any], message: str
) -> None:
    request = tuning_request("unfit", members=warm(kind, parent["HyperParameterTuningJobName"]), **changes)
    code, text = refused(sagemaker.create_hyper_parameter_tuning_job, **request)
    assert (code, text[: len(message)]) == ("ValidationException", message)
