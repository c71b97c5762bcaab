"""Endpoints that runs were asked to keep, on local AWS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.pipeline.aws.tags import RunTags
from include.pipeline.errors import CleanupError, OwnerError
from include.pipeline.planning.names import run_key
from include.pipeline.teardown.kept import delete_kept, kept_endpoints, sum_up
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment
from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.training_data import put_training_data, separable_rows
from tests.aws.training_jobs import trained_model
from tests.aws.waiting import OFTEN
from tests.project import DEPLOYMENT_ID
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

LATER = datetime.now(UTC) + timedelta(hours=1)


def key(run_id: str, deployment_id: str = DEPLOYMENT_ID) -> str:
    return run_key(deployment_id, "bank_marketing", run_id)


def tags(run_id: str, expires: datetime | None = None, deployment_id: str = DEPLOYMENT_ID) -> RunTags:
    return RunTags(deployment_id=deployment_id, dag_id="bank_marketing", run_id=run_id, expires=expires)


@pytest.fixture(scope="module")
def sagemaker() -> Iterator[Any]:
    """Two kept endpoints, one that is not to be kept, and those of others."""
    with local_aws_server() as server:
        aws = Aws(server.url)
        put_training_data(aws.client("s3"), separable_rows())
        client = aws.client("sagemaker")
        archive = trained_model(client, "model")
        for name, owner in {
            key("one"): tags("one"),
            key("two"): tags("two"),
            key("for_a_day"): tags("for_a_day", LATER),
            key("one", "another"): tags("one", deployment_id="another"),
            f"{DEPLOYMENT_ID}-of-nobody": None,
        }.items():
            create_deployment(client, deployment_requests(name, archive, owner.to_aws() if owner else []))
            client.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=OFTEN)
        yield client


def test_those_of_this_airflow_are_listed_with_their_run_state_age_and_cost(sagemaker: Any) -> None:
    kept = kept_endpoints(sagemaker, DEPLOYMENT_ID)
    assert [(each.name, each.run.run_id, each.state, each.usd_per_day) for each in kept] == [
        # One ml.m4.xlarge each.
        (key("one"), "one", "InService", pytest.approx(6.72)),
        (key("two"), "two", "InService", pytest.approx(6.72)),
    ]
    made = sagemaker.describe_endpoint(EndpointName=key("one"))["CreationTime"]
    assert str(kept[0]) == (
        f"{key('one')}, InService, of bank_marketing one, since {made.astimezone(UTC):%Y-%m-%d %H:%M} UTC, "
        "6.72 USD a day"
    )
    assert sum_up(kept) == "kept as asked: 2, 13.44 USD a day"


@pytest.mark.parametrize("name", [key("for_a_day"), key("one", "another"), f"{DEPLOYMENT_ID}-of-nobody", "x"])
def test_what_is_not_kept_cannot_be_deleted_so(sagemaker: Any, name: str) -> None:
    kept = kept_endpoints(sagemaker, DEPLOYMENT_ID)
    with pytest.raises(CleanupError, match=f"Expected: it is one that .* keep: {key('one')}, {key('two')}"):
        delete_kept(sagemaker, name, kept)
    with pytest.raises(CleanupError, match="keep: there is none"):
        delete_kept(sagemaker, name, [])


def test_one_goes_with_all_that_it_stands_on_and_the_others_stay(sagemaker: Any) -> None:
    kept = kept_endpoints(sagemaker, DEPLOYMENT_ID)
    assert delete_kept(sagemaker, key("two"), kept) == kept[1]
    assert kept_endpoints(sagemaker, DEPLOYMENT_ID) == kept[:1]
    for operation, member in (
        ("list_endpoints", "Endpoints"),
        ("list_endpoint_configs", "EndpointConfigs"),
        ("list_models", "Models"),
    ):
        assert getattr(sagemaker, operation)(NameContains=key("two"))[member] == []
        assert getattr(sagemaker, operation)(NameContains=key("one"))[member] != []


def test_what_bears_its_name_and_is_anothers_stays(sagemaker: Any) -> None:
    kept = kept_endpoints(sagemaker, DEPLOYMENT_ID)
    strangers = kept[0].model_copy(update={"run": tags("another run")})
    with pytest.raises(OwnerError, match="is there already, and of the run one of bank_marketing"):
        delete_kept(sagemaker, key("one"), [strangers])
    assert kept_endpoints(sagemaker, DEPLOYMENT_ID) == kept
