"""InvokeEndpointAsync: a request that waits in the endpoint's queue, and is answered on S3."""

import json
import uuid
from datetime import UTC, datetime
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError, ValidationError
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.invocations.answers import json_error
from local_aws.hosting.invocations.async_inference import AsyncInference
from local_aws.hosting.invocations.forwarding import find_serving
from local_aws.hosting.invocations.queued_invocation import QueuedInvocation
from local_aws.protocol.members.member_answers import input_shapes
from local_aws.protocol.request_validation import validate
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url


def invoke_endpoint_async(region: Region, endpoint_name: str, request: Request) -> Response:
    """Queue a request, and tell where its answer will be."""
    try:
        parameters = _parameters(request)
        with region.lock:
            endpoint = find_serving(region, endpoint_name)
            config = AsyncInference.of(endpoint.deployment.config)
            if config is None:
                raise ValidationError(
                    f"Endpoint {endpoint_name} is not an asynchronous endpoint. Use InvokeEndpoint."
                )
            invocation = _invocation(region, endpoint_name, parameters, config, request.get_data())
            _queue(region, endpoint, config, invocation)
    except AwsError as error:
        # SageMaker Runtime's code is a shorter one.
        code = error.code.replace("ValidationException", "ValidationError")
        return json_error(code, {"Message": error.message}, error.status)
    response = Response(
        json.dumps({"InferenceId": invocation.inference_id}),
        HTTPStatus.ACCEPTED,
        content_type="application/json",
    )
    for name, place in (("Output", invocation.output), ("Failure", invocation.failure)):
        if place is not None:
            response.headers[f"X-Amzn-SageMaker-{name}Location"] = str(place)
    return response


def _parameters(request: Request) -> JsonObject:
    """Return the members that are headers, after AWS's checks of them and of the body.

    Raises:
        AwsError: In AWS's words where the model has the rule.
    """
    shape = input_shapes()["InvokeEndpointAsync"]
    given: JsonObject = {"EndpointName": request.path.split("/")[2]}
    for name, member in shape.members.items():
        header = member.serialization.get("name", "")
        if member.serialization.get("location") == "header" and header in request.headers:
            value = request.headers[header]
            given[name] = int(value) if member.type_name == "integer" and value.isdigit() else value
    validate(given, shape)
    body = request.get_data()
    if bool(body) == ("InputLocation" in given):
        raise ValidationError("Body and InputLocation are mutually exclusive. Provide exactly one of them.")
    largest = shape.members["Body"].metadata["max"]
    if len(body) > largest:
        raise ValidationError(f"The Body has {len(body)} bytes; {largest} are the most. Use InputLocation.")
    if not given.get("InputLocation", "s3://").startswith("s3://"):
        raise ValidationError("Local AWS reads the InputLocation as s3://bucket/key.")
    return given


def _invocation(
    region: Region, endpoint_name: str, given: JsonObject, config: AsyncInference, body: bytes
) -> QueuedInvocation:
    # In the messages that AWS was seen to send, the name of the answer is not the InferenceId.
    name = str(uuid.uuid4())
    extension = given.get("S3OutputPathExtension", "").strip("/")
    file = given.get("Filename", f"{name}.out")
    output, failures = config.output, config.failures
    return QueuedInvocation(
        region=region,
        endpoint_name=endpoint_name,
        config=config,
        parameters=given,
        body=body,
        inference_id=given.get("InferenceId") or str(uuid.uuid4()),
        received=datetime.now(UTC),
        output=output and S3Url(output.bucket, f"{output.key}{extension and f'{extension}/'}{file}"),
        failure=failures and S3Url(failures.bucket, f"{failures.key}{name}-error.out"),
    )


def _queue(region: Region, endpoint: Endpoint, config: AsyncInference, invocation: QueuedInvocation) -> None:
    """Put a request into the endpoint's queue. One with another concurrency takes the place of the last."""
    workers = config.concurrency
    if endpoint.queue is None or endpoint.queue[0] != workers:
        endpoint.queue = (workers, region.background.queue(workers))
    region.background.run_queued(endpoint.queue[1], invocation)
