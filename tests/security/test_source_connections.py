"""A password for a source is told to its own server, to no other, and to no log.

Who: whoever may trigger a run names a connection that is not theirs to use, or a server of their own for one
that is; whoever owns the server redirects.
"""

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk._shared.secrets_masker import _secrets_masker
from airflow.sdk.log import redact

from include.operators.source.access import mask_secrets_of, source_login
from include.pipeline.errors import ParamError, SourceError
from include.pipeline.source.download import fetch
from include.pipeline.source.login import SourceLogin
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.version import look_up_version
from include.pipeline.source.web import Patience
from tests.pipeline.planned import plan_of
from tests.services.misbehaving_web import Answer, MisbehavingWeb, serving

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.usefixtures("_no_proxy")

PASSWORD = "hunter2-and-more"  # pragma: allowlist secret - made up
POLICY = SourcePolicy(http_hosts=("127.0.0.1", "localhost"), connections=("bank_data",))


def connect(monkeypatch: pytest.MonkeyPatch, name: str = "bank_data", **fields: Any) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({"conn_type": "http"} | fields))


@pytest.fixture
def login(web: MisbehavingWeb, monkeypatch: pytest.MonkeyPatch) -> SourceLogin:
    """Of the test's web server, with a password and a header."""
    connect(
        monkeypatch,
        host="127.0.0.1",
        schema="http",
        port=web.server_port,
        login="me",
        password=PASSWORD,
        extra={"X-Api-Key": f"key-{PASSWORD}"},
    )
    found = source_login("bank_data", POLICY)
    assert found
    return found


def bring(url: str, login: SourceLogin, s3: "S3Client") -> str:
    patience = Patience(connect_seconds=1, read_seconds=1, tries=1)
    raw = fetch(url, policy=POLICY, s3=s3, raw_uri="s3://bucket/raw", patience=patience, login=login)
    return raw.model_dump_json()


@pytest.mark.slow
def test_the_server_is_told_and_nobody_else(
    login: SourceLogin, web: MisbehavingWeb, s3: "S3Client", caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = web.url("/a.csv", Answer(headers={"ETag": "v1"}))
    said = bring(url, login, s3) + look_up_version(url, policy=POLICY, s3=s3, login=login).model_dump_json()
    for asked in ("GET /a.csv", "HEAD /a.csv"):
        assert web.heard[asked]["Authorization"] == "Basic bWU6aHVudGVyMi1hbmQtbW9yZQ=="
        assert web.heard[asked]["X-Api-Key"] == f"key-{PASSWORD}"
    assert PASSWORD not in said + caplog.text + repr(login)


def test_a_redirect_takes_no_password_to_another_server(
    login: SourceLogin, web: MisbehavingWeb, s3: "S3Client"
) -> None:
    with serving() as other:
        end = other.url("/end.csv")
        for to in (end, end.replace("127.0.0.1", "localhost")):
            bring(web.url("/a.csv", Answer(b"", status=302, headers={"Location": to})), login, s3)
            assert not {"Authorization", "X-Api-Key"} & other.heard["GET /end.csv"].keys()
        # Nor does the way back lose it.
        web.url("/b.csv")
        other.url("/end.csv", Answer(b"", status=307, headers={"Location": f"http://{web.host}/b.csv"}))
        bring(f"http://{web.host}/a.csv", login, s3)
        assert "X-Api-Key" in web.heard["GET /b.csv"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.csv",
        "http://localhost:{port}/a.csv",
        "https://127.0.0.1:{port}/a.csv",
        "https://evil.example/a.csv",
        "s3://bucket/a.csv",
    ],
)
def test_a_password_goes_to_no_server_that_a_trigger_names(
    url: str, login: SourceLogin, web: MisbehavingWeb, s3: "S3Client"
) -> None:
    with pytest.raises(ParamError, match="source_connection = 'bank_data' with data_url"):
        bring(url.format(port=web.server_port), login, s3)
    assert not web.asked


def test_a_connection_that_is_not_listed_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, "payroll", host="hr.example", password=PASSWORD)
    with pytest.raises(ParamError, match="this pipeline may use bank_data"):
        source_login("payroll", POLICY)
    with pytest.raises(ParamError, match="this pipeline may use none"):
        plan_of({"source_connection": "bank_data"})
    assert source_login(None, POLICY) is None


def test_a_connection_that_is_not_there_is_told() -> None:
    with pytest.raises(ParamError, match="there is no such Airflow connection"):
        source_login("bank_data", POLICY)


HOST = {"host": "data.example"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"conn_type": "aws"} | HOST, "is of type http"),
        ({}, "a host that is none"),
        ({"host": f"https://me:{PASSWORD}@data.example"}, "a host that is none"),
        ({"host": f"data.example/?sig={PASSWORD}"}, "more than a host"),
        ({"host": "data.example/folder"}, "more than a host"),
        ({"host": f"{PASSWORD}:x"}, "a host that is none"),
        ({"host": "data.example:1", "port": 2}, "more than a host"),
        ({"schema": "ftp"} | HOST, "its schema is https or http"),
        ({"host": "http://data.example", "schema": "https"}, "its schema is https or http"),
        ({"extra": {"verify": False}} | HOST, "has 'verify' in its extra"),
        ({"extra": {"Host": "evil.example"}} | HOST, "has 'Host' in its extra"),
        ({"extra": {"Accept-Encoding": "gzip"}} | HOST, "has 'Accept-Encoding' in its extra"),
        ({"extra": {f"X {PASSWORD}": "y"}} | HOST, "has a name in its extra"),
        ({"extra": {"X": f"y\r\nHost: {PASSWORD}"}} | HOST, "text of one line"),
        ({"extra": {"X": {"y": PASSWORD}}} | HOST, "text of one line"),
        ({"password": f"{PASSWORD}\n"} | HOST, "a token is text of one line"),
        (
            {"login": "me", "password": PASSWORD, "extra": {"authorization": f"Bearer {PASSWORD}"}} | HOST,
            "is told one of them",
        ),
    ],
)
def test_what_a_connection_has_that_is_not_acted_on_is_refused(
    fields: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, **fields)
    with pytest.raises(ParamError, match=said) as refused:
        source_login("bank_data", POLICY)
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "origin", "headers"),
    [
        # pragma: allowlist nextline secret - made up
        (HOST | {"password": "a-token"}, ("https", "data.example", 443), {"Authorization": "Bearer a-token"}),
        (
            # pragma: allowlist nextline secret - made up
            {"host": "https://data.example:8443", "login": "me", "password": "it"},
            ("https", "data.example", 8443),
            {"Authorization": "Basic bWU6aXQ="},
        ),
        (
            HOST | {"extra": {"PRIVATE-TOKEN": "x y"}},
            ("https", "data.example", 443),
            {"PRIVATE-TOKEN": "x y"},
        ),
        (HOST | {"schema": "http"}, ("http", "data.example", 80), {}),
    ],
)
def test_a_connection_is_read_as_airflow_writes_it(
    fields: dict[str, Any],
    origin: tuple[str, str, int],
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(monkeypatch, **fields)
    assert source_login("bank_data", POLICY) == SourceLogin("bank_data", origin, headers)


@pytest.fixture
def _empty_mask() -> None:
    _secrets_masker().reset_masker()


@pytest.mark.usefixtures("_empty_mask")
@pytest.mark.parametrize(
    "params",
    [
        {"data_url": f"https://data.example/a.csv?X-Amz-Signature={PASSWORD}&X-Amz-Date=2026"},
        {"data_url": [f"https://me:{PASSWORD}@data.example/a.csv"]},
        {"bucket": f"https:/me:{PASSWORD}@data.example/a.csv"},
        {f"https:\\\\me:{PASSWORD}@data.example": 1},
    ],
)
def test_airflow_hides_what_is_secret_in_a_url(params: dict[str, Any]) -> None:
    mask_secrets_of(params)
    assert PASSWORD not in str(redact(f"said {params} and {PASSWORD}"))
    assert redact("2026") == "2026"


@pytest.mark.usefixtures("_empty_mask", "login")
def test_airflow_hides_a_connections_secrets() -> None:
    for secret in (PASSWORD, f"key-{PASSWORD}", "Basic bWU6aHVudGVyMi1hbmQtbW9yZQ=="):
        assert PASSWORD not in str(redact(secret))
    assert redact("a bWU6aHVudGVyMi1hbmQtbW9yZQ== b") == "a *** b"


def test_a_redirect_may_not_name_a_user(login: SourceLogin, web: MisbehavingWeb, s3: "S3Client") -> None:
    to = f"http://me:{PASSWORD}@{web.host}/b.csv"
    with pytest.raises(SourceError, match="a URL holds no user and no password") as refused:
        bring(web.url("/a.csv", Answer(b"", status=302, headers={"Location": to})), login, s3)
    assert PASSWORD not in str(refused.value)
