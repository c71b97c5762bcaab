from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

import httpx
import pytest

from include.pipeline.aws.object_store import write_object
from include.pipeline.documents.config import pipeline_names
from include.pipeline.documents.metrics import PreviousModel
from plugins.model_report.airflow_plugin import ModelReportPlugin
from tests.aws.clients import STRANGER, Aws
from tests.aws.connection import connect
from tests.plugins.model_report.browsing import (
    AGAINST,
    ALONE,
    COMPARE,
    HOSTILE,
    LOG,
    PREDICTIONS,
    REPORT,
    RUN,
    TASKS,
    Page,
)
from tests.plugins.model_report.evaluations import WEAK, evaluated, evaluation_of
from tests.plugins.model_report.pipeline_runs import DONE, PipelineRun, add_run, plan_of_run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_the_report_is_served_as_it_is_and_in_a_sandbox(admin: httpx.Client, reported: PipelineRun) -> None:
    answer = admin.get(ALONE, params=reported.query)
    assert answer.status_code == 200
    assert answer.text == REPORT
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "sandbox allow-downloads" in policy
    assert "default-src 'none'" in policy


def test_the_tab_leads_to_the_run_whatever_its_id_holds(admin: httpx.Client, s3: "S3Client") -> None:
    (tab,) = [view for view in ModelReportPlugin.external_views if view["destination"] == "dag_run"]
    for run_id in ("scheduled:+2026 08:00", "a&run_id=b#c%2F?", "ünïcode", HOSTILE):
        run = add_run(s3, run_id).keep(report=f"The report of {len(run_id)}")
        # The UI fills in what JavaScript's encodeURIComponent makes of them.
        address = (
            tab["href"].replace("{DAG_ID}", run.dag_id).replace("{RUN_ID}", quote(run_id, safe="!~*'()"))
        )
        outline = Page(admin.get(f"/{address}"))
        (leads,) = [
            each["content"] or "" for tag, each in outline.tags if each.get("http-equiv") == "refresh"
        ]
        address = urljoin(f"/{address}", leads.removeprefix("0;url="))
        (frame,) = [attributes for tag, attributes in Page(admin.get(address)).tags if tag == "iframe"]
        assert admin.get(f"/model_report/{frame['src']}").text == f"The report of {len(run_id)}"


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
    (log,) = [link for link in Page(answer).links if link.startswith("log?")]
    assert admin.get(f"/model_report/{log}").status_code == 200


def test_a_failed_task_tells_its_error_in_three_lines(admin: httpx.Client, s3: "S3Client") -> None:
    told = "Found: <b>3</b> cells\nExpected: every row has 4\nTo do: Correct the row"
    run = add_run(
        s3,
        "told",
        state="failed",
        tasks={"plan_run": "success", "split_data": "failed", "verify_teardown": "failed"},
        failures={"split_data": told, "verify_teardown": {"no": "text"}},
    )
    text = admin.get(RUN, params=run.query).text
    assert (
        "<pre>Found: &lt;b&gt;3&lt;/b&gt; cells\nExpected: every row has 4\nTo do: Correct the row</pre>"
        in text
    )
    assert text.index("<code>split_data</code>") < text.index("<pre>Found")
    assert "<pre>{&#34;no&#34;: &#34;text&#34;}</pre>" in text


def test_a_model_that_did_not_pass_has_its_three_lines_above_the_report(
    admin: httpx.Client, s3: "S3Client"
) -> None:
    told = "Found: roc_auc = 0.61\nExpected: it is at least 0.7\nTo do: Look at the report"
    tasks = DONE | {"check_quality": "failed", "write_report": "success"}
    run = add_run(s3, "refused", state="failed", tasks=tasks, failures={"check_quality": told})
    answer = admin.get(RUN, params=run.query)
    assert answer.text.index("<code>check_quality</code>") < answer.text.index(told)
    assert answer.text.index(told) < answer.text.index("<iframe")
    (log,) = [link for link in Page(answer).links if link.startswith("log?")]
    assert admin.get(f"/model_report/{log}").status_code == 200


def test_what_failed_is_told_where_its_bucket_may_not_be_read(
    admin: httpx.Client, aws: Aws, s3: "S3Client"
) -> None:
    aws.strangers_s3().create_bucket(Bucket="of-a-stranger")
    told = "Found: the bucket is a stranger's\nExpected: it is our own\nTo do: Take another"
    run = add_run(
        s3,
        "kept_out",
        state="failed",
        tasks={"plan_run": "success", "create_bucket": "failed"},
        bucket="of-a-stranger",
        failures={"create_bucket": told},
    )
    page = Page(admin.get(RUN, params=run.query))
    for words in ("Failed before the evaluation", "create_bucket", "Take another", "AccessDenied"):
        assert words in page.words
    going_on = add_run(s3, "going_on", state="running", tasks=DONE, bucket="of-a-stranger")
    assert admin.get(RUN, params=going_on.query).status_code == 503


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
    # Of the negatives, and of the positives.
    for share in ("98.7 %", "1.3 %", "80.1 %", "19.9 %"):
        assert share in page.words


def test_a_run_whose_bucket_nobody_told_is_looked_for_in_the_default_one(
    admin: httpx.Client, s3: "S3Client"
) -> None:
    run = add_run(s3, "no_xcom", bucket=None).keep(report=REPORT)
    assert admin.get(ALONE, params=run.query).text == REPORT


@pytest.mark.parametrize(
    ("bucket_owner", "is_shown"),
    [
        (None, False),
        ("123456789012", False),
        (STRANGER, True),
        ("111111111111", False),
    ],
)
def test_a_report_in_a_strangers_bucket_is_shown_only_where_the_run_named_that_account(
    admin: httpx.Client, aws: Aws, s3: "S3Client", *, bucket_owner: str | None, is_shown: bool
) -> None:
    stranger = aws.strangers_s3()
    bucket = f"report-of-a-stranger-{bucket_owner}".lower()
    stranger.create_bucket(Bucket=bucket)
    run = add_run(s3, "strangers", bucket=bucket, bucket_owner=bucket_owner)
    write_object(stranger, run.places.report, REPORT.encode(), "text/html")
    answer = admin.get(ALONE, params=run.query)
    assert (answer.text == REPORT) is is_shown
    if not is_shown:
        assert "AWS answered AccessDenied." in Page(answer).words
        assert "or of the one that bucket_owner names" in Page(answer).words


def test_what_is_not_there_is_said(admin: httpx.Client, reported: PipelineRun) -> None:
    unknown = admin.get(RUN, params=reported.query | {"run_id": "no_such_run"})
    assert unknown.status_code == 404
    assert "The DAG bank_marketing has no run no_such_run." in Page(unknown).words
    other = admin.get(RUN, params={"dag_id": "sagemaker_janitor", "run_id": "x"})
    assert other.status_code == 404
    pipelines = ", ".join(pipeline_names())
    assert (
        f"The DAG sagemaker_janitor does not train a model. The DAGs that do: {pipelines}."
        in Page(other).words
    )


def test_the_frame_of_a_report_comes_without_a_look_at_s3(
    admin: httpx.Client, s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    run = add_run(s3, "of_a_slow_s3", tasks=DONE | {"write_report": "success"})
    connect(monkeypatch, "http://127.0.0.1:9")
    page = Page(admin.get(RUN, params=run.query))
    assert "The report is read from S3" in page.words
    for path in ("models", "against?", "tasks?", "predictions?", "report?"):
        assert any(link.startswith(path) for link in page.links), path
    assert admin.get(ALONE, params=run.query).status_code == 503


@pytest.mark.parametrize("framed", [True, False])
def test_only_outside_a_frame_a_link_leads_to_the_run_in_airflow(
    admin: httpx.Client, s3: "S3Client", framed: bool
) -> None:
    run = add_run(s3, "a+b/c:d", tasks=DONE | {"write_report": "success"})
    headers = {"Sec-Fetch-Dest": "iframe" if framed else "document"}
    page = Page(admin.get(RUN, params=run.query, headers=headers))
    assert ("../dags/bank_marketing/runs/a%2Bb%2Fc%3Ad" in page.links) is not framed


def test_a_report_that_was_removed_is_said_in_its_frame(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "removed", tasks=DONE | {"write_report": "success"})
    assert "its report is not on S3" in Page(admin.get(ALONE, params=run.query)).words


def test_each_task_leads_to_its_log(admin: httpx.Client, s3: "S3Client") -> None:
    told = "Found: 3 cells\nExpected: every row has 4\nTo do: Correct the row"
    tasks = {"plan_run": "success", "split_data": "failed"}
    run = add_run(s3, "logged", state="failed", tasks=tasks, failures={"split_data": told})
    page = Page(admin.get(TASKS, params=run.query))
    (link,) = [link for link in page.links if link.endswith("task_id=split_data")]
    log = Page(admin.get(f"/model_report/{link}"))
    assert "Log of split_data Its last try, failed" in log.words
    assert "Found: 3 cells Expected: every row has 4 To do: Correct the row" in log.words
    log.assert_nothing_executes()
    absent = admin.get(LOG, params=run.query | {"task_id": "nothing"})
    assert absent.status_code == 404
    assert "The run logged has no task nothing." in Page(absent).words


def test_predictions_are_saved_where_rows_may_be_shown(admin: httpx.Client, s3: "S3Client") -> None:
    _, content = evaluated(WEAK)
    open_run, closed, bare = (add_run(s3, name) for name in ("open", "closed", "bare"))
    open_run.keep(predictions=content, plan=plan_of_run(open_run))
    plan = plan_of_run(closed)
    hidden = plan.model_copy(update={"table": plan.table.model_copy(update={"show_values": False})})
    closed.keep(predictions=content, plan=hidden)
    answer = admin.get(PREDICTIONS, params=open_run.query)
    assert answer.text == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="predictions.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for run in (closed, bare):
        refused = admin.get(PREDICTIONS, params=run.query)
        assert refused.status_code == 404
        assert run.places.predictions in refused.text


def test_a_run_is_compared_with_the_last_accepted_model(admin: httpx.Client, s3: "S3Client") -> None:
    first = add_run(s3, "accepted_before").keep(evaluation=evaluation_of())
    assert admin.get(AGAINST, params=first.query).status_code == 404
    previous = PreviousModel(run_id="accepted_before", roc_auc=0.76)
    later = add_run(s3, "later").keep(evaluation=evaluation_of(previous=previous))
    outline = admin.get(AGAINST, params=later.query, follow_redirects=True)
    refreshes = [found for _, found in Page(outline).tags if found.get("http-equiv") == "refresh"]
    place = str(refreshes[0]["content"]).removeprefix("0;url=")
    answer = admin.get(urljoin(str(outline.url), place))
    assert answer.url.path == COMPARE
    assert answer.status_code == 200
    assert Page(answer).words.index("accepted_before") < Page(answer).words.index("Run 2")
