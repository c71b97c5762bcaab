"""Monitoring schedules through the API: from what an endpoint captured to the violations of its baseline."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.aws.answers import refused
from tests.aws.endpoints import delete, invoke
from tests.aws.lists import listed
from tests.aws.monitors import (
    ANALYZER,
    RESULTS,
    analysis_request,
    definition_request,
    deploy_capturing,
    document,
    endpoint_input,
    last_execution,
    own_definition,
    schedule_config,
)
from tests.aws.processing_jobs import ended
from tests.aws.training_data import BUCKET, as_csv
from tests.aws.waiting import wait_until

HOURLY = "cron(0 * ? * * *)"
COLUMNS = ["score", "a", "b", "c"]


@pytest.fixture(scope="module")
def asked(sagemaker: Any, runtime: Any, endpoint: str, rows: np.ndarray) -> Iterator[pd.DataFrame]:
    """An endpoint `watched` that captures, and what it was asked and has answered."""
    deploy_capturing(sagemaker, "watched", endpoint)
    answers = []
    for number, row in enumerate(rows[:40, 1:]):
        answer = invoke(runtime, "watched", as_csv(row[None]), InferenceId=f"row-{number}")
        answers.append([float(answer["Body"]), *row])
    yield pd.DataFrame(answers, columns=COLUMNS)
    delete(sagemaker, "watched")


@pytest.fixture(scope="module")
def baseline(sagemaker: Any, s3: Any, asked: pd.DataFrame) -> dict[str, Any]:
    """The baseline of what the endpoint was asked: a DataQualityBaselineConfig."""
    body = asked.to_csv(index=False).encode()
    s3.put_object(Bucket=BUCKET, Key="watched/table.csv", Body=body)
    sagemaker.create_processing_job(**analysis_request("watched", "watched/"))
    assert ended(sagemaker, "watched")["ProcessingJobStatus"] == "Completed"
    folder = f"s3://{BUCKET}/baseline/watched"
    return {
        f"{name.capitalize()}Resource": {"S3Uri": f"{folder}/{name}.json"}
        for name in ("statistics", "constraints")
    }


def define(sagemaker: Any, name: str, **members: Any) -> None:
    sagemaker.create_data_quality_job_definition(**definition_request(name, "watched", **members))


def results(s3: Any, execution: dict[str, Any], name: str) -> Any:
    folder = f"{RESULTS}/watched/{execution['MonitoringScheduleName']}"
    return document(s3, f"{folder}/{execution['ScheduledTime'].astimezone(UTC):%Y/%m/%d/%H}/{name}.json")


def test_data_like_the_baseline_completes(
    sagemaker: Any, s3: Any, asked: pd.DataFrame, baseline: dict[str, Any]
) -> None:
    define(sagemaker, "like", DataQualityBaselineConfig=baseline)
    arn = sagemaker.create_monitoring_schedule(
        MonitoringScheduleName="like",
        MonitoringScheduleConfig=schedule_config("like"),
        Tags=[{"Key": "team", "Value": "bank"}],
    )["MonitoringScheduleArn"]
    assert arn == "arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/like"
    execution = last_execution(sagemaker, "like")
    assert execution["MonitoringExecutionStatus"] == "Completed", execution
    described = {
        name: execution[name] for name in ("EndpointName", "MonitoringJobDefinitionName", "MonitoringType")
    }
    assert list(described.values()) == ["watched", "like", "DataQuality"]

    statistics = results(s3, execution, "statistics")
    assert statistics["dataset"]["item_count"] == len(asked)
    for feature in statistics["features"]:
        found, column = feature["numerical_statistics"], asked[feature["name"]]
        assert found["mean"] == pytest.approx(column.mean())
        assert found["std_dev"] == pytest.approx(column.std(ddof=0))
        assert (found["min"], found["max"]) == (column.min(), column.max())
    assert results(s3, execution, "constraint_violations") == {"violations": []}

    name = execution["ProcessingJobArn"].rpartition("/")[2]
    job = sagemaker.describe_processing_job(ProcessingJobName=name)
    assert name.startswith("model-monitoring-")
    assert name in [one["ProcessingJobName"] for one in listed(sagemaker, "list_processing_jobs")]
    assert job["MonitoringScheduleArn"] == arn
    assert job["ExitMessage"] == "Completed: Job completed successfully with no violations."
    assert job["Environment"]["sagemaker_monitoring_schedule_name"] == "like"
    assert job["Environment"]["baseline_constraints"].startswith("/opt/ml/processing/baseline/constraints/")


def test_other_data_completes_with_violations(
    client: Any, sagemaker: Any, s3: Any, baseline: dict[str, Any]
) -> None:
    constraints = document(s3, baseline["ConstraintsResource"]["S3Uri"])
    constraints["features"][1]["inferred_type"] = "Integral"
    constraints["features"] = constraints["features"][:3]
    s3.put_object(Bucket=BUCKET, Key="watched/strict.json", Body=json.dumps(constraints).encode())
    strict = {**baseline, "ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/watched/strict.json"}}
    application = {"ImageUri": ANALYZER, "Environment": {"publish_cloudwatch_metrics": "Enabled"}}
    define(sagemaker, "strict", DataQualityBaselineConfig=strict, DataQualityAppSpecification=application)
    sagemaker.create_monitoring_schedule(
        MonitoringScheduleName="strict", MonitoringScheduleConfig=schedule_config("strict")
    )
    execution = last_execution(sagemaker, "strict")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    violations = results(s3, execution, "constraint_violations")["violations"]
    assert [(one["feature_name"], one["constraint_check_type"]) for one in violations] == [
        ("Extra columns", "extra_column_check"),
        ("a", "data_type_check"),
    ]
    name = execution["ProcessingJobArn"].rpartition("/")[2]
    message = sagemaker.describe_processing_job(ProcessingJobName=name)["ExitMessage"]
    assert message == "CompletedWithViolations: Job completed successfully with 2 violations."

    dimensions = [
        {"Name": "Endpoint", "Value": "watched"},
        {"Name": "MonitoringSchedule", "Value": "strict"},
    ]
    cloudwatch = client("cloudwatch")
    found = cloudwatch.list_metrics(Namespace="aws/sagemaker/Endpoints/data-metrics", Dimensions=dimensions)
    names = {one["MetricName"] for one in found["Metrics"]}
    assert {"feature_data_a", "feature_non_null_score", "feature_baseline_drift_b"} <= names
    points = cloudwatch.get_metric_statistics(
        Namespace="aws/sagemaker/Endpoints/data-metrics",
        MetricName="feature_data_a",
        Dimensions=dimensions,
        StartTime=datetime.now(UTC) - timedelta(hours=2),
        EndTime=datetime.now(UTC),
        Period=60,
        Statistics=["SampleCount", "Maximum"],
    )["Datapoints"]
    assert [one["SampleCount"] for one in points] == [40.0]


def test_a_schedule_may_have_its_job_in_itself_and_its_baseline_from_a_job(
    sagemaker: Any, s3: Any, baseline: dict[str, Any]
) -> None:
    assert baseline
    own = own_definition("watched", BaselineConfig={"BaseliningJobName": "watched"})
    config = {**schedule_config(""), "MonitoringJobDefinition": own}
    del config["MonitoringJobDefinitionName"]
    sagemaker.create_monitoring_schedule(MonitoringScheduleName="own", MonitoringScheduleConfig=config)
    execution = last_execution(sagemaker, "own")
    assert execution["MonitoringExecutionStatus"] == "Completed", execution
    assert "MonitoringJobDefinitionName" not in execution
    assert results(s3, execution, "constraint_violations") == {"violations": []}


def truth_of(number: int, label: float) -> str:
    return json.dumps(
        {
            "groundTruthData": {"data": str(int(label)), "encoding": "CSV"},
            "eventMetadata": {"eventId": f"row-{number}"},
            "eventVersion": "0",
        }
    )


def test_model_quality(client: Any, sagemaker: Any, s3: Any, asked: pd.DataFrame, rows: np.ndarray) -> None:
    labels = rows[:40, 0]
    lines = "\n".join(truth_of(number, label) for number, label in enumerate(labels))
    hour = f"{datetime.now(UTC):%Y/%m/%d/%H}"
    s3.put_object(Bucket=BUCKET, Key=f"truth/{hour}/a.jsonl", Body=lines.encode())
    constraints = {"accuracy": {"threshold": 1.1, "comparison_operator": "LessThanThreshold"}}
    body = json.dumps({"version": 0.0, "binary_classification_constraints": constraints}).encode()
    s3.put_object(Bucket=BUCKET, Key="watched/model.json", Body=body)
    attributes = {"ProbabilityAttribute": "0", "ProbabilityThresholdAttribute": 0.4}
    sagemaker.create_model_quality_job_definition(
        **definition_request(
            "judge",
            "watched",
            "ModelQuality",
            ModelQualityAppSpecification={
                "ImageUri": ANALYZER,
                "ProblemType": "BinaryClassification",
                "Environment": {"publish_cloudwatch_metrics": "Enabled"},
            },
            ModelQualityBaselineConfig={
                "ConstraintsResource": {"S3Uri": f"s3://{BUCKET}/watched/model.json"}
            },
            ModelQualityJobInput={
                **endpoint_input("watched", **attributes),
                "GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/truth"},
            },
        )
    )
    sagemaker.create_monitoring_schedule(
        MonitoringScheduleName="judge", MonitoringScheduleConfig=schedule_config("judge", "ModelQuality")
    )
    execution = last_execution(sagemaker, "judge")
    assert execution["MonitoringExecutionStatus"] == "CompletedWithViolations", execution
    metrics = results(s3, execution, "statistics")["binary_classification_metrics"]
    accuracy = ((asked["score"] >= 0.4) == (labels == 1)).mean()
    assert metrics["accuracy"] == {"value": pytest.approx(accuracy), "standard_deviation": "NaN"}
    (violation,) = results(s3, execution, "constraint_violations")["violations"]
    assert (violation["metric_name"], violation["constraint_check_type"]) == ("accuracy", "LessThanThreshold")
    found = client("cloudwatch").list_metrics(
        Namespace="aws/sagemaker/Endpoints/model-metrics", MetricName="accuracy"
    )
    assert len(found["Metrics"]) == 1


def test_without_data_or_truth_an_execution_fails_without_a_job(sagemaker: Any, asked: pd.DataFrame) -> None:
    assert len(asked)
    define(sagemaker, "early")
    early = {"ScheduleExpression": "NOW", "DataAnalysisStartTime": "-PT9H", "DataAnalysisEndTime": "-PT8H"}
    sagemaker.create_monitoring_schedule(
        MonitoringScheduleName="early", MonitoringScheduleConfig=schedule_config("early", **early)
    )
    execution = last_execution(sagemaker, "early")
    assert execution["MonitoringExecutionStatus"] == "Failed"
    assert execution["FailureReason"] == "Job inputs had no data"
    assert "ProcessingJobArn" not in execution

    sagemaker.create_model_quality_job_definition(
        **definition_request(
            "untold",
            "watched",
            "ModelQuality",
            ModelQualityAppSpecification={"ImageUri": ANALYZER, "ProblemType": "Regression"},
            ModelQualityJobInput={
                **endpoint_input("watched", InferenceAttribute="0"),
                "GroundTruthS3Input": {"S3Uri": f"s3://{BUCKET}/no-truth/"},
            },
        )
    )
    sagemaker.create_monitoring_schedule(
        MonitoringScheduleName="untold", MonitoringScheduleConfig=schedule_config("untold", "ModelQuality")
    )
    reason = last_execution(sagemaker, "untold")["FailureReason"]
    assert reason.startswith(
        f"Job inputs had no data: there is no ground truth below s3://{BUCKET}/no-truth/ since "
    )


def test_a_schedule_is_stopped_changed_started_and_deleted(sagemaker: Any, asked: pd.DataFrame) -> None:
    assert len(asked)
    define(sagemaker, "hourly")
    config = schedule_config("hourly", ScheduleExpression=HOURLY)
    request = {"MonitoringScheduleName": "hourly", "MonitoringScheduleConfig": config}
    arn = sagemaker.create_monitoring_schedule(**request)["MonitoringScheduleArn"]

    def description() -> dict[str, Any]:
        found: dict[str, Any] = sagemaker.describe_monitoring_schedule(MonitoringScheduleName="hourly")
        return found

    def is_scheduled() -> bool:
        return bool(description()["MonitoringScheduleStatus"] == "Scheduled")

    wait_until(is_scheduled)
    assert description()["MonitoringScheduleConfig"] == config
    assert (description()["EndpointName"], description()["MonitoringType"]) == ("watched", "DataQuality")
    assert "LastMonitoringExecutionSummary" not in description()
    code, message = refused(sagemaker.create_monitoring_schedule, **request)
    assert (code, message) == ("ResourceInUse", f"Monitoring Schedule already exists: {arn}")

    sagemaker.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    assert description()["MonitoringScheduleStatus"] == "Stopped"
    daily = schedule_config("hourly", ScheduleExpression="cron(0 0 ? * * *)")
    sagemaker.update_monitoring_schedule(MonitoringScheduleName="hourly", MonitoringScheduleConfig=daily)
    assert description()["MonitoringScheduleStatus"] == "Stopped"
    wrong = schedule_config("absent", ScheduleExpression=HOURLY)
    assert refused(
        sagemaker.update_monitoring_schedule, MonitoringScheduleName="hourly", MonitoringScheduleConfig=wrong
    ) == ("ResourceNotFound", "Job definition absent not found")
    assert description()["MonitoringScheduleConfig"] == daily
    sagemaker.start_monitoring_schedule(MonitoringScheduleName="hourly")
    wait_until(is_scheduled)
    sagemaker.update_monitoring_schedule(**request)
    wait_until(is_scheduled)

    for filters in (
        {"EndpointName": "watched"},
        {"MonitoringJobDefinitionName": "hourly"},
        {"MonitoringTypeEquals": "DataQuality"},
        {"StatusEquals": "Scheduled"},
    ):
        found = listed(sagemaker, "list_monitoring_schedules", **filters)
        assert "hourly" in [one["MonitoringScheduleName"] for one in found], filters
    assert listed(sagemaker, "list_monitoring_schedules", MonitoringJobDefinitionName="none") == []
    sagemaker.delete_data_quality_job_definition(JobDefinitionName="hourly")
    sagemaker.stop_monitoring_schedule(MonitoringScheduleName="hourly")
    sagemaker.start_monitoring_schedule(MonitoringScheduleName="hourly")
    wait_until(lambda: description()["MonitoringScheduleStatus"] == "Failed")
    assert description()["FailureReason"] == "Job definition hourly not found"
    sagemaker.delete_monitoring_schedule(MonitoringScheduleName="hourly")
    for action in ("describe", "start", "stop", "delete"):
        method = getattr(sagemaker, f"{action}_monitoring_schedule")
        answer = refused(method, MonitoringScheduleName="hourly")
        assert answer == ("ResourceNotFound", f"Monitoring Schedule {arn} not found")


def test_executions_are_listed_and_outlive_their_schedule(sagemaker: Any, asked: pd.DataFrame) -> None:
    assert len(asked)
    define(sagemaker, "brief")
    for name in ("brief-1", "brief-2"):
        sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name, MonitoringScheduleConfig=schedule_config("brief")
        )
        assert last_execution(sagemaker, name)["MonitoringExecutionStatus"] == "Completed"
        sagemaker.delete_monitoring_schedule(MonitoringScheduleName=name)

    def names(**filters: Any) -> list[str]:
        found = listed(sagemaker, "list_monitoring_executions", **filters)
        return [one["MonitoringScheduleName"] for one in found]

    of_both = {"MonitoringJobDefinitionName": "brief"}
    assert names(**of_both) == ["brief-2", "brief-1"]
    assert names(**of_both, SortBy="ScheduledTime", SortOrder="Ascending") == ["brief-1", "brief-2"]
    assert names(MonitoringScheduleName="brief-1") == ["brief-1"]
    assert names(**of_both, StatusEquals="Failed") == []
    assert names(**of_both, ScheduledTimeBefore=datetime(2020, 1, 1, tzinfo=UTC)) == []
    assert len(names(**of_both, ScheduledTimeAfter=datetime(2020, 1, 1, tzinfo=UTC))) == 2
    assert names(**of_both, MonitoringTypeEquals="ModelQuality") == []
    assert names(**of_both, EndpointName="another") == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"ScheduleConfig": {"ScheduleExpression": HOURLY}},
            (
                "ValidationException",
                (
                    "MonitoringScheduleConfig needs either a MonitoringJobDefinitionName or a "
                    "MonitoringJobDefinition."
                ),
            ),
        ),
        (
            {"MonitoringJobDefinitionName": "refused"},
            ("ValidationException", "A MonitoringJobDefinitionName needs its MonitoringType beside it."),
        ),
        (
            schedule_config("refused", "ModelBias"),
            (
                "ValidationException",
                "Local AWS has no MonitoringType ModelBias; it has DataQuality, ModelQuality.",
            ),
        ),
        (
            {"MonitoringJobDefinition": own_definition("watched"), "MonitoringType": "ModelQuality"},
            (
                "ValidationException",
                (
                    "Local AWS has no MonitoringType ModelQuality for a MonitoringJobDefinition; it has "
                    "DataQuality."
                ),
            ),
        ),
        (schedule_config("absent"), ("ResourceNotFound", "Job definition absent not found")),
        (
            {"MonitoringJobDefinition": own_definition("absent")},
            (
                "ValidationException",
                'Could not find endpoint "arn:aws:sagemaker:us-east-1:123456789012:endpoint/absent".',
            ),
        ),
        (
            {"MonitoringJobDefinition": own_definition("shared")},
            ("ValidationException", "Data capture is not enabled for endpoint shared."),
        ),
    ],
)
def test_what_cannot_be_scheduled_is_refused(
    sagemaker: Any, endpoint: str, config: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert endpoint == "shared"
    request = {"MonitoringScheduleName": "refused", "MonitoringScheduleConfig": config}
    assert refused(sagemaker.create_monitoring_schedule, **request) == expected
