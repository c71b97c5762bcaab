"""AWS's refusals in words. Texts: AWS's own, from its documentation."""

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from include.pipeline.aws.error_words import in_words, reason_in_words


def answer(code: str, message: str = "...", status: int = 403) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "GetObject",
    )


USER = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: s3:GetObject on resource: x"


@pytest.mark.parametrize(
    ("code", "message", "rule", "mend"),
    [
        (
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
            "the object is archived",
            "Restore it (aws s3api restore-object)",
        ),
        ("PermanentRedirect", "The bucket you are attempting to access", "in another region", "region_name"),
        (
            "AuthorizationHeaderMalformed",
            "the region 'us-east-1' is wrong",
            "in another region",
            "region_name",
        ),
        ("IllegalLocationConstraintException", "The eu-west-1 location", "in another region", "region_name"),
        ("301", "Moved Permanently", "in another region", "region_name"),
        ("AccessDenied", "Bucket is requester pays", "requester pays", "--request-payer requester"),
        (
            "AccessDenied",
            f"{USER} with an explicit deny in a resource-based policy",
            "by an explicit deny in a resource-based policy",
            "Have that deny changed by who keeps the resource-based policy",
        ),
        (
            "AccessDeniedException",
            f"{USER} with an explicit deny in a service control policy",
            "by an explicit deny in a service control policy",
            "the service control policy",
        ),
        (
            "AccessDenied",
            f"{USER} with an explicit deny in an identity-based policy",
            "explicit deny in an identity-based policy",
            "the identity-based policy",
        ),
        (
            "AccessDenied",
            f"{USER} with an explicit deny in a permissions boundary",
            "by an explicit deny in a permissions boundary",
            "the permissions boundary",
        ),
        (
            "AccessDenied",
            f"{USER} because no VPC endpoint policy allows the s3:GetObject action",
            "no VPC endpoint policy allows s3:GetObject",
            "Allow s3:GetObject in the VPC endpoint policy",
        ),
        (
            "AccessDenied",
            "not authorized: kms:Decrypt because no identity-based policy allows the kms:Decrypt action",
            "access to the KMS key",
            "Allow kms:Decrypt",
        ),
        ("KMS.DisabledException", "key is disabled.", "is disabled", "Enable the key"),
        ("KMS.NotFoundException", "Invalid keyId", "is not there", "ARN and region"),
        ("KMS.KMSInvalidStateException", "is pending deletion", "in its state", "wait for its deletion"),
        (
            "RequestTimeTooSkewed",
            "The difference between the request time and the server's time is too large.",
            "the worker's clock and AWS's differ",
            "NTP",
        ),
        ("SignatureExpired", "...", "the worker's clock and AWS's differ", "NTP"),
        (
            "InvalidSignatureException",
            "Signature expired: 20261126T1 is now earlier than 20261126T2",
            "the worker's clock",
            "NTP",
        ),
        ("InvalidSignatureException", "The request signature we calculated", "secret key", "copied wrongly"),
        ("ExpiredToken", "The provided token has expired.", "session token", "Renew the credentials"),
        ("ExpiredTokenException", "...", "has expired", "Renew the credentials"),
        ("InvalidAccessKeyId", "The AWS Access Key Id", "does not know the access key", "Renew"),
        ("SignatureDoesNotMatch", "The request signature we calculated", "secret key", "Renew"),
        ("ThrottlingException", "Rate exceeded", "AWS throttles", "Clear this task later"),
        ("SlowDown", "Please reduce your request rate.", "AWS throttles", "max_active_runs"),
        ("InsufficientInstanceCapacity", "...", "no instance of that type free", "another instance type"),
        ("NoSuchBucket", "The specified bucket does not exist", "no such bucket", "Clear create_bucket"),
        ("OptInRequired", "...", "not enabled", "Enable the region"),
        ("AccessDenied", "Access Denied", "access is denied", "Allow the action"),
    ],
)
def test_a_refusal_is_told_by_its_cause(code: str, message: str, rule: str, mend: str) -> None:
    words = in_words(answer(code, message))
    assert words is not None
    assert rule in words.matter
    assert mend in words.mend
    assert "{" not in words.matter + words.mend


@pytest.mark.parametrize(
    ("partition", "console"),
    [
        ("aws", "https://console.aws.amazon.com/"),
        ("aws-cn", "https://console.amazonaws.cn/"),
        ("aws-us-gov", "https://console.amazonaws-us-gov.com/"),
        ("aws-of-later", "https://console.aws.amazon.com/"),
    ],
)
def test_a_used_up_quota_is_told_with_where_to_ask_for_more(partition: str, console: str) -> None:
    message = (
        "The account-level service limit 'ml.m4.xlarge for training job usage' is 0 Instances, with current "
        "utilization of 0 Instances and a request delta of 1 Instances."
    )
    words = in_words(answer("ResourceLimitExceeded", message, 400), partition)
    assert words is not None
    assert f"{console}servicequotas/home/services/sagemaker/quotas" in words.mend


@pytest.mark.parametrize(
    ("fault", "mend"),
    [
        (exceptions.NoCredentialsError(), "Give the connection an access key or a role_arn"),
        (exceptions.PartialCredentialsError(provider="x", cred_var="y"), "Give both"),
        (exceptions.NoRegionError(), "Set region_name"),
        (exceptions.ProfileNotFound(profile="x"), "Correct profile_name"),
        (exceptions.EndpointConnectionError(endpoint_url="x"), "endpoint_url of the Airflow connection"),
        (exceptions.SSLError(endpoint_url="x", error="y"), "AWS_CA_BUNDLE"),
        (exceptions.ProxyConnectionError(proxy_url="x"), "HTTPS_PROXY"),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), "Check the network"),
        (exceptions.ReadTimeoutError(endpoint_url="x"), "Check the network"),
        (exceptions.UnauthorizedSSOTokenError(), "aws sso login"),
    ],
)
def test_what_kept_an_answer_from_coming_is_told(fault: BotoCoreError, mend: str) -> None:
    words = in_words(fault)
    assert words is not None
    assert mend in words.mend


@pytest.mark.parametrize(
    ("reason", "mend"),
    [
        ("CapacityError: Unable to provision requested ML compute capacity.", "choose another instance type"),
        ("Unable to provision due to InsufficientInstanceCapacity error. Please", "Clear this task later"),
        (
            "AccessDenied: because no identity-based policy allows the s3:GetObject action",
            "Allow s3:GetObject in the identity-based policy",
        ),
        ("ClientError: Data download failed: KMS.DisabledException", "Enable the key"),
        ("ClientError: Data download failed: InvalidObjectState", "Restore it"),
    ],
)
def test_the_reason_of_a_failure_is_told(reason: str, mend: str) -> None:
    words = reason_in_words(reason)
    assert words is not None
    assert mend in words.mend


@pytest.mark.parametrize("reason", ["AlgorithmError: no rows", "no reason given", "", "Capacity 404 of x"])
def test_what_is_not_known_is_not_told(reason: str) -> None:
    assert reason_in_words(reason) is None
    assert in_words(answer("SomethingNew", reason)) is None
