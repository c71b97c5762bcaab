"""Writes what the cluster in docker-compose.yaml needs: its settings to `.env`, its secrets to `.secrets`."""

import hashlib
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local_stack.aws_key import AwsKey, new_key, write_key

# Airflow's images use this user id too, when nobody asks for another.
_UID_INSTEAD_OF_ROOT = 50000
_REGION = "us-east-1"

_SETTINGS = """\
# Settings of the cluster in docker-compose.yaml. Its secrets are the files in .secrets.
AIRFLOW_UID={uid}

# The folder below which runs may read local files: the made-up sample's. It is a folder of the containers.
AIRFLOW_VAR_SOURCE_LOCAL_FOLDER=/opt/airflow/include/datasets

# Local AWS in place of AWS: take the # off these two lines, and copy .secrets/local_aws_connections.json to
# .secrets/connections.json. The role is made up; any will do.
#COMPOSE_PROFILES=local-aws
#AIRFLOW_VAR_SAGEMAKER_ROLE=arn:aws:iam::123456789012:role/sagemaker
"""

# What the parts do with the queue and its results, and nothing of the server's own. The health check asks as
# the default user.
_REDIS_USERS = """\
user default on nopass resetkeys resetchannels -@all +ping
user scheduler on #{scheduler} ~* &* +@all -@admin -@dangerous +info
user worker on #{worker} ~* &* +@all -@admin -@dangerous +info
"""


def cluster_settings() -> str:
    """Make the text of a new `.env`, with the id of the user who runs this."""
    return _SETTINGS.format(uid=_uid())


def cluster_secrets(local_aws: AwsKey) -> dict[str, str]:
    """Make new random secrets, by the name of their file: one for each use, so that no part can do another's.

    Args:
        local_aws: Local AWS's access key, for the connection that leads there.

    Passwords are hexadecimal: they stand in URLs. Tokens of people and of tasks are signed with keys of their
    own (Ed25519, which Airflow knows by the key's type).
    """
    postgres, scheduler, worker = (secrets.token_hex(16) for _ in range(3))
    return {
        "postgres_password": postgres,
        "database_url": f"postgresql+psycopg2://airflow:{postgres}@postgres/airflow",
        "fernet_key": Fernet.generate_key().decode(),
        "session_key": secrets.token_hex(32),
        "users_jwt_key.pem": _private_key(),
        "tasks_jwt_key.pem": _private_key(),
        "admin_password": secrets.token_hex(12),
        "redis_users.acl": _REDIS_USERS.format(scheduler=_sha256(scheduler), worker=_sha256(worker)),
        "scheduler_redis_url": f"redis://scheduler:{scheduler}@redis:6379/0",
        "worker_redis_url": f"redis://worker:{worker}@redis:6379/0",
        "connections.json": "{}\n",
        "local_aws_connections.json": json.dumps({"aws_default": _to_local_aws(local_aws)}, indent=2) + "\n",
    }


def _uid() -> int:
    return os.getuid() or _UID_INSTEAD_OF_ROOT


def _to_local_aws(key: AwsKey) -> dict[str, Any]:
    extra = {"region_name": _REGION, "endpoint_url": "http://local-aws:5555"}
    return {"conn_type": "aws", "login": key.key_id, "password": key.secret, "extra": extra}


def _private_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def write_env(folder: Path) -> None:
    """Write a new `.env` and `.secrets` to a folder, for nobody but their owner.

    Raises:
        FileExistsError: One of them is there already; both are left as they are.
    """
    settings, store = folder / ".env", folder / ".secrets"
    for path in (settings, store):
        if path.exists() or path.is_symlink():
            raise FileExistsError(f"{path.name} exists")
    before = os.umask(0o077)
    try:
        store.mkdir()
        key = new_key()
        # Its server takes no file that others can read, and runs as this user.
        write_key(store / "local_aws_key", key, _REGION)
        os.chown(store / "local_aws_key", _uid(), -1)
        for name, secret in cluster_secrets(key).items():
            file = store / name
            file.write_text(secret, encoding="utf-8")
            # Compose mounts the file itself, and each image's user has another id. On this machine the folder
            # lets nobody through to it.
            file.chmod(0o644)
        with settings.open("x", encoding="utf-8") as file_of_settings:
            file_of_settings.write(cluster_settings())
    finally:
        os.umask(before)


def main() -> None:
    """Write `.env` and `.secrets` in the current folder, or end with exit code 1 when one of them exists."""
    try:
        write_env(Path())
    except FileExistsError as error:
        sys.exit(
            f"{error} and is kept: the cluster's database and connections depend on .env and .secrets.\n"
            "Move both away to make new ones."
        )
    print(
        "Wrote .env and .secrets. Sign in to Airflow as admin with the password in .secrets/admin_password."
    )


if __name__ == "__main__":
    main()
