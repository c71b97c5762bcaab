"""Channels are refused as the built-in container refuses them."""

import pytest

from local_aws.algorithms.xgboost.channels import check_channels
from local_aws.errors import UserError


@pytest.mark.parametrize(
    ("content_type", "data_format"),
    [
        ({"ContentType": "csv"}, "csv"),
        ({"ContentType": "text/csv"}, "csv"),
        ({"ContentType": "libsvm"}, "libsvm"),
        ({"ContentType": "text/libsvm"}, "libsvm"),
        ({"ContentType": "text/x-libsvm"}, "libsvm"),
        ({"ContentType": "parquet"}, "parquet"),
        ({"ContentType": "application/x-parquet"}, "parquet"),
        ({"ContentType": "recordio-protobuf"}, "recordio-protobuf"),
        ({"ContentType": "application/x-recordio-protobuf"}, "recordio-protobuf"),
        ({}, "libsvm"),
    ],
)
def test_content_types(content_type: dict[str, str], data_format: str) -> None:
    assert check_channels({"train": content_type, "validation": content_type}) == data_format


UNSUPPORTED = "Channel configuration for '{}' channel is not supported: {{'ContentType': '{}'}}"


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ({}, "Missing required channel: train"),
        ({"validation": {}}, "Missing required channel: train"),
        ({"train": {}, "test": {}}, "Extraneous channel found: test"),
        *[
            (
                {"train": {"ContentType": content_type, "TrainingInputMode": "Pipe"}},
                (
                    f"Pipe mode for {name} is no longer supported. Please use Fast File mode (default) "
                    "instead. Set input_mode='File' in your SageMaker Estimator or TrainingInput."
                ),
            )
            for content_type, name in (
                ("text/csv", "CSV"),
                ("parquet", "Parquet"),
                ("application/x-recordio-protobuf", "RecordIO-Protobuf"),
            )
        ],
        (
            {"train": {"TrainingInputMode": "Pipe"}},
            (
                "Channel configuration for 'train' channel is not supported: {'TrainingInputMode': 'Pipe', "
                "'ContentType': 'text/libsvm'}"
            ),
        ),
        *[
            ({"train": {"ContentType": content_type}}, UNSUPPORTED.format("train", content_type))
            for content_type in ("text/csv;label_size=1", "TEXT/CSV", "application/json", "text/plain", "")
        ],
        (
            {"train": {"ContentType": "csv"}, "validation": {"ContentType": "tsv"}},
            UNSUPPORTED.format("validation", "tsv"),
        ),
    ],
)
def test_channels_that_are_refused(channels: dict[str, dict[str, str]], message: str) -> None:
    with pytest.raises(UserError) as caught:
        check_channels(channels)
    assert str(caught.value) == message
