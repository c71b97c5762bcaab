"""The hyperparameters of Linear Learner are read and refused in the words of Amazon's own algorithms."""

from typing import Any

import pytest

from local_aws.algorithms.linear_learner.hyperparameters import validate
from local_aws.errors import ClientError

BINARY = {"predictor_type": "binary_classifier"}
INVALID = "The value '{}' is not valid for the '{}' hyperparameter which {}"
ONE_OF = "accepts one of the following: "


@pytest.mark.parametrize(
    ("given", "loss"),
    [
        (BINARY, "logistic"),
        ({"predictor_type": "multiclass_classifier", "num_classes": "3"}, "softmax_loss"),
        ({"predictor_type": "regressor"}, "squared_loss"),
        ({"predictor_type": "regressor", "loss": "huber_loss"}, "huber_loss"),
    ],
)
def test_the_loss_that_auto_stands_for(given: dict[str, str], loss: str) -> None:
    assert validate(given)["loss"] == loss


def test_numbers_that_may_be_words() -> None:
    values = validate({**BINARY, "l1": "0.5", "wd": "auto", "positive_example_weight_mult": "balanced"})
    assert (values["l1"], values["wd"], values["positive_example_weight_mult"]) == (0.5, "auto", "balanced")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"predictor_type": None},
            "No value(s) were specified for 'predictor_type' which are required hyperparameter(s)",
        ),
        (
            {"predictor_type": "multiclass_classifier"},
            "No value(s) were specified for 'num_classes' which are required hyperparameter(s)",
        ),
        ({"num_round": "1"}, "Additional hyperparameters are not allowed ('num_round' was unexpected)"),
        *[
            ({name: text}, INVALID.format(text, name, f"expects {expected}"))
            for name, text, expected in [
                ("num_classes", "2", "an integer between 3 and 1000000"),
                ("num_classes", "1000001", "an integer between 3 and 1000000"),
                ("accuracy_top_k", "0", "an integer greater than 1"),
                ("early_stopping_patience", "0", "an integer greater than 1"),
                ("epochs", "0", "an integer greater than 1"),
                ("epochs", "1.5", "an integer greater than 1"),
                ("mini_batch_size", "-1", "an integer greater than 1"),
                ("num_point_for_scaler", "many", "an integer greater than 1"),
                ("early_stopping_tolerance", "0", "a number in (0, +inf)"),
                ("f_beta", "0", "a number in (0, +inf)"),
                ("huber_delta", "-1", "a number in (0, +inf)"),
                ("init_scale", "0", "a number in (0, +inf)"),
                ("init_sigma", "0", "a number in (0, +inf)"),
                ("init_bias", "nan", "a number in (-inf, +inf)"),
                ("loss_insensitivity", "0", "a number in (0, +inf)"),
                ("margin", "0", "a number in (0, +inf)"),
                ("quantile", "1", "a number in (0, 1)"),
                ("target_precision", "1.1", "a number in [0, 1]"),
                ("target_recall", "high", "a number in [0, 1]"),
            ]
        ],
        *[
            (
                {name: text},
                INVALID.format(text, name, f"expects one of the following: 'auto'; or {expected}"),
            )
            for name, text, expected in [
                ("feature_dim", "0", "an integer greater than 1"),
                ("lr_scheduler_step", "0", "an integer greater than 1"),
                ("num_models", "0", "an integer greater than 1"),
                ("num_calibration_samples", "none", "an integer greater than 1"),
                ("beta_1", "1.5", "a number in [0, 1]"),
                ("beta_2", "-1", "a number in [0, 1]"),
                ("bias_lr_mult", "0", "a number in (0, +inf)"),
                ("bias_wd_mult", "-1", "a number in [0, +inf)"),
                ("l1", "-0.1", "a number in [0, +inf)"),
                ("wd", "Auto", "a number in [0, +inf)"),
                ("learning_rate", "0", "a number in (0, +inf)"),
                ("lr_scheduler_factor", "1", "a number in (0, 1)"),
                ("lr_scheduler_minimum_lr", "0", "a number in (0, +inf)"),
                ("momentum", "1", "a number in [0, 1)"),
            ]
        ],
        *[
            ({name: text}, INVALID.format(text, name, ONE_OF + allowed))
            for name, text, allowed in [
                ("predictor_type", "classifier", "'binary_classifier', 'multiclass_classifier', 'regressor'"),
                ("balance_multiclass_weights", "yes", "'true', 'false'"),
                ("use_bias", "True", "'true', 'false'"),
                ("use_lr_scheduler", "auto", "'true', 'false'"),
                ("normalize_data", "no", "'auto', 'true', 'false'"),
                ("normalize_label", "1", "'auto', 'true', 'false'"),
                ("unbias_data", "", "'auto', 'true', 'false'"),
                ("unbias_label", "no", "'auto', 'true', 'false'"),
                ("init_method", "xavier", "'uniform', 'normal'"),
                ("optimizer", "lbfgs", "'auto', 'sgd', 'adam', 'rmsprop'"),
                ("loss", "squared_loss", "'auto', 'logistic', 'hinge_loss'"),
                (
                    "binary_classifier_model_selection_criteria",
                    "auc",
                    (
                        "'accuracy', 'f_beta', 'precision_at_target_recall', 'recall_at_target_precision', "
                        "'loss_function'"
                    ),
                ),
            ]
        ],
        (
            {"loss": "log"},
            (
                "The value 'log' is not valid for the 'loss' hyperparameter which accepts one of the "
                "following: 'auto', 'logistic', 'hinge_loss', 'softmax_loss', 'squared_loss', "
            ),
        ),
        (
            {"positive_example_weight_mult": "0"},
            INVALID.format(
                "0",
                "positive_example_weight_mult",
                "expects one of the following: 'balanced'; or 'auto'; or a number in (0, +inf)",
            ),
        ),
    ],
)
def test_refusals(changes: dict[str, Any], sentence: str) -> None:
    given = {name: text for name, text in {**BINARY, **changes}.items() if text is not None}
    with pytest.raises(ClientError) as caught:
        validate(given)
    assert str(caught.value).startswith(sentence)
    assert " (caused by ValidationError)\n\nCaused by: " in str(caught.value)
