"""The last accepted model's ROC AUC in the gate's comparison, beside that on rows that no model has seen.

It needs the tutorial's table. Each version of the data is shuffled anew, so that rows that the older model
was trained on are among the test rows of the newer one.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import xgboost
from sklearn.metrics import roc_auc_score

from include.pipeline.documents.config import DATASETS
from include.pipeline.evaluation.previous_model import compared
from include.pipeline.evaluation.unseen_rows import unseen_rows
from tests.tutorial_data import BANK_CLEAN, HYPERPARAMETERS

TRAIN = 0.7
CLOSE = 0.003


def _split(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    shuffled = table.sample(frac=1, random_state=seed)
    cut = int(TRAIN * len(shuffled))
    return shuffled.iloc[:cut], shuffled.iloc[cut:]


def _model(train: pd.DataFrame, depth: int) -> Callable[[pd.DataFrame], np.ndarray]:
    parameters = {name: value for name, value in HYPERPARAMETERS.items() if name != "num_round"}
    matrix = xgboost.DMatrix(train.drop(columns="y_yes").to_numpy(float), train["y_yes"])
    booster = xgboost.train(parameters | {"max_depth": str(depth)}, matrix, 100)
    return lambda rows: booster.predict(xgboost.DMatrix(rows.drop(columns="y_yes").to_numpy(float)))


def tell(name: str, old: pd.DataFrame, new: pd.DataFrame, *, seeds: tuple[int, int], depth: int) -> None:
    """Train on two versions of the data, and print what the gate compares beside the truth."""
    (old_train, _), (new_train, test) = _split(old, seeds[0]), _split(new, seeds[1])
    before, now = _model(old_train, depth), _model(new_train, depth)
    lines = [
        rows.to_csv(header=False, index=False).encode()
        for rows in (
            test.drop(columns="y_yes"),
            *(part[["y_yes", *part.columns.drop("y_yes")]] for part in (old_train, new_train)),
        )
    ]
    labels = test["y_yes"].to_numpy()
    found = compared("the last", labels, now(test), before(test), unseen_rows(lines[0], lines[1:]))
    # By their place in the file: rows that happen to be equal are rows of their own.
    apart = test[~test.index.isin(old_train.index)]
    truth = [roc_auc_score(apart["y_yes"], model(apart)) for model in (before, now)]
    leaking = [roc_auc_score(labels, model(test)) for model in (before, now)]
    print(f"{name}, depth {depth}: {len(test):,} test rows, {found.unseen_rows:,} compared")
    print(f"    on all test rows   before {leaking[0]:.4f}, now {leaking[1]:.4f}")
    print(f"    in the comparison  before {found.roc_auc:.4f}, now {found.own_roc_auc:.4f}, {found.change}")
    print(f"    on unseen rows     before {truth[0]:.4f}, now {truth[1]:.4f}")
    change, true_change = (found.own_roc_auc or 0) - (found.roc_auc or 0), truth[1] - truth[0]
    apart_by = abs(change - true_change)
    print(f"    change {change:+.4f}, true {true_change:+.4f}: {apart_by:.4f} apart (at most {CLOSE})")


def main() -> None:
    """Print the three experiments."""
    table = pd.read_csv(BANK_CLEAN, index_col=0).drop(columns="y_no")
    older = table.sample(frac=0.85, random_state=1).sort_index()
    tell("85 % of the rows are old", older, table, seeds=(1729, 1729), depth=8)
    tell("the same rows with another seed", table, table, seeds=(1729, 1), depth=8)
    sample = pd.read_csv(DATASETS / "bank_marketing_sample.csv").drop(columns="y_no")
    sample = sample.drop(columns=[name for name in sample.columns if name.startswith("Unnamed")])
    tell("docs/backfill.md", sample.iloc[:3000], sample.iloc[:3500], seeds=(1729, 1729), depth=5)


if __name__ == "__main__":
    main()
