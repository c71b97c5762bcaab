import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.errors import ParamError
from include.pipeline.planning.names import (
    check_bucket_name,
    default_bucket,
    is_named_for,
    job_name,
    run_key,
)

SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
KEY = "dev-bank-marketing-manual-2026-11-23t18-30-00-1-jpagobhhlwpy"
MANUAL = "manual__2026-11-23T18:30:00.123456+00:00_AbCd"


def key_of(dag_id: str, run_id: str, deployment_id: str = "dev") -> str:
    return run_key(deployment_id, dag_id, run_id)


@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789", max_size=16),
    st.text(min_size=1, max_size=250),
    st.text(min_size=1, max_size=250),
)
def test_any_run_gets_a_name_that_sagemaker_takes(deployment_id: str, dag_id: str, run_id: str) -> None:
    key = run_key(deployment_id, dag_id, run_id)
    assert SAGEMAKER_NAME.fullmatch(key)
    assert key.startswith(f"{deployment_id}-") or not deployment_id
    assert SAGEMAKER_NAME.fullmatch(job_name(key, attempt=99))


def test_a_retry_meets_the_same_name() -> None:
    assert key_of("bank_marketing", MANUAL) == key_of("bank_marketing", MANUAL)


@pytest.mark.parametrize(
    ("other_dag", "other_run"),
    [
        ("bank_marketing", MANUAL.replace("_AbCd", "_AbCe")),
        ("bank_marketing", MANUAL.replace("+", "-")),
        ("bank-marketing", MANUAL),
        ("bank_marketing" + "x" * 200, MANUAL),
        ("bank", "marketing" + MANUAL),
        ("bank_marketing", MANUAL + "\u2028"),
    ],
)
def test_two_runs_never_share_a_name(other_dag: str, other_run: str) -> None:
    assert key_of("bank_marketing", MANUAL) != key_of(other_dag, other_run)


def test_runs_of_the_same_name_in_two_airflows_never_share_one() -> None:
    keys = {key_of("bank_marketing", MANUAL, deployment_id) for deployment_id in ("dev", "prod", "dev2", "")}
    assert len(keys) == 4


def test_a_version_without_deployments_gave_the_key_that_it_gave() -> None:
    run_id = "manual__2026-11-26T08:44:00.231345+00:00"
    expected = "bank-marketing-manual-2026-11-26t08-44-00-231345-e62da49672"
    assert key_of("bank_marketing", run_id, "") == expected


def test_the_key_stays_the_same_from_one_version_to_the_next() -> None:
    assert key_of("bank_marketing", MANUAL) == KEY


@pytest.mark.parametrize(
    ("name", "is_its"),
    [
        (KEY, True),
        (f"{KEY}-2", True),
        (f"{KEY}-99", True),
        (f"{KEY}-", False),
        (f"{KEY}-2-3", False),
        (f"{KEY}y", False),
        (f"a{KEY}", False),
    ],
)
def test_a_runs_names_are_its_key_and_those_of_its_later_jobs(name: str, is_its: bool) -> None:
    assert is_named_for(name, KEY) is is_its


def test_a_name_can_be_read() -> None:
    assert key_of("bank_marketing", MANUAL, "0a1b2c3d").startswith(
        "0a1b2c3d-bank-marketing-manual-2026-11-23t18-30"
    )


def test_the_first_job_bears_the_runs_name_and_later_ones_a_number() -> None:
    assert [job_name("key", attempt) for attempt in (1, 2, 3)] == ["key", "key-2", "key-3"]


def test_the_default_bucket_is_the_accounts_own() -> None:
    bucket = default_bucket("123456789012", "ap-southeast-1")
    assert "123456789012" in bucket
    # AmazonSageMakerFullAccess reaches buckets with this word in their name.
    assert "sagemaker" in bucket
    assert check_bucket_name(bucket) == bucket


@pytest.mark.parametrize("bucket", ["abc", "my-bucket", "my.bucket.1", "a" * 63, "1-2"])
def test_names_that_s3_allows(bucket: str) -> None:
    assert check_bucket_name(bucket) == bucket


@pytest.mark.parametrize(
    ("bucket", "rule"),
    [
        ("ab", "3 to 63"),
        ("a" * 64, "3 to 63"),
        ("My-Bucket", "lower-case"),
        ("my_bucket", "lower-case"),
        ("-bucket", "begins and ends"),
        ("bucket-", "begins and ends"),
        ("bücket", "lower-case"),
        ("bucket\n", "lower-case"),
        ("my..bucket", "two dots"),
        ("192.168.5.4", "IP address"),
        ("xn--bucket", "begin with xn--"),
        ("sthree-bucket", "sthree-"),
        ("amzn-s3-demo-bucket", "amzn-s3-demo-"),
        ("bucket-s3alias", "end with -s3alias"),
        ("bucket--ol-s3", "--ol-s3"),
        ("bucket.mrap", ".mrap"),
        ("bucket--x-s3", "--x-s3"),
        ("bucket--table-s3", "--table-s3"),
    ],
)
def test_names_that_s3_refuses_are_refused_before_the_call(bucket: str, rule: str) -> None:
    with pytest.raises(ParamError) as refused:
        check_bucket_name(bucket)
    assert repr(bucket) in str(refused.value)
    assert rule in refused.value.rule
    assert "Param bucket" in refused.value.mend
