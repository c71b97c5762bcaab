"""What AWS answers when it refuses, in words: what is the matter, and what to do about it.

Codes and texts: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from include.pipeline.aws.connection_words import NETWORK, SETTINGS

# The console of each partition: https://docs.aws.amazon.com/general/latest/gr/rande.html
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


@dataclass(frozen=True)
class Words:
    """One kind of refusal."""

    matter: str
    """What is the matter, as a clause."""
    mend: str
    """What to do about it, as a sentence without its full stop."""


@dataclass(frozen=True)
class _Kind:
    codes: frozenset[str]
    words: Words
    text: str = ""
    """What the message says of this kind, as a pattern; its groups fill in the words' braces."""


def _kind(codes: str, matter: str, mend: str, text: str = "") -> _Kind:
    return _Kind(frozenset(codes.split()), Words(matter, mend), text)


# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html: these pass by themselves.
THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
ACCESS_DENIED = Words(
    "access is denied", "Allow the action that the message names, for the identity of the Airflow connection"
)
_CLOCK = ("the worker's clock and AWS's differ", "Set the worker's clock (NTP), then clear this task")
_DENIED = "AccessDenied AccessDeniedException UnauthorizedOperation AllAccessDisabled 403"
_CONNECTION = "of the Airflow connection"
# The first that fits: what a message tells comes before what its code does.
_KINDS = (
    _kind(
        "InvalidObjectState",
        "the object is archived and cannot be read before it is restored",
        "Restore it (aws s3api restore-object), or keep the source in a class that needs none, "
        "then clear this task",
    ),
    _kind(
        _DENIED,
        "access is denied by an explicit deny in {0}, which no allow outweighs",
        "Have that deny changed by who keeps the {1}",
        r"explicit deny in (an? ([A-Za-z -]*(?:policy|boundary)))",
    ),
    _kind(
        f"{_DENIED} KMS.AccessDeniedException",
        "access to the KMS key that encrypts it is denied",
        "Allow kms:Decrypt, and to write kms:GenerateDataKey, in the key's policy and for the identity",
        r"(?i)\bkms\b",
    ),
    _kind(
        f"{_DENIED} InvalidRequest",
        "the bucket's requester pays",
        "Copy the object to a bucket of your own: aws s3 cp --request-payer requester",
        r"(?i)requester.{0,3}pays|request-payer",
    ),
    _kind(
        _DENIED,
        "access is denied: no {0} allows {1}",
        "Allow {1} in the {0}",
        r"because no ([A-Za-z -]*(?:policy|boundary)) allows the ([\w:*-]+) action",
    ),
    _kind(
        "KMS.DisabledException KMSDisabledException DisabledException",
        "the KMS key that encrypts it is disabled",
        "Enable the key, or use an object under another",
    ),
    _kind(
        "KMS.NotFoundException KMSNotFoundException",
        "the KMS key that encrypts it is not there",
        "Correct the key's ARN and region; what a deleted key encrypts cannot be read any more",
    ),
    _kind(
        "KMS.KMSInvalidStateException KMS.InvalidStateException KMSInvalidStateException "
        "KMS.InvalidKeyUsageException KMSInvalidKeyUsageException",
        "the KMS key that encrypts it cannot be used in its state",
        "Look at the key's state: it may wait for its deletion",
    ),
    _kind(
        "PermanentRedirect AuthorizationHeaderMalformed IllegalLocationConstraintException "
        "TemporaryRedirect IncorrectEndpoint 301",
        "the bucket is in another region than the connection",
        f"Set region_name in the extra {_CONNECTION} to the bucket's region, or use a bucket of its region",
    ),
    _kind("RequestTimeTooSkewed RequestExpired SignatureExpired", *_CLOCK),
    _kind(
        "InvalidSignatureException SignatureDoesNotMatch",
        *_CLOCK,
        r"(?i)signature (?:expired|not yet current)",
    ),
    _kind(
        "ExpiredToken ExpiredTokenException TokenRefreshRequired",
        f"the session token {_CONNECTION} has expired",
        f"Renew the credentials {_CONNECTION}: a new session, or a role that renews itself",
    ),
    _kind(
        "InvalidAccessKeyId InvalidClientTokenId UnrecognizedClientException InvalidToken InvalidSecurity "
        "MissingAuthenticationToken MissingAuthenticationTokenException IncompleteSignature AuthFailure",
        f"AWS does not know the access key {_CONNECTION}, or its session token",
        f"Renew the credentials {_CONNECTION}: the key was deleted, disabled or copied wrongly",
    ),
    _kind(
        "SignatureDoesNotMatch InvalidSignatureException",
        f"the secret key {_CONNECTION} does not belong to its access key",
        f"Renew the credentials {_CONNECTION}: the secret key was copied wrongly",
    ),
    _kind(
        "OptInRequired",
        "the account is not subscribed to the service, or the region is not enabled",
        "Enable the region in the account's settings",
    ),
    _kind(
        "CapacityError InsufficientInstanceCapacity InsufficientCapacityException",
        "AWS has no instance of that type free in the region",
        "Clear this task later, or choose another instance type",
    ),
    _kind(
        "ResourceLimitExceeded",
        "the account's quota of that instance type is used up",
        "Ask for more in Service Quotas, https://{console}/servicequotas/home/services/sagemaker/quotas, "
        "or choose another instance type",
    ),
    _Kind(
        THROTTLING,
        Words(
            "AWS throttles the account's requests",
            "Clear this task later, or let fewer runs go at once (max_active_runs)",
        ),
    ),
    _kind(
        "NoSuchBucket",
        "there is no such bucket",
        "Clear create_bucket and what follows it",
    ),
    _kind("NoSuchKey 404 NotFound", "there is no such object", "Correct the URI or put the object there"),
    _kind(
        "NoSuchVersion MethodNotAllowed",
        "the object, or that version of it, is deleted",
        "Put the object there again",
    ),
    _kind(
        "BucketAlreadyExists",
        "another account has that bucket",
        "Another account has that bucket: set the Param bucket to another name",
    ),
    _kind(
        "ValidationException",
        "SageMaker does not take the request",
        "Correct the Param that the message names",
    ),
    _Kind(frozenset(_DENIED.split()), ACCESS_DENIED),
)


def in_words(error: ClientError | BotoCoreError, partition: str = "aws") -> Words | None:
    """Tell what an answer of AWS means, or what kept it from coming.

    Args:
        error: As botocore raises it.
        partition: Of AWS, whose console is named: `aws`, `aws-cn`, `aws-us-gov`.

    Returns:
        None for what is not known here.
    """
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        return _of(lambda codes: told.get("Code", "") in codes, str(told.get("Message", "")), partition)
    known = (SETTINGS | NETWORK).items()
    return next((Words(*words) for kind, words in known if isinstance(error, kind)), None)


def reason_in_words(reason: str, partition: str = "aws") -> Words | None:
    """Tell what the FailureReason of a job or an endpoint means.

    Returns:
        None for what is not known here.
    """
    named = set(re.findall(r"[A-Za-z][\w.]*\w", reason))
    return _of(lambda codes: not codes.isdisjoint(named), reason, partition)


def _of(is_among: Callable[[frozenset[str]], bool], message: str, partition: str) -> Words | None:
    for kind in _KINDS:
        found = re.search(kind.text, message)
        if is_among(kind.codes) and found:
            console = _CONSOLES.get(partition, _CONSOLES["aws"])
            parts = found.groups()
            return Words(
                kind.words.matter.format(*parts, console=console),
                kind.words.mend.format(*parts, console=console),
            )
    return None
