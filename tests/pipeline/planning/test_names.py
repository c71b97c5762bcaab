import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.errors import ParamError
from include.pipeline.planning.names import check_bucket_name, default_bucket, run_key, training_job_name

SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
MANUAL = "manual__2026-11-23T18:30:00.123456+00:00_AbCd"


@given(st.text(min_size=1, max_size=250), st.text(min_size=1, max_size=250))
def test_any_run_gets_a_name_that_sagemaker_takes(dag_id: str, run_id: str) -> None:
    key = run_key(dag_id, run_id)
    assert SAGEMAKER_NAME.fullmatch(key)
    assert SAGEMAKER_NAME.fullmatch(training_job_name(key, attempt=99))


def test_a_retry_meets_the_same_name() -> None:
    assert run_key("bank_marketing", MANUAL) == run_key("bank_marketing", MANUAL)


@pytest.mark.parametrize(
    ("other_dag", "other_run"),
    [
        ("bank_marketing", MANUAL.replace("_AbCd", "_AbCe")),
        ("bank_marketing", MANUAL.replace("+", "-")),
        ("bank-marketing", MANUAL),
        ("bank_marketing" + "x" * 200, MANUAL),
        ("bank", "marketing" + MANUAL),
    ],
)
def test_two_runs_never_share_a_name(other_dag: str, other_run: str) -> None:
    assert run_key("bank_marketing", MANUAL) != run_key(other_dag, other_run)


def test_a_name_can_be_read() -> None:
    assert run_key("bank_marketing", MANUAL).startswith("bank-marketing-manual-2026-11-23t18-30-00")


def test_the_first_job_bears_the_runs_name_and_later_ones_a_number() -> None:
    assert [training_job_name("key", attempt) for attempt in (1, 2, 3)] == ["key", "key-2", "key-3"]


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
