"""A run with a tuning job, from the file to the report, and runs that use its model again, on local AWS."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sklearn.metrics import roc_auc_score

from include.datasets.make_examples import path_of
from include.pipeline.aws.object_store import read_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.manifest import ReusedModel, RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.documents.training.tune import tuning_key
from include.pipeline.documents.training.tuning import Tuning
from include.pipeline.evaluation.evaluate import evaluate_endpoint, score_validation
from include.pipeline.history.accepted import accept, find_same
from include.pipeline.history.manifest import read_manifest, record_run
from include.pipeline.history.provenance import is_in_its_place, is_made_by_its_run
from include.pipeline.history.reuse import reuse_model
from include.pipeline.planning.cost import estimate_cost
from include.pipeline.report.writing import write_report
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment, settled
from tests.aws.waiting import end_of_job
from tests.pipeline.churn_run import kept_raw
from tests.pipeline.planned import plan_of
from tests.pipeline.tuned import TUNED, fields, plan_of_tuned
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Made:
    """A run with a tuning job, once its model is evaluated and accepted."""

    aws: Aws
    plan: RunPlan
    raw: RawData
    tuning: Tuning
    manifest: RunManifest

    @property
    def s3(self) -> "S3Client":
        return self.aws.client("s3")

    @property
    def genuine(self) -> Any:
        return partial(is_made_by_its_run, self.aws.client("sagemaker"))


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        s3, sagemaker, runtime = (aws.client(name) for name in ("s3", "sagemaker", "sagemaker-runtime"))
        s3.create_bucket(Bucket="churn")
        raw = kept_raw(s3, path_of("churn").read_bytes(), "churn.csv")
        plan = plan_of_tuned(bucket="churn")
        split = split_to_s3(s3, raw, plan)
        request: dict[str, Any] = plan.tuning or {}
        sagemaker.create_hyper_parameter_tuning_job(**request)
        name = {"HyperParameterTuningJobName": request["HyperParameterTuningJobName"]}
        end_of_job(
            lambda: sagemaker.describe_hyper_parameter_tuning_job(**name), "HyperParameterTuningJobStatus"
        )
        tuning = Tuning.describe(sagemaker, request["HyperParameterTuningJobName"])
        assert tuning.best is not None
        job = CompletedTrainingJob.describe(sagemaker, tuning.best)
        plan.deployment["Model"]["PrimaryContainer"]["ModelDataUrl"] = job.model_uri
        create_deployment(sagemaker, plan.deployment)
        assert settled(sagemaker, plan.key)["EndpointStatus"] == "InService"
        evaluation = evaluate_endpoint(plan, split, job, s3=s3, runtime=runtime, logs=aws.client("logs"))
        manifest = record_run(s3, plan, evaluation, raw=raw, split=split, training=job, tuning=tuning)
        accept(s3, plan, manifest)
        yield Made(aws, plan, raw, tuning, manifest)


def later(run_id: str, config: PipelineConfig = TUNED) -> RunPlan:
    """Another run of the same data, planned a day later."""
    return plan_of(
        {"bucket": "churn"},
        config=config,
        dag_id="churn",
        run_id=run_id,
        planned_at=datetime(2026, 11, 24, tzinfo=UTC),
    )


def test_the_metric_that_chose_is_that_of_the_validation_rows(made: Made) -> None:
    values = {each.job_name: each.value for each in made.tuning.trials if each.value is not None}
    assert len(values) == 3
    assert made.tuning.best == max(values, key=values.__getitem__)
    labels, scores = score_validation(
        made.plan, made.manifest.split, made.s3, made.aws.client("sagemaker-runtime")
    )
    assert len(labels) == made.manifest.split.validation_rows
    # XGBoost writes five digits into its log.
    assert values[made.tuning.best] == pytest.approx(roc_auc_score(labels, scores), abs=1e-5)


def test_the_manifest_keeps_all_trials(made: Made) -> None:
    assert read_manifest(made.s3, made.plan) == made.manifest
    assert made.manifest.tuning == made.tuning
    assert ReusedModel.of(made.manifest).tuning == made.tuning


def test_the_report_has_all_trials_and_the_best_one_marked(made: Made) -> None:
    content = read_object(made.s3, write_report(made.s3, made.plan, made.manifest, ())).decode()
    assert ">Trials</h2>" in content
    assert content.count("<small>best</small>") == 1
    for name, value in made.tuning.chosen.items():
        assert name in content
        assert value in content


def test_another_run_of_the_same_uses_the_model_again_with_the_trial_that_made_it(made: Made) -> None:
    second = later("manual__2")
    reused = reuse_model(made.s3, second, made.raw.sha256, made.genuine)
    assert reused is not None
    assert (reused.run_id, reused.job_name, reused.tuning) == ("manual__1", made.tuning.best, made.tuning)
    # And a third one, of the second's.
    manifest = made.manifest.model_copy(
        update={"key": second.key, "identity": second.identity, "reused_from": "manual__1"}
    )
    accept(made.s3, second, manifest)
    found = find_same(made.s3, later("manual__3"), made.raw.sha256, made.genuine)
    assert found is not None
    assert found.key == second.key


@pytest.mark.parametrize("change", [None, {"max_jobs": 4}, {"parallel": 1}])
def test_a_run_that_would_try_other_values_does_not(made: Made, change: dict[str, Any] | None) -> None:
    tune = change and TUNED.tune and TUNED.tune.model_dump() | change
    if tune:
        tune["ranges"] = fields()["tune"]["ranges"]
    config = PipelineConfig.model_validate(fields(tune))
    assert find_same(made.s3, later("manual__4", config), made.raw.sha256, made.genuine) is None


def test_a_job_that_is_no_trial_of_the_runs_own_tuning_job_is_not_taken(made: Made) -> None:
    key, training = made.plan.key, made.manifest.training
    assert is_in_its_place(made.manifest, made.plan, key)
    other = later("manual__5").key
    for name, folder in (
        (f"{tuning_key(other)}-001-1a2b3c4d", key),  # of another run's tuning job
        (tuning_key(key), key),  # a training job that somebody has named so
        (training.name, other),  # in another run's folder
    ):
        uri = f"{made.plan.locations.model.replace(key, folder)}/{name}/output/model.tar.gz"
        forged = training.model_copy(update={"name": name, "model_uri": uri})
        assert not is_in_its_place(made.manifest.model_copy(update={"training": forged}), made.plan, key)


def test_the_next_run_is_estimated_by_what_these_trials_took(made: Made) -> None:
    estimate = estimate_cost(later("manual__7"), made.s3)
    hour = 0.115  # of an ml.m5.large in us-east-1
    assert estimate.training_at_most == pytest.approx(3 * hour)
    assert estimate.training_about == pytest.approx(made.tuning.billable_seconds / 3600 * hour)
    assert estimate.training_as_in == "manual__1"
    # A run that trains once is another matter.
    alone = PipelineConfig.model_validate(fields(None))
    assert estimate_cost(later("manual__8", alone), made.s3).training_as_in is None
