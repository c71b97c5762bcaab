"""Search: filters of every operator, their combinations, order and pages; and what the API finds."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from local_aws.errors import ValidationError
from local_aws.jobs.search import search
from local_aws.state.background import Background
from local_aws.state.latency import Latency
from local_aws.state.resources import Region, Resource
from tests.aws.answers import refused
from tests.aws.sagemaker_requests import training_request
from tests.aws.training_jobs import finished


@dataclass(kw_only=True, eq=False)
class Job(Resource):
    """A training job of nothing but a description."""

    KIND: ClassVar[str] = "training-job"
    told: dict[str, Any] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        return {"TrainingJobName": self.name, "LastModifiedTime": self.last_modified_time, **self.told}


def channel(name: str, kind: str) -> dict[str, Any]:
    return {"ChannelName": name, "ContentType": kind}


JOBS: dict[str, dict[str, Any]] = {
    "a": {
        "TrainingJobStatus": "Completed",
        "HyperParameters": {"eta": "0.2", "max.depth": "5"},
        "FinalMetricDataList": [{"MetricName": "train:rmse", "Value": 0.5}],
        "InputDataConfig": [channel("train", "text/csv"), channel("validation", "text/libsvm")],
        "FailureReason": None,
    },
    "b": {
        "TrainingJobStatus": "Failed",
        "HyperParameters": {"eta": "0.10"},
        "InputDataConfig": [channel("train", "text/libsvm")],
        "FailureReason": "no rows",
    },
    "c": {
        "TrainingJobStatus": "Completed",
        "FinalMetricDataList": [{"MetricName": "train:rmse", "Value": 2}],
    },
}


@pytest.fixture(scope="module")
def region() -> Any:
    background = Background(Latency(starting=0))
    region = Region("123456789012", "us-east-1", background)
    for number, (name, told) in enumerate(JOBS.items()):
        region.of(Job)[name] = Job(
            name=name,
            arn=name,
            request={},
            tags={"team": name * 2},
            told=told,
            last_modified_time=number + 0.5,
        )
    yield region
    background.close()


def names(region: Region, **request: Any) -> list[str]:
    answer = search(
        region, {"Resource": "TrainingJob", "SortBy": "TrainingJobName", "SortOrder": "Ascending", **request}
    )
    return [one["TrainingJob"]["TrainingJobName"] for one in answer["Results"]]


def one(name: str, operator: str | None = None, value: str | None = None) -> dict[str, Any]:
    found = {"Name": name, "Operator": operator, "Value": value}
    return {member: text for member, text in found.items() if text is not None}


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        (one("TrainingJobStatus", None, "Completed"), ["a", "c"]),
        (one("TrainingJobStatus", "NotEquals", "Completed"), ["b"]),
        (one("TrainingJobStatus", "In", "Failed,Stopped"), ["b"]),
        (one("FailureReason", "Contains", "rows"), ["b"]),
        (one("FailureReason", "Exists"), ["b"]),
        (one("FailureReason", "NotExists"), ["a", "c"]),
        (one("HyperParameters.eta", "Equals", "0.1"), ["b"]),
        (one("HyperParameters.eta", "GreaterThan", "0.15"), ["a"]),
        (one("HyperParameters.max.depth", "Equals", "5"), ["a"]),
        (one("Metrics.train:rmse", "LessThan", "1"), ["a"]),
        (one("Metrics.train:rmse", "GreaterThanOrEqualTo", "0.5"), ["a", "c"]),
        (one("Tags.team", "Equals", "bb"), ["b"]),
        (one("Tags.team", "Exists"), ["a", "b", "c"]),
        (one("Tags.owner", "Exists"), []),
        (one("InputDataConfig.ContentType", "Equals", "text/libsvm"), ["a", "b"]),
        (one("LastModifiedTime", "LessThanOrEqualTo", "1970-01-01T00:00:01.5Z"), ["a", "b"]),
        (one("TrainingJobName", "GreaterThan", "1"), []),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_filters(region: Region, filter_: dict[str, Any], found: list[str]) -> None:
    assert names(region, SearchExpression={"Filters": [filter_]}) == found


COMPLETED = one("TrainingJobStatus", "Equals", "Completed")
FAILED = one("TrainingJobStatus", "Equals", "Failed")
BAD = one("Metrics.train:rmse", "GreaterThan", "1")
NESTED = {
    "NestedPropertyName": "InputDataConfig",
    "Filters": [
        one("InputDataConfig.ChannelName", "Equals", "train"),
        one("InputDataConfig.ContentType", "Equals", "text/libsvm"),
    ],
}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ({}, ["a", "b", "c"]),
        ({"Filters": [COMPLETED, BAD]}, ["c"]),
        ({"Filters": [FAILED, BAD], "Operator": "Or"}, ["b", "c"]),
        ({"NestedFilters": [NESTED]}, ["b"]),
        ({"SubExpressions": [{"Filters": [COMPLETED]}, {"Filters": [BAD]}]}, ["c"]),
        (
            {"Filters": [FAILED], "SubExpressions": [{"Filters": [COMPLETED, BAD]}], "Operator": "Or"},
            ["b", "c"],
        ),
    ],
    ids=["nothing", "and", "or", "nested", "below", "mixed"],
)
def test_expressions(region: Region, expression: dict[str, Any], found: list[str]) -> None:
    assert names(region, SearchExpression=expression) == found


def test_order(region: Region) -> None:
    newest_first = search(region, {"Resource": "TrainingJob"})["Results"]
    assert [entity["TrainingJob"]["TrainingJobName"] for entity in newest_first] == ["c", "b", "a"]
    # Without the property a job is last either way.
    assert names(region, SortBy="HyperParameters.eta") == ["b", "a", "c"]
    assert names(region, SortBy="HyperParameters.eta", SortOrder="Descending") == ["a", "b", "c"]


def test_pages(region: Region) -> None:
    request: dict[str, Any] = {"Resource": "TrainingJob", "MaxResults": 2}
    first = search(region, request)
    second = search(region, {**request, "NextToken": first["NextToken"]})
    assert [len(page["Results"]) for page in (first, second)] == [2, 1]
    assert second["NextToken"] is None


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"SearchExpression": {"Filters": [one("Colour", "Equals", "red")]}},
            "Unknown property name: Colour",
        ),
        ({"SortBy": "Colour"}, "Unknown property name: Colour"),
        (
            {"SearchExpression": {"Filters": [one("TrainingJobName", "Equals")]}},
            "The filter of TrainingJobName needs a Value for the operator Equals.",
        ),
        ({"NextToken": "!"}, "Invalid NextToken."),
    ],
    ids=["filter", "sort", "value", "token"],
)
def test_refusals(region: Region, request_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        names(region, **request_)
    assert caught.value.message == message


@pytest.mark.usefixtures("trained", "endpoint")
def test_what_the_api_finds(sagemaker: Any) -> None:
    sagemaker.create_training_job(**training_request("searched", Tags=[{"Key": "team", "Value": "data"}]))
    described = finished(sagemaker, "searched")
    expression = {"Filters": [one("Tags.team", "Equals", "data")]}
    (found,) = sagemaker.search(Resource="TrainingJob", SearchExpression=expression)["Results"]
    job = found["TrainingJob"]
    assert job["Tags"] == [{"Key": "team", "Value": "data"}]
    for member in (
        "TrainingJobArn",
        "CreationTime",
        "HyperParameters",
        "FinalMetricDataList",
        "ModelArtifacts",
    ):
        assert job[member] == described[member]
    in_service = {"Filters": [one("EndpointStatus", "Equals", "InService")]}
    endpoints = sagemaker.search(Resource="Endpoint", SearchExpression=in_service)["Results"]
    assert "shared" in [entity["Endpoint"]["EndpointName"] for entity in endpoints]
    assert refused(sagemaker.search, Resource="TrainingJob", CrossAccountFilterOption="CrossAccount")[
        1
    ].startswith("Local AWS has no CrossAccountFilterOption CrossAccount in Search")
