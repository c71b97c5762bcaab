"""A secret in a source's URL is told to nobody: no message, log, document, XCom or object has it.

Who: whoever may read a run's log, its XComs, its objects, its report or an asset's events.
"""

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from include.pipeline.documents.config import load_config
from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ParamError, PipelineError, SourceError
from include.pipeline.planning.plan import source_of, write_plan
from include.pipeline.source.dated_url import is_dated
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.url import check_spelling, secrets_in, without_secrets
from include.pipeline.source.version import look_up_version
from include.pipeline.source.web import Patience, UnavailableError
from tests.pipeline.planned import plan_of
from tests.services.misbehaving_web import Answer, MisbehavingWeb

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.usefixtures("_no_proxy")

SECRET = "hunter2-and-more"  # pragma: allowlist secret - made up
QUICK = Patience(connect_seconds=1, read_seconds=0.3, tries=1)

# With a user or password in it, however it is spelt.
WITH_USER = [
    f"https://me:{SECRET}@data.example/a.csv",
    f"HTTPS://{SECRET}@data.example/a.csv",
    f"http://me:{SECRET}@data.example/a.csv",
    f"https:/me:{SECRET}@data.example/a.csv",
    f"https:me:{SECRET}@data.example/a.csv",
    f"https:\\\\me:{SECRET}@data.example\\a.csv",
    f"https:/\\me:{SECRET}@data.example/a.csv",
    f"https:///me:{SECRET}@data.example/a.csv",
    f"//me:{SECRET}@data.example/a.csv",
    f"me:{SECRET}@data.example/a.csv",
    f" https://me:{SECRET}@data.example/a.csv",
    f"https://me:{SECRET}/x@data.example/a.csv",
    f"https://{SECRET}/x@data.example/a.csv",
    f"https://{SECRET}?x@data.example/a.csv",
    f"https://me:{SECRET}%40data.example/a.csv",
    f"https://me%3A{SECRET}%40data.example/a.csv",
    f"https://me:{SECRET}\uff20data.example/a.csv",
    f"https://me:{SECRET}@data.example/{{interval_start:%Y}}.csv",
    f"https://{{me:{SECRET}@}}data.example/a.csv",
    f"https://me:{SECRET}@",
    f"https://me:{SECRET}@[::1/a.csv",
    f"ftp://me:{SECRET}@data.example/a.csv",
    f"s3://AKIAEXAMPLE:{SECRET}@bucket/a.csv",
    f"s3://AKIAEXAMPLE:{SECRET}/x@bucket/a.csv",
    f"file://me:{SECRET}@host/a.csv",
    f"https://me:{SECRET}@data.example/a\n.csv",
]
# With a secret that signs it, or that comes after it; not all are URLs of a source.
WITH_SIGNATURE = [
    f"https://data.example/a.csv?X-Amz-Signature={SECRET}",
    f"https://data.example/a.csv?sv=1&sig={SECRET}&se=2",
    f"https://data.example/a.csv?{SECRET}",
    f"https://data.example/a.csv#{SECRET}",
    f"https://data.example/a.csv?x#{SECRET}",
    f"https://data.example?{SECRET}",
    f"https:/data.example/a.csv?sig={SECRET}",
    f"s3://bucket/a.csv?X-Amz-Signature={SECRET}",
    f"s3://bucket/a.csv#{SECRET}",
    f"file:///a.csv?sig={SECRET}",
    f"/a.csv?sig={SECRET}",
    f"ftp://data.example/a.csv?sig={SECRET}",
    f"https://data.example:99999/a.csv?sig={SECRET}",
    f"https://data.example/a.csv?sig={{{SECRET}}}",
    f"https://data.example/{{interval_start:%Y}}.csv?sig={{{SECRET}}}",
    f"https://data.example/{{interval_start:%Y}}.csv?sig={SECRET}",
    f"https://data.example/{{ds}}.csv?sig={SECRET}",
]
SPELLINGS = WITH_USER + WITH_SIGNATURE


def told(error: BaseException) -> str:
    """What a task's log has of an error: its message and its chain."""
    return "".join(traceback.format_exception(error)) + str(error.args)


def outcome(params: dict[Any, Any]) -> str:
    """Plan a run; return all that is told or stored of it."""
    try:
        return plan_of(params).model_dump_json()
    except PipelineError as error:
        return told(error) + repr(vars(error))


@pytest.mark.parametrize("url", WITH_USER)
def test_a_user_in_a_url_is_refused(url: str) -> None:
    with pytest.raises(SourceError) as refused:
        plan_of({"data_url": url})
    assert SECRET not in told(refused.value)
    with pytest.raises(SourceError) as refused:
        is_dated(url)
    assert SECRET not in told(refused.value)


@pytest.mark.parametrize(
    "params",
    [
        lambda url: {"data_url": url},
        lambda url: {"data_url": [url]},
        lambda url: {"data_url": {"url": url}},
        lambda url: {"data_url": {url: 1}},
        lambda url: {"DATA_URL": url},
        lambda url: {"Data url": url, "data_urls": [url]},
        lambda url: {url: 1},
        lambda url: {"data_url": url, "seed": "x"},
        # A fault of all Params together.
        lambda url: {"data_url": url, "threshold_rule": "best_f1", "validation_fraction": 0.0},
        *(
            partial(lambda name, url: {name: url}, name)
            for name in sorted(RunParams.model_fields.keys() - {"data_url", "hyperparameters"})
        ),
        lambda url: {"hyperparameters": url},
        lambda url: {"hyperparameters": {"num_round": url}},
        lambda url: {"hyperparameters": {"num_round": 1, "objective": url}},
        lambda url: {"hyperparameters": {"num_round": 1, "objective": [url]}},
        lambda url: {"hyperparameters": {"num_round": 1, url: 1}},
    ],
)
def test_no_param_tells_a_secret(params: Callable[[str], dict[Any, Any]]) -> None:
    assert [url for url in SPELLINGS if SECRET in outcome(params(url))] == []


@pytest.mark.parametrize(
    "url", [url for url in SPELLINGS if ":/" in url.partition("@")[0] and " " not in url]
)
def test_an_error_shows_no_secret_of_a_url_whoever_raises_it(url: str) -> None:
    if "{me" not in url and not url.endswith(("/x@data.example/a.csv", ".csv?x")):
        error = ParamError(f"bucket = {url!r}", f"not {url}", "Mend it")
        assert SECRET not in told(error) + repr(vars(error))


letters = st.text("ABCDEFGHabcdefgh01234567-._~!$&'()*+,;=:%", min_size=1, max_size=12)
anything = st.text(st.characters(codec="utf-8"), max_size=6)
prefixes = st.sampled_from(
    [
        *("https://", "http://", "HTTPS://", "https:/", "https:", "https:\\\\", "https:///", "//"),
        *("s3://", "s3a://", "file://", "ftp://", " https://", "https://https://", "data_url=https://"),
    ]
)
hosts = st.sampled_from(["data.example", "data.example:443", "[::1]", "bucket", "", "a..b", "h:x", "\u2100"])
paths = st.sampled_from(["/a.csv", "/", "", "/x/{interval_start:%Y}.csv", "/{ds}.csv", "\\a.csv", "/a b.csv"])


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, str]:
    """A URL, and the secret that is in its user info, query or fragment."""
    # pragma: allowlist nextline secret - made up
    secret = "s3CrEt" + draw(letters) + "tErCs"
    prefix, host, path = draw(prefixes), draw(hosts), draw(paths)
    around = (
        draw(st.sampled_from(["", "x", "me:", "{", "a/", "a?", "a#"])),
        draw(st.sampled_from(["", ":x", "}"])),
    )
    word = around[0] + secret + around[1]
    match draw(st.sampled_from(["user", "query", "fragment", "pair"])):
        case "user":
            return f"{prefix}{word}@{host}{path}", secret
        case "query":
            return f"{prefix}{host}{path}?{draw(anything)}{word}", secret
        case "pair":
            return f"{prefix}{host}{path}?a=b&X-Amz-Signature={word}&c=d", secret
        case _:
            return f"{prefix}{host}{path}#{draw(anything)}{word}", secret


@pytest.mark.slow
@settings(max_examples=600)
@given(planted())
def test_nothing_shows_a_planted_secret(found: tuple[str, str]) -> None:
    url, secret = found
    assert secret not in without_secrets(url)
    for ask in (check_spelling, is_dated, SourcePolicy(http_hosts=("data.example",)).check):
        try:
            ask(url)
        except PipelineError as error:
            assert secret not in told(error)  # noqa: PT017 - either way is right


@pytest.mark.slow
@settings(max_examples=300)
@given(
    planted(),
    st.sampled_from(
        ["data_url", "DATA_URL", "bucket", "role", "seed", "source_connection", "threshold_rule"]
    ),
    st.sampled_from([lambda url: url, lambda url: [url], lambda url: {"x": url}, lambda url: {url: None}]),
)
def test_no_plan_holds_a_planted_secret(
    found: tuple[str, str], name: str, wrapped: Callable[[str], object]
) -> None:
    url, secret = found
    assert secret not in outcome({name: wrapped(url)})


@settings(max_examples=300)
@example(("https://data.example/a.csv?0@s3CrEt0tErCs", "s3CrEt0tErCs"))
@example(("https://data.example/a.csv?a@b&sig=s3CrEt0tErCs&c", "s3CrEt0tErCs"))
@given(planted())
def test_a_log_is_told_what_to_hide(found: tuple[str, str]) -> None:
    url, secret = found
    for params in ({"data_url": url}, {"data_url": [url]}, {url: {"x": [url]}}):
        hidden = url
        for one in sorted(secrets_in(params), key=len, reverse=True):
            hidden = hidden.replace(one, "***")
        assert secret not in hidden


def test_a_signed_url_is_used_and_not_kept(s3: "S3Client") -> None:
    url = f"https://data.example/a.csv?sig={SECRET}"
    plan = plan_of({"data_url": url})
    assert plan.params.data_url == "https://data.example/a.csv"
    write_plan(
        s3, plan.model_copy(update={"locations": plan.locations.model_copy(update={"plan": "s3://bucket/p"})})
    )
    assert SECRET.encode() not in s3.get_object(Bucket="bucket", Key="p")["Body"].read()
    params = load_config("bank_marketing").params.model_dump() | {"data_url": url}
    assert source_of(params, plan) == url
    with pytest.raises(ParamError, match=r"the run was planned for https://data\.example/a\.csv"):
        source_of(params | {"data_url": f"https://data.example/b.csv?sig={SECRET}"}, plan)


@contextmanager
def nothing_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert SECRET not in caplog.text
    assert SECRET not in repr([record.__dict__ for record in caplog.records])


ANSWERS = {
    "the file": Answer(headers={"ETag": "v1"}),
    "absent": Answer(status=404),
    "a failing server": Answer(status=503),
    "a page": Answer(b"<html>"),
    "a page by its type": Answer(headers={"Content-Type": "text/html"}),
    "nothing": Answer(b""),
    "too much": Answer(b"1" * 2000),
    "gzip": Answer(headers={"Content-Encoding": "gzip"}),
    "half": Answer(promised=100),
    "a status in its own words": Answer(status=409, reason=f"no {SECRET} here"),
    "a line that is none": Answer(status=200, reason=f"OK\r\n{SECRET} {SECRET}"),
    "an endless redirect": Answer(status=302, headers={"Location": f"?sig={SECRET}"}),
    "a redirect elsewhere": Answer(
        status=302, headers={"Location": f"https://127.0.0.1:1/x.csv?sig={SECRET}"}
    ),
    "a redirect with a user": Answer(
        status=302, headers={"Location": f"https://me:{SECRET}@data.example/x.csv"}
    ),
    "a redirect to nowhere": Answer(status=302, headers={"Location": f"https://[{SECRET}/x.csv"}),
    "a redirect to a port in words": Answer(status=302, headers={"Location": f"https://me:{SECRET}/x.csv"}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("use", [fetch, look_up_version])
def test_a_signature_is_told_to_the_server_alone(
    use: Callable[..., Any],
    answer: Answer,
    web: MisbehavingWeb,
    s3: "S3Client",
    caplog: pytest.LogCaptureFixture,
) -> None:
    url = web.url("/bank.csv", answer) + f"?sig={SECRET}&x=1#{SECRET}"
    asked = {"raw_uri": "s3://bucket/raw"} if use is fetch else {}
    policy = SourcePolicy(http_hosts=(web.host,), max_bytes=1000)
    with nothing_logged(caplog):
        try:
            found = use(url, policy=policy, s3=s3, patience=QUICK, **asked).model_dump_json()
        except (PipelineError, UnavailableError) as error:
            found = told(error)
    assert SECRET not in found
    for item in s3.list_objects_v2(Bucket="bucket").get("Contents", []):
        assert SECRET not in json.dumps(item, default=str)
        body = s3.get_object(Bucket="bucket", Key=item["Key"])
        assert SECRET not in str(body["Metadata"])
        assert SECRET.encode() not in body["Body"].read()
    assert SECRET in web.targets[-1]


def test_what_is_kept_of_a_file_has_no_secret(web: MisbehavingWeb, s3: "S3Client") -> None:
    raw = fetch(
        web.url("/bank.csv") + f"?sig={SECRET}",
        policy=SourcePolicy(http_hosts=(web.host,)),
        s3=s3,
        raw_uri="s3://bucket/raw",
        patience=QUICK,
    )
    assert raw.url == f"http://{web.host}/bank.csv"
