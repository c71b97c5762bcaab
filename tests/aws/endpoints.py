"""Endpoints that tests make, ask, wait for and delete."""

from collections.abc import Mapping
from typing import Any

from tests.aws.sagemaker_requests import deployment_requests
from tests.aws.waiting import wait_until


def create_deployment(sagemaker: Any, requests: Mapping[str, dict[str, Any]]) -> None:
    """Send the requests for model, endpoint configuration and endpoint, and do not wait."""
    sagemaker.create_model(**requests["Model"])
    sagemaker.create_endpoint_config(**requests["EndpointConfig"])
    sagemaker.create_endpoint(**requests["Endpoint"])


def settled(sagemaker: Any, name: str) -> dict[str, Any]:
    """Wait until an endpoint is neither coming up nor changing, and describe it."""

    def description() -> dict[str, Any] | None:
        endpoint: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
        return endpoint if endpoint["EndpointStatus"] in ("InService", "Failed") else None

    found: dict[str, Any] = wait_until(description)
    return found


def deploy(sagemaker: Any, name: str, model_data: str, **variant: Any) -> dict[str, Any]:
    """Make a model, an endpoint configuration and an endpoint, all of one name; describe the endpoint.

    Args:
        sagemaker: The client.
        name: Of all three.
        model_data: The model's archive on S3.
        variant: Members of the production variant.
    """
    create_deployment(sagemaker, deployment_requests(name, model_data, **variant))
    return settled(sagemaker, name)


def invoke(runtime: Any, endpoint_name: str, body: bytes, **request: Any) -> dict[str, Any]:
    """Call InvokeEndpoint with CSV; the answer's Body is read already."""
    answer = runtime.invoke_endpoint(
        EndpointName=endpoint_name, Body=body, **{"ContentType": "text/csv", **request}
    )
    return {**answer, "Body": answer["Body"].read()}


def endpoint_names(sagemaker: Any) -> list[str]:
    """List the names of up to a hundred endpoints."""
    return [found["EndpointName"] for found in sagemaker.list_endpoints(MaxResults=100)["Endpoints"]]


def delete(sagemaker: Any, name: str) -> None:
    """Delete an endpoint and wait until it is gone."""
    sagemaker.delete_endpoint(EndpointName=name)
    wait_until(lambda: name not in endpoint_names(sagemaker))
