"""Which Airflow a run is of: the id of a deployment, and the digest that tells its runs from all others.

Airflow gives runs the same ids everywhere: development and production in one AWS account both have a
`scheduled__2026-01-05T06:00:00+00:00`.
"""

import hashlib
import json
import re
import secrets

from include.pipeline.errors import ParamError

# Without a hyphen, so that in names no id is the beginning of another: a policy for `dev-*` is for one alone.
FORM = re.compile(r"[a-z0-9]{1,16}")
FORM_IN_WORDS = "1 to 16 lower-case letters and digits"


def new_deployment_id() -> str:
    """Draw an id of eight hex digits."""
    return secrets.token_hex(4)


def check_deployment_id(found: str) -> str:
    """Check an id that an administrator may have set.

    Raises:
        ParamError: It does not fit names, S3 prefixes and tags.
    """
    if not FORM.fullmatch(found):
        raise ParamError(
            f"the Variable sagemaker_deployment_id is {found!r}",
            f"a deployment's id has {FORM_IN_WORDS}",
            "Set another, in every part of this Airflow: docs/deployments.md",
        )
    return found


def run_digest(deployment_id: str, dag_id: str, run_id: str) -> bytes:
    """Hash a run's ids, every character of them: the SHA-256 of their JSON."""
    return hashlib.sha256(json.dumps([deployment_id, dag_id, run_id]).encode()).digest()
