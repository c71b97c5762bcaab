"""What the training rows decide of a job's hyperparameters."""

from typing import Any

import pytest

from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.errors import ParamError
from include.pipeline.planning.hyperparameters.request import filled_in, hyperparameters_of, is_open
from include.pipeline.values.params import LabelKind
from tests.pipeline.planned import CONFIG, plan_of
from tests.pipeline.report.example import contents_of

ROUNDS = {"num_round": 10, "objective": "binary:logistic"}
SPLIT = contents_of().split.model_copy(
    update={"train_rows": 1000, "train_positives": 125, "feature_names": ("a", "b", "c")}
)


def test_a_balanced_weight_is_the_negatives_by_the_positives_of_the_training_rows() -> None:
    plan = plan_of({"hyperparameters": ROUNDS | {"scale_pos_weight": "balanced"}})
    # The plan is made before they are known.
    assert plan.training["HyperParameters"]["scale_pos_weight"] == "balanced"
    assert is_open(plan.training)
    request = filled_in(plan.training, SPLIT)
    assert request["HyperParameters"] == {
        "num_round": "10",
        "objective": "binary:logistic",
        "scale_pos_weight": "7.0",
    }
    assert {**request, "HyperParameters": {}} == {**plan.training, "HyperParameters": {}}


def test_a_request_that_needs_nothing_of_the_rows_stays_as_it_is() -> None:
    plan = plan_of({})
    assert not is_open(plan.training)
    assert filled_in(plan.training, SPLIT) == plan.training


@pytest.mark.parametrize(
    ("algorithm", "given", "expected"),
    [
        ("factorization-machines", {"epochs": 3}, {"num_factors": "64", "feature_dim": "3", "epochs": "3"}),
        ("factorization-machines", {"num_factors": 2}, {"predictor_type": "binary_classifier"}),
        ("knn", {}, {"k": "10", "feature_dim": "3", "sample_size": "1000", "predictor_type": "classifier"}),
        ("knn", {"k": 3, "sample_size": 500}, {"k": "3", "feature_dim": "3", "sample_size": "500"}),
        ("linear-learner", {"epochs": 3}, {"predictor_type": "binary_classifier", "epochs": "3"}),
        # AWS's own word, which its image acts on.
        ("linear-learner", {"positive_example_weight_mult": "balanced"}, {}),
    ],
)
def test_what_an_algorithm_needs_is_added(
    algorithm: AlgorithmName, given: dict[str, Any], expected: dict[str, str]
) -> None:
    found = filled_in({"HyperParameters": hyperparameters_of(given, algorithm)}, SPLIT)["HyperParameters"]
    assert found | expected == found
    assert found | {name: str(value) for name, value in given.items()} == found


@pytest.mark.parametrize(
    ("algorithm", "kind", "expected"),
    [
        ("linear-learner", "multiclass", {"predictor_type": "multiclass_classifier", "num_classes": "4"}),
        ("linear-learner", "regression", {"predictor_type": "regressor"}),
        ("knn", "multiclass", {"predictor_type": "classifier"}),
        ("knn", "regression", {"predictor_type": "regressor"}),
        ("factorization-machines", "regression", {"predictor_type": "regressor"}),
        ("xgboost", "regression", {}),
    ],
)
def test_an_algorithm_is_told_the_kind_of_label(
    algorithm: AlgorithmName, kind: LabelKind, expected: dict[str, str]
) -> None:
    request = {"HyperParameters": hyperparameters_of({}, algorithm, kind)}
    split = SPLIT.model_copy(update={"classes": ("a", "b", "c", "d")})
    found = filled_in(request, split)["HyperParameters"]
    assert {name: found[name] for name in ("predictor_type", "num_classes") if name in found} == expected


@pytest.mark.parametrize("weight", ["even", "Balanced", "balanced ", ""])
def test_another_word_for_a_weight_is_refused(weight: str) -> None:
    with pytest.raises(ParamError, match="scale_pos_weight"):
        plan_of({"hyperparameters": ROUNDS | {"scale_pos_weight": weight}})


def test_a_job_of_k_nn_has_no_channel_of_validation_rows() -> None:
    config = CONFIG.model_copy(
        update={
            "algorithm": "knn",
            "table": CONFIG.table.model_copy(update={"groups": {}}),
            "params": CONFIG.params.model_copy(update={"hyperparameters": {}, "image_version": "1"}),
        }
    )
    given = {"image_version": "1", "validation_fraction": 0.2}
    request = plan_of(given, config=config).training
    assert [channel["ChannelName"] for channel in request["InputDataConfig"]] == ["train"]
    assert request["InputDataConfig"][0]["ContentType"] == "text/csv;label_size=1"
    assert request["AlgorithmSpecification"]["TrainingImage"].endswith("/knn:1")
