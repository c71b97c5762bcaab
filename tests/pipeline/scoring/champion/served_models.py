"""Accepted models on local AWS, trained, deployed and evaluated as runs do, and how they are promoted."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from include.pipeline.aws.object_store import read_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.config import DATASETS
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.scoring.champion import ServeSettings
from include.pipeline.evaluation.evaluate import evaluate_endpoint
from include.pipeline.history.accepted import accept
from include.pipeline.history.listed import ListedModels
from include.pipeline.history.manifest import record_run
from include.pipeline.history.provenance import is_made_by_its_run
from include.pipeline.planning.names import champion_endpoint
from include.pipeline.planning.plan import write_plan
from include.pipeline.scoring.champion.endpoint import ChampionEndpoint
from include.pipeline.scoring.champion.promotion import Promotion, Served, go_back
from include.pipeline.scoring.champion.serving import Serving
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from tests.aws.clients import Aws
from tests.aws.endpoints import delete
from tests.pipeline.planned import CONFIG, ROLE, plan_of
from tests.pipeline.serving_model import serving_model
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "served"
PIPELINE = "bank_marketing"
ENDPOINT = champion_endpoint(DEPLOYMENT_ID, PIPELINE, "champion")
QUICK = ServeSettings(canary_percent=20, canary_seconds=1, keep_old_seconds=0)


@dataclass(frozen=True)
class ServedModel:
    """An accepted model, and what it says of its test rows."""

    manifest: RunManifest
    plan: RunPlan
    features: list[bytes]
    """The test rows, a line each."""
    scores: np.ndarray
    roc_auc: float
    """On the test rows that are no training row: worked out here."""

    @property
    def run_id(self) -> str:
        return self.manifest.identity.run_id


def accepted_model(aws: Aws, run_id: str, **hyperparameters: Any) -> ServedModel:
    """Make a run's model, and accept it, however good it is. All runs have the same rows."""
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    params = {
        "bucket": BUCKET,
        "data_url": "bank_marketing_sample.csv",
        "hyperparameters": CONFIG.params.hyperparameters | hyperparameters,
    }
    policy = SourcePolicy(local_folder=DATASETS)
    plan = plan_of(params, policy=policy, run_id=run_id, planned_at=datetime.now(UTC))
    write_plan(s3, plan)
    raw = fetch(plan.params.data_url, policy=policy, s3=s3, raw_uri=plan.locations.raw)
    split = split_to_s3(s3, raw, plan)
    job = serving_model(sagemaker, plan, split)
    runtime, logs = aws.client("sagemaker-runtime"), aws.client("logs")
    evaluation = evaluate_endpoint(plan, split, job, s3=s3, runtime=runtime, logs=logs)
    delete(sagemaker, plan.key)
    manifest = record_run(s3, plan, evaluation, raw=raw, split=split, training=job)
    accept(s3, plan, manifest)
    features = read_object(s3, plan.locations.test_features).splitlines()
    predictions = pd.read_csv(io.BytesIO(read_object(s3, plan.locations.predictions)))
    trained_on = read_object(s3, f"{plan.locations.train}train.csv").splitlines()
    known = {line.partition(b",")[2] for line in trained_on}
    unseen = [line not in known for line in features]
    area = float(roc_auc_score(predictions["label"][unseen], predictions["score"][unseen]))
    return ServedModel(manifest, plan, features, predictions["score"].to_numpy(), area)


def serving_of(aws: Aws, run_id: str, serve: ServeSettings = QUICK) -> Serving:
    """Find the endpoint as a run of the DAG that promotes does."""
    sagemaker, s3 = aws.client("sagemaker"), aws.client("s3")
    own = RunTags(deployment_id=DEPLOYMENT_ID, dag_id=f"{PIPELINE}_serve", run_id=run_id, expires=None)
    looking = plan_of({"bucket": BUCKET}, run_id=run_id).identity
    return Serving(
        config=CONFIG,
        serve=serve,
        endpoint=ChampionEndpoint(sagemaker, ENDPOINT, own, longest_pause=0.5),
        runtime=aws.client("sagemaker-runtime"),
        cloudwatch=aws.client("cloudwatch"),
        s3=s3,
        models=ListedModels.of(BUCKET, PIPELINE, looking),
        is_usable=partial(is_made_by_its_run, sagemaker),
    )


def promote(aws: Aws, run_id: str, *models: ServedModel, wanted: str | None = None, **changes: Any) -> Served:
    """Promote the best of some models, as a run that their asset started does."""
    serving = serving_of(aws, run_id, QUICK.model_copy(update=changes))
    promotion = Promotion(serving, ROLE, before_it_bills=lambda: None)
    return promotion.promote(wanted, {model.run_id for model in models})


def roll_back(
    aws: Aws,
    run_id: str,
    wanted: str | None = None,
    before_it_changes: Callable[[str], object] = lambda _: None,
) -> Served:
    """Go back, as a run of that DAG does."""
    return go_back(serving_of(aws, run_id), wanted, before_it_changes)


def replace_archive(s3: "S3Client", model: ServedModel, content: bytes) -> None:
    """Put another archive into a model's place, as somebody could between its check and its start."""
    uri = model.manifest.training.model_uri
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=content)
