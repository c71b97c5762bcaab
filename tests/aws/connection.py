"""Where Airflow's connection to AWS leads in a test."""

import json

import pytest

from tests.aws.clients import CREDENTIALS


def connect(
    monkeypatch: pytest.MonkeyPatch,
    url: str | None,
    *,
    region: str = CREDENTIALS["region_name"],
    key_id: str = CREDENTIALS["aws_access_key_id"],
) -> None:
    """Point Airflow's connection to an AWS.

    Args:
        monkeypatch: Takes it back at the end of the test.
        url: Of a local AWS; None for AWS itself.
        region: The connection's.
        key_id: Of the access key.
    """
    connection = {
        "conn_type": "aws",
        "login": key_id,
        "password": CREDENTIALS["aws_secret_access_key"],
        "extra": {"region_name": region} | ({"endpoint_url": url} if url else {}),
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
