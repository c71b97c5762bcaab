"""How often each printed 95 % interval holds the true figure: 92 to 98 % of simulated test sets."""

import sys
import time

import numpy as np

from bench.statistics.made_up_scores import COST, VALUE, MadeUpScores
from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.evaluation.evaluate import intervals
from include.pipeline.figures.business.profit import profit_interval
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.scored_rows import ScoredRows

# Rows, positives to be expected among them, ROC AUC.
SETTINGS = (
    (30, 6, 0.777),
    (100, 11.5, 0.777),
    (100, 10, 0.975),
    (300, 34.5, 0.777),
    (1000, 10, 0.777),
    (2000, 230, 0.777),
    (12357, 1421, 0.777),
)
THRESHOLDS = (0.1, 0.5)
OF_THE_CALLED = ("precision", "recall", "f1", "mcc", "profit")
A_HANDFUL = 5
DRAWS = 4000
FEWER_DRAWS = 1000  # where a draw has many rows
MANY_ROWS = 10_000
LEAST, MOST = 0.92, 0.98
ROWS_OF_THE_CLOCK = 1_000_000


def coverage(rows: int, expected: float, roc_auc: float, draws: int) -> dict[str, float]:
    """Tell the share of drawn test sets whose interval holds the figure of endless rows, by figure.

    A figure that is not defined, or has no interval, is not counted: a dash is printed. Nor is one that
    hangs on a handful of rows, predicted positive or reached: there are so few outcomes that any interval
    holds all or none.
    """
    model = MadeUpScores(expected / rows, roc_auc)
    true = {threshold: model.figures(threshold) for threshold in THRESHOLDS}
    called = {at: expected * each["recall"] / each["precision"] for at, each in true.items()}
    reached = expected * true[THRESHOLDS[0]]["reach"]
    random = np.random.default_rng(1729)
    held: dict[str, list[bool]] = {}
    for _ in range(draws):
        labels, scores = model.draw(rows, random)
        if not 0 < labels.sum() < rows:
            continue
        drawn = ScoredRows(labels, scores, THRESHOLDS[0])
        for threshold in THRESHOLDS:
            at = drawn.at(threshold)
            found = intervals(at)
            if profit := profit_interval(at, OutcomeValues.of_action(COST, VALUE)):
                # Of so many rows.
                found["profit"] = Interval(low=profit.low / rows, high=profit.high / rows)
            for name, interval in found.items():
                is_at = name == "profit" or FIGURES[name].at_threshold
                is_handful = (name in OF_THE_CALLED and called[threshold] < A_HANDFUL) or (
                    name == "reach" and reached < A_HANDFUL
                )
                if is_handful or not (is_at or threshold == THRESHOLDS[0]):
                    continue
                column = f"{name} at {threshold}" if is_at else name
                held.setdefault(column, []).append(interval.low <= true[threshold][name] <= interval.high)
    return {name: float(np.mean(each)) for name, each in held.items()}


def main() -> None:
    """Print the coverages, and the time that the intervals of a million rows take."""
    outside = 0
    for rows, expected, roc_auc in SETTINGS:
        found = coverage(rows, expected, roc_auc, DRAWS if rows < MANY_ROWS else FEWER_DRAWS)
        print(f"{rows:,} rows, {expected:,} positives expected, ROC AUC {roc_auc}:", flush=True)
        for name, share in sorted(found.items()):
            is_outside = not LEAST <= share <= MOST
            outside += is_outside
            print(f"    {name:20} {share:7.1%}{'  outside' if is_outside else ''}", flush=True)
    print(f"outside {LEAST:.0%} to {MOST:.0%}: {outside} (none)")
    labels, scores = MadeUpScores(0.115, 0.777).draw(ROWS_OF_THE_CLOCK, np.random.default_rng(1))
    begin, begin_cpu = time.perf_counter(), time.process_time()
    intervals(ScoredRows(labels, scores, 0.5))
    took, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    print(f"intervals of {ROWS_OF_THE_CLOCK:,} rows: {took:.2f} s, {cpu:.2f} s of a core (at most 5)")
    sys.exit(outside > 0)


if __name__ == "__main__":
    main()
