"""`tune` of a pipeline's YAML: what is accepted, what is refused by name, and the names of its jobs."""

from typing import Any

import pytest
from pydantic import ValidationError

from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.documents.training.tune import TrainingJobs, is_trial_of, tuning_key
from include.pipeline.planning.names import job_name, key_prefix, part_of_all_names, run_key
from tests.pipeline.planned import plan_of
from tests.pipeline.several_algorithms import THREE, plan_of_three
from tests.pipeline.tuned import TUNE, fields, plan_of_tuned

ETA = {"min": 0.1, "max": 0.3}


def with_params(**params: Any) -> dict[str, Any]:
    return {"params": fields()["params"] | params}


def ranges(**found: Any) -> dict[str, Any]:
    return TUNE | {"ranges": found}


def test_without_it_nothing_is_tuned() -> None:
    assert load_config("bank_marketing").tune is None
    assert PipelineConfig.model_validate(fields(None, **with_params())).tune is None


def test_a_range_is_two_numbers_or_a_list() -> None:
    tune = PipelineConfig.model_validate(fields(ranges(max_depth=[3, 5], eta=ETA))).tune
    assert tune is not None
    assert tune.ranges["max_depth"].ends == ("3", "5")
    assert tune.ranges["eta"].ends == ("0.1", "0.3")
    assert tune.ranges["eta"].scale == "auto"


def test_the_number_of_rounds_may_be_tuned_too() -> None:
    given = {"objective": "binary:logistic"}
    made = fields(ranges(num_round={"min": 20, "max": 60}), **with_params(hyperparameters=given))
    assert PipelineConfig.model_validate(made).params.hyperparameters == given


@pytest.mark.parametrize(
    ("tune", "others", "said"),
    [
        (TUNE | {"max_jobs": 1}, {}, "max_jobs"),
        (TUNE | {"max_jobs": 101}, {}, "max_jobs"),
        (TUNE | {"parallel": 4}, {}, "parallel = 4 is above max_jobs = 3"),
        (TUNE | {"strategy": "hyperband"}, {}, "'bayesian', 'random' or 'grid'"),
        (TUNE | {"objective": "validation:f1"}, {}, "objective"),
        (TUNE | {"ranges": {}}, {}, "at least 1 item"),
        (TUNE | {"strategy": "grid"}, {}, "ranges.max_depth: strategy = grid is for lists of values alone"),
        (
            ranges(max_depth=[2, 3], eta=[0.1, 0.2]) | {"strategy": "grid"},
            {},
            "max_jobs = 3: strategy = grid tries all 4 combinations",
        ),
        (ranges(eta={"min": 0.3, "max": 0.3}), {}, "is two numbers, min and max, the first below the second"),
        (ranges(eta={"min": 0.3}), {}, "the first below the second"),
        (ranges(eta=[0.3]), {}, "a list of two values or more"),
        (ranges(eta=[]), {}, "a list of two values or more"),
        (ranges(eta=[0.3, "0.3"]), {}, "a list of two values or more"),
        (ranges(eta={"min": True, "max": 2}), {}, "min"),
        (ranges(eta={"min": 0.1, "max": float("inf")}), {}, "max"),
        (ranges(eta=ETA | {"values": [0.1, 0.2]}), {}, "or a list of two values or more"),
        (ranges(eta=ETA | {"min": 0, "scale": "logarithmic"}), {}, "logarithmic is for numbers above 0"),
        (ranges(eta=ETA | {"scaling": "linear"}), {}, "scaling"),
        (TUNE, {"algorithms": THREE}, "tune: is for one algorithm"),
        (
            ranges(k=[5, 10]),
            {"algorithm": "knn"} | with_params(image_version="1", hyperparameters={}),
            "tune: k-NN tells no metric of validation rows",
        ),
        (
            TUNE,
            with_params(validation_fraction=0.0, threshold_rule="fixed"),
            "tune: trials are judged on validation rows, a params.validation_fraction above 0",
        ),
        (
            ranges(subsample={"min": 0.5, "max": 1}),
            {},
            "tune.ranges.subsample: params.hyperparameters has subsample too: leave one of them out",
        ),
        (
            TUNE,
            with_params(hyperparameters={"objective": "binary:logistic"}),
            "params.hyperparameters: num_round is required",
        ),
        (
            TUNE | {"max_jobs": 50},
            {},
            "tune: 25 trainings one after another, of aws.max_runtime_seconds each, may outlast expires",
        ),
        (TUNE, {"aws": {"spot": {"max_wait_seconds": 7200}}}, "aws.spot: is for pipelines without tune"),
        (TUNE, {"aws": {"keep_alive_seconds": 60}}, "aws.keep_alive_seconds: is for pipelines without tune"),
    ],
)
def test_what_no_run_could_do_is_refused_by_name(tune: Any, others: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PipelineConfig.model_validate(fields(tune, **others))
    assert said in str(refused.value)


@pytest.mark.parametrize("deployment_id", ["a", "5f3a9c01", "d" * 15, "d" * 16])
@pytest.mark.parametrize("dag_id", ["c", "churn", "a" * 250, "a-" * 60])
def test_the_tuning_job_and_its_trials_have_names_that_fit_and_tell_the_run(
    deployment_id: str, dag_id: str
) -> None:
    key = run_key(deployment_id, dag_id, "scheduled__2026-01-05T06:00:00+00:00")
    own = tuning_key(key)
    # SageMaker's limit is 32.
    assert len(job_name(own, 99)) <= 32
    assert "--" not in own
    # By the one the sweep finds what a run has made; the other two the IAM policies and the janitor go by.
    assert part_of_all_names(key) in own
    assert own.startswith(key_prefix(deployment_id, dag_id)[:16])
    assert own.startswith(f"{deployment_id}-")
    other = run_key(deployment_id, dag_id, "manual__2")
    for attempt in (1, 2, 99):
        trial = f"{job_name(own, attempt)}-007-1a2b3c4d"
        assert len(trial) <= 63
        assert is_trial_of(trial, key)
        assert not is_trial_of(trial, other)
    for not_one in (own, key, f"{own}-007", f"{own}-1a2b3c4d", f"x{own}-007-1a2b3c4d"):
        assert not is_trial_of(not_one, key)


def test_a_plan_tells_how_many_training_jobs_it_buys() -> None:
    assert TrainingJobs.of(plan_of({})) == TrainingJobs(1, 1)
    assert TrainingJobs.of(plan_of_three()) == TrainingJobs(3, 3)
    tuned = TrainingJobs.of(plan_of_tuned())
    assert (tuned, tuned.batches) == (TrainingJobs(3, 2), 2)
