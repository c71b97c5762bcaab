"""What the tasks tell Airflow's metrics of their jobs and endpoints, as a StatsD server receives it."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk._shared.observability.metrics import stats as stats_module
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.statsd_logger import get_statsd_logger
from botocore.exceptions import ClientError

from include.operators.sagemaker.billed import count_billed, endpoint_instances
from include.operators.sagemaker.deletion import DeleteSageMakerEndpointOperator
from include.operators.sagemaker.training import ResumableSageMakerTrainingOperator
from include.operators.sagemaker.tuning import ResumableSageMakerTuningOperator
from include.pipeline.errors import TrainingError
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment, settled
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import BUCKET, as_csv, separable_rows
from tests.aws.training_jobs import trained_model
from tests.aws.tuning_jobs import trials, tuning_request
from tests.aws.waiting import wait_until
from tests.operators.sagemaker.training_jobs import PLAN, planned_config
from tests.services.statsd_listener import StatsdListener, statsd_listener

pytestmark = pytest.mark.slow

SECONDS, COST = "airflow.sagemaker.billed_seconds", "airflow.sagemaker.cost_usd"


@pytest.fixture
def statsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatsdListener]:
    """What Airflow's own client sends, set as in the cluster."""
    with statsd_listener() as listener:
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_HOST", "127.0.0.1")
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_PORT", str(listener.port))
        monkeypatch.setenv("AIRFLOW__METRICS__STATSD_INFLUXDB_ENABLED", "true")
        stats.initialize(factory=get_statsd_logger, export_legacy_names=False)
        yield listener
        stats_module._get_backend().statsd.close()
        stats.initialize(factory=NoStatsLogger, export_legacy_names=False)


def train(name: str, **hyperparameters: str) -> None:
    config = planned_config(name, **hyperparameters)
    ResumableSageMakerTrainingOperator(task_id="train_model", config=config, check_interval=1).execute({})


def test_instances_are_counted_by_pipeline_and_use(statsd: StatsdListener) -> None:
    half_an_hour = timedelta(minutes=30)
    count_billed("training", [("ml.m4.xlarge", 2)], half_an_hour, dag_id="one", region="us-east-1")
    count_billed("endpoint", [("ml.unheard.of", 1)], half_an_hour, dag_id="two", region="us-east-1")
    wait_until(lambda: len(statsd.lines) == 3)
    assert statsd.values(SECONDS, dag_id="one", use="training") == [3600]
    # 0.28 USD an hour each.
    assert statsd.values(COST, dag_id="one", use="training") == [pytest.approx(0.28)]
    assert statsd.values(SECONDS, dag_id="two", use="endpoint") == [1800]
    assert statsd.values(COST, dag_id="two") == []


def test_a_job_is_counted_once_whether_it_went_well_or_not(aws: Aws, statsd: StatsdListener) -> None:
    def billed(name: str) -> int:
        job = aws.client("sagemaker").describe_training_job(TrainingJobName=name)
        return int(job["BillableTimeInSeconds"])

    train("counted")
    wait_until(lambda: len(statsd.values(COST)) == 1)
    assert statsd.values(SECONDS, dag_id=PLAN.dag_id, use="training") == [billed("counted")]
    with pytest.raises(TrainingError, match="ended as Failed"):
        train("counted-failure", eta="2")
    wait_until(lambda: len(statsd.values(COST)) == 2)
    assert statsd.values(SECONDS, use="training") == [billed("counted"), billed("counted-failure")]


def test_a_tuning_job_is_counted_with_all_of_its_training_jobs(aws: Aws, statsd: StatsdListener) -> None:
    sagemaker, name = aws.client("sagemaker"), "counted-tuning"
    aws.client("s3").put_object(
        Bucket=BUCKET, Key="validation/validation.csv", Body=as_csv(separable_rows()[:80])
    )
    config = tuning_request(name, members={"Tags": PLAN.to_aws()})
    ResumableSageMakerTuningOperator(task_id="train_model", config=config, check_interval=1).execute({})
    wait_until(lambda: len(statsd.values(COST)) == 1)
    billed = [
        sagemaker.describe_training_job(TrainingJobName=trial["TrainingJobName"])["BillableTimeInSeconds"]
        for trial in trials(sagemaker, name)
    ]
    assert len(billed) == 3
    assert statsd.values(SECONDS, dag_id=PLAN.dag_id, use="training") == [sum(billed)]


def test_an_endpoint_is_counted_when_it_is_deleted(aws: Aws, statsd: StatsdListener) -> None:
    sagemaker = aws.client("sagemaker")
    archive = trained_model(sagemaker, "for-billed")
    create_deployment(sagemaker, deployment_requests("billed", archive, PLAN.to_aws()))
    settled(sagemaker, "billed")
    (instances,) = endpoint_instances(sagemaker, "billed")
    assert instances[1] == 1
    context: Any = {"dag_run": SimpleNamespace(dag_id=PLAN.dag_id, run_id=PLAN.run_id)}
    for _ in range(2):
        DeleteSageMakerEndpointOperator(task_id="delete", name="billed", check_interval=1).execute(context)
    wait_until(lambda: bool(statsd.values(SECONDS)))
    (seconds,) = statsd.values(SECONDS, dag_id=PLAN.dag_id, use="endpoint")
    assert 0 < seconds < 120


def test_an_endpoint_that_may_not_be_asked_has_no_instances() -> None:
    def refuse(**_: Any) -> None:
        error = {"Code": "AccessDeniedException", "Message": "no"}
        raise ClientError({"Error": error}, "DescribeEndpoint")  # type: ignore[typeddict-item]

    assert endpoint_instances(SimpleNamespace(describe_endpoint=refuse), "any") == []
