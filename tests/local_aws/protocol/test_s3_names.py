"""Names as S3's user guide allows them."""

import pytest

from local_aws.protocol.s3_names import is_bucket_name


@pytest.mark.parametrize(
    "name",
    ["abc", "a1b", "1ab", "airflow-sagemaker-us-east-1-123456789012", "a.b-c.d", "b" * 63, "a--b", "10.0.0"],
)
def test_names_of_buckets(name: str) -> None:
    assert is_bucket_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ab",
            "b" * 64,
            "-abc",
            "abc-",
            ".abc",
            "abc.",
            "a..b",
            "a.-b",
            "a-.b",
            "Abc",
            "a_b",
            "a b",
            "a/b",
            "abc\n",
        ),
        *("10.0.0.1", "xn--abc", "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3", "abc.mrap"),
        *("abc--x-s3", "abc--table-s3", "", ".", "..", "\uff41bc", "\u0663" * 3),
    ],
)
def test_what_is_no_name_of_a_bucket(name: str) -> None:
    assert not is_bucket_name(name)
