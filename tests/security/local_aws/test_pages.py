"""A web page in a browser of this machine calls local AWS, or reads what it answers."""

import pytest
import urllib3

from tests.aws.clients import Aws

PAGES: dict[str, dict[str, str]] = {
    "page of another machine": {"Origin": "https://evil.example"},
    "page of another port": {"Origin": "http://127.0.0.1:8080"},
    "page of nowhere": {"Origin": "null"},
    "image": {"Sec-Fetch-Site": "cross-site"},
    "page of another port, without Origin": {"Sec-Fetch-Site": "same-site"},
}


@pytest.fixture(scope="module")
def url(owner: Aws) -> str:
    """A presigned URL, as a page may have got hold of one."""
    s3 = owner.client("s3")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="figures", Body=b"the owner's")
    s3.put_bucket_cors(
        Bucket="pages",
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )
    presigned: str = s3.generate_presigned_url("get_object", {"Bucket": "pages", "Key": "figures"})
    return presigned


@pytest.mark.parametrize("headers", PAGES.values(), ids=PAGES)
def test_no_page_reads_an_object(url: str, http: urllib3.PoolManager, headers: dict[str, str]) -> None:
    answer = http.request("GET", url, headers=headers)
    assert (answer.status, b"the owner's" in answer.data) == (403, False)
    assert not any(name.lower().startswith("access-control-") for name in answer.headers)


def test_no_preflight_is_answered(url: str, http: urllib3.PoolManager) -> None:
    headers = {"Origin": "http://127.0.0.1:3000", "Access-Control-Request-Method": "PUT"}
    answer = http.request("OPTIONS", url, headers=headers)
    assert answer.status == 403
    assert not any(name.lower().startswith("access-control-") for name in answer.headers)


def test_no_answer_allows_a_page_anything(url: str, http: urllib3.PoolManager) -> None:
    answer = http.request("GET", url)
    assert (answer.status, answer.data) == (200, b"the owner's")
    assert not any(name.lower().startswith("access-control-") for name in answer.headers)
