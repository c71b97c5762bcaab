"""Runs that score rows of the churn table, on the local AWS where its model is accepted."""

from datetime import UTC, datetime
from typing import Any

from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.plan import RunIdentity
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.scoring.params import ScoreParams
from include.pipeline.documents.scoring.plan import ScorePlan
from include.pipeline.documents.scoring.rows import Scoring
from include.pipeline.documents.scoring.settings import ScoreSettings
from include.pipeline.scoring.answers import answered
from include.pipeline.scoring.model import choose_model
from include.pipeline.scoring.planning import make_score_plan
from include.pipeline.scoring.record import finish_scoring
from include.pipeline.scoring.request import serving
from include.pipeline.scoring.rows import encode_rows
from tests.aws.clients import Aws
from tests.aws.transform_jobs import ended
from tests.pipeline.data.encoding.churn import TABLE
from tests.pipeline.planned import CONFIG, ROLE, allowing
from tests.project import DEPLOYMENT_ID

MOST = 10**9
SCORE_CONFIG = CONFIG.model_copy(update={"table": TABLE, "score": ScoreSettings()})


def score_plan_of(
    run_id: str = "manual__1",
    *,
    config: PipelineConfig = SCORE_CONFIG,
    pipeline: str = "churn",
    **params: Any,
) -> ScorePlan:
    """Plan a run, within limits that allow its Params."""
    given = {"data_url": "https://data.example.com/new.csv", "bucket": "churn"} | params
    chosen = {"training_instance_type": "ml.m5.large", "image_version": config.params.image_version}
    allowed = allowing(config, given | chosen)
    return make_score_plan(
        ScoreParams.defaults(config).model_dump() | given,
        identity=RunIdentity(
            deployment_id=DEPLOYMENT_ID,
            dag_id=f"{pipeline}_score",
            run_id=run_id,
            account_id="123456789012",
            region="us-east-1",
            planned_at=datetime(2026, 11, 27, tzinfo=UTC),
        ),
        pipeline=pipeline,
        config=allowed,
        default_role=ROLE,
        source_policy=None,
        iam=None,  # type: ignore[arg-type]
    )


def score(aws: Aws, raw: RawData, plan: ScorePlan) -> Scoring:
    """Do what the tasks of a run do."""
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    model = choose_model(s3, plan)
    encoded = encode_rows(s3, raw, plan, model, max_bytes=MOST)
    sagemaker.create_model(**serving(plan.transform["Model"], model))
    sagemaker.create_transform_job(**plan.transform["Transform"])
    job = ended(sagemaker, plan.key)
    assert job["TransformJobStatus"] == "Completed", job
    answers = answered(sagemaker, plan, {"Transform": {"TransformJobName": plan.key}})
    return finish_scoring(s3, plan, raw=raw, model=model, encoded=encoded, answers=answers, max_bytes=MOST)
