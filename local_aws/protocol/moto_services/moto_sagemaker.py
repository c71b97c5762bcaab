"""The SageMaker operations that moto answers: records that it remembers, with no work behind them.

What would tell of work that nobody does is refused: moto says `Succeeded` of a pipeline that never ran.
"""

import logging
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from moto.core.utils import camelcase_to_underscores
from moto.sagemaker.responses import SageMakerResponse
from werkzeug.wrappers import Request, Response

from local_aws.errors import AwsError, ValidationError
from local_aws.state.resources import JsonObject

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_LOG = logging.getLogger(__name__)

# The operations that begin work, or make what then is in service: moto does nothing, and says it is done.
_NOT_DONE = {
    "StartPipelineExecution": (
        "it keeps pipelines and their definitions, and runs none of their steps. Call CreateTrainingJob, "
        "CreateProcessingJob, CreateTransformJob, CreateModel and CreateModelPackage for what the steps do"
    ),
    "CreateAutoMLJobV2": "it trains by CreateTrainingJob and CreateHyperParameterTuningJob",
    "StopAutoMLJob": "it has no AutoML jobs that could run",
    "CreateCompilationJob": "it compiles no models; CreateModel takes them as they were trained",
    "CreateCluster": "it has no instances for a cluster; jobs and endpoints run without one",
    "CreateFeatureGroup": (
        "it has no feature store, so no record could be put into the group. Keep the data in S3, where jobs "
        "and DAGs read it"
    ),
}
# The members with which a record would stand for work, by operation.
_NOT_DONE_BY_MEMBER = {
    ("CreateNotebookInstance", "LifecycleConfigName"): "no instance starts, so its scripts would not run",
    ("CreateNotebookInstance", "DefaultCodeRepository"): "no instance starts to clone it",
    (
        "CreateNotebookInstance",
        "AdditionalCodeRepositories",
    ): "no instance starts to clone them",
}
# What moto's Search finds: its own records, and the kinds of which there are none.
_SEARCHED = (
    "Experiment",
    "ExperimentTrial",
    "ExperimentTrialComponent",
    "Pipeline",
    "PipelineExecution",
    "FeatureGroup",
    "Project",
    "Image",
    "ImageVersion",
)


def moto_has(operation: str) -> bool:
    """Tell whether moto has a SageMaker operation."""
    return camelcase_to_underscores(operation) in vars(SageMakerResponse)


def refuse_undone(operation: str, request: JsonObject) -> None:
    """Refuse a request whose answer would tell of work that is not done, or of what moto cannot see.

    Args:
        operation: The name of an operation that moto has.
        request: A valid request for it.

    Raises:
        AwsError: `UnknownOperationException` for an operation, ValidationError for a member or a value.
    """
    if operation in _NOT_DONE:
        raise AwsError(
            "UnknownOperationException",
            f"Local AWS does not have SageMaker's {operation}: {_NOT_DONE[operation]}.",
        )
    for (of, member), reason in _NOT_DONE_BY_MEMBER.items():
        if of == operation and member in request:
            raise ValidationError(f"Local AWS has no {member} of {operation}: {reason}.")
    if operation == "Search" and request["Resource"] not in _SEARCHED:
        raise ValidationError(
            f"Local AWS does not search the Resource {request['Resource']}; it searches "
            f"{', '.join(_SEARCHED)}. The List operations find the others."
        )


def answer_of_moto(moto: "WSGIApplication", operation: str, request: Request) -> bytes:
    """Let moto answer a request.

    Args:
        moto: moto's WSGI application.
        operation: The name of an operation that moto has.
        request: A valid request for the operation.

    Returns:
        The body of moto's answer.

    Raises:
        AwsError: moto refuses the request, or `InternalFailure`: moto fails. The status of InternalFailure is
            one that SDKs do not retry.
    """
    environ = {**request.environ, "wsgi.input": BytesIO(request.get_data())}
    try:
        answer = Response.from_app(moto, environ, buffered=True)
    except Exception as error:
        _LOG.exception("%s failed inside moto", operation)
        raise _failure(operation, repr(error)) from error
    body = answer.get_data()
    document = answer.get_json(force=True, silent=True) if body else {}
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or document is None:
        raise _failure(operation, f"HTTP {answer.status_code}")
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        code = document["__type"].rpartition("#")[2]
        raise AwsError(code, document.get("message") or document.get("Message") or "", answer.status_code)
    return body


def _failure(operation: str, reason: str) -> AwsError:
    return AwsError("InternalFailure", f"{operation} failed inside moto, whose operation it is: {reason}")
