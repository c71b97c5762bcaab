"""A model that serves, held to the last accepted one on the same test rows."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import xgboost

from include.pipeline.aws.object_store import read_object, split_uri, write_object
from include.pipeline.documents.metrics import Evaluation, PreviousModel
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.errors import QualityError
from include.pipeline.evaluation.evaluate import evaluate_endpoint, read_evaluation
from include.pipeline.evaluation.predictions import read_predictions
from include.pipeline.evaluation.previous_model import compared
from include.pipeline.figures.interval import Interval
from include.pipeline.history.accepted import accept
from include.pipeline.history.model_archive import read_model
from include.pipeline.history.quality import check_quality
from tests.aws.clients import Aws
from tests.aws.endpoints import deploy
from tests.aws.training_data import as_csv, put_training_data, separable_rows
from tests.aws.training_jobs import trained_model
from tests.pipeline.accepted_runs import accepted, archive_of, day, plan_of
from tests.pipeline.report.example import contents_of
from tests.project import DEPLOYMENT_ID
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

BUCKET = "bucket"
ROWS = np.random.default_rng(2).integers(0, 10, size=(150, 3))
# A yes for a high first feature, as the model has learned it, with noise that no model can know.
LABELS = (ROWS[:, 0] + np.random.default_rng(3).normal(0, 3, 150) > 4.5).astype(int)
PREVIOUS = plan_of("scheduled__1", of=day(1))
TRAIN = b"1,2,3,4\n0,4,3,2\n"
SPLIT = contents_of().split.model_copy(update={"train_sha256": hashlib.sha256(TRAIN).hexdigest()})


def held_to(margin: float | None) -> RunPlan:
    return plan_of("scheduled__2", of=day(2), max_roc_auc_drop=margin, must_beat_baseline=False)


def roc_auc(scores: np.ndarray, of: np.ndarray) -> float:
    """Count the pairs of a yes and a no, among these rows, that the scores put in order."""
    yes, no = scores[of & (LABELS == 1)][:, None], scores[of & (LABELS == 0)][None, :]
    return float(((yes > no) + (yes == no) / 2).mean())


def learned(columns: int, rounds: int) -> xgboost.Booster:
    """Train in this process on other rows, of which the label knows the second column only."""
    rows = np.random.default_rng(4).integers(0, 10, size=(200, columns))
    noisy = rows[:, 0] + 2 * rows[:, 1] > 12
    return xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, noisy), rounds)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """A local AWS on which the second run's endpoint serves."""
    with local_aws_server() as server:
        aws, name = Aws(server.url), held_to(None).key
        s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
        s3.create_bucket(Bucket=BUCKET)
        put_training_data(s3, separable_rows())
        assert deploy(sagemaker, name, trained_model(sagemaker, name))["EndpointStatus"] == "InService"
        yield aws


@pytest.fixture
def s3(aws: Aws) -> Iterator["S3Client"]:
    """The S3 of local AWS, with the test rows in their place, and without an accepted model."""
    client, places = aws.client("s3"), held_to(None).locations
    write_object(client, f"{places.train}train.csv", TRAIN, "text/csv")
    write_object(client, places.test_features, as_csv(ROWS), "text/csv")
    write_object(client, places.test_labels, "".join(f"{label}\n" for label in LABELS).encode(), "text/csv")
    yield client
    for item in client.list_objects_v2(Bucket=BUCKET, Prefix=f"{DEPLOYMENT_ID}/").get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])


def job(aws: Aws) -> CompletedTrainingJob:
    return CompletedTrainingJob.describe(aws.client("sagemaker"), held_to(None).key)


def evaluate(aws: Aws, plan: RunPlan) -> Evaluation:
    return evaluate_endpoint(
        plan,
        SPLIT,
        job(aws),
        s3=aws.client("s3"),
        runtime=aws.client("sagemaker-runtime"),
        logs=aws.client("logs"),
    )


def test_the_last_accepted_model_is_asked_for_the_same_rows(aws: Aws, s3: "S3Client") -> None:
    booster = learned(columns=3, rounds=3)
    # Ten of the test rows; two others with the features of rows of its own.
    before = np.concatenate([ROWS[:10], [[11, 12, 13]]])
    accepted(
        s3, PREVIOUS, model=bytes(booster.save_raw("ubj")), trained_on=as_csv(np.c_[np.ones(11, int), before])
    )
    found = evaluate(aws, held_to(0.01))
    assert found.previous is not None
    assert found.previous.run_id == "scheduled__1"
    seen = {tuple(row) for row in [*before.tolist(), [2, 3, 4], [4, 3, 2]]}
    unseen = np.array([tuple(row) not in seen for row in ROWS.tolist()])
    assert 10 <= (~unseen).sum() < 20
    assert found.previous.unseen_rows == unseen.sum()
    expected = roc_auc(booster.predict(xgboost.DMatrix(ROWS)), unseen)
    assert found.previous.roc_auc == pytest.approx(expected, abs=1e-12)
    assert found.previous.own_roc_auc is not None
    assert found.previous.change is not None
    assert found.previous.roc_auc < found.previous.own_roc_auc != found.roc_auc
    change = found.previous.own_roc_auc - found.previous.roc_auc
    assert found.previous.change.low < change < found.previous.change.high
    assert read_evaluation(s3, held_to(0.01)) == found
    check_quality(found, held_to(0.0).params)


def test_the_test_rows_and_their_scores_are_known_by_their_hashes(aws: Aws, s3: "S3Client") -> None:
    found, places = evaluate(aws, held_to(None)), held_to(None).locations
    contents = [
        read_object(s3, uri) for uri in (places.test_features, places.test_labels, places.predictions)
    ]
    assert found.test_rows_sha256 == hashlib.sha256(contents[0] + contents[1]).hexdigest()
    assert found.predictions_sha256 == hashlib.sha256(contents[2]).hexdigest()


def test_a_model_that_is_worse_than_the_last_accepted_one_is_stopped(aws: Aws, s3: "S3Client") -> None:
    # One that has learned the test rows by heart.
    knowing = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(ROWS, LABELS), 50)
    accepted(s3, PREVIOUS, model=bytes(knowing.save_raw("ubj")), trained_on=TRAIN)
    found = evaluate(aws, held_to(0.05))
    assert found.previous is not None
    assert found.previous.roc_auc is not None
    assert found.previous.roc_auc - found.roc_auc > 0.05
    with pytest.raises(
        QualityError, match=r"it has to be at most max_roc_auc_drop = 0.05 below .*scheduled__1"
    ):
        check_quality(found, held_to(0.05).params)
    check_quality(found, held_to(1.0).params)


def test_the_same_model_is_as_good_on_the_endpoint_as_without_one(aws: Aws, s3: "S3Client") -> None:
    same = read_model(read_object(s3, job(aws).model_uri))
    assert same is not None
    accepted(s3, PREVIOUS, model=same, trained_on=TRAIN)
    found = evaluate(aws, held_to(0.0)).previous
    assert found is not None
    assert found.own_roc_auc == found.roc_auc
    assert found.change == Interval(low=0, high=0)
    strict = held_to(0.0).params.model_copy(update={"undecided_passes": False})
    check_quality(evaluate(aws, held_to(0.0)), strict)


def test_where_it_is_not_known_what_it_was_trained_on_the_gate_is_undecided(aws: Aws, s3: "S3Client") -> None:
    knowing = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(ROWS, LABELS), 50)
    accepted(s3, PREVIOUS, model=bytes(knowing.save_raw("ubj")))
    found = evaluate(aws, held_to(0.05))
    assert found.previous is not None
    assert (found.previous.unseen_rows, found.previous.change) == (0, None)
    check_quality(found, held_to(0.05).params)
    with pytest.raises(QualityError, match="cannot be told on 0 test rows that neither model was trained on"):
        check_quality(found, held_to(0.05).params.model_copy(update={"undecided_passes": False}))


def test_the_best_of_the_last_ten_judges_too(aws: Aws, s3: "S3Client") -> None:
    knowing = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(ROWS, LABELS), 50)
    models = [learned(columns=3, rounds=1), knowing, learned(columns=3, rounds=1)]
    areas = [0.7, 0.9, 0.8]
    runs = [plan_of(f"earlier__{at}", of=day(1) - timedelta(days=3 - at)) for at in range(3)]
    for plan, model, area in zip(runs, models, areas, strict=True):
        manifest = accepted(s3, plan, model=bytes(model.save_raw("ubj")), trained_on=TRAIN)
        known = manifest.metrics.model_copy(update={"roc_auc": area})
        accept(s3, plan, manifest.model_copy(update={"metrics": known}))
    found = evaluate(aws, held_to(0.01))
    assert found.previous is not None
    assert found.best_accepted is not None
    assert (found.previous.run_id, found.previous.best_of) == ("earlier__2", 1)
    assert (found.best_accepted.run_id, found.best_accepted.best_of) == ("earlier__1", 3)
    seen = {(2, 3, 4), (4, 3, 2)}
    unseen = np.array([tuple(row) not in seen for row in ROWS.tolist()])
    assert found.best_accepted.unseen_rows == unseen.sum()
    assert found.best_accepted.roc_auc == pytest.approx(
        roc_auc(knowing.predict(xgboost.DMatrix(ROWS)), unseen), abs=1e-12
    )
    # Chosen among three: an interval of 1 - 0.05 / 3, not of 0.95.
    alone = compared("earlier__1", LABELS[unseen], *scores_beside(s3, knowing, unseen), unseen[unseen])
    assert alone.change is not None
    assert found.best_accepted.change is not None
    assert found.best_accepted.change.low < alone.change.low
    assert found.best_accepted.change.high > alone.change.high
    with pytest.raises(QualityError, match=r"that of earlier__1, the best of the last 3 accepted"):
        check_quality(found, held_to(0.01).params)


def scores_beside(s3: "S3Client", model: xgboost.Booster, chosen: np.ndarray) -> list[np.ndarray]:
    """The scores of the endpoint, and those of a model."""
    places = held_to(None).locations
    _, own = read_predictions(read_object(s3, places.predictions), places.predictions)
    return [own[chosen], model.predict(xgboost.DMatrix(ROWS))[chosen]]


def test_nobody_is_asked_where_the_params_do_not_say_so(aws: Aws, s3: "S3Client") -> None:
    accepted(s3, PREVIOUS)
    assert evaluate(aws, held_to(None)).previous is None


def test_a_first_model_is_held_to_none(aws: Aws, s3: "S3Client") -> None:
    accepted(s3, held_to(None))  # its own, from before it was cleared
    found = evaluate(aws, held_to(0.0))
    assert found.previous is None
    check_quality(found, held_to(0.0).params)


@pytest.mark.parametrize("features", [("age", "pdays"), ("pdays", "age", "euribor3m"), ("a", "b", "c")])
def test_a_model_of_other_columns_cannot_be_asked(
    aws: Aws, s3: "S3Client", features: tuple[str, ...]
) -> None:
    model = bytes(learned(columns=len(features), rounds=3).save_raw("ubj"))
    accepted(s3, PREVIOUS, model=model, features=features)
    found = evaluate(aws, held_to(0.5))
    assert found.previous == PreviousModel(run_id="scheduled__1", roc_auc=None)
    with pytest.raises(
        QualityError, match="the model of scheduled__1 was trained on other columns, or cannot be"
    ):
        check_quality(found, held_to(0.5).params)


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(b"not an archive", id="no archive"),
        pytest.param(archive_of(b"not a model"), id="no model"),
        pytest.param(archive_of(b""), id="empty"),
    ],
)
def test_a_model_that_cannot_be_read_cannot_be_asked(aws: Aws, s3: "S3Client", archive: bytes) -> None:
    write_object(s3, accepted(s3, PREVIOUS).training.model_uri, archive, "application/x-tar")
    assert evaluate(aws, held_to(0.5)).previous == PreviousModel(run_id="scheduled__1", roc_auc=None)


def test_a_weaker_model_in_its_place_does_not_lower_the_bar(aws: Aws, s3: "S3Client") -> None:
    knowing = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(ROWS, LABELS), 50)
    manifest = accepted(s3, PREVIOUS, model=bytes(knowing.save_raw("ubj")))
    weak = archive_of(bytes(learned(columns=3, rounds=1).save_raw("ubj")))
    write_object(s3, manifest.training.model_uri, weak, "application/x-tar")
    found = evaluate(aws, held_to(0.05))
    assert found.previous == PreviousModel(run_id="scheduled__1", roc_auc=None)
    with pytest.raises(QualityError, match="trained on other columns, or cannot be"):
        check_quality(found, held_to(0.05).params)


def test_an_entry_that_names_a_weaker_model_elsewhere_is_passed_over(aws: Aws, s3: "S3Client") -> None:
    honest, forged = plan_of("scheduled__0", of=day(1) - timedelta(days=1)), PREVIOUS
    model = bytes(learned(columns=3, rounds=3).save_raw("ubj"))
    accepted(s3, honest, model=model)
    weak = accepted(s3, forged, model=bytes(learned(columns=3, rounds=1).save_raw("ubj")))
    elsewhere = f"s3://{BUCKET}/elsewhere/model.tar.gz"
    write_object(s3, elsewhere, read_object(s3, weak.training.model_uri), "application/x-tar")
    training = weak.training.model_copy(update={"model_uri": elsewhere})
    accept(s3, forged, weak.model_copy(update={"training": training}))
    found = evaluate(aws, held_to(0.05)).previous
    assert found is not None
    assert found.run_id == "scheduled__0"


def test_for_a_model_that_is_gone_the_one_before_it_answers(
    aws: Aws, s3: "S3Client", caplog: pytest.LogCaptureFixture
) -> None:
    older = plan_of("scheduled__0", of=day(1) - timedelta(days=1))
    model = bytes(learned(columns=3, rounds=3).save_raw("ubj"))
    archives = {
        run.identity.run_id: accepted(s3, run, model=model).training.model_uri for run in (older, PREVIOUS)
    }
    answering = []
    for run_id in ("scheduled__1", "scheduled__0"):
        bucket, key = split_uri(archives[run_id])
        s3.delete_object(Bucket=bucket, Key=key)
        answering.append(evaluate(aws, held_to(0.5)).previous)
    first, second = answering
    assert first is not None
    assert (first.run_id, second) == ("scheduled__0", None)
    assert (
        "The model of scheduled__1 is no longer on S3: the accepted model before it is compared instead"
        in caplog.text
    )
