"""What becomes of the answers of an asynchronous endpoint: S3, and notifications by moto's SNS.

Source: developer guide, "Check prediction results", and API reference, AsyncInferenceConfig.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from moto.sns.models import sns_backends

from local_aws.state.resources import JsonObject
from local_aws.storage.objects import S3Url

# Where MaxConcurrentInvocationsPerInstance is absent, SageMaker chooses. So does local AWS.
_CONCURRENCY = 4
# API reference, AsyncInferenceNotificationConfig: IncludeInferenceResponseIn.
_LARGEST_INCLUDED = 128 * 1024


@dataclass(frozen=True, kw_only=True)
class AsyncInference:
    """An AsyncInferenceConfig."""

    concurrency: int
    """How many requests its container gets at once."""
    output: S3Url | None
    """The folder of answers."""
    failures: S3Url | None
    """The folder of the container's error answers."""
    kms_key: str | None
    topics: Mapping[str, str]
    """The SNS topics, by the invocationStatus that they are told of."""
    included: frozenset[str]
    """The values of invocationStatus whose message has the answer itself."""

    @classmethod
    def of(cls, config: JsonObject) -> Self | None:
        """Return what an endpoint configuration says. None where the endpoint answers at once."""
        given = config.get("AsyncInferenceConfig")
        if given is None:
            return None
        output = given["OutputConfig"]
        notified = output.get("NotificationConfig", {})
        topics = {"Completed": notified.get("SuccessTopic"), "Failed": notified.get("ErrorTopic")}
        kinds = {"SUCCESS_NOTIFICATION_TOPIC": "Completed", "ERROR_NOTIFICATION_TOPIC": "Failed"}
        return cls(
            concurrency=given.get("ClientConfig", {}).get(
                "MaxConcurrentInvocationsPerInstance", _CONCURRENCY
            ),
            output=_folder(output.get("S3OutputPath")),
            failures=_folder(output.get("S3FailurePath")),
            kms_key=output.get("KmsKeyId"),
            topics={status: topic for status, topic in topics.items() if topic is not None},
            included=frozenset(kinds[kind] for kind in notified.get("IncludeInferenceResponseIn", [])),
        )


def _folder(url: str | None) -> S3Url | None:
    if url is None:
        return None
    place = S3Url.parse(url)
    return S3Url(place.bucket, place.key and f"{place.key.rstrip('/')}/")


@dataclass(frozen=True, kw_only=True)
class InferenceResult:
    """How a request ended."""

    status: str
    """The invocationStatus: Completed or Failed."""
    answer: bytes
    content_type: str | None = None
    failure_reason: str | None = None


def message(
    result: InferenceResult,
    config: AsyncInference,
    *,
    region: str,
    received: datetime,
    inference_id: str,
    request: JsonObject,
    output: S3Url | None,
) -> str:
    """Return the message of a notification.

    Args:
        result: How the request ended.
        config: Says whether the answer itself is included.
        region: The name of the endpoint's region.
        received: When the request came.
        inference_id: The id of the request.
        request: Its requestParameters.
        output: Where the answer is. None where it is nowhere.
    """
    response = {"contentType": result.content_type, "outputLocation": output and str(output)}
    body = {"content": base64.b64encode(result.answer).decode(), "encoding": "BASE64"}
    is_included = result.status in config.included and len(result.answer) <= _LARGEST_INCLUDED
    members = {
        "awsRegion": region,
        "eventTime": _shown(datetime.now(UTC)),
        "receivedTime": _shown(received),
        "invocationStatus": result.status,
        "failureReason": result.failure_reason,
        "requestParameters": request,
        "responseParameters": _given(response) if result.status == "Completed" else None,
        "responseBody": body if is_included else None,
        "inferenceId": inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    return json.dumps(_given(members))


def _given(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value is not None}


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def publish(topic_arn: str, text: str) -> bool:
    """Publish a message to a topic. Tell whether there is such a topic."""
    _, _, _, region, account, _ = topic_arn.split(":")
    topic = sns_backends[account][region].topics.get(topic_arn)
    if topic is None:
        return False
    topic.publish(text)
    return True
