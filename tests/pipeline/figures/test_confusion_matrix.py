import pytest

from include.pipeline.figures.confusion_matrix import ConfusionMatrix


def test_its_figures_worked_out_by_hand() -> None:
    matrix = ConfusionMatrix(tn=50, fp=10, fn=20, tp=30)
    assert (matrix.rows, matrix.predicted_positive) == (110, 40)
    assert matrix.accuracy == pytest.approx(80 / 110)
    assert matrix.precision == pytest.approx(30 / 40)
    assert matrix.recall == pytest.approx(30 / 50)
    assert matrix.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_without_a_predicted_positive_there_is_no_precision() -> None:
    matrix = ConfusionMatrix(tn=5, fp=0, fn=2, tp=0)
    assert (matrix.precision, matrix.recall, matrix.f1) == (None, 0, 0)
