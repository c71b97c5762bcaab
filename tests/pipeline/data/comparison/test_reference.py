"""Which accepted model's data a new version is compared with."""

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from include.pipeline.data.comparison.reference import find_reference
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.plan import RunPlan
from include.pipeline.history.accepted import accept
from tests.pipeline.accepted_runs import day, plan_of, train

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DATED = "https://example.com/bank_{interval_start:%Y-%m-%d}.csv"
OTHER = "https://example.com/experiment.csv"


def run_of(number: int, source: str, *, of: datetime | None = None) -> RunPlan:
    made = plan_of(f"run__{number}", of=of, planned_at=day(number))
    return made.model_copy(update={"source": source})


def accepted_from(s3: "S3Client", plan: RunPlan, url: str) -> RunManifest:
    manifest = train(s3, plan)
    manifest = manifest.model_copy(update={"raw": manifest.raw.model_copy(update={"url": url})})
    accept(s3, plan, manifest)
    return manifest


def test_an_experiment_with_another_file_is_passed_over(s3: "S3Client") -> None:
    own = accepted_from(s3, run_of(1, DATED, of=day(1)), "https://example.com/bank_2026-11-01.csv")
    accepted_from(s3, run_of(2, OTHER), OTHER)
    found = find_reference(s3, run_of(3, DATED, of=day(3)))
    assert found is not None
    assert found[0] == own
    assert (found[1].run_id, found[1].is_same_source) == ("run__1", True)
    assert found[1].url == "https://example.com/bank_2026-11-01.csv"


def test_the_newest_of_a_source_is_meant(s3: "S3Client") -> None:
    for number in (1, 2):
        accepted_from(s3, run_of(number, OTHER), OTHER)
    found = find_reference(s3, run_of(3, OTHER))
    assert found is not None
    assert (found[1].run_id, found[1].is_same_source) == ("run__2", True)


def test_where_no_model_of_the_source_was_accepted_it_is_the_last_of_any(s3: "S3Client") -> None:
    for number, url in enumerate((OTHER, "https://example.com/second.csv"), 1):
        accepted_from(s3, run_of(number, url), url)
    found = find_reference(s3, run_of(3, DATED, of=day(3)))
    assert found is not None
    assert (found[1].run_id, found[1].is_same_source) == ("run__2", False)


def test_without_an_accepted_model_there_is_none(s3: "S3Client") -> None:
    assert find_reference(s3, run_of(3, OTHER)) is None


@pytest.mark.parametrize("url", [OTHER, "https://example.com/second.csv"])
def test_a_plan_of_an_earlier_version_has_the_url_alone(s3: "S3Client", url: str) -> None:
    accepted_from(s3, run_of(1, OTHER), OTHER)
    plan = plan_of("run__2", planned_at=day(2), data_url=url)
    assert plan.source is None
    found = find_reference(s3, plan)
    assert found is not None
    assert found[1].is_same_source is (url == OTHER)
