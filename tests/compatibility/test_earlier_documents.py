"""What an earlier version wrote is found, gates and is shown by this one; what cannot be read is an error."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pandas as pd
import pytest
from moto import mock_aws

from include.pipeline.aws.object_store import split_uri, write_object
from include.pipeline.data.comparison.versions import compare_with_previous
from include.pipeline.document import Document
from include.pipeline.documents.deployed import Deletion
from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.metrics import Evaluation, Metrics
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.plan import PlannedParams, RunPlan
from include.pipeline.documents.profile import DataProfile
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DocumentError
from include.pipeline.history.accepted import fingerprint
from include.pipeline.history.manifest import read_manifest
from include.pipeline.history.reuse import reuse_model
from include.pipeline.report.writing import write_report
from tests.compatibility.earlier import DATA, KEY, PLACES, RUN_ID, later_plan, objects, put_objects, returned
from tests.pipeline.data.tables import stored

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AGES = stored(pd.read_csv(DATA)[["age", "y_yes"]])
RAW = RawData.read(returned("download_data"), "download_data")
(ACCEPTED,) = (uri for uri in objects() if "/models/" in uri)
(PROFILE,) = (uri for uri in objects() if "/profiles/" in uri)
# What this version no longer keeps.
GONE = {"source_policy"}


class ParamsOfTomorrow(RunParams):
    """Params with one more, whose default does what runs have done so far."""

    rounds_of_checks: int = 1


class TableOfTomorrow(TableConfig):
    """A table's configuration with one more option."""

    decimal_comma: bool = False


class PlanOfTomorrow(RunPlan):
    """A plan of a version that has both."""

    params: ParamsOfTomorrow
    table: TableOfTomorrow


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    """An S3 that holds what the earlier run left."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        put_objects(client)
        yield client
        client.close()


def tomorrows_plan(**params: Any) -> PlanOfTomorrow:
    return PlanOfTomorrow.read(json.loads(later_plan(**params).model_dump_json()), "plan_run")


def holds(document: Any, written: Any) -> bool:
    """Tell whether a document has all that was written, apart from what is gone."""
    if isinstance(written, dict):
        return all(name in GONE or holds(document[name], value) for name, value in written.items())
    if isinstance(written, list):
        return len(document) == len(written) and all(map(holds, document, written))
    return bool(document == written)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (RunPlan, objects()[PLACES.plan]),
        (PlannedParams, objects()[PLACES.plan]),
        (RunManifest, objects()[PLACES.manifest]),
        (RunManifest, objects()[ACCEPTED]),
        (Evaluation, objects()[PLACES.metrics]),
        (DataProfile, objects()[PROFILE]),
        (RunPlan, returned("plan_run")),
        (RawData, returned("download_data")),
        (Split, returned("split_data")),
        (Metrics, returned("evaluate_model")),
        (Deletion, returned("delete_endpoint")),
    ],
)
def test_every_document_is_read_and_nothing_of_it_is_lost(kind: type[Document], content: Any) -> None:
    written = json.loads(content) if isinstance(content, bytes) else content
    document = kind.read(content, "it").model_dump(mode="json")
    if kind is PlannedParams:
        written = {"params": written["params"]}
    assert holds(document, written)


def test_a_plan_without_the_image_has_that_of_its_request() -> None:
    plan = RunPlan.read(returned("plan_run"), "plan_run")
    assert plan.image_uri == plan.training["AlgorithmSpecification"]["TrainingImage"]


@pytest.mark.parametrize("plan_of", [later_plan, tomorrows_plan], ids=["today", "with one more Param"])
def test_the_accepted_model_is_used_again(s3: "S3Client", plan_of: Callable[..., RunPlan]) -> None:
    plan = plan_of()
    assert f"/{fingerprint(plan, RAW.sha256)}/" in ACCEPTED
    reused = reuse_model(s3, plan, RAW.sha256)
    assert reused is not None
    assert reused.run_id == RUN_ID
    assert reused.metrics == Metrics.read(returned("evaluate_model"), "evaluate_model")


def test_an_option_that_is_used_is_another_model() -> None:
    plan = tomorrows_plan()
    more = plan.params.model_copy(update={"rounds_of_checks": 2})
    comma = plan.table.model_copy(update={"decimal_comma": True})
    for changed in ({"params": more}, {"table": comma}):
        assert fingerprint(plan.model_copy(update=changed), RAW.sha256) != fingerprint(plan, RAW.sha256)


@pytest.mark.parametrize("plan_of", [later_plan, tomorrows_plan], ids=["today", "with one more Param"])
def test_new_data_is_held_against_the_profile(s3: "S3Client", plan_of: Callable[..., RunPlan]) -> None:
    frame = pd.read_csv(DATA).drop(columns="y_no")
    frame = frame.drop(columns=[name for name in frame.columns if name.startswith("Unnamed")])
    older = frame.assign(age=frame["age"] + 30)
    drift = compare_with_previous(s3, plan_of(), stored(older), "0a" * 32)
    assert drift is not None
    assert (drift.rows, drift.previous_rows, drift.added, drift.missing) == (4000, 4000, (), ())
    first, second, *_ = drift.columns
    assert first.name == "age"
    assert first.psi > 1
    assert second.psi == 0


@pytest.mark.long
def test_the_report_is_drawn_of_it(s3: "S3Client") -> None:
    plan = RunPlan.read(returned("plan_run"), "plan_run")
    manifest = read_manifest(s3, plan)
    assert manifest is not None
    bucket, key = split_uri(write_report(s3, plan, manifest, ()))
    page = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert "Passed the gate" in page
    assert RUN_ID in page
    assert f"{manifest.metrics.roc_auc:.4f}" in page


@pytest.mark.parametrize(
    "look",
    [
        lambda s3: reuse_model(s3, later_plan(), RAW.sha256),
        lambda s3: compare_with_previous(s3, later_plan(), AGES, "0a" * 32),
    ],
    ids=["to use it again", "for drift"],
)
def test_a_manifest_of_a_higher_version_is_never_passed_over(
    s3: "S3Client", look: Callable[["S3Client"], object]
) -> None:
    newer = json.loads(objects()[ACCEPTED]) | {"schema_version": 2}
    write_object(s3, ACCEPTED, json.dumps(newer).encode(), "application/json")
    with pytest.raises(DocumentError, match=f"{KEY}.json has schema_version 2"):
        look(s3)


def test_fields_that_a_later_version_added_do_no_harm(s3: "S3Client") -> None:
    written = json.loads(objects()[ACCEPTED])
    added = written | {"signed_by": "somebody", "params": written["params"] | {"rounds_of_checks": 5}}
    write_object(s3, ACCEPTED, json.dumps(added).encode(), "application/json")
    reused = reuse_model(s3, later_plan(), RAW.sha256)
    assert reused is not None
    plan = returned("plan_run")
    plan["params"]["rounds_of_checks"] = 5
    plan["table"]["decimal_comma"] = True
    assert RunPlan.read(plan, "plan_run") == RunPlan.read(returned("plan_run"), "plan_run")
