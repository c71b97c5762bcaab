import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.documents.metrics import Decile
from include.pipeline.evaluation.binary import gains
from include.pipeline.figures.scored_rows import ScoredRows


def deciles(labels: np.ndarray, scores: np.ndarray) -> tuple[Decile, ...]:
    return gains.deciles(ScoredRows(labels, scores, 0.5))


def test_the_highest_scores_are_the_first_decile() -> None:
    scores = np.arange(100) / 100
    # A yes is every row from 0.95 on, and five lower down.
    labels = np.isin(np.arange(100), [95, 96, 97, 98, 99, 50, 40, 30, 20, 10]).astype(int)
    found = deciles(labels, scores)
    assert [decile.rows for decile in found] == [10] * 10
    assert [decile.positives for decile in found] == [5, 0, 0, 0, 1, 1, 1, 1, 1, 0]
    assert (found[0].decile, found[0].lowest_score, found[0].lift, found[0].gain) == (1, 0.9, 5.0, 0.5)
    assert found[4].gain == pytest.approx(0.6)
    assert found[-1].gain == 1


def test_fewer_than_ten_rows_are_a_part_each() -> None:
    found = deciles(np.array([0, 1, 0]), np.array([0.1, 0.9, 0.5]))
    assert [(decile.rows, decile.positives, decile.gain) for decile in found] == [
        (1, 1, 1),
        (1, 0, 1),
        (1, 0, 1),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=80).filter(
        lambda rows: any(label for label, _ in rows)
    )
)
def test_the_parts_are_nearly_equal_hold_each_row_once_and_reach_every_yes(
    rows: list[tuple[int, float]],
) -> None:
    labels, scores = np.array([label for label, _ in rows]), np.array([score for _, score in rows])
    found = deciles(labels, scores)
    sizes = [decile.rows for decile in found]
    assert sum(sizes) == len(rows)
    assert max(sizes) - min(sizes) <= 1
    assert sum(decile.positives for decile in found) == labels.sum()
    assert found[-1].gain == 1
    lowest = [decile.lowest_score for decile in found]
    assert lowest == sorted(lowest, reverse=True)
    assert lowest[-1] == scores.min()
    mean_lift = np.average([decile.lift for decile in found], weights=sizes)
    assert mean_lift == pytest.approx(1)


def test_equal_scores_reach_what_calls_at_random_reach_whatever_the_files_order() -> None:
    labels = np.array([0] * 40 + [1] * 10)
    for given_labels in (labels, labels[::-1]):
        found = deciles(given_labels, np.full(50, 0.2))
        assert [decile.gain for decile in found] == pytest.approx([number / 10 for number in range(1, 11)])
        assert [decile.lift for decile in found] == pytest.approx([1] * 10)
        assert [decile.positives for decile in found] == pytest.approx([1] * 10)


def test_a_tied_block_is_shared_out_among_the_parts_that_it_reaches_into() -> None:
    # 5 rows of 0.9 (3 positive), then 30 of 0.5 (6 positive), then 5 of 0.1 (1 positive); ten parts of 4.
    labels = np.repeat([1, 0, 1, 0, 1, 0], [3, 2, 6, 24, 1, 4])
    scores = np.repeat([0.9, 0.5, 0.1], [5, 30, 5])
    found = deciles(labels, scores)
    assert [decile.positives for decile in found[:3]] == pytest.approx(
        [4 * 3 / 5, 3 / 5 + 3 * 6 / 30, 4 * 6 / 30]
    )
    assert [decile.lowest_score for decile in found] == [0.9] + [0.5] * 7 + [0.1] * 2
