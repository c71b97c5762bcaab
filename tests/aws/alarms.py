"""CloudWatch alarms, as their owner makes them."""

from typing import Any


def make_alarm(cloudwatch: Any, name: str) -> None:
    """Make an alarm on a metric that nobody writes: its state is what `SetAlarmState` says."""
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="business",
        MetricName="complaints",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
