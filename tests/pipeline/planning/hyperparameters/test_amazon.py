"""Hyperparameters of Amazon's own algorithms: refused before anything is bought, as their images would do."""

import random
from typing import Any

import pytest

from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName
from include.pipeline.errors import ParamError
from include.pipeline.planning.hyperparameters.check import check_algorithm, check_hyperparameters
from include.pipeline.planning.hyperparameters.image_rules import ImageRules
from include.pipeline.planning.hyperparameters.request import OF_THE_ROWS, hyperparameters_of
from include.pipeline.values.params import LabelKind
from local_aws.algorithms.factorization_machines import hyperparameters as factorization_machines
from local_aws.algorithms.knn import hyperparameters as knn
from local_aws.algorithms.linear_learner import hyperparameters as linear_learner
from local_aws.errors import ClientError
from tests.pipeline.planned import CONFIG

REFUSED: list[tuple[AlgorithmName, dict[str, Any], str]] = [
    ("linear-learner", {"num_round": 100}, "'num_round' is unknown"),
    ("linear-learner", {"objective": "binary:logistic"}, "'objective' is unknown"),
    ("linear-learner", {"epoch": 3}, "'epoch' is unknown, did you mean 'epochs'?"),
    ("linear-learner", {"silent": 0}, "'silent' is unknown"),
    ("linear-learner", {"epochs": 0}, "epochs = '0' (has to be in [1, +inf))"),
    ("linear-learner", {"epochs": 1.5}, "epochs = '1.5' (has to be a whole number"),
    ("linear-learner", {"learning_rate": "fast"}, "learning_rate = 'fast' (has to be a number)"),
    ("linear-learner", {"learning_rate": 0}, "learning_rate = '0' (has to be in (0, +inf))"),
    ("linear-learner", {"l1": -1}, "l1 = '-1' (has to be in [0, +inf))"),
    ("linear-learner", {"momentum": 1}, "momentum = '1' (has to be in [0, 1))"),
    ("linear-learner", {"target_recall": 2}, "target_recall = '2' (has to be in [0, 1])"),
    ("linear-learner", {"use_bias": "yes"}, "use_bias = 'yes' (image 1 can do true, false)"),
    ("linear-learner", {"optimizer": "adams"}, "did you mean 'adam'?"),
    ("linear-learner", {"feature_dim": 3}, "feature_dim = '3' (the pipeline counts the features"),
    ("linear-learner", {"predictor_type": "regressor"}, "binary_classifier, which it is without it"),
    ("linear-learner", {"predictor_type": "classifier"}, "predictor_type = 'classifier' (image 1 can do"),
    ("linear-learner", {"loss": "hinge_loss"}, "loss = 'hinge_loss' (the pipeline wants one probability"),
    ("linear-learner", {"loss": "logit"}, "loss = 'logit' (image 1 can do"),
    ("linear-learner", {"num_classes": 3}, "num_classes (has an effect with predictor_type = multiclass"),
    ("linear-learner", {"accuracy_top_k": 1}, "accuracy_top_k (has an effect with predictor_type"),
    ("linear-learner", {"quantile": 0.5}, "quantile (has an effect with loss = quantile_loss alone)"),
    ("linear-learner", {"margin": 1}, "margin (has an effect with loss = hinge_loss alone)"),
    ("linear-learner", {"f_beta": 2}, "f_beta (has an effect with binary_classifier_model_selection"),
    ("linear-learner", {"init_sigma": 1}, "init_sigma (has an effect with init_method = normal alone)"),
    ("linear-learner", {"optimizer": "sgd", "beta_1": 0.9}, "beta_1 (has an effect with optimizer ="),
    ("linear-learner", {"positive_example_weight_mult": "equal"}, "positive_example_weight_mult = 'equal'"),
    ("linear-learner", {"_tuning_objective_metric": "x"}, "'_tuning_objective_metric' is unknown"),
    ("knn", {"k": 0}, "k = '0' (has to be in [1, +inf))"),
    ("knn", {"k": "ten"}, "k = 'ten' (has to be a whole number"),
    ("knn", {"n_neighbors": 5}, "'n_neighbors' is unknown"),
    ("knn", {"feature_dim": 3}, "feature_dim = '3' (the pipeline counts the features: leave it out)"),
    ("knn", {"predictor_type": "regressor"}, "the label is 0 or 1: classifier, which it is without it"),
    ("knn", {"k": 5, "sample_size": 4}, "sample_size = 4 (is below k = 5"),
    ("knn", {"sample_size": 9}, "sample_size = 9 (is below k = 10"),
    ("knn", {"sample_size": OF_THE_ROWS}, "sample_size = 'of the training rows' (has to be a whole"),
    ("knn", {"dimension_reduction_type": "sign"}, "(one needs the other)"),
    ("knn", {"dimension_reduction_target": 2}, "(one needs the other)"),
    ("knn", {"dimension_reduction_type": "pca"}, "image 1 can do sign, fjlt"),
    ("knn", {"index_metric": "L1"}, "index_metric = 'L1' (image 1 can do COSINE, INNER_PRODUCT, L2"),
    ("knn", {"index_type": "faiss.IVFPQ", "index_metric": "COSINE"}, "(faiss.IVFPQ knows L2 alone)"),
    ("knn", {"faiss_index_pq_m": 4}, "faiss_index_pq_m (has an effect with index_type = faiss.IVFPQ alone)"),
    ("knn", {"faiss_index_ivf_nlists": "auto"}, "faiss.IVFFlat or faiss.IVFPQ alone)"),
    ("knn", {"scale_pos_weight": "balanced"}, "'scale_pos_weight' is unknown"),
    ("factorization-machines", {"num_round": 100}, "'num_round' is unknown"),
    ("factorization-machines", {"num_factor": 8}, "'num_factor' is unknown, did you mean 'num_factors'?"),
    ("factorization-machines", {"num_factors": 0}, "num_factors = '0' (has to be in [1, +inf))"),
    ("factorization-machines", {"epochs": "many"}, "epochs = 'many' (has to be a whole number"),
    ("factorization-machines", {"factors_lr": -0.1}, "factors_lr = '-0.1' (has to be in [0, +inf))"),
    ("factorization-machines", {"bias_wd": "auto"}, "bias_wd = 'auto' (has to be a number)"),
    ("factorization-machines", {"feature_dim": 3}, "the pipeline counts the features: leave it out)"),
    ("factorization-machines", {"predictor_type": "regressor"}, "binary_classifier, which it is without it"),
    ("factorization-machines", {"bias_init_method": "zero"}, "image 1 can do uniform, normal, constant"),
    ("factorization-machines", {"bias_init_method": "constant"}, "'bias_init_value' is missing"),
    ("factorization-machines", {"linear_init_method": "uniform"}, "'linear_init_scale' is missing"),
    ("factorization-machines", {"factors_init_value": 1}, "factors_init_method = constant alone)"),
]


OF_OTHER_KINDS: list[tuple[AlgorithmName, LabelKind, dict[str, Any], str]] = [
    ("linear-learner", "regression", {"loss": "logistic"}, "loss = 'logistic' (the pipeline wants a value"),
    ("linear-learner", "regression", {"positive_example_weight_mult": 2}, "predictor_type = binary_class"),
    ("linear-learner", "regression", {"num_classes": 3}, "predictor_type = multiclass_classifier alone)"),
    ("linear-learner", "multiclass", {"loss": "squared_loss"}, "wants a probability of each class for each"),
    ("linear-learner", "multiclass", {"num_classes": 3}, "the pipeline counts the classes: leave it out"),
    ("linear-learner", "multiclass", {"predictor_type": "regressor"}, "one of several classes: multiclass_"),
    ("knn", "multiclass", {"num_classes": 3}, "'num_classes' is unknown"),
    ("knn", "regression", {"predictor_type": "classifier"}, "the label is a number: regressor, which it is"),
    ("factorization-machines", "regression", {"predictor_type": "binary_classifier"}, "number: regressor"),
]


def check(
    algorithm: AlgorithmName, given: dict[str, Any], version: str = "1", kind: LabelKind = "binary"
) -> None:
    changed = {"hyperparameters": given, "image_version": version}
    check_hyperparameters(CONFIG.params.model_copy(update=changed), kind, algorithm)


@pytest.mark.parametrize(
    ("algorithm", "given", "said"), REFUSED, ids=[f"{one}-{given}" for one, given, _ in REFUSED]
)
def test_what_an_image_or_the_pipeline_stumbles_over_is_refused(
    algorithm: AlgorithmName, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamError) as refused:
        check(algorithm, given)
    assert said in refused.value.found
    assert f"image {algorithm}:1 can train with them" in refused.value.rule


@pytest.mark.parametrize(
    ("algorithm", "kind", "given", "said"),
    OF_OTHER_KINDS,
    ids=[f"{one}-{kind}-{given}" for one, kind, given, _ in OF_OTHER_KINDS],
)
def test_what_is_not_for_the_kind_of_label_is_refused(
    algorithm: AlgorithmName, kind: LabelKind, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamError) as refused:
        check(algorithm, given, kind=kind)
    assert said in refused.value.found


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [(name, kind) for name, known in ALGORITHMS.items() for kind in known.predictor_types or ()],
)
def test_without_hyperparameters_each_kind_is_learnt(algorithm: AlgorithmName, kind: LabelKind) -> None:
    check(algorithm, {}, kind=kind)
    IMAGES[algorithm].validate(
        {
            name: "100" if text == OF_THE_ROWS else text
            for name, text in hyperparameters_of({}, algorithm, kind).items()
        }
    )


@pytest.mark.parametrize(
    ("algorithm", "given"),
    [
        ("linear-learner", {}),
        ("linear-learner", {"positive_example_weight_mult": "balanced", "epochs": "3", "init_bias": -1.5}),
        ("linear-learner", {"optimizer": "adam", "beta_1": 0.9, "predictor_type": "binary_classifier"}),
        ("knn", {}),
        ("knn", {"k": 3, "sample_size": 3, "index_type": "faiss.IVFFlat", "faiss_index_ivf_nlists": "auto"}),
        ("knn", {"dimension_reduction_type": "sign", "dimension_reduction_target": 5}),
        ("factorization-machines", {"num_factors": 8, "epochs": "50", "factors_lr": 0.01, "bias_wd": 0}),
        ("factorization-machines", {"bias_init_method": "constant", "bias_init_value": -1.5}),
        ("factorization-machines", {"factors_init_sigma": 0.1, "clip_gradient": 5, "rescale_grad": 0.01}),
    ],
)
def test_what_works_is_taken(algorithm: AlgorithmName, given: dict[str, Any]) -> None:
    check(algorithm, given)


VALUES = (0, 1, 3, 0.5, -1, "auto", "true", "balanced", "adam", "L2", "COSINE", "faiss.IVFPQ", "x", "", 2.5)
IMAGES: dict[AlgorithmName, Any] = {
    "linear-learner": linear_learner,
    "knn": knn,
    "factorization-machines": factorization_machines,
}


@pytest.mark.long
@pytest.mark.parametrize("algorithm", IMAGES)
def test_what_the_plan_takes_the_image_takes(algorithm: AlgorithmName) -> None:
    # Local AWS reads the same texts by rules of its own.
    rules, chance = ImageRules("1", algorithm), random.Random(1729)  # noqa: S311 - draws examples
    taken = 0
    for _ in range(3000):
        names = chance.sample(sorted(rules.hyperparameters), chance.randint(1, 3))
        given = {name: chance.choice((*VALUES, *rules.hyperparameters[name].values)) for name in names}
        try:
            check(algorithm, given)
        except ParamError:
            continue
        taken += 1
        sent = hyperparameters_of(given, algorithm)
        IMAGES[algorithm].validate(
            {name: "100" if text == OF_THE_ROWS else text for name, text in sent.items()}
        )
    assert taken > 50


@pytest.mark.parametrize("algorithm", IMAGES)
def test_each_hyperparameter_of_the_table_is_one_of_the_image(algorithm: AlgorithmName) -> None:
    known = set(IMAGES[algorithm].SCHEMA) - {"_tuning_objective_metric"}
    assert set(ImageRules("1", algorithm).hyperparameters) == known
    with pytest.raises(ClientError):
        IMAGES[algorithm].validate({"x": "1"})


def test_a_comparison_with_a_model_that_nobody_can_ask_is_refused() -> None:
    params = CONFIG.params.model_copy(update={"max_roc_auc_drop": 0.01})
    check_algorithm(params, "xgboost")
    with pytest.raises(ParamError, match=r"max_roc_auc_drop = 0\.01(?s:.*)algorithm: xgboost"):
        check_algorithm(params, "knn")
