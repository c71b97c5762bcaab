"""InvokeEndpoint."""

from contextlib import ExitStack
from http import HTTPStatus

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError, ModelError, ValidationError
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.invocations.answers import json_error, model_error
from local_aws.hosting.invocations.data_capture import CUSTOM_ATTRIBUTES, DataCapture, Exchange
from local_aws.hosting.invocations.forwarding import choose_variant, find_serving, forward
from local_aws.hosting.invocations.shadowing import RequestCopy
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.protocol.members.member_answers import refuse_headers
from local_aws.state.resources import Region

# API reference, InvokeEndpoint: Body.
LARGEST_BODY = 6_291_456
# SageMaker's limit for a container's answer (the same page).
_RESPONSE_SECONDS = 60
_TARGET_MODEL = "X-Amzn-SageMaker-Target-Model"
_FORWARDED_HEADERS = ("Content-Type", "Accept", CUSTOM_ATTRIBUTES)


def invoke_endpoint(region: Region, endpoint_name: str, request: Request) -> Response:
    """Forward a request to a process of the endpoint, and its answer to the caller."""
    if (request.content_length or 0) > LARGEST_BODY:
        message = f"HTTP content length exceeded {LARGEST_BODY} bytes."
        return Response(message, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, mimetype="text/plain")
    headers = {name: request.headers[name] for name in _FORWARDED_HEADERS if name in request.headers}
    body = request.get_data()
    try:
        with ExitStack() as stack:
            with region.lock:
                endpoint = find_serving(region, endpoint_name)
                _check_headers(endpoint, request.headers)
                variant = choose_variant(endpoint, request.headers.get("X-Amzn-SageMaker-Target-Variant"))
                target = _target_model(endpoint, variant, request.headers)
                capture = DataCapture.of(endpoint.deployment.config)
                stack.enter_context(variant.reserved())
                RequestCopy(
                    region=region,
                    endpoint_name=endpoint_name,
                    body=body,
                    headers=headers,
                    seconds=_RESPONSE_SECONDS,
                    capture=capture,
                ).send(variant)
            answer = forward(variant, body, headers, _RESPONSE_SECONDS, target)
    except AwsError as error:
        return json_error(error.code, {"Message": error.message}, error.status)
    except ModelError as error:
        return model_error(error, region, endpoint_name)
    response = Response(answer.data, answer.status, content_type=answer.headers.get("Content-Type"))
    response.headers["x-Amzn-Invoked-Production-Variant"] = variant.name
    if custom := answer.headers.get(CUSTOM_ATTRIBUTES):
        response.headers[CUSTOM_ATTRIBUTES] = custom
    if capture is not None and capture.takes_next():
        inference_id = request.headers.get("X-Amzn-SageMaker-Inference-Id")
        exchange = Exchange.of(headers, body, answer, inference_id)
        capture.write(region.storage, endpoint_name, variant, exchange)
    return response


def _target_model(endpoint: Endpoint, variant: EndpointVariant, headers: Headers) -> str | None:
    """Return the model that is to answer, where the variant has several.

    Raises:
        AwsError: `ValidationError`: it has one, and the request names a model.
    """
    target = headers.get(_TARGET_MODEL)
    if target is not None and not variant.is_multi_model:
        raise AwsError(
            "ValidationError",
            f"Endpoint {endpoint.name} is not a multi-model endpoint and does not support "
            "target model header.",
        )
    return target


def _check_headers(endpoint: Endpoint, headers: Headers) -> None:
    """Refuse what the endpoint, or local AWS, does not have.

    Raises:
        AwsError: `ValidationError`, which is SageMaker Runtime's shorter code.
    """
    if "AsyncInferenceConfig" in endpoint.deployment.config:
        # AWS refuses it by this code. No public source quotes its text.
        raise AwsError(
            "ValidationError",
            f"Endpoint {endpoint.name} is an asynchronous endpoint. Invoke it with InvokeEndpointAsync.",
        )
    try:
        refuse_headers(headers)
    except ValidationError as refusal:
        raise AwsError("ValidationError", refusal.message) from refusal
