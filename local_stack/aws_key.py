"""The access key of a stack's local AWS: random, and in a file that only its owner can read."""

import configparser
import os
import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path

PROFILE = "local-aws"

# AWS's own form: a prefix for users' long-lived keys, and sixteen of its letters and digits.
_KEY_ID_LETTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class AwsKey:
    """An access key."""

    key_id: str
    secret: str = field(repr=False)


def new_key() -> AwsKey:
    """Make a random key."""
    key_id = "AKIA" + "".join(secrets.choice(_KEY_ID_LETTERS) for _ in range(16))
    return AwsKey(key_id, secrets.token_urlsafe(30))


def write_key(file: Path, key: AwsKey, region: str, url: str | None = None) -> None:
    """Write a key, in place of an older one, as a profile that SDKs and the AWS CLI read.

    Args:
        file: Where to write it.
        key: What to write.
        region: Of the profile.
        url: Where local AWS listens, if that is known.
    """
    profile = configparser.ConfigParser(interpolation=None)
    profile[PROFILE] = {
        "aws_access_key_id": key.key_id,
        "aws_secret_access_key": key.secret,
        "region": region,
        **({"endpoint_url": url} if url else {}),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        profile.write(stream)


def read_key(file: Path) -> AwsKey:
    """Read the key of the profile `local-aws`."""
    profiles = configparser.ConfigParser(interpolation=None)
    profiles.read_string(file.read_text(encoding="utf-8"))
    profile = profiles[PROFILE]
    return AwsKey(profile["aws_access_key_id"], profile["aws_secret_access_key"])
