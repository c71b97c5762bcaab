"""The analysis of a model as a whole: metrics, held against what numpy computes of the same rows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local_aws.errors import AnalysisError
from local_aws.opt_ml import OptMl
from local_aws.processing.analyzer.model.quality import model_quality
from tests.local_aws.processing.analyzer.analyses import SOURCE, container, orders, results

DRAWS = np.random.default_rng(21)
COUNT = 500


def analyze(folder: Path, problem: str, rows: list[tuple[Any, ...]], **environment: str) -> tuple[OptMl, int]:
    """Analyze a table of truth, label and probability."""
    text = "".join(",".join(map(str, row)) + "\n" for row in [("truth", "label", "sure"), *rows])
    files: dict[str, str | bytes] = {"a.csv": text}
    if "constraints" in environment:
        files["../constraints.json"] = environment.pop("constraints")
        environment["baseline_constraints"] = f"{SOURCE}/../constraints.json"
    opt_ml = container(folder, files)
    where = {"inference_attribute": "label", "ground_truth_attribute": "truth"} | environment
    variables = {"analysis_type": "MODEL_QUALITY", "problem_type": problem} | where
    given = orders(opt_ml, {"csv": {"header": True}}, **{k: v for k, v in variables.items() if v})
    assert given.model is not None
    return opt_ml, model_quality(given, given.model, opt_ml.cloudwatch_metrics)


def values(metrics: dict[str, Any]) -> dict[str, float]:
    return {name: one["value"] for name, one in metrics.items() if "value" in one}


def test_regression(tmp_path: Path) -> None:
    truth = DRAWS.normal(10, 3, COUNT).round(3)
    guess = (truth + DRAWS.normal(0, 1, COUNT)).round(3)
    opt_ml, violations = analyze(tmp_path, "Regression", list(zip(truth, guess, guess, strict=True)))
    statistics = results(opt_ml, "statistics")
    assert (violations, statistics["version"], statistics["dataset"]["item_count"]) == (0, 0.0, COUNT)
    metrics = statistics["regression_metrics"]
    error = guess - truth
    assert values(metrics) == pytest.approx(
        {
            "mae": np.abs(error).mean(),
            "mse": (error**2).mean(),
            "rmse": np.sqrt((error**2).mean()),
            "r2": 1 - (error**2).sum() / ((truth - truth.mean()) ** 2).sum(),
        }
    )
    assert 0 < metrics["mae"]["standard_deviation"] < metrics["mae"]["value"]
    assert results(opt_ml, "constraints") == {
        "version": 0.0,
        "regression_constraints": {
            name: {
                "threshold": metrics[name]["value"],
                "comparison_operator": "LessThanThreshold" if name == "r2" else "GreaterThanThreshold",
            }
            for name in ("mae", "mse", "rmse", "r2")
        },
    }


def binary_rows() -> list[tuple[Any, ...]]:
    truth = DRAWS.integers(0, 2, COUNT)
    sure = np.clip(truth * 0.3 + DRAWS.random(COUNT) * 0.7, 0, 1).round(4)
    return list(zip(truth.tolist(), (sure >= 0.5).astype(int).tolist(), sure.tolist(), strict=True))


def test_binary_classification(tmp_path: Path) -> None:
    rows = binary_rows()
    truth, label, sure = (np.array(column) for column in zip(*rows, strict=True))
    opt_ml, _ = analyze(tmp_path, "BinaryClassification", rows, probability_attribute="sure")
    metrics = results(opt_ml, "statistics")["binary_classification_metrics"]
    tp, fp = int(((label == 1) & (truth == 1)).sum()), int(((label == 1) & (truth == 0)).sum())
    fn, tn = int(((label == 0) & (truth == 1)).sum()), int(((label == 0) & (truth == 0)).sum())
    assert metrics["confusion_matrix"] == {"0": {"0": tn, "1": fp}, "1": {"0": fn, "1": tp}}
    share = (tp + fn) / COUNT

    def f_score(beta: float, precision: float, recall: float) -> float:
        return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)

    precision, recall = tp / (tp + fp), tp / (tp + fn)
    # The area under the curve is how often a positive has a higher score than a negative.
    pairs = sure[truth == 1][:, None] - sure[truth == 0][None, :]
    expected = {
        "recall": recall,
        "precision": precision,
        "accuracy": (tp + tn) / COUNT,
        "recall_best_constant_classifier": 1.0,
        "precision_best_constant_classifier": share,
        "accuracy_best_constant_classifier": share,
        "true_positive_rate": recall,
        "true_negative_rate": tn / (tn + fp),
        "false_positive_rate": fp / (tn + fp),
        "false_negative_rate": fn / (tp + fn),
        "auc": ((pairs > 0) + (pairs == 0) / 2).mean(),
        **{name: f_score(beta, precision, recall) for name, beta in (("f0_5", 0.5), ("f1", 1), ("f2", 2))},
        **{
            f"{name}_best_constant_classifier": f_score(beta, share, 1.0)
            for name, beta in (("f0_5", 0.5), ("f1", 1), ("f2", 2))
        },
    }
    found = values(metrics)
    order = np.argsort(-sure, kind="stable")
    hits = truth[order].cumsum()
    by_hand = (hits / np.arange(1, COUNT + 1))[truth[order] == 1].mean()
    assert found.pop("au_prc") == pytest.approx(by_hand, abs=0.01)
    assert found == pytest.approx(expected)
    curve = metrics["receiver_operating_characteristic_curve"]
    area = np.trapezoid(curve["true_positive_rates"], curve["false_positive_rates"])
    assert area == pytest.approx(found["auc"])
    assert metrics["precision_recall_curve"]["recalls"][0] == 0.0


def test_without_labels_the_threshold_makes_them(tmp_path: Path) -> None:
    rows = binary_rows()
    labelled = [(truth, int(sure >= 0.7), sure) for truth, _, sure in rows]
    first, _ = analyze(tmp_path / "a", "BinaryClassification", labelled)
    where = {
        "inference_attribute": "",
        "probability_attribute": "sure",
        "probability_threshold_attribute": "0.7",
    }
    second, _ = analyze(tmp_path / "b", "BinaryClassification", rows, **where)
    matrices = [
        results(one, "statistics")["binary_classification_metrics"]["confusion_matrix"]
        for one in (first, second)
    ]
    assert matrices[0] == matrices[1]


def test_few_rows_have_no_standard_deviation(tmp_path: Path) -> None:
    opt_ml, _ = analyze(tmp_path, "BinaryClassification", binary_rows()[:199])
    metrics = results(opt_ml, "statistics")["binary_classification_metrics"]
    assert {one["standard_deviation"] for one in metrics.values() if "value" in one} == {"NaN"}
    assert "auc" not in metrics


def test_multiclass_classification(tmp_path: Path) -> None:
    truth = DRAWS.choice(["1", "2", "bird"], COUNT, p=[0.5, 0.3, 0.2])
    label = np.where(DRAWS.random(COUNT) < 0.7, truth, DRAWS.choice(["1.0", "2.0", "bird"], COUNT))
    opt_ml, _ = analyze(tmp_path, "MulticlassClassification", list(zip(truth, label, label, strict=True)))
    metrics = results(opt_ml, "statistics")["multiclass_classification_metrics"]
    guess = np.char.replace(label.astype(str), ".0", "")
    classes = ["1", "2", "bird"]
    assert metrics["confusion_matrix"] == {
        true: {one: int(((truth == true) & (guess == one)).sum()) for one in classes} for true in classes
    }

    def weighted(guess: Any) -> dict[str, float]:
        shares = np.array([(truth == one).mean() for one in classes])
        hits = np.array([((truth == one) & (guess == one)).sum() for one in classes])
        precision = hits / np.maximum([(guess == one).sum() for one in classes], 1)
        recall = hits / np.array([(truth == one).sum() for one in classes])
        found = {
            "accuracy": (truth == guess).mean(),
            "weighted_recall": recall @ shares,
            "weighted_precision": precision @ shares,
        }
        for name, beta in (("f0_5", 0.5), ("f1", 1), ("f2", 2)):
            below = beta**2 * precision + recall
            score = (1 + beta**2) * precision * recall / np.where(below == 0, 1, below)
            found[f"weighted_{name}"] = score @ shares
        return found

    constant = {
        f"{name}_best_constant_classifier": value for name, value in weighted(np.full(COUNT, "1")).items()
    }
    assert values(metrics) == pytest.approx({**weighted(guess), **constant})


def test_metrics_beyond_their_thresholds_are_violations(tmp_path: Path) -> None:
    constraints = {
        "recall": {"threshold": 1.01, "comparison_operator": "LessThanThreshold"},
        "precision": {"threshold": 0.0, "comparison_operator": "LessThanThreshold"},
        "false_positive_rate": {"threshold": 0.001, "comparison_operator": "GreaterThanThreshold"},
        "auc": {"threshold": 1.01, "comparison_operator": "LessThanThreshold"},
    }
    text = json.dumps({"binary_classification_constraints": constraints})
    opt_ml, count = analyze(tmp_path, "BinaryClassification", binary_rows(), constraints=text)
    metrics = results(opt_ml, "statistics")["binary_classification_metrics"]
    recall, rate = metrics["recall"], metrics["false_positive_rate"]
    assert count == 2
    assert results(opt_ml, "constraint_violations")["violations"] == [
        {
            "constraint_check_type": "LessThanThreshold",
            "description": (
                f"Metric recall with {recall['value']} +/- {recall['standard_deviation']} was "
                "LessThanThreshold '1.01'"
            ),
            "metric_name": "recall",
        },
        {
            "constraint_check_type": "GreaterThanThreshold",
            "description": (
                f"Metric false_positive_rate with {rate['value']} +/- {rate['standard_deviation']} was "
                "GreaterThanThreshold '0.001'"
            ),
            "metric_name": "false_positive_rate",
        },
    ]


@pytest.mark.parametrize(
    ("problem", "rows", "environment", "message"),
    [
        ("Regression", [("a", 1, 1)], {}, "A ground truth is no number: "),
        ("Regression", [(1, "", 1)], {}, "A prediction is missing."),
        ("MulticlassClassification", [(1, "", 1)], {}, "A prediction is missing."),
        (
            "Regression",
            [(1, 1, 1)],
            {"inference_attribute": ""},
            "Regression needs the variable inference_attribute.",
        ),
        (
            "BinaryClassification",
            [(2, 1, 1)],
            {},
            "BinaryClassification has a ground truth of 2.0; it has to be 0 or 1.",
        ),
        (
            "BinaryClassification",
            [(1, 0.3, 1)],
            {},
            "BinaryClassification has a prediction of 0.3; it has to be 0 or 1.",
        ),
        (
            "BinaryClassification",
            [(1, 1, 1)],
            {"inference_attribute": ""},
            "BinaryClassification needs an inference_attribute or a probability_attribute.",
        ),
        (
            "MulticlassClassification",
            [(1, 1, 1)],
            {"inference_attribute": ""},
            "MulticlassClassification needs the variable inference_attribute.",
        ),
        (
            "BinaryClassification",
            [(1, 1, 1)],
            {"constraints": '{"regression_constraints": {}}'},
            "The baseline's constraints have no binary_classification_constraints, ",
        ),
        (
            "BinaryClassification",
            [(1, 1, 1)],
            {"constraints": '{"binary_classification_constraints": {"f1": {"threshold": "high"}}}'},
            "The constraint of f1 is {'threshold': 'high'}. It has to have a threshold, ",
        ),
    ],
)
def test_what_cannot_be_judged_is_told(
    tmp_path: Path, problem: str, rows: list[tuple[Any, ...]], environment: dict[str, str], message: str
) -> None:
    with pytest.raises(AnalysisError) as caught:
        analyze(tmp_path, problem, rows, **environment)
    assert str(caught.value).startswith(message)
