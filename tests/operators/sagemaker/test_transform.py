import copy
import threading
from typing import Any

import pytest

from include.operators.sagemaker.transform import ResumableSageMakerTransformOperator
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.scoring.model import ScoringModel
from include.pipeline.errors import OwnerError, ParamError, TransformError
from include.pipeline.scoring.request import transform_request
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import IMAGE, ROLE
from tests.aws.training_data import BUCKET, as_csv, separable_rows
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import wait_until
from tests.operators.sagemaker.training_jobs import NEXT_PLAN, PLAN, TaskStateStore
from tests.pipeline.scoring.scored_rows import score_plan_of

pytestmark = pytest.mark.slow

ROWS = 200


@pytest.fixture(scope="module")
def model(aws: Aws) -> ScoringModel:
    """A model, and rows that it scores."""
    archive = trained_model(aws.client("sagemaker"), "scores")
    rows = as_csv(separable_rows()[:, 1:])
    aws.client("s3").put_object(Bucket=BUCKET, Key="rows/rows-000000.csv", Body=rows)
    return ScoringModel(
        key="scores",
        run_id="manual__0",
        image_uri=IMAGE,
        model_uri=archive,
        archive_sha256="0" * 64,
        threshold=0.5,
        encoding_sha256="0" * 64,
        profile_uri="s3://bucket/profile.json",
        roc_auc=0.9,
        expected_positives=0.5,
    )


def operator(
    name: str, model: ScoringModel, plan: RunTags = PLAN, **changes: Any
) -> ResumableSageMakerTransformOperator:
    config = transform_request(
        score_plan_of().params,
        AwsSettings(),
        name=name,
        role_arn=ROLE,
        rows_uri=f"s3://{BUCKET}/rows/",
        answers_uri=f"s3://{BUCKET}/answers",
        accept="text/csv",
        tags=plan.to_aws(),
    )
    usual = {"images": [IMAGE], "archives": [f"s3://{BUCKET}/"], "longest_seconds": 600}
    return ResumableSageMakerTransformOperator(
        task_id="score_rows",
        config=copy.deepcopy(config),
        model=model.model_dump(mode="json"),
        check_interval=1,
        **usual | changes,
    )


def jobs(aws: Aws, name: str) -> dict[str, str]:
    found = listed(aws.client("sagemaker"), "list_transform_jobs", NameContains=name)
    return {job["TransformJobName"]: job["TransformJobStatus"] for job in found}


def test_a_job_scores_each_row_with_the_runs_own_model_and_is_not_bought_again(
    aws: Aws, model: ScoringModel
) -> None:
    store = TaskStateStore()
    first = operator("batch", model).execute({"task_state_store": store})
    assert first["Model"]["PrimaryContainer"]["ModelDataUrl"] == model.model_uri
    answer = aws.client("s3").get_object(Bucket=BUCKET, Key="answers/batch/rows-000000.csv.out")
    scores = [float(line) for line in answer["Body"].read().split()]
    assert len(scores) == ROWS
    # A retry after a crash, with and without what Airflow kept.
    for kept in (store, TaskStateStore()):
        again = operator("batch", model).execute({"task_state_store": kept})
        assert again["Transform"]["TransformJobArn"] == first["Transform"]["TransformJobArn"]
    assert jobs(aws, "batch") == {"batch": "Completed"}
    # A run that was cleared may have other rows: its job has another name, and answers of its own.
    cleared = operator("batch", model, NEXT_PLAN).execute({"task_state_store": store})
    assert cleared["Transform"]["TransformOutput"]["S3OutputPath"] == f"s3://{BUCKET}/answers/batch-2"
    assert jobs(aws, "batch") == {"batch": "Completed", "batch-2": "Completed"}


def test_killing_the_task_stops_the_job_and_a_stopped_job_is_a_failure(aws: Aws, model: ScoringModel) -> None:
    task = operator("killed-batch", model)

    def kill_once_it_is_there() -> None:
        wait_until(lambda: jobs(aws, "killed-batch") == {"killed-batch": "InProgress"})
        task.on_kill()

    outside = threading.Thread(target=kill_once_it_is_there)
    outside.start()
    with pytest.raises(TransformError, match="ended as Stopped"):
        task.execute({"task_state_store": TaskStateStore()})
    outside.join()


def test_a_job_that_takes_too_long_is_stopped(aws: Aws, model: ScoringModel) -> None:
    with pytest.raises(TransformError, match="within max_runtime_seconds = 0"):
        operator("long-batch", model, longest_seconds=0).execute({})
    assert jobs(aws, "long-batch") == {"long-batch": "Stopped"}


def test_a_failed_job_fails_the_task_with_its_reason(aws: Aws, model: ScoringModel) -> None:
    broken = model.model_copy(update={"model_uri": f"s3://{BUCKET}/rows/rows-000000.csv"})
    with pytest.raises(TransformError, match=r"ended as Failed: .*ClientError"):
        operator("failing-batch", broken).execute({})
    # The next plan's model takes the place of that of the one before.
    operator("failing-batch", model, NEXT_PLAN).execute({})
    described = aws.client("sagemaker").describe_model(ModelName="failing-batch")
    assert described["PrimaryContainer"]["ModelDataUrl"] == model.model_uri


@pytest.mark.parametrize(
    "changes",
    [{"images": ["another"]}, {"archives": ["s3://another/"]}],
    ids=["image", "place"],
)
def test_a_model_that_is_none_of_the_pipelines_scores_nothing(
    aws: Aws, model: ScoringModel, changes: dict[str, list[str]]
) -> None:
    with pytest.raises(ParamError, match="Clear choose_model"):
        operator("strange-batch", model, **changes).execute({})
    assert jobs(aws, "strange-batch") == {}


def test_a_model_of_the_name_that_is_anothers_stays(aws: Aws, model: ScoringModel) -> None:
    sagemaker = aws.client("sagemaker")
    sagemaker.create_model(
        ModelName="taken-batch",
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model.model_uri},
        ExecutionRoleArn=ROLE,
    )
    with pytest.raises(OwnerError, match="'taken-batch' is there already"):
        operator("taken-batch", model).execute({})
    assert jobs(aws, "taken-batch") == {}
