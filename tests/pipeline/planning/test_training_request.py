from datetime import timedelta

import pytest

from include.pipeline.planning.training_request import time_limit


@pytest.mark.parametrize(
    ("condition", "limit"),
    [
        pytest.param({"MaxRuntimeInSeconds": 3600}, timedelta(hours=1, minutes=15), id="training"),
        pytest.param(
            {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200},
            timedelta(hours=2, minutes=15),
            id="spot: wait and training together",
        ),
        pytest.param(
            {"MaxRuntimeInSeconds": 3600, "MaxPendingTimeInSeconds": 7200},
            timedelta(hours=3, minutes=15),
            id="pending before training",
        ),
        pytest.param({}, timedelta(days=1, minutes=15), id="SageMaker's default"),
    ],
)
def test_a_job_is_waited_for_as_long_as_sagemaker_lets_it_run(
    condition: dict[str, int], limit: timedelta
) -> None:
    assert time_limit(condition) == limit
