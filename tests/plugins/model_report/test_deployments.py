"""Where the pages look for a run's objects: which Airflow its plan was of."""

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.plugins.model_report.browsing import ALONE, MODELS, REPORT, RUN, Page
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import add_run
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_a_run_of_a_version_that_told_only_its_bucket_is_found(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "of_before", deployment_id=None).keep(report=REPORT)
    assert run.places.report.startswith(f"s3://{run.bucket}/bank_marketing/runs/")
    assert admin.get(ALONE, params=run.query).text == REPORT


def test_a_run_that_was_planned_under_another_id_is_found(admin: httpx.Client, s3: "S3Client") -> None:
    run = add_run(s3, "renamed_since", deployment_id="formerly").keep(report=REPORT)
    assert run.places.report.startswith(f"s3://{run.bucket}/formerly/bank_marketing/runs/")
    assert admin.get(ALONE, params=run.query).text == REPORT


@pytest.mark.parametrize("deployment_id", [DEPLOYMENT_ID, ""])
def test_a_run_whose_answers_airflow_has_deleted_is_found(
    admin: httpx.Client, s3: "S3Client", deployment_id: str
) -> None:
    run = add_run(s3, f"forgotten_{deployment_id}", bucket=None, deployment_id=None)
    replace(run, deployment_id=deployment_id).keep(report=REPORT)
    assert admin.get(ALONE, params=run.query).text == REPORT


@pytest.mark.parametrize("told", ["../prod", "", "Prod", "x" * 300])
def test_one_run_that_tells_nonsense_leaves_the_other_runs_their_page(
    admin: httpx.Client, s3: "S3Client", told: str
) -> None:
    add_run(s3, "a_good_one").keep(evaluation=evaluation_of())
    run = add_run(s3, "nonsense", deployment_id=told)
    assert "a_good_one" in Page(admin.get(MODELS)).words
    if told:
        page = Page(admin.get(RUN, params=run.query))
        assert f"The task plan_run of nonsense has told {told!r} for its deployment." in page.words
        assert admin.get(RUN, params=run.query).status_code == 503
