"""The scores of the last accepted model, on its own test rows and on new ones."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
import xgboost

from include.pipeline.aws.object_store import split_uri, write_object
from include.pipeline.documents.drift import Reference, ScoreDrift
from include.pipeline.documents.split import Split
from include.pipeline.evaluation.score_drift import compare_scores, drift_of_scores
from include.pipeline.figures.changes import population_stability_index
from tests.aws.training_data import as_csv
from tests.pipeline.accepted_runs import OTHER_DATA, accepted, day, plan_of
from tests.pipeline.report.example import column_of, contents_of, drift_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RANDOM = np.random.default_rng(5)
OLD, NEW = RANDOM.normal(size=(400, 3)), RANDOM.normal(size=(300, 3))
MODEL = xgboost.train(
    {"objective": "binary:logistic"}, xgboost.DMatrix(OLD, OLD[:, 0] + RANDOM.normal(size=400) > 0), 5
)
EARLIER, NOW = plan_of("scheduled__1", of=day(1)), plan_of("scheduled__2", of=day(2))
REFERENCE = Reference(run_id="scheduled__1", url="https://example.com/1.csv", is_same_source=True)
SPLIT = contents_of().split.model_copy(update={"drift": drift_of(column_of("age"), reference=REFERENCE)})


def scores_of(rows: np.ndarray) -> np.ndarray:
    return MODEL.predict(xgboost.DMatrix(rows))


def accept(s3: "S3Client", written: bytes | None = None) -> None:
    """Leave an accepted model, and the scores of its test rows."""
    accepted(s3, EARLIER, data=OTHER_DATA, model=bytes(MODEL.save_raw("ubj")))
    lines = "".join(f"0,{score!s}\n" for score in scores_of(OLD))
    content = f"label,score\n{lines}".encode() if written is None else written
    write_object(s3, EARLIER.locations.predictions, content, "text/csv")


def compared(s3: "S3Client", rows: np.ndarray = NEW, split: Split = SPLIT) -> ScoreDrift | None:
    return compare_scores(s3, NOW, split, as_csv(rows))


def test_the_tenths_are_those_of_the_previous_scores() -> None:
    previous, new = np.arange(100) / 100, np.full(50, 0.055)
    # All new scores are in the first tenth, which ends at 0.09.
    expected = population_stability_index((50, *[0] * 9), [10] * 10)
    assert drift_of_scores(new, previous).psi == pytest.approx(expected)
    assert drift_of_scores(previous, previous) == ScoreDrift(psi=0, chance=1)


def test_a_model_that_knows_one_score_only_is_compared() -> None:
    assert drift_of_scores(np.full(30, 0.5), np.full(20, 0.5)) == ScoreDrift(psi=0, chance=1)
    assert drift_of_scores(np.full(30, 0.6), np.full(20, 0.5)).chance < 1e-6


@pytest.mark.long
def test_scores_of_rows_of_the_same_population_are_alike(s3: "S3Client") -> None:
    accept(s3)
    found = compared(s3)
    assert found == drift_of_scores(scores_of(NEW), scores_of(OLD))
    assert found.chance > 0.01


@pytest.mark.long
def test_scores_of_other_rows_have_drifted(s3: "S3Client") -> None:
    accept(s3)
    found = compared(s3, NEW + np.array([1, 0, 0]))
    assert found is not None
    assert found.psi > 0.1
    assert found.chance < 1e-6


def test_nothing_is_asked_where_the_data_has_not_changed(s3: "S3Client") -> None:
    accept(s3)
    assert compared(s3, split=SPLIT.model_copy(update={"drift": None})) is None
    by_an_earlier_version = drift_of(column_of("age"))
    assert compared(s3, split=SPLIT.model_copy(update={"drift": by_an_earlier_version})) is None


def test_another_model_than_the_one_whose_data_was_compared_is_not_asked(s3: "S3Client") -> None:
    assert compared(s3) is None
    accept(s3)
    other = drift_of(column_of("age"), reference=REFERENCE.model_copy(update={"run_id": "manual__7"}))
    assert compared(s3, split=SPLIT.model_copy(update={"drift": other})) is None
    assert compared(s3, split=SPLIT.model_copy(update={"feature_names": ("a", "b", "c")})) is None


def test_a_model_without_its_predictions_is_not_asked(s3: "S3Client") -> None:
    accept(s3)
    bucket, key = split_uri(EARLIER.locations.predictions)
    s3.delete_object(Bucket=bucket, Key=key)
    assert compared(s3) is None


@pytest.mark.long
@pytest.mark.parametrize(
    "written", [b"", b"\xff\xfe", b"label\n1\n", b"label,score\n0,much\n", b"label,score\n0,nan\n"]
)
def test_predictions_that_cannot_be_read_are_left_out(
    s3: "S3Client", written: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    accept(s3, written)
    assert compared(s3) is None
    assert f"The scores are not compared: {EARLIER.locations.predictions} " in caplog.text
