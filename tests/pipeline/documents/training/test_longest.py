"""Jobs that the janitor would stop: refused where somebody wrote how long they may take."""

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from include.pipeline.documents.config import DATASETS, PipelineConfig
from tests.pipeline.several_algorithms import THREE
from tests.pipeline.split_jobs import PROCESSING
from tests.pipeline.tuned import fields

DAY = 24 * 3600


def pipeline(hours: float, **others: Any) -> dict[str, Any]:
    """The fields of the example `churn`, without `tune`."""
    return fields(None, expires_after_hours=hours, **others)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            pipeline(24, aws={"max_runtime_seconds": DAY + 1}),
            "aws.max_runtime_seconds = 86401: a training job that long outlasts expires_after_hours = 24, ",
        ),
        # As long as the default, and somebody wants it.
        (pipeline(0.5, aws={"max_runtime_seconds": 3600}), "outlasts expires_after_hours = 0.5"),
        # The wait for spot instances is a part of the job's time.
        (
            pipeline(24, aws={"max_runtime_seconds": 3600, "spot": {"max_wait_seconds": DAY + 1}}),
            "aws.spot.max_wait_seconds = 86401",
        ),
        (
            pipeline(24, aws={"max_runtime_seconds": DAY + 1}, algorithms=THREE),
            "aws.max_runtime_seconds = 86401",
        ),
        (
            pipeline(2, split_on="processing", processing={**PROCESSING, "max_runtime_seconds": 7201}),
            "processing.max_runtime_seconds = 7201: a processing job that long outlasts expires_after_hours",
        ),
        (
            pipeline(2, score={"max_runtime_seconds": 7201}),
            "score.max_runtime_seconds = 7201: a transform job that long outlasts expires_after_hours = 2",
        ),
    ],
)
def test_a_time_that_somebody_wrote_is_within_that_of_the_janitor(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PipelineConfig.model_validate(written)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "written",
    [
        pipeline(24, aws={"max_runtime_seconds": DAY}),
        pipeline(25, aws={"max_runtime_seconds": 3600, "spot": {"max_wait_seconds": DAY + 1}}),
        # Nobody wrote how long a job may take: only how soon leftovers go.
        pipeline(0.5),
        pipeline(0.5, aws={"volume_gb": 20}),
        pipeline(0.5, split_on="processing", processing=PROCESSING, score={}),
        pipeline(
            2,
            split_on="processing",
            processing={**PROCESSING, "max_runtime_seconds": 7200},
            score={"max_runtime_seconds": 7200},
        ),
    ],
)
def test_what_ends_before_that_and_a_time_that_nobody_wrote_are_not_refused(written: dict[str, Any]) -> None:
    assert PipelineConfig.model_validate(written).aws.max_runtime_seconds in {3600, DAY}


def test_no_bundled_pipeline_is_refused_for_a_short_time_of_its_leftovers() -> None:
    for file in DATASETS.glob("*.yaml"):
        written = yaml.safe_load(file.read_text()) | {"expires_after_hours": 0.01}
        assert PipelineConfig.model_validate(written).expires_after_hours == 0.01
