"""The analysis of data as a whole: its files, and the metrics that it leaves for CloudWatch."""

import json
from pathlib import Path

import pytest

from local_aws.errors import AnalysisError
from local_aws.opt_ml import OptMl
from local_aws.processing.analyzer.data_quality import data_quality
from tests.local_aws.processing.analyzer.analyses import SOURCE, captured, container, orders, results

ROWS = [(f"0.{number % 9 + 1}", str(20 + number % 40)) for number in range(400)]
CAPTURE = {"sagemakerCaptureJson": {}}
NAMES = ("statistics", "constraints")
BASELINE = {f"baseline_{name}": f"{SOURCE}/../{name}.json" for name in NAMES}
OF_SCHEDULE = {
    "publish_cloudwatch_metrics": "Enabled",
    "sagemaker_endpoint_name": "bank",
    "sagemaker_monitoring_schedule_name": "hourly",
    "start_time": "2026-03-01T10:00:00Z",
    "end_time": "2026-03-01T11:00:00Z",
}


def with_baseline(folder: Path, rows: list[tuple[str, str]], **changes: str) -> OptMl:
    """Make a container of captured rows, and beside them the baseline of ROWS, where it is not changed."""
    before = container(folder / "before", {"a.csv": "\n".join(["score,age", *map(",".join, ROWS)])})
    assert data_quality(orders(before, {"csv": {"header": True}}), before.cloudwatch_metrics) == 0
    files: dict[str, str | bytes] = {f"../{name}.json": json.dumps(results(before, name)) for name in NAMES}
    files["a.jsonl"] = "\n".join(json.dumps(captured(*row)) for row in rows)
    return container(folder / "now", {**files, **changes})


def test_captured_columns_have_the_names_of_the_baseline_in_their_order(tmp_path: Path) -> None:
    opt_ml = with_baseline(tmp_path, ROWS)
    assert data_quality(orders(opt_ml, CAPTURE, **BASELINE), opt_ml.cloudwatch_metrics) == 0
    assert [one["name"] for one in results(opt_ml, "statistics")["features"]] == ["score", "age"]
    assert results(opt_ml, "constraint_violations") == {"violations": []}
    assert not opt_ml.cloudwatch_metrics.exists()


def test_metrics_of_each_feature(tmp_path: Path) -> None:
    opt_ml = with_baseline(tmp_path, [(score, str(int(age) + 100)) for score, age in ROWS])
    assert data_quality(orders(opt_ml, CAPTURE, **BASELINE, **OF_SCHEDULE), opt_ml.cloudwatch_metrics) == 1
    (file,) = opt_ml.cloudwatch_metrics.iterdir()
    metrics = [json.loads(line) for line in file.read_text().splitlines()]
    assert [one["MetricName"] for one in metrics] == [
        f"feature_{kind}_{name}"
        for name in ("score", "age")
        for kind in ("data", "non_null", "baseline_drift")
    ]
    assert metrics[3] == {
        "MetricName": "feature_data_age",
        "StatisticValues": {"SampleCount": 400, "Sum": 55_800.0, "Minimum": 120.0, "Maximum": 159.0},
        "Timestamp": "2026-03-01T10:00:00Z",
        "Dimensions": [
            {"Name": "Endpoint", "Value": "bank"},
            {"Name": "MonitoringSchedule", "Value": "hourly"},
        ],
    }
    assert [one["Value"] for one in metrics if "Value" in one] == pytest.approx(
        [1.0, 0.0, 1.0, 0.8727], abs=1e-4
    )


def test_what_was_captured_at_another_time_does_not_count(tmp_path: Path) -> None:
    opt_ml = with_baseline(tmp_path, ROWS)
    later = OF_SCHEDULE | {"start_time": "2026-03-01T11:00:00Z", "end_time": "2026-03-01T12:00:00Z"}
    with pytest.raises(AnalysisError, match="Job inputs had no data"):
        data_quality(orders(opt_ml, CAPTURE, **BASELINE, **later), opt_ml.cloudwatch_metrics)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "The baseline's constraints, constraints.json, is no JSON: "),
        ("[]", "The baseline's constraints, constraints.json, is no JSON object, "),
        ("{}", "The baseline's constraints, constraints.json, have no features with a name, "),
    ],
)
def test_a_baseline_of_another_form_is_told(tmp_path: Path, content: str, message: str) -> None:
    opt_ml = with_baseline(tmp_path, ROWS, **{"../constraints.json": content})
    with pytest.raises(AnalysisError) as caught:
        data_quality(orders(opt_ml, CAPTURE, **BASELINE), opt_ml.cloudwatch_metrics)
    assert str(caught.value).startswith(message)
