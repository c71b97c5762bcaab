"""Search, over the jobs, endpoints and model packages of a region, by any member of their descriptions.

Source: API reference, Search, SearchExpression, Filter and NestedFilters.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from local_aws.errors import ValidationError
from local_aws.protocol.listing import part_of
from local_aws.protocol.service_model import service_model
from local_aws.state.resources import JsonObject, Region

KINDS: Mapping[str, str] = {
    "TrainingJob": "training-job",
    "HyperParameterTuningJob": "hyper-parameter-tuning-job",
    "Endpoint": "endpoint",
    "ModelPackage": "model-package",
    "ModelPackageGroup": "model-package-group",
    "Pipeline": "pipeline",
    "PipelineExecution": "pipeline-execution",
}
"""The Resources that are searched here, each with the kind of its ARN."""
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda found, wanted: found == wanted,
    "GreaterThan": lambda found, wanted: found > wanted,
    "GreaterThanOrEqualTo": lambda found, wanted: found >= wanted,
    "LessThan": lambda found, wanted: found < wanted,
    "LessThanOrEqualTo": lambda found, wanted: found <= wanted,
    "Contains": lambda found, wanted: str(wanted) in str(found),
}


class _Described(Protocol):
    KIND: str
    tags: dict[str, str]

    def describe(self) -> JsonObject:
        """Return the members of its description."""


def search(region: Region, request: JsonObject) -> JsonObject:
    """Find the resources of a kind that an expression is true of, by default the last modified first."""
    resource = request["Resource"]
    if resource not in KINDS:
        raise ValidationError(
            f"Local AWS does not search the Resource {resource}; of its own it searches {', '.join(KINDS)}. "
            "The List operations find the others."
        )
    matches = _matcher(resource, request.get("SearchExpression", {}))
    # A group of model packages has no other time.
    sort_by = request.get("SortBy", "CreationTime" if resource == "ModelPackageGroup" else "LastModifiedTime")
    _check_property(resource, sort_by)
    found = [one for one in _entities(region, KINDS[resource]) if matches(one)]
    # Those without the property come last, whatever the order.
    having = [one for one in found if any(True for _ in _values(one, sort_by))]
    having.sort(
        key=lambda one: _comparable(next(_values(one, sort_by))),
        reverse=request.get("SortOrder", "Descending") == "Descending",
    )
    ordered = having + [one for one in found if one not in having]
    page, token = part_of(ordered, request)
    return {"Results": [{resource: one} for one in page], "NextToken": token}


def _entities(region: Region, kind: str) -> Iterator[JsonObject]:
    for one in region.all():
        if kind == one.KIND:
            described = cast("_Described", one)
            tags = [{"Key": key, "Value": value} for key, value in one.tags.items()]
            members = {**described.describe(), "Tags": tags}
            yield {name: value for name, value in members.items() if value is not None}


def _check_property(resource: str, name: str) -> None:
    """Refuse what is no property of a resource.

    Raises:
        ValidationError: In AWS's words.
    """
    members = service_model().shape_for("SearchRecord").members[resource].members  # type: ignore[attr-defined]
    if name.partition(".")[0] not in (*members, "Metrics"):
        raise ValidationError(f"Unknown property name: {name}")


def _matcher(resource: str, expression: JsonObject) -> Callable[[JsonObject], bool]:
    """Return what tells whether an expression is true of a description."""
    checks = [
        *(_filter(resource, one) for one in expression.get("Filters", [])),
        *(_nested(resource, one) for one in expression.get("NestedFilters", [])),
        *(_matcher(resource, one) for one in expression.get("SubExpressions", [])),
    ]
    if not checks:
        return lambda _: True
    combine = any if expression.get("Operator", "And") == "Or" else all
    return lambda entity: combine(check(entity) for check in checks)


def _filter(resource: str, one: JsonObject) -> Callable[[JsonObject], bool]:
    name, operator, wanted = one["Name"], one.get("Operator", "Equals"), one.get("Value")
    _check_property(resource, name)
    if operator in ("Exists", "NotExists"):
        return lambda entity: any(True for _ in _values(entity, name)) == (operator == "Exists")
    if wanted is None:
        raise ValidationError(f"The filter of {name} needs a Value for the operator {operator}.")
    if operator == "In":
        listed = [_comparable(value) for value in wanted.split(",")]
        return lambda entity: any(_comparable(value) in listed for value in _values(entity, name))
    if operator == "NotEquals":
        return lambda entity: all(
            _comparable(value) != _comparable(wanted) for value in _values(entity, name)
        )
    compare = _OPERATORS[operator]

    def holds(value: Any) -> bool:
        found, expected = _comparable(value), _comparable(wanted)
        # A number and a text have no order.
        return isinstance(found, float) == isinstance(expected, float) and compare(found, expected)

    if operator == "Contains":
        return lambda entity: any(compare(value, wanted) for value in _values(entity, name))
    return lambda entity: any(map(holds, _values(entity, name)))


def _nested(resource: str, nested: JsonObject) -> Callable[[JsonObject], bool]:
    """Return what tells whether one element of a list fulfils all filters together."""
    whole = nested["NestedPropertyName"]
    filters = [
        _filter(resource, one | {"Name": f"{whole}.{one['Name'].removeprefix(f'{whole}.')}"})
        for one in nested["Filters"]
    ]

    def matches(entity: JsonObject) -> bool:
        elements = entity.get(whole, [])
        return any(all(one({whole: [element]}) for one in filters) for element in elements)

    return matches


def _values(entity: JsonObject, name: str) -> Iterator[Any]:
    """Yield the values of a property, such as `HyperParameters.eta`, `Tags.team` or `Metrics.train:rmse`."""
    first, _, rest = name.partition(".")
    if first == "Tags" and rest:
        yield from (tag["Value"] for tag in entity.get("Tags", []) if tag["Key"] == rest)
    elif first == "Metrics" and rest:
        metrics = entity.get("FinalMetricDataList", [])
        yield from (one["Value"] for one in metrics if one["MetricName"] == rest)
    else:
        yield from _below(entity, name)


def _below(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _below(element, name)
    elif not name:
        yield value
    elif isinstance(value, dict):
        # The name of a hyperparameter may have dots itself.
        first, _, rest = (name, "", "") if name in value else name.partition(".")
        if first in value:
            yield from _below(value[first], rest)


def _comparable(value: Any) -> float | str:
    """Return a value as filters compare it: numbers and times as numbers, all else as text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = str(value)
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


OPERATIONS = {"Search": search}
