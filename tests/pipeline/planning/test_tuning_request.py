"""The plan of a run with a tuning job: its request, its cost, what holds it; other plans are as before."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from include.aws_check.quotas import _needed
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import PlanReference, RunPlan
from include.pipeline.documents.training.tune import tuning_key
from include.pipeline.errors import ParamError, PlanError
from include.pipeline.history.accepted import fingerprint
from include.pipeline.planning.cost import ENDPOINT_AT_MOST, check_cost_limit
from include.pipeline.planning.held_plan import hold_plan
from include.pipeline.planning.limits import check_limits
from tests.pipeline.planned import ROLE, plan_of
from tests.pipeline.tuned import TUNE, TUNED, fields, plan_of_tuned

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DATA = "5a" * 32
HOUR = 0.115  # of an ml.m5.large in us-east-1, for training and for endpoints
PLAN = plan_of_tuned()
REQUEST: dict[str, Any] = PLAN.tuning or {}


def tuned_by(tune: dict[str, Any], **others: Any) -> RunPlan:
    config = PipelineConfig.model_validate(fields(TUNE | tune, **others))
    return plan_of_tuned(config, image_version=config.params.image_version)


def test_ranges_are_of_the_kind_that_the_image_reads() -> None:
    config = REQUEST["HyperParameterTuningJobConfig"]
    assert config["ParameterRanges"] == {
        "IntegerParameterRanges": [
            {"Name": "max_depth", "MinValue": "2", "MaxValue": "6", "ScalingType": "Auto"}
        ],
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": "0.05", "MaxValue": "0.5", "ScalingType": "Logarithmic"}
        ],
    }
    assert config["ResourceLimits"] == {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2}
    listed = tuned_by({"ranges": {"max_depth": [2, 4, 6]}, "strategy": "grid"}).tuning or {}
    assert listed["HyperParameterTuningJobConfig"]["Strategy"] == "Grid"
    assert listed["HyperParameterTuningJobConfig"]["ParameterRanges"] == {
        "CategoricalParameterRanges": [{"Name": "max_depth", "Values": ["2", "4", "6"]}]
    }


@pytest.mark.parametrize(
    ("algorithm", "kind", "objective"),
    [
        ("xgboost", "binary", ("validation:auc", "Maximize")),
        ("xgboost", "multiclass", ("validation:mlogloss", "Minimize")),
        ("xgboost", "regression", ("validation:rmse", "Minimize")),
        ("linear-learner", "binary", ("validation:roc_auc_score", "Maximize")),
        ("linear-learner", "multiclass", ("validation:macro_f_beta", "Maximize")),
        ("linear-learner", "regression", ("validation:mse", "Minimize")),
    ],
)
def test_trials_are_judged_by_the_validation_rows(algorithm: Any, kind: Any, objective: Any) -> None:
    ranges = {"eta": [0.1, 0.2, 0.3]} if algorithm == "xgboost" else {"l1": {"min": 0.0, "max": 0.1}}
    objectives = {
        "binary": "binary:logistic",
        "multiclass": "multi:softprob",
        "regression": "reg:squarederror",
    }
    given: dict[str, Any] = {"num_round": 5, "objective": objectives[kind]}
    given |= {"num_class": 3} if kind == "multiclass" else {}
    params = fields()["params"] | {
        "hyperparameters": given if algorithm == "xgboost" else {},
        "image_version": "3.2-0" if algorithm == "xgboost" else "1",
    }
    params |= {} if kind == "binary" else {"threshold_rule": "fixed", "min_roc_auc": 0.0}
    table = fields()["table"] | {"kind": kind}
    if kind != "binary":
        table.pop("positive", None)
    others = {"params": params, "table": table, "algorithm": algorithm}
    plan = tuned_by({"ranges": ranges}, **others, **({} if kind == "binary" else {"costs": None}))
    found = (plan.tuning or {})["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    assert (found["MetricName"], found["Type"]) == objective
    channels = (plan.tuning or {})["TrainingJobDefinition"]["InputDataConfig"]
    uris = {each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in channels}
    assert uris == {"train": plan.locations.train, "validation": plan.locations.validation}


def test_each_trial_is_the_training_job_of_a_run_without_it_but_for_what_is_chosen() -> None:
    definition = dict(REQUEST["TrainingJobDefinition"])
    alone = dict(plan_of({}, config=PipelineConfig.model_validate(fields(None)), dag_id="churn").training)
    assert definition.pop("StaticHyperParameters") == alone.pop("HyperParameters")
    assert REQUEST["Tags"] == alone.pop("Tags")
    del alone["TrainingJobName"]
    assert definition == alone
    assert REQUEST["HyperParameterTuningJobName"] == tuning_key(PLAN.key)
    assert REQUEST["HyperParameterTuningJobConfig"]["RandomSeed"] == PLAN.params.seed
    largest = plan_of_tuned(seed=2**32 - 1).tuning or {}
    assert largest["HyperParameterTuningJobConfig"]["RandomSeed"] == 2**31 - 1


@pytest.mark.parametrize(
    ("ranges", "params", "said"),
    [
        ({"eta": {"min": 0.1, "max": 2.0}}, {}, r"eta = '2.0' \(has to be in \[0, 1\]\)"),
        ({"max_depth": {"min": 2.5, "max": 6}}, {}, r"max_depth = '2.5' \(has to be a whole number"),
        ({"num_leaves": [2, 3, 4]}, {}, r"tune.ranges.num_leaves \(a tuning job may choose num_round, eta"),
        ({"booster": ["gbtree", "dart"], "eta": [0.1, 0.2]}, {}, r"tune.ranges.booster \(a tuning job may"),
        ({"seed": {"min": 1, "max": 9}}, {}, "tune.ranges.seed"),
        ({"max_depth": {"min": 2, "max": 3}}, {}, r"tune.max_jobs = 3 \(the ranges have 2 combinations\)"),
        ({"max_depth": {"min": 0, "max": 6}}, {"tree_method": "exact"}, "max_depth = 0"),
        (TUNE["ranges"], {"eta": 0.3}, r"eta = '0.3' \(tune.ranges of the pipeline's YAML chooses it: leave"),
        (TUNE["ranges"], {"learning_rate": 0.3}, "learning_rate = '0.3'"),
    ],
)
def test_ranges_are_held_to_the_image_before_anything_is_bought(
    ranges: dict[str, Any], params: dict[str, Any], said: str
) -> None:
    config = PipelineConfig.model_validate(fields(TUNE | {"ranges": ranges}))
    given = dict(config.params.hyperparameters) | params
    with pytest.raises(ParamError, match=said) as refused:
        plan_of_tuned(config, hyperparameters=given)
    # Each fault is told once, however many trials have it.
    assert str(refused.value).count(said.replace("\\", "")[:12]) == 1


def test_an_image_whose_rules_are_not_known_is_refused() -> None:
    with pytest.raises(ParamError, match="the rules of image latest are not known"):
        plan_of_tuned(image_version="latest")


def test_there_are_validation_rows() -> None:
    with pytest.raises(ParamError, match="validation_fraction = 0"):
        plan_of_tuned(validation_fraction=0.0, threshold_rule="fixed")


def test_each_trial_is_paid_for() -> None:
    most = HOUR * (3 + ENDPOINT_AT_MOST.total_seconds() / 3600)
    check_cost_limit(PLAN, most + 0.01)
    with pytest.raises(ParamError, match=rf"may cost {most:.2f} USD \(training {3 * HOUR:.2f}"):
        check_cost_limit(PLAN, most - 0.01)


def test_instances_of_trials_side_by_side_are_held_to_the_limits_and_the_quotas() -> None:
    for most, allowed in ((2 * HOUR + 0.001, True), (2 * HOUR - 0.001, False)):
        limits = {"instance_types": None, "max_usd_per_hour": most}
        config = PipelineConfig.model_validate(fields(limits=limits))
        check = partial(check_limits, config.params, config, identity=PLAN.identity, default_role=ROLE)
        if allowed:
            check()
            continue
        with pytest.raises(ParamError, match=r"1 ml.m5.large for the training, 2 times side by side"):
            check()
    assert dict(_needed(PLAN)) == {
        "ml.m5.large for training job usage": 2,
        "ml.m5.large for endpoint usage": 1,
    }


def test_the_plan_is_held_with_its_request() -> None:
    written = PLAN.model_dump(mode="json")
    assert hold_plan(written, PLAN, NOW).tuning == REQUEST
    written["tuning"]["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxNumberOfTrainingJobs"] = 99
    with pytest.raises(PlanError, match=r"tuning.HyperParameterTuningJobConfig.ResourceLimits"):
        hold_plan(written, PLAN, NOW)


def test_a_plan_of_before_tune_was_taken_out_is_refused() -> None:
    alone = plan_of({}, config=PipelineConfig.model_validate(fields(None)), dag_id="churn")
    with pytest.raises(PlanError, match="tuning of the plan"):
        hold_plan(PLAN.model_dump(mode="json"), alone, NOW)


def test_what_is_tried_is_part_of_the_fingerprint() -> None:
    changes: list[dict[str, Any]] = [
        {"max_jobs": 4},
        {"parallel": 1},
        {"strategy": "bayesian"},
        {"ranges": TUNE["ranges"] | {"eta": {"min": 0.05, "max": 0.4, "scale": "logarithmic"}}},
    ]
    found = [fingerprint(PLAN, DATA), *(fingerprint(tuned_by(change), DATA) for change in changes)]
    assert len(set(found)) == len(found)
    assert fingerprint(plan_of_tuned(), DATA) == found[0]
    longer = PipelineConfig.model_validate(fields(expires_after_hours=48))
    assert fingerprint(plan_of_tuned(longer), DATA) == found[0]


def test_a_plan_without_it_has_the_bytes_that_it_had() -> None:
    alone = plan_of({}, config=PipelineConfig.model_validate(fields(None)), dag_id="churn")
    written = alone.model_dump(mode="json")
    assert "tuning" not in written
    assert RunPlan.read(written, "plan").model_dump(mode="json") == written
    assert PlanReference.of(alone) != PlanReference.of(PLAN)
    assert fingerprint(alone, DATA) != fingerprint(PLAN, DATA)
    assert TUNED.tune is not None
