import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from botocore.loaders import JSONFileLoader

from tests.aws.connection import connect

pytestmark = pytest.mark.slow


def test_a_second_session_parses_no_model_again(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, None, key_id="first-key")
    AwsBaseHook(aws_conn_id="aws_default", client_type="sagemaker").conn.close()
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
        session = AwsBaseHook(aws_conn_id="aws_default").get_session()
        assert session.get_credentials().access_key == key
