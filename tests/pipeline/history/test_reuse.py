"""A model that another run, or this one, has made already."""

from typing import TYPE_CHECKING

import pytest

from include.pipeline.aws.object_store import list_objects, read_object, write_object
from include.pipeline.documents.manifest import ReusedModel, RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.split import EncodedFeatures
from include.pipeline.evaluation.evaluate import read_evaluation
from include.pipeline.history.accepted import accept
from include.pipeline.history.manifest import record_run
from include.pipeline.history.reuse import reuse_model
from tests.pipeline.accepted_runs import DATA, OTHER_DATA, accepted, day, plan_of, train
from tests.pipeline.report.example import SCORES, evaluation_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FIRST = plan_of("scheduled__1", of=day(1))
SECOND = plan_of("scheduled__2", of=day(2))


def reuse_and_accept(s3: "S3Client", plan: RunPlan) -> RunManifest:
    """Do what is left of a run that uses a model again."""
    reused = reuse_model(s3, plan, DATA)
    assert reused is not None
    made = RunManifest.model_validate_json(read_object(s3, FIRST.locations.manifest))
    manifest = record_run(
        s3,
        plan,
        read_evaluation(s3, plan),
        raw=made.raw,
        split=reused.split,
        training=made.training,
        reused_from=reused.run_id,
    )
    accept(s3, plan, manifest)
    return manifest


def test_a_run_of_the_same_takes_the_model_over_and_says_why(s3: "S3Client") -> None:
    manifest = accepted(s3, FIRST)
    assert reuse_model(s3, SECOND, DATA) == ReusedModel(
        run_id="scheduled__1",
        job_name=manifest.training.name,
        split=manifest.split,
        metrics=manifest.metrics,
        reason="The model of scheduled__1 is used again: it was made of the same data in the same way, and "
        "passed the gate. force_retrain trains anew",
    )


def test_the_figures_of_another_run_become_the_runs_own(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    reuse_model(s3, SECOND, DATA)
    ours, theirs = SECOND.locations, FIRST.locations
    assert read_object(s3, ours.predictions) == read_object(s3, theirs.predictions)
    assert read_object(s3, ours.metrics) == read_object(s3, theirs.metrics)
    assert read_evaluation(s3, SECOND) == read_evaluation(s3, FIRST)
    # The model stays where it is.
    assert list_objects(s3, f"{ours.run}/") == [ours.metrics, ours.predictions]


def test_the_encoding_of_text_comes_with_the_model(s3: "S3Client") -> None:
    manifest = accepted(s3, FIRST)
    encoding = EncodedFeatures(sha256="e1" * 32, features={"plan": ("plan_a",)}, unseen_rows={})
    split = manifest.split.model_copy(update={"encoding": encoding})
    write_object(s3, FIRST.locations.encoding, b"an encoding", "application/json")
    accept(s3, FIRST, manifest.model_copy(update={"split": split}))
    reused = reuse_model(s3, SECOND, DATA)
    assert reused is not None
    assert reused.split.encoding == encoding
    assert read_object(s3, SECOND.locations.encoding) == b"an encoding"


def test_what_a_run_has_itself_is_not_copied(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    places = (FIRST.locations.metrics, FIRST.locations.predictions)
    before = [s3.head_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/")) for uri in places]
    copies = []
    s3.meta.events.register("before-call.s3.CopyObject", lambda **_: copies.append(1), unique_id="copies")
    try:
        assert reuse_model(s3, FIRST, DATA) is not None
        assert copies == []
        reuse_model(s3, SECOND, DATA)
        assert len(copies) == 2
    finally:
        s3.meta.events.unregister("before-call.s3.CopyObject", unique_id="copies")
    after = [s3.head_object(Bucket="bucket", Key=uri.removeprefix("s3://bucket/")) for uri in places]
    assert [head["ETag"] for head in after] == [head["ETag"] for head in before]


@pytest.mark.parametrize(
    ("plan", "data"),
    [
        (plan_of("scheduled__2", of=day(2), force_retrain=True), DATA),
        (plan_of("scheduled__1", of=day(1), force_retrain=True), DATA),
        (plan_of("scheduled__2", of=day(2), seed=1), DATA),
        (SECOND, OTHER_DATA),
    ],
    ids=["to train anew", "to train its own anew", "in another way", "of other data"],
)
def test_a_run_that_has_to_train_takes_nothing(s3: "S3Client", plan: RunPlan, data: str) -> None:
    accepted(s3, FIRST)
    before = list_objects(s3, "s3://bucket/")
    assert reuse_model(s3, plan, data) is None
    assert list_objects(s3, "s3://bucket/") == before


def test_a_model_that_was_trained_anew_is_used_again_itself(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    accepted(s3, plan_of("scheduled__2", of=day(2), force_retrain=True))
    reused = reuse_model(s3, plan_of("scheduled__3", of=day(3)), DATA)
    assert reused is not None
    assert reused.run_id == "scheduled__2"


def test_a_model_that_failed_the_gate_is_not_used_again(s3: "S3Client") -> None:
    train(s3, FIRST)
    assert reuse_model(s3, FIRST, DATA) is None
    assert reuse_model(s3, SECOND, DATA) is None


def test_who_made_the_model_is_told_however_often_it_is_used_again(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    second = reuse_and_accept(s3, SECOND)
    third = reuse_and_accept(s3, plan_of("scheduled__3", of=day(3)))
    # Cleared: its own listing is the newest, and the model still another's.
    third_again = reuse_and_accept(s3, plan_of("scheduled__3", of=day(3), planned_at=day(29)))
    assert {run.reused_from for run in (second, third, third_again)} == {"scheduled__1"}


def test_a_run_that_uses_its_own_model_again_has_made_it(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    assert reuse_and_accept(s3, FIRST).reused_from is None


def test_figures_that_are_not_of_the_listed_model_are_not_taken(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    other = evaluation_of(scores=SCORES[::-1])
    write_object(s3, FIRST.locations.metrics, other.model_dump_json().encode(), "application/json")
    assert reuse_model(s3, FIRST, DATA) is None
    assert reuse_model(s3, SECOND, DATA) is None


def test_it_travels_as_json(s3: "S3Client") -> None:
    accepted(s3, FIRST)
    reused = reuse_model(s3, SECOND, DATA)
    assert reused is not None
    assert ReusedModel.model_validate(reused.model_dump(mode="json")) == reused
