"""The file of local AWS's own access key: a profile, as every SDK and the AWS CLI read one."""

import configparser
import os
import secrets
import string
from pathlib import Path

from local_aws.errors import KeysFileError
from local_aws.protocol.signatures.access_key import AccessKey

PROFILE = "local-aws"

# AWS's own form: a prefix for users' long-lived keys, and sixteen of its letters and digits.
_KEY_ID_LETTERS = string.ascii_uppercase + "234567"
_REGION = "us-east-1"


def new_key() -> AccessKey:
    """Make a random key of the account that moto calls its own."""
    key_id = "AKIA" + "".join(secrets.choice(_KEY_ID_LETTERS) for _ in range(16))
    return AccessKey(key_id, secrets.token_urlsafe(30))


def default_file(port: int) -> Path:
    """Return where the key of the server on a port is, where nothing else is asked for."""
    return Path.home() / ".local-aws" / f"credentials-{port}"


def write_key(file: Path, key: AccessKey, url: str) -> None:
    """Write a key as a profile that leads to the server. Only the file's owner can read it.

    Raises:
        KeysFileError: It cannot be written.
    """
    profile = configparser.ConfigParser(interpolation=None)
    profile[PROFILE] = {
        "aws_access_key_id": key.key_id,
        "aws_secret_access_key": key.secret,
        "region": _REGION,
        "endpoint_url": url,
    }
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            profile.write(stream)
        unfinished.replace(file)
    except OSError as error:
        raise KeysFileError(f"cannot write {file}: {error.strerror}") from error


def read_key(file: Path) -> AccessKey | None:
    """Read the key of the profile `local-aws`.

    Returns:
        The key. None where there is no such file.

    Raises:
        KeysFileError: Others can read the file, or it holds no such profile.
    """
    try:
        with file.open(encoding="utf-8") as stream:
            status = os.fstat(stream.fileno())
            text = stream.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KeysFileError(f"cannot read {file}: {error}") from error
    if status.st_mode & 0o077 or status.st_uid != os.geteuid():
        raise KeysFileError(
            f"{file} can be read or changed by others (mode {status.st_mode & 0o777:04o}, user "
            f"{status.st_uid}); it has to be this user's own: chmod 600 {file}"
        )
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read_string(text)
        profile = profiles[PROFILE]
        return AccessKey(profile["aws_access_key_id"], profile["aws_secret_access_key"])
    except (configparser.Error, KeyError):
        # The parser's own words would quote the file.
        raise KeysFileError(
            f"{file} has no profile [{PROFILE}] with aws_access_key_id and aws_secret_access_key"
        ) from None
