import numpy as np
import pytest
from sklearn import metrics as scikit

from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
from include.pipeline.figures.other_kinds.multiclass import MULTICLASS_FIGURES, ClassFigures


def draw(rows: int = 500, seed: int = 1, sure: float = 1.2) -> ClassifiedRows:
    """Four classes, the last of which is rare."""
    random = np.random.default_rng(seed)
    labels = random.choice(4, rows, p=[0.5, 0.27, 0.2, 0.03])
    logits = random.normal(size=(rows, 4))
    logits[np.arange(rows), labels] += sure
    scores = np.exp(logits)
    return ClassifiedRows(labels, scores / scores.sum(axis=1, keepdims=True))


ROWS = draw()


def by_scikit(rows: ClassifiedRows) -> dict[str, float]:
    said = rows.scores.argmax(axis=1)
    return {
        "accuracy": scikit.accuracy_score(rows.labels, said),
        "macro_f1": scikit.f1_score(rows.labels, said, average="macro", zero_division=0),
        "log_loss": scikit.log_loss(rows.labels, rows.scores, labels=range(4)),
    }


@pytest.mark.parametrize("rows", [ROWS, ROWS.by_shares(), draw(6)], ids=["model", "baseline", "six rows"])
def test_they_are_the_figures_of_scikit_learn(rows: ClassifiedRows) -> None:
    found = {name: figure.of(rows) for name, figure in MULTICLASS_FIGURES.items()}
    assert found == pytest.approx(by_scikit(rows))


@pytest.mark.parametrize("name", MULTICLASS_FIGURES)
def test_its_interval_holds_the_figure_of_all_rows(name: str) -> None:
    figure = MULTICLASS_FIGURES[name]
    truth = by_scikit(draw(200_000))[name]
    intervals = [figure.interval(draw(seed=seed)) for seed in range(2, 202)]
    held = [interval is not None and interval.low <= truth <= interval.high for interval in intervals]
    assert 0.9 <= np.mean(held) <= 0.99


@pytest.mark.parametrize("name", MULTICLASS_FIGURES)
def test_a_difference_is_that_of_the_figures_on_the_same_rows(name: str) -> None:
    figure = MULTICLASS_FIGURES[name]
    random = np.random.default_rng(3)
    mixed = ROWS.scores * np.exp(random.normal(0, 1.5, ROWS.scores.shape))
    other = ClassifiedRows(ROWS.labels, mixed / mixed.sum(axis=1, keepdims=True))
    one, two, found = by_scikit(ROWS)[name], by_scikit(other)[name], figure.difference(ROWS, other)
    assert found is not None
    assert found.low < two - one < found.high
    assert figure.difference(ROWS, ROWS) is None


def test_each_class_is_held_against_all_others() -> None:
    said = ROWS.scores.argmax(axis=1)
    precision, recall, f1, rows = scikit.precision_recall_fscore_support(ROWS.labels, said)
    for label in range(4):
        found = ClassFigures.of("a class", ROWS.one_against_the_others(label))
        assert (found.precision, found.recall, found.f1) == pytest.approx(
            (precision[label], recall[label], f1[label])
        )
        assert found.rows == rows[label]
        assert found.intervals["recall"].low < recall[label] < found.intervals["recall"].high


def test_a_class_without_rows_has_no_recall_and_counts_for_nothing() -> None:
    rows = ClassifiedRows(np.array([0, 1, 1]), np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.7, 0.3, 0]]))
    absent = ClassFigures.of("absent", rows.one_against_the_others(2))
    assert (absent.rows, absent.precision, absent.recall, absent.f1) == (0, None, None, None)
    assert rows.macro_f1 == pytest.approx((2 / 3 + 2 / 3) / 2)
    right = ClassifiedRows(np.array([0, 1]), np.eye(2))
    interval = MULTICLASS_FIGURES["macro_f1"].interval(right)
    assert interval is not None
    assert (right.macro_f1, interval.high) == (1, 1)
    assert interval.low < 0.5
