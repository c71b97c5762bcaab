"""How often equal models are not told apart: each difference's 95 % interval holds 0 in 92 % or more.

Where a handful of rows tells two models apart, there are few outcomes, and it holds 0 in more than 98 %.
"""

import sys

import numpy as np

from bench.statistics.coverage import A_HANDFUL, LEAST, OF_THE_CALLED
from bench.statistics.made_up_scores import COST, VALUE, MadeUpScores
from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.paired_rows import PairedRows
from include.pipeline.figures.scored_rows import ScoredRows

# Rows, positives to be expected among them, and how far the models' signals go together.
SETTINGS = ((300, 34.5, 0.9), (2000, 230, 0.9), (2000, 230, 0.5), (12357, 1421, 0.9))
ROC_AUC, THRESHOLD = 0.777, 0.1
DRAWS, FEWER_DRAWS, MANY_ROWS = 2000, 500, 10_000


def held(rows: int, expected: float, alike: float, draws: int) -> dict[str, float]:
    """Tell the share of drawn test sets in which each difference's interval holds 0, where there is one."""
    model, random = MadeUpScores(expected / rows, ROC_AUC), np.random.default_rng(1729)
    found: dict[str, list[bool]] = {}
    for _ in range(draws):
        labels, *scores = model.draw_pair(rows, alike, random)
        if not 0 < labels.sum() < rows:
            continue
        pair = PairedRows(*(ScoredRows(labels, each, THRESHOLD) for each in scores))
        intervals = {name: figure.difference(pair) for name, figure in FIGURES.items()}
        called = min(each.confusion_matrix.predicted_positive for each in (pair.first, pair.second))
        for name, interval in (
            intervals | {"profit": pair.profit(OutcomeValues.of_action(COST, VALUE))}
        ).items():
            if interval and not (name in OF_THE_CALLED and called < A_HANDFUL):
                found.setdefault(name, []).append(interval.low <= 0 <= interval.high)
    return {name: float(np.mean(each)) for name, each in found.items()}


def main() -> None:
    """Print the shares."""
    below = 0
    for rows, expected, alike in SETTINGS:
        print(f"{rows:,} rows, {expected:,} positives expected, signals alike by {alike}:", flush=True)
        for name, share in held(rows, expected, alike, DRAWS if rows < MANY_ROWS else FEWER_DRAWS).items():
            is_below = share < LEAST
            below += is_below
            print(f"    {name:20} {share:7.1%}{'  below' if is_below else ''}", flush=True)
    print(f"below {LEAST:.0%}: {below} (none)")
    sys.exit(below > 0)


if __name__ == "__main__":
    main()
