"""SageMaker Runtime's error answers."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from werkzeug.wrappers import Response

from local_aws.errors import ModelError
from local_aws.state.resources import Region


def model_error(error: ModelError, region: Region, endpoint_name: str) -> Response:
    """Return HTTP 424, with the container's own status and message."""
    group = f"/aws/sagemaker/Endpoints/{endpoint_name}"
    console = f"https://{region.name}.console.aws.amazon.com/cloudwatch/home?region={region.name}"
    body = {
        "LogStreamArn": f"arn:aws:logs:{region.name}:{region.account}:log-group:{group}",
        "Message": (
            f"Received {kind_of(error)} error ({error.status}) from {error.container} with message "
            f'"{error.message}". See {console}#logEventViewer:group={group} in account {region.account} for '
            "more information."
        ),
        "OriginalMessage": error.message,
        "OriginalStatusCode": error.status,
    }
    return json_error("ModelError", body, HTTPStatus.FAILED_DEPENDENCY)


def kind_of(error: ModelError) -> str:
    """Return AWS's word for whose error it is: client or server."""
    return "client" if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server"


def json_error(code: str, body: Mapping[str, object], status: int) -> Response:
    """Return an error answer of the REST JSON protocol."""
    headers = {"x-amzn-ErrorType": code}
    return Response(json.dumps(body), status, headers, content_type="application/json")
