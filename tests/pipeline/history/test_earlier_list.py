"""The list of accepted models that versions without deployments kept in a bucket, for all that used it."""

import logging
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunLocations, RunPlan
from include.pipeline.history.accepted import accept, find_previous, find_same
from include.pipeline.history.reuse import reuse_model
from include.pipeline.planning.names import run_key
from include.pipeline.teardown.cleanup import delete_run
from tests.pipeline.accepted_runs import DATA, accepted, day, plan_of, train
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EARLIER_LIST = "s3://bucket/bank_marketing/models/"
OWN_LIST = f"s3://bucket/{DEPLOYMENT_ID}/bank_marketing/models/"


def planned_by(deployment_id: str, run_id: str, *, of: datetime, **params: Any) -> RunPlan:
    """Plan a run as another Airflow does or, without an id, a version without deployments."""
    plan = plan_of(run_id, of=of, **params)
    key = run_key(deployment_id, "bank_marketing", run_id)
    return plan.model_copy(
        update={
            "key": key,
            "identity": plan.identity.model_copy(update={"deployment_id": deployment_id}),
            "locations": RunLocations.of("bucket", "bank_marketing", key, deployment_id=deployment_id),
        }
    )


def of_before(run_id: str, *, of: datetime) -> RunPlan:
    return planned_by("", run_id, of=of)


def test_a_model_that_is_in_it_is_found_and_used_again(s3: "S3Client") -> None:
    earlier = accepted(s3, of_before("earlier", of=day(1)))
    later = plan_of("later", of=day(2))
    assert find_same(s3, later, DATA) == find_previous(s3, later) == earlier
    reused = reuse_model(s3, later, DATA)
    assert reused is not None
    assert reused.run_id == "earlier"
    theirs = of_before("earlier", of=day(1)).locations.predictions
    assert read_object(s3, later.locations.predictions) == read_object(s3, theirs)


def test_both_lists_are_searched_in_the_order_of_their_data(s3: "S3Client") -> None:
    accepted(s3, plan_of("first", of=day(1)))
    second = accepted(s3, of_before("second", of=day(2)))
    third = accepted(s3, plan_of("third", of=day(3)))
    assert find_previous(s3, plan_of("next", of=day(3))) == second
    assert find_same(s3, plan_of("next", of=day(2)), DATA) == third


def test_of_the_same_data_its_own_comes_first(s3: "S3Client") -> None:
    accepted(s3, of_before("theirs", of=day(1)))
    own = accepted(s3, plan_of("own", of=day(1)))
    assert find_same(s3, plan_of("next", of=day(2)), DATA) == own


def test_a_run_that_was_cleared_since_is_not_its_own_predecessor(s3: "S3Client") -> None:
    accepted(s3, of_before("cleared", of=day(1)))
    again = plan_of("cleared", of=day(2))
    assert find_previous(s3, again) is None


def test_it_is_never_changed(s3: "S3Client") -> None:
    accepted(s3, of_before("cleared", of=day(1)))
    before = list_objects(s3, EARLIER_LIST)
    again = plan_of("cleared", of=day(1), delete_data=True)
    accept(s3, again, train(s3, again))
    run = RunTags(deployment_id=DEPLOYMENT_ID, dag_id="bank_marketing", run_id="cleared", expires=None)
    delete_run(s3, again.locations, run)
    assert list_objects(s3, EARLIER_LIST) == before != []
    assert list_objects(s3, OWN_LIST) == []


def test_the_list_of_another_airflow_is_not_searched(s3: "S3Client") -> None:
    accepted(s3, planned_by("prod", "theirs", of=day(1)))
    assert find_same(s3, plan_of("own", of=day(2)), DATA) is None
    assert find_previous(s3, plan_of("own", of=day(2))) is None


@pytest.mark.parametrize("list_of", [OWN_LIST, EARLIER_LIST])
def test_an_entry_that_was_copied_from_another_airflow_is_passed_over(
    s3: "S3Client", list_of: str, caplog: pytest.LogCaptureFixture
) -> None:
    accepted(s3, planned_by("prod", "theirs", of=day(1)))
    (entry,) = list_objects(s3, "s3://bucket/prod/bank_marketing/models/")
    copy = list_of.removeprefix("s3://bucket/") + entry.partition("/models/")[2]
    s3.copy_object(Bucket="bucket", Key=copy, CopySource=entry.removeprefix("s3://"))
    assert find_same(s3, plan_of("own", of=day(2)), DATA) is None
    assert "is passed over: it is of deployment 'prod'" in caplog.text


class TestWhereItIsDenied:
    """A policy of one deployment need not reach what all of them had together."""

    @pytest.fixture
    def denied(self, s3: "S3Client") -> Iterator[list[str]]:
        """Denies to list or to read what begins so: `list bank_marketing/`."""
        beginnings: list[str] = []

        def answer(model: Any, params: dict[str, Any], **_: Any) -> Any:
            prefix = params["query_string"].get("prefix", "")
            asked = f"list {prefix}" if model.name == "ListObjectsV2" else f"read {params['url']}"
            if asked.replace("https://bucket.s3.amazonaws.com/", "").startswith(tuple(beginnings)):
                error = {"Code": "AccessDenied", "Message": "Access Denied"}
                metadata = {"HTTPStatusCode": 403, "RequestId": "1"}
                return SimpleNamespace(status_code=403), {"Error": error, "ResponseMetadata": metadata}
            return None

        operations = [f"before-call.s3.{operation}" for operation in ("ListObjectsV2", "GetObject")]
        for operation in operations:
            s3.meta.events.register(operation, answer)
        yield beginnings
        for operation in operations:
            s3.meta.events.unregister(operation, answer)

    @pytest.mark.parametrize(
        ("call", "said"),
        [
            ("list", "The models of earlier versions are passed over"),
            ("read", "A model of an earlier version is passed over"),
        ],
    )
    def test_it_is_passed_over(
        self, s3: "S3Client", denied: list[str], caplog: pytest.LogCaptureFixture, call: str, said: str
    ) -> None:
        accepted(s3, of_before("earlier", of=day(2)))
        own = accepted(s3, plan_of("own", of=day(1)))
        denied.append(f"{call} bank_marketing/")
        with caplog.at_level(logging.INFO):
            assert find_same(s3, plan_of("next", of=day(3)), DATA) == own
        assert said in caplog.text

    @pytest.mark.parametrize("call", ["list", "read"])
    def test_its_own_list_it_has_to_reach(self, s3: "S3Client", denied: list[str], call: str) -> None:
        accepted(s3, plan_of("own", of=day(1)))
        denied.append(f"{call} {DEPLOYMENT_ID}/")
        with pytest.raises(ClientError, match="AccessDenied"):
            find_same(s3, plan_of("next", of=day(3)), DATA)
