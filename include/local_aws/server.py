"""The WSGI application: SageMaker and SageMaker Runtime are ours, everything else is moto's."""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from include.local_aws import (
    endpoint_configs,
    endpoints,
    model_package_groups,
    model_packages,
    models,
    tags,
    training_jobs,
)
from include.local_aws.aws_errors import AwsError
from include.local_aws.background import Background
from include.local_aws.caller import Caller
from include.local_aws.request_validation import validate
from include.local_aws.resources import JsonObject, Region, Regions
from include.local_aws.responses import render
from include.local_aws.runtime import invoke_endpoint
from include.local_aws.service_model import service_model

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOG = logging.getLogger(__name__)
_TARGET_PREFIX = "SageMaker."
_INVOCATION = re.compile(r"/endpoints/([^/]+)/invocations")

Operation = Callable[[Region, JsonObject], JsonObject]
OPERATIONS: dict[str, Operation] = {
    **training_jobs.OPERATIONS,
    **model_package_groups.OPERATIONS,
    **model_packages.OPERATIONS,
    **models.OPERATIONS,
    **endpoint_configs.OPERATIONS,
    **endpoints.OPERATIONS,
    **tags.OPERATIONS,
}


def _without_nulls(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _internal_failure(operation: str) -> AwsError:
    _LOG.exception("%s failed inside local AWS", operation)
    return AwsError("InternalFailure", f"{operation} failed inside local AWS; see its log.", 500)


class LocalAws:
    """Local AWS as a WSGI application. `close` ends all that runs in it."""

    def __init__(self) -> None:
        self._background = Background()
        self._regions = Regions(self._background)
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answers one request, and logs it without its payload, query or credentials."""
        begin = time.perf_counter()
        request = Request(environ)
        target = request.headers.get("X-Amz-Target", "")
        status_line = "no"

        def noting_status(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            nonlocal status_line
            status_line = status
            return start_response(status, headers, exc_info)

        try:
            # botocore signs as "sagemaker" for both of its SageMaker services.
            invocation = _INVOCATION.fullmatch(request.path)
            if target.startswith(_TARGET_PREFIX):
                return self._control_plane(request, target)(environ, noting_status)
            if invocation and "/sagemaker/aws4_request" in request.headers.get("Authorization", ""):
                return self._runtime(request, invocation[1])(environ, noting_status)
            environ["RAW_URI"] = environ.get("REQUEST_URI", "")  # the name moto knows it by
            answer: Iterable[bytes] = self._moto(environ, noting_status)
            return answer
        finally:
            milliseconds = (time.perf_counter() - begin) * 1000
            what = target or environ.get("REQUEST_URI", "").partition("?")[0]
            _LOG.info("%s %s %s %.0f ms", request.method, what, status_line[:3], milliseconds)

    def _control_plane(self, request: Request, target: str) -> Response:
        operation = target.removeprefix(_TARGET_PREFIX)
        try:
            body, status = self._operate(operation, request), 200
        except Exception as error:
            refusal = error if isinstance(error, AwsError) else _internal_failure(operation)
            body, status = refusal.body(), refusal.status
        headers = {"x-amzn-RequestId": str(uuid.uuid4())}
        return Response(body, status, headers, content_type="application/x-amz-json-1.1")

    def _operate(self, operation: str, request: Request) -> bytes:
        caller = Caller.of(request.headers.get("Authorization"))
        if operation not in OPERATIONS:
            raise AwsError("UnknownOperationException", f"Local AWS does not have SageMaker's {operation}.")
        model = service_model().operation_model(operation)
        try:
            # AWS takes an explicit null for an absent member.
            parameters = json.loads(request.get_data() or b"{}", object_hook=_without_nulls)
        except ValueError as error:
            raise AwsError("SerializationException", "The request's body is not JSON.") from error
        validate(parameters, model.input_shape)
        region = self._regions.get(caller.account, caller.region)
        with region.lock:
            return render(OPERATIONS[operation](region, parameters), model.output_shape)

    def _runtime(self, request: Request, endpoint_name: str) -> Response:
        caller = Caller.of(request.headers.get("Authorization"))
        return invoke_endpoint(self._regions.get(caller.account, caller.region), endpoint_name, request)

    def close(self) -> None:
        """Ends every job and endpoint, with all their processes and files."""
        self._background.close()
