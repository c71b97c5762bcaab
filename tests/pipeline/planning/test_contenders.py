"""The plan of a run of several algorithms: what each does, what all cost; other plans are as before."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from include.aws_check.quotas import _needed, check_quotas
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import PlanReference, RunPlan
from include.pipeline.documents.training.contenders import contender_key
from include.pipeline.errors import ParamError, PlanError
from include.pipeline.history.accepted import fingerprint
from include.pipeline.planning.cost import CONTENDER_ENDPOINT_AT_MOST, ENDPOINT_AT_MOST, check_cost_limit
from include.pipeline.planning.held_plan import hold_plan
from include.pipeline.planning.limits import check_limits
from tests.aws.clients import CREDENTIALS
from tests.pipeline.planned import ROLE, plan_of
from tests.pipeline.several_algorithms import CHURN, THREE, fields, plan_of_three

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DATA = "5a" * 32
HOUR = 0.115  # of an ml.m5.large in us-east-1, for training and for endpoints
PLAN = plan_of_three()


def without_places(request: Any, key: str, folder: str) -> str:
    """A request as text, without what is of the run or the contender alone."""
    return str(request).replace(key, "KEY").replace(folder, "FOLDER")


@pytest.mark.parametrize(
    ("algorithm", "params"),
    [
        ("xgboost", {}),
        (
            "linear-learner",
            {"image_version": "1", "hyperparameters": {"positive_example_weight_mult": "balanced"}},
        ),
        ("knn", {"image_version": "1", "hyperparameters": {"k": 15}}),
    ],
)
def test_each_asks_for_what_a_run_of_it_alone_would(algorithm: Any, params: dict[str, Any]) -> None:
    alone = plan_of(
        params,
        config=CHURN.model_copy(update={"algorithm": algorithm, "algorithms": None}),
        dag_id="churn",
    )
    contending = PLAN.contending(algorithm)
    assert contending.key == contender_key(PLAN.key, algorithm)
    for name in ("training", "deployment"):
        own = without_places(getattr(contending, name), contending.key, f"{PLAN.key}/contenders/{algorithm}")
        assert own == without_places(getattr(alone, name), alone.key, alone.key).replace(
            f"runs/{alone.key}", f"runs/{PLAN.key}"
        ).replace("runs/KEY/", "runs/FOLDER/"), name
    assert (contending.image_uri, contending.params) == (alone.image_uri, alone.params)
    chosen = PLAN.chosen(algorithm)
    assert (chosen.key, chosen.deployment) == (alone.key, alone.deployment)
    assert (chosen.algorithm, chosen.params, chosen.training) == (
        algorithm,
        alone.params,
        contending.training,
    )


def test_what_is_one_algorithms_own_lies_apart_and_what_is_the_runs_stays() -> None:
    run, own = PLAN.locations, PLAN.chosen("knn").locations
    folder = f"{run.run}/contenders/knn"
    assert own.train == f"{folder}/train/"
    assert own.encoding == f"{folder}/encoding.json"
    assert own.test_identifiers == f"{folder}/test/identifiers.csv"
    assert own.model == f"{folder}/model"
    shared = ("raw", "models", "claims", "run", "plan", "metrics", "predictions", "report", "manifest")
    assert {name: getattr(own, name) for name in shared} == {name: getattr(run, name) for name in shared}
    assert PLAN.keys == (PLAN.key, *(contender_key(PLAN.key, each["name"]) for each in THREE))


def test_the_endpoint_of_a_contender_is_never_kept() -> None:
    limits = CHURN.limits.model_copy(update={"keep_endpoint": True})
    plan = plan_of_three(CHURN.model_copy(update={"limits": limits}), keep_endpoint=True)
    assert RunTags.of_request(plan.deployment["Endpoint"]).expires is None
    for contender in plan.contenders:
        for request in contender.deployment.values():
            assert RunTags.of_request(request).expires is not None


def test_each_is_paid_for() -> None:
    hours = ENDPOINT_AT_MOST.total_seconds() / 3600 + 3 * CONTENDER_ENDPOINT_AT_MOST.total_seconds() / 3600
    most = HOUR * (3 + hours)
    check_cost_limit(PLAN, most + 0.01)
    with pytest.raises(ParamError, match=rf"may cost {most:.2f} USD \(training {3 * HOUR:.2f}"):
        check_cost_limit(PLAN, most - 0.01)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"validation_fraction": 0.0, "threshold_rule": "fixed"}, "validation_fraction = 0"),
        ({"max_roc_auc_drop": 0.01}, "it is empty for Linear Learner"),
        ({"hyperparameters": {"num_round": 5, "eta": 2.0, "objective": "binary:logistic"}}, "eta"),
    ],
)
def test_params_that_are_not_for_each_are_refused_before_anything_is_made(
    params: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamError, match=said):
        plan_of_three(**params)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"hyperparameters": {"k": 0}}, "k"), ({"image_version": "7"}, "image_version = '7'")],
)
def test_what_the_yaml_says_of_another_is_checked_as_the_params_are(
    changed: dict[str, Any], said: str
) -> None:
    config = PipelineConfig.model_validate(fields([*THREE[:2], THREE[2] | changed]))
    with pytest.raises(ParamError, match=said):
        plan_of_three(config)


def test_the_plan_is_held_with_all_that_each_does() -> None:
    written = PLAN.model_dump(mode="json")
    assert hold_plan(written, PLAN, NOW).contenders == PLAN.contenders
    written["contenders"][1]["training"]["OutputDataConfig"]["S3OutputPath"] = "s3://elsewhere"
    with pytest.raises(PlanError, match=r"contenders.1.training.OutputDataConfig.S3OutputPath"):
        hold_plan(written, PLAN, NOW)
    more = PLAN.model_dump(mode="json")
    more["contenders"].append(more["contenders"][0])
    with pytest.raises(PlanError, match="contenders of the plan"):
        hold_plan(more, PLAN, NOW)


def test_the_fingerprint_is_that_of_all_whichever_was_chosen() -> None:
    found = fingerprint(PLAN, DATA)
    assert {fingerprint(PLAN.chosen(each["name"]), DATA) for each in THREE} == {found}
    others = [
        [THREE[0], THREE[1]],
        [THREE[0], THREE[2], THREE[1]],
        [THREE[0], THREE[1], {"name": "knn", "hyperparameters": {"k": 16}}],
    ]
    changed = {
        fingerprint(plan_of_three(PipelineConfig.model_validate(fields(each))), DATA) for each in others
    }
    assert len(changed | {found}) == 4
    assert fingerprint(plan_of_three(seed=1), DATA) not in changed | {found}


def test_a_plan_of_one_algorithm_has_the_bytes_that_it_had() -> None:
    alone = plan_of({}, config=CHURN.model_copy(update={"algorithms": None}), dag_id="churn")
    written = alone.model_dump(mode="json")
    assert "contenders" not in written
    assert "contender" not in written["locations"]
    assert RunPlan.read(written, "plan").model_dump(mode="json") == written
    assert PlanReference.of(alone) != PlanReference.of(PLAN)
    assert fingerprint(alone, DATA) != fingerprint(PLAN, DATA)


def test_instances_of_all_together_are_held_to_the_highest_price_an_hour() -> None:
    limits = {"instance_types": None, "max_usd_per_hour": 3 * HOUR + 0.001}
    for times, allowed in ((3, True), (4, False)):
        several = [*THREE, {"name": "factorization-machines"}][:times]
        config = PipelineConfig.model_validate(fields(several, limits=limits))
        check = partial(check_limits, config.params, config, identity=PLAN.identity, default_role=ROLE)
        if allowed:
            check()
            continue
        with pytest.raises(ParamError, match=r"1 ml.m5.large for the training, 4 times side by side"):
            check()


def test_quotas_are_for_all_side_by_side() -> None:
    needed = {name: 3.0 for name, _ in _needed(PLAN)}
    with Stubber(quotas := boto3.client("service-quotas", **CREDENTIALS)) as stub:
        for lacking in (0, 1):
            answer = {
                "Quotas": [{"QuotaName": name, "Value": value - lacking} for name, value in needed.items()]
            }
            stub.add_response("list_service_quotas", answer, {"ServiceCode": "sagemaker"})
        assert "ml.m5.large for training job usage: 3" in check_quotas(PLAN, quotas)
        with pytest.raises(ParamError, match="3 for one run"):
            check_quotas(PLAN, quotas)
