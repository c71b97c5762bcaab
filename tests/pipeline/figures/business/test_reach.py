import numpy as np
import pytest

from include.pipeline.evaluation.binary.gains import deciles
from include.pipeline.figures.business.reach import reach, reach_interval, reach_parts
from include.pipeline.figures.paired_rows import PairedRows
from include.pipeline.figures.scored_rows import ScoredRows
from include.pipeline.figures.share_interval import wilson

RANDOM = np.random.default_rng(12)
ROWS = 2000


def rows_of(labels: np.ndarray, scores: np.ndarray) -> ScoredRows:
    return ScoredRows(labels, scores, 0.5)


def draw(rows: int = ROWS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    labels = (RANDOM.random(rows) < 0.15).astype(int)
    signal = RANDOM.normal(size=rows) + labels
    return labels, signal, signal + 0.7 * RANDOM.normal(size=rows)


@pytest.mark.parametrize("rows", [3, 7, 19, 57, 2000])
@pytest.mark.parametrize("digits", [0, 9], ids=["many ties", "no ties"])
def test_it_is_the_gain_of_the_second_decile(rows: int, digits: int) -> None:
    labels, scores, _ = draw(rows)
    labels[0] = 1
    scored = rows_of(labels, scores.round(digits))
    assert reach(scored) == pytest.approx(deciles(scored)[1].gain)


@pytest.mark.long
def test_its_interval_is_as_wide_as_that_of_drawn_test_sets() -> None:
    reached = [reach(rows_of(labels, scores)) for labels, scores, _ in (draw() for _ in range(600))]
    intervals = [reach_interval(rows_of(*draw()[:2])) for _ in range(20)]
    widths = [found.high - found.low for found in intervals if found]
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.std(reached), rel=0.1)


@pytest.mark.long
def test_that_of_a_difference_too() -> None:
    def pair() -> PairedRows:
        labels, first, second = draw()
        return PairedRows(rows_of(labels, first), rows_of(labels, second))

    drawn = [reach(found.second) - reach(found.first) for found in (pair() for _ in range(600))]
    widths = [found.high - found.low for found in (pair().reach for _ in range(20)) if found]
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.std(drawn), rel=0.12)


def test_the_parts_of_the_rows_are_deviations() -> None:
    labels, scores, _ = draw()
    assert reach_parts(rows_of(labels, scores.round(1))).mean() == pytest.approx(0, abs=1e-12)


def test_where_all_are_reached_it_is_a_share_of_the_positives() -> None:
    labels = np.array([1] * 6 + [0] * 94)
    scored = rows_of(labels, np.linspace(1, 0, 100))
    assert reach(scored) == 1
    assert reach_interval(scored) == wilson(1.0, 6)
