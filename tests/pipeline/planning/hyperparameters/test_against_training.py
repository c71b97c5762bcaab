"""Whatever hyperparameters are: what the plan takes, the training process and the serving process take too.

And what the plan refuses, the training process refuses or a rule of the pipeline, named here, does. Both
processes are local AWS's own code for image 3.2-0, called in this process, and so is the one that explains a
model: 6,000 processes would take hours.
"""

import io
import logging
import random
import re
import shutil
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from werkzeug.test import Client

from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ParamError
from include.pipeline.evaluation import booster, explanation
from include.pipeline.evaluation.evaluate import score_metrics
from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.planning.hyperparameters.check import check_hyperparameters
from local_aws.algorithms.xgboost import serving, training
from local_aws.errors import UserError
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare
from tests.pipeline.planned import CONFIG

SETS = 2000
COLUMNS = 3
_RANDOM = np.random.default_rng(1729)
FEATURES = _RANDOM.normal(size=(40, COLUMNS)).round(3)
LABELS = (FEATURES[:, 0] + _RANDOM.normal(size=40) > 0).astype(int)
TABLE = np.column_stack([LABELS, FEATURES])

OBJECTIVES = (
    *("binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax"),
    *("multi:softprob", "rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror"),
    *("reg:logistic", "reg:gamma", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror"),
    *("reg:tweedie", "survival:aft", "survival:cox", "aft_loss_distribution", "binary:probit"),
)
METRICS = (
    *("accuracy", "auc", "aucpr", "f1", "map", "ndcg", "r2", "recall_macro", "aft-nloglik", "cox-nloglik"),
    *("error", "gamma-deviance", "interval-regression-accuracy", "logloss", "mae", "mape", "merror"),
    *("mlogloss", "mphe", "mse", "rmse", "rmsle", "tweedie-nloglik", "poisson-nloglik", "auc,logloss"),
    *("error@0.7", "error@0.5", "error@0.70", "error@x", "error@inf", "map@2", "ndcg@0", "map@1.5", "loss"),
    *("auc, error", "rmse@0.5", "error @0.7", "ndcg@-1", "mae,error@1e-3", ""),
)
# Values of each name: those that work and those that do not, as numbers and as text.
FRACTIONS = (0, 0.3, 0.5, 1, "0.9", "1e-3", 1.5, -0.1, "half", "nan", "", 1e-40, "0,5")
POSITIVE = (0, 1, 2.5, 100, "7", -1, "inf", "-0.5", 1e39, 1e-46, "x", "1e38")
FLAGS = (0, 1, "1", 2, 1.0, "true", "")
VALUES: dict[str, tuple[Any, ...]] = {
    "objective": OBJECTIVES,
    "booster": ("gbtree", "gblinear", "dart", "forest", "GBTREE"),
    "tree_method": ("auto", "exact", "approx", "hist", "gpu_hist", "fast"),
    "updater": (
        *("grow_colmaker", "grow_histmaker", "grow_quantile_histmaker", "distcol", "grow_skmaker", "sync"),
        *("refresh", "prune", "shotgun", "coord_descent", "grow_colmaker,prune", "prune,grow_colmaker"),
        *(
            "grow_histmaker,prune,sync",
            "grow_colmaker,grow_histmaker",
            "grow_histmaker, prune",
            "refresh,prune",
        ),
        *("sync,prune", "grow_colmaker,refresh", "shotgun,coord_descent", "grow_colmaker,grow_colmaker", ""),
    ),
    "eval_metric": METRICS,
    "early_stopping_rounds": (1, 2, "5", 0, 1.5, "x"),
    "num_class": (2, 3, "2", 1, 0),
    **dict.fromkeys(("eta", "subsample", "colsample_bytree", "colsample_bynode", "rate_drop"), FRACTIONS),
    **dict.fromkeys(("colsample_bylevel", "skip_drop", "lambda_bias", "base_score"), FRACTIONS),
    **dict.fromkeys(("learning_rate", "sketch_eps"), FRACTIONS),
    **dict.fromkeys(("gamma", "min_child_weight", "max_delta_step", "lambda", "alpha"), POSITIVE),
    **dict.fromkeys(("scale_pos_weight", "reg_lambda", "aft_loss_distribution_scale"), POSITIVE),
    **dict.fromkeys(("csv_weights", "refresh_leaf", "one_drop", "silent"), FLAGS),
    "max_depth": (0, 1, 3, "4", 40, 5.0, -1, "deep", 2**31),
    "max_leaves": (0, 1, 2, 5, -1, 2.5, 2**31),
    "max_bin": (2, 3, 16, 256, 0, 1, -1, 1.5, "x"),
    "grow_policy": ("depthwise", "lossguide", "greedy"),
    "sampling_method": ("uniform", "gradient_based", "random"),
    "process_type": ("default", "update", "create"),
    "monotone_constraints": (
        *(
            "(1,)",
            "(1, 0, -1)",
            "(0, 0)",
            "()",
            "(1)",
            "[1, 0]",
            "(2,)",
            "(1,",
            "(True,)",
            "(1.0, 0)",
            "{1: 0}",
        ),
        *("1", "'a'", ""),
    ),
    "interaction_constraints": (
        *("[[1, 2]]", "[]", "[[]]", "[[1], [2]]", "[[0]]", "[1, 2]", "[[1.5]]", "((1, 2),)", "[[1", "x"),
    ),
    "verbosity": (0, 1, "0", 4, -1, "info"),
    "seed": (0, -5, "7", 2**31 - 1, 0.5),
    "nthread": (1, 2, 0, "x", 2**31),
    "num_parallel_tree": (1, 2, "3", 0, 1.5),
    "sample_type": ("uniform", "weighted", "all"),
    "normalize_type": ("tree", "forest", "leaf"),
    "tweedie_variance_power": (1.5, 1, 2, "x"),
    "aft_loss_distribution": ("normal", "weibull"),
    "save_model_on_termination": ("true", "false", "True", 1),
    "use_dask_gpu_training": ("false", "true", "no"),
    "deterministic_histogram": ("true", "false"),
    "single_precision_histogram": ("true",),
    "dsplit": ("row", "col"),
    "predictor": ("cpu_predictor", "auto"),
    "prob_buffer_row": (2, 1),
    "_kfold": (2, 1, "x"),
    "_num_cv_round": (1, 0),
    "_tuning_objective_metric": ("validation:auc", "auc"),
    "sagemaker_program": ("train.py",),
    "n_estimators": (10,),
    "device": ("cpu",),
    "Eta": (0.1,),
}
FAMILIES = (
    ("updater", "booster", "tree_method", "process_type"),
    ("eval_metric", "early_stopping_rounds", "booster", "objective"),
    ("tree_method", "monotone_constraints", "interaction_constraints"),
    ("max_depth", "max_leaves", "grow_policy", "tree_method", "updater"),
    ("sampling_method", "subsample", "tree_method", "updater"),
    ("booster", "rate_drop", "skip_drop", "one_drop", "sample_type", "normalize_type"),
    ("objective", "num_class", "base_score", "eval_metric"),
)
# Of what the plan refuses and the training process takes: part of the refusal, and why it is a rule.
PIPELINE_RULES = {
    "one probability for each row": "the pipeline judges probabilities",
    "has to be a probability between": "a model that starts from certainty never leaves it",
    "has no effect": "what is accepted is acted on",
    "the pipeline writes no weights": "the image would take the first column for them",
    "leaves a model for each fold": "the pipeline judges and keeps one",
    "is for _kfold": "the same",
    "is set by tuning jobs": "eval_metric is the user's way",
    "there is no earlier model": "nothing to update",
    "is for multi:softmax": "the label is 0 or 1",
    "the first, and no other, grows": "a model without trees says the same of every row",
    "the exact tree method samples uniformly": "all rows are taken, or another method's are",
    "cannot go back to its best round": "without eval_metric nothing is gone back to, and nothing stops",
    "after error@ stands a number": "infinite is no threshold",
    "stands a whole number from 1": "a cut is a number of rows",
    "is another name of": "one of the two would be dropped silently",
    "a number that single precision holds": "XGBoost fails on it where it reads it, with another booster",
}


def draw(source: random.Random) -> dict[str, Any]:
    """Draw a set: half of them around what works, with a family of names that hang together."""
    chosen: dict[str, Any] = {"num_round": source.choice((1, 2, "3")), "objective": "binary:logistic"}
    if source.random() < 0.1:
        chosen["objective"] = source.choice(OBJECTIVES)
    if source.random() < 0.03:
        del chosen["objective"]
    names = list(source.sample(sorted(VALUES), source.choice((0, 1, 1, 2, 3))))
    if source.random() < 0.6:
        family = source.choice(FAMILIES)
        names += source.sample(family, source.randint(1, len(family)))
    for name in names:
        values = VALUES[name]
        # The first values of most names are valid: favoured, so that sets get past the first fault.
        likely = values[: max(2, len(values) // 2)] if source.random() < 0.7 else values
        chosen[name] = source.choice(likely)
    return chosen


def params_of(hyperparameters: dict[str, Any]) -> RunParams:
    """Take them as the plan holds them: a whole number that came with a point without it."""
    values = CONFIG.params.model_dump() | {"hyperparameters": hyperparameters, "validation_fraction": 0.2}
    return RunParams.model_validate(values)


def verdict(params: RunParams) -> str | None:
    """Ask the plan: None where it takes them."""
    try:
        check_hyperparameters(params)
    except ParamError as error:
        return error.found
    return None


def is_by_rule(refusal: str) -> bool:
    """Tell whether every fault that a refusal names breaks a rule of the pipeline."""
    faults = re.split("; (?!the pipeline wants|the pipeline keeps|the label|did you mean)", refusal)
    return all(any(rule in fault for rule in PIPELINE_RULES) for fault in faults)


def trained(hyperparameters: dict[str, Any], directory: Path) -> str | None:
    """Train, serve and evaluate: None where all goes well."""
    texts = {name: str(value) for name, value in hyperparameters.items()}
    opt_ml = prepare(directory, texts, {"train": as_csv(TABLE), "validation": as_csv(TABLE[:20])})
    try:
        with redirect_stdout(io.StringIO()):
            training.train(opt_ml)
            client = Client(serving.application(opt_ml.model))
    except UserError as error:
        return str(error)
    answer = client.post("/invocations", data=as_csv(FEATURES), content_type="text/csv")
    if answer.status_code != 200:
        return answer.get_data(as_text=True)
    try:
        scores = np.array([float(line) for line in answer.get_data(as_text=True).split()])
    except ValueError:
        return "several scores for a row"
    if scores.shape != LABELS.shape or not np.all((scores >= 0) & (scores <= 1)):
        return "no probabilities"
    assert score_metrics(ScoredRows(LABELS, scores, 0.5)).rows == len(LABELS)
    model = opt_ml.model / training.MODEL_FILE
    if model.is_file():
        explanation.explain(model.read_bytes(), as_csv(FEATURES), [f"c{column}" for column in range(COLUMNS)])
    return None


def ask_here(
    question: str, model: bytes, features: bytes, _limits: object, families: Any, *, are_known: bool
) -> dict[str, Any] | None:
    """Ask a model as `ask_model` does, in this process."""
    found = booster.answer(question, model, features, families, are_known=are_known)
    return None if "refused" in found else found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")  # XGBoost's and scikit-learn's, of odd hyperparameters
def test_the_plans_verdict_is_that_of_the_training_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr(explanation, "ask_model", ask_here)
    source, outcomes = random.Random(1729), Counter[str]()  # noqa: S311 - draws examples
    wrong: list[tuple[dict[str, Any], str | None, str | None]] = []
    with xgboost.config_context(verbosity=0, nthread=1):
        for number in range(SETS):
            hyperparameters = draw(source)
            params = params_of(hyperparameters)
            refused = verdict(params)
            failed = trained(dict(params.hyperparameters), tmp_path / str(number))
            shutil.rmtree(tmp_path / str(number))
            outcomes[f"plan {refused is None}, training {failed is None}"] += 1
            if (failed and not refused) or (refused and not failed and not is_by_rule(refused)):
                wrong.append((hyperparameters, refused, failed))
    assert wrong == []
    # Sets of every kind were drawn.
    assert outcomes["plan True, training True"] > SETS / 5
    assert outcomes["plan False, training False"] > SETS / 5
    assert outcomes["plan False, training True"] > SETS / 50
    assert outcomes["plan True, training False"] == 0
