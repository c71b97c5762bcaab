"""What the default gate asks, every threshold rule meets on a model that is worth something."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xgboost

from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.history.quality import missed
from tests.tutorial_data import BANK_CLEAN, HYPERPARAMETERS, needs_bank_clean

pytestmark = pytest.mark.slow

PARAMS = load_config("bank_marketing").params.model_copy(update={"validation_fraction": 0.2})
Rows = tuple[np.ndarray, np.ndarray]


def scored(file: Path) -> tuple[Rows, Rows]:
    """Train on 56 % of the rows; give labels and scores of 14 % to choose a threshold on, and of 30 %."""
    table = pd.read_csv(file).sample(frac=1, random_state=1729)
    features = [name for name in table.columns if not name.startswith(("Unnamed", "y_"))]
    parameters = {name: value for name, value in HYPERPARAMETERS.items() if name != "num_round"}
    ends = [int(0.56 * len(table)), int(0.7 * len(table))]
    train, *others = np.split(np.arange(len(table)), ends)
    matrices = [
        xgboost.DMatrix(table.iloc[part][features].to_numpy(float), table.iloc[part]["y_yes"])
        for part in (train, *others)
    ]
    booster = xgboost.train(parameters, matrices[0], 100)
    validation, test = (
        (matrix.get_label().astype(int), booster.predict(matrix).astype(float)) for matrix in matrices[1:]
    )
    return validation, test


@pytest.mark.parametrize(
    "file",
    [
        DATASETS / "bank_marketing_sample.csv",
        pytest.param(BANK_CLEAN, marks=needs_bank_clean),
    ],
    ids=["the sample", "the tutorial's table"],
)
def test_every_rule_passes_the_default_gate(file: Path) -> None:
    validation, test = scored(file)
    without = missed(evaluate(test, PARAMS.model_copy(update={"validation_fraction": 0.0})), PARAMS)
    assert without == []
    thresholds = set()
    for rule in ("fixed", "best_f1", "best_profit"):
        params = PARAMS.model_copy(update={"threshold_rule": rule})
        evaluation = evaluate(test, params, validation=validation)
        assert missed(evaluation, params) == [], rule
        thresholds.add(evaluation.threshold)
    assert len(thresholds) == 3


def test_scores_of_other_rows_do_not_pass() -> None:
    validation, (labels, scores) = scored(DATASETS / "bank_marketing_sample.csv")
    scores = np.random.default_rng(1).permutation(scores)
    for rule in ("fixed", "best_f1", "best_profit"):
        params = PARAMS.model_copy(update={"threshold_rule": rule, "min_roc_auc": 0.0})
        found = [
            figure.partition(" ")[0]
            for figure, _ in missed(evaluate((labels, scores), params, validation=validation), params)
        ]
        assert found[:2] == ["log_loss", "brier_score"], rule
