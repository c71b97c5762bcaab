"""Writes `.env`: the settings and random secrets of the cluster in docker-compose.yaml."""

import os
import secrets
import sys
from pathlib import Path

from cryptography.fernet import Fernet

# Airflow's images use this user id too, when nobody asks for another.
_UID_INSTEAD_OF_ROOT = 50000

_TEMPLATE = """\
# Settings and secrets of the cluster in docker-compose.yaml. Keep them: the database knows its password, and
# without the Fernet key the connections and variables that it stores cannot be read.
AIRFLOW_UID={uid}
POSTGRES_PASSWORD={postgres_password}
REDIS_PASSWORD={redis_password}
FERNET_KEY={fernet_key}
JWT_SECRET={jwt_secret}
API_SECRET_KEY={api_secret_key}
# For user admin, at the first start.
ADMIN_PASSWORD={admin_password}

# Local AWS in place of AWS: take the # off these three lines. The keys and the role are made up; any will do.
#COMPOSE_PROFILES=local-aws
#AIRFLOW_CONN_AWS_DEFAULT='{{"conn_type":"aws","login":"local-aws-key-id","password":"local-aws-secret-key","extra":{{"region_name":"us-east-1","endpoint_url":"http://local-aws:5555"}}}}'
#AIRFLOW_VAR_SAGEMAKER_ROLE=arn:aws:iam::123456789012:role/sagemaker
"""


def cluster_env() -> str:
    """Make the text of a new `.env`, with new random secrets and the id of the user who runs this.

    Passwords are hexadecimal: they stand in URLs and on command lines, and Compose replaces `$`.
    """
    return _TEMPLATE.format(
        uid=os.getuid() or _UID_INSTEAD_OF_ROOT,
        postgres_password=secrets.token_hex(16),
        redis_password=secrets.token_hex(16),
        fernet_key=Fernet.generate_key().decode(),
        # Airflow signs with HS512, which asks for a key of 64 bytes or more (RFC 7518, 3.2).
        jwt_secret=secrets.token_hex(64),
        api_secret_key=secrets.token_hex(32),
        admin_password=secrets.token_hex(12),
    )


def write_env(path: Path) -> None:
    """Write a new `.env` that only its owner can read.

    Raises:
        FileExistsError: There is one already; it is left as it is.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(cluster_env())


def main() -> None:
    """Write `.env` in the current folder, or end with exit code 1 when it exists."""
    path = Path(".env")
    try:
        write_env(path)
    except FileExistsError:
        sys.exit(f"{path} exists and is kept: the cluster's database and stored connections depend on it.")
    print(f"Wrote {path}. Sign in to Airflow as admin with the ADMIN_PASSWORD in it.")


if __name__ == "__main__":
    main()
