"""InvokeEndpoint, the one operation of SageMaker Runtime."""

import json
import random
from collections.abc import Mapping
from contextlib import ExitStack
from http import HTTPStatus

import urllib3
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError, ModelError, ValidationError
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.serving_process import ServingProcess
from local_aws.hosting.variant import EndpointVariant
from local_aws.protocol.members.member_answers import refuse_headers
from local_aws.state.resources import Region

# API reference, InvokeEndpoint: Body.
LARGEST_BODY = 6_291_456
# SageMaker's limit for a container's answer (the same page).
_RESPONSE_SECONDS = 60
_FORWARDED_HEADERS = ("Content-Type", "Accept", "X-Amzn-SageMaker-Custom-Attributes")


def invoke_endpoint(region: Region, endpoint_name: str, request: Request) -> Response:
    """Forward a request to a process of the endpoint, and its answer to the caller."""
    if (request.content_length or 0) > LARGEST_BODY:
        message = f"HTTP content length exceeded {LARGEST_BODY} bytes."
        return Response(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, mimetype="text/plain")
    headers = {name: request.headers[name] for name in _FORWARDED_HEADERS if name in request.headers}
    try:
        with ExitStack() as stack:
            with region.lock:
                variant = _choose_variant(region, endpoint_name, request.headers)
                stack.enter_context(variant.reserved())
            answer = _forward(variant, request.get_data(), headers)
    except AwsError as error:
        return _json_error(error.code, {"Message": error.message}, error.status)
    except ModelError as error:
        return _model_error(error, region, endpoint_name)
    response = Response(answer.data, answer.status, content_type=answer.headers.get("Content-Type"))
    response.headers["x-Amzn-Invoked-Production-Variant"] = variant.name
    if custom := answer.headers.get("X-Amzn-SageMaker-Custom-Attributes"):
        response.headers["X-Amzn-SageMaker-Custom-Attributes"] = custom
    return response


def _choose_variant(region: Region, endpoint_name: str, headers: Headers) -> EndpointVariant:
    endpoint = region.of(Endpoint).get(endpoint_name)
    if endpoint is None or not endpoint.is_serving:
        # To SageMaker Runtime, an endpoint exists only while it serves.
        raise AwsError("ValidationError", f"Endpoint {endpoint_name} of account {region.account} not found.")
    if "X-Amzn-SageMaker-Target-Model" in headers:
        raise AwsError(
            "ValidationError",
            f"Endpoint {endpoint_name} is not a multi-model endpoint and does not support "
            "target model header.",
        )
    try:
        refuse_headers(headers)
    except ValidationError as refusal:
        # SageMaker Runtime's code is a shorter one.
        raise AwsError("ValidationError", refusal.message) from refusal
    if (wanted := headers.get("X-Amzn-SageMaker-Target-Variant")) is not None:
        for variant in endpoint.variants:
            if variant.name == wanted:
                return variant
        raise AwsError("ValidationError", f"Variant {wanted} not found for endpoint {endpoint_name}.")
    weights = [variant.weight for variant in endpoint.variants]
    if sum(weights) == 0:
        weights = [1.0] * len(weights)
    return random.choices(endpoint.variants, weights)[0]  # noqa: S311 - traffic, not secrets


def _forward(variant: EndpointVariant, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
    """Send a request through the variant's containers, each of which gets the answer of the one before.

    The caller's Accept is for the last of them; the others answer as their own environment has it.
    """
    *first, last = variant.processes
    sent = {name: value for name, value in headers.items() if name != "Accept"}
    for process in first:
        answer = _ask(process, body, sent)
        body = answer.data
        sent = {**sent, "Content-Type": answer.headers.get("Content-Type", "application/json")}
    return _ask(last, body, {**headers, **sent})


def _ask(process: ServingProcess, body: bytes, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
    try:
        answer = process.pool.urlopen(
            "POST", "/invocations", body=body, headers=headers, retries=False, timeout=_RESPONSE_SECONDS
        )
    except urllib3.exceptions.TimeoutError as error:
        raise ModelError(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            f"Your invocation timed out while waiting for a response from container {process.name}. Review "
            "the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.",
            process.name,
        ) from error
    except urllib3.exceptions.HTTPError as error:
        raise ModelError(
            HTTPStatus.INTERNAL_SERVER_ERROR, f"The container does not answer: {error}", process.name
        ) from error
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise ModelError(answer.status, answer.data.decode(errors="replace"), process.name)
    return answer


def _model_error(error: ModelError, region: Region, endpoint_name: str) -> Response:
    """Return SageMaker Runtime's answer: HTTP 424, with the container's own status and message."""
    group = f"/aws/sagemaker/Endpoints/{endpoint_name}"
    kind = "client" if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server"
    console = f"https://{region.name}.console.aws.amazon.com/cloudwatch/home?region={region.name}"
    body = {
        "LogStreamArn": f"arn:aws:logs:{region.name}:{region.account}:log-group:{group}",
        "Message": (
            f'Received {kind} error ({error.status}) from {error.container} with message "{error.message}". '
            f"See {console}#logEventViewer:group={group} in account {region.account} for more "
            "information."
        ),
        "OriginalMessage": error.message,
        "OriginalStatusCode": error.status,
    }
    return _json_error("ModelError", body, HTTPStatus.FAILED_DEPENDENCY)


def _json_error(code: str, body: Mapping[str, object], status: int) -> Response:
    headers = {"x-amzn-ErrorType": code}
    return Response(json.dumps(body), status, headers, content_type="application/json")
