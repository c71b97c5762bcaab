"""How often the gate is wrong: on models as good as the last one, on worse ones, and on scores at random."""

from collections import Counter

import numpy as np
from scipy import stats

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
FEW_ROWS = 100


def verdicts(new: float, old: float, largest: float) -> Counter[str]:
    """Count the verdicts on a model of one ROC AUC after a model of another."""
    random, every = np.random.default_rng(1729), np.ones(ROWS, dtype=bool)
    found: Counter[str] = Counter()
    for _ in range(DRAWS):
        labels = (random.random(ROWS) < SHARE).astype(int)
        common = random.normal(size=ROWS)
        signals = [
            np.sqrt(ALIKE) * common
            + np.sqrt(1 - ALIKE) * random.normal(size=ROWS)
            + labels * np.sqrt(2) * stats.norm.ppf(roc_auc)
            for roc_auc in (new, old)
        ]
        comparison = compared("the last", labels, *signals, every)
        found[drop_verdict(comparison, 0.0, largest)] += 1
    return found


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
    for scores_of in ("uniform", "shuffled"):
        share = passed_at_random(scores_of) / DRAWS
        print(f"{scores_of} scores pass in {share:.1%} (at most 1 %) at {FEW_ROWS} rows")


if __name__ == "__main__":
    main()
