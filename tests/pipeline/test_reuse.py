from typing import TYPE_CHECKING, Any

import pytest

from include.pipeline.accepted import find_same
from include.pipeline.object_store import is_there, read_object, write_object
from include.pipeline.reuse import reuse_model
from tests.pipeline.test_accepted import DATA, accepted, plan_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def evaluated(s3: "S3Client", key: str) -> None:
    """Put a run's figures and predictions where it would."""
    places = plan_of(key).locations
    write_object(s3, places.metrics, b'{"of": "%s"}' % key.encode(), "application/json")
    write_object(s3, places.predictions, b"label,score\n", "text/csv")


def test_another_runs_figures_and_predictions_are_taken_over_and_its_model_is_named(s3: "S3Client") -> None:
    theirs = accepted(s3, plan_of("theirs"))
    evaluated(s3, "theirs")
    reused = reuse_model(s3, plan_of("run"), DATA)
    assert reused is not None
    assert (reused.run_id, reused.job_name) == (theirs.identity.run_id, theirs.training.name)
    assert reused.split == theirs.split
    assert reused.metrics == theirs.metrics
    assert f"The model of {theirs.identity.run_id} is used again" in reused.reason
    own = plan_of("run").locations
    assert read_object(s3, own.metrics) == b'{"of": "theirs"}'
    assert read_object(s3, own.predictions) == b"label,score\n"


def test_a_run_that_was_accepted_before_goes_on_with_its_own(s3: "S3Client") -> None:
    accepted(s3, plan_of("run"))
    evaluated(s3, "run")
    reused = reuse_model(s3, plan_of("run"), DATA)
    assert reused is not None
    assert reused.run_id == plan_of("run").identity.run_id
    assert read_object(s3, plan_of("run").locations.metrics) == b'{"of": "run"}'


def test_a_run_that_is_to_train_anew_takes_nothing(s3: "S3Client") -> None:
    accepted(s3, plan_of("theirs"))
    evaluated(s3, "theirs")
    assert reuse_model(s3, plan_of("run", force_retrain=True), DATA) is None
    assert not is_there(s3, plan_of("run").locations.metrics)


@pytest.mark.parametrize("anew", [{"force_retrain": True}, {"seed": 1}])
def test_a_run_that_is_made_anew_is_no_longer_listed_for_what_it_was(
    s3: "S3Client", anew: dict[str, Any]
) -> None:
    accepted(s3, plan_of("run"))
    others = accepted(s3, plan_of("other", seed=2))
    assert reuse_model(s3, plan_of("run", **anew), DATA) is None
    assert find_same(s3, plan_of("run"), DATA) is None
    assert find_same(s3, plan_of("other", seed=2), DATA) == others


def test_other_data_has_to_be_trained_on(s3: "S3Client") -> None:
    accepted(s3, plan_of("theirs"))
    assert reuse_model(s3, plan_of("run"), "bb" * 32) is None
