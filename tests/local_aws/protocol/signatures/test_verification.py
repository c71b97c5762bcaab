"""Signatures of version 4, as botocore makes them, and every way in which AWS refuses one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import pytest
from botocore.auth import S3SigV4QueryAuth, SigV4QueryAuth
from botocore.credentials import Credentials
from hypothesis import assume, given
from hypothesis import strategies as st

from local_aws.errors import AwsError
from local_aws.protocol.signatures.access_key import AccessKey
from local_aws.protocol.signatures.access_keys import AccessKeys
from local_aws.protocol.signatures.authentication import BySignature
from local_aws.protocol.signatures.verification import Verifier
from tests.local_aws.protocol.signatures.signed_environ import KEY, REGION, Wire, at, signed

SESSION = AccessKey(
    # pragma: allowlist nextline secret - made up
    "ASIATESTTESTTESTTEST",
    "made-up-too",
    "999999999999",
    "token",
    datetime(2999, 1, 1, tzinfo=UTC),
)


class Keys(AccessKeys):
    """Keys that a test knows."""

    def __init__(self, *keys: AccessKey) -> None:
        super().__init__(keys[0])
        self._all = {key.key_id: key for key in keys}

    def find(self, key_id: str) -> AccessKey | None:
        return self._all.get(key_id)


def authentication(*keys: AccessKey) -> BySignature:
    return BySignature(Verifier(Keys(*(keys or (KEY, SESSION)))))


def refusal(wire: Wire, *keys: AccessKey) -> tuple[str, int]:
    with pytest.raises(AwsError) as caught:
        authentication(*keys).identify(wire.environ())
    return caught.value.code, caught.value.status


JSON = {"X-Amz-Target": "SageMaker.ListModels", "Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
REQUESTS = {
    "s3": (
        Wire("PUT", "/bucket/a/%C3%A4%20b%2Bc%2520?x-id=PutObject", {"x-amz-meta-a": "  b   c "}, b"body"),
        "s3",
    ),
    "list": (Wire("GET", "/bucket?list-type=2&prefix=a%20b%2F&delimiter=%2F"), "s3"),
    "blank": (Wire("POST", "/bucket/key?uploads"), "s3"),
    "json": (Wire("POST", "/", JSON, b'{"MaxResults": 3}'), "sagemaker"),
    "runtime": (
        Wire("POST", "/endpoints/name/invocations", {"Content-Type": "text/csv"}, b"1,2"),
        "sagemaker",
    ),
    "query": (Wire("POST", "/", FORM, b"Action=GetCallerIdentity&Version=2011-06-15"), "sts"),
}


def presigned(wire: Wire, service: str = "s3", seconds: int = 3600, key: AccessKey = KEY) -> Wire:
    kind = S3SigV4QueryAuth if service == "s3" else SigV4QueryAuth
    credentials = Credentials(key.key_id, key.secret, key.token)
    return signed(wire, service, signer=kind(credentials, service, REGION, seconds))


@pytest.mark.parametrize(("wire", "service"), REQUESTS.values(), ids=REQUESTS)
def test_what_botocore_signs_is_verified(wire: Wire, service: str) -> None:
    caller = authentication().identify(signed(wire, service).environ())
    assert (caller.account, caller.region, caller.service) == ("123456789012", REGION, service)


def test_a_session_is_its_own_account() -> None:
    environ = signed(REQUESTS["json"][0], "sagemaker", key=SESSION, token="token").environ()
    assert authentication().identify(environ).account == "999999999999"
    assert environ["HTTP_X_MOTO_ACCOUNT_ID"] == "999999999999"


@pytest.mark.parametrize("key", [KEY, SESSION])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_a_presigned_url_is_verified_with_any_body(method: str, key: AccessKey) -> None:
    wire = presigned(Wire(method, "/bucket/key"), key=key)
    assert authentication().identify(replace(wire, body=b"anything").environ()).account == key.account


REFUSED: dict[str, tuple[Callable[[Wire, str], Wire], tuple[str, str, str]]] = {
    "unsigned": (
        lambda wire, _: wire,
        ("AccessDenied", "MissingAuthenticationTokenException", "MissingAuthenticationToken"),
    ),
    "unknown key": (
        lambda wire, service: signed(wire, service, key=AccessKey("AKIAUNKNOWNUNKNOWN12", "x")),
        ("InvalidAccessKeyId", "UnrecognizedClientException", "InvalidClientTokenId"),
    ),
    "another secret": (
        lambda wire, service: signed(wire, service, key=AccessKey(KEY.key_id, "x")),
        ("SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch"),
    ),
    "a token too many": (
        lambda wire, service: signed(wire, service, token="token"),
        ("InvalidToken", "UnrecognizedClientException", "InvalidClientTokenId"),
    ),
    "no token": (
        lambda wire, service: signed(wire, service, key=SESSION),
        ("InvalidToken", "UnrecognizedClientException", "InvalidClientTokenId"),
    ),
    "not well formed": (
        lambda wire, service: replace(
            wire,
            headers={
                **wire.headers,
                "Authorization": f"AWS4-HMAC-SHA256 Credential=A/20261126/us-east-1/{service}/aws4_request",
            },
        ),
        ("AuthorizationHeaderMalformed", "IncompleteSignatureException", "IncompleteSignature"),
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_each_service_refuses_in_its_own_words(kind: str) -> None:
    change, codes = REFUSED[kind]
    names = zip(("s3", "json", "query"), codes, strict=True)
    assert {name: refusal(change(*REQUESTS[name]))[0] for name, _ in names} == dict(
        zip(("s3", "json", "query"), codes, strict=True)
    )


@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_may_be_a_quarter_of_an_hour_wrong_for_s3(
    monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    at(monkeypatch, timedelta(minutes=minutes * 14 / 16))
    authentication().identify(signed(*REQUESTS["s3"]).environ())
    assert refusal(signed(*REQUESTS["json"])) == ("InvalidSignatureException", 400)
    assert refusal(signed(*REQUESTS["query"])) == ("SignatureDoesNotMatch", 403)
    at(monkeypatch, timedelta(minutes=minutes))
    assert refusal(signed(*REQUESTS["s3"])) == ("RequestTimeTooSkewed", 403)


def test_a_session_ends() -> None:
    over = replace(SESSION, expires=datetime.now(UTC) - timedelta(seconds=1))
    for name, code in (("s3", "ExpiredToken"), ("json", "ExpiredTokenException"), ("query", "ExpiredToken")):
        wire, service = REQUESTS[name]
        assert refusal(signed(wire, service, key=SESSION, token="token"), over)[0] == code


@pytest.mark.parametrize(
    ("offset", "message"),
    [(timedelta(seconds=-61), "Request has expired"), (timedelta(minutes=16), "Request is not valid yet")],
)
def test_a_presigned_url_has_its_time(
    monkeypatch: pytest.MonkeyPatch, offset: timedelta, message: str
) -> None:
    authentication().identify(presigned(Wire("GET", "/bucket/key"), seconds=60).environ())
    at(monkeypatch, offset)
    with pytest.raises(AwsError, match=message) as caught:
        authentication().identify(presigned(Wire("GET", "/bucket/key"), seconds=60).environ())
    assert (caught.value.code, caught.value.status) == ("AccessDenied", 403)


def test_a_presigned_url_lasts_a_week_at_most() -> None:
    assert refusal(presigned(Wire("GET", "/bucket/key"), seconds=7 * 24 * 3600 + 1))[1] == 400


def test_a_header_of_aws_has_to_be_signed() -> None:
    for wire in (signed(*REQUESTS["s3"]), presigned(Wire("PUT", "/bucket/key"))):
        added = replace(wire, headers={**wire.headers, "x-amz-copy-source": "other/secret"})
        assert refusal(added) == ("AccessDenied", 403)
    wire = signed(*REQUESTS["runtime"])
    added = replace(wire, headers={**wire.headers, "x-amz-target": "SageMaker.DeleteModel"})
    assert refusal(added)[0] == "InvalidSignatureException"


def test_s3_asks_for_the_hash_of_the_body() -> None:
    wire = signed(Wire("PUT", "/bucket/key", {}, b"body"))
    assert refusal(replace(wire, body=b"another"))[0] == "XAmzContentSHA256Mismatch"
    without = {name: value for name, value in wire.headers.items() if name != "X-Amz-Content-SHA256"}
    assert refusal(replace(wire, headers=without)) == ("InvalidRequest", 400)


def test_one_way_to_sign_is_enough() -> None:
    both = replace(presigned(Wire("GET", "/bucket/key")), headers=signed(Wire("GET", "/bucket/key")).headers)
    assert refusal(both)[1] == 400


def test_what_is_another_path_to_another_reader_is_refused() -> None:
    wire = signed(Wire("GET", "/bucket/a%23b"))
    assert refusal(replace(wire, uri="/bucket/a#b")) == ("InvalidURI", 400)
    runtime = signed(*REQUESTS["runtime"])
    for path in (
        "//endpoints/name/invocations",
        "/endpoints/x/../name/invocations",
        "/endpoints/./name/invocations",
    ):
        assert refusal(replace(runtime, uri=path))[0] == "InvalidSignatureException"


def test_moto_reads_a_space_where_one_was_signed() -> None:
    environ = replace(signed(Wire("GET", "/bucket?prefix=a%20b")), uri="/bucket?prefix=a+b").environ()
    authentication().identify(environ)
    assert (environ["QUERY_STRING"], environ["REQUEST_URI"]) == ("prefix=a%20b", "/bucket?prefix=a%20b")


@pytest.mark.parametrize("region", ["..", "us_east", "US-EAST-1", "%2e%2e"])
def test_a_region_has_the_form_of_one(region: str) -> None:
    wire = signed(*REQUESTS["json"])
    header = wire.headers["Authorization"].replace(f"/{REGION}/", f"/{region}/")
    changed = replace(wire, headers={**wire.headers, "Authorization": header})
    assert refusal(changed)[0] == "IncompleteSignatureException"


# Made anew for each test: a signature of ten minutes ago is refused whatever else is wrong.
WHOLE: dict[str, Callable[[], Wire]] = {
    **{name: partial(signed, *request) for name, request in REQUESTS.items()},
    "presigned": lambda: presigned(Wire("GET", "/bucket/key?versionId=1")),
    "session": lambda: signed(Wire("GET", "/bucket/key"), key=SESSION, token="token"),
}
BY_HEADER = [name for name in WHOLE if name != "presigned"]
TEXT = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?&"), min_size=1, max_size=8
)


def changed_characters(text: str, data: Any) -> str:
    """Replace, remove or insert a character."""
    place = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.sampled_from(["", text[place] + "x", "x", "%20", "/"]))
    return text[:place] + new + text[place + 1 :]


def canonical(uri: str) -> tuple[bytes, list[tuple[str, str]]]:
    """The meaning of a URI: whatever is encoded in one way or another."""
    path, _, query = uri.partition("?")
    return unquote_to_bytes(path), sorted(parse_qsl(query, keep_blank_values=True))


@given(st.sampled_from(list(WHOLE)), st.data())
def test_any_change_of_the_method_is_refused(name: str, data: Any) -> None:
    wire = WHOLE[name]()
    method = data.draw(st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "QUERY"]))
    assume(method != wire.method)
    refusal(replace(wire, method=method))


@given(st.sampled_from(list(WHOLE)), st.data())
def test_any_change_of_path_or_query_is_refused(name: str, data: Any) -> None:
    wire = WHOLE[name]()
    uri = "/" + changed_characters(wire.uri, data).removeprefix("/")
    assume(canonical(uri) != canonical(wire.uri) and "#" not in uri)
    refusal(replace(wire, uri=uri))


@given(st.sampled_from(list(WHOLE)), TEXT, TEXT)
def test_any_parameter_more_is_refused(name: str, parameter: str, value: str) -> None:
    wire = WHOLE[name]()
    refusal(replace(wire, uri=f"{wire.uri}{'&' if '?' in wire.uri else '?'}{parameter}={value}"))


@given(st.sampled_from(BY_HEADER), st.data())
def test_any_change_of_a_signed_header_is_refused(name: str, data: Any) -> None:
    wire = WHOLE[name]()
    header = data.draw(st.sampled_from(sorted(wire.headers)))
    value = changed_characters(wire.headers[header], data)
    assume(" ".join(value.split()) != " ".join(wire.headers[header].split()))
    assume("".join(value.split()) != "".join(wire.headers[header].split()))
    refusal(replace(wire, headers={**wire.headers, header: value}))


@given(st.sampled_from(BY_HEADER), st.data())
def test_a_signed_header_that_is_gone_is_refused(name: str, data: Any) -> None:
    wire = WHOLE[name]()
    gone = data.draw(st.sampled_from(sorted(wire.headers)))
    refusal(
        replace(wire, headers={header: value for header, value in wire.headers.items() if header != gone})
    )


@given(st.sampled_from(BY_HEADER), st.binary(max_size=40))
def test_any_change_of_the_body_is_refused(name: str, body: bytes) -> None:
    wire = WHOLE[name]()
    assume(body != wire.body)
    refusal(replace(wire, body=body))
