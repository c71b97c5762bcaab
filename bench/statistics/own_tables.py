"""How well a pipeline that `make pipeline` writes does on a table, beside scikit-learn's gradient boosting.

python -m bench.statistics.own_tables FILE:LABEL ...

Both train on the same rows and features of ten splits, HistGradientBoostingClassifier in its defaults.
"""

import sys
from pathlib import Path

import numpy as np
import xgboost
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from include.inspection.pipeline_file import pipeline_file
from include.inspection.table import look_at_table
from include.pipeline.data.encoding.encoded_rows import encode_table, fit_rows
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.source.forms.plain_csv import as_plain_csv

_SPLITS = range(1729, 1739)


def areas(path: Path, label: str) -> tuple[int, int, np.ndarray]:
    """Train both on ten splits of a table.

    Args:
        path: Of the file.
        label: The column to predict.

    Returns:
        Rows, features, and the ROC AUC on the test rows: shape `(splits, 2)`, the pipeline's first.
    """
    with path.open("rb") as file:
        text = pipeline_file("a_table", path.name, look_at_table(file, label))
        config = PipelineConfig.model_validate(yaml.safe_load(text))
        table = config.table
        with as_plain_csv(file, table.file, most=config.max_source_bytes, texts=table.as_text) as plain:
            data = read_table(plain, table)
    given = dict(config.params.hyperparameters)
    rounds = int(given.pop("num_round"))
    found = []
    for seed in _SPLITS:
        train, test = split_table(data, table, train_fraction=config.params.train_fraction, seed=seed)
        encoding = fit_rows(train, table)
        encoded = encode_table(data, encoding, table.label)
        sides = [_arrays(Rows(encoded, side.order), table.label) for side in (train, test)]
        (features, labels), (asked, truth) = sides
        model = xgboost.train(given, xgboost.DMatrix(features, labels), rounds)
        other = HistGradientBoostingClassifier(random_state=0).fit(features, labels)
        found.append(
            (
                roc_auc_score(truth, model.predict(xgboost.DMatrix(asked))),
                roc_auc_score(truth, other.predict_proba(asked)[:, 1]),
            )
        )
    return data.rows, len(encoding.features), np.array(found)


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
        rows, features, found = areas(Path(name), label)
        own, other = found.mean(axis=0)
        print(
            f"| {Path(name).stem} | {rows:,} | {features} | {own:.3f} | {other:.3f} | {own - other:+.3f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
