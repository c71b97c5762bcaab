"""Which variant of an endpoint answers a request, and how the request passes through its containers."""

import random
import time
from collections.abc import Mapping
from http import HTTPStatus

import urllib3

from local_aws.errors import AwsError, ModelError
from local_aws.hosting.endpoint import Endpoint
from local_aws.hosting.serving.serving_process import ServingProcess
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import Region


def find_serving(region: Region, name: str) -> Endpoint:
    """Return an endpoint. To SageMaker Runtime, it exists only while it serves.

    Raises:
        AwsError: `ValidationError`: there is none.
    """
    endpoint = region.of(Endpoint).get(name)
    if endpoint is None or not endpoint.is_serving:
        raise AwsError("ValidationError", f"Endpoint {name} of account {region.account} not found.")
    return endpoint


def choose_variant(endpoint: Endpoint, wanted: str | None = None) -> EndpointVariant:
    """Return the variant that answers a request: the wanted one, or one that is drawn by the weights.

    Raises:
        AwsError: `ValidationError`: the endpoint has no such variant.
    """
    is_for_new = random.random() < endpoint.new_share  # noqa: S311 - traffic, not secrets
    fleet = endpoint.new_variants if is_for_new else endpoint.variants
    if wanted is not None:
        for variant in fleet:
            if variant.name == wanted:
                return variant
        raise AwsError("ValidationError", f"Variant {wanted} not found for endpoint {endpoint.name}.")
    weights = [variant.weight for variant in fleet]
    if sum(weights) == 0:
        weights = [1.0] * len(weights)
    return random.choices(fleet, weights)[0]  # noqa: S311 - traffic, not secrets


def forward(
    variant: EndpointVariant,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
    target: str | None = None,
) -> urllib3.BaseHTTPResponse:
    """Send a request through the variant's containers, each of which gets the answer of the one before.

    The caller's Accept is for the last of them; the others answer as their own environment has it. The
    variant counts what became of it.

    Args:
        variant: The variant, which is reserved.
        body: The request's body.
        headers: The request's headers.
        seconds: How long each container may take.
        target: The model that is to answer, where the variant has several.

    Raises:
        AwsError: The variant has several models, and not that one.
        ModelError: A container answers with an error, too late, or not at all.
    """
    began = time.perf_counter()
    try:
        with variant.processes(target) as processes:
            answer = _through(processes, body, headers, seconds)
    except ModelError as error:
        variant.answered.note(error.status, time.perf_counter() - began)
        raise
    variant.answered.note(answer.status, time.perf_counter() - began)
    return answer


def _through(
    processes: list[ServingProcess], body: bytes, headers: Mapping[str, str], seconds: float
) -> urllib3.BaseHTTPResponse:
    *first, last = processes
    sent = {name: value for name, value in headers.items() if name != "Accept"}
    for process in first:
        answer = _ask(process, body, sent, seconds)
        body = answer.data
        sent = {**sent, "Content-Type": answer.headers.get("Content-Type", "application/json")}
    return _ask(last, body, {**headers, **sent}, seconds)


def _ask(
    process: ServingProcess, body: bytes, headers: Mapping[str, str], seconds: float
) -> urllib3.BaseHTTPResponse:
    try:
        answer = process.pool.urlopen(
            "POST", "/invocations", body=body, headers=headers, retries=False, timeout=seconds
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
