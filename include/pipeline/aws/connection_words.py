"""What keeps an answer of AWS from coming: credentials, settings, network; and what to do about it.

https://github.com/boto/botocore/blob/develop/botocore/exceptions.py
"""

from botocore import exceptions
from botocore.exceptions import BotoCoreError

_CONNECTION = "of the Airflow connection"

# Faults of the settings, which no other try mends: what is the matter, what to do.
SETTINGS: dict[type[BotoCoreError], tuple[str, str]] = {
    exceptions.NoCredentialsError: (
        "the Airflow connection has no credentials, and the worker has none of its own",
        "Give the connection an access key or a role_arn, or the worker a role",
    ),
    exceptions.PartialCredentialsError: (
        "the credentials are incomplete",
        f"Give both the access key and the secret key {_CONNECTION}",
    ),
    exceptions.ProfileNotFound: (
        "the worker has no such profile",
        f"Correct profile_name in the extra {_CONNECTION}",
    ),
    exceptions.NoRegionError: (
        "the Airflow connection names no region",
        f"Set region_name in the extra {_CONNECTION}",
    ),
    exceptions.InvalidRegionError: (
        "the Airflow connection names no valid region",
        f"Correct region_name in the extra {_CONNECTION}",
    ),
}
_SIGNED_OUT = ("the single sign-on has expired", "Sign in again: aws sso login")
_BROKEN = ("the connection to AWS broke or timed out", "Check the network, then clear this task")
# Faults that may pass. The first that fits: the more special come first.
NETWORK: dict[type[BotoCoreError], tuple[str, str]] = {
    exceptions.SSOError: _SIGNED_OUT,
    exceptions.TokenRetrievalError: _SIGNED_OUT,
    exceptions.CredentialRetrievalError: (
        "the credentials cannot be fetched",
        "Look after the worker's role or credential process, then clear this task",
    ),
    exceptions.ProxyConnectionError: (
        "the proxy cannot be reached",
        "Correct HTTPS_PROXY on the worker, then clear this task",
    ),
    exceptions.SSLError: (
        "the certificate is not trusted",
        "Give the worker its proxy's certificate (AWS_CA_BUNDLE), then clear this task",
    ),
    exceptions.EndpointConnectionError: (
        "AWS's endpoint cannot be reached",
        f"Check region_name and endpoint_url {_CONNECTION} and the network, then clear this task",
    ),
    exceptions.ConnectionError: _BROKEN,
    exceptions.HTTPClientError: _BROKEN,
}
