"""How often drift is told of: of versions that have not changed, and of some that have.

    python -m bench.statistics.drift [--draws 400]

Two tables are drawn from: the tutorial's file, and one made up of what columns hold elsewhere (amounts
without an upper end, counts, rare categories, empty cells). A version is a draw of rows. Beside each figure
stands what the rule of thumb alone gives: a PSI of 0.1 or more, of any column or the label.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xgboost

from include.pipeline.data.comparison.compare import compare
from include.pipeline.data.drift import failures, warnings
from include.pipeline.data.profile import profile
from include.pipeline.documents.drift import Drift, DriftLimits
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.evaluation.score_drift import drift_of_scores
from tests.pipeline.data.tables import stored
from tests.tutorial_data import BANK_CLEAN, HYPERPARAMETERS

ROWS = (100, 200, 500, 1_000, 12_000)
LIMITS = DriftLimits()
LABEL = "y_yes"
_TRAINING_ROWS = 8_000


@dataclass(frozen=True)
class Population:
    """What versions are drawn from."""

    name: str
    frame: pd.DataFrame
    """Label and features; 24,000 rows and more."""
    scores: np.ndarray
    """A score of each row, by a model that was not trained on it."""


def tutorial() -> Population:
    """Take the tutorial's rows without their order."""
    table = pd.read_csv(BANK_CLEAN).iloc[:, 1:].drop(columns="y_no").sample(frac=1, random_state=1)
    return _population("tutorial", table.reset_index(drop=True))


def made_up(rows: int = 34_000) -> Population:
    """Draw columns such as other tables have."""
    random = np.random.RandomState(2)
    wealth = random.normal(size=rows)
    table = pd.DataFrame(
        {
            "amount": np.exp(3 * wealth).round(2),
            "loss": random.standard_cauchy(rows),
            "calls": random.poisson(0.4, rows),
            "visits": random.negative_binomial(1, 0.1, rows),
            "branch": random.zipf(1.6, rows).clip(max=500),
            "code": random.choice(9, rows, p=[0.7, 0.2, 0.05, 0.02, 0.015, 0.01, 0.003, 0.001, 0.001]),
            "rare": random.binomial(1, 0.003, rows),
            "score": np.where(random.binomial(1, 0.3, rows), np.nan, wealth),
            "seldom_empty": np.where(random.binomial(1, 0.01, rows), np.nan, random.random_sample(rows)),
            **{f"flag_{number}": random.binomial(1, number / 40, rows) for number in range(1, 20)},
            LABEL: random.binomial(1, 1 / (1 + np.exp(2.5 - wealth))),
        }
    )
    return _population("made up", table.astype("float64"))


def _population(name: str, table: pd.DataFrame) -> Population:
    features = table.drop(columns=LABEL).to_numpy(dtype="float32")
    labels = table[LABEL].to_numpy()
    parameters = {key: value for key, value in HYPERPARAMETERS.items() if key != "num_round"}
    own = slice(0, _TRAINING_ROWS)
    model = xgboost.train(parameters | {"nthread": 1}, xgboost.DMatrix(features[own], labels[own]), 100)
    rest = slice(_TRAINING_ROWS, None)
    scores = model.predict(xgboost.DMatrix(features[rest]))
    return Population(name, table[rest].astype({LABEL: "int64"}).reset_index(drop=True), scores)


def drawn(
    population: Population, previous: int, new: int, random: np.random.RandomState, *, shown: bool = True
) -> Drift:
    """Compare two draws of rows, no row in both; and the scores of three tenths of each, as of test rows."""
    at = random.choice(len(population.frame), previous + new, replace=False)
    then, now = at[:previous], at[previous:]
    return compared(population.frame.iloc[then], population.frame.iloc[now], shown=shown).model_copy(
        update={
            "scores": drift_of_scores(
                population.scores[now[: 3 * new // 10]], population.scores[then[: 3 * previous // 10]]
            )
        }
    )


def appended(population: Population, previous: int, new: int, random: np.random.RandomState) -> Drift:
    """Compare a draw of rows with itself and more rows below it."""
    at = random.choice(len(population.frame), previous + new, replace=False)
    return compared(population.frame.iloc[at[:previous]], population.frame.iloc[at])


def compared(previous: pd.DataFrame, new: pd.DataFrame, *, shown: bool = True) -> Drift:
    """Hold one version against the other."""
    table = TableConfig(label=LABEL, show_values=shown)
    return compare(stored(new), table, profile(stored(previous), table))


def told(drift: Drift) -> bool:
    """Tell whether a run would warn or fail."""
    return bool(warnings(drift, LIMITS) or failures(drift, LIMITS))


def by_thumb(drift: Drift) -> bool:
    """Tell whether the rule of thumb alone would warn."""
    return max(drift.label_psi, *(column.psi for column in drift.columns)) >= LIMITS.psi_warn


def unchanged(population: Population, draws: int) -> Iterator[str]:
    """Say in how many of unchanged versions anything is told."""
    kinds: dict[str, Callable[[int, np.random.RandomState], Drift]] = {
        "as many rows": lambda rows, random: drawn(population, rows, rows, random),
        "values hidden": lambda rows, random: drawn(population, rows, rows, random, shown=False),
        "a tenth as many": lambda rows, random: drawn(population, 10 * rows, rows, random),
        "a tenth appended": lambda rows, random: appended(population, rows, rows // 10, random),
    }
    for kind, draw in kinds.items():
        for rows in ROWS:
            if kind == "a tenth as many" and 11 * rows > len(population.frame):
                continue
            random = np.random.RandomState(rows)
            found = [draw(rows, random) for _ in range(draws if rows <= 1_000 else draws // 4)]  # noqa: PLR2004
            share, thumb = np.mean([told(one) for one in found]), np.mean([by_thumb(one) for one in found])
            yield (
                f"unchanged, {population.name}, {kind}, {rows:,} rows: {share:.1%} of {len(found)} told "
                f"(at most 5 %); by the rule of thumb {thumb:.1%}"
            )


def changed(population: Population) -> Iterator[str]:
    """Say what is told of versions that have changed, each in one way, with 2,000 rows and with all."""
    whole = pd.read_csv(BANK_CLEAN).iloc[:, 1:].drop(columns="y_no")
    old, last = whole.iloc[: 9 * len(whole) // 10], whole.iloc[9 * len(whole) // 10 :]
    # The tutorial's label by tenth of the file: the first half has 4.57 to 4.68 %, all of it 11.27 %.
    yield _line(
        "label rate 4.57 to 11.27 %",
        _with_rate(population.frame, 0.0457),
        _with_rate(population.frame, 0.1127),
    )
    yield _line("the last tenth appended", old, pd.concat([old, last]))
    for rows in (2_000, len(population.frame) // 2):
        before, after = population.frame.iloc[:rows], population.frame.iloc[rows : 2 * rows].copy()
        size = f"{rows:,} rows"
        aged = after.assign(age=after["age"] + 1000 * (after["age"] >= after["age"].quantile(0.9)))
        yield _line(f"the oldest tenth of ages plus 1,000, {size}", before, aged)
        emptied = after.assign(age=after["age"].where(np.arange(rows) % 20 != 0))
        yield _line(f"a twentieth of ages empty, {size}", before, emptied)
        twice = pd.concat([after.iloc[: rows // 2]] * 2)
        yield _line(f"each row twice, {size}", before, twice)
        # A category that was not there: the column of a one-hot family that was always 0.
        known = before[before["job_student"] == 0]
        yield _line(f"a new category, {size}", known, after)


def _with_rate(frame: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Draw 12,000 rows with such a share of positives, whatever else stays as it is."""
    random = np.random.RandomState(3)
    positive = random.random_sample(12_000) < rate
    rows = np.where(
        positive,
        random.choice(np.flatnonzero(frame[LABEL] == 1), 12_000),
        random.choice(np.flatnonzero(frame[LABEL] == 0), 12_000),
    )
    return frame.iloc[rows]


def _line(what: str, previous: pd.DataFrame, new: pd.DataFrame) -> str:
    drift = compared(previous, new)
    said = warnings(drift, LIMITS)
    thumb = "warns" if by_thumb(drift) else "says nothing"
    return f"changed, {what}: {'; '.join(said) or 'NOTHING TOLD'} (the rule of thumb {thumb})"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--draws", type=int, default=400, help="versions for each figure; a quarter of 12,000 rows"
    )
    draws = parser.parse_args().draws
    populations = tutorial(), made_up()
    for line in changed(populations[0]):
        print(line, flush=True)
    for population in populations:
        for line in unchanged(population, draws):
            print(line, flush=True)


if __name__ == "__main__":
    main()
