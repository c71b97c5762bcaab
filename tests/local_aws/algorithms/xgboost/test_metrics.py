"""The metrics that a tuning job can ask the built-in XGBoost for, and their lines in the log."""

from pathlib import Path

import pytest

from local_aws import algorithms
from local_aws.algorithms.registry import Algorithm, metrics_of

METRICS = {metric.name: metric for metric in metrics_of(Algorithm("xgboost", "image", "image"))}
LINE = "[12]#011train-auc:0.91#011train-logloss:0.41#011validation-auc:0.87#011validation-logloss:0.5"


@pytest.mark.parametrize(
    ("name", "direction", "value"),
    [("validation:auc", "Maximize", "0.87"), ("validation:logloss", "Minimize", "0.5")],
)
def test_a_line_has_the_value_of_its_validation_channel(name: str, direction: str, value: str) -> None:
    metric = METRICS[name]
    assert metric.direction == direction
    found = metric.regex.match(LINE)
    assert found is not None
    assert found[1] == value


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("validation:aucpr", LINE),
        ("validation:auc", LINE.replace("validation-auc", "validation-aucpr")),
        ("validation:auc", "Train matrix has 12 rows"),
        ("validation:auc", LINE.replace("#011", " ")),
    ],
)
def test_other_lines_have_none(name: str, line: str) -> None:
    assert METRICS[name].regex.match(line) is None


@pytest.mark.parametrize(
    ("name", "value", "other", "is_as_good"),
    [
        ("validation:auc", 0.8, 0.7, True),
        ("validation:auc", 0.7, 0.7, True),
        ("validation:auc", 0.6, 0.7, False),
        ("validation:rmse", 0.6, 0.7, True),
        ("validation:rmse", 0.8, 0.7, False),
    ],
)
def test_better_is_a_matter_of_direction(name: str, value: float, other: float, is_as_good: bool) -> None:
    assert METRICS[name].is_as_good(value, other) is is_as_good


def test_an_algorithm_without_a_metrics_module_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "silent").mkdir()
    (tmp_path / "silent" / "__init__.py").write_text("")
    monkeypatch.setattr(algorithms, "__path__", [*algorithms.__path__, str(tmp_path)])
    assert metrics_of(Algorithm("silent", "image", "image")) == ()
