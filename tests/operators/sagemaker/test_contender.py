"""A contender on an endpoint of its own: it is asked, and nothing of it is left, whatever happens."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from include.operators.sagemaker.contender import ScoreContenderOperator
from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.contest import ScoredContender
from include.pipeline.errors import ObjectError, OwnerError
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import BUCKET
from tests.aws.training_jobs import trained_model
from tests.pipeline.several_algorithms import plan_of_three

pytestmark = pytest.mark.slow

# Label first: the first feature tells it.
ROWS = b"1,9,1,1\n0,0,1,1\n1,8,0,1\n"


@pytest.fixture(scope="module")
def plan(aws: Aws) -> RunPlan:
    """A contender whose validation rows are there."""
    contending = plan_of_three(bucket=BUCKET).contending("xgboost")
    write_object(aws.client("s3"), contending.locations.validation, ROWS, "text/csv")
    return contending


@pytest.fixture(scope="module")
def archive(aws: Aws) -> str:
    return trained_model(aws.client("sagemaker"), "of-a-contender")


def scoring(plan: RunPlan, archive: str, rows: bytes = ROWS, **options: Any) -> ScoreContenderOperator:
    split = Split(
        rows=10,
        train_rows=4,
        validation_rows=3,
        test_rows=3,
        feature_names=("a", "b", "c"),
        train_sha256="",
        validation_sha256=hashlib.sha256(rows).hexdigest(),
    )
    return ScoreContenderOperator(
        task_id="score_contender",
        config=plan.model_dump(mode="json")["deployment"],
        model_data_url=archive,
        plan=plan.model_dump(mode="json"),
        split=split.model_dump(mode="json"),
        check_interval=1,
        **options,
    )


def left(aws: Aws) -> list[Any]:
    sagemaker = aws.client("sagemaker")
    kinds = ("list_endpoints", "list_endpoint_configs", "list_models")
    return [found for kind in kinds for found in listed(sagemaker, kind, NameContains="xgboost")]


def test_it_scores_the_validation_rows_and_leaves_their_predictions_alone(
    aws: Aws, plan: RunPlan, archive: str
) -> None:
    scored = ScoredContender.model_validate(scoring(plan, archive).execute({}))
    content = read_object(aws.client("s3"), plan.locations.validation_predictions)
    assert scored.predictions_sha256 == hashlib.sha256(content).hexdigest()
    assert scored.endpoint_seconds > 0
    header, *rows = content.decode().splitlines()
    assert header == "label,score"
    labels, scores = zip(*(row.split(",") for row in rows), strict=True)
    assert labels == ("1", "0", "1")
    assert float(scores[0]) > 0.5 > float(scores[1])
    assert left(aws) == []


def test_where_it_cannot_be_scored_its_endpoint_goes_all_the_same(
    aws: Aws, plan: RunPlan, archive: str
) -> None:
    with pytest.raises(ObjectError, match="split_data wrote it with"):
        scoring(plan, archive, rows=b"other rows").execute({})
    assert left(aws) == []


def test_another_runs_endpoint_of_its_name_stays(aws: Aws, plan: RunPlan, archive: str) -> None:
    sagemaker = aws.client("sagemaker")
    create_deployment(sagemaker, deployment_requests(plan.key, archive))
    with pytest.raises(OwnerError):
        scoring(plan, archive).execute({})
    assert len(left(aws)) == 3


def test_where_a_model_is_used_again_none_is_deployed(plan: RunPlan, archive: str) -> None:
    task = scoring(plan, archive, reused={"reason": "used again"})
    pushed: dict[str, Any] = {}
    with pytest.raises(AirflowSkipException, match="used again"):
        task.execute({"ti": SimpleNamespace(xcom_push=pushed.__setitem__)})  # type: ignore[typeddict-item]
    assert pushed == {"return_value": None}
