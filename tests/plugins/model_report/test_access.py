from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.plugins.model_report.browsing import (
    AGAINST,
    ALONE,
    COMPARE,
    LOG,
    MODELS,
    PREDICTIONS,
    REPORT,
    RUN,
    TASKS,
    side_by_side,
)
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import HIDDEN_DAG, PipelineRun, add_run, make_pipelines_of_both

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

Api = Callable[..., httpx.Client]


@pytest.fixture
def secret_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the DAG that only administrators may read a pipeline too."""
    make_pipelines_of_both(tmp_path, monkeypatch)


def test_anonymous_access_is_refused(api: Api, reported: PipelineRun) -> None:
    nobody = api()
    for path, query in (
        *((path, reported.query) for path in (RUN, ALONE, TASKS, PREDICTIONS, AGAINST)),
        (LOG, reported.query | {"task_id": "plan_run"}),
        (MODELS, {}),
        (COMPARE, side_by_side(reported, reported)),
    ):
        answer = nobody.get(path, params=query)
        assert answer.status_code == 401
        assert "Log in to Airflow" in answer.text
        assert "It is all here" not in answer.text


def test_a_user_without_permission_is_refused(api: Api, reported: PipelineRun) -> None:
    stranger = api("stranger")
    for path, query in (
        *((path, reported.query) for path in (RUN, ALONE, TASKS, PREDICTIONS, AGAINST)),
        (LOG, reported.query | {"task_id": "plan_run"}),
        (RUN, reported.query | {"run_id": "there_is_no_such_run"}),
        (MODELS, {}),
        (COMPARE, side_by_side(reported, reported)),
    ):
        answer = stranger.get(path, params=query)
        assert answer.status_code == 403
        assert reported.run_id not in answer.text


@pytest.mark.parametrize("by", ["cookie", "header"])
def test_cookie_and_bearer_token_both_let_in(api: Api, reported: PipelineRun, by: str) -> None:
    viewer = api("viewer", by=by)
    assert viewer.get(ALONE, params=reported.query).text == REPORT
    assert viewer.get(MODELS).status_code == 200


@pytest.mark.usefixtures("secret_pipeline")
def test_only_dags_that_the_user_may_read_are_shown(api: Api, s3: "S3Client", reported: PipelineRun) -> None:
    secret = add_run(s3, "secret_run", dag_id=HIDDEN_DAG).keep(evaluation=evaluation_of())
    viewer, admin = api("viewer"), api("admin")
    assert "secret_run" in admin.get(MODELS).text
    shown = viewer.get(MODELS).text
    assert reported.run_id in unescape(shown)
    assert "secret_run" not in shown
    assert "Secret models" not in shown
    assert viewer.get(MODELS, params={"pipeline": HIDDEN_DAG}).status_code == 403
    for query in (secret.query, secret.query | {"run_id": "no_such_run"}):
        assert viewer.get(RUN, params=query).status_code == 403
        assert admin.get(RUN, params=query).status_code in {200, 404}
    for pair in (side_by_side(reported, secret), side_by_side(secret, reported)):
        assert viewer.get(COMPARE, params=pair).status_code == 403
        assert admin.get(COMPARE, params=pair).status_code == 200


@pytest.mark.usefixtures("secret_pipeline")
def test_a_dag_that_is_named_twice_does_not_slip_through(api: Api, s3: "S3Client") -> None:
    secret = add_run(s3, "secret_twice", dag_id=HIDDEN_DAG).keep(report=REPORT)
    viewer = api("viewer")
    for names in (["bank_marketing", HIDDEN_DAG], [HIDDEN_DAG, "bank_marketing"], ["~", HIDDEN_DAG]):
        answer = viewer.get(RUN, params={"dag_id": names, "run_id": secret.run_id})
        assert answer.status_code in {403, 404}
        assert "It is all here" not in answer.text
