"""`make spread`: how far a model's figures depend on which rows it is tested on, before anything is bought.

The table is split again and again, each time with another seed, and a model is trained and tested on this
machine: as the pipeline does it, by the same code, but without AWS.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import xgboost
from rich.console import Console
from rich.progress import track
from rich.table import Table

from include.pipeline.data.encoding.encoded_rows import encode_table, fit_rows
from include.pipeline.data.split import cut_table, line_of
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.errors import ConfigError, PipelineError
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
from include.pipeline.figures.other_kinds.multiclass import MULTICLASS_FIGURES
from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES
from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.source.forms.plain_csv import as_plain_csv

if TYPE_CHECKING:
    from include.pipeline.figures.figure import ShownFigure

_FEWEST, _USUAL = 2, 20
_SHOWN: "Mapping[str, Mapping[str, ShownFigure]]" = {
    "binary": FIGURES,
    "multiclass": MULTICLASS_FIGURES,
    "regression": REGRESSION_FIGURES,
}
console = Console(highlight=False)


@dataclass(frozen=True)
class Side:
    """Rows, and the figures that a model has on them."""

    rows: int
    figures: Mapping[str, float | None]


@dataclass(frozen=True)
class Repeat:
    """A split, and what a model that was trained on one side of it is worth on either."""

    seed: int
    trained_on: Side
    tested_on: Side
    """The rows that the model has not seen."""


def repeat_splits(file: BinaryIO, config: PipelineConfig, times: int) -> Iterator[Repeat]:
    """Split a table a number of times, train a model on each split, and test it.

    Args:
        file: The table, as the YAML file says that it is written. Seekable.
        config: Has the way to split, the seed of the first split, and the hyperparameters.
        times: How many splits there are; the n-th has the seed of the first, plus n - 1.

    Raises:
        ConfigError: The split does not depend on a seed.
        DataError: The file is no table that a model can be trained on.
    """
    table = config.table
    if table.split == "time":
        raise ConfigError(
            "split: time",
            "rows are split by chance, so that there are several splits",
            "Take another pipeline",
        )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        form = as_plain_csv(file, table.file, most=config.max_source_bytes, texts=table.as_text)
        plain = stack.enter_context(form)
        data = read_table(plain, table, folder)
        first = config.params.seed
        for seed in range(first, first + times):
            params = config.params.model_copy(update={"seed": seed})
            line = line_of(data, plain, table, seed)
            train, validation, test = cut_table(data, line, table, params)
            if table.is_encoded:
                encoded = encode_table(data, fit_rows(train, table), table.label)
                train, validation, test = (Rows(encoded, part.order) for part in (train, validation, test))
            model = _trained(train, validation, table.label, params.hyperparameters)
            sides = (_side(config, part, _scores(model, part, table.label)) for part in (train, test))
            yield Repeat(seed, *sides)


def _side(config: PipelineConfig, rows: Rows, scores: np.ndarray) -> Side:
    labels, found = rows.column(config.table.label), {}
    match config.table.kind:
        case "binary":
            scored = ScoredRows(labels, scores, config.params.threshold)
            found = {name: figure.of(scored) for name, figure in FIGURES.items()}
        case "multiclass":
            classified = ClassifiedRows(labels.astype(int), scores)
            found = {name: figure.of(classified) for name, figure in MULTICLASS_FIGURES.items()}
        case "regression":
            predicted = PredictedRows(labels, scores)
            found = {name: figure.of(predicted) for name, figure in REGRESSION_FIGURES.items()}
    return Side(len(rows), found)


def _trained(train: Rows, validation: Rows, label: str, hyperparameters: dict[str, Any]) -> xgboost.Booster:
    settings = dict(hyperparameters)
    rounds, stop = int(settings.pop("num_round")), settings.pop("early_stopping_rounds", None)
    watched = [(_matrix(validation, label), "validation")] if len(validation) else []
    return xgboost.train(
        settings,
        _matrix(train, label),
        num_boost_round=rounds,
        evals=watched,
        early_stopping_rounds=int(stop) if stop and watched else None,
        verbose_eval=False,
    )


def _matrix(rows: Rows, label: str) -> xgboost.DMatrix:
    features = [rows.column(name).astype(np.float32) for name in rows.table.names if name != label]
    return xgboost.DMatrix(np.column_stack(features), rows.column(label))


def _scores(model: xgboost.Booster, rows: Rows, label: str) -> np.ndarray:
    return np.asarray(model.predict(_matrix(rows, label)), dtype=np.float64)


def show(repeats: list[Repeat], config: PipelineConfig) -> None:
    """Print each figure's mean and spread on rows that were not seen, beside those that were trained on."""
    table = Table("figure", "mean", "standard deviation", "lowest", "highest", "rows trained on: mean")
    for name, figure in _SHOWN[config.table.kind].items():
        tested, trained = (
            [value for side in sides if (value := side.figures[name]) is not None]
            for sides in ([one.tested_on for one in repeats], [one.trained_on for one in repeats])
        )
        if tested and trained:
            told = (np.mean(tested), np.std(tested, ddof=1), min(tested), max(tested), np.mean(trained))
            table.add_row(figure.title, *(f"{value:.4f}" for value in told))
    console.print(table)
    first = repeats[0]
    console.print(
        f"{len(repeats)} splits ({config.table.split}) with the seeds {first.seed} to {repeats[-1].seed}. "
        f"The first has {first.trained_on.rows} rows to train on and {first.tested_on.rows} to test on.\n"
        "Standard deviation: how far a figure usually is from the mean, because of the split alone. Of two "
        "runs with different splits, a difference below three times that tells nothing.\n"
        "Rows trained on: the model knows their answers. The better its figures are there, the more it has "
        "learned by heart.",
        soft_wrap=True,
    )


def main() -> int:
    """Split the file that the command line names."""
    parser = argparse.ArgumentParser(
        prog="make spread", description="Split, train and test a number of times."
    )
    parser.add_argument("--pipeline", required=True)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--times", type=int, default=_USUAL)
    asked = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    try:
        if asked.times < _FEWEST:
            raise ConfigError(
                f"TIMES={asked.times}", f"a spread is that of {_FEWEST} splits or more", "Raise it"
            )
        config = load_config(asked.pipeline)
        with asked.data.open("rb") as file:
            going_on = repeat_splits(file, config, asked.times)
            repeats = list(
                track(going_on, "Splitting, training, testing", asked.times, console=Console(stderr=True))
            )
        show(repeats, config)
    except PipelineError as error:
        console.print(str(error), markup=False, soft_wrap=True)
        return 1
    except OSError as error:
        console.print(f"DATA={asked.data}: {error.strerror}", markup=False, soft_wrap=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
