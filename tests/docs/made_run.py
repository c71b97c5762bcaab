"""A run of the bundled pipeline, made without Airflow: what pages about its results need."""

from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.evaluation.evaluate import evaluate_endpoint
from include.pipeline.history.manifest import record_run
from include.pipeline.planning.plan import write_plan
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from local_stack.demo import SAMPLE
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment, settled
from tests.aws.training_jobs import finished
from tests.pipeline.planned import CONFIG, plan_of


def make_run(aws: Aws, *, keep_endpoint: bool) -> RunPlan:
    """Train on the bundled sample, in the default bucket.

    Args:
        aws: A local AWS on which nothing was made yet.
        keep_endpoint: Whether the model is deployed and evaluated, and the endpoint left up.

    Returns:
        Its plan.
    """
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    policy = SourcePolicy(max_bytes=CONFIG.max_source_bytes, local_folder=SAMPLE.parent)
    plan = plan_of({"data_url": str(SAMPLE), "keep_endpoint": keep_endpoint}, policy=policy)
    s3.create_bucket(Bucket=plan.bucket)
    write_plan(s3, plan)
    raw = fetch(str(SAMPLE), policy=policy, s3=s3, raw_uri=plan.locations.raw)
    split = split_to_s3(s3, raw, plan)
    sagemaker.create_training_job(**plan.training)
    archive = finished(sagemaker, plan.key)["ModelArtifacts"]["S3ModelArtifacts"]
    if keep_endpoint:
        model = plan.deployment["Model"]
        container = model["PrimaryContainer"] | {"ModelDataUrl": archive}
        create_deployment(sagemaker, plan.deployment | {"Model": model | {"PrimaryContainer": container}})
        assert settled(sagemaker, plan.key)["EndpointStatus"] == "InService"
        job = CompletedTrainingJob.describe(sagemaker, plan.key)
        runtime, logs = aws.client("sagemaker-runtime"), aws.client("logs")
        evaluation = evaluate_endpoint(plan, split, job, s3=s3, runtime=runtime, logs=logs)
        record_run(s3, plan, evaluation, raw=raw, split=split, training=job)
    return plan
