"""Three algorithms on one split, from the file to the report, beside a run of each alone, on local AWS."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from include.datasets.make_examples import path_of
from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.contest import Contest, ScoredContender
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.evaluation.contest import Candidate, choose_contender, score_contender
from include.pipeline.evaluation.evaluate import evaluate_endpoint, score_validation
from include.pipeline.evaluation.predictions import read_predictions
from include.pipeline.history.accepted import accept, find_same
from include.pipeline.history.manifest import read_manifest, record_run
from include.pipeline.history.provenance import is_made_by_its_run
from include.pipeline.history.reuse import reuse_model
from include.pipeline.report.writing import write_report
from include.pipeline.scoring.caller import EndpointCaller
from include.pipeline.teardown.cleanup import delete_run
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment, settled
from tests.pipeline.churn_run import kept_raw
from tests.pipeline.planned import plan_of
from tests.pipeline.serving_model import serving_model
from tests.pipeline.several_algorithms import CHURN, THREE, plan_of_three
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow

NAMES: tuple[Any, ...] = tuple(each["name"] for each in THREE)
PARAMS: dict[str, dict[str, Any]] = {
    "xgboost": {},
    **{
        each["name"]: {"image_version": "1", "hyperparameters": each["hyperparameters"]} for each in THREE[1:]
    },
}


@dataclass(frozen=True)
class Made:
    """A run of three algorithms, once its model is evaluated."""

    aws: Aws
    plan: RunPlan
    raw: RawData
    split: Split
    contest: Contest
    job: CompletedTrainingJob
    manifest: RunManifest

    @property
    def s3(self) -> "S3Client":
        return self.aws.client("s3")

    @property
    def chosen(self) -> RunPlan:
        return self.plan.chosen(self.contest.chosen)


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        s3, sagemaker, runtime = (aws.client(name) for name in ("s3", "sagemaker", "sagemaker-runtime"))
        s3.create_bucket(Bucket="churn")
        raw = kept_raw(s3, path_of("churn").read_bytes(), "churn.csv")
        plan = plan_of_three(bucket="churn")
        split = split_to_s3(s3, raw, plan)
        candidates = []
        for name in NAMES:
            own, of_own = plan.contending(name), split.of_contender(name)
            job = serving_model(sagemaker, own, of_own)
            sha256 = score_contender(own, of_own, s3, runtime)
            scored = ScoredContender(predictions_sha256=sha256, endpoint_seconds=1)
            candidates.append(Candidate(name, job, scored))
        contest = choose_contender(plan, split, s3, candidates)
        chosen, of_chosen = plan.chosen(contest.chosen), split.of_contender(contest.chosen)
        job = next(each.job for each in candidates if each.algorithm == contest.chosen and each.job)
        chosen.deployment["Model"]["PrimaryContainer"]["ModelDataUrl"] = job.model_uri
        create_deployment(sagemaker, chosen.deployment)
        assert settled(sagemaker, plan.key)["EndpointStatus"] == "InService"
        evaluation = evaluate_endpoint(
            chosen, of_chosen, job, s3=s3, runtime=runtime, logs=aws.client("logs")
        )
        manifest = record_run(s3, chosen, evaluation, raw=raw, split=of_chosen, training=job, contest=contest)
        accept(s3, chosen, manifest)
        yield Made(aws, plan, raw, split, contest, job, manifest)


@pytest.mark.parametrize("name", NAMES)
def test_each_has_the_rows_the_scores_and_the_figures_of_a_run_of_it_alone(made: Made, name: Any) -> None:
    s3, runtime = made.s3, made.aws.client("sagemaker-runtime")
    config = CHURN.model_copy(update={"algorithm": name, "algorithms": None})
    alone = plan_of({"bucket": "churn", **PARAMS[name]}, config=config, dag_id=f"churn-{name}")
    split = split_to_s3(s3, made.raw, alone)
    assert made.split.of_contender(name) == split
    job = serving_model(made.aws.client("sagemaker"), alone, split)
    labels, scores = score_validation(alone, split, s3, runtime)
    uri = made.plan.locations.of_contender(name).validation_predictions
    own_labels, own_scores = read_predictions(read_object(s3, uri), uri)
    assert own_labels.tolist() == labels.tolist()
    assert own_scores.tobytes() == scores.tobytes()
    if name == made.contest.chosen:
        evaluation = evaluate_endpoint(
            alone, split, job, s3=s3, runtime=runtime, logs=made.aws.client("logs")
        )
        assert made.manifest.metrics == evaluation.headline
        assert made.manifest.model_sha256 == evaluation.model_sha256


def test_the_best_on_the_validation_rows_is_the_runs_model(made: Made) -> None:
    areas = {result.algorithm: result.figures["roc_auc"] or 0 for result in made.contest.results}
    assert list(areas) == list(NAMES)
    assert made.contest.chosen == max(areas, key=areas.__getitem__)
    assert made.manifest.contender == made.contest.chosen
    assert made.manifest.image_uri == made.chosen.image_uri
    assert made.job.model_uri.startswith(f"{made.plan.locations.run}/contenders/{made.contest.chosen}/model/")
    assert read_manifest(made.s3, made.chosen) == made.manifest
    assert made.contest.billable_seconds == sum(
        CompletedTrainingJob.describe(made.aws.client("sagemaker"), key).billable_seconds
        for key in made.plan.keys[1:]
    )


def test_the_report_has_the_table_of_all_and_the_model_that_was_chosen(made: Made) -> None:
    content = read_object(made.s3, write_report(made.s3, made.chosen, made.manifest, ())).decode()
    assert '<h2 id="part-4">Contenders</h2>' in content
    for title in ("XGBoost", "Linear Learner", "k-NN"):
        assert title in content
    assert content.count("<small>chosen</small>") == 1


def test_another_run_of_the_same_uses_the_model_again_and_another_of_one_alone_does_not(made: Made) -> None:
    sagemaker = made.aws.client("sagemaker")
    genuine = partial(is_made_by_its_run, sagemaker)
    later = plan_of(
        {"bucket": "churn"},
        config=CHURN,
        dag_id="churn",
        run_id="manual__2",
        planned_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    reused = reuse_model(made.s3, later, made.raw.sha256, genuine)
    assert reused is not None
    assert (reused.run_id, reused.job_name, reused.contest) == ("manual__1", made.job.name, made.contest)
    assert reused.split == made.split.of_contender(made.contest.chosen)
    own = later.chosen(made.contest.chosen)
    assert read_object(made.s3, own.locations.encoding) == read_object(
        made.s3, made.chosen.locations.encoding
    )
    # And a third one, of the second's.
    manifest = made.manifest.model_copy(
        update={"key": later.key, "identity": later.identity, "reused_from": "manual__1"}
    )
    accept(made.s3, own, manifest)
    third = later.model_copy(
        update={"identity": later.identity.model_copy(update={"run_id": "manual__3"}), "key": "another"}
    )
    found = find_same(made.s3, third, made.raw.sha256, genuine)
    assert found is not None
    assert found.key == later.key
    alone = plan_of({"bucket": "churn"}, config=CHURN.model_copy(update={"algorithms": None}), dag_id="churn")
    assert find_same(made.s3, alone, made.raw.sha256, genuine) is None


def test_an_archive_that_is_not_in_the_contenders_folder_is_not_taken(made: Made) -> None:
    later = plan_of({"bucket": "churn"}, config=CHURN, dag_id="churn", run_id="manual__4")
    elsewhere = made.job.model_uri.replace(f"/contenders/{made.contest.chosen}/", "/contenders/other/")
    moved = made.manifest.model_copy(
        update={
            "key": later.key,
            "identity": later.identity,
            "training": made.manifest.training.model_copy(update={"model_uri": elsewhere}),
        }
    )
    accept(made.s3, later, moved)
    found = find_same(made.s3, later, made.raw.sha256)
    assert found is None or found.training.model_uri == made.job.model_uri


def test_a_caller_with_the_manifest_asks_the_endpoint_of_the_chosen_one(made: Made) -> None:
    runtime = made.aws.client("sagemaker-runtime")
    caller = EndpointCaller.of_run(made.plan.locations.manifest, made.s3, runtime)
    header, *rows = path_of("churn").read_text().splitlines()
    names = header.split(",")
    answers = caller.ask([dict(zip(names, row.split(","), strict=True)) for row in rows[:5]])
    assert all(0 <= answer.score <= 1 for answer in answers)


def test_deleting_the_runs_data_takes_what_each_made(made: Made) -> None:
    assert list_objects(made.s3, f"{made.plan.locations.run}/contenders/")
    delete_run(made.s3, made.plan.locations, None)
    assert list_objects(made.s3, f"{made.plan.locations.run}/") == []
