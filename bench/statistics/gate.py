"""How often the gate is wrong: on models as good as the last one, on worse ones, and on scores at random."""

from collections import Counter

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

from bench.statistics.made_up_scores import MadeUpScores
from include.pipeline.documents.config import load_config
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.evaluation.previous_model import compared
from include.pipeline.history.drop import drop_verdict
from include.pipeline.history.quality import missed

ROWS, SHARE = 12_357, 0.115
ROC_AUC, WORSE_BY = 0.777, 0.02
ALIKE = 0.9  # correlation of two models' signals: versions of one model
DRAWS = 1000
JUDGES, FEWER_DRAWS = 10, 400
FEW_ROWS = 100


def verdicts(new: float, old: float, largest: float) -> Counter[str]:
    """Count the verdicts on a model of one ROC AUC after a model of another."""
    random, every = np.random.default_rng(1729), np.ones(ROWS, dtype=bool)
    found: Counter[str] = Counter()
    for _ in range(DRAWS):
        labels = (random.random(ROWS) < SHARE).astype(int)
        common = np.sqrt(ALIKE) * random.normal(size=ROWS)
        signals = [_signal(labels, common, roc_auc, random) for roc_auc in (new, old)]
        comparison = compared("the last", labels, *signals, every)
        found[drop_verdict(comparison, 0.0, largest)] += 1
    return found


def refused_by_the_best(worse_by: float, largest: float) -> float:
    """Tell the share of models that the best of ten equal ones refuses, chosen on the same test rows."""
    random, every = np.random.default_rng(1729), np.ones(ROWS, dtype=bool)
    refused = 0
    for _ in range(FEWER_DRAWS):
        labels = (random.random(ROWS) < SHARE).astype(int)
        common = np.sqrt(ALIKE) * random.normal(size=ROWS)
        judges = [_signal(labels, common, ROC_AUC, random) for _ in range(JUDGES)]
        best = max(judges, key=lambda signal: roc_auc_score(labels, signal))
        own = _signal(labels, common, ROC_AUC - worse_by, random)
        comparison = compared("the best", labels, own, best, every, best_of=JUDGES)
        refused += drop_verdict(comparison, 0.0, largest) == "failed"
    return refused / FEWER_DRAWS


def _signal(
    labels: np.ndarray, common: np.ndarray, roc_auc: float, random: np.random.Generator
) -> np.ndarray:
    own = np.sqrt(1 - ALIKE) * random.normal(size=ROWS)
    signal: np.ndarray = common + own + labels * np.sqrt(2) * stats.norm.ppf(roc_auc)
    return signal


def passed_at_random(scores_of: str) -> int:
    """Count the models without any skill that the default gate lets pass."""
    params, random, passed = load_config("bank_marketing").params, np.random.default_rng(1729), 0
    for _ in range(DRAWS):
        labels, scores = MadeUpScores(SHARE, ROC_AUC).draw(FEW_ROWS, random)
        scores = random.random(FEW_ROWS) if scores_of == "uniform" else random.permutation(scores)
        if 0 < labels.sum() < FEW_ROWS:
            passed += not missed(evaluate((labels, scores), params), params)
    return passed


def main() -> None:
    """Print the shares of wrong answers."""
    for largest in (0.0, 0.01):
        equal, worse = verdicts(ROC_AUC, ROC_AUC, largest), verdicts(ROC_AUC - WORSE_BY, ROC_AUC, largest)
        print(f"max_roc_auc_drop = {largest}, {ROWS:,} rows:")
        print(f"    an equal model is refused in {equal['failed'] / DRAWS:.1%} (at most 5 %): {dict(equal)}")
        print(f"    one worse by {WORSE_BY} in {worse['failed'] / DRAWS:.1%} (at least 80 %): {dict(worse)}")
        best = [refused_by_the_best(worse_by, largest) for worse_by in (0.0, WORSE_BY)]
        print(f"    by the best of {JUDGES}, too: {best[0]:.1%} (at most 5 %) and {best[1]:.1%}")
    for scores_of in ("uniform", "shuffled"):
        share = passed_at_random(scores_of) / DRAWS
        print(f"{scores_of} scores pass in {share:.1%} (at most 1 %) at {FEW_ROWS} rows")


if __name__ == "__main__":
    main()
