"""GetResources of the tagging API: moto finds what is tagged of its own services; SageMaker's is added.

Source: API reference of the Resource Groups Tagging API, GetResources.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from local_aws.protocol.moto_services.other_services import answer_of_other_service
from local_aws.state.resources import JsonObject, Region

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GET_RESOURCES = "ResourceGroupsTaggingAPI_20170126.GetResources"
_SERVICE = "sagemaker"


def get_resources(moto: "WSGIApplication", region: Region, request: Request) -> Response:
    """Answer GetResources.

    Args:
        moto: moto's WSGI application.
        region: The caller's region.
        request: The request.
    """
    body = request.get_data()
    environ = {**request.environ, "wsgi.input": BytesIO(body)}
    answer = Response.from_app(
        lambda environ, start: answer_of_other_service(moto, environ, start), environ, buffered=True
    )
    asked = json.loads(body or b"{}")
    # SageMaker's come with the first page.
    if answer.status_code == HTTPStatus.OK and not asked.get("PaginationToken"):
        document = json.loads(answer.get_data())
        known = {found["ResourceARN"] for found in document["ResourceTagMappingList"]}
        document["ResourceTagMappingList"] += [
            found for found in _tagged(region, asked) if found["ResourceARN"] not in known
        ]
        answer.set_data(json.dumps(document))
    return answer


def _tagged(region: Region, asked: JsonObject) -> Iterator[JsonObject]:
    kinds, arns = asked.get("ResourceTypeFilters", []), asked.get("ResourceARNList", [])
    with region.lock:
        resources = [(one.KIND, one.arn, dict(one.tags)) for one in region.all()]
    for kind, arn, tags in resources:
        is_kind = not kinds or _SERVICE in kinds or f"{_SERVICE}:{kind}" in kinds
        has_tags = tags and all(
            one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"])
            for one in asked.get("TagFilters", [])
        )
        if is_kind and has_tags and (not arns or arn in arns):
            listed = [{"Key": key, "Value": value} for key, value in tags.items()]
            yield {"ResourceARN": arn, "Tags": listed}
