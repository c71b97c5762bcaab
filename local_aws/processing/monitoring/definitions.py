"""The operations on job definitions, which are alike for each type."""

from collections.abc import Callable

from local_aws.errors import ResourceInUseError
from local_aws.processing.monitoring.definition import DEFINITIONS, JobDefinition, find_definition
from local_aws.protocol import tags
from local_aws.protocol.listing import page_of
from local_aws.state.resources import JsonObject, Region

_Operation = Callable[[Region, JsonObject], JsonObject]


def _operations_of(kind: type[JobDefinition]) -> dict[str, _Operation]:
    def create(region: Region, request: JsonObject) -> JsonObject:
        name = request["JobDefinitionName"]
        arn = region.arn(kind, name)
        if region.with_arn(arn) is not None:
            raise ResourceInUseError(f"Job definition already exists: {arn}")
        definition = kind(name=name, arn=arn, request=request, tags=tags.from_request(request))
        definition.plan.check()
        region.of(kind)[name] = definition
        return {"JobDefinitionArn": arn}

    def describe(region: Region, request: JsonObject) -> JsonObject:
        return find_definition(region, kind, request["JobDefinitionName"]).describe()

    def delete(region: Region, request: JsonObject) -> JsonObject:
        del region.of(kind)[find_definition(region, kind, request["JobDefinitionName"]).name]
        return {}

    def list_page(region: Region, request: JsonObject) -> JsonObject:
        endpoint = request.get("EndpointName")
        page, token = page_of(
            region.of(kind).values(),
            request,
            "Descending",
            wanted=lambda one: endpoint in (None, one.plan.endpoint_name),
        )
        return {"JobDefinitionSummaries": [one.summary() for one in page], "NextToken": token}

    name = f"{kind.TYPE}JobDefinition"
    return {
        f"Create{name}": create,
        f"Describe{name}": describe,
        f"Delete{name}": delete,
        f"List{name}s": list_page,
    }


OPERATIONS = {
    name: operation for kind in DEFINITIONS.values() for name, operation in _operations_of(kind).items()
}
