import itertools
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import httpx
import pytest

from include.pipeline import config
from plugins.model_report.airflow_plugin import ModelReportPlugin
from tests.pipeline.planned import CONFIG
from tests.plugins.model_report.conftest import connect
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import (
    DONE,
    FIRST_RUN,
    SECRET_DAG,
    PipelineRun,
    add_run,
    plan_of_run,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

Api = Callable[..., httpx.Client]

RUN = "/model_report/run"
MODELS = "/model_report/models"
COMPARE = "/model_report/compare"
COUNTER = itertools.count()
REPORT = "<!doctype html><title>A report</title><h1>It is all here</h1><script>alert(1)</script>"
HOSTILE = """"><script>alert(1)</script>&'{{ 7*7 }}/<img src=x onerror=alert(1)>"""


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] != "style":
            self.text += f" {data}"

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def assert_nothing_executes(self) -> None:
        assert {tag for tag, _ in self.tags}.isdisjoint({"script", "img", "iframe", "object", "base"})
        assert not [name for _, attributes in self.tags for name in attributes if name.startswith("on")]


def side_by_side(first: PipelineRun, second: PipelineRun) -> dict[str, str]:
    return {
        "first": f"{first.dag_id}/{first.run_id}",
        "second": f"{second.dag_id}/{second.run_id}",
    }


@pytest.fixture
def reported(s3: "S3Client") -> PipelineRun:
    run_id = f"manual__2026-11-24T05:55:26.{next(COUNTER):06}+00:00"
    return add_run(s3, run_id).keep(evaluation=evaluation_of(), report=REPORT)


@pytest.fixture
def secret_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the DAG that only administrators may read a pipeline too."""
    own = (config.DATASETS / "bank_marketing.yaml").read_text()
    (tmp_path / "bank_marketing.yaml").write_text(own)
    (tmp_path / f"{SECRET_DAG}.yaml").write_text(own.replace("title: Bank marketing", "title: Secret models"))
    monkeypatch.setattr(config, "DATASETS", tmp_path)


def test_anonymous_access_is_refused(api: Api, reported: PipelineRun) -> None:
    nobody = api()
    for path, query in (
        (RUN, reported.query),
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
        (RUN, reported.query),
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
    assert viewer.get(RUN, params=reported.query).text == REPORT
    assert viewer.get(MODELS).status_code == 200


@pytest.mark.usefixtures("secret_pipeline")
def test_only_dags_that_the_user_may_read_are_shown(api: Api, s3: "S3Client", reported: PipelineRun) -> None:
    secret = add_run(s3, "secret_run", dag_id=SECRET_DAG).keep(evaluation=evaluation_of())
    viewer, admin = api("viewer"), api("admin")
    assert "secret_run" in admin.get(MODELS).text
    shown = viewer.get(MODELS).text
    assert reported.run_id in unescape(shown)
    assert "secret_run" not in shown
    assert "Secret models" not in shown
    assert viewer.get(MODELS, params={"pipeline": SECRET_DAG}).status_code == 403
    for query in (secret.query, secret.query | {"run_id": "no_such_run"}):
        assert viewer.get(RUN, params=query).status_code == 403
        assert admin.get(RUN, params=query).status_code in {200, 404}
    for pair in (side_by_side(reported, secret), side_by_side(secret, reported)):
        assert viewer.get(COMPARE, params=pair).status_code == 403
        assert admin.get(COMPARE, params=pair).status_code == 200


@pytest.mark.usefixtures("secret_pipeline")
def test_a_dag_that_is_named_twice_does_not_slip_through(api: Api, s3: "S3Client") -> None:
    secret = add_run(s3, "secret_twice", dag_id=SECRET_DAG).keep(report=REPORT)
    viewer = api("viewer")
    for names in (["bank_marketing", SECRET_DAG], [SECRET_DAG, "bank_marketing"], ["~", SECRET_DAG]):
        answer = viewer.get(RUN, params={"dag_id": names, "run_id": secret.run_id})
        assert answer.status_code in {403, 404}
        assert "It is all here" not in answer.text


def test_the_report_is_served_as_it_is_and_in_a_sandbox(admin: httpx.Client, reported: PipelineRun) -> None:
    answer = admin.get(RUN, params=reported.query)
    assert answer.status_code == 200
    assert answer.text == REPORT
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


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


def test_the_tab_leads_to_the_run_whatever_its_id_holds(admin: httpx.Client, s3: "S3Client") -> None:
    (tab,) = [view for view in ModelReportPlugin.external_views if view["destination"] == "dag_run"]
    for run_id in ("scheduled:+2026 08:00", "a&run_id=b#c%2F?", "ünïcode", HOSTILE):
        run = add_run(s3, run_id).keep(report=f"The report of {len(run_id)}")
        # The UI fills in what JavaScript's encodeURIComponent makes of them.
        address = (
            tab["href"].replace("{DAG_ID}", run.dag_id).replace("{RUN_ID}", quote(run_id, safe="!~*'()"))
        )
        assert admin.get(f"/{address}").text == f"The report of {len(run_id)}"
        run.forget()


def test_a_run_without_a_report_says_where_it_is(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "at_work", state="running", tasks={"plan_run": "success", "train_model": "running"})
    page = Page(admin.get(RUN, params=run.query))
    assert "The run is running" in page.words
    assert "Its task train_model is running." in page.words


def test_a_run_that_failed_early_names_the_task(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "early", state="failed", tasks={"plan_run": "failed"}, bucket=None)
    answer = admin.get(RUN, params=run.query)
    assert answer.status_code == 200
    assert "Failed before the evaluation" in answer.text
    assert "<code>plan_run</code>" in answer.text


def test_a_run_without_a_report_shows_the_figures_that_are_there(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "tearing_down", state="running", tasks=DONE | {"delete_endpoint": "running"})
    run.keep(evaluation=evaluation_of())
    page = Page(admin.get(RUN, params=run.query))
    assert "Its task delete_endpoint is running." in page.words
    for figure in (
        "0.7768",
        "0.7627 to 0.7901",
        "0.4261",
        "0.8960",
        "0.8850",
        "10,789",
        "147",
        "1,138",
        "283",
    ):
        assert figure in page.words
    # Of those observed no, and of those observed yes.
    for share in ("98.7%", "1.3%", "80.1%", "19.9%"):
        assert share in page.words


def test_a_run_whose_bucket_nobody_told_is_looked_for_in_the_default_one(
    admin: httpx.Client, s3: "S3Client"
) -> None:
    run = add_run(s3, "no_xcom", bucket=None).keep(report=REPORT)
    assert admin.get(RUN, params=run.query).text == REPORT


def test_figures_of_another_version_are_told_apart_from_none(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "old_figures", run_after=FIRST_RUN + timedelta(days=400)).keep(
        evaluation=evaluation_of()
    )
    bucket, _, key = run.places.metrics.removeprefix("s3://").partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=b'{"rows": 10, "accuracy": 0.9}')
    assert "of another version" in Page(admin.get(RUN, params=run.query)).words
    assert "of another version" in Page(admin.get(MODELS)).words
    answer = admin.get(COMPARE, params=side_by_side(run, run))
    assert answer.status_code == 404
    assert "of another version" in answer.text


def test_what_is_not_there_is_said(admin: httpx.Client, reported: PipelineRun) -> None:
    unknown = admin.get(RUN, params=reported.query | {"run_id": "no_such_run"})
    assert unknown.status_code == 404
    assert "The DAG bank_marketing has no run no_such_run." in Page(unknown).words
    other = admin.get(RUN, params={"dag_id": "sagemaker_janitor", "run_id": "x"})
    assert other.status_code == 404
    assert "is no DAG that trains a model. Those that do: bank_marketing." in Page(other).words


def test_the_models_are_listed_newest_first_a_page_at_a_time(admin: httpx.Client, s3: "S3Client") -> None:
    ids = [f"listed_{i:02}" for i in range(26)]
    for i, run_id in enumerate(ids):
        run = add_run(s3, run_id, run_after=FIRST_RUN + timedelta(days=500 + i))
        if i:
            run.keep(evaluation=evaluation_of(roc_auc=0.7 + i / 1000))
    page = Page(admin.get(MODELS))
    listed = [link for link in page.links if link.startswith("run?")]
    assert [link.rpartition("=")[2] for link in listed] == ids[:0:-1]
    assert "0.7250" in page.words
    assert "ROC AUC from 0.701 to 0.725, last 0.725" in str(page.tags)
    (older,) = [link for link in page.links if "page=2" in link]
    later = Page(admin.get(urljoin(MODELS, older)))
    assert later.links[0].endswith("listed_00")
    (newer,) = [link for link in later.links if "page=1" in link]
    assert "listed_25" in admin.get(urljoin(MODELS, newer)).text
    page.assert_nothing_executes()


def test_all_links_are_relative_so_that_they_hold_below_a_path(
    admin: httpx.Client, reported: PipelineRun
) -> None:
    for path, query in ((MODELS, {}), (COMPARE, side_by_side(reported, reported))):
        page = Page(admin.get(path, params=query))
        actions = [attributes["action"] or "" for tag, attributes in page.tags if tag == "form"]
        assert page.links
        for address in page.links + actions:
            assert re.fullmatch(r"(models|run|compare)(\?.*)?", address)


def test_the_form_compares_the_two_runs_it_offers(admin: httpx.Client, s3: "S3Client") -> None:
    for i, run_id in enumerate(("older+run", "newer/run&x=1")):
        run = add_run(s3, run_id, run_after=FIRST_RUN + timedelta(days=600 + i))
        run.keep(evaluation=evaluation_of(roc_auc=0.76 + i / 100))
    page = Page(admin.get(MODELS))
    chosen = [attributes["value"] or "" for tag, attributes in page.tags if "selected" in attributes]
    assert chosen == ["bank_marketing/older+run", "bank_marketing/newer/run&x=1"]
    compared = Page(admin.get(COMPARE, params=dict(zip(("first", "second"), chosen, strict=True))))
    assert "0.7600" in compared.words
    assert "0.7700" in compared.words
    assert "+0.0100" in compared.words


def test_two_runs_side_by_side(admin: httpx.Client, s3: "S3Client") -> None:
    first = add_run(s3, "first_of_two")
    second = add_run(s3, "second_of_two")
    first.keep(
        evaluation=evaluation_of(features={"age": 0.25}),
        plan=plan_of_run(first, data_url="https://user:made-up@example.org/a.csv?token=hunter2"),
    )
    second.keep(
        evaluation=evaluation_of(
            roc_auc=0.81,
            intervals={"roc_auc": (0.80, 0.82)},
            log_loss=0.29,
            features={"age": 0.75},
            rows=12356,
        ),
        plan=plan_of_run(
            second,
            data_url="https://user:made-up@example.org/b.csv?token=hunter2",
            hyperparameters={**CONFIG.params.hyperparameters, "max_depth": 9},
        ),
    )
    answer = admin.get(COMPARE, params=side_by_side(first, second))
    page = Page(answer)
    for words in (
        "0.7768 0.7627 to 0.7901 0.8100 0.8000 to 0.8200 +0.0332 ▲ better",
        "+0.0059 ▼ worse the intervals overlap",
        "tested on different rows",
        "age 0.2500 0.7500",
        "hyperparameters.max_depth 5 9",
        "data_url https://example.org/a.csv https://example.org/b.csv",
    ):
        assert words in page.words
    for secret in ("hunter2", "made-up", "user:"):
        assert secret not in answer.text


def test_a_run_without_a_plan_is_compared_all_the_same(admin: httpx.Client, reported: PipelineRun) -> None:
    page = Page(admin.get(COMPARE, params=side_by_side(reported, reported)))
    assert "The plan of one of the runs is not there." in page.words
    assert "= the same" in page.words


def test_a_run_without_figures_is_not_compared(
    admin: httpx.Client, s3: "S3Client", reported: PipelineRun
) -> None:
    bare = add_run(s3, "bare")
    answer = admin.get(COMPARE, params=side_by_side(reported, bare))
    assert answer.status_code == 404
    assert "The run bare of bank_marketing has no figures." in Page(answer).words


def test_hostile_names_neither_execute_nor_break_a_page(admin: httpx.Client, s3: "S3Client") -> None:
    runs = []
    for i in range(2):
        run = add_run(s3, f"{HOSTILE}{i}", run_after=FIRST_RUN + timedelta(days=700 + i))
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
    for run in runs:
        run.forget()


@pytest.mark.parametrize("path", [MODELS, RUN])
def test_an_s3_that_does_not_answer_is_told_with_what_to_do(
    admin: httpx.Client, reported: PipelineRun, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "http://127.0.0.1:9")
    answer = admin.get(path, params=reported.query)
    assert answer.status_code == 503
    assert "Check region, endpoint and credentials of the Airflow connection aws_default" in answer.text
    assert "127.0.0.1:9" not in answer.text
    assert "Traceback" not in answer.text


def test_a_connection_that_is_no_connection(
    admin: httpx.Client, reported: PipelineRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "no address")
    assert admin.get(RUN, params=reported.query).status_code == 503


def test_one_bucket_that_cannot_be_read_leaves_the_other_runs_alone(
    admin: httpx.Client, s3: "S3Client"
) -> None:
    after = FIRST_RUN + timedelta(days=800)
    add_run(s3, "bad_bucket", run_after=after, bucket="Not A Bucket!")
    good = add_run(s3, "good_bucket", run_after=after).keep(evaluation=evaluation_of(roc_auc=0.7654))
    page = Page(admin.get(MODELS))
    assert "could not be read (ParamValidationError)" in page.words
    assert "0.7654" in page.words
    good.forget()


def test_a_fault_of_the_page_itself_shows_no_stack_trace(
    admin: httpx.Client, reported: PipelineRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a secret of the code")

    monkeypatch.setattr("plugins.model_report.app.find_run", fails)
    answer = admin.get(RUN, params=reported.query)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "a secret of the code" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
