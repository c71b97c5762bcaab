"""S3's bucket owner condition, which moto passes over: a request may say whose its buckets have to be.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

import re
from urllib.parse import unquote

from moto.s3.models import s3_backends
from werkzeug.wrappers import Request

from local_aws.errors import AwsError

_EXPECTED = "x-amz-expected-bucket-owner"
_EXPECTED_OF_SOURCE = "x-amz-source-expected-bucket-owner"
_SOURCE = "x-amz-copy-source"
_ACCOUNT = re.compile(r"[0-9]{12}")


def check_owner(request: Request) -> None:
    """Refuse a request, as S3 does, where a bucket is not of the account that the request expects.

    Raises:
        AwsError: `AccessDenied` for the bucket of another account, `InvalidBucketOwnerAWSAccountID` for what
            is no account.
    """
    bucket = request.path.removeprefix("/").partition("/")[0]
    source = unquote(request.headers.get(_SOURCE, "")).removeprefix("/").partition("/")[0]
    conditions = ((_EXPECTED, bucket), (_EXPECTED_OF_SOURCE, source))
    expected = [(request.headers[name], of) for name, of in conditions if name in request.headers]
    if any(not _ACCOUNT.fullmatch(account) for account, _ in expected):
        raise AwsError(
            "InvalidBucketOwnerAWSAccountID",
            "The value of the expected bucket owner parameter must be an AWS account ID",
        )
    if any(_owner(of) not in {None, account} for account, of in expected):
        raise AwsError("AccessDenied", "Access Denied", 403)


def _owner(bucket: str) -> str | None:
    _partition, account = s3_backends.bucket_accounts.get(bucket, (None, None))
    return account
