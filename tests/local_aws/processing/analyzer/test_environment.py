"""The environment of the analyzer, and what is wrong with one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_aws.errors import AnalysisError
from tests.local_aws.processing.analyzer.analyses import OUTPUT, SOURCE, container, orders


def test_what_a_schedule_gives(tmp_path: Path) -> None:
    opt_ml = container(tmp_path, {"a.csv": "1"})
    found = orders(
        opt_ml,
        {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput"]}},
        start_time="2026-03-01T10:00:00Z",
        end_time="2026-03-01T11:00:00Z",
        publish_cloudwatch_metrics="Enabled",
        sagemaker_endpoint_name="bank",
        sagemaker_monitoring_schedule_name="hourly",
    )
    assert (found.source, found.output) == (opt_ml.at(SOURCE), opt_ml.at(OUTPUT))
    assert (found.format, found.options) == ("sagemakerCaptureJson", {"captureIndexNames": ["endpointInput"]})
    assert (found.start, found.end) == tuple(datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (10, 11))
    assert found.publishes
    assert found.dimensions == {"Endpoint": "bank", "MonitoringSchedule": "hourly"}
    assert (found.constraints, found.statistics, found.model) == (None, None, None)


def test_what_a_model_is_judged_by(tmp_path: Path) -> None:
    found = orders(
        container(tmp_path, {"a.csv": "1"}),
        {"csv": {"header": True}},
        analysis_type="MODEL_QUALITY",
        problem_type="BinaryClassification",
        probability_attribute="score",
        probability_threshold_attribute="0.2",
        ground_truth_attribute="label",
    ).model
    assert found is not None
    assert (found.problem, found.inference, found.probability) == ("BinaryClassification", None, "score")
    assert (found.threshold, found.truth, found.truth_source) == (0.2, "label", None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset_source": ""}, "The variable dataset_source is not in the job's Environment; "),
        (
            {"dataset_source": "/opt/ml/absent"},
            "The variable dataset_source is /opt/ml/absent, which does not exist.",
        ),
        (
            {"dataset_source": "/etc"},
            "The variable dataset_source is /etc; it has to be a path below /opt/ml.",
        ),
        ({"output_path": ""}, "The variable output_path is not in the job's Environment; "),
        ({"dataset_format": "csv"}, "The variable dataset_format is csv. It has to be JSON such as "),
        ({"dataset_format": '{"xml": {}}'}, 'The variable dataset_format is {"xml": {}}. It has to be JSON '),
        ({"dataset_format": '{"json": {"lines": false}}'}, "dataset_format has json without lines; "),
        (
            {"dataset_format": '{"csv": {"output_columns_position": "END"}}'},
            "dataset_format has output_columns_position END; ",
        ),
        (
            {"dataset_format": '{"sagemakerCaptureJson": {"captureIndexNames": ["x"]}}'},
            "dataset_format has captureIndexNames ['x']; ",
        ),
        (
            {"baseline_constraints": "/opt/ml/absent"},
            "The variable baseline_constraints is /opt/ml/absent, which ",
        ),
        ({"start_time": "ten"}, "The variable start_time is ten; it has to be ISO 8601."),
        (
            {"end_time": "2026-03-01T10:00:00"},
            "The variable end_time is 2026-03-01T10:00:00, without a time zone.",
        ),
        ({"publish_cloudwatch_metrics": "yes"}, "The variable publish_cloudwatch_metrics is yes; "),
        (
            {"publish_cloudwatch_metrics": "Enabled"},
            "The variable publish_cloudwatch_metrics is Enabled without an endpoint and a schedule, ",
        ),
        (
            {"record_preprocessor_script": "/opt/ml/a.py"},
            "The variable record_preprocessor_script is /opt/ml/a.py; ",
        ),
        ({"categorical_drift_method": "ChiSquared"}, "The variable categorical_drift_method is ChiSquared; "),
        ({"analysis_type": "BIAS"}, "The variable analysis_type is BIAS; "),
        ({"analysis_type": "MODEL_QUALITY"}, "The variable problem_type is not in the job's Environment; "),
        (
            {"analysis_type": "MODEL_QUALITY", "problem_type": "Ranking"},
            "The variable problem_type is Ranking; it has to be of BinaryClassification, ",
        ),
        (
            {
                "analysis_type": "MODEL_QUALITY",
                "problem_type": "Regression",
                "probability_threshold_attribute": "half",
            },
            "The variable probability_threshold_attribute is half; it has to be a number.",
        ),
        (
            {"analysis_type": "MODEL_QUALITY", "problem_type": "Regression", "positive_label": "yes"},
            "The variable positive_label is yes; ",
        ),
    ],
)
def test_a_wrong_environment_is_told(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    opt_ml = container(tmp_path, {"a.csv": "1"})
    with pytest.raises(AnalysisError) as caught:
        orders(opt_ml, {"csv": {"header": True}}, **changes)
    assert str(caught.value).startswith(message)
