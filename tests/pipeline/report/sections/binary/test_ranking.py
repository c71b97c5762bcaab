import numpy as np
import pytest

from include.pipeline.report.sections.binary.ranking import RankingSection, gather
from tests.pipeline.report.example import LABELS, SCORES, contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page
from tests.pipeline.report.plot_reader import Plot

# Each draws both plots.
pytestmark = pytest.mark.slow

# Some scores are a positive's and a negative's alike.
FEW_LABELS = np.array([0, 0, 1, 0, 1, 1, 0, 1, 0, 0])
FEW_SCORES = np.array([0.1, 0.2, 0.2, 0.35, 0.4, 0.6, 0.6, 0.8, 0.85, 0.8])


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Count the pairs of a positive and a negative that the scores put in order, equal scores as half."""
    positive, negative = scores[labels == 1][:, None], scores[labels == 0][None, :]
    return float(((positive > negative) + (positive == negative) / 2).mean())


def at_each_score(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count false positive rate, recall and precision at each score as the threshold, the highest first."""
    said = scores >= np.unique(scores)[::-1, None]
    true_positives = (said & (labels == 1)).sum(axis=1)
    false_positives = (said & (labels == 0)).sum(axis=1)
    return (
        false_positives / (labels == 0).sum(),
        true_positives / labels.sum(),
        true_positives / (true_positives + false_positives),
    )


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """Weigh each precision by the recall that its threshold adds."""
    _, recall, precision = at_each_score(labels, scores)
    return float((np.diff(recall, prepend=0) * precision).sum())


def area(line: np.ndarray) -> float:
    """Measure what is below a line, which may run either way."""
    x, y = line.T
    return abs(float((np.diff(x) * (y[1:] + y[:-1]) / 2).sum()))


@pytest.fixture
def few() -> RankingSection:
    return gather(contents_of(FEW_LABELS, FEW_SCORES))


@pytest.mark.parametrize(
    ("labels", "scores"), [(LABELS, SCORES), (FEW_LABELS, FEW_SCORES)], ids=["many rows", "equal scores"]
)
def test_the_area_below_each_curve_is_the_figure_beside_it(labels: np.ndarray, scores: np.ndarray) -> None:
    section = gather(contents_of(labels, scores))
    assert section.roc_auc == pytest.approx(roc_auc(labels, scores))
    assert section.average_precision == pytest.approx(average_precision(labels, scores))
    assert section.positive_share == labels.mean()
    assert area(Plot(section.roc).line("first")) == pytest.approx(section.roc_auc, abs=0.002)
    assert area(Plot(section.precision_recall).line("first")) == pytest.approx(
        section.average_precision, abs=0.002
    )


def test_the_roc_curve_goes_from_nothing_to_everything_through_what_each_threshold_gives(
    few: RankingSection,
) -> None:
    false_alarms, recall, _ = at_each_score(FEW_LABELS, FEW_SCORES)
    reachable = {(0.0, 0.0), *zip(false_alarms.round(3), recall.round(3), strict=True)}
    points = [tuple(point) for point in Plot(few.roc).line("first").round(3) + 0.0]
    assert (points[0], points[-1]) == ((0, 0), (1, 1))
    assert set(points) <= reachable


def test_each_precision_holds_down_to_the_recall_of_the_threshold_before(few: RankingSection) -> None:
    _, recall, precision = at_each_score(FEW_LABELS, FEW_SCORES)
    line = Plot(few.precision_recall).line("first")
    for before, now, height in zip([0, *recall], recall, precision, strict=False):
        if now > before:
            middle = (before + now) / 2
            # The line runs from the highest recall to the lowest.
            x, y = line[::-1].T
            assert y[np.searchsorted(x, middle)] == pytest.approx(height, abs=0.001)


def test_guessing_is_drawn_where_it_is(few: RankingSection) -> None:
    assert Plot(few.roc).line("muted") == pytest.approx(np.array([[0, 0], [1, 1]]), abs=0.001)
    # Four of ten rows are positive.
    assert Plot(few.precision_recall).line("muted")[:, 1] == pytest.approx([0.4, 0.4], abs=0.001)


def test_the_threshold_in_force_is_marked_on_both_curves() -> None:
    section = gather(contents_of())
    # 41 of 170 negatives and 15 of 30 positives have a score of at least a half.
    roc, precision_recall = Plot(section.roc), Plot(section.precision_recall)
    assert roc.mark("second") == pytest.approx([41 / 170, 15 / 30], abs=0.001)
    assert precision_recall.mark("second") == pytest.approx([15 / 30, 15 / 56], abs=0.001)
    assert "At the threshold 0.5 the true positive rate is 50\u00a0%" in roc.alternative
    assert "the false positive rate 24.1\u00a0%." in roc.alternative
    assert "precision is 27\u00a0% and recall 50\u00a0%" in precision_recall.alternative


def test_a_model_that_predicts_no_positive_is_marked_at_nothing() -> None:
    section = gather(contents_of(LABELS, np.full(len(LABELS), 0.1)))
    assert Plot(section.roc).mark("second") == pytest.approx([0, 0], abs=0.001)
    assert "the false positive rate 0.0\u00a0%." in Plot(section.roc).alternative
    assert section.roc_auc == 0.5


def test_the_page_tells_both_areas_and_what_guessing_has(page: Page) -> None:
    assert (
        f"Area {roc_auc(LABELS, SCORES):.3f}: the chance that a positive has a higher score than a negative."
        in page.text
    )
    precision = average_precision(LABELS, SCORES)
    assert f"Average precision {precision:.3f}; guessing has the share of positives, 0.150." in page.text
    assert evaluation_of().roc_auc == pytest.approx(roc_auc(LABELS, SCORES))
