"""One request of an asynchronous endpoint, from the queue to its answer on S3."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from local_aws.errors import AwsError, ModelError, NoSuchObjectError
from local_aws.hosting.invocations.answers import kind_of
from local_aws.hosting.invocations.async_inference import AsyncInference, InferenceResult, message, publish
from local_aws.hosting.invocations.forwarding import choose_variant, find_serving, forward
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import JsonObject, Region
from local_aws.storage.objects import S3Url

# API reference, InvokeEndpointAsync: RequestTTLSeconds and InvocationTimeoutSeconds.
_LONGEST_IN_QUEUE = 21600
_LONGEST_INVOCATION = 900
# The headers that a container gets, by the member they come from.
_FORWARDED = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
}
# The names of members in the requestParameters of a notification.
_TOLD = {
    "Accept": "accept",
    "ContentType": "contentType",
    "CustomAttributes": "customAttributes",
    "EndpointName": "endpointName",
    "InputLocation": "inputLocation",
}


@dataclass(frozen=True, kw_only=True)
class QueuedInvocation:
    """A request that waits. To call it is to have it answered."""

    region: Region
    endpoint_name: str
    config: AsyncInference
    parameters: JsonObject
    """The members of InvokeEndpointAsync, without its Body."""
    body: bytes
    """The Body, which is empty where there is an InputLocation."""
    inference_id: str
    received: datetime
    output: S3Url | None
    """Where the answer is to be."""
    failure: S3Url | None
    """Where the container's error answer is to be."""

    def __call__(self) -> None:
        """Answer it. An endpoint that is gone by now takes its queue along."""
        with ExitStack() as stack:
            try:
                with self.region.lock:
                    variant = choose_variant(find_serving(self.region, self.endpoint_name))
                    stack.enter_context(variant.reserved())
            except AwsError:
                return
            self._tell(self._stored(self._answered(variant)), variant)

    def _answered(self, variant: EndpointVariant) -> InferenceResult:
        waited = (datetime.now(UTC) - self.received).total_seconds()
        longest = self.parameters.get("RequestTTLSeconds", _LONGEST_IN_QUEUE)
        if waited > longest:
            return _failed(f"ClientError: The request expired: it waited for more than {longest} seconds.")
        headers = {
            header: self.parameters[name] for name, header in _FORWARDED.items() if name in self.parameters
        }
        seconds = self.parameters.get("InvocationTimeoutSeconds", _LONGEST_INVOCATION)
        try:
            body = self.body
            if "InputLocation" in self.parameters:
                body = self.region.storage.read(S3Url.parse(self.parameters["InputLocation"]))
            answer = forward(variant, body, headers, seconds)
        except NoSuchObjectError as error:
            return _failed(f"ClientError: Failed to download S3 object: there is no {error}")
        except ModelError as error:
            # AWS's words, as published notifications have them.
            reason = (
                f"ClientError: Received {kind_of(error)} error ({error.status}) from model. See the "
                "SageMaker Endpoint logs in your account for more information."
            )
            return _failed(reason, error.message)
        return InferenceResult(
            status="Completed", answer=answer.data, content_type=answer.headers.get("Content-Type")
        )

    def _stored(self, result: InferenceResult) -> InferenceResult:
        place = self.output if result.status == "Completed" else self.failure
        if place is None:
            return result
        try:
            self.region.storage.write(place, result.answer, self.config.kms_key)
        except NoSuchObjectError as error:
            reason = f"ClientError: Failed to upload the response: there is no bucket for {error}"
            return _failed(result.failure_reason or reason)
        return result

    def _tell(self, result: InferenceResult, variant: EndpointVariant) -> None:
        log = variant.log
        if result.failure_reason is not None:
            log.append(f"Local AWS: inference {self.inference_id} failed: {result.failure_reason}")
        topic = self.config.topics.get(result.status)
        if topic is None:
            return
        text = message(
            result,
            self.config,
            region=self.region.name,
            received=self.received,
            inference_id=self.inference_id,
            request={told: self.parameters[name] for name, told in _TOLD.items() if name in self.parameters},
            output=self.output,
        )
        if not publish(topic, text):
            log.append(f"Local AWS: inference {self.inference_id} is not notified: there is no topic {topic}")


def _failed(reason: str, answer: str | None = None) -> InferenceResult:
    told = reason if answer is None else answer
    return InferenceResult(status="Failed", answer=told.encode(), failure_reason=reason)
