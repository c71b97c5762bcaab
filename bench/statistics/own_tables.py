"""How well a pipeline that `make pipeline` writes does on a table, beside scikit-learn's gradient boosting.

python -m bench.statistics.own_tables FILE:LABEL ...

Both train on the same rows and features of ten splits, HistGradientBoosting in its defaults. The figure is
the mean on the test rows: the ROC AUC of two values, the macro F1 of classes, the RMSE of numbers.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import f1_score, roc_auc_score, root_mean_squared_error

from include.inspection.pipeline_file import pipeline_file
from include.inspection.table import look_at_table
from include.pipeline.data.encoding.encoded_rows import encode_table, fit_rows
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.source.forms.plain_csv import as_plain_csv
from include.pipeline.values.params import LabelKind

_SPLITS = range(1729, 1739)


def _macro_f1(truth: np.ndarray, shares: np.ndarray) -> float:
    return float(f1_score(truth, shares.argmax(axis=1), average="macro"))


_FIGURES: Mapping[LabelKind, tuple[str, Callable[[np.ndarray, np.ndarray], float]]] = {
    "binary": ("ROC AUC", roc_auc_score),
    "multiclass": ("macro F1", _macro_f1),
    "regression": ("RMSE", root_mean_squared_error),
}


@dataclass(frozen=True)
class Compared:
    """Both models on ten splits of a table."""

    rows: int
    features: int
    figure: str
    own: float
    """The mean of the pipeline's."""
    other: float

    @property
    def difference(self) -> str:
        """The pipeline's less the other; of an RMSE, as a share of the other."""
        if self.figure == "RMSE":
            return f"{self.own / self.other - 1:+.1%}"
        return f"{self.own - self.other:+.3f}"


def compare(path: Path, label: str) -> Compared:
    """Train both on ten splits of a table.

    Args:
        path: Of the file.
        label: The column to predict.
    """
    with path.open("rb") as file:
        text = pipeline_file("a_table", path.name, look_at_table(file, label))
        config = PipelineConfig.model_validate(yaml.safe_load(text))
        table = config.table
        with as_plain_csv(file, table.file, most=config.max_source_bytes, texts=table.as_text) as plain:
            data = read_table(plain, table)
    given = dict(config.params.hyperparameters)
    rounds = int(given.pop("num_round"))
    figure, of = _FIGURES[table.kind]
    found = []
    for seed in _SPLITS:
        train, test = split_table(data, table, train_fraction=config.params.train_fraction, seed=seed)
        encoding = fit_rows(train, table)
        encoded = encode_table(data, encoding, table.label)
        sides = [_arrays(Rows(encoded, side.order), table.label) for side in (train, test)]
        (features, labels), (asked, truth) = sides
        model = xgboost.train(given, xgboost.DMatrix(features, labels), rounds)
        own = model.predict(xgboost.DMatrix(asked))
        found.append((of(truth, own), of(truth, _of_scikit_learn(table.kind, features, labels, asked))))
    means = np.array(found).mean(axis=0)
    return Compared(data.rows, len(encoding.features), figure, *means.tolist())


def _of_scikit_learn(
    kind: LabelKind, features: np.ndarray, labels: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """Predict as the pipeline's model does: the share of the positive, of each class, or a number."""
    if kind == "regression":
        numbers: np.ndarray = (
            HistGradientBoostingRegressor(random_state=0).fit(features, labels).predict(asked)
        )
        return numbers
    model = HistGradientBoostingClassifier(random_state=0).fit(features, labels)
    shares: np.ndarray = model.predict_proba(asked)
    return shares[:, 1] if kind == "binary" else shares


def _arrays(rows: Rows, label: str) -> tuple[np.ndarray, np.ndarray]:
    names = [name for name in rows.table.names if name != label]
    return np.column_stack([rows.column(name) for name in names]).astype(np.float32), rows.column(label)


def main(arguments: list[str]) -> int:
    """Print a row of the table of docs/own-data.md for each file."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    for argument in arguments:
        name, _, label = argument.partition(":")
        found = compare(Path(name), label)
        places = 2 if found.figure == "RMSE" else 3
        print(
            f"| {Path(name).stem} | {found.rows:,} | {found.features} | {found.figure} "
            f"| {found.own:.{places}f} | {found.other:.{places}f} | {found.difference} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
