from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from include.pipeline.data_version import compare_with_previous
from include.pipeline.drift import Drift, DriftLimits
from include.pipeline.errors import DriftError
from include.pipeline.plan import RunPlan
from tests.pipeline.test_accepted import DAY, accepted, plan_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OLD, NEW = "aa" * 32, "bb" * 32


def frame(ages: int = 40, rows: int = 400, **columns: object) -> pd.DataFrame:
    random = np.random.default_rng(3)
    age = random.integers(ages, ages + 30, rows).astype("int64")
    return pd.DataFrame({"age": age, "y_yes": np.arange(rows) % 8 == 0, **columns}).astype({"y_yes": "int64"})


def limited(plan: RunPlan, limits: DriftLimits | None) -> RunPlan:
    return plan.model_copy(update={"drift": limits})


@pytest.fixture
def before(s3: "S3Client") -> RunPlan:
    """A run of the day before, whose model was accepted."""
    plan = plan_of("before", DAY - timedelta(days=1))
    assert compare_with_previous(s3, plan, frame(), OLD) is None
    accepted(s3, plan, OLD)
    return plan


def test_the_first_version_is_compared_with_nothing(s3: "S3Client") -> None:
    assert compare_with_previous(s3, plan_of(), frame(), NEW) is None


@pytest.mark.usefixtures("before")
def test_the_same_file_is_not_compared_with_itself(s3: "S3Client") -> None:
    assert compare_with_previous(s3, plan_of(), frame(), OLD) is None


@pytest.mark.usefixtures("before")
def test_a_new_version_is_compared_with_the_one_before_and_warned_of(
    s3: "S3Client", caplog: pytest.LogCaptureFixture
) -> None:
    drift = compare_with_previous(s3, limited(plan_of(), DriftLimits()), frame(ages=50), NEW)
    assert isinstance(drift, Drift)
    assert (drift.rows, drift.previous_rows, drift.label_psi) == (400, 400, 0)
    (age,) = drift.columns
    assert age.psi > 0.25
    assert "column 'age' has a PSI of" in caplog.text


@pytest.mark.usefixtures("before")
def test_a_version_that_is_too_far_off_is_refused(s3: "S3Client") -> None:
    limits = DriftLimits(psi_fail=0.25)
    with pytest.raises(DriftError, match=r"column 'age' has a PSI of .*: a PSI is below psi_fail = 0.25"):
        compare_with_previous(s3, limited(plan_of(), limits), frame(ages=50), NEW)


@pytest.mark.usefixtures("before")
def test_a_version_with_another_column_is_refused(s3: "S3Client") -> None:
    with pytest.raises(DriftError, match="column 'duration' is new"):
        compare_with_previous(s3, plan_of(), frame(duration=1.5), NEW)


@pytest.mark.usefixtures("before")
def test_a_pipeline_without_limits_compares_nothing_and_still_leaves_a_profile(s3: "S3Client") -> None:
    assert compare_with_previous(s3, limited(plan_of(), None), frame(duration=1.5), NEW) is None
    accepted(s3, plan_of(), NEW)
    following = plan_of("after", DAY + timedelta(days=1))
    assert compare_with_previous(s3, following, frame(duration=1.5), "cc" * 32) is not None


def test_a_version_before_without_a_profile_is_told_of(
    s3: "S3Client", caplog: pytest.LogCaptureFixture
) -> None:
    accepted(s3, plan_of("before", DAY - timedelta(days=1)), OLD)
    assert compare_with_previous(s3, plan_of(), frame(), NEW) is None
    assert "has no profile to compare with" in caplog.text
