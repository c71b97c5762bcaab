from concurrent.futures import ThreadPoolExecutor

import botocore.loaders
import botocore.session
import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from boto3.session import Session
from botocore.loaders import JSONFileLoader

from tests.aws.connection import connect

pytestmark = pytest.mark.slow


def test_a_second_session_parses_no_model_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # As outside of tests.
    monkeypatch.setattr(botocore.session, "create_loader", botocore.loaders.create_loader)
    connect(monkeypatch, None, key_id="first-key")
    AwsBaseHook(aws_conn_id="aws_default", client_type="sagemaker").conn.close()
    connect(monkeypatch, None, key_id="second-key")
    parsed = []

    def load(self: JSONFileLoader, path: str) -> object:
        parsed.append(path)
        return load_file(self, path)

    load_file = JSONFileLoader.load_file
    monkeypatch.setattr(JSONFileLoader, "load_file", load)
    AwsBaseHook(aws_conn_id="aws_default", client_type="sagemaker").conn.close()
    assert [path for path in parsed if path.endswith(("service-2", "endpoints"))] == []


def test_sessions_that_share_models_share_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("first-key", "second-key"):
        connect(monkeypatch, None, key_id=key)
        session = _session()
        assert session.get_credentials().access_key == key


def test_hooks_of_a_connection_share_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, None)
    assert _session() is _session()


def test_another_region_has_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for region in ("us-east-1", "eu-west-1"):
        connect(monkeypatch, None, region=region)
        assert _session().region_name == region


def test_a_connection_without_a_key_takes_that_of_the_environment_as_it_is_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", "aws://?region_name=us-east-1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    for key in ("first-key", "second-key"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        assert _session().get_credentials().access_key == key


def test_threads_share_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, None)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(_session).result() is not _session()


def _session() -> Session:
    session: Session = AwsBaseHook(aws_conn_id="aws_default").get_session()
    return session
