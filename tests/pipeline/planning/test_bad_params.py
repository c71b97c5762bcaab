"""Params that nobody should trigger a run with: the plan refuses each, and with it the first task.

What a single check refuses stands beside it, in test_params, test_names, test_role and test_source_policy.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from include.pipeline.documents.params import RunParams
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import ParamError, PipelineError, SourceError
from include.pipeline.history.accepted import fingerprint
from include.pipeline.source.policy import SourcePolicy
from tests.pipeline.planned import CONFIG, plan_of

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

NO_LOCAL_FILES = "local files are not allowed here"
NO_PATH = "a URL begins with https://, s3://, file:// or http://, and a path holds no ? # @ : and no //"
NO_URL = "it has to be a valid URL"
NO_ROLE_NAME = "a role's name has 1 to 64 letters, digits and _+=,.@-, without its path"
NO_ROLE_ARN = "an ARN of a role reads arn:aws:iam::123456789012:role/NAME"
NO_BUCKET = "a bucket's name has 3 to 63 lower-case letters"
NO_VALUE = "a hyperparameter is a finite number, or text of one line and at most 2500 characters, no URL"
NO_ROUNDS = "'num_round' is missing"
NO_VERSION = "Expected: one of 1, latest, 0.90-1"
INSTANCE = r"String should match pattern '^ml\.[a-z0-9-]+\.[a-z0-9-]+$'"


def with_rounds(**others: object) -> dict[str, object]:
    return {"hyperparameters": {"num_round": 10} | others}


BAD_SOURCES = {
    "a blank before the URL": (
        " https://example.org/a.csv",
        NO_PATH,
    ),
    "a URL of blanks": ("  ", NO_LOCAL_FILES),
    "a URL with NUL": ("https://example.org/a\0.csv", "no control characters"),
    "a URL that reads backwards": (
        "https://example.org/\u202evsc.a",
        "data_url = https://...\nExpected: a URL holds no control characters",
    ),
    "no host": ("https://", "https://\nExpected: it has to be https://<host>/..."),
    "a user but no host": ("https://me@/a.csv", "a URL holds no user and no password"),
    "no path": ("https://example.org", "its path has to end in a file name"),
    "no such port": (
        "https://example.org:99999/a.csv",
        "https://example.org:99999/a.csv\nExpected: a port is a number from 1 to 65535",
    ),
    "a port in words": ("https://example.org:http/a.csv", NO_URL),
    "port 0": ("https://example.org:0/a.csv", "a port is a number from 1 to"),
    "half an IPv6 address": ("https://[::1/a.csv", NO_URL),
    "a host name with an empty label": ("https://a..org/a.csv", NO_URL),
    "a label too long for DNS": (f"https://{'a' * 64}.org/a.csv", NO_URL),
    "punycode of nothing": ("https://xn--/a.csv", NO_URL),
    "a character that no host has": ("https://\u2100.org/a.csv", NO_URL),
    "the metadata service": (
        "http://169.254.169.254/latest/meta-data",
        "http://169.254.169.254/latest/meta-data\nExpected: plain http may reach no host only",
    ),
    "another cloud": ("gs://bucket/a.csv", "gs:// is not one of https://, s3://"),
    "data in the URL": ("data:text/csv,age", NO_PATH),
    "a script": ("javascript:alert(1)", NO_PATH),
    "a drive letter": (r"C:\data.csv", "a URL has / and no backslash"),
    "a home folder": ("~/data.csv", NO_LOCAL_FILES),
    "a URL without its scheme": ("//example.org/a.csv", NO_PATH),
    "a slash too few": ("https:/example.org/a.csv", NO_PATH),
    "a file of another host": ("file://host/a.csv", "it has to be file:///<path>"),
    "a key that ends in slashes": ("s3://bucket//", "to end in a file name"),
}
BAD_PARAMS: dict[str, tuple[dict[Any, Any], str]] = {
    "half a surrogate pair": ({"data_url": "https://\ud800"}, "data_url = text of 9 characters (Input"),
    "several URLs": ({"data_url": ["a", "b"]}, "data_url = a list of 2 (Input should be a valid str"),
    "a bucket of blanks": ({"bucket": "   "}, f"bucket = '   '\nExpected: {NO_BUCKET}"),
    "a bucket's URI": (
        {"bucket": "s3://bucket"},
        "bucket = text of 11 characters (data_url alone takes a URL",
    ),
    "a bucket with a folder": ({"bucket": "bucket/folder"}, NO_BUCKET),
    "a bucket in full-width digits": ({"bucket": "\uff11\uff12\uff13"}, NO_BUCKET),
    "a bucket with NUL": ({"bucket": "bucket\0"}, f"bucket = 'bucket\\x00'\nExpected: {NO_BUCKET}"),
    "a role of blanks": ({"role": " "}, f"role = ' '\nExpected: {NO_ROLE_NAME}"),
    "a role with its path": ({"role": "service-role/x"}, NO_ROLE_NAME),
    "a role with NUL": ({"role": "x\0"}, f"role = 'x\\x00'\nExpected: {NO_ROLE_NAME}"),
    "a role with half a surrogate pair": ({"role": "\ud800"}, f"role = '\\ud800'\nExpected: {NO_ROLE_NAME}"),
    "a role's name of 65 letters": ({"role": "x" * 65}, NO_ROLE_NAME),
    "an ARN in capitals": ({"role": "ARN:aws:iam::123456789012:role/x"}, NO_ROLE_NAME),
    "an ARN without a name": ({"role": "arn:aws:iam::123456789012:role/"}, NO_ROLE_ARN),
    "an ARN with a line break": ({"role": "arn:aws:iam::123456789012:role/x\n"}, NO_ROLE_ARN),
    "an ARN of a session": (
        {"role": "arn:aws:sts::123456789012:assumed-role/x/y"},
        f"role = 'arn:aws:sts::123456789012:assumed-role/x/y'\nExpected: {NO_ROLE_ARN}",
    ),
    "endless training": ({"train_fraction": float("inf")}, "train_fraction = inf (Input should be"),
    "a fraction that is true": ({"train_fraction": True}, "train_fraction = True (Input should"),
    "a seed in quotes": ({"seed": "1729"}, "seed = text of 4 characters (Input should be a valid integer)"),
    "no seed": ({"seed": None}, "seed = None (Input should be a valid integer)"),
    "a seed with a fraction": ({"seed": 1729.5}, "seed = 1729.5 (Input should be a valid integer"),
    "no version": ({"image_version": ""}, f"image_version = ''\n{NO_VERSION}"),
    "half a version": ({"image_version": "3.2"}, f"image_version = '3.2'\n{NO_VERSION}"),
    "a version with a line break": (
        {"image_version": "3.2-0\n"},
        f"image_version = '3.2-0\\n'\n{NO_VERSION}",
    ),
    "a version that is a path": ({"image_version": "../3.2-0"}, f"image_version = '../3.2-0'\n{NO_VERSION}"),
    "no hyperparameter": ({"hyperparameters": {}}, f"hyperparameters: {NO_ROUNDS}"),
    "no num_round": ({"hyperparameters": {"eta": 0.2}}, f"hyperparameters: {NO_ROUNDS}"),
    "no round": (with_rounds(num_round=0), "num_round = '0' (has to be in [1, +inf))"),
    "half a round": (with_rounds(num_round=1.5), "num_round = '1.5' (has to be a whole number"),
    "rounds in words": (
        with_rounds(num_round="ten"),
        "num_round = 'ten' (has to be a whole number, written without a point)",
    ),
    "rounds that are true": (with_rounds(num_round=True), f"hyperparameters.num_round = True ({NO_VALUE})"),
    "not a number": (with_rounds(eta=float("nan")), f"hyperparameters.eta = nan ({NO_VALUE})"),
    "an infinite value": (with_rounds(gamma=float("inf")), f"hyperparameters.gamma = inf ({NO_VALUE})"),
    "a list of values": (with_rounds(eta=[0.1, 0.2]), f"hyperparameters.eta = a list of 2 ({NO_VALUE})"),
    "a value of two lines": (with_rounds(objective="a\nb"), f"objective = text of 3 characters ({NO_VALUE})"),
    "a value too long": (with_rounds(objective="x" * 2501), NO_VALUE),
    "a value that is no text": (
        with_rounds(objective="\ud800"),
        f"objective = text of 1 characters ({NO_VALUE})",
    ),
    "a value without a name": (with_rounds(**{"": 1}), "String should have at least 1 character"),
    "a name too long": (with_rounds(**{"x" * 257: 1}), "String should have at most 256 characters"),
    "a numbered hyperparameter": ({"hyperparameters": {1: 2}}, "hyperparameters.1.[key] = 1 (Input"),
    "too many hyperparameters": (
        with_rounds(**{f"x{number}": 1 for number in range(100)}),
        "Dictionary should have at most 100 items",
    ),
    "an instance in capitals": ({"training_instance_type": "ml.M4.xlarge"}, INSTANCE),
    "an instance with a line break": ({"endpoint_instance_type": "ml.m4.xlarge\n"}, INSTANCE),
    "too many instances": (
        {"training_instance_count": 21},
        "training_instance_count = 21 (Input should be less than or equal to 20)",
    ),
    "an endless threshold": ({"threshold": float("nan")}, "threshold = nan (Input should be less"),
    "a gate below none": ({"min_roc_auc": -0.1}, "min_roc_auc = -0.1 (Input should be greater"),
    "a yes in quotes": (
        {"keep_endpoint": "true"},
        "keep_endpoint = text of 4 characters (Input should be a valid",
    ),
    "a Param in capitals": ({"Seed": 1}, "'Seed' is unknown, did you mean 'seed'?"),
    "a Param without a name": ({"": 1}, "'' is unknown"),
    "a numbered Param": ({1: 2}, "1 = 1 (Keys should be strings)"),
}


@pytest.fixture(scope="module")
def iam() -> Iterator["IAMClient"]:
    with mock_aws():
        yield boto3.client("iam", region_name="us-east-1")


@pytest.mark.parametrize(("url", "said"), BAD_SOURCES.values(), ids=BAD_SOURCES)
def test_the_plan_refuses_a_source(url: str, said: str, iam: "IAMClient") -> None:
    with pytest.raises(SourceError) as refused:
        plan_of({"data_url": url}, iam)
    assert said in str(refused.value)


@pytest.mark.parametrize(("params", "said"), BAD_PARAMS.values(), ids=BAD_PARAMS)
def test_the_plan_refuses_params(params: dict[Any, Any], said: str, iam: "IAMClient") -> None:
    with pytest.raises(ParamError) as refused:
        plan_of(params, iam)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "hosts", ["data.example.org", '"data.example.org"', "[1]", '{"host": 1}', "[", "null", "\ud800"]
)
def test_a_variable_that_is_no_list_of_hosts_is_refused(hosts: str) -> None:
    with pytest.raises(ParamError, match=r"source_http_hosts = (?s:.*)it is a list of hosts in JSON"):
        SourcePolicy.of_variables(local_folder=None, http_hosts=hosts, max_bytes=1)


def test_an_empty_variable_allows_nothing() -> None:
    policy = SourcePolicy.of_variables(local_folder="", http_hosts="", max_bytes=1)
    assert policy == SourcePolicy(max_bytes=1)
    # Path("") would be the folder that the worker runs in, where this file is.
    with pytest.raises(SourceError, match=NO_LOCAL_FILES):
        policy.check("README.md")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
near_urls = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["https", "http", "s3", "file", "HTTPS"]),
    st.text(max_size=20) | st.from_regex(r"[a-z.:@\[\]%-]{0,20}", fullmatch=True),
    st.text(max_size=10),
)


@pytest.mark.slow
@settings(max_examples=200, derandomize=True)
@given(
    params=st.dictionaries(st.sampled_from(sorted(RunParams.model_fields)), anything, max_size=3)
    | st.fixed_dictionaries({"data_url": near_urls})
)
def test_whatever_the_params_are_the_plan_refuses_or_is_whole(
    params: dict[str, Any], iam: "IAMClient"
) -> None:
    try:
        made = plan_of(params, iam)
    except PipelineError as error:
        assert error.mend  # noqa: PT017 - either way is right
    else:
        assert RunPlan.model_validate_json(made.model_dump_json()) == made


def test_the_defaults_are_not_refused(iam: "IAMClient") -> None:
    assert plan_of({}, iam).params == CONFIG.params


OBJECTIVE = {"objective": "binary:logistic"}


def test_a_plan_holds_whole_numbers_however_json_wrote_them(iam: "IAMClient") -> None:
    there = {
        "seed": 7,
        "endpoint_instance_count": 2,
        "hyperparameters": OBJECTIVE | {"num_round": 10, "eta": 1},
    }
    back = {
        "seed": 7.0,
        "endpoint_instance_count": 2.0,
        "hyperparameters": OBJECTIVE | {"num_round": 1e1, "eta": 1.0},
    }
    plan = plan_of(back, iam)
    assert plan == plan_of(there, iam)
    assert plan.model_dump_json() == plan_of(there, iam).model_dump_json()
    assert plan.training["HyperParameters"] == OBJECTIVE | {"num_round": "10", "eta": "1"}
    assert fingerprint(plan, "0" * 64) == fingerprint(plan_of(there, iam), "0" * 64)
