"""The tutorial's real file, where this machine has it: it is not part of the repository."""

import os
from pathlib import Path

import pandas as pd
import pytest

from tests.project import PROJECT

BANK_CLEAN = Path(os.environ.get("BANK_CLEAN_CSV", PROJECT.parent / "shared" / "data" / "bank_clean.csv"))

needs_bank_clean = pytest.mark.skipif(
    not BANK_CLEAN.is_file(), reason=f"the tutorial's file is not at {BANK_CLEAN} (set BANK_CLEAN_CSV)"
)

# The tutorial's, without `silent`, which newer images refuse.
HYPERPARAMETERS = {
    "max_depth": "5",
    "eta": "0.2",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.8",
    "objective": "binary:logistic",
    "num_round": "100",
}


def tutorial_split() -> tuple[bytes, pd.DataFrame, pd.Series]:
    """Splits the tutorial's table as the tutorial does.

    Returns:
        train.csv (28,831 rows, label first, no header), and features and labels of the 12,357 test rows.
    """
    table = pd.read_csv(BANK_CLEAN, index_col=0).sample(frac=1, random_state=1729)
    train, test = table.iloc[: int(0.7 * len(table))], table.iloc[int(0.7 * len(table)) :]
    features = table.columns.drop(["y_no", "y_yes"])
    train_csv = train[["y_yes", *features]].to_csv(header=False, index=False).encode()
    return train_csv, test[features], test["y_yes"]
