"""What all List operations have in common: order, pages, and filters.

A page is cut first and filtered then, as SageMaker does it: it may be empty, with a NextToken. Source: API
reference, ListTrainingJobs, and what callers of the other operations report.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeVar

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject, Resource

_PAGE_SIZE = 10
_SORT_KEYS: dict[str, Callable[[Resource], str | float]] = {
    "Name": lambda resource: resource.name,
    "CreationTime": lambda resource: resource.creation_time,
    "Status": lambda resource: resource.status or "",
}
R = TypeVar("R", bound=Resource)
T = TypeVar("T")
# The place of a resource in the order: the value to sort by, and its name.
_Position = tuple[str | float, str]


def page_of(
    resources: Iterable[R],
    request: JsonObject,
    default_order: Literal["Ascending", "Descending"],
    default_key: str = "CreationTime",
    key: Callable[[R], float] | None = None,
    *,
    wanted: Callable[[R], bool] = lambda _: True,
) -> tuple[list[R], str | None]:
    """Select one page for a List request.

    A page begins after the last resource of the page before it, whatever was added or removed in between.

    Args:
        resources: All resources of one kind.
        request: NameContains, StatusEquals, {Creation,LastModified}Time{After,Before}, SortBy, SortOrder,
            MaxResults and NextToken, as far as the operation has them.
        default_order: The order where the request has no SortOrder.
        default_key: The key to sort by where the request has no SortBy.
        key: The function to sort by instead, where SortBy is a key that only this kind has.
        wanted: The filters that only this kind has.

    Returns:
        The wanted resources of the page, and the NextToken where more resources follow, wanted or not.

    Raises:
        ValidationError: The NextToken is not one that this function returned.
    """
    sort_by = request.get("SortBy", default_key)
    sort_key: Callable[[R], str | float] = key or _SORT_KEYS[sort_by]
    descending = request.get("SortOrder", default_order) == "Descending"

    is_number = key is not None or sort_by == "CreationTime"

    def position(resource: R) -> _Position:
        return sort_key(resource), resource.name

    found = sorted(resources, key=position, reverse=descending)
    if token := request.get("NextToken"):
        last = _decode(token, float if is_number else str)
        found = [
            resource
            for resource in found
            if (position(resource) < last if descending else position(resource) > last)
        ]
    page_size = request.get("MaxResults", _PAGE_SIZE)
    page = found[:page_size]
    next_token = _encode(position(page[-1])) if len(found) > page_size else None
    return [one for one in page if _is_wanted(one, request) and wanted(one)], next_token


def part_of(elements: Sequence[T], request: JsonObject) -> tuple[list[T], str | None]:
    """Select one page of what does not change while it is listed.

    Args:
        elements: All of them, in their order.
        request: MaxResults and NextToken, as far as it has them.

    Returns:
        The elements of the page, and the NextToken where more follow.

    Raises:
        ValidationError: The NextToken is not one that this function returned.
    """
    try:
        start = int(base64.urlsafe_b64decode(request["NextToken"])) if request.get("NextToken") else 0
    except (binascii.Error, ValueError) as error:
        raise ValidationError("Invalid NextToken.") from error
    end = start + request.get("MaxResults", _PAGE_SIZE)
    token = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(elements) else None
    return list(elements[start:end]), token


def _is_wanted(resource: Resource, request: JsonObject) -> bool:
    created, modified = resource.creation_time, resource.last_modified_time
    return (
        request.get("NameContains", "") in resource.name
        and request.get("StatusEquals", resource.status) == resource.status
        and request.get("CreationTimeAfter", created) <= created
        and request.get("CreationTimeBefore", created) >= created
        and request.get("LastModifiedTimeAfter", modified) <= modified
        and request.get("LastModifiedTimeBefore", modified) >= modified
    )


def _encode(position: _Position) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _decode(token: str, kind: type[str | float]) -> _Position:
    try:
        value, name = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError) as error:
        raise ValidationError("Invalid NextToken.") from error
    if not isinstance(value, kind) or not isinstance(name, str):
        raise ValidationError("Invalid NextToken.")
    return value, name
