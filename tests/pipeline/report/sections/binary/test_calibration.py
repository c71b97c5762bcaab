import dataclasses

import numpy as np
import pytest
from scipy import stats

from include.pipeline.report.sections.binary.calibration import gather
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
    plot = Plot(gather(contents_of()).plots[0])
    assert plot.line("first") == pytest.approx(np.array(GROUPS), abs=0.001)
    (left, right) = plot.line("muted")
    assert left == pytest.approx([0, 0], abs=0.001)
    assert right[0] == pytest.approx(right[1], abs=0.001)
    assert right[0] > max(max(group) for group in GROUPS)


def test_it_says_which_group_is_farthest_off() -> None:
    brier_score = ((SCORES - LABELS) ** 2).mean()
    score, observed = max(GROUPS, key=lambda group: abs(group[1] - group[0]))
    said = Plot(gather(contents_of()).plots[0]).alternative
    assert said == (
        f"Calibration curve of 10 groups of rows, Brier score {brier_score:.3f}. Farthest off is the group "
        f"with a mean score of {score:.0%}, of which {observed:.0%} are positive."
    ).replace("%", "\u00a0%")


def test_the_groups_stand_in_a_table(page: Page) -> None:
    head, *rows = page.table("The groups")
    assert head == ["Group", "Rows", "Mean score", "Positives", "Share of positives", "95 % interval"]
    counts = [int(LABELS[group].sum()) for group in np.array_split(np.argsort(SCORES), 10)]
    ends = [proportion_interval(count, 20) for count in counts]
    assert rows == [
        [
            *(str(number), "20", f"{100 * score:.1f} %", str(count), f"{100 * observed:.1f} %"),
            f"{100 * low:.1f} % to {100 * high:.1f} %",
        ]
        for number, ((score, observed), count, (low, high)) in enumerate(
            zip(GROUPS, counts, ends, strict=True), 1
        )
    ]


def proportion_interval(count: int, rows: int) -> tuple[float, float]:
    """Wilson's, by another's hand."""
    found = stats.binomtest(count, rows).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def test_where_most_scores_are_low_there_is_a_closer_look() -> None:
    labels, scores = np.tile([0, 0, 0, 0, 1], 40), np.linspace(0, 1, 200) ** 12
    plain, closer = gather(contents_of(labels, scores)).plots
    assert len(Plot(plain).line("first")) == 10
    assert Plot(closer).line("first") == pytest.approx(Plot(plain).line("first")[:9], abs=0.002)
    assert len(gather(contents_of()).plots) == 1


def test_groups_of_few_rows_are_not_drawn_where_they_may_not_be_counted() -> None:
    contents = contents_of()
    table = contents.plan.table.model_copy(update={"show_values": False})
    hidden = dataclasses.replace(contents, plan=contents.plan.model_copy(update={"table": table}))
    told = [observed for _, observed in GROUPS if not 0 < round(20 * observed) < 10]
    assert 0 < len(told) < 10
    assert Plot(gather(hidden).plots[0]).line("first")[:, 1] == pytest.approx(told, abs=0.001)
