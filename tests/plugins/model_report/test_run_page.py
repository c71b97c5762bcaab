from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest

from include.pipeline.aws.object_store import write_object
from plugins.model_report.airflow_plugin import ModelReportPlugin
from tests.aws.clients import STRANGER, Aws
from tests.plugins.model_report.browsing import HOSTILE, REPORT, RUN, Page
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import DONE, PipelineRun, add_run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_the_report_is_served_as_it_is_and_in_a_sandbox(admin: httpx.Client, reported: PipelineRun) -> None:
    answer = admin.get(RUN, params=reported.query)
    assert answer.status_code == 200
    assert answer.text == REPORT
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_the_tab_leads_to_the_run_whatever_its_id_holds(admin: httpx.Client, s3: "S3Client") -> None:
    (tab,) = [view for view in ModelReportPlugin.external_views if view["destination"] == "dag_run"]
    for run_id in ("scheduled:+2026 08:00", "a&run_id=b#c%2F?", "ünïcode", HOSTILE):
        run = add_run(s3, run_id).keep(report=f"The report of {len(run_id)}")
        # The UI fills in what JavaScript's encodeURIComponent makes of them.
        address = (
            tab["href"].replace("{DAG_ID}", run.dag_id).replace("{RUN_ID}", quote(run_id, safe="!~*'()"))
        )
        assert admin.get(f"/{address}").text == f"The report of {len(run_id)}"


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
    assert admin.get(RUN, params=run.query).text == REPORT


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
    answer = admin.get(RUN, params=run.query)
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
    assert (
        "The DAG sagemaker_janitor does not train a model. The DAGs that do: bank_marketing."
        in Page(other).words
    )
