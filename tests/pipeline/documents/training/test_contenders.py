"""Several algorithms in a pipeline's YAML: what is accepted, and what is refused by name."""

from typing import Any

import pytest
from pydantic import ValidationError

from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.documents.training.contenders import contender_key
from include.pipeline.planning.names import key_prefix, part_of_all_names, run_key
from tests.pipeline.several_algorithms import THREE, fields

XGBOOST, LINEAR, KNN = THREE


def with_params(**params: Any) -> dict[str, Any]:
    return {"params": fields()["params"] | params}


def test_the_first_of_several_algorithms_is_the_one_of_the_params() -> None:
    config = PipelineConfig.model_validate(fields())
    assert config.algorithm == "xgboost"
    others = fields([KNN | {"hyperparameters": None}, XGBOOST | {"image_version": "3.2-0"}])
    others["algorithms"][1]["hyperparameters"] = {"num_round": 5, "objective": "binary:logistic"}
    others |= with_params(image_version="1", hyperparameters={"k": 5})
    assert (
        PipelineConfig.model_validate(
            others | {"algorithms": [{"name": "knn"}, others["algorithms"][1]]}
        ).algorithm
        == "knn"
    )


@pytest.mark.parametrize(
    ("algorithms", "others", "said"),
    [
        ([XGBOOST, KNN], {"algorithm": "xgboost"}, "algorithm and algorithms: give one of them"),
        ([], {}, "at least 2 items"),
        ([XGBOOST], {}, "at least 2 items"),
        ([*THREE, {"name": "factorization-machines"}, KNN], {}, "at most 4 items"),
        ("knn", {}, "should be a valid tuple"),
        ([XGBOOST, KNN, KNN], {}, "algorithms: knn is there twice"),
        ([XGBOOST, {"name": "k-nn"}], {}, "'xgboost', 'linear-learner', 'knn' or 'factorization-machines'"),
        ([XGBOOST, KNN | {"hyperparameter": {}}], {}, "hyperparameter"),
        ([XGBOOST, KNN | {"image_version": 1}], {}, "image_version"),
        (
            [XGBOOST | {"image_version": "3.2-0"}, KNN],
            {},
            "algorithms.0: image_version and hyperparameters of the first, xgboost, stand in params",
        ),
        ([XGBOOST | {"hyperparameters": {}}, KNN], {}, "of the first, xgboost, stand in params"),
        (
            [{"name": "knn"}, XGBOOST | {"hyperparameters": {"num_round": 5}}],
            with_params(hyperparameters={"k": 5}),
            "algorithms.1: xgboost needs an image_version, such as 3.2-0",
        ),
        (
            [{"name": "knn"}, XGBOOST | {"image_version": "3.2-0"}],
            with_params(hyperparameters={"k": 5}),
            "algorithms.1.hyperparameters: num_round is required",
        ),
        (
            THREE,
            with_params(validation_fraction=0.0, threshold_rule="fixed"),
            "algorithms: the best is chosen on validation rows, a params.validation_fraction above 0",
        ),
        (THREE, {"score": {}}, "score: is for one algorithm alone: once it is chosen, write it as algorithm"),
        (THREE, {"registry": {}}, "registry: is for one algorithm alone"),
        (THREE, {"serve": {}}, "serve: is for one algorithm alone"),
        (
            THREE,
            {"table": fields()["table"] | {"groups": {"plan": []}}},
            "table.groups: are told of xgboost alone, as Linear Learner gets its features scaled",
        ),
        (
            THREE,
            {"aws": {"spot": {"max_wait_seconds": 7200}}},
            "aws.spot.max_wait_seconds: is at most 3600 for Linear Learner",
        ),
    ],
)
def test_what_does_not_go_with_several_algorithms_is_refused_by_name(
    algorithms: Any, others: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        PipelineConfig.model_validate(fields(algorithms, **others))
    assert said in str(refused.value)


def test_an_algorithm_that_does_not_know_the_kind_of_label_is_refused() -> None:
    table = {"label": "churned", "kind": "multiclass", "columns": fields()["table"]["columns"]}
    params = with_params(threshold_rule="fixed", min_roc_auc=0.0)
    made = fields([XGBOOST, {"name": "factorization-machines"}], table=table, costs=None, **params)
    with pytest.raises(ValidationError, match="Factorization Machines is for kind: binary or regression"):
        PipelineConfig.model_validate(made)


@pytest.mark.parametrize("dag_id", ["churn", "a" * 250, "a-" * 60])
def test_each_has_names_of_its_own_that_fit_and_tell_the_run(dag_id: str) -> None:
    key = run_key("5f3a9c01", dag_id, "scheduled__2026-01-05T06:00:00+00:00")
    keys = [contender_key(key, algorithm) for algorithm in ALGORITHMS]
    assert len({key, *keys}) == 5
    # SageMaker's limit is 63, of which "-99" of a later job takes three.
    assert max(len(each) for each in keys) <= 60
    for each in keys:
        assert part_of_all_names(key) in each
        assert each.startswith(key_prefix("5f3a9c01", dag_id, contending=True))
        assert "--" not in each
    assert part_of_all_names(key) in key
    assert key.startswith(key_prefix("5f3a9c01", dag_id, contending=True))
    other = run_key("5f3a9c01", dag_id, "manual__2")
    assert not {contender_key(other, algorithm) for algorithm in ALGORITHMS} & set(keys)
