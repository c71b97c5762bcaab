"""What local AWS captures of an endpoint's requests and answers, on S3."""

import json
from typing import Any

from tests.aws.training_data import BUCKET

CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": f"s3://{BUCKET}/captured/",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
}


def captured(s3: Any, name: str, prefix: str = "captured/") -> dict[str, list[dict[str, Any]]]:
    """Return the lines of each file that was captured of an endpoint, by key."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}{name}/").get("Contents", [])
    files = {one["Key"]: s3.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in listed}
    return {key: [json.loads(line) for line in text.decode().splitlines()] for key, text in files.items()}
