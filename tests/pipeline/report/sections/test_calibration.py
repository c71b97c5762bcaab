import numpy as np
import pytest

from include.pipeline.report.sections.calibration import gather
from tests.pipeline.report.example import LABELS, SCORES, contents_of
from tests.pipeline.report.page_reader import Page
from tests.pipeline.report.plot_reader import Plot

# Each draws a plot.
pytestmark = pytest.mark.slow

# No two rows have the same score, so the groups are of twenty rows each.
GROUPS = [(SCORES[group].mean(), LABELS[group].mean()) for group in np.array_split(np.argsort(SCORES), 10)]


def test_the_rows_are_put_into_ten_groups_of_the_same_size_the_lowest_scores_first() -> None:
    points = gather(contents_of()).points
    assert [(point.score, point.observed) for point in points] == [pytest.approx(group) for group in GROUPS]


def test_rows_of_the_same_score_stay_together() -> None:
    labels = np.array([1] * 5 + [0] * 45 + [1] * 30 + [0] * 20)
    scores = np.array([0.125] * 50 + [0.75] * 50)
    points = gather(contents_of(labels, scores)).points
    assert [(point.score, point.observed) for point in points] == [(0.125, 0.1), (0.75, 0.6)]


def test_fewer_rows_than_groups_are_a_group_each() -> None:
    labels, scores = np.array([0, 1, 0, 1]), np.array([0.4, 0.9, 0.1, 0.6])
    points = gather(contents_of(labels, scores)).points
    assert [(point.score, point.observed) for point in points] == [(0.1, 0), (0.4, 0), (0.6, 1), (0.9, 1)]


def test_the_groups_are_drawn_beside_what_a_perfect_model_has() -> None:
    plot = Plot(gather(contents_of()).plot)
    assert plot.line("first") == pytest.approx(np.array(GROUPS), abs=0.001)
    (left, right) = plot.line("muted")
    assert left == pytest.approx([0, 0], abs=0.001)
    assert right[0] == pytest.approx(right[1], abs=0.001)
    assert right[0] > max(max(group) for group in GROUPS)


def test_it_says_which_group_is_farthest_off() -> None:
    brier_score = ((SCORES - LABELS) ** 2).mean()
    score, observed = max(GROUPS, key=lambda group: abs(group[1] - group[0]))
    said = Plot(gather(contents_of()).plot).alternative
    assert said == (
        f"Calibration curve of 10 groups of rows, Brier score {brier_score:.3f}. Farthest off is the group "
        f"with a mean score of {score:.0%}, of which {observed:.0%} are positive."
    ).replace("%", "\u00a0%")


def test_the_groups_stand_in_a_table(page: Page) -> None:
    head, *rows = page.table("The groups")
    assert head == ["Group", "Mean score", "Positives"]
    assert rows == [
        [str(number), f"{100 * score:.1f} %", f"{100 * observed:.1f} %"]
        for number, (score, observed) in enumerate(GROUPS, 1)
    ]
