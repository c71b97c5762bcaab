import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.aws.connection import connect
from tests.plugins.model_report.browsing import COMPARE, HOSTILE, MODELS, RUN, TASKS, Page, side_by_side
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import FIRST_RUN, PipelineRun, add_run, plan_of_run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

Api = Callable[..., httpx.Client]


def test_every_answer_carries_the_headers(api: Api, admin: httpx.Client, reported: PipelineRun) -> None:
    answers = [
        admin.get(RUN, params=reported.query),
        admin.get(RUN, params=reported.query | {"run_id": "none"}),
        admin.get(RUN),
        admin.get(MODELS),
        admin.post(MODELS),
        admin.get("/model_report/nothing"),
        api().get(MODELS),
        api("stranger").get(MODELS),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 422, 200, 405, 404, 401, 403]
    for answer in answers:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-store"
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
            "base-uri 'none'",
        } <= set(policy)
        assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_all_links_are_relative_so_that_they_hold_below_a_path(
    admin: httpx.Client, reported: PipelineRun
) -> None:
    paths = ((MODELS, {}), (COMPARE, side_by_side(reported, reported)), (TASKS, reported.query))
    for path, query in paths:
        page = Page(admin.get(path, params=query))
        actions = [attributes["action"] or "" for tag, attributes in page.tags if tag == "form"]
        assert page.links
        for address in page.links + actions:
            assert re.fullmatch(r"(models|run|compare|tasks|log)(\?.*)?|data:text/csv;.*", address)


def test_hostile_names_neither_execute_nor_break_a_page(admin: httpx.Client, s3: "S3Client") -> None:
    runs = []
    for i in range(2):
        run = add_run(s3, f"{HOSTILE}{i}", run_after=FIRST_RUN + timedelta(days=i))
        plan = plan_of_run(run, data_url=f"https://example.org/{HOSTILE}{i}.csv")
        run.keep(evaluation=evaluation_of(features={HOSTILE: 0.5, f"{HOSTILE}{i}": 0.4}), plan=plan)
        runs.append(run)
    for path, query in (
        (RUN, runs[0].query),
        (RUN, runs[0].query | {"run_id": f"{HOSTILE}9"}),
        (RUN, {"dag_id": HOSTILE, "run_id": HOSTILE}),
        (MODELS, {}),
        (MODELS, {"pipeline": HOSTILE}),
        (COMPARE, side_by_side(runs[0], runs[1])),
        (COMPARE, {"first": HOSTILE, "second": HOSTILE}),
    ):
        page = Page(admin.get(path, params=query))
        page.assert_nothing_executes()
        # Of what is given as one DAG and run, only the first half is said again.
        assert '"><script>alert(1)<' in page.words


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"schema_version": 2}', "metrics.json has schema_version 2"),
        (b'{"rows": 10, "accuracy": 0.9}', "metrics.json cannot be read"),
    ],
)
def test_figures_that_cannot_be_read_are_told_apart_from_none(
    admin: httpx.Client, s3: "S3Client", body: bytes, said: str
) -> None:
    run = add_run(s3, "old_figures").keep(evaluation=evaluation_of())
    bucket, _, key = run.places.metrics.removeprefix("s3://").partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert said in Page(admin.get(RUN, params=run.query)).words
    answer = admin.get(COMPARE, params=side_by_side(run, run))
    assert answer.status_code == 404
    assert said in answer.text


@pytest.mark.parametrize("path", [COMPARE, RUN])
def test_an_s3_that_does_not_answer_is_told_with_what_to_do(
    admin: httpx.Client, reported: PipelineRun, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "http://127.0.0.1:9")
    query = reported.query if path == RUN else side_by_side(reported, reported)
    answer = admin.get(path, params=query)
    assert answer.status_code == 503
    assert "Check region, endpoint and credentials of the Airflow connection aws_default" in answer.text
    assert "127.0.0.1:9" not in answer.text
    assert "Traceback" not in answer.text


def test_a_connection_that_is_no_connection(
    admin: httpx.Client, reported: PipelineRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "no address")
    assert admin.get(RUN, params=reported.query).status_code == 503


def test_a_fault_of_the_page_itself_shows_no_stack_trace(
    admin: httpx.Client, reported: PipelineRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a secret of the code")

    monkeypatch.setattr("plugins.model_report.run.run_pages.find_run", fails)
    answer = admin.get(RUN, params=reported.query)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "a secret of the code" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
