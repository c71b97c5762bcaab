"""Lists: filters, order, and pages that neither skip nor repeat."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from local_aws.errors import ValidationError
from local_aws.protocol.listing import page_of
from local_aws.state.resources import Resource
from tests.aws.sagemaker_requests import channel, training_request
from tests.aws.training_data import as_csv, separable_rows


@dataclass(kw_only=True, eq=False)
class Thing(Resource):
    """A resource with nothing of its own."""

    KIND: ClassVar[str] = "thing"


def thing(name: str, created: float, status: str = "Completed") -> Thing:
    return Thing(
        name=name,
        arn=name,
        request={},
        tags={},
        status=status,
        creation_time=created,
        last_modified_time=created + 100,
    )


THINGS = [
    thing("b", 10.5, "Failed"),
    thing("a", 30.5),
    thing("ab", 20.5, "Stopped"),
]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({}, ["b", "ab", "a"]),
        ({"SortOrder": "Descending"}, ["a", "ab", "b"]),
        ({"SortBy": "Name"}, ["a", "ab", "b"]),
        ({"SortBy": "Status"}, ["a", "b", "ab"]),
        ({"NameContains": "b"}, ["b", "ab"]),
        ({"StatusEquals": "Failed"}, ["b"]),
        ({"CreationTimeAfter": 20}, ["ab", "a"]),
        ({"CreationTimeBefore": 20}, ["b"]),
        ({"LastModifiedTimeAfter": 120, "LastModifiedTimeBefore": 125}, ["ab"]),
        ({"NameContains": "b", "StatusEquals": "Completed"}, []),
    ],
)
def test_filters_and_order(request_: dict[str, Any], names: list[str]) -> None:
    page, token = page_of(THINGS, request_, "Ascending")
    assert [found.name for found in page] == names
    assert token is None


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("sort_by", ["CreationTime", "Name", "Status"])
def test_pages_hold_everything_once(order: str, sort_by: str) -> None:
    things = [thing(f"n{number:02}", float(number // 3)) for number in range(25)]
    request: dict[str, Any] = {"SortBy": sort_by, "SortOrder": order, "MaxResults": 4}
    names: list[str] = []
    while True:
        page, token = page_of(things, request, "Ascending")
        names += [found.name for found in page]
        if token is None:
            break
        request["NextToken"] = token
    assert names == sorted((found.name for found in things), reverse=order == "Descending")


def test_a_page_goes_on_where_the_last_one_ended_whatever_happened_meanwhile() -> None:
    things = [thing(name, 1.0) for name in "bdfh"]
    page, token = page_of(things, {"MaxResults": 2}, "Ascending")
    assert [found.name for found in page] == ["b", "d"]
    changed = [thing(name, 1.0) for name in "acfh"]
    page, _ = page_of(changed, {"MaxResults": 2, "NextToken": token}, "Ascending")
    assert [found.name for found in page] == ["f", "h"]


def test_a_page_is_cut_first_and_filtered_then() -> None:
    """So it may be empty, with a token: what is asked for is on a page behind it."""
    filters = {"NameContains": "b", "StatusEquals": "Stopped", "MaxResults": 1}
    names, tokens = [], 0
    token = None
    while True:
        page, token = page_of(THINGS, {**filters, "NextToken": token}, "Ascending")
        names.append([found.name for found in page])
        if token is None:
            break
        tokens += 1
    assert (names, tokens) == ([[], ["ab"], []], 2)
    page, token = page_of(THINGS, {"MaxResults": 2}, "Ascending", wanted=lambda thing: thing.name == "a")
    assert page == []
    assert token is not None


@pytest.mark.parametrize("token", ["nonsense", "bnVsbA==", "WyJhIiwgImEiXQ==", "WzEsIDJd"])
def test_a_foreign_token_is_refused(token: str) -> None:
    with pytest.raises(ValidationError):
        page_of(THINGS, {"NextToken": token}, "Ascending")


def test_ten_are_listed_where_no_number_is_given() -> None:
    page, token = page_of([thing(f"n{number}", number) for number in range(11)], {}, "Ascending")
    assert len(page) == 10
    assert token is not None


def test_every_list_operation_pages_through_boto3(client: Any, model_data: str) -> None:
    """In a region of its own, so that nothing else is listed."""
    sagemaker = client("sagemaker", region_name="eu-central-1")
    s3 = client("s3", region_name="eu-central-1")
    s3.create_bucket(
        Bucket="data-in-frankfurt", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="data-in-frankfurt", Key="train/train.csv", Body=as_csv(separable_rows()))
    channels = [channel(uri="s3://data-in-frankfurt/train/")]
    image = training_request("x")["AlgorithmSpecification"]["TrainingImage"]
    for number in range(3):
        name = f"n{number}"
        sagemaker.create_training_job(**training_request(name, HyperParameters={}, InputDataConfig=channels))
        sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": image, "ModelDataUrl": model_data})
        variant = {
            "VariantName": "v",
            "ModelName": name,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    for operation, members, key, order in (
        ("list_training_jobs", "TrainingJobSummaries", "TrainingJobName", ["n2", "n1", "n0"]),
        ("list_models", "Models", "ModelName", ["n2", "n1", "n0"]),
        ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", ["n2", "n1", "n0"]),
    ):
        pages = sagemaker.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2})
        assert [found[key] for page in pages for found in page[members]] == order
    assert sagemaker.list_endpoints()["Endpoints"] == []
