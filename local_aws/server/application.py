"""The WSGI application: it answers SageMaker and SageMaker Runtime itself, and leaves the rest to moto."""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from contextlib import nullcontext
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from local_aws.containers.limits import JobLimits
from local_aws.errors import AwsError
from local_aws.hosting.invocations.invoke_endpoint import invoke_endpoint
from local_aws.hosting.invocations.invoke_endpoint_async import invoke_endpoint_async
from local_aws.hosting.metrics import publish_metrics
from local_aws.protocol import tags
from local_aws.protocol.bucket_owner import check_owner
from local_aws.protocol.caller import Caller
from local_aws.protocol.moto_services.mapped_body import mapped_body
from local_aws.protocol.moto_services.moto_sagemaker import (
    answer_of_moto,
    is_search_of_moto,
    moto_has,
    refuse_undone,
)
from local_aws.protocol.moto_services.other_services import absent_operation, answer_of_other_service
from local_aws.protocol.moto_services.stacks import mend_stacks
from local_aws.protocol.moto_services.tagged_records import keep_tags
from local_aws.protocol.moto_services.tagged_resources import GET_RESOURCES, get_resources
from local_aws.protocol.moto_services.templates import check_template
from local_aws.protocol.request_guard import RequestGuard
from local_aws.protocol.request_validation import validate
from local_aws.protocol.s3_names import check_names
from local_aws.protocol.service_model import service_model
from local_aws.protocol.signatures.authentication import Authentication
from local_aws.protocol.signatures.claim import form_of
from local_aws.protocol.signatures.refusals import as_answer
from local_aws.protocol.signatures.request_headers import SentRequest
from local_aws.server.operations import OPERATIONS, perform, resume
from local_aws.state.background import Background
from local_aws.state.latency import Latency
from local_aws.state.resource_files import ResourceFiles
from local_aws.state.resources import JsonObject, Kept, Regions
from local_aws.storage.data_dir import DataDir
from local_aws.storage.log_files import LogFiles
from local_aws.storage.object_files import ObjectFiles

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_LOG = logging.getLogger(__name__)
_TARGET_PREFIX = "SageMaker."
_FOR_PAGES = "access-control-"
_DELETES_LOGS = re.compile(r"Logs_\d+\.Delete")
_INVOCATION = re.compile(r"/endpoints/([^/]+)/(async-)?invocations")
_STREAMED_INVOCATION = re.compile(r"/endpoints/[^/]+/invocations-response-stream")
# SageMaker's largest requests, for instance those of a model card, have some 100 kB.
_LARGEST_REQUEST = 4 * 1024**2


def _without_nulls(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _unknown_operation(operation: str) -> AwsError:
    return AwsError("UnknownOperationException", f"Local AWS does not have SageMaker's {operation}.")


def _internal_failure(operation: str) -> AwsError:
    _LOG.exception("%s failed inside local AWS", operation)
    return AwsError("InternalFailure", f"{operation} failed inside local AWS; see its log.", 500)


def _json_response(body: bytes, status: int) -> Response:
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    return Response(body, status, headers, content_type="application/x-amz-json-1.1")


class LocalAws:
    """Local AWS as a WSGI application. Its `close` ends all that runs in it.

    Args:
        latency: How long states last.
        limits: What a job may take of the machine.
        authentication: Tells who sent a request.
        allowed_hosts: The host names of local AWS, in addition to those of the loopback addresses.
        data_dir: Where S3's objects, and SageMaker's resources and logs, outlive the server. They are read at
            once.

    Raises:
        DataDirError: The directory holds files that are not those of a local AWS.
    """

    def __init__(
        self,
        latency: Latency,
        limits: JobLimits,
        authentication: Authentication,
        allowed_hosts: Collection[str] = (),
        data_dir: DataDir | None = None,
    ) -> None:
        self._guard = RequestGuard(allowed_hosts)
        self._authentication = authentication
        self._background = Background(latency, limits)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._data_dir = data_dir
        self._kept = None
        if data_dir is None:
            self._regions = Regions(self._background)
        else:
            resources = ResourceFiles(data_dir)
            self._kept = Kept(ObjectFiles(data_dir), resources, LogFiles(data_dir))
            self._regions = Regions(self._background, self._kept)
            self._load(self._kept, resources)

    def _load(self, kept: Kept, resources: ResourceFiles) -> None:
        kept.objects.load()
        kept.logs.load()
        for account, region_name, resource in resources.load():
            self._regions.get(account, region_name).of(type(resource))[resource.name] = resource
        for region in self._regions.all():
            with region.lock:
                resume(region)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, and log it without its payload, query or credentials."""
        begin = time.perf_counter()
        request = Request(environ)
        target = request.headers.get("X-Amz-Target", "")
        status_line = "no"

        def noting_status(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            nonlocal status_line
            status_line = status
            # moto allows every page everything. Nothing here is for pages.
            kept = [header for header in headers if not header[0].lower().startswith(_FOR_PAGES)]
            return start_response(status, kept, exc_info)

        try:
            return self._respond(request, target)(environ, noting_status)
        finally:
            milliseconds = (time.perf_counter() - begin) * 1000
            what = target or environ.get("REQUEST_URI", "").partition("?")[0]
            _LOG.info("%s %s %s %.0f ms", request.method, what, status_line[:3], milliseconds)

    def _respond(self, request: Request, target: str) -> "WSGIApplication":
        try:
            self._guard.check(request)
        except AwsError as refusal:
            return _json_response(refusal.body(), refusal.status)
        try:
            caller = self._authentication.identify(request.environ)
            if target.startswith(_TARGET_PREFIX):
                return self._control_plane(caller, request, target.removeprefix(_TARGET_PREFIX))
            if caller.service == "sagemaker":
                # botocore signs as "sagemaker" for both of its SageMaker services.
                if invocation := _INVOCATION.fullmatch(request.path):
                    region = self._regions.get(caller.account, caller.region)
                    invoke = invoke_endpoint_async if invocation[2] else invoke_endpoint
                    return invoke(region, invocation[1], request)
                if _STREAMED_INVOCATION.fullmatch(request.path):
                    raise _unknown_operation("InvokeEndpointWithResponseStream")
                raise absent_operation(request)
            if caller.service == "tagging" and target == GET_RESOURCES:
                region = self._regions.get(caller.account, caller.region)
                return get_resources(self._moto, region, request)
            if caller.service == "monitoring":
                publish_metrics(self._regions.get(caller.account, caller.region))
            if caller.service == "s3":
                check_names(SentRequest(request.environ))
                check_owner(request)
            if caller.service == "cloudformation":
                mend_stacks()
                check_template(request)
        except AwsError as refusal:
            return as_answer(refusal, form_of(SentRequest(request.environ)), request.method)
        return partial(self._other_services, caller)

    def _other_services(
        self, caller: Caller, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ["RAW_URI"] = environ.get("REQUEST_URI", "")  # the name moto knows it by
        with mapped_body(environ) if caller.service == "s3" else nullcontext():
            answer = answer_of_other_service(self._moto, environ, start_response)
        if self._kept is not None and environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS"):
            if caller.service == "s3":
                bucket, _, key = Request(environ).path.removeprefix("/").partition("/")
                # Some requests have the path /, which names no bucket.
                if bucket:
                    self._kept.objects.sync(bucket, key or None)
            elif caller.service == "cloudformation":
                self._kept.objects.sync_account(caller.account)
            elif _DELETES_LOGS.match(environ.get("HTTP_X_AMZ_TARGET", "")):
                self._kept.logs.sync()
        return answer

    def _control_plane(self, caller: Caller, request: Request, operation: str) -> Response:
        try:
            body = self._operate(caller, operation, request)
        except AwsError as refusal:
            return _json_response(refusal.body(), refusal.status)
        except Exception:
            failure = _internal_failure(operation)
            return _json_response(failure.body(), failure.status)
        return _json_response(body, HTTPStatus.OK)

    def _operate(self, caller: Caller, operation: str, request: Request) -> bytes:
        if caller.service != "sagemaker":
            raise AwsError(
                "InvalidSignatureException", "Credential should be scoped to correct service: 'sagemaker'."
            )
        if (request.content_length or 0) > _LARGEST_REQUEST:
            raise AwsError("RequestEntityTooLargeException", "The request is too large.", 413)
        if operation not in OPERATIONS and not moto_has(operation):
            raise _unknown_operation(operation)
        model = service_model().operation_model(operation)
        try:
            # AWS takes an explicit null for an absent member.
            parameters = json.loads(request.get_data() or b"{}", object_hook=_without_nulls)
        except ValueError as error:
            raise AwsError("SerializationException", "The request's body is not JSON.") from error
        validate(parameters, model.input_shape)
        if operation not in OPERATIONS or is_search_of_moto(operation, parameters):
            refuse_undone(operation, parameters)
            given = tags.from_request(parameters)
            answer = answer_of_moto(self._moto, operation, request)
            if given:
                keep_tags(caller, answer, given)
            return answer
        region = self._regions.get(caller.account, caller.region)
        answered = perform(region, operation, parameters)
        return json.dumps(answered).encode() if model.output_shape is not None else b""

    def close(self) -> None:
        """End every job and endpoint, with all their processes and files.

        The data directory keeps their states from before: they did not end by themselves.
        """
        if self._data_dir is not None:
            self._data_dir.close()
        self._background.close()
