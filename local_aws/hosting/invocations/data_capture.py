"""What an endpoint captures of its requests and answers: JSON Lines on S3.

Source: developer guide, "Capture data from real-time endpoint" and "Interpret captured data".
"""

import base64
import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import urllib3

from local_aws.errors import NoSuchObjectError
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import JsonObject
from local_aws.storage.objects import S3Url, Storage

CUSTOM_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
"""The header."""
_WHOLE = 100


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request that was answered, and its answer."""

    request_type: str | None
    """The request's Content-Type."""
    request: bytes
    answer_type: str | None
    """The answer's Content-Type."""
    answer: bytes
    inference_id: str | None
    """The InferenceId that the caller gave."""
    custom_attributes: str | None
    """The CustomAttributes that the caller gave."""

    @classmethod
    def of(
        cls,
        headers: Mapping[str, str],
        body: bytes,
        answer: urllib3.BaseHTTPResponse,
        inference_id: str | None = None,
    ) -> Self:
        """Return that of a request and its answer.

        Args:
            headers: Those that the container got.
            body: The request's body.
            answer: The container's.
            inference_id: The InferenceId that the caller gave.
        """
        return cls(
            request_type=headers.get("Content-Type"),
            request=body,
            answer_type=answer.headers.get("Content-Type"),
            answer=answer.data,
            inference_id=inference_id,
            custom_attributes=headers.get(CUSTOM_ATTRIBUTES),
        )


@dataclass(frozen=True, kw_only=True)
class DataCapture:
    """A DataCaptureConfig that is switched on."""

    percentage: int
    destination: S3Url
    kms_key: str | None
    takes_input: bool
    takes_output: bool
    csv_types: tuple[str, ...]
    json_types: tuple[str, ...]

    @classmethod
    def of(cls, config: JsonObject) -> Self | None:
        """Return what an endpoint configuration says is captured. None where nothing is."""
        given = config.get("DataCaptureConfig")
        # API reference, DataCaptureConfig: EnableCapture defaults to enabled.
        if given is None or not given.get("EnableCapture", True):
            return None
        modes = {option["CaptureMode"] for option in given["CaptureOptions"]}
        types = given.get("CaptureContentTypeHeader", {})
        return cls(
            percentage=given["InitialSamplingPercentage"],
            destination=S3Url.parse(given["DestinationS3Uri"]),
            kms_key=given.get("KmsKeyId"),
            takes_input=bool(modes & {"Input", "InputAndOutput"}),
            takes_output=bool(modes & {"Output", "InputAndOutput"}),
            csv_types=tuple(types.get("CsvContentTypes", ())),
            json_types=tuple(types.get("JsonContentTypes", ())),
        )

    def takes_next(self) -> bool:
        """Draw whether the next request is captured."""
        return random.random() * _WHOLE < self.percentage  # noqa: S311 - a sample, not secrets

    def write(
        self, storage: Storage, endpoint_name: str, variant: EndpointVariant, exchange: Exchange
    ) -> None:
        """Write a file with one line, at once, where AWS gathers the lines of some minutes.

        Where there is no bucket for it, the endpoint answers all the same, and its log says so.
        """
        now = datetime.now(UTC)
        name = f"{now:%M-%S}-{now.microsecond // 1000:03}-{uuid.uuid4()}.jsonl"
        folder = "/".join(
            part
            for part in (self.destination.key.rstrip("/"), endpoint_name, variant.name, f"{now:%Y/%m/%d/%H}")
            if part
        )
        place = S3Url(self.destination.bucket, f"{folder}/{name}")
        try:
            storage.write(place, f"{json.dumps(self.record(exchange, now))}\n".encode(), self.kms_key)
        except NoSuchObjectError as error:
            variant.log.append(f"Local AWS: a request is not captured, as there is no {error}")

    def record(self, exchange: Exchange, now: datetime) -> JsonObject:
        """Return the line of an exchange."""
        captured = {}
        if self.takes_input:
            captured["endpointInput"] = self._side("INPUT", exchange.request_type, exchange.request)
        if self.takes_output:
            captured["endpointOutput"] = self._side("OUTPUT", exchange.answer_type, exchange.answer)
        metadata: JsonObject = {"eventId": str(uuid.uuid4())}
        if exchange.custom_attributes is not None:
            metadata["customAttributes"] = [exchange.custom_attributes]
        if exchange.inference_id is not None:
            metadata["inferenceId"] = exchange.inference_id
        metadata["inferenceTime"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        return {"captureData": captured, "eventMetadata": metadata, "eventVersion": "0"}

    def _side(self, mode: str, content_type: str | None, data: bytes) -> JsonObject:
        media_type = (content_type or "").partition(";")[0].strip()
        # Without headers that say what is CSV and JSON, AWS encodes everything by base64.
        encoding = (
            "CSV" if media_type in self.csv_types else "JSON" if media_type in self.json_types else "BASE64"
        )
        text = base64.b64encode(data).decode() if encoding == "BASE64" else data.decode(errors="replace")
        side = {"mode": mode, "data": text, "encoding": encoding}
        return side if content_type is None else {"observedContentType": content_type, **side}
