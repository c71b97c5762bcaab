from datetime import timedelta

import pytest

from include.pipeline.report.costs import cost


def test_instances_cost_together() -> None:
    two = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
    assert cost(two, timedelta(minutes=30)) == pytest.approx(0.115)
