"""The connection's credentials, over the hours that a run may take."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from include.airflow_names import CONNECTION, JANITOR_CONNECTION
from include.operators.connection import hook, janitors_connection
from tests.aws.clients import CREDENTIALS, Aws
from tests.faults.aws_proxy import Answer, AwsProxy, Exchange

pytestmark = pytest.mark.slow


@dataclass
class ShortLived:
    """Gives credentials of a role out for a minute."""

    given: list[str] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if exchange.operation != "AssumeRole":
            return answer
        end = datetime.now(UTC) + timedelta(minutes=1)
        body = re.sub(rb"(?<=<Expiration>)[^<]+", end.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), answer.body)
        self.given.append(re.search(rb"<AccessKeyId>([^<]+)", body)[1].decode())
        headers = [header for header in answer.headers if header[0].lower() != "content-length"]
        return replace(answer, body=body, headers=headers)


@pytest.fixture
def sts(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShortLived]:
    sts = ShortLived()
    proxy = AwsProxy(urlsplit(aws.url).netloc, sts)
    with proxy.running():
        url = f"http://127.0.0.1:{proxy.server_port}"
        connection = {
            "conn_type": "aws",
            "login": CREDENTIALS["aws_access_key_id"],
            "password": CREDENTIALS["aws_secret_access_key"],
            "extra": {
                "region_name": "us-east-1",
                "role_arn": "arn:aws:iam::123456789012:role/pipeline",
                "endpoint_url": url,
                "service_config": {"sts": {"endpoint_url": url}},
            },
        }
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))
        yield sts


@pytest.mark.parametrize("service", ["sagemaker", "s3", "logs", "iam", "sagemaker-runtime"])
def test_an_assumed_role_is_assumed_again_before_its_hour_is_over(sts: ShortLived, service: str) -> None:
    client = hook(service).conn
    credentials = client._request_signer._credentials
    before = credentials.get_frozen_credentials().access_key
    after = credentials.get_frozen_credentials().access_key
    assert before != after
    assert [before, after] == sts.given[-2:]


def test_the_janitor_uses_its_own_connection_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert janitors_connection() == CONNECTION
    own = {"conn_type": "aws", "extra": {"region_name": "eu-west-1"}}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_JANITOR", json.dumps(own))
    assert janitors_connection() == JANITOR_CONNECTION
    assert hook("sagemaker", janitors_connection()).conn.meta.region_name == "eu-west-1"
